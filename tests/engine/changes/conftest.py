"""Fixtures of the life of a change."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from sites import NAMESPACE, SPEED, Site, deployment, settled

from kubesteer.simulator import Simulator


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    with Simulator([NAMESPACE, deployment()], speed=SPEED, tick=0.01) as running:
        yield running


@pytest.fixture
async def site(simulator: Simulator, tmp_path: Path) -> AsyncIterator[Site]:
    await settled(simulator)
    site = Site(simulator, tmp_path)
    yield site
    await site.close()
