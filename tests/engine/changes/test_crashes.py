"""A crash at every single step: before and after each transaction, each request and each Event."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from mortals import Fate, Killed, Mortal, dead_owner
from sites import Site, landed, mark_in, verb

from kubesteer.core.operations import Change
from kubesteer.simulator import Simulator

LEDGER_STEPS = ("begin", "advance", "note", "claim", "release")
MORE_STEPS_THAN_THERE_ARE = 200


def _mortal(simulator: Simulator, folder: Path, fate: Fate, owner: str) -> Site:
    site = Site(simulator, folder, owner=owner, speed=500)
    site.ledger = Mortal(site.ledger, fate, LEDGER_STEPS)
    site.actuator = Mortal(site.actuator, fate, ("send", "remark"))
    return site


async def _live_and_die(simulator: Simulator, folder: Path, fatal: int, changes: list[Change]) -> bool:
    """Whether the process lived to the end."""
    fate = Fate(fatal)
    site = _mortal(simulator, folder, fate, dead_owner())
    try:
        await site.carry_out(*changes)
    except Killed:
        return False
    finally:
        fate.dead = False
        await site.close()
    return True


def _labels() -> Iterator[list[Change]]:
    number = 0
    while True:
        number += 1
        yield [verb("label", key="round", value=f"r{number}")]


def _plans() -> Iterator[list[Change]]:
    number = 0
    while True:
        number += 1
        yield [
            verb("label", key="round", value=f"r{number}"),
            verb("annotate", key="note", value=f"n{number}"),
        ]


@pytest.mark.parametrize("wishes", [_labels, _plans], ids=["one", "plan"])
async def test_a_crash_at_any_step_loses_and_repeats_nothing(
    site: Site, simulator: Simulator, tmp_path: Path, wishes: object
) -> None:
    endless = wishes()  # type: ignore[operator]
    approved = resumed = 0
    for fatal in range(1, MORE_STEPS_THAN_THERE_ARE):
        already = len(landed(simulator))
        survived = await _live_and_die(simulator, tmp_path, fatal, next(endless))
        resumed += len(await site.changes.resume())
        fresh = landed(simulator)[already:]
        await _check(site, [mark_in(write) for write in fresh])
        approved += bool(fresh)
        if survived:
            break
    assert survived, "the sweep did not reach the end of a change"
    assert resumed > 10
    assert not await site.changes.resume()
    assert (await site.changes.verify_history()).intact
    print(
        f"crashes at {fatal - 1} steps: {approved} changes applied, {resumed} resumed, duplicates 0, lost 0"
    )


async def _check(site: Site, marks: list[str]) -> None:
    """The newest change was written exactly once if it was approved, and not at all otherwise."""
    history = await site.changes.history(limit=1)
    if not history or history[0].state == "proposed":
        assert marks == []
        return
    record = history[0]
    expected = [write.mark for step in record.steps for write in step.writes]
    if marks or record.approved_by:
        assert (record.state, record.verified) == ("done", True)
        assert marks == expected
