"""Stage 3, segment: a message into clauses, so that every verb keeps its own objects and its own mood."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from kubesteer.planners.rules.cues import Cue
from kubesteer.planners.rules.lexicon.phrases import AMOUNT, IMAGE, OBJECT, UNKNOWN

_HARD = re.compile(r"(?<=\d)…(?=\d)|[,;。!?\n…:]+|(?<!\brev)\.(?=\s|$)|(?<=\s)-(?=\s)|(?<=\s)\|(?=\s)")
_SOFT = re.compile(
    r"然后|(?:之后|以后|完)(?=\s*(?:看|再|给我|帮|检查|盯|告诉|查))|接着|随后|而后|并且|顺便|顺带|顺手|同时|另外|还有|以及|完了|最后|(?<!不)再(?!次|过)|并(?!发)|和|跟|与|、|及|外加|加上|再就是"
    r"|\b(?:and then|and also|and|then|also|plus|as well as|after that|but)\b|&|/"
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Clause:
    """One stretch of a message; `asks` if it ended in a question mark, `sentence` counts full stops."""

    start: int
    end: int
    sentence: int
    asks: bool = False
    whole: tuple[int, int] = (0, 0)  # the stretch between punctuation that it was parted from


def clauses(masked: str, cues: tuple[Cue, ...]) -> tuple[Clause, ...]:
    """The clauses of a message. Conjunctions part two clauses only where each side has a verb of its own."""
    found: list[Clause] = []
    start, sentence = 0, 0
    for match in [*_HARD.finditer(masked), None]:
        end = match.start() if match else len(masked)
        if match and (
            match[0] == "…"
            and masked[match.start() - 1 : match.start()].isdigit()
            and masked[match.end() : match.end() + 1].isdigit()
        ):
            continue
        if match and any(c.start < match.start() and match.end() < c.end for c in cues):
            continue
        mark = match[0] if match else ""
        if masked[start:end].strip():
            found.extend(_parted(masked, Clause(start, end, sentence, "?" in mark, (start, end)), cues))
        sentence += any(char in mark for char in "。!?\n;.")
        start = match.end() if match else end
    return tuple(found)


_OBJECT_FIGURE = re.compile(
    rf"[{OBJECT}{UNKNOWN}]+[^{OBJECT}{UNKNOWN}]*?[\d一二两三四五六七八九十{AMOUNT}{IMAGE}]"
)


def _own_figures(masked: str, clause: Clause, match: re.Match[str]) -> bool:
    """「a 扩到 4 和 b 扩到 5」 without the second verb: each side has an object and a figure of its own."""
    head, tail = masked[clause.start : match.start()], masked[match.end() : clause.end]
    return bool(_OBJECT_FIGURE.search(head) and _OBJECT_FIGURE.search(tail))


def _looks(masked: str, clause: Clause, match: re.Match[str], cues: tuple[Cue, ...]) -> bool:
    """ "Restart x and check y": right behind the conjunction, a look at an object of its own."""
    begin = (
        match.end() + len(masked[match.end() : clause.end]) - len(masked[match.end() : clause.end].lstrip())
    )
    return any(
        c.operation == "LOOK"
        and c.start == begin
        and re.search(f"[{OBJECT}{UNKNOWN}]", masked[c.end : clause.end])
        for c in cues
    )


def _parted(masked: str, clause: Clause, cues: tuple[Cue, ...]) -> list[Clause]:
    for match in _SOFT.finditer(masked, clause.start, clause.end):
        inside = any(c.start < match.end() and match.start() < c.end for c in cues)
        left = any(clause.start <= c.start < match.start() and c.weight >= 2 for c in cues)
        right = any(match.end() <= c.start < clause.end and c.weight >= 2 for c in cues)
        right = right or _looks(masked, clause, match, cues)
        if not inside and left and (right or _own_figures(masked, clause, match)):
            first = replace(clause, end=match.start())
            rest = replace(clause, start=match.end())
            return [first, *_parted(masked, rest, cues)]
    return [clause]
