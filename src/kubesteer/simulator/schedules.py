"""Cron schedules: five fields, `@hourly` words and `@every` durations.

Source: https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#schedule-syntax
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

WORDS = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
RANGES = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))
PART = re.compile(r"(\*|\?|[0-9]{1,4}(?:-[0-9]{1,4})?)(?:/([0-9]{1,4}))?")
EVERY = re.compile(r"@every ([0-9]{1,6})(s|m|h)")
UNITS = {"s": 1, "m": 60, "h": 3600}


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a CronJob runs: the minutes that match, or a fixed interval."""

    fields: tuple[frozenset[int], ...] = ()
    any_day: tuple[bool, bool] = (True, True)
    interval: timedelta | None = None

    def next(self, after: datetime) -> datetime | None:
        """The first time later than `after`, None where none comes within four years (February 30)."""
        if self.interval is not None:
            return after + self.interval
        moment = after.replace(second=0, microsecond=0) + timedelta(minutes=1)
        end = moment + timedelta(days=4 * 366)
        while moment < end:
            if not self._day_fits(moment):
                moment = moment.replace(hour=0, minute=0) + timedelta(days=1)
            elif moment.hour not in self.fields[1]:
                moment = moment.replace(minute=0) + timedelta(hours=1)
            elif moment.minute not in self.fields[0]:
                moment += timedelta(minutes=1)
            else:
                return moment
        return None

    def _day_fits(self, moment: datetime) -> bool:
        """Day of month and day of week are alternatives when both are restricted."""
        if moment.month not in self.fields[3]:
            return False
        of_month = moment.day in self.fields[2]
        of_week = moment.isoweekday() % 7 in self.fields[4]
        return (of_month or of_week) if not any(self.any_day) else (of_month and of_week)


def parse_schedule(text: str) -> Schedule:
    """Read a schedule; raises ValueError saying what is wrong with it."""
    if found := EVERY.fullmatch(text):
        return Schedule(interval=timedelta(seconds=int(found[1]) * UNITS[found[2]]))
    words = WORDS.get(text, text).split()
    if len(words) != 5:
        raise ValueError(f"expected exactly 5 fields, found {len(words)}: {words}")
    names = ((), (), (), MONTHS, DAYS)
    sets = [_field(word, *bounds, known) for word, bounds, known in zip(words, RANGES, names, strict=True)]
    sets[4] = frozenset(day % 7 for day in sets[4])
    return Schedule(tuple(sets), (words[2][0] in "*?", words[4][0] in "*?"))


def _field(word: str, low: int, high: int, names: tuple[str, ...]) -> frozenset[int]:
    values: set[int] = set()
    for part in word.lower().split(","):
        found = PART.fullmatch(_numbered(part, low, names))
        if found is None:
            raise ValueError(f"failed to parse field {word!r}")
        values |= _span(found[1], found[2], low, high)
    return frozenset(values)


def _numbered(part: str, low: int, names: tuple[str, ...]) -> str:
    for index, name in enumerate(names):
        part = part.replace(name, str(index + low))
    return part


def _span(span: str, step: str | None, low: int, high: int) -> set[int]:
    if span in ("*", "?"):
        first, last = low, high
    else:
        start, _, end = span.partition("-")
        first, last = int(start), int(end or (high if step else start))
    if not low <= first <= last <= high or step == "0":
        raise ValueError(f"value {span} is out of range {low}-{high}")
    return set(range(first, last + 1, int(step or 1)))
