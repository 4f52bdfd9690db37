"""The two questions: what is wrong here, and what is wrong with this one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import replace

from kubesteer.analyzers.clocks import Clock
from kubesteer.analyzers.facts import facts
from kubesteer.analyzers.garbage import uncollected
from kubesteer.analyzers.gathering import Progress, gather
from kubesteer.analyzers.matches import LogWish, Rule
from kubesteer.analyzers.reading import with_logs
from kubesteer.analyzers.reports import Report
from kubesteer.analyzers.resources.pods import Pod
from kubesteer.analyzers.rules import jobs, pods_crashes, pods_inits, pods_probes
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
    pods_inits.wishes,
)
"""Who wishes for logs, the most urgent first."""

MORE_LINES = 300
"""Lines of each log in a diagnosis: enough to see what repeats."""


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
    with uncollected():
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
    world = await with_logs(cluster, world, (*_own_logs(world, ref), *_wishes(world)), lines=MORE_LINES)
    if unreadable and not world.exists(ref):
        world = replace(world, coverage=world.coverage | Coverage({}, {ref.kind: unreadable}))
    else:
        unreadable = ""
    report = Report.of(world, verdicts(world, _stricter(RULES))).about(world, ref)
    return replace(report, state=facts(world, ref), unseen=unreadable)


def _stricter(rules: Iterable[Rule]) -> list[Rule]:
    """Remarks on slowness are findings for somebody who asks about one object."""
    return [replace(rule, severity="warning") if rule.group == "slow" else rule for rule in rules]


def _own_logs(world: World, ref: Ref) -> Iterator[LogWish]:
    """The log of each container of the object itself, from the pod that is worst off."""
    found = world.get(Pod, ref.namespace, ref.name) if ref.kind == "Pod" else None
    pods = [found] if found else world.pods_of(ref)
    pods = [pod for pod in pods if pod.spec.node_name]
    worst = min(
        pods, key=lambda p: (p.ready, -sum(s.restart_count for s in p.statuses), p.name), default=None
    )
    for status in worst.status.container_statuses if worst else ():
        waits = status.state.running is None and status.restart_count > 0
        if worst is not None and (status.state.waiting is None or waits):
            yield LogWish(pod=worst.ref, owner=world.top(worst), container=status.name, previous=waits)


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
