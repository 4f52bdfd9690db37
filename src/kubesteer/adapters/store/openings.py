"""The ledger and the runner that a folder and a URL stand for. Importing them takes half a second, so it is here
that they are imported: at their first use."""

from __future__ import annotations

from pathlib import Path

from kubesteer.core.ledgers import Ledger
from kubesteer.core.runners import Runner


def open_ledger(folder: Path, url: str = "") -> Ledger:
    """The ledger in a folder's SQLite file, or in the PostgreSQL of a URL. Raises Misconfigured for any other."""
    from kubesteer.adapters.store.databases import Database
    from kubesteer.adapters.store.ledgers import SqlLedger

    return SqlLedger(Database(folder, url))


def runs_workflows(url: str) -> bool:
    """Whether runs are put on record as workflows: where a PostgreSQL is shared. For a file that the processes
    of one machine share, that would cost 0.6 s a change and tell nobody anything."""
    return url.startswith("postgres")


def open_runner(folder: Path, url: str) -> Runner:
    """DBOS on the database of the URL."""
    from kubesteer.adapters.store.runners import DbosRunner

    return DbosRunner(folder, url)
