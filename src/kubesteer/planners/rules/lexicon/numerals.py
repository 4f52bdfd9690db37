"""Numbers in figures, in Chinese and in English words."""

from __future__ import annotations

import re

_HAN = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "俩": 2, "仨": 3}
_HAN_UNITS = {"十": 10, "百": 100, "千": 1000, "万": 10_000, "亿": 100_000_000}
_ENGLISH = {
    word: value
    for value, word in enumerate(
        ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"]
    )
} | {"a": 1, "an": 1, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}  # fmt: skip
_ENGLISH_UNITS = {"hundred": 100, "thousand": 1000, "dozen": 12}


def number(text: str) -> float | None:
    """The value of a number in figures or words, None where it is none: `３`, `十二`, `twenty five`, `a couple of`."""
    text = text.strip()
    if re.fullmatch(r"[+-]?\d+(\.\d+)?(e\d{1,2})?", text, re.ASCII):
        return float(text)
    if re.fullmatch(r"\d+(\.\d+)?[万千百亿]", text):
        return float(text[:-1]) * _HAN_UNITS[text[-1]]
    if text and all(char in _HAN or char in _HAN_UNITS for char in text):
        return float(_han(text))
    return _english(text)


def whole(text: str) -> int | None:
    """A whole number, or None."""
    value = number(text)
    return int(value) if value is not None and value.is_integer() else None


def _han(text: str) -> int:
    if not any(char in _HAN_UNITS for char in text):
        return int("".join(str(_HAN[char]) for char in text))
    total, section, digit = 0, 0, 0
    for char in text:
        if char in _HAN:
            digit = _HAN[char]
        elif _HAN_UNITS[char] >= 10_000:
            total = (total + section + digit) * _HAN_UNITS[char]
            section = digit = 0
        else:
            section += (digit or 1) * _HAN_UNITS[char]
            digit = 0
    return total + section + digit


def _english(text: str) -> float | None:
    if text.startswith("a couple"):
        return 2.0
    if text == "a single":
        return 1.0
    if text == "half a dozen":
        return 6.0
    total, current, seen = 0, 0, False
    for word in re.split(r"[\s-]+", text):
        if word in _ENGLISH:
            current += _ENGLISH[word]
        elif word in _ENGLISH_UNITS:
            total, current = total + (current or 1) * _ENGLISH_UNITS[word], 0
        elif word != "and":
            return None
        seen = True
    return float(total + current) if seen else None
