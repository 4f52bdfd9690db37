"""What a person's words mention: names, namespaces, numbers and other values. Pure text, no understanding."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from kubesteer.core.quantities import amount
from kubesteer.planners.llm.clauses import plain
from kubesteer.planners.rules.lexicon.numerals import number
from kubesteer.planners.rules.lexicon.phrases import ENGLISH_NUMERAL, HAN_NUMERAL
from kubesteer.planners.rules.lexicon.places import ENVIRONMENT_WORDS_EN, ENVIRONMENT_WORDS_ZH, ENVIRONMENTS

_NUMBER = re.compile(rf"\d+(?:\.\d+)?|{HAN_NUMERAL}+|(?<![a-z0-9-]){ENGLISH_NUMERAL}(?![a-z0-9-])")
_RELATIVE = re.compile(
    r"翻[倍番]|[一两三四五]倍|减半|一半|对半|砍半|doubl|halv|half|twice|tripl|quadrupl|\b(?:one|a) (?:more|less|fewer)\b",
    re.IGNORECASE,
)
_SEPARATORS = re.compile(r"[-._]")


def mentions(words: str, name: str) -> bool:
    """Whether the words hold a name: as it is spelled, or with blanks for its separators."""
    if not name:
        return False
    low = plain(words)
    parts = _SEPARATORS.split(name.lower())
    if not all(part in low for part in parts):
        return False  # nearly always; a pattern for each of thousands of names would cost seconds
    spelled = r"[-._\s]?".join(map(re.escape, parts))
    return re.search(rf"(?<![a-z0-9])(?<![a-z0-9][-._]){spelled}(?![a-z0-9]|[-._][a-z0-9])", low) is not None


def namespaces_in(words: str, existing: Iterable[str]) -> frozenset[str]:
    """The existing namespaces that the words mention, by name or as an environment."""
    known = frozenset(existing)
    low = plain(words)
    spoken = {env for word, env in ENVIRONMENT_WORDS_ZH.items() if word in low}
    spoken |= {env for word, env in ENVIRONMENT_WORDS_EN.items() if mentions(low, word)}
    meant = {next((n for n in ENVIRONMENTS[env] if n in known), "") for env in spoken}
    return frozenset(name for name in known if mentions(low, name)) | (meant & known)


def numbers_in(words: str) -> frozenset[float]:
    """Every number in figures or words; 「两个」 is 2, `twenty five` 25."""
    values = (number(match[0]) for match in _NUMBER.finditer(plain(words)))
    return frozenset(value for value in values if value is not None)


def relative(words: str) -> bool:
    """Whether an amount is given by proportion: 翻倍, half."""
    return _RELATIVE.search(plain(words)) is not None


def holds(words: str, value: Any) -> bool:
    """Whether a value of an argument stands in the words: text literally, a number in any notation, a quantity
    by its number; a composite by all its parts."""
    if isinstance(value, bool) or value is None:
        return True
    if isinstance(value, (int, float)):
        return abs(float(value)) in numbers_in(words)
    if isinstance(value, str):
        return _holds_text(words, value)
    return all(holds(words, part) for part in _parts(value))


def _holds_text(words: str, value: str) -> bool:
    low = value.strip().lower()
    if low and low in plain(words):
        return True
    try:
        amount(value)
    except ValueError:
        return False
    figure = re.match(r"[\d.]+", low)
    if figure is None:
        return False
    wanted = float(figure[0].strip(".") or "nan")
    # 半核 is 500m and 1.5 cores 1500m: the same amount in a smaller unit.
    return bool({wanted, wanted / 1000, wanted / 1024} & (numbers_in(words) | _halves(words)))


def _halves(words: str) -> frozenset[float]:
    return frozenset({0.5}) if re.search(r"半|half", plain(words)) else frozenset()


def _parts(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        yield from value.keys()
        yield from value.values()
    elif isinstance(value, (list, tuple)):
        yield from value
