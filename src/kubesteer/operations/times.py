"""Instants and durations as Kubernetes writes them (RFC 3339, `1h30m`) and as people say them."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from kubesteer.core.errors import Unusable
from kubesteer.core.texts import Text

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_SPOKEN = (("d", "天", 86400), ("h", "小时", 3600), ("m", "分钟", 60), ("s", "秒", 1))
_DURATION = re.compile(r"(?:\d{1,9}[smhdw])+", re.ASCII)
_PART = re.compile(r"(\d+)([smhdw])", re.ASCII)

LONGEST = 10 * 365 * 86400
"""Seconds; no log or event is older."""


def instant(stamp: str | None) -> datetime | None:
    """An RFC 3339 time, in UTC; None for a missing or unreadable one."""
    try:
        moment = datetime.fromisoformat(stamp or "")
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)


def stamp(moment: datetime) -> str:
    """RFC 3339 with whole seconds, as `metav1.Time` is written."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def elapsed(seconds: float) -> Text:
    """A length of time in its two largest units: 「3 天 4 小时」, `3d4h`."""
    left = max(0, int(seconds))
    parts: list[tuple[int, str, str]] = []
    for letter, word, size in _SPOKEN:
        if left >= size and len(parts) < 2:
            parts.append((left // size, letter, word))
        elif parts:
            break
        left %= size
    parts = [part for part in parts if part[0]] or [(0, "s", "秒")]
    return Text(
        " ".join(f"{n} {word}" for n, _, word in parts), "".join(f"{n}{unit}" for n, unit, _ in parts)
    )


def age(stamped: str | None, now: datetime) -> Text:
    """How long ago an RFC 3339 time was; 「未知」/"unknown" without one."""
    moment = instant(stamped)
    return elapsed((now - moment).total_seconds()) if moment else Text("未知", "unknown")


def seconds_of(duration: str, argument: str = "since") -> int:
    """`90s`, `10m`, `1h30m`, `2d` in seconds.

    Raises:
        Unusable: it is not a positive duration.
    """
    text = duration.strip().lower()
    total = 0
    if _DURATION.fullmatch(text):
        total = sum(int(number) * _UNITS[unit] for number, unit in _PART.findall(text))
    if not 0 < total <= LONGEST:
        raise Unusable(
            argument,
            Text(f"“{duration[:40]}”不是可用的时长。", f"“{duration[:40]}” is not a usable duration."),
            Text("例如 90s、10m、1h30m、2d。", "For example 90s, 10m, 1h30m, 2d."),
        )
    return total
