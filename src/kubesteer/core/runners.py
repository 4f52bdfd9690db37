"""The port to whatever runs an approved change."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol


class Runner(Protocol):
    """Carries work out under an id, in this process and this event loop.

    What was done, and who may go on with it, stands in the ledger alone: a runner that loses everything loses
    nothing that matters.
    """

    async def run(self, identifier: str, work: Callable[[], Awaitable[None]], /) -> None:
        """Do the work once; whatever it raises is raised here. Cancelled, it cancels the work."""
        ...

    async def close(self) -> None:
        """Let go of files and threads."""
        ...
