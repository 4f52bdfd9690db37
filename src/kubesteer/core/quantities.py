"""Kubernetes quantities: CPU in cores, memory in bytes.

Source: Kubernetes documentation, "Resource units in Kubernetes"; apimachinery resource.Quantity.
"""

from __future__ import annotations

import re

_SUFFIXES = {
    "n": 1e-9, "u": 1e-6, "m": 1e-3, "": 1.0, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "P": 1e15, "E": 1e18,
    "Ki": 2.0**10, "Mi": 2.0**20, "Gi": 2.0**30, "Ti": 2.0**40, "Pi": 2.0**50, "Ei": 2.0**60,
}  # fmt: skip
_QUANTITY = re.compile(
    r"([+-]?\d+(?:\.\d*)?|[+-]?\.\d+)(?:([eE][+-]?\d+)|([numkMGTPE]i?|[KMGTPE]i)?)", re.ASCII
)


def amount(quantity: str | int | float) -> float:
    """A quantity as a number: `250m` is 0.25, `1Gi` is 1073741824.0.

    Raises:
        ValueError: it is not a quantity.
    """
    text = str(quantity).strip()
    match = _QUANTITY.fullmatch(text)
    if match is None or (match[3] or "") not in _SUFFIXES:
        raise ValueError(f"not a quantity: {text[:60]!r}")
    number = float(match[1] + (match[2] or ""))
    return number * _SUFFIXES[match[3] or ""]


def cpu_words(cores: float) -> str:
    """Cores as people write them: `93m`, `1.5`."""
    return f"{round(cores * 1000)}m" if cores < 1 else f"{cores:.3g}"


def memory_words(size: float) -> str:
    """Bytes as people write them, in binary units: `512Mi`, `1.5Gi`."""
    for suffix in ("Ti", "Gi", "Mi", "Ki"):
        unit = _SUFFIXES[suffix]
        if size >= unit:
            return f"{size / unit:.3g}{suffix}" if size / unit < 1000 else f"{size / unit:.0f}{suffix}"
    return f"{size:.0f}"
