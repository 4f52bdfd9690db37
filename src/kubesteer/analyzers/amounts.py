"""Quantities of objects that may hold anything."""

from __future__ import annotations

from collections.abc import Mapping

from kubesteer.core.quantities import amount


def quantity(values: Mapping[str, str | int | float], key: str) -> float:
    """One quantity; 0.0 where it is missing or not a quantity."""
    try:
        return amount(values.get(key) or 0)
    except ValueError:
        return 0.0
