"""Figures in an answer that nobody saw: they are found, and shown as such."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from kubesteer.core.quantities import amount
from kubesteer.core.texts import Text

UNSEEN = Text(
    "⚠ 以下数字在查看到的内容里没有,请勿依赖:",
    "⚠ These figures stand in nothing that was looked at; do not rely on them: ",
)

MOST_FIGURES = 100
"""Different figures of one answer that are looked up."""

_CITATION = re.compile(r"\[\d{1,2}(?:\s*[,,、]\s*\d{1,2})*\]")
_ORDINAL = re.compile(r"(?m)^\s*(?:[-*#>]\s*)*\d{1,2}[.)、)](?=\s|[^\d.])")
_FIGURE = re.compile(
    r"(?<![A-Za-z0-9_.:/@-])\d[\d,]*(?:[.:]\d+)*(?:%|(?:[KMGTP]i?B?|[mnuµ]s?|s|h|d|x|min|core|cores)(?![A-Za-z]))?(?![A-Za-z0-9_/@-])"
)
_NUMBER = re.compile(
    r"(?<![A-Za-z0-9_.-])(\d[\d,]*(?:\.\d+)?(?:e[+-]?\d+)?)\s?(%|[A-Za-z]{1,3}(?![A-Za-z0-9_]))?(?!\.\d|\d)"
)
_CLOSE = 0.01
"""How far an amount may be rounded: 1.5Gi for 1,610,000,000 bytes."""


def unseen(answer: str, seen: Iterable[str]) -> tuple[str, ...]:
    """The figures of an answer that stand nowhere in what was seen, as they are written, each once.

    The length of a list in the observations counts as seen, and so does the same amount rounded or in another
    unit. Citations and the numbers before a list's lines are no figures.
    """
    prose = _ORDINAL.sub(" ", _CITATION.sub(" ", answer))
    figures = list(dict.fromkeys(match[0].rstrip(",.") for match in _FIGURE.finditer(prose)))[:MOST_FIGURES]
    if not figures:
        return ()
    sources = list(seen)
    text = "\n".join(sources)
    known = {value for source in sources for value in (*_values(source), *_lengths(source))}
    return tuple(figure for figure in figures if not (_literal(figure, text) or _known(figure, known)))


def _literal(figure: str, text: str) -> bool:
    return re.search(rf"(?<![\d.]){re.escape(figure)}(?![\d%]|\.\d)", text) is not None


def _known(figure: str, known: set[float]) -> bool:
    match = _NUMBER.fullmatch(figure)
    if match is None:
        return False  # an address, a version, a time of day: literally or not at all
    decimals = len(match[1].partition(".")[2])
    wanted = _amounts(match)
    if any(value in known for value in wanted):
        return True
    if decimals and any(round(value, decimals) in wanted for value in known):
        return True
    return bool(match[2]) and any(abs(v - w) <= _CLOSE * abs(w) for w in wanted if w for v in known)


def _values(source: str) -> Iterator[float]:
    for match in _NUMBER.finditer(source):
        yield from _amounts(match)


def _amounts(match: re.Match[str]) -> set[float]:
    """What a figure may stand for: its number; with a unit, its amount; a percentage also as a share."""
    try:
        number = float(match[1].replace(",", ""))
    except (ValueError, OverflowError):
        return set()
    unit = (match[2] or "").removesuffix("B")
    if not unit:
        return {number}
    if unit == "%":
        return {number, number / 100}
    try:
        return {amount(f"{match[1].replace(',', '')}{unit}"), number}
    except ValueError:
        return {number}


def _lengths(source: str) -> Iterator[float]:
    start = source.find("{")
    if start < 0:
        return
    try:
        data = json.loads(source[start : source.rfind("}") + 1])
    except (ValueError, RecursionError):
        return
    yield from _counted(data, 0)


def _counted(data: Any, depth: int) -> Iterator[float]:
    if depth > 8:
        return
    if isinstance(data, list):
        yield float(len(data))
    for item in data if isinstance(data, list) else data.values() if isinstance(data, dict) else ():
        yield from _counted(item, depth + 1)
