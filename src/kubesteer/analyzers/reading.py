"""Logs of suspects: read after the first look, bounded, a few at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import replace

from kubesteer.analyzers.matches import LogWish
from kubesteer.analyzers.world import LogKey, World
from kubesteer.core.clusters import Cluster, LogQuery
from kubesteer.core.errors import ClusterError, Invalid, NotFound
from kubesteer.core.findings import Coverage

MOST_LOGS = 24
"""Logs read in one scan: what a person would look into before asking for one object by name."""

TAIL = 40
"""Lines of each."""

LONGEST = 256 * 1024
"""Bytes of each: a line may be megabytes long."""

AT_ONCE = 6

PATIENCE = 5.0
"""Seconds for one log: the kubelet behind it may be gone, and answers stream."""


async def with_logs(cluster: Cluster, world: World, wishes: Iterable[LogWish], lines: int = TAIL) -> World:
    """The World with the logs that rules wish for, one for each owner's container; what could not be read, or
    was beyond the bound, stands in the coverage."""
    wanted: dict[LogKey, LogWish] = {}
    for wish in wishes:
        wanted.setdefault((wish.owner, wish.container), wish)
    chosen = list(wanted.items())[:MOST_LOGS]
    if not chosen:
        return world
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(wish: LogWish) -> tuple[str, ...] | str:
        async with gate:
            return await _read(cluster, wish, lines)

    answers = await asyncio.gather(*(one(wish) for _, wish in chosen))
    logs = {
        key: answer for (key, _), answer in zip(chosen, answers, strict=True) if not isinstance(answer, str)
    }
    troubles = sorted({each for each in answers if isinstance(each, str)})
    if len(wanted) > MOST_LOGS:
        troubles.append(f"truncated: {MOST_LOGS} of {len(wanted)}")
    coverage = world.coverage | Coverage({"Log": len(logs)}, {"Log": ", ".join(troubles)} if troubles else {})
    return world.with_logs(logs, coverage)


async def _read(cluster: Cluster, wish: LogWish, lines: int) -> tuple[str, ...] | str:
    """The last lines, or why there are none. The present run's where no earlier run is kept."""
    query = LogQuery(wish.container, previous=wish.previous, tail=lines, limit_bytes=LONGEST)
    try:
        return await _lines(cluster, wish, query)
    except (NotFound, Invalid) as error:
        if not wish.previous:
            return _reason(error)
    except (ClusterError, TimeoutError) as error:
        return _reason(error)
    try:
        return await _lines(cluster, wish, replace(query, previous=False))
    except (ClusterError, TimeoutError) as error:
        return _reason(error)


async def _lines(cluster: Cluster, wish: LogWish, query: LogQuery) -> tuple[str, ...]:
    async with asyncio.timeout(PATIENCE):
        return tuple([line async for line in cluster.logs(wish.pod, query)])


def _reason(error: ClusterError | TimeoutError) -> str:
    if isinstance(error, TimeoutError):
        return "timed out"
    return {"Forbidden": "forbidden", "NotFound": "absent", "Invalid": "absent"}.get(
        type(error).__name__, "unavailable"
    )
