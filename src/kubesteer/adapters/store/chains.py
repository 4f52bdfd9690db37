"""The hash chain of the history: pure. Each line's hash covers the line before it and the record it left behind."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, replace

from kubesteer.core.ledgers import Entry, Line
from kubesteer.core.texts import Text

GENESIS = "0" * 64
"""What the first line links to."""


def record_hash(record: str) -> str:
    """SHA-256 of a record as it is stored."""
    return hashlib.sha256(record.encode()).hexdigest()


def linked(line: Line, *, sequence: int, change: str, at: str, record: str, previous: str) -> Entry:
    """A line in its place."""
    entry = Entry(
        sequence=sequence,
        change=change,
        at=at,
        event=line.event,
        by=line.by,
        text=line.text,
        data=json.loads(json.dumps(dict(line.data), ensure_ascii=False, default=str)),
        record_hash=record,
        previous=previous,
        hash="",
    )
    return replace(entry, hash=hash_of(entry))


def hash_of(entry: Entry) -> str:
    """SHA-256 of everything in a line but the hash itself."""
    content = asdict(entry)
    del content["hash"]
    return hashlib.sha256(
        json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    ).hexdigest()


def faults(
    entries: Iterable[Entry], *, head: tuple[int, str], last: Mapping[str, tuple[int, str]]
) -> Iterator[Text]:
    """What is wrong with a history.

    `head` is the sequence and hash that the chain should end with; `last` maps each change to the sequence of
    its last line and the hash of its record as it stands.
    """
    expected, previous = 1, GENESIS
    latest: dict[str, Entry] = {}
    for entry in entries:
        if entry.sequence != expected:
            yield _missing(expected, entry.sequence - 1)
        elif entry.previous != previous:
            yield _line(entry, Text("与上一行接不上", "does not link to the line before it"))
        if hash_of(entry) != entry.hash:
            yield _line(entry, Text("被改动过", "was altered"))
        expected, previous = entry.sequence + 1, entry.hash
        latest[entry.change] = entry
    if head[0] >= expected:
        yield _missing(expected, head[0])
    elif (expected - 1, previous) != head:
        yield Text("末尾与登记的不符。", "The end of the history is not the one on record.")
    yield from _records(latest, last)


def _records(latest: Mapping[str, Entry], last: Mapping[str, tuple[int, str]]) -> Iterator[Text]:
    for change, (sequence, record) in last.items():
        entry = latest.get(change)
        if entry is None or entry.sequence != sequence:
            yield Text(f"{change} 的最后一行记录缺失。", f"The last line about {change} is missing.")
        elif entry.record_hash != record:
            yield Text(f"{change} 的内容被改动过。", f"The record of {change} was altered.")
    for change in latest.keys() - last.keys():
        yield Text(f"{change} 的内容缺失。", f"The record of {change} is missing.")


def _missing(first: int, last: int) -> Text:
    if first >= last:
        return Text(f"第 {first} 行缺失。", f"Line {first} is missing.")
    return Text(f"第 {first}–{last} 行缺失。", f"Lines {first} to {last} are missing.")


def _line(entry: Entry, what: Text) -> Text:
    where = Text(f"第 {entry.sequence} 行({entry.change})", f"Line {entry.sequence} ({entry.change}) ")
    return where + what + Text("。", ".")
