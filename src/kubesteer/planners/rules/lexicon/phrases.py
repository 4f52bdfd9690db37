"""The notation of the tables: one wording a line or between bars, compiled into one pattern per cue.

An entry is a regular expression with conveniences: a space stands for any white space, `~` for a gap of up to
forty characters inside a clause, `#` for a number in figures or words, `@` for a name that was linked, `«image»`,
`«amount»` and `«change»` for an image or version, a quantity, and the id of a change.
An entry that starts or ends with a Latin letter or a digit matches whole words only.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

# Placeholders that linking writes over what it recognised, one per covered character.
OBJECT, NAMESPACE, UNKNOWN, IMAGE, QUOTE, NOISE = "\ue000", "\ue001", "\ue002", "\ue003", "\ue004", "\ue005"
AMOUNT, CHANGE, CLOCK = "\ue006", "\ue007", "\ue008"

HAN_NUMERAL = "[零〇一二两俩三仨四五六七八九十百千万亿]"
ENGLISH_NUMERAL = (
    r"(?:(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)(?:[ -](?:one|two|three|four|five|six|seven|eight|nine))?"
    r"|(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen"
    r"|eighteen|nineteen|zero)(?: (?:hundred|thousand|dozen))?(?: and fifty)?|an? (?:hundred|thousand|dozen)"
    r"|half a dozen|a couple(?: of)?)"
)
NUMBER = rf"(?:(?<![a-z0-9_.])-?\d+(?:\.\d+)?(?:e\d+)?(?!\.?\d)|{HAN_NUMERAL}+|(?<![a-z0-9-]){ENGLISH_NUMERAL}(?![a-z0-9-]))"
GAP = r"([^,;。!?\n]{0,40}?)"  # the only capturing group: what a gap swallowed does not count as matched
_KINDS = "pods?|deployments?|deploy|services?|svc|statefulset|sts|daemonset|ds|jobs?|cronjobs?|cj|node|app|pvc|claim|ingress|configmap|cm|secret|hpa|workload|cluster"
NAME = (
    rf"(?:(?:the|my|our|that|this|prod|production|staging|{_KINDS})\s+){{0,3}}(?:{NAMESPACE}+\s+)?[\s\"“'‘]*[{OBJECT}{UNKNOWN}]+[\s\"”'’]*"
    rf"(?:(?:{_KINDS})(?![a-z0-9])\s*)?"
)

# No match begins or ends in the middle of a Latin word.
_BEFORE = r"(?:(?<![a-z0-9])|(?![a-z0-9]))"
_AFTER = r"(?:(?![a-z0-9])|(?<![a-z0-9]))"
_EDGE = re.compile(r"[a-z0-9]", re.ASCII)


def _source(entry: str) -> str:
    for word, mark in (("«image»", IMAGE), ("«amount»", AMOUNT), ("«change»", CHANGE)):
        entry = entry.replace(word, f"{mark}+")
    entry = re.sub(r"(?<!\\)\((?!\?)", "(?:", entry)
    body = (
        entry.replace(" ~ ", "~")
        .replace(" ", r"\s+")
        .replace("~", GAP)
        .replace("#", NUMBER)
        .replace("@", NAME)
    )
    if _EDGE.match(entry[-1]):
        return f"{body}(?![a-z0-9])"
    return f"{body}{_AFTER}" if entry[-1] in ")]?*+" else body


def _alternation(entries: Iterable[str]) -> str:
    return "|".join(map(_source, sorted(entries, key=lambda e: (-len(e), e))))


def _entries(table: str) -> Iterator[str]:
    """Entries end at a line feed, or at a bar outside brackets."""
    depth, entry = 0, ""
    for char in table + "\n":
        depth += (char in "([") - (char in ")]")
        if char == "\n" or (char == "|" and depth == 0):
            if entry.strip():
                yield entry.strip()
            depth, entry = 0, ""
        else:
            entry += char


def source(*tables: str) -> str:
    """The pattern text for all wordings; Latin beginnings share one look-behind, so that scanning is quick."""
    entries = {entry for table in tables for entry in _entries(table)}
    latin = {e for e in entries if _EDGE.match(e)}
    parts = [f"{_BEFORE}(?:{_alternation(entries - latin)})"] if entries - latin else []
    if latin:
        parts.append(f"(?<![a-z0-9])(?:{_alternation(latin)})")
    return "|".join(parts)


def phrases(*tables: str) -> re.Pattern[str]:
    """One pattern for all wordings in the tables; longer wordings win over their own beginnings."""
    return re.compile(source(*tables))
