"""Counts, spans of time and quantities in a stretch of words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from kubesteer.planners.rules.lexicon.numerals import number
from kubesteer.planners.rules.lexicon.phrases import NUMBER

_NUMBER = re.compile(NUMBER)
_UNITS = {
    "秒": 1, "秒钟": 1, "分": 60, "分钟": 60, "刻钟": 900, "小时": 3600, "钟头": 3600, "天": 86400, "日": 86400, "周": 604800, "星期": 604800, "礼拜": 604800,
    "s": 1, "sec": 1, "secs": 1, "second": 1, "seconds": 1, "m": 60, "min": 60, "mins": 60, "minute": 60, "minutes": 60,
    "h": 3600, "hr": 3600, "hrs": 3600, "hour": 3600, "hours": 3600, "d": 86400, "day": 86400, "days": 86400, "week": 604800, "weeks": 604800,
}  # fmt: skip
_UNIT = "|".join(sorted(_UNITS, key=len, reverse=True))
_SPAN = re.compile(
    rf"(?P<half>半\s*个?\s*|half (?:an? )?)(?P<u1>{_UNIT})(?![a-z])"
    rf"|(?P<quarter>(?:a )?quarter (?:of )?(?:an )?hour)"
    rf"|(?P<n>{NUMBER}|\d+|(?<![a-z])(?:an?(?=\s)|couple of|a few|few))\s*(?:来|几|多)?个?\s*(?P<plus>半\s*|and a half )?(?P<u2>{_UNIT})(?P<andhalf>半| and a half)?(?![a-z])"
    rf"|(?P<bare>(?:last|past|previous|in the) )(?P<u3>hour|minute|day|week)(?P<barehalf> and a half)?(?![a-z])"
)


@dataclass(frozen=True, slots=True)
class Figure:
    """A number in words or figures and where it stands."""

    value: float
    start: int
    end: int
    text: str

    @property
    def whole(self) -> int | None:
        """The value as an integer, or None."""
        return int(self.value) if self.value.is_integer() else None


def figures(text: str) -> Iterator[Figure]:
    """Every number, but not spans of time, percentages, ordinals or parts of words."""
    spans = [m.span() for m in _SPAN.finditer(text) if not re.fullmatch(r"\d+\s*(?:个)?m", m[0])]
    for match in _NUMBER.finditer(text):
        start, end = match.span()
        value = number(match[0])
        if value is None or any(s <= start < e for s, e in spans):
            continue
        if not _no_count(text, start, end):
            yield Figure(value, start, end, match[0])


# "The production one" and "the one in staging" name a thing, they count nothing.
_THAT_ONE = re.compile(
    r"\b(?:the|that|this|which|other|first|second|third|last|each|every)\s+(?:[^\s,;.]+\s+){0,2}$"
)
_ONE_THERE = re.compile(r"\s+(?:in|on|from|of|at|under|inside|that|which)(?![a-z])")


def _no_count(text: str, start: int, end: int) -> bool:
    after, before = text[end:], text[:start]
    named = text[start:end] == "one" and not re.match(r"\s+(?:replica|pod|instance|copy|more|extra)", after)
    if named and (_THAT_ONE.search(before) or (_ONE_THERE.match(after) and not before.strip())):
        return True
    if re.match(
        r"\s*(?:%|percent|行|lines?\b|条日志|点|st\b|nd\b|rd\b|th\b|月|号(?!副)|级|次(?!扩|缩)|遍|些|起|直|下|会|样|般|定|切|旦|致|共|律|并|边|面|种|步|批|把|键|份报)",
        after,
    ):
        return True
    if (
        before.endswith(
            (
                "第",
                "十分",
                "百分之",
                "p",
                "万",
                "唯",
                "统",
                "同",
                "另",
                "这",
                "那",
                "每",
                "某",
                "哪",
                "下",
                "上",
                "前",
            )
        )
        and text[start] in "一二两三四五"
    ):
        return True
    if text[start:end] in ("千万", "万一", "百", "千", "万"):
        return True
    if text[start:end] == "一" and not re.match(r"\s*(?:个|台|份|副|核|半|倍|只)", after):
        return not re.search(r"(?:到|成|为|至|留|剩)\s*$", before)
    return text[start:end] in ("a couple",) and False


def span_of_time(text: str) -> str | None:
    """The first span of time as kubectl writes it: `15m`, `1h`, `90m`."""
    match = _SPAN.search(text)
    return _written(_seconds(match)) if match else None


def spans_of_time(text: str) -> Iterator[tuple[int, int, str]]:
    """Every span of time with its place."""
    for match in _SPAN.finditer(text):
        yield match.start(), match.end(), _written(_seconds(match))


def _seconds(match: re.Match[str]) -> float:
    if match["quarter"]:
        return 900
    if match["half"]:
        return _UNITS[match["u1"]] / 2
    if match["bare"]:
        return _UNITS[match["u3"]] * (1.5 if match["barehalf"] else 1)
    word = match["n"]
    count = (
        2.0
        if "couple" in word
        else 3.0
        if "few" in word
        else 1.0
        if word in ("a", "an")
        else number(word) or 0
    )
    count += 0.5 if match["plus"] or match["andhalf"] else 0
    return count * _UNITS[match["u2"]]


def _written(seconds: float) -> str:
    for unit, size in (("d", 86400), ("h", 3600), ("m", 60)):
        if seconds >= size and seconds % size == 0 and not (unit == "d" and seconds < 2 * size):
            return f"{int(seconds // size)}{unit}"
    return f"{int(seconds)}s"


_HALF = {
    "半": 0.5,
    "half a": 0.5,
    "a half": 0.5,
    "a quarter": 0.25,
    "a quarter of a": 0.25,
    "one quarter": 0.25,
    "three quarters of a": 0.75,
    "one and a half": 1.5,
    "a and a half": 1.5,
    "two and a half": 2.5,
    "three and a half": 3.5,
    "a": 1.0,
    "an": 1.0,
    "another": 1.0,
}
_AND_A_HALF = re.compile(r"^(\w+) ([a-z]+?)s? and a half$", re.I)
_PARTS = re.compile(r"(?P<n>.*?)\s*(?:个)?\s*(?P<plus>半)?\s*(?P<unit>核心?|毫核|兆|吉|[a-z]+)$", re.I)


def _fraction(word: str) -> float | None:
    """四分之一 is 0.25."""
    below, _, above = word.partition("分之")
    parts = number(below), number(above)
    return parts[1] / parts[0] if above and parts[0] and parts[1] else None


def quantity(raw: str) -> tuple[str, str] | None:
    """An amount as typed to ("cpu" | "memory" | "either", Kubernetes quantity): `1个G`, `一个半核`, `500m`."""
    text = re.sub("full |whole |single |entire ", "", _AND_A_HALF.sub(r"\1 and a half \2", raw.strip()))
    match = _PARTS.match(text)
    if match is None:
        return None
    word, unit = match["n"].strip().lower(), match["unit"]
    if word == "" and match["plus"]:
        value = 0.5
    else:
        plain = _HALF.get(word, _fraction(word) or (number(word) if word else 1.0))
        if plain is None:
            return None
        value = plain + (0.5 if match["plus"] else 0)
    return _scaled(value, unit)


def _scaled(value: float, unit: str) -> tuple[str, str] | None:
    low = unit.lower()
    if low in ("核", "核心", "core", "cores", "cpu", "cpus", "vcpu", "vcpus", "c"):
        return "cpu", plain_cpu(value)
    if low in ("毫核", "millicore", "millicores"):
        return "cpu", f"{value:g}m"
    if unit == "m":
        return "either", f"{value:g}m"
    for letter, names in {
        "G": ("g", "gi", "gb", "gib", "gibs", "gig", "gigs", "吉", "gigabyte", "gigabytes", "gibibytes"),
        "M": ("m", "mi", "mb", "mib", "兆", "meg", "megs", "megabyte", "megabytes", "mebibytes"),
        "K": ("k", "ki", "kb", "kib"),
        "T": ("t", "ti", "tb", "tib", "terabyte", "terabytes"),
    }.items():
        if low in names:
            return "memory", _memory(value, letter)
    return None


def plain_cpu(value: float) -> str:
    """Cores as Kubernetes writes them."""
    return f"{value:g}" if float(value).is_integer() else f"{round(value * 1000)}m"


def _memory(value: float, letter: str) -> str:
    if value.is_integer():
        return f"{int(value)}{letter}i"
    smaller = {"G": "M", "M": "K", "T": "G", "K": ""}[letter]
    return f"{round(value * 1024)}{smaller}i" if smaller else f"{round(value * 1024)}"
