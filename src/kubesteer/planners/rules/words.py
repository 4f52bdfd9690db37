"""Stage 1, normalise: what was typed, with width, script and case evened out, positions kept."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from kubesteer.planners.rules.lexicon.characters import SIMPLIFIED
from kubesteer.planners.rules.lexicon.common import CHINESE_SLIPS, MENDED, ordinary
from kubesteer.planners.rules.names import Names

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

    def cut(self, start: int, end: int) -> Words:
        """A stretch of the words."""
        return Words(self.raw[start:end], self.low[start:end])


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


_LATIN = re.compile(r"(?<![a-z0-9._/:-])[a-z]{4,14}(?![a-z0-9._/:-]|\.[a-z])")
_SLIPS = re.compile("|".join(CHINESE_SLIPS))


def mended(words: Words, names: Names) -> Words:
    """Slips of the finger in verbs and nouns put right; names and anything like one stay as typed."""
    for match in _SLIPS.finditer(words.low):
        words = words.replaced(*match.span(), CHINESE_SLIPS[match[0]])
    for match in reversed(list(_LATIN.finditer(words.low))):
        word = match[0]
        if word in ordinary() or word in names.items or word in names.namespaces:
            continue
        meant = next((w for w in MENDED if _slip(word, w)), None)
        if meant is not None:
            words = words.replaced(*match.span(), meant)
    return words


def _slip(typed: str, meant: str) -> bool:
    """One letter too many, too few, wrong, or two swapped, behind the same first letter or the same last two."""
    if abs(len(typed) - len(meant)) > 1 or (typed[0] != meant[0] and typed[-2:] != meant[-2:]):
        return False
    if sorted(typed) == sorted(meant) and sum(a != b for a, b in zip(typed, meant, strict=True)) <= 3:
        return True
    shorter, longer = sorted((typed, meant), key=len)
    if len(shorter) < len(longer):
        return any(longer[:i] + longer[i + 1 :] == shorter for i in range(len(longer)))
    return len(typed) > 5 and sum(a != b for a, b in zip(typed, meant, strict=True)) == 1
