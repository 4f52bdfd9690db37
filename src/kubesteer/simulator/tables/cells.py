"""Cells that many kinds share."""

from datetime import datetime, timedelta

from kubesteer.simulator.clock import parse_stamp, utc_now
from kubesteer.simulator.objects import Obj, dig, items, name_of, section

NONE = "<none>"
UNKNOWN = "<unknown>"

__all__ = [
    "NONE",
    "UNKNOWN",
    "age",
    "duration",
    "images",
    "joined",
    "name",
    "names",
    "pairs",
    "since",
    "utc_now",
]


def duration(span: timedelta) -> str:
    """A length of time as kubectl prints it: `45s`, `3m20s`, `5h`, `12d`."""
    seconds = max(int(span.total_seconds()), 0)
    minutes, hours, days = seconds // 60, seconds // 3600, seconds // 86400
    if seconds < 120:
        return f"{seconds}s"
    if minutes < 10:
        return f"{minutes}m{seconds % 60}s" if seconds % 60 else f"{minutes}m"
    if hours < 3:
        return f"{minutes}m"
    if hours < 8:
        return f"{hours}h{minutes % 60}m" if minutes % 60 else f"{hours}h"
    if hours < 48:
        return f"{hours}h"
    if days < 8:
        return f"{days}d{hours % 24}h" if hours % 24 else f"{days}d"
    return f"{days}d" if days < 730 else f"{days // 365}y{days % 365}d"


def since(stamp: object, now: datetime) -> str:
    """How long ago a timestamp was."""
    try:
        return duration(now - parse_stamp(stamp if isinstance(stamp, str) else ""))
    except ValueError:
        return UNKNOWN


def age(obj: Obj, now: datetime) -> str:
    """An object's age."""
    return since(dig(obj, "metadata", "creationTimestamp"), now)


def name(obj: Obj, now: datetime) -> str:
    """An object's name."""
    del now
    return name_of(obj)


def joined(parts: list[str]) -> str:
    """Comma-separated, or the sign for nothing."""
    return ",".join(parts) or NONE


def pairs(labels: object) -> str:
    """A label map as `key=value,…`."""
    return joined([f"{key}={value}" for key, value in sorted(section(labels).items())])


def names(obj: Obj, *path: str) -> str:
    """The container names of a pod spec."""
    return joined([str(item.get("name")) for item in items(obj, *path)])


def images(obj: Obj, *path: str) -> str:
    """The container images of a pod spec."""
    return joined([str(item.get("image")) for item in items(obj, *path)])
