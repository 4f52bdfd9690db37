"""When a CronJob should have run.

Source: Kubernetes documentation, "CronJob: schedule syntax" (five fields, names, steps, macros); as in cron, a
day matches by day of month or day of week where both are restricted.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

MACROS = {
    "@yearly": "0 0 1 1 *", "@annually": "0 0 1 1 *", "@monthly": "0 0 1 * *", "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *", "@midnight": "0 0 * * *", "@hourly": "0 * * * *",
}  # fmt: skip
_MONTHS = {
    name: n
    for n, name in enumerate(
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], 1
    )
}
_DAYS = {name: n for n, name in enumerate(["sun", "mon", "tue", "wed", "thu", "fri", "sat"])}
LONGEST = 400
"""Days that are searched for runs: a little more than a year."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """A parsed schedule."""

    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    any_day: bool
    any_weekday: bool

    def on(self, day: date) -> bool:
        """Whether it runs on a day."""
        if day.month not in self.months:
            return False
        by_date, by_week = day.day in self.days, day.isoweekday() % 7 in self.weekdays
        if self.any_day or self.any_weekday:
            return by_date and by_week
        return by_date or by_week


def parsed(words: str) -> Schedule:
    """A schedule.

    Raises:
        ValueError: it is not one, or one that only its controller can tell (`@every 5m`).
    """
    fields = MACROS.get(words.strip().lower(), words).split()
    if len(fields) != 5:
        raise ValueError(f"not a schedule: {words[:60]!r}")
    minutes, hours, days, months, weekdays = fields
    return Schedule(
        _values(minutes, 0, 59, {}),
        _values(hours, 0, 23, {}),
        _values(days, 1, 31, {}),
        _values(months, 1, 12, _MONTHS),
        frozenset(day % 7 for day in _values(weekdays, 0, 7, _DAYS)),
        days[0] in "*?",
        weekdays[0] in "*?",
    )


def _values(field: str, low: int, high: int, names: dict[str, int]) -> frozenset[int]:
    found: set[int] = set()
    for part in field.lower().split(","):
        span, _, step = part.partition("/")
        first, _, last = span.partition("-")
        if span in ("*", "?"):
            start, end = low, high
        else:
            start = _number(first, names)
            end = _number(last, names) if last else (high if step else start)
        width = int(step) if step else 1
        if not (low <= start <= end <= high and width > 0):
            raise ValueError(f"not a field of a schedule: {field[:60]!r}")
        found |= set(range(start, end + 1, width))
    return frozenset(found)


def _number(word: str, names: dict[str, int]) -> int:
    return names[word] if word in names else int(word)


def zone_of(name: str) -> tzinfo:
    """A time zone; UTC, that of most control planes, where none is named.

    Raises:
        ValueError: there is no such zone.
    """
    if not name:
        return UTC
    try:
        return ZoneInfo(name)
    except (OSError, LookupError, ValueError) as error:  # ZoneInfoNotFoundError is a KeyError
        raise ValueError(f"not a time zone: {name[:60]!r}") from error


def runs(schedule: Schedule, zone: tzinfo, after: float, until: float) -> Iterator[float]:
    """Times at which it should run, later than `after` and not later than `until`, seconds since 1970."""
    day = datetime.fromtimestamp(after, zone).date()
    for _ in range(LONGEST):
        if datetime.combine(day, time.min, zone).timestamp() > until:
            return
        if schedule.on(day):
            for hour in sorted(schedule.hours):
                for minute in sorted(schedule.minutes):
                    at = datetime.combine(day, time(hour, minute), zone).timestamp()
                    if after < at <= until:
                        yield at
        day += timedelta(days=1)
