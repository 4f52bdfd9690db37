"""Quantities of objects that may hold anything."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from kubesteer.core.quantities import amount

_amount = lru_cache(maxsize=4096)(amount)
"""A cluster writes the same few quantities ten thousand times."""


def quantity(values: Mapping[str, str | int | float], key: str) -> float:
    """One quantity; 0.0 where it is missing or not a quantity."""
    try:
        return _amount(values.get(key) or 0)
    except ValueError:
        return 0.0
