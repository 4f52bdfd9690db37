"""Rows of the tables as records and lines, and back."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace

import msgspec
from sqlalchemy import Row

from kubesteer.core.ledgers import Entry, Record
from kubesteer.core.texts import Text

ChangeRow = Row[tuple[str, str, str, int, int, int, str, bytes]]
LineRow = Row[tuple[int, str, str, str, str, str, str, str, str, str, str]]


def columns_of(record: Record, content: str) -> dict[str, object]:
    """What is kept beside a record, to be searched by."""
    return {
        "state": record.state,
        "cluster": record.cluster,
        "version": record.version,
        "record": content,
    }


def columns_altered(rows: Iterable[ChangeRow]) -> list[Text]:
    """Columns that do not say what their record says."""
    return [
        Text(f"{row.id} 的状态被改动过。", f"The state of {row.id} was altered.")
        for row in rows
        if not _agree(row)
    ]


def _agree(row: ChangeRow) -> bool:
    try:
        told = decoded(row.record)
    except msgspec.DecodeError:
        return False
    return (row.id, row.state, row.cluster, row.version) == (told.id, told.state, told.cluster, told.version)


def encoded(record: Record) -> str:
    """A record as it is stored, and hashed."""
    return msgspec.json.encode(replace(record, audit=())).decode()


def decoded(content: str) -> Record:
    """The record that was stored."""
    return msgspec.json.decode(content, type=Record)


def entry_of(row: LineRow) -> Entry:
    """A line in its place."""
    return Entry(
        sequence=row.sequence,
        change=row.change,
        at=row.at,
        event=row.event,
        by=row.by,
        text=Text(row.text_zh, row.text_en),
        data=json.loads(row.data),
        record_hash=row.record_hash,
        previous=row.previous,
        hash=row.hash,
    )
