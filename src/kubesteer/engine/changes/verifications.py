"""Waiting until a change has settled and stays settled, or until it is known that it will not."""

from __future__ import annotations

from dataclasses import dataclass

from kubesteer.core.clusters import Cluster
from kubesteer.core.errors import ClusterError, NotFound, Throttled, Unavailable
from kubesteer.core.kinds import ROLLING
from kubesteer.core.operations import Broken, Change, Progress, Settled, Snapshot, Waiting
from kubesteer.core.texts import Text
from kubesteer.engine.changes.clocks import Clock
from kubesteer.engine.progress import Narrator
from kubesteer.operations.rollouts import rollout_of
from kubesteer.operations.workloads import template_of

POLL_SECONDS = 0.5
NEW_PODS_STEADY_SECONDS = 8.0
"""Least time that pods of a new template must stay ready; a process that fails to find its database often needs
five seconds to give up."""
LONGEST_SILENCE = 600.0
"""Seconds that the API server may stay silent before verification is left for `resume`."""


@dataclass(slots=True)
class Verification:
    """One step under observation. Only the steady clock counts, so a wall clock that jumps does no harm."""

    change: Change
    before: Snapshot
    cluster: Cluster
    clock: Clock
    narrate: Narrator
    _steady: float = 0.0
    _best: int = -1
    _said: Text | None = None

    async def outcome(self) -> Settled | Broken:
        """Wait for the end.

        Raises:
            ClusterError: the API server did not answer for too long, or will not show the object; nothing is
                concluded from that.
        """
        settled_at: float | None = None
        moved_at = self.clock.steady()
        while True:
            judged = await self._look()
            now = self.clock.steady()
            if isinstance(judged, Broken):
                return judged
            if isinstance(judged, Settled):
                settled_at = now if settled_at is None else settled_at
                if now - settled_at >= self._steady:
                    return judged
                self._say(_STEADY, 1, 1)
            else:
                settled_at = None
                moved_at = now if self._moved(judged) else moved_at
                if now - moved_at > self.change.patience_seconds:
                    return Broken(_stuck(judged, now - moved_at))
                self._say(judged.text, judged.done, judged.total)
            await self.clock.sleep(POLL_SECONDS)

    async def _look(self) -> Progress:
        """Judge what is there now, waiting for the API server where it does not answer."""
        silent_since: float | None = None
        while True:
            try:
                found = await self._snapshot()
                self._steady = steady_seconds(self.change, self.before, found)
                return self.change.settled(self.before, found)
            except (Unavailable, Throttled) as trouble:
                now = self.clock.steady()
                silent_since = now if silent_since is None else silent_since
                if now - silent_since > LONGEST_SILENCE:
                    raise
                self._say(_SILENT + trouble.text, 0, 0)
                await self.clock.sleep(_pause(trouble))

    async def _snapshot(self) -> Snapshot:
        try:
            return await self.change.snapshot(self.cluster)
        except NotFound:
            return Snapshot(None)

    def _moved(self, waiting: Waiting) -> bool:
        moved = waiting.done > self._best
        self._best = max(self._best, waiting.done)
        return moved

    def _say(self, text: Text, done: int, total: int) -> None:
        if text != self._said:
            self._said = text
            self.narrate(text, done, total)


def steady_seconds(change: Change, before: Snapshot, now: Snapshot) -> float:
    """How long it must stay settled: longer where new pods run, which may crash after some seconds of health."""
    was, became = template_of(before.target or {}), template_of(now.target or {})
    rolled = bool(was) and "spec" in was and was != became and change.steady_seconds > 0
    return max(change.steady_seconds, NEW_PODS_STEADY_SECONDS) if rolled else change.steady_seconds


def was_down(before: Snapshot) -> bool:
    """Whether a workload had no ready replica at all: whatever comes after is no regression."""
    workload = before.target
    if workload is None or workload.get("kind") not in ROLLING:
        return False
    numbers = rollout_of(workload)
    return numbers.desired > 0 and numbers.ready == 0


def _pause(trouble: ClusterError) -> float:
    return trouble.retry_after if isinstance(trouble, Throttled) else 1.0


def _stuck(waiting: Waiting, seconds: float) -> Text:
    return Text(f"{seconds:.0f} 秒没有进展:", f"No progress for {seconds:.0f} s: ") + waiting.text


_STEADY = Text("已就绪,观察是否稳定", "ready; watching whether it stays so")
_SILENT = Text("API server 没有应答,继续等待:", "The API server does not answer; still waiting: ")
