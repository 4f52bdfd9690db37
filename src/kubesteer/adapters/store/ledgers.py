"""`Ledger` on SQLAlchemy."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from datetime import UTC, datetime

from sqlalchemy import Connection, delete, insert, select, update

from kubesteer.adapters.store.chains import faults, linked, record_hash
from kubesteer.adapters.store.databases import Database
from kubesteer.adapters.store.owners import lives, this_owner
from kubesteer.adapters.store.rows import ChangeRow, columns_altered, columns_of, decoded, encoded, entry_of
from kubesteer.adapters.store.seals import Seal
from kubesteer.adapters.store.tables import CHANGES, CLAIMS, HEAD, HOLDS, LINES
from kubesteer.core.errors import Refused
from kubesteer.core.ledgers import OPEN, Entry, Line, Record, State, Verdict
from kubesteer.core.texts import Text

CLAIM_SECONDS = 30.0
"""How long a claim lasts without a sign of life, where it cannot be seen whether its holder lives."""


class SqlLedger:
    """Implements `core.ledgers.Ledger`; see there. `owner` names who claims; this process where left out."""

    def __init__(self, database: Database, owner: str = "") -> None:
        self._database = database
        self._seal = Seal(database.folder)
        self._owner = owner or this_owner()

    async def begin(self, record: Record, particulars: bytes, line: Line) -> Record:
        """Keep a new record."""

        def work(connection: Connection) -> Record:
            kept = replace(record, version=1)
            content = encoded(kept)
            sequence = _append(connection, kept.id, line, record_hash(content))
            connection.execute(
                insert(CHANGES).values(
                    **columns_of(kept, content),
                    id=kept.id,
                    first_line=sequence,
                    last_line=sequence,
                    particulars=self._seal.closed(particulars),
                )
            )
            return kept

        return await self._database.write(work)

    async def record(self, identifier: str) -> Record:
        """A record by id."""
        return await self._database.read(lambda connection: decoded(_row(connection, identifier).record))

    async def particulars(self, identifier: str) -> bytes:
        """What was sealed with it."""

        def work(connection: Connection) -> bytes:
            return self._seal.opened(bytes(_row(connection, identifier).particulars))

        return await self._database.read(work)

    async def advance(
        self, record: Record, line: Line, *, claimed: bool = False, particulars: bytes | None = None
    ) -> Record:
        """Replace a record of the same version, with its line."""

        def work(connection: Connection) -> Record:
            _lock(connection)
            if _row(connection, record.id).version != record.version:
                raise Refused(_FASTER)
            if claimed:
                self._check_claim(connection, record.id)
            _hold(connection, record)
            kept = replace(record, version=record.version + 1)
            content = encoded(kept)
            sequence = _append(connection, kept.id, line, record_hash(content))
            values = columns_of(kept, content) | {"last_line": sequence}
            if particulars is not None:
                values["particulars"] = self._seal.closed(particulars)
            connection.execute(update(CHANGES).where(CHANGES.c.id == kept.id).values(**values))
            return kept

        return await self._database.write(work)

    async def note(self, identifier: str, line: Line) -> None:
        """Append a line without changing the record."""

        def work(connection: Connection) -> None:
            _lock(connection)
            content = _row(connection, identifier).record
            sequence = _append(connection, identifier, line, record_hash(content))
            connection.execute(update(CHANGES).where(CHANGES.c.id == identifier).values(last_line=sequence))

        await self._database.write(work)

    async def claim(self, identifier: str) -> bool:
        """Become the only one to carry out a change, or stay it."""

        def work(connection: Connection) -> bool:
            _lock(connection)
            _row(connection, identifier)
            found = connection.execute(select(CLAIMS).where(CLAIMS.c.change == identifier)).first()
            if found and found.owner != self._owner and _holds(found.owner, found.until):
                return False
            connection.execute(delete(CLAIMS).where(CLAIMS.c.change == identifier))
            until = time.time() + CLAIM_SECONDS
            connection.execute(insert(CLAIMS).values(change=identifier, owner=self._owner, until=until))
            return True

        return await self._database.write(work)

    async def release(self, identifier: str) -> None:
        """Give a claim up."""
        mine = (CLAIMS.c.change == identifier) & (CLAIMS.c.owner == self._owner)
        await self._database.write(lambda connection: connection.execute(delete(CLAIMS).where(mine)))

    async def records(
        self, *, limit: int = 50, states: frozenset[State] | None = None, cluster: str = ""
    ) -> list[Record]:
        """Records, newest first."""
        query = select(CHANGES.c.record).order_by(CHANGES.c.first_line.desc()).limit(limit)
        if states is not None:
            query = query.where(CHANGES.c.state.in_(states))
        if cluster:
            query = query.where(CHANGES.c.cluster == cluster)
        return await self._database.read(
            lambda connection: [decoded(content) for content in connection.execute(query).scalars()]
        )

    async def entries(self, identifier: str = "") -> list[Entry]:
        """Lines, oldest first."""
        query = select(LINES).order_by(LINES.c.sequence)
        if identifier:
            query = query.where(LINES.c.change == identifier)
        return await self._database.read(
            lambda connection: [entry_of(row) for row in connection.execute(query)]
        )

    async def verify(self) -> Verdict:
        """Check the whole history."""

        def work(connection: Connection) -> Verdict:
            _lock(connection)
            entries = [entry_of(row) for row in connection.execute(select(LINES).order_by(LINES.c.sequence))]
            rows = list(connection.execute(select(CHANGES)))
            head = connection.execute(select(HEAD)).one()
            last = {row.id: (row.last_line, record_hash(row.record)) for row in rows}
            troubles = [*faults(entries, head=(head.sequence, head.hash), last=last), *columns_altered(rows)]
            return Verdict(len(entries), len(rows), tuple(troubles))

        return await self._database.write(work)  # locked, so that nobody writes in between

    async def close(self) -> None:
        """Let go of files and connections."""
        await self._database.close()

    def _check_claim(self, connection: Connection, identifier: str) -> None:
        owner = connection.execute(
            select(CLAIMS.c.owner).where(CLAIMS.c.change == identifier)
        ).scalar_one_or_none()
        if owner != self._owner:
            raise Refused(_LOST)


def _holds(owner: str, until: float) -> bool:
    """Whether a claim still counts. Time decides only where life cannot be seen: the clock may jump."""
    alive = lives(owner)
    return until > time.time() if alive is None else alive


def _lock(connection: Connection) -> tuple[int, str]:
    """The end of the chain, locked until the transaction ends: writers come one after the other."""
    head = connection.execute(select(HEAD).with_for_update()).one()
    return head.sequence, head.hash


def _append(connection: Connection, change: str, line: Line, record: str) -> int:
    sequence, previous = _lock(connection)
    at = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
    entry = linked(line, sequence=sequence + 1, change=change, at=at, record=record, previous=previous)
    connection.execute(
        insert(LINES).values(
            sequence=entry.sequence,
            change=change,
            at=at,
            event=entry.event,
            by=entry.by,
            text_zh=entry.text.zh,
            text_en=entry.text.en,
            data=json.dumps(entry.data, ensure_ascii=False),
            record_hash=record,
            previous=previous,
            hash=entry.hash,
        )
    )
    connection.execute(update(HEAD).values(sequence=entry.sequence, hash=entry.hash))
    return entry.sequence


def _hold(connection: Connection, record: Record) -> None:
    """An approval takes hold of the objects, an end lets them go."""
    if record.state not in OPEN:
        connection.execute(delete(HOLDS).where(HOLDS.c.change == record.id))
    elif record.state == "approved":
        for about in sorted({str(write.about) for step in record.steps for write in step.writes}):
            key = f"{record.cluster} {about}"
            holder = connection.execute(select(HOLDS.c.change).where(HOLDS.c.object == key)).scalar()
            if holder is not None and holder != record.id:
                raise Refused(_held(about, holder), _RESUME)
            if holder is None:
                connection.execute(insert(HOLDS).values(object=key, change=record.id))


def _row(connection: Connection, identifier: str) -> ChangeRow:
    found = connection.execute(select(CHANGES).where(CHANGES.c.id == identifier)).first()
    if found is None:
        raise Refused(
            Text(f"没有变更 {identifier}。", f"There is no change {identifier}."),
            Text("编号见 `kubesteer history`。", "`kubesteer history` lists them."),
        )
    return found


def _held(about: str, holder: str) -> Text:
    return Text(
        f"另一个变更 {holder} 正在改动 {about}。", f"Another change, {holder}, is under way on {about}."
    )


_FASTER = Text("它刚被别人处理过。", "Somebody else was faster.")
_LOST = Text("执行权已被另一个进程接管。", "Another process has taken this change over.")
_RESUME = Text(
    "若它已中断,先运行 `kubesteer resume`。", "If it was interrupted, run `kubesteer resume` first."
)
