"""The schema, version by version. A migration that was published is never edited: the next one is added."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection, insert, inspect, select, text, update

from kubesteer.adapters.store.chains import GENESIS
from kubesteer.adapters.store.tables import CLAIMS, HEAD, HOLDS, SCHEMA
from kubesteer.core.errors import StoreError
from kubesteer.core.texts import Text

_LOCK = 7_236_017_455  # any number that nobody else in the database uses


def migrate(connection: Connection) -> None:
    """Bring the database to the newest schema, within the caller's transaction.

    Raises:
        StoreError: a newer kubesteer has written it.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
    version = _version(connection)
    if version > len(MIGRATIONS):
        raise StoreError(
            Text(
                f"变更记录由更新版本的 kubesteer 写成(结构版本 {version},本程序支持到 {len(MIGRATIONS)})。",
                f"A newer kubesteer wrote this ledger: its schema is {version}, this program knows {len(MIGRATIONS)}.",
            ),
            Text("请升级 kubesteer。", "Upgrade kubesteer."),
        )
    for step in MIGRATIONS[version:]:
        step(connection)
    if version < len(MIGRATIONS):
        connection.execute(update(SCHEMA).values(version=len(MIGRATIONS)))


def _version(connection: Connection) -> int:
    if not inspect(connection).has_table(SCHEMA.name):
        SCHEMA.create(connection)
        connection.execute(insert(SCHEMA).values(one=1, version=0))
    return int(connection.execute(select(SCHEMA.c.version)).scalar_one())


def _first(connection: Connection) -> None:
    """Records and the chain of lines, as they were in the first version."""
    binary = "BYTEA" if connection.dialect.name == "postgresql" else "BLOB"
    for statement in (
        "CREATE TABLE kubesteer_changes (id VARCHAR(32) PRIMARY KEY, state VARCHAR(16) NOT NULL,"
        " cluster VARCHAR(128) NOT NULL, version INTEGER NOT NULL, first_line BIGINT NOT NULL,"
        f" last_line BIGINT NOT NULL, record TEXT NOT NULL, particulars {binary} NOT NULL)",
        "CREATE INDEX kubesteer_changes_state ON kubesteer_changes (state)",
        "CREATE INDEX kubesteer_changes_first ON kubesteer_changes (first_line)",
        "CREATE TABLE kubesteer_lines (sequence BIGINT PRIMARY KEY, change VARCHAR(32) NOT NULL,"
        ' at VARCHAR(32) NOT NULL, event VARCHAR(32) NOT NULL, "by" TEXT NOT NULL, text_zh TEXT NOT NULL,'
        " text_en TEXT NOT NULL, data TEXT NOT NULL, record_hash VARCHAR(64) NOT NULL,"
        " previous VARCHAR(64) NOT NULL, hash VARCHAR(64) NOT NULL)",
        "CREATE INDEX kubesteer_lines_change ON kubesteer_lines (change)",
    ):
        connection.execute(text(statement))
    HEAD.create(connection)
    connection.execute(insert(HEAD).values(one=1, sequence=0, hash=GENESIS))


def _claims_and_holds(connection: Connection) -> None:
    """Who carries a change out, and which objects approved changes have hold of."""
    CLAIMS.create(connection)
    HOLDS.create(connection)


MIGRATIONS: tuple[Callable[[Connection], None], ...] = (_first, _claims_and_holds)
