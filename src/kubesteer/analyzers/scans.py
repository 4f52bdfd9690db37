"""The two questions: what is wrong here, and what is wrong with this one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace

from kubesteer.analyzers.clocks import Clock
from kubesteer.analyzers.gathering import Progress, gather
from kubesteer.analyzers.matches import LogWish
from kubesteer.analyzers.reading import with_logs
from kubesteer.analyzers.reports import Report
from kubesteer.analyzers.rules import jobs, pods_crashes, pods_probes
from kubesteer.analyzers.rules.registry import RULES
from kubesteer.analyzers.verdicts import verdicts
from kubesteer.analyzers.world import World
from kubesteer.core.clusters import Cluster
from kubesteer.core.errors import Forbidden, NotFound
from kubesteer.core.findings import Coverage
from kubesteer.core.kinds import KINDS
from kubesteer.core.refs import Ref

WISHES: tuple[Callable[[World], Iterator[LogWish]], ...] = (
    pods_crashes.wishes,
    jobs.wishes,
    pods_probes.wishes,
)
"""Who wishes for logs, the most urgent first."""


async def scan(
    cluster: Cluster,
    namespace: str | None = None,
    progress: Progress | None = None,
    *,
    clock: Clock | None = None,
) -> Report:
    """What is wrong in a namespace, or in the whole cluster.

    Raises:
        NotFound: there is no such namespace, which is not the same as a healthy one.
        ClusterError: nothing at all could be looked at.
    """
    where = namespace or ""
    await (_must_exist(cluster, Ref("Namespace", "", where)) if where else _must_answer(cluster))
    world = await gather(cluster, where, progress=progress, clock=clock)
    world = await with_logs(cluster, world, _wishes(world))
    return Report.of(world, verdicts(world, RULES))


async def diagnose(
    cluster: Cluster, ref: Ref, progress: Progress | None = None, *, clock: Clock | None = None
) -> Report:
    """What is wrong with one object, and with what it depends on.

    Raises:
        NotFound: there is no such object.
        ClusterError: nothing at all could be looked at.
    """
    unreadable = await _must_exist(cluster, ref)
    world = await gather(cluster, ref.namespace, progress=progress, clock=clock)
    world = await with_logs(cluster, world, _wishes(world))
    if unreadable:
        world = replace(world, coverage=world.coverage | Coverage({}, {ref.kind: unreadable}))
    return Report.of(world, verdicts(world, RULES)).about(world, ref)


async def _must_answer(cluster: Cluster) -> None:
    """One request before many: a server that is down is told at once, not after every kind was tried."""
    with suppress(Forbidden, NotFound):
        await cluster.read(Ref("Namespace", "", "default"))


async def _must_exist(cluster: Cluster, ref: Ref) -> str:
    """Raises NotFound where the object does not exist; "forbidden" where that may not be known."""
    if ref.kind not in KINDS:
        return ""
    try:
        await cluster.read(ref)
    except Forbidden:
        return "forbidden"
    except NotFound:
        raise
    return ""


def _wishes(world: World) -> Iterator[LogWish]:
    for wish in WISHES:
        yield from wish(world)
