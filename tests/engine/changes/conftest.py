"""Fixtures of the life of a change."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from sites import NAMESPACE, SPEED, Site, deployment, settled

from kubesteer.simulator import Simulator

sys.path.insert(0, str(Path(__file__).parents[2] / "store"))  # for the PostgreSQL of those tests


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


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of a store: "" for the SQLite file in the state folder, or a real PostgreSQL's."""
    if request.param == "sqlite":
        yield ""
        return
    import postgres

    try:
        with postgres.running() as url:
            yield url
    except postgres.Missing as missing:
        pytest.skip(str(missing))


@pytest.fixture
async def stored(simulator: Simulator, tmp_path: Path, store: str) -> AsyncIterator[Site]:
    """A site on each kind of store."""
    await settled(simulator)
    site = Site(simulator, tmp_path, url=store)
    yield site
    await site.close()
