"""The notation of the tables: one wording a line or between bars, compiled into one pattern per cue.

An entry is a regular expression with four conveniences: a space stands for any white space, `~` for a gap of up
to forty characters inside a clause, `#` for a number in figures or words, `@` for a name that was linked.
An entry that starts or ends with a Latin letter or a digit matches whole words only.
"""

from __future__ import annotations

import re

# Placeholders that linking writes over what it recognised, one per covered character.
OBJECT, NAMESPACE, UNKNOWN, IMAGE, QUOTE, NOISE = "\ue000", "\ue001", "\ue002", "\ue003", "\ue004", "\ue005"

HAN_NUMERAL = "[零〇一二两俩三仨四五六七八九十百千万亿]"
ENGLISH_NUMERAL = (
    r"(?:(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)(?:[ -](?:one|two|three|four|five|six|seven|eight|nine))?"
    r"|(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen"
    r"|eighteen|nineteen|zero)(?: (?:hundred|thousand|dozen))?(?: and fifty)?|an? (?:hundred|thousand|dozen)"
    r"|half a dozen|a couple(?: of)?)"
)
NUMBER = (
    rf"(?:(?<![\w.])-?\d+(?:\.\d+)?(?:e\d+)?(?![.\d])|{HAN_NUMERAL}+|(?<![a-z0-9-]){ENGLISH_NUMERAL}(?![a-z0-9-]))"
)
GAP = r"[^,;。!?\n]{0,40}?"
NAME = rf"[\s\"“'‘]*{OBJECT}+[\s\"”'’]*"

_EDGE = re.compile(r"[a-z0-9]", re.ASCII)


def _source(entry: str) -> str:
    body = entry.replace(" ~ ", "~").replace(" ", r"\s+").replace("~", GAP).replace("#", NUMBER).replace("@", NAME)
    starts = _EDGE.match(entry) is not None
    ends = _EDGE.match(entry[-1]) is not None
    return ("(?<![a-z0-9])" if starts else "") + f"(?:{body})" + ("(?![a-z0-9])" if ends else "")


def phrases(*tables: str) -> re.Pattern[str]:
    """One pattern for all wordings in the tables; longer wordings win over their own beginnings."""
    entries = {e.strip() for table in tables for e in re.split(r"[|\n]", table) if e.strip()}
    ordered = sorted(entries, key=lambda e: (-len(e), e))
    return re.compile("|".join(map(_source, ordered)))
