"""Stage 1, normalise: what was typed, with width, script and case evened out, positions kept."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from kubesteer.planners.rules.lexicon.characters import SIMPLIFIED

LONGEST = 8_000
"""Characters of one message that are read; nobody types more, and what is pasted beyond is data."""

_SPACES = re.compile(r"[^\S\n]+")
_LETTER_RUNS = re.compile(r"\.{2,}|…+|—{1,}|~{2,}")


@dataclass(frozen=True, slots=True)
class Words:
    """One message. `raw` keeps letter case; `low` is lower case and simplified script; equally long."""

    raw: str
    low: str

    def replaced(self, start: int, end: int, text: str) -> Words:
        """The words with a stretch spelled differently."""
        return Words(self.raw[:start] + text + self.raw[end:], self.low[:start] + text + self.low[end:])


def normalised(content: str) -> Words:
    """Full-width to half-width, invisible and control characters out, runs of spaces to one."""
    kept = unicodedata.normalize("NFKC", content[: LONGEST * 2])
    kept = "".join(_visible(char) for char in kept)
    kept = _SPACES.sub(" ", _LETTER_RUNS.sub("…", kept)).strip()[:LONGEST]
    return Words(kept, "".join(map(_lower, kept)).translate(SIMPLIFIED))


def _visible(char: str) -> str:
    if char == "\n":
        return char
    category = unicodedata.category(char)
    if category in ("Cf", "Cn", "Co", "Cs"):
        return ""
    if category == "Cc":
        return "\n" if char == "\r" else " "
    return " " if category in ("So", "Sk") and char not in "^`" else char


def _lower(char: str) -> str:
    low = char.lower()
    return low if len(low) == 1 else char
