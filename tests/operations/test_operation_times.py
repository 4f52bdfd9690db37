"""Instants and durations, as Kubernetes writes them and as people say them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from kubesteer.core.errors import Unusable
from kubesteer.operations.times import age, elapsed, instant, seconds_of, stamp

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("duration", "seconds"), [("90s", 90), ("10m", 600), ("1h30m", 5400), ("2d", 172_800), (" 1W ", 604_800)]
)
def test_durations(duration: str, seconds: int) -> None:
    assert seconds_of(duration) == seconds


@pytest.mark.parametrize(
    "duration",
    [
        "",
        "0s",
        "10",
        "m",
        "-5m",
        "5 minutes",
        "1.5h",
        "\uff15m",
        "9" * 30 + "s",
        "99999999w",
        "1h" * 5000 + "x",
    ],
)
def test_what_is_no_duration(duration: str) -> None:
    with pytest.raises(Unusable) as caught:
        seconds_of(duration)
    assert caught.value.argument == "since"


@pytest.mark.parametrize(
    ("seconds", "zh", "en"),
    [
        (0, "0 秒", "0s"),
        (-5, "0 秒", "0s"),
        (59.9, "59 秒", "59s"),
        (3600, "1 小时", "1h"),
        (3661, "1 小时 1 分钟", "1h1m"),
        (86_400 + 7200 + 60, "1 天 2 小时", "1d2h"),
        (86_400 + 60, "1 天", "1d"),
    ],
)
def test_a_length_of_time_in_words(seconds: float, zh: str, en: str) -> None:
    assert (elapsed(seconds).zh, elapsed(seconds).en) == (zh, en)


def test_instants() -> None:
    assert instant("2026-01-02T03:04:05Z") == NOW
    assert instant("2026-01-02T11:04:05+08:00") == NOW
    assert instant("2026-01-02T03:04:05") == NOW
    assert instant("yesterday") is None
    assert instant(None) is None
    assert stamp(NOW) == "2026-01-02T03:04:05Z"
    assert age("2026-01-02T03:03:05Z", NOW).en == "1m"
    assert age(None, NOW).zh == "未知"
