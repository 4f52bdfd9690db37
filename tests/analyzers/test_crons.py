"""When a CronJob should have run."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubesteer.analyzers.crons import parsed, runs, zone_of


def at(text: str) -> float:
    """Seconds since 1970."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("schedule", "after", "until", "expected"),
    [
        ("*/15 * * * *", "2026-03-01T00:00", "2026-03-01T01:00", ["2026-03-01T00:15", "2026-03-01T00:30", "2026-03-01T00:45", "2026-03-01T01:00"]),
        ("0 3 * * *", "2026-03-01T03:00", "2026-03-03T02:59", ["2026-03-02T03:00"]),
        ("0 0 1 * *", "2026-01-15T00:00", "2026-03-15T00:00", ["2026-02-01T00:00", "2026-03-01T00:00"]),
        ("0 9 * * mon-fri", "2026-03-06T10:00", "2026-03-09T10:00", ["2026-03-09T09:00"]),
        ("0 9 * * 7", "2026-03-06T10:00", "2026-03-09T10:00", ["2026-03-08T09:00"]),
        ("0 0 13 * fri", "2026-03-10T00:00", "2026-03-21T00:00", ["2026-03-13T00:00", "2026-03-20T00:00"]),
        ("@hourly", "2026-03-01T00:30", "2026-03-01T02:30", ["2026-03-01T01:00", "2026-03-01T02:00"]),
        ("0 0 29 feb *", "2026-03-01T00:00", "2027-03-01T00:00", []),
        ("5/20 0 * * *", "2026-03-01T00:00", "2026-03-01T01:00", ["2026-03-01T00:05", "2026-03-01T00:25", "2026-03-01T00:45"]),
    ],
)  # fmt: skip
def test_runs(schedule: str, after: str, until: str, expected: list[str]) -> None:
    assert list(runs(parsed(schedule), UTC, at(after), at(until))) == [at(each) for each in expected]


def test_a_time_zone_moves_the_runs() -> None:
    found = list(
        runs(parsed("0 3 * * *"), zone_of("Asia/Shanghai"), at("2026-03-01T00:00"), at("2026-03-02T00:00"))
    )
    assert found == [at("2026-03-01T19:00")]


@pytest.mark.parametrize(
    "words",
    [
        "",
        "* * * *",
        "61 * * * *",
        "* 24 * * *",
        "* * 0 * *",
        "*/0 * * * *",
        "5-1 * * * *",
        "a b c d e",
        "* * * 13 *",
        "@every 5m",
    ],
)
def test_what_is_no_schedule(words: str) -> None:
    with pytest.raises(ValueError, match=r"not a|invalid literal"):
        parsed(words)


@pytest.mark.parametrize("name", ["Mars/Olympus", "../etc/passwd", "/etc/passwd", "x" * 300])
def test_what_is_no_time_zone(name: str) -> None:
    with pytest.raises(ValueError, match="not a time zone"):
        zone_of(name)


@given(st.text(max_size=40))
def test_any_text_is_a_schedule_or_a_value_error(text: str) -> None:
    try:
        list(runs(parsed(text), UTC, 0.0, 86400.0))
    except ValueError:
        return
