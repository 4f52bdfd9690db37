"""A ledger that cannot be told a secret: every record and every line is redacted on its way in.

The particulars are not: they carry the change out, so they are sealed instead.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cached_property

from kubesteer.core.ledgers import Entry, Ledger, Line, Record, State, Step, Verdict, Write
from kubesteer.policies.redactions import redacted, redacted_text


def discreet_record(record: Record) -> Record:
    """The record without secrets; what identifies and binds it stays as it is."""
    return replace(
        record,
        words=redacted_text(record.words),
        outcome=redacted(record.outcome),
        steps=tuple(map(_step, record.steps)),
        back=tuple(map(_step, record.back)),
    )


def discreet_line(line: Line) -> Line:
    """The line without secrets."""
    return replace(line, text=redacted(line.text), data=redacted(line.data))


def _step(step: Step) -> Step:
    return replace(
        step,
        arguments=redacted(step.arguments),
        diff=redacted_text(step.diff),
        explained=redacted(step.explained),
        outcome=redacted(step.outcome),
        writes=tuple(map(_write, step.writes)),
    )


def _write(write: Write) -> Write:
    return replace(write, note=redacted(write.note))


class DiscreetLedger:
    """Implements `core.ledgers.Ledger` on another ledger, which is opened at its first use: whoever only looks
    at a cluster needs none, and a database library takes longer to import than a look takes."""

    def __init__(self, opened: Callable[[], Ledger]) -> None:
        self._opened = opened

    @cached_property
    def _ledger(self) -> Ledger:
        return self._opened()

    async def begin(self, record: Record, particulars: bytes, line: Line) -> Record:
        """Keep a new record."""
        return await self._ledger.begin(discreet_record(record), particulars, discreet_line(line))

    async def advance(
        self, record: Record, line: Line, *, claimed: bool = False, particulars: bytes | None = None
    ) -> Record:
        """Replace a record of the same version."""
        return await self._ledger.advance(
            discreet_record(record), discreet_line(line), claimed=claimed, particulars=particulars
        )

    async def note(self, identifier: str, line: Line) -> None:
        """Append a line."""
        await self._ledger.note(identifier, discreet_line(line))

    async def record(self, identifier: str) -> Record:
        """A record by id."""
        return await self._ledger.record(identifier)

    async def particulars(self, identifier: str) -> bytes:
        """What was sealed with it."""
        return await self._ledger.particulars(identifier)

    async def claim(self, identifier: str) -> bool:
        """Become the only one to carry out a change."""
        return await self._ledger.claim(identifier)

    async def release(self, identifier: str) -> None:
        """Give a claim up."""
        await self._ledger.release(identifier)

    async def records(
        self, *, limit: int = 50, states: frozenset[State] | None = None, cluster: str = ""
    ) -> list[Record]:
        """Records, newest first."""
        return await self._ledger.records(limit=limit, states=states, cluster=cluster)

    async def entries(self, identifier: str = "") -> list[Entry]:
        """Lines, oldest first."""
        return await self._ledger.entries(identifier)

    async def verify(self) -> Verdict:
        """Check the whole history."""
        return await self._ledger.verify()

    async def close(self) -> None:
        """Let go of files and connections, if there are any."""
        if "_ledger" in vars(self):
            await self._ledger.close()
