"""One database behind one thread: engine, transactions, and its troubles in our words."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError

from kubesteer.adapters.store.migrations import migrate
from kubesteer.core.errors import Misconfigured, StoreError
from kubesteer.core.texts import Text

T = TypeVar("T")

FILE = "ledger.sqlite"
BUSY_SECONDS = 15.0
"""How long SQLite waits for another process's transaction."""


def private_folder(folder: Path) -> Path:
    """The folder, made for its owner alone where it is new.

    Raises:
        StoreError: it cannot be made, or not be written to.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as trouble:
        raise StoreError(
            Text(
                f"无法使用状态目录 {folder}:{trouble.strerror}",
                f"Cannot use the folder {folder}: {trouble.strerror}",
            ),
            Text("用 KUBESTEER_STATE 指定另一个目录。", "Name another one with KUBESTEER_STATE."),
        ) from trouble
    return folder


class Database:
    """Runs transactions one after the other in a thread of its own, so that nobody waits in the event loop."""

    def __init__(self, folder: Path, url: str = "") -> None:
        self.folder = folder
        self._url = checked_url(url) if url else None
        self._engine: Engine | None = None
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="ledger")

    async def write(self, work: Callable[[Connection], T]) -> T:
        """Run work in one transaction: all of it is kept, or nothing. Raises StoreError."""
        return await self._in_thread(lambda: self._run(work, write=True))

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Run work that only reads. Raises StoreError."""
        return await self._in_thread(lambda: self._run(work, write=False))

    async def close(self) -> None:
        """Close files and connections."""
        if self._engine is not None:
            await self._in_thread(self._engine.dispose)
            self._engine = None
        self._thread.shutdown(wait=False)

    async def _in_thread(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def _run(self, work: Callable[[Connection], T], *, write: bool) -> T:
        with _in_our_words():
            engine = self._opened()
            if write:
                with engine.begin() as connection:
                    return work(connection)
            with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                return work(connection)

    def _opened(self) -> Engine:
        if self._engine is None:
            engine = self._made(private_folder(self.folder))
            with engine.begin() as connection:
                migrate(connection)
            self._engine = engine
        return self._engine

    def _made(self, folder: Path) -> Engine:
        if self._url is None:
            return _sqlite(folder / FILE)
        if self._url.get_backend_name() == "sqlite":
            return _sqlite(Path(self._url.database or ""))
        return _server(self._url)


def _sqlite(path: Path) -> Engine:
    # Made before SQLite does, so that it, its journal and its shared memory are the owner's alone.
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    engine = create_engine(URL.create("sqlite", database=str(path)), connect_args={"timeout": BUSY_SECONDS})
    event.listen(engine, "connect", _configure)
    event.listen(engine, "begin", _begin_immediate)
    return engine


def _configure(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # transactions begin where we say, not where the driver guesses
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON"):
        connection.execute(f"PRAGMA {pragma}").close()


def _begin_immediate(connection: Connection) -> None:
    """Take the lock for writing at once: one taken later may be refused in mid-transaction."""
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _server(url: URL) -> Engine:
    return create_engine(url, pool_size=1, max_overflow=0, pool_pre_ping=True)


def checked_url(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError as trouble:
        raise _bad_url() from trouble
    if parsed.drivername in ("postgresql", "postgres"):
        parsed = parsed.set(drivername="postgresql+psycopg")
    if parsed.get_backend_name() not in ("postgresql", "sqlite"):
        raise _bad_url()
    if parsed.get_backend_name() == "sqlite" and parsed.database in (None, "", ":memory:"):
        raise _bad_url()  # a ledger that is forgotten is none
    return parsed


def _bad_url() -> Misconfigured:
    return Misconfigured(
        Text("KUBESTEER_STORE 不是可用的数据库地址。", "KUBESTEER_STORE is not a usable database URL."),
        Text("例如 postgresql://user@host/kubesteer。", "For example postgresql://user@host/kubesteer."),
    )


@contextmanager
def _in_our_words() -> Iterator[None]:
    try:
        yield
    except NoSuchModuleError as trouble:
        raise _bad_url() from trouble
    except SQLAlchemyError as trouble:
        raise _explained(str(getattr(trouble, "orig", None) or trouble)) from trouble
    except OSError as trouble:
        raise _explained(trouble.strerror or str(trouble)) from trouble


def _explained(message: str) -> StoreError:
    lowered = message.lower()
    for words, text, remedy in _TROUBLES:
        if any(word in lowered for word in words):
            return StoreError(text, remedy)
    first = message.strip().splitlines()[0][:300] if message.strip() else "?"
    return StoreError(Text(f"变更记录不可用:{first}", f"The ledger is not available: {first}"))


_TROUBLES = (
    (
        ("disk is full", "no space left", "disk full", "quota exceeded"),
        Text("磁盘已满,无法写入变更记录。", "The disk is full: the ledger cannot be written."),
        Text(
            "请腾出空间;未完成的变更用 `kubesteer resume` 继续。",
            "Free some space; `kubesteer resume` goes on with what is unfinished.",
        ),
    ),
    (
        ("database is locked", "lock timeout", "could not obtain lock"),
        Text("变更记录被另一个进程锁住。", "Another process keeps the ledger locked."),
        Text(
            "稍后再试;未完成的变更用 `kubesteer resume` 继续。",
            "Try again soon; `kubesteer resume` goes on with what is unfinished.",
        ),
    ),
    (
        ("readonly database", "read-only", "unable to open", "permission denied"),
        Text(
            "无法写入变更记录:没有权限或文件系统只读。",
            "The ledger cannot be written: no permission, or read-only.",
        ),
        Text("用 KUBESTEER_STATE 指定另一个目录。", "Name another folder with KUBESTEER_STATE."),
    ),
    (
        ("malformed", "not a database", "disk image"),
        Text("变更记录文件已损坏。", "The ledger's file is damaged."),
        Text("请从备份恢复,或移走它重新开始。", "Restore it from a backup, or move it away to start anew."),
    ),
    (
        (
            "connection refused",
            "could not connect",
            "connection failed",
            "connection timeout",
            "server closed",
        ),
        Text("连不上存放变更记录的数据库。", "The database of the ledger cannot be reached."),
        Text("检查 KUBESTEER_STORE。", "Check KUBESTEER_STORE."),
    ),
)
