"""Resource quantities such as `250m`, `1.5Gi` and `2e3`.

Source: https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
"""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

SUFFIXES: Mapping[str, Decimal] = {
    "n": Decimal("1e-9"),
    "u": Decimal("1e-6"),
    "m": Decimal("1e-3"),
    "": Decimal(1),
    "k": Decimal(10) ** 3,
    "M": Decimal(10) ** 6,
    "G": Decimal(10) ** 9,
    "T": Decimal(10) ** 12,
    "P": Decimal(10) ** 15,
    "E": Decimal(10) ** 18,
    "Ki": Decimal(2) ** 10,
    "Mi": Decimal(2) ** 20,
    "Gi": Decimal(2) ** 30,
    "Ti": Decimal(2) ** 40,
    "Pi": Decimal(2) ** 50,
    "Ei": Decimal(2) ** 60,
}
QUANTITY_RULE = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
PATTERN = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+))(?:([eE][+-]?\d{1,3})|([numkMGTPE]|[KMGTPE]i)?)")


def parse_quantity(value: Any) -> Decimal:
    """The amount in base units (cores, bytes, pieces). Raises ValueError for what is not a quantity."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return Decimal(str(value))
    found = PATTERN.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise ValueError(f"not a quantity: {value!r}")
    digits, exponent, suffix = found.groups()
    return Decimal(digits + exponent) if exponent else Decimal(digits) * SUFFIXES[suffix or ""]


def amount(value: Any) -> Decimal:
    """Like `parse_quantity`, 0 for what is absent or broken (validation has refused broken ones before)."""
    try:
        return parse_quantity(value)
    except ValueError:
        return Decimal(0)


def cpu_text(cores: Decimal | float) -> str:
    """Cores in the shortest usual form: `2` or `1500m`."""
    milli = round(float(cores) * 1000)
    return str(milli // 1000) if milli % 1000 == 0 else f"{milli}m"


def memory_text(size: Decimal | float) -> str:
    """Bytes in the largest binary unit that keeps them whole: `64Mi`, `1536Ki`, `1000`."""
    whole = int(size)
    for suffix in ("Ti", "Gi", "Mi", "Ki"):
        unit = int(SUFFIXES[suffix])
        if whole and whole % unit == 0:
            return f"{whole // unit}{suffix}"
    return str(whole)


def quantity_text(resource: str, value: Decimal) -> str:
    """A quantity of a named resource in canonical form."""
    if "memory" in resource or "storage" in resource:
        return memory_text(value)
    return cpu_text(value)
