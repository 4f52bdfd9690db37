"""Nodes, by the conditions that Kubernetes itself defines; what vendors add has no known polarity.

Conditions: Kubernetes documentation, "Node Status".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kubesteer.analyzers import patience
from kubesteer.analyzers.durations import span
from kubesteer.analyzers.matches import Match, Remedy, Rule
from kubesteer.analyzers.obstacles import lasting
from kubesteer.analyzers.remedies import only_person
from kubesteer.analyzers.resources.clusters import LOST, Node
from kubesteer.analyzers.resources.shapes import moment
from kubesteer.analyzers.rules.pods_scheduling import obstacle_to, waiting
from kubesteer.analyzers.rules.quotes import event_quote, field_quote
from kubesteer.analyzers.world import World
from kubesteer.core.findings import Suggestion
from kubesteer.core.texts import Text

PRESSURES = {
    "MemoryPressure": Text("内存", "memory"),
    "DiskPressure": Text("磁盘", "disk"),
    "PIDPressure": Text("进程数", "process ids"),
}


def _find_unready(world: World) -> Iterator[Match]:
    for node in world.of(Node):
        told = _unready(world, node)
        if told is not None:
            yield _unready_match(world, node, told)


@dataclass(frozen=True, slots=True)
class _Unready:
    """What is known of a node that is not ready. status: of its condition, "-" where it has none."""

    status: str
    reason: str
    message: str
    since: float


def _unready(world: World, node: Node) -> _Unready | None:
    """None where the node is ready, or has not been otherwise for long enough to tell."""
    born = moment(node.metadata.creation_timestamp)
    ready = node.condition("Ready")
    if ready is None:
        return _silent(world, node, born)
    since = moment(ready.last_transition_time) or born
    fresh = ready.status == "False" and world.now - born < patience.FRESH_NODE and not _used(world, node)
    brief = world.now - since < patience.NODE
    if ready.status == "True" or fresh or brief or node.metadata.deletion_timestamp:
        return None
    return _Unready(ready.status, ready.reason, ready.message, since)


def _silent(world: World, node: Node, born: float) -> _Unready | None:
    """A node whose status has no condition Ready: its kubelet has never reported, or its taints say so. A node
    that joins is not ready at first, but nobody calls it unreachable."""
    taint = node.lost
    unheard = taint is not None and taint.key == LOST[0]
    since = (moment(taint.time_added) if taint else 0.0) or born
    fresh = not unheard and world.now - born <= patience.FRESH_NODE
    if fresh or world.now - since < patience.NODE or node.metadata.deletion_timestamp:
        return None
    if taint is None and not node.status.conditions:
        return None
    return _Unready("Unknown" if unheard else "-", str(taint or "-"), "", since)


def _unready_match(world: World, node: Node, told: _Unready) -> Match:
    pods = world.pods_on(node)
    return Match(
        object=node.ref,
        values={
            "status": told.status,
            "why": _why(told.status, told.message),
            "waited": span(world.now - told.since),
            "pods": str(len(pods)),
        },
        evidence=(
            field_quote("status.conditions[Ready]", f"{told.status} {told.reason}: {told.message}"),
            Text(f"其上有 {len(pods)} 个 Pod", f"{len(pods)} pods on it"),
        ),
        links=tuple(pod.ref for pod in pods),
        since=told.since,
    )


def _used(world: World, node: Node) -> bool:
    """Whether it has run anything but daemons: it has been ready before."""
    return any(pod.owner is None or pod.owner.kind != "DaemonSet" for pod in world.pods_on(node))


def _why(status: str, message: str) -> Text:
    if status == "Unknown":
        return Text(
            "节点的 kubelet 不再报告:节点宕机、断网或 kubelet 停止",
            "Its kubelet no longer reports: the node is down, cut off, or its kubelet has stopped",
        )
    return (
        Text.same(message)
        if message
        else Text("kubelet 报告节点未就绪", "Its kubelet reports that the node is not ready")
    )


def _node_remedy(world: World, match: Match) -> Remedy:
    del world
    return only_person(
        f"需要到节点 {match.object.name} 上检查 kubelet、容器运行时、网络与电源。",
        f"Look at the kubelet, the container runtime, the network and the power of node {match.object.name}.",
    )


def _find_pressure(world: World) -> Iterator[Match]:
    for node in world.of(Node):
        for type_, what in PRESSURES.items():
            condition = node.condition(type_)
            if condition is not None and condition.status == "True":
                yield Match(
                    object=node.ref,
                    values={"what": what, "words": condition.message or condition.reason},
                    evidence=(
                        field_quote(
                            f"status.conditions[{type_}]", f"True {condition.reason}: {condition.message}"
                        ),
                    ),
                    since=moment(condition.last_transition_time),
                )


def _find_network(world: World) -> Iterator[Match]:
    for node in world.of(Node):
        condition = node.condition("NetworkUnavailable")
        fresh = world.now - moment(node.metadata.creation_timestamp) < patience.FRESH_NODE
        if condition is not None and condition.status == "True" and not fresh:
            yield Match(
                object=node.ref,
                values={"words": condition.message or condition.reason},
                evidence=(
                    field_quote(
                        "status.conditions[NetworkUnavailable]",
                        f"True {condition.reason}: {condition.message}",
                    ),
                ),
                since=moment(condition.last_transition_time),
            )


# -- cordoned ------------------------------------------------------------------------------------------------


def _find_cordoned(world: World) -> Iterator[Match]:
    cordoned = [node for node in world.of(Node) if node.spec.unschedulable]
    if not cordoned:
        return
    waits = [
        (pod, words)
        for pod, words, began in waiting(world)
        if obstacle_to(world, pod, words).id == "unschedulable-cordoned"
        and (lasting(words) or world.now - began >= patience.SCHEDULING)
    ]
    if not waits:
        return
    for node in cordoned:
        yield Match(
            object=node.ref,
            values={"count": str(len(waits))},
            evidence=(
                field_quote("spec.unschedulable", "true"),
                event_quote(waits[0][1], f"{waits[0][0].ref} FailedScheduling"),
            ),
        )


def _uncordon(world: World, match: Match) -> Remedy:
    node = world.get(Node, "", match.object.name)
    if node is None or _drained(world, node):
        return only_person(
            f"节点 {match.object.name} 正在被排空或有故障:由做维护的人决定何时恢复调度。",
            f"Node {match.object.name} is being drained or is not healthy: whoever maintains it decides when to uncordon.",
        )
    return Remedy((Suggestion("uncordon", {"name": node.name}),))


def _drained(world: World, node: Node) -> bool:
    """Somebody is at work on it: its pods are being removed, or it is not ready."""
    if node.unready:
        return True
    return any(pod.metadata.deletion_timestamp for pod in world.pods_on(node))


RULES = (
    Rule(
        id="node-not-ready",
        group="nodes",
        kind="Node",
        severity="critical",
        title=Text("节点未就绪", "A node is not ready"),
        summary=Text(
            "{object} 未就绪({status})已经 {waited},其上有 {pods} 个 Pod。",
            "{object} has not been ready ({status}) for {waited}; {pods} pods are on it.",
        ),
        cause=Text("{why}。", "{why}."),
        find=_find_unready,
        remedy=_node_remedy,
        causes=frozenset({"node-network-unavailable"}),
    ),
    Rule(
        id="node-pressure",
        group="nodes",
        kind="Node",
        severity="warning",
        title=Text("节点资源紧张", "A node is under pressure"),
        summary=Text("{object} 的{what}紧张,会驱逐 Pod。", "{object} is short of {what} and evicts pods."),
        cause=Text("{words}", "{words}"),
        find=_find_pressure,
        causes=frozenset({"node-not-ready"}),
    ),
    Rule(
        id="node-network-unavailable",
        group="nodes",
        kind="Node",
        severity="warning",
        title=Text("节点的网络不可用", "A node's network is not available"),
        summary=Text("{object} 的网络不可用。", "{object}: its network is not available."),
        cause=Text("{words}", "{words}"),
        find=_find_network,
    ),
    Rule(
        id="node-cordoned",
        group="nodes",
        kind="Node",
        severity="warning",
        title=Text("节点被停止调度,而有 Pod 在等", "A node is cordoned while pods wait"),
        summary=Text(
            "{object} 被停止调度(cordon),而有 {count} 个 Pod 在等节点。",
            "{object} is cordoned while {count} pods wait for a node.",
        ),
        cause=Text("有人停止了它的调度而没有恢复。", "Somebody cordoned it and has not uncordoned it."),
        find=_find_cordoned,
        remedy=_uncordon,
        causes=frozenset({"node-not-ready"}),
    ),
)
