"""`Runner` on DBOS: every run of a change is a workflow in the database, for those who share a PostgreSQL.

What is DBOS's here is the bookkeeping: which process is at which change since when, and what became of each run,
for `dbos workflow list` and its like. Whether a change may be carried out, by whom, and how far it is, is the ledger's
alone, for DBOS recovers by executor id: two processes of the same id run a workflow twice at the same time (seen on
3.4 with one SQLite file), and what a process of an id of its own leaves behind, nobody recovers. So each process has
an id of its own here, and a run that died is closed when the change is resumed under the ledger's claim.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from kubesteer.adapters.store.databases import checked_url
from kubesteer.core.errors import StoreError
from kubesteer.core.texts import Text

if TYPE_CHECKING:
    from types import ModuleType

FILE = "workflows.sqlite"


class DbosRunner:
    """Implements `core.runners.Runner`. DBOS is imported and launched at the first run; it takes 0.6 s."""

    def __init__(self, folder: Path, url: str = "") -> None:
        self._url = (
            checked_url(url).render_as_string(hide_password=False) if url else f"sqlite:///{folder / FILE}"
        )
        self._workflows: ModuleType | None = None

    async def run(self, identifier: str, work: Callable[[], Awaitable[None]]) -> None:
        """Do the work within a workflow of its own."""
        workflows = await self._launched()
        key = f"{identifier}:{secrets.token_hex(4)}"
        workflows.WORK[key] = work
        try:
            with _in_our_words():
                await workflows.close_dead_runs(f"{identifier}:")
                await workflows.begin(key)
            await workflows.outcome(key)
        finally:
            workflows.WORK.pop(key, None)

    async def close(self) -> None:
        """End DBOS's threads."""
        if self._workflows is not None:
            await asyncio.to_thread(self._workflows.stop)
            self._workflows = None

    async def _launched(self) -> ModuleType:
        if self._workflows is None:
            workflows = await asyncio.to_thread(_import)
            with _in_our_words():
                workflows.launch(self._url)
            self._workflows = workflows
        return self._workflows


def _import() -> ModuleType:
    from kubesteer.adapters.store import workflows

    return workflows


@contextmanager
def _in_our_words() -> Iterator[None]:
    from dbos import error
    from sqlalchemy.exc import SQLAlchemyError

    try:
        yield
    except (error.DBOSException, SQLAlchemyError) as trouble:
        first = str(trouble).strip().splitlines()[0][:300]
        raise StoreError(
            Text(f"工作流的数据库不可用:{first}", f"The database of workflows is not available: {first}"),
            Text(
                "已批准的变更用 `kubesteer resume` 继续。",
                "`kubesteer resume` goes on with what was approved.",
            ),
        ) from trouble
