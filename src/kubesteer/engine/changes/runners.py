"""Running work where nothing but the ledger keeps track of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable


class InlineRunner:
    """Implements `core.runners.Runner` by doing the work at once."""

    async def run(self, _identifier: str, work: Callable[[], Awaitable[None]], /) -> None:
        """Do the work."""
        await work()

    async def close(self) -> None:
        """There is nothing to let go of."""
