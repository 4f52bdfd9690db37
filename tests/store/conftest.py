"""The same tests on SQLite and on a real PostgreSQL."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import postgres
import pytest
from records import Opener

from kubesteer.adapters.store.databases import Database
from kubesteer.adapters.store.ledgers import SqlLedger

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The URL of a PostgreSQL server's database."""
    try:
        with postgres.running() as url:
            yield url
    except postgres.Missing as missing:
        pytest.skip(str(missing))


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> str:
    """ "" for SQLite in the state folder; else the URL of a fresh database."""
    if request.param == "sqlite":
        return ""
    import psycopg

    server: str = request.getfixturevalue("server")
    name = f"test{next(_numbers)}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return server.removesuffix("postgres") + name


@pytest.fixture
async def opened(url: str, tmp_path: Path) -> AsyncIterator[Opener]:
    """Opens the same ledger as often as asked, as so many processes would; `owner` names one."""
    ledgers: list[SqlLedger] = []

    def open_one(owner: str = "") -> SqlLedger:
        ledgers.append(SqlLedger(Database(tmp_path / "state", url), owner))
        return ledgers[-1]

    yield open_one
    for ledger in ledgers:
        await ledger.close()
