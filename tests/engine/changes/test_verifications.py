"""Verification as a judgement over time, on a clock that is moved by hand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, ClassVar, cast

import pytest
from pydantic import ConfigDict
from sites import deployment

from kubesteer.core.clusters import Cluster
from kubesteer.core.errors import Forbidden, NotFound, Throttled, Unavailable
from kubesteer.core.operations import Broken, Change, Progress, Settled, Snapshot, Waiting
from kubesteer.core.texts import Text
from kubesteer.engine.changes.verifications import LONGEST_SILENCE, Verification, steady_seconds

READY, NOT_YET, BAD = (
    Settled(Text.same("ready")),
    Waiting(Text.same("not yet"), 1, 2),
    Broken(Text.same("bad")),
)
Seen = Progress | Exception


class HandClock:
    """Moves only when somebody sleeps."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def now(self) -> datetime:
        return datetime.now(UTC)

    def steady(self) -> float:
        return self.seconds

    async def sleep(self, seconds: float) -> None:
        self.seconds += seconds


class Scripted(Change):
    """Is judged as a script says, and for ever as its last line says."""

    name_ = "scripted"
    steady_seconds: ClassVar[float] = 2.0
    patience_seconds: ClassVar[float] = 60.0
    model_config = ConfigDict(arbitrary_types_allowed=True)
    script: Iterator[Any]

    async def snapshot(self, _cluster: Cluster) -> Snapshot:
        return Snapshot(None)

    def settled(self, _before: Snapshot, _now: Snapshot) -> Progress:
        judged = next(self.script)
        if isinstance(judged, Exception):
            raise judged
        return cast(Progress, judged)


def _script(*seen: Seen) -> Iterator[Seen]:
    yield from seen
    while True:
        yield seen[-1]


async def _judge(*seen: Seen) -> tuple[Progress, float, list[str]]:
    clock, told = HandClock(), []
    change = Scripted.model_construct(script=_script(*seen))
    tell = lambda text, _done=0, _total=0, /: told.append(text.en)  # noqa: E731
    check = Verification(change, Snapshot(None), cast(Cluster, None), clock, tell)
    return await check.outcome(), clock.seconds, told


async def test_settled_counts_once_it_is_steady() -> None:
    outcome, seconds, _ = await _judge(NOT_YET, READY)
    assert outcome == READY
    assert 2.0 <= seconds <= 3.5


async def test_a_relapse_begins_the_watch_anew() -> None:
    outcome, seconds, told = await _judge(READY, READY, READY, NOT_YET, READY)
    assert outcome == READY
    assert seconds >= 4.0
    assert told == ["ready; watching whether it stays so", "not yet", "ready; watching whether it stays so"]


async def test_broken_ends_it_at_once_even_after_ready() -> None:
    outcome, seconds, _ = await _judge(READY, BAD)
    assert outcome == BAD
    assert seconds < 2.0


async def test_how_far_it_is_is_told_once_each() -> None:
    steps = [Waiting(Text.same(f"{done} of 3"), done, 3) for done in (0, 0, 1, 1, 1, 2)]
    _, _, told = await _judge(*steps, READY)
    assert told == ["0 of 3", "1 of 3", "2 of 3", "ready; watching whether it stays so"]


async def test_no_progress_for_too_long_is_broken() -> None:
    outcome, seconds, _ = await _judge(NOT_YET)
    assert isinstance(outcome, Broken)
    assert "No progress for" in outcome.text.en
    assert 60 <= seconds <= 62


async def test_progress_prolongs_the_patience() -> None:
    steps = [Waiting(Text.same("going on"), done, 100) for done in range(50) for _ in range(100)]
    outcome, seconds, _ = await _judge(*steps, READY)
    assert outcome == READY
    assert seconds > 2000


SILENT: list[Exception] = [
    Unavailable(Text.same("gone")),
    Throttled(Text.same("slow down"), retry_after=3.0),
]


@pytest.mark.parametrize("trouble", SILENT)
async def test_silence_is_waited_for_and_concludes_nothing(trouble: Exception) -> None:
    outcome, _, told = await _judge(NOT_YET, *[trouble] * 100, READY)
    assert outcome == READY
    assert sum("does not answer" in line for line in told) == 1


async def test_silence_for_too_long_is_raised() -> None:
    with pytest.raises(Unavailable):
        await _judge(NOT_YET, Unavailable(Text.same("gone")))
    assert LONGEST_SILENCE >= 60


async def test_what_may_not_be_seen_is_not_called_healthy() -> None:
    with pytest.raises(Forbidden):
        await _judge(NOT_YET, Forbidden(Text.same("no")))


async def test_an_object_that_is_gone_is_judged_as_such() -> None:
    class Gone(Scripted):
        async def snapshot(self, _cluster: Cluster) -> Snapshot:
            raise NotFound(Text.same("no such object"))

        def settled(self, _before: Snapshot, now: Snapshot) -> Progress:
            return BAD if now.target is None else READY

    check = Verification(
        Gone.model_construct(), Snapshot(None), cast(Cluster, None), HandClock(), lambda *_: None
    )
    assert await check.outcome() == BAD


def test_new_pods_are_watched_for_longer() -> None:
    change = Scripted.model_construct(script=_script(READY))
    before, scaled, imaged = deployment(), deployment(replicas=5), deployment(image="app:v2")
    assert steady_seconds(change, Snapshot(before), Snapshot(scaled)) == 2.0
    assert steady_seconds(change, Snapshot(before), Snapshot(imaged)) == 8.0
    assert steady_seconds(change, Snapshot(None), Snapshot(None)) == 2.0
