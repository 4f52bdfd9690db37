"""Time as the cluster sees it.

Timestamps are wall-clock time, so that clients can compute ages; *durations* (start-up delays, back-off,
deadlines) pass `speed` times faster than the wall clock.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

LONGEST = 10.0**9
"""Seconds; later than that is never."""
Now = Callable[[], datetime]
LONGEST_SECONDS = 1e9
"""Three decades: what is put off for longer is put off for so long, as the calendar ends somewhere."""


def utc_now() -> datetime:
    """The wall clock."""
    return datetime.now(UTC)


def stamp(moment: datetime) -> str:
    """RFC 3339 with whole seconds, as `metav1.Time` is written."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def micro_stamp(moment: datetime) -> str:
    """RFC 3339 with microseconds, as `metav1.MicroTime` is written."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def parse_stamp(text: str) -> datetime:
    """Read either form back. Raises ValueError for anything else."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def read_stamp(text: object, default: datetime) -> datetime:
    """Like `parse_stamp`, with a default for what is absent or cannot be read: a status is anybody's to write."""
    try:
        return parse_stamp(text) if isinstance(text, str) else default
    except ValueError:
        return default


class Clock:
    """A source of now, and the rate at which simulated durations pass."""

    def __init__(self, now: Now = utc_now, speed: float = 1.0) -> None:
        if speed <= 0:
            raise ValueError(f"speed must be positive, not {speed}")
        self._now = now
        self._held: datetime | None = None
        self.speed = speed
        self.started = now()

    def now(self) -> datetime:
        """This moment."""
        return self._held or self._now()

    def hold(self, moment: datetime | None) -> None:
        """Stand still at a moment, so that a past can be lived through in no time; None lets time pass again."""
        self._held = moment

    def stamp(self) -> str:
        """This moment with whole seconds."""
        return stamp(self.now())

    def elapsed(self, since: datetime) -> float:
        """Simulated seconds that passed since a moment."""
        return (self.now() - since).total_seconds() * self.speed

    def after(self, seconds: float) -> datetime:
        """The moment when so many simulated seconds will have passed."""
        return self.now() + timedelta(seconds=min(seconds / self.speed, LONGEST))

    def virtual(self, moment: datetime | None = None) -> datetime:
        """A moment on the accelerated calendar, for schedules written in minutes of the day."""
        real = (moment or self.now()) - self.started
        return self.started + real * self.speed
