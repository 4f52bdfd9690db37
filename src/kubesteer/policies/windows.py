"""When changes may happen: outside the windows nothing is proposed. No window means at any time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from fnmatch import fnmatchcase
from zoneinfo import ZoneInfo

from kubesteer.core.refs import Ref
from kubesteer.core.texts import Text
from kubesteer.policies.reasons import Reason

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class Window:
    """From `start` to `end` on these days; an end before its start is on the next day."""

    days: frozenset[str] = frozenset(DAYS)
    start: time = time(0, 0)
    end: time = time(0, 0)
    zone: str = "UTC"
    namespaces: tuple[str, ...] = ("*",)

    def governs(self, namespace: str) -> bool:
        """Whether the window is about this namespace."""
        return any(fnmatchcase(namespace, pattern) for pattern in self.namespaces)

    def open_at(self, moment: datetime) -> bool:
        """Whether a moment lies in the window."""
        local = moment.astimezone(ZoneInfo(self.zone))
        today, yesterday = DAYS[local.weekday()], DAYS[local.weekday() - 1]
        clock = local.time().replace(tzinfo=None)
        if self.start < self.end:
            return today in self.days and self.start <= clock < self.end
        return (today in self.days and clock >= self.start) or (yesterday in self.days and clock < self.end)

    def __str__(self) -> str:
        days = ",".join(day for day in DAYS if day in self.days)
        return f"{days} {self.start:%H:%M}-{self.end:%H:%M} {self.zone}"


@dataclass(frozen=True, slots=True)
class Windows:
    """Change windows; where several govern a namespace, one that is open suffices."""

    windows: tuple[Window, ...] = ()

    def against(self, objects: Iterable[Ref], now: datetime) -> Reason | None:
        """Why objects may not be changed now, if no window that governs one of them is open."""
        for namespace in sorted({ref.namespace for ref in objects}):
            governing = [window for window in self.windows if window.governs(namespace)]
            if governing and not any(window.open_at(now) for window in governing):
                return _closed(governing)
        return None


def _closed(governing: Sequence[Window]) -> Reason:
    listed = "; ".join(map(str, governing))
    text = Text(f"现在不在变更窗口内({listed})。", f"No change window is open now ({listed}).")
    return Reason(text, f"windows: {governing[0]}")
