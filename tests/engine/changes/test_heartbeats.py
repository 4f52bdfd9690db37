"""A claim is prolonged for as long as the work goes on, whatever single beats come to."""

from __future__ import annotations

import asyncio
from typing import cast

import pytest

from kubesteer.core.errors import StoreError
from kubesteer.core.ledgers import Ledger
from kubesteer.core.texts import Text
from kubesteer.engine.changes import heartbeats


class Pulse:
    """A ledger of which every other claim fails."""

    def __init__(self) -> None:
        self.beats = 0
        self.enough = asyncio.Event()

    async def claim(self, identifier: str) -> bool:
        assert identifier == "chg-aaaaaaaaaa"
        self.beats += 1
        if self.beats >= 6:
            self.enough.set()
        if self.beats % 2:
            raise StoreError(Text.same("locked"))
        return True


async def test_it_beats_until_the_work_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heartbeats, "BEAT_SECONDS", 0.001)
    pulse = Pulse()
    async with heartbeats.Heartbeat(cast(Ledger, pulse), "chg-aaaaaaaaaa"):
        await pulse.enough.wait()
    beats = pulse.beats
    await asyncio.sleep(0.01)
    assert pulse.beats == beats
