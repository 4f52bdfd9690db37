"""Init containers that neither end nor fail: most wait for something that does not come."""

from __future__ import annotations

from collections.abc import Iterator

from kubesteer.analyzers import patience
from kubesteer.analyzers.durations import span
from kubesteer.analyzers.endpoints import behind
from kubesteer.analyzers.matches import LogWish, Match, Rule
from kubesteer.analyzers.resources.pods import ContainerStatus, Pod
from kubesteer.analyzers.resources.shapes import moment
from kubesteer.analyzers.rules.pods_states import NODE_FAULTS, last_words
from kubesteer.analyzers.rules.quotes import field_quote
from kubesteer.analyzers.world import World
from kubesteer.core.refs import Ref
from kubesteer.core.texts import Text


def _waiting(world: World) -> Iterator[tuple[Pod, ContainerStatus, float]]:
    for pod in world.troubled:
        if pod.status.phase != "Pending" or pod.metadata.deletion_timestamp:
            continue
        for status in pod.status.init_container_statuses:
            container = pod.container(status.name)
            running = status.state.running
            if running is None or container is None or container.sidecar:
                continue
            ran = world.now - moment(running.started_at)
            if moment(running.started_at) and ran > patience.INITIALIZING:
                yield pod, status, ran


def _find(world: World) -> Iterator[Match]:
    for pod, status, ran in _waiting(world):
        container = pod.container(status.name)
        command = " ".join(container.command + container.args) if container else ""
        named = sorted(
            {d.service for d in world.dependencies.get(world.top(pod), ()) if d.container == status.name}
        )
        yield Match(
            object=world.top(pod),
            subject=pod.ref,
            container=status.name,
            values={
                "ran": span(ran),
                "command": command or "-",
                "hosts": ", ".join(r.name for r in named) or "-",
            },
            evidence=(
                field_quote(f"{status.name}: state.running", span(ran).en),
                field_quote(f"{status.name}: command", command or "-"),
                *last_words(world, pod, status),
            ),
            links=(
                Ref("Node", "", pod.spec.node_name),
                *named,
                *(owner for service in named for owner in behind(world, service)),
            ),
            since=world.now - ran,
        )


def wishes(world: World) -> Iterator[LogWish]:
    """Their logs: they often say what they wait for."""
    for pod, status, _ in _waiting(world):
        yield LogWish(pod=pod.ref, owner=world.top(pod), container=status.name, previous=False)


RULES = (
    Rule(
        id="init-waiting",
        group="pods",
        kind="Pod",
        severity="warning",
        outage=True,
        rollback=True,
        title=Text("init 容器一直没有结束", "An init container does not end"),
        summary=Text(
            "{object} 的 init 容器 {container} 已运行 {ran}仍未结束。",
            "{object}: init container {container} has been running for {ran}.",
        ),
        cause=Text(
            "它在等的条件没有出现;它执行 {command},其中提到的主机:{hosts}。",
            "What it waits for does not come; it runs {command} and names the hosts {hosts}.",
        ),
        find=_find,
        causes=frozenset({"log-causes", "rbac-denied", "dependencies"}),
        remote_causes=NODE_FAULTS | {"pods", "workloads", "services", "policies", "creation", "claims"},
    ),
)
