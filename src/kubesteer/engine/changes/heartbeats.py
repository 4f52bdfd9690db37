"""Keeping a claim alive while a change is carried out."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from types import TracebackType
from typing import Self

from kubesteer.core.errors import StoreError
from kubesteer.core.ledgers import Ledger

BEAT_SECONDS = 10.0
"""A third of the time after which a claim without a sign of life may be taken over."""


class Heartbeat:
    """Prolongs a claim every few seconds. A beat that fails does no harm: the next write checks the claim."""

    def __init__(self, ledger: Ledger, identifier: str) -> None:
        self._ledger = ledger
        self._identifier = identifier
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._beat())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._task is not None
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(BEAT_SECONDS)
            with suppress(StoreError):  # the next one may get through
                await self._ledger.claim(self._identifier)
