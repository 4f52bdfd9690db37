"""Cron schedules."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from kubesteer.simulator.schedules import parse_schedule

NOON = datetime(2026, 1, 1, 12, 0, 30, tzinfo=UTC)  # a Thursday


@pytest.mark.parametrize(
    ("schedule", "expected"),
    [
        ("* * * * *", datetime(2026, 1, 1, 12, 1, tzinfo=UTC)),
        ("*/15 * * * *", datetime(2026, 1, 1, 12, 15, tzinfo=UTC)),
        ("0 2 * * *", datetime(2026, 1, 2, 2, 0, tzinfo=UTC)),
        ("30 9 * * mon-fri", datetime(2026, 1, 2, 9, 30, tzinfo=UTC)),
        ("0 0 1 * 5", datetime(2026, 1, 2, 0, 0, tzinfo=UTC)),  # the first, or any Friday
        ("0 0 29 2 *", datetime(2028, 2, 29, 0, 0, tzinfo=UTC)),
        ("0 12 * JAN SUN", datetime(2026, 1, 4, 12, 0, tzinfo=UTC)),
        ("0 12 * * 7", datetime(2026, 1, 4, 12, 0, tzinfo=UTC)),
        ("5,10-12/2 * * * *", datetime(2026, 1, 1, 12, 5, tzinfo=UTC)),
        ("@hourly", datetime(2026, 1, 1, 13, 0, tzinfo=UTC)),
        ("@yearly", datetime(2027, 1, 1, 0, 0, tzinfo=UTC)),
        ("@every 90s", NOON + timedelta(seconds=90)),
    ],
)
def test_the_next_time(schedule: str, expected: datetime) -> None:
    assert parse_schedule(schedule).next(NOON) == expected


def test_a_day_that_never_comes() -> None:
    assert parse_schedule("0 0 30 2 *").next(NOON) is None


@pytest.mark.parametrize(
    "schedule",
    [
        *("", "whenever", "* * * *", "60 * * * *", "* 24 * * *", "* * 0 * *", "5-1 * * * *", "*/0 * * * *"),
        *("a * * * *", "* * * 13 *", "1,,2 * * * *", "-1 * * * *", "@sometimes", "@every soon", "１ * * * *"),
        *("@every 99999999999h", "99999999999999999999 * * * *"),
    ],
)
def test_what_is_no_schedule(schedule: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - its words are for people
        parse_schedule(schedule)
