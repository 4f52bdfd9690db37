"""A log of any length in bounded memory: the newest lines, and its templates counted.

Templates are counted batch by batch, so a hundred thousand lines take no more room than a few thousand.
"""

from __future__ import annotations

import unicodedata
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from kubesteer.core.log_templates import LONGEST_LINE, LogTemplate, templates

BATCH = 2000
"""Lines that are grouped at once."""
MOST_TEMPLATES = 1000
"""Templates that are kept; beyond that the rarest harmless ones go."""
_WORST_FIRST = ("error", "warning", "info")


@dataclass(slots=True)
class Digest:
    """What is kept of one container's log. `keep`: how many of the newest lines. `contains`: only lines with
    this text count, whatever its case."""

    source: str
    keep: int
    contains: str = ""
    seen: int = 0
    newest: deque[tuple[str, str]] = field(default_factory=deque)  # (RFC 3339 stamp or "", line)
    _batch: list[str] = field(default_factory=list)
    _templates: dict[str, LogTemplate] = field(default_factory=dict)

    def add(self, stamped: str) -> None:
        """Take in one line as the API sends it with timestamps."""
        at, line = split_stamp(stamped)
        if self.contains and self.contains.casefold() not in line.casefold():
            return
        self.seen += 1
        self.newest.append((at, line))
        if len(self.newest) > self.keep:
            self.newest.popleft()
        self._batch.append(line)
        if len(self._batch) >= BATCH:
            self._fold()

    def templates(self) -> list[LogTemplate]:
        """Templates of all lines seen: errors first, the most frequent first."""
        self._fold()
        return ranked(self._templates.values())

    def _fold(self) -> None:
        for each in templates(self._batch):
            _count_in(self._templates, each)
        self._batch.clear()
        if len(self._templates) > MOST_TEMPLATES:
            kept = ranked(self._templates.values())[:MOST_TEMPLATES]
            self._templates = {each.template: each for each in kept}


def merged(digests: list[Digest]) -> list[LogTemplate]:
    """Templates over several containers."""
    counted: dict[str, LogTemplate] = {}
    for digest in digests:
        for each in digest.templates():
            _count_in(counted, each)
    return ranked(counted.values())


def ranked(found: Iterable[LogTemplate]) -> list[LogTemplate]:
    """Errors first, then warnings; the most frequent first."""
    return sorted(found, key=lambda t: (_WORST_FIRST.index(t.severity), -t.count, t.template))


def split_stamp(stamped: str) -> tuple[str, str]:
    """The time that the kubelet put before a line, and the line; "" where there is none."""
    at, space, line = stamped.partition(" ")
    if space and len(at) >= 20 and at[4:5] == "-" and "T" in at and at[:4].isdigit():
        return at, readable(line)
    return "", readable(stamped)


def readable(line: str) -> str:
    """A line that cannot move a terminal's cursor: control characters are shown, not sent; long ones cut."""
    if line.isprintable() and len(line) <= LONGEST_LINE:
        return line
    cut = line[:LONGEST_LINE] + ("…" if len(line) > LONGEST_LINE else "")
    return "".join(_shown(char) for char in cut)


def _shown(char: str) -> str:
    if char == "\t" or unicodedata.category(char) not in ("Cc", "Cf"):
        return char
    return "�"


def _count_in(counted: dict[str, LogTemplate], each: LogTemplate) -> None:
    known = counted.get(each.template)
    counted[each.template] = replace(each, count=each.count + known.count) if known else each
