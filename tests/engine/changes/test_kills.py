"""`kill -9` at random points: after `resume`, every approved change was applied exactly once."""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
import zygote
from sites import Site, landed, mark_in, verb

from kubesteer.core.errors import Unusable
from kubesteer.core.ledgers import Record
from kubesteer.simulator import Simulator

SPEED = 100.0
Wishes = list[tuple[str, dict[str, Any]]]


class Nursery:
    """Starts processes that carry out a change each."""

    def __init__(self, site: Site) -> None:
        self._common = {"folder": str(site.folder), "speed": SPEED, "url": site.url}
        self._process = subprocess.Popen(
            [sys.executable, zygote.__file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def born(self, wishes: Wishes, approved: str = "") -> int:
        """The pid of a new process at work on new wishes, or on a change that is approved."""
        assert self._process.stdin
        assert self._process.stdout
        told = {**self._common, "wishes": wishes, "approved": approved}
        self._process.stdin.write(json.dumps(told) + "\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())

    def close(self) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait(10)


@pytest.fixture
def nursery(stored: Site) -> Iterator[Nursery]:
    nursery = Nursery(stored)
    yield nursery
    nursery.close()


def _wishes(number: int) -> Wishes:
    """A different change each time, so that none finds its work done."""
    match number % 3:
        case 0:
            return [("label", {"key": "round", "value": f"r{number}"})]
        case 1:
            return [("scale", {"replicas": 2 + number % 4})]
        case _:
            return [
                ("annotate", {"key": "round", "value": f"r{number}"}),
                ("label", {"key": "round", "value": f"r{number}"}),
            ]


def _ended(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


async def _until_ended(pid: int) -> None:
    while not _ended(pid):
        await asyncio.sleep(0.005)


async def _born(site: Site, nursery: Nursery, number: int) -> int:
    """Every other process has only the last part to do: from an approval that stands."""
    wishes = _wishes(number)
    if number % 2 == 0:
        return nursery.born(wishes)
    try:
        proposal = await site.propose(*(verb(name, **arguments) for name, arguments in wishes))
    except Unusable:  # as many replicas already
        return nursery.born(wishes)
    await site.changes.approve(proposal.id, by="ann")
    return nursery.born([], proposal.id)


async def _kill_many(site: Site, simulator: Simulator, nursery: Nursery, kills: int) -> Counter[str]:
    chance = random.Random(20260101)
    spans = [2.0, 2.0]  # seconds that a process takes; too long at first
    figures: Counter[str] = Counter()
    while figures["killed"] < kills:
        figures["born"] += 1
        kind = figures["born"] % 2
        pid = await _born(site, nursery, figures["born"])
        await asyncio.sleep(chance.uniform(0, spans[kind]))
        if _ended(pid):  # killed too late
            spans[kind] *= 0.8
        else:
            os.kill(pid, signal.SIGKILL)
            figures["killed"] += 1
            spans[kind] *= 1.05
        await _until_ended(pid)
        figures["resumed"] += len(await site.changes.resume())
    figures["left open"] = len(await site.changes.resume())
    figures.update(_compared(await site.changes.history(limit=10_000), simulator))
    return figures


def _compared(records: list[Record], simulator: Simulator) -> dict[str, int]:
    """The ledger against the API server's audit log."""
    sent = Counter(mark_in(write) for write in landed(simulator))
    approved = [record for record in records if record.approved_by]
    due = {write.mark for record in approved for step in record.steps for write in step.writes}
    told = {
        write.mark
        for record in records
        for step in record.steps
        for write in step.writes
        if write.state == "applied"
    }
    return {
        "tried": len(records),
        "approved": len(approved),
        "applied": len(sent),
        "duplicates": sum(count - 1 for count in sent.values()),
        "lost": len(due - sent.keys()),
        "unauthorised": len(sent.keys() - due),
        "told otherwise": len(told ^ sent.keys()),
    }


async def _judge(site: Site, simulator: Simulator, nursery: Nursery, kills: int) -> None:
    figures = await _kill_many(site, simulator, nursery, kills)
    print(
        f"kill -9 at random points, {site.url[:10] or 'sqlite'}:",
        ", ".join(f"{k} {v}" for k, v in figures.items()),
    )
    assert figures["resumed"] >= kills // 4
    for fault in ("left open", "duplicates", "lost", "unauthorised", "told otherwise"):
        assert figures[fault] == 0, figures
    assert (await site.changes.verify_history()).intact


async def test_kills_lose_and_repeat_nothing(stored: Site, simulator: Simulator, nursery: Nursery) -> None:
    await _judge(stored, simulator, nursery, 10)


@pytest.mark.soak
@pytest.mark.timeout(1200)
async def test_many_kills_lose_and_repeat_nothing(
    stored: Site, simulator: Simulator, nursery: Nursery
) -> None:
    await _judge(stored, simulator, nursery, 200)
