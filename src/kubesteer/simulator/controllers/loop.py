"""Running controllers: a queue of keys that are due, fed by the store's changes and by the clock."""

import asyncio
import logging
import time
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Protocol

from kubesteer.simulator.clock import Clock
from kubesteer.simulator.failures import Failure
from kubesteer.simulator.store import Change, ObjectKey, Store

LOG = logging.getLogger(__name__)
DEFECTS = (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, AssertionError)
"""What a defect of a controller raises; `Loop.broken` keeps the first."""
RETRY_SECONDS = 5.0
LONGEST_SLEEP = 3600.0
ROUNDS = 8
"""Rounds in a row: one controller's change is the next one's work, and a rollout is a chain of those."""
SLICE_SECONDS = 0.01
"""Wall-clock time that controllers work at most before requests get their turn."""


class Controller(Protocol):
    """One control loop."""

    def concerns(self, change: Change) -> Iterable[ObjectKey]:
        """The keys that must be looked at because of a change."""
        ...

    def reconcile(self, key: ObjectKey) -> float | None:
        """Bring one object nearer to what is wanted; simulated seconds until the next look, None for none.

        Raises Failure when a write is refused; the key is then tried again later.
        """
        ...


class Loop:
    """Runs controllers on the event loop, `tick` seconds (wall clock) after a change at the earliest."""

    def __init__(self, store: Store, clock: Clock, controllers: Iterable[Controller], tick: float) -> None:
        self.clock = clock
        self.controllers = list(controllers)
        self.tick = tick
        self._due: dict[tuple[int, ObjectKey], datetime] = {}
        self.broken: Exception | None = None
        self._woken = asyncio.Event()
        store.listen(self.hear)

    def hear(self, change: Change) -> None:
        """Queue what a change concerns."""
        now = self.clock.now()
        for index, controller in enumerate(self.controllers):
            for key in controller.concerns(change):
                self._due[(index, key)] = now
        self._woken.set()

    def step(self) -> int:
        """Reconcile all that is due; returns how many keys that were."""
        return sum(1 for _ in self._round())

    def _round(self) -> Iterator[None]:
        """Reconcile what is due now, one key at a time."""
        now = self.clock.now()
        for work in sorted(work for work, moment in self._due.items() if moment <= now):
            self._due.pop(work, None)
            index, key = work
            again = self._reconciled(index, key)
            if again is not None:
                self._queue(work, self.clock.after(max(again, 0.0)))
            yield

    def _reconciled(self, index: int, key: ObjectKey) -> float | None:
        """A controller that trips over an object does not take the cluster down: it tries again, and is told."""
        try:
            return self.controllers[index].reconcile(key)
        except Failure:
            return RETRY_SECONDS
        except DEFECTS as defect:
            self.broken = self.broken or defect
            LOG.exception("%s broke on %s", type(self.controllers[index]).__name__, key)
            return RETRY_SECONDS

    def _queue(self, work: tuple[int, ObjectKey], moment: datetime) -> None:
        self._due[work] = min(moment, self._due.get(work, moment))

    def next_due(self) -> datetime | None:
        """When the next key is due, None where none is."""
        return min(self._due.values(), default=None)

    def _is_due(self) -> bool:
        due = self.next_due()
        return due is not None and due <= self.clock.now()

    def _sleep_seconds(self) -> float:
        due = self.next_due()
        if due is None:
            return LONGEST_SLEEP
        wait = (due - self.clock.now()).total_seconds()
        return min(max(wait, self.tick), LONGEST_SLEEP)

    def live_until(self, end: datetime) -> None:
        """Let what would happen until `end` happen now, the clock standing still at each moment in turn.

        The clock must be held before; it is held at `end` afterwards.
        """
        while (due := self.next_due()) is not None and due <= end:
            self.clock.hold(max(due, self.clock.now()))
            self.step()
        self.clock.hold(end)

    async def _politely(self) -> None:
        """One round that lets requests be answered in between."""
        since = time.monotonic()
        for _ in self._round():
            if time.monotonic() - since > SLICE_SECONDS:
                await asyncio.sleep(0)
                since = time.monotonic()

    async def run(self) -> None:
        """Work until cancelled; may be called again, on another event loop."""
        self._woken = asyncio.Event()
        while True:
            self._woken.clear()
            for _ in range(ROUNDS):
                await self._politely()
                if not self._is_due():
                    break
            try:
                await asyncio.wait_for(self._woken.wait(), self._sleep_seconds())
            except TimeoutError:
                continue
            await asyncio.sleep(self.tick)
