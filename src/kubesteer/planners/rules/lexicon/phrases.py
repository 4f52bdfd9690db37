"""The notation of the tables: one wording a line or between bars, compiled into one pattern per cue.

An entry is a regular expression with conveniences: a space stands for any white space, `~` for a gap of up to
forty characters inside a clause, `#` for a number in figures or words, `@` for a name that was linked, `«image»`,
`«amount»` and `«change»` for an image or version, a quantity, and the id of a change.
An entry that starts or ends with a Latin letter or a digit matches whole words only.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from functools import cached_property

# Placeholders that linking writes over what it recognised, one per covered character.
OBJECT, NAMESPACE, UNKNOWN, IMAGE, QUOTE, NOISE = "\ue000", "\ue001", "\ue002", "\ue003", "\ue004", "\ue005"
AMOUNT, CHANGE, CLOCK, NUMERAL = "\ue006", "\ue007", "\ue008", "\ue009"

HAN_NUMERAL = "[零〇一二两俩三仨四五六七八九十百千万亿]"
ENGLISH_NUMERAL = (
    r"(?:(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)(?:[ -](?:one|two|three|four|five|six|seven|eight|nine))?"
    r"|(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen"
    r"|eighteen|nineteen|zero)(?: (?:hundred|thousand|dozen))?(?: and fifty)?|an? (?:hundred|thousand|dozen)"
    r"|half a dozen|a couple(?: of)?|a single(?= (?:\S+ )?(?:replica|pod|instance|copy)(?![a-z])))"
)
NUMBER = rf"(?:(?<![a-z0-9_.])-?\d+(?:\.\d+)?(?:e\d+)?(?!\.?\d)|{HAN_NUMERAL}+|(?<![a-z0-9-]){ENGLISH_NUMERAL}(?![a-z0-9-]))"
_WORD_EDGE = r"(?:(?<![a-z0-9])|(?![a-z0-9]))"
GAP = rf"{_WORD_EDGE}((?:(?! (?:if|unless) )[^,;。!?\n{IMAGE}]){{0,40}}?){_WORD_EDGE}"  # the only capturing group: what a gap swallowed does not count as matched
NAME = rf"[\s\"“'‘]*[{OBJECT}{UNKNOWN}]+[\s\"”'’]*"
# What `#` stands for: numerals in English words have been masked by `worded` before tables are matched.
COUNT = rf"(?:(?<![a-z0-9_.])-?\d+(?:\.\d+)?(?!\.?\d)|(?!一[下起直些点会样定旦切遍次把律]){HAN_NUMERAL}+|{NUMERAL}+|one(?![a-z]))"

_NUMERALS = re.compile(
    rf"(?<![a-z0-9-])(?!one(?![a-z])(?! hundred| thousand| dozen)){ENGLISH_NUMERAL}(?![a-z0-9-])"
)
_KINDS = (
    "pods?|deployments?|services?|svc|statefulset|sts|daemonset|ds|jobs?|cronjobs?|cj|node|app|pvc|claim|ingress|configmap"
    "|cm|secret|workload"
)
_DRESSED = re.compile(
    rf"(?<!which )(?<!what )(?<![a-z0-9])(?:(?:the|my|our|that|this|{_KINDS})\s+){{1,3}}(?:{NAMESPACE}+\s+)?(?=[{OBJECT}{UNKNOWN}])"
    rf"|(?<=[{OBJECT}{UNKNOWN}])\s+(?:{_KINDS})(?![a-z0-9])"
)


def worded(masked: str) -> str:
    """Masked words as the tables are matched on: numerals masked, articles and kinds beside a name made part of it."""
    text = _NUMERALS.sub(lambda m: NUMERAL * len(m[0]), masked)
    return _DRESSED.sub(lambda m: OBJECT * len(m[0]), text)


# No match begins or ends in the middle of a Latin word.
_EDGE = re.compile(r"[a-z0-9]", re.ASCII)


def _source(entry: str) -> str:
    for word, mark in (("«image»", IMAGE), ("«amount»", AMOUNT), ("«change»", CHANGE)):
        entry = entry.replace(word, f"{mark}+")
    entry = re.sub(r"(?<!\\)\((?!\?)", "(?:", entry)
    body = (
        entry.replace(" ~ ", "~")
        .replace(" ", r"\s+")
        .replace("~", GAP)
        .replace("#", COUNT)
        .replace("@", NAME)
    )
    if _EDGE.match(entry[-1]):
        return f"{body}(?![a-z0-9])"
    return f"{body}{_WORD_EDGE}" if entry[-1] in ")]?*+" else body


# Conditions around a wording say nothing about how long it is.
_AROUND = re.compile(r"\(\?<?[!=][^()]*(?:\([^()]*\)[^()]*)*\)")


def _alternation(entries: Iterable[str]) -> str:
    return "|".join(map(_source, sorted(entries, key=lambda e: (-len(_AROUND.sub("", e)), -len(e), e))))


def _entries(table: str) -> Iterator[str]:
    """Entries end at a line feed or a bar, outside brackets."""
    depth, entry = 0, ""
    for char in table + "\n":
        depth += (char in "([") - (char in ")]")
        if char in "|\n" and depth == 0:
            if entry.strip():
                yield entry.strip()
            entry = ""
        else:
            entry += char


def source(*tables: str) -> str:
    """The pattern text for all wordings; Latin beginnings share one look-behind, so that scanning is quick."""
    entries = {entry for table in tables for entry in _entries(table)}
    latin = {e for e in entries if _EDGE.match(e)}
    parts = [f"{_WORD_EDGE}(?:{_alternation(entries - latin)})"] if entries - latin else []
    if latin:
        parts.append(f"(?<![a-z0-9])(?:{_alternation(latin)})")
    return "|".join(parts)


class Phrases:
    """A pattern for all wordings in some tables, compiled when it is first used: start-up stays quick."""

    def __init__(self, *tables: str) -> None:
        self._tables = tables

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Longer wordings stand before their own beginnings."""
        return re.compile(source(*self._tables))

    def search(self, text: str, start: int = 0, end: int = sys.maxsize) -> re.Match[str] | None:
        """The first match within a stretch."""
        return self.pattern.search(text, start, end)

    def match(self, text: str) -> re.Match[str] | None:
        """A match at the beginning."""
        return self.pattern.match(text)

    def finditer(self, text: str, start: int = 0, end: int = sys.maxsize) -> Iterator[re.Match[str]]:
        """Every match within a stretch."""
        return self.pattern.finditer(text, start, end)


def phrases(*tables: str) -> Phrases:
    """All wordings in the tables."""
    return Phrases(*tables)
