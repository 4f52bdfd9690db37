"""A process that dies at the n-th of its steps, played within this one."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from kubesteer.adapters.store.owners import this_owner
from kubesteer.core.clusters import Actuator
from kubesteer.core.ledgers import Ledger

T = TypeVar("T")


class Killed(BaseException):
    """Nothing catches it, as nothing catches SIGKILL."""


class Fate:
    """Counts the moments before and after each step; at the fatal one everything ends."""

    def __init__(self, fatal: int) -> None:
        self.fatal = fatal
        self.moments = 0
        self.dead = False

    def moment(self) -> None:
        self.moments += 1
        if self.dead or self.moments == self.fatal:
            self.dead = True
            raise Killed

    async def around(self, step: Callable[..., Awaitable[T]], *args: Any, **more: Any) -> T:
        self.moment()
        result = await step(*args, **more)
        self.moment()
        return result


class Mortal:
    """A ledger or an actuator whose writing steps are moments of a fate."""

    def __init__(self, inner: Ledger | Actuator, fate: Fate, steps: tuple[str, ...]) -> None:
        self._inner = inner
        self._fate = fate
        self._steps = steps

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._inner, name)
        if name not in self._steps:
            return found
        return lambda *args, **more: self._fate.around(found, *args, **more)


def dead_owner() -> str:
    """The name of a process that has ended."""
    return json.dumps(json.loads(this_owner()) | {"started": "long ago"})
