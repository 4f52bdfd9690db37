"""Pods that were thrown out, that do not go away, or of which nothing is heard.

Reasons: kubernetes pkg/kubelet/eviction (Evicted), pkg/kubelet (UnexpectedAdmissionError, OutOfcpu, …) and the
pod garbage collector (NodeLost).
"""

from __future__ import annotations

from collections.abc import Iterator

from kubesteer.analyzers import patience
from kubesteer.analyzers.durations import span
from kubesteer.analyzers.matches import Match, Remedy, Rule
from kubesteer.analyzers.remedies import only_person
from kubesteer.analyzers.resources.pods import Pod
from kubesteer.analyzers.resources.shapes import moment
from kubesteer.analyzers.rules.pods_states import ending
from kubesteer.analyzers.rules.quotes import field_quote, log_quote
from kubesteer.analyzers.world import World
from kubesteer.core.refs import Ref
from kubesteer.core.texts import Text

SHUT_DOWN = frozenset({"Shutdown", "NodeShutdown", "Terminated", "Preempting"})
"""Ends that somebody wanted: a node that shuts down in order, a pod of higher priority."""


def _failed(world: World) -> Iterator[Pod]:
    for pod in world.troubled:
        ended = pod.status.phase == "Failed" and not pod.metadata.deletion_timestamp
        if ended and world.recent(failed_at(pod)):
            yield pod


def failed_at(pod: Pod) -> float:
    """When a pod failed, as far as it can be told, seconds since 1970."""
    ends = [moment(s.state.terminated.finished_at) for s in pod.statuses if s.state.terminated]
    changes = [moment(c.last_transition_time) for c in pod.status.conditions]
    return max([*ends, *changes, moment(pod.status.start_time), moment(pod.metadata.creation_timestamp)])


def _find_evicted(world: World) -> Iterator[Match]:
    for pod in _failed(world):
        if pod.status.reason == "Evicted":
            yield Match(
                object=world.top(pod),
                subject=pod.ref,
                values={"words": " ".join(pod.status.message.split())[:300] or "-"},
                evidence=(field_quote(f"{pod.name}: status.reason", f"Evicted: {pod.status.message}"),),
                links=(Ref("Node", "", pod.spec.node_name),),
                severity="info" if _replaced(world, pod) else None,
                since=failed_at(pod),
            )


def _replaced(world: World, pod: Pod) -> bool:
    """Whether its owner has all its pods ready again: what was thrown out is history."""
    others = [p for p in world.pods_of(world.top(pod)) if not p.finished]
    return bool(others) and all(p.ready for p in others)


def _find_failed(world: World) -> Iterator[Match]:
    for pod in _failed(world):
        if pod.owner is not None and pod.owner.kind == "Job":
            continue
        if pod.status.reason in {"Evicted", *SHUT_DOWN} or (pod.owner is not None and _replaced(world, pod)):
            continue
        evidence = [field_quote(f"{pod.name}: status.phase", f"Failed {pod.status.reason}".strip())]
        why = Text.same(pod.status.message or pod.status.reason or "-")
        for status in pod.statuses:
            end = status.state.terminated
            if end is not None and end.exit_code != 0:
                evidence.append(Text.same(f"{status.name}: ") + ending(end))
                why = (
                    Text(f"容器 {status.name} 以", f"container {status.name} ended with ")
                    + ending(end)
                    + Text("退出", "")
                )
                evidence += [
                    log_quote(line) for line in world.logs.get((world.top(pod), status.name), ())[-6:]
                ]
        yield Match(
            object=world.top(pod),
            subject=pod.ref,
            values={"why": why},
            evidence=tuple(evidence),
            links=(Ref("Node", "", pod.spec.node_name),),
            since=failed_at(pod),
        )


def _find_terminating(world: World) -> Iterator[Match]:
    for pod in world.troubled:
        deleted = moment(pod.metadata.deletion_timestamp)
        if not deleted or world.now - deleted < patience.TERMINATING:
            continue
        held, remedy = _holder(world, pod)
        yield Match(
            object=world.top(pod) if pod.owner is None else pod.ref,
            subject=pod.ref,
            values={"waited": span(world.now - deleted), "held": held, "remedy": remedy},
            evidence=(
                field_quote(f"{pod.name}: metadata.deletionTimestamp", pod.metadata.deletion_timestamp),
                field_quote(f"{pod.name}: metadata.finalizers", ", ".join(pod.metadata.finalizers) or "-"),
            ),
            links=(Ref("Node", "", pod.spec.node_name), Ref("Namespace", "", pod.namespace)),
            since=deleted,
        )


def _holder(world: World, pod: Pod) -> tuple[Text, Text]:
    node = world.nodes.get(pod.spec.node_name)
    if pod.metadata.finalizers:
        names = ", ".join(pod.metadata.finalizers)
        return (
            Text(f"终结器 {names} 没有被移除", f"Finalizer {names} has not been removed"),
            Text(
                f"需要负责 {names} 的控制器移除它。", f"The controller in charge of {names} must remove it."
            ),
        )
    if pod.spec.node_name and world.saw("Node") and (node is None or node.unready):
        return (
            Text(
                f"节点 {pod.spec.node_name} 失联,无人确认容器已停止",
                f"Node {pod.spec.node_name} is lost: nobody confirms that its containers have stopped",
            ),
            Text("需要人确认该节点已停机。", "A person must make sure that the node is powered off."),
        )
    return (
        Text("kubelet 没有完成清理", "The kubelet has not finished cleaning up"),
        Text(
            "需要查看该节点的 kubelet 与容器运行时。",
            "Look at the kubelet and the container runtime of its node.",
        ),
    )


def _terminating_remedy(world: World, match: Match) -> Remedy:
    del world
    said = match.values["remedy"]
    return only_person(said.zh, said.en) if isinstance(said, Text) else Remedy()


def _find_lost(world: World) -> Iterator[Match]:
    for pod in world.troubled:
        if pod.status.phase == "Unknown" or pod.status.reason == "NodeLost":
            yield Match(
                object=world.top(pod),
                subject=pod.ref,
                values={"node": pod.spec.node_name or "-"},
                evidence=(field_quote(f"{pod.name}: status.phase", pod.status.phase),),
                links=(Ref("Node", "", pod.spec.node_name),),
            )


_NODE = frozenset({"node-not-ready", "node-pressure", "node-network-unavailable"})

RULES = (
    Rule(
        id="pod-evicted",
        group="pods",
        kind="Pod",
        severity="warning",
        title=Text("Pod 被驱逐", "Pods are evicted"),
        summary=Text("{object} 的 Pod 被节点驱逐。", "{object}: a pod was evicted by its node."),
        cause=Text("{words}", "{words}"),
        find=_find_evicted,
        remote_causes=_NODE,
    ),
    Rule(
        id="pod-failed",
        group="pods",
        kind="Pod",
        severity="warning",
        title=Text("Pod 失败了", "A pod has failed"),
        summary=Text("{object} 的 Pod 失败了。", "{object}: a pod has failed."),
        cause=Text("{why}。", "{why}."),
        find=_find_failed,
        causes=frozenset({"log-causes", "oom-killed", "bad-command"}),
        remote_causes=_NODE,
    ),
    Rule(
        id="pod-terminating",
        group="pods",
        kind="Pod",
        severity="warning",
        title=Text("Pod 一直停在终止中", "A pod does not terminate"),
        summary=Text(
            "{object} 已超过宽限期 {waited}仍未终止。",
            "{object} has been terminating for {waited} beyond its grace period.",
        ),
        cause=Text("{held}。", "{held}."),
        find=_find_terminating,
        remedy=_terminating_remedy,
        remote_causes=_NODE,
    ),
    Rule(
        id="pod-lost",
        group="pods",
        kind="Pod",
        severity="warning",
        outage=True,
        title=Text("Pod 所在节点失联", "A pod's node is lost"),
        summary=Text("{object} 的 Pod 状态未知。", "{object}: nothing is heard of a pod."),
        cause=Text("它所在的节点 {node} 不再报告。", "Its node {node} no longer reports."),
        find=_find_lost,
        remote_causes=_NODE,
    ),
)
