"""Workloads that are not what they should be, where no pod's own fault explains it."""

from __future__ import annotations

from collections.abc import Iterator

from kubesteer.analyzers import patience
from kubesteer.analyzers.durations import span
from kubesteer.analyzers.matches import Match, Rule
from kubesteer.analyzers.resources.shapes import moment
from kubesteer.analyzers.resources.workloads import Workload
from kubesteer.analyzers.rules.pods_images import pulling
from kubesteer.analyzers.rules.quotes import field_quote
from kubesteer.analyzers.world import World
from kubesteer.core.refs import Ref
from kubesteer.core.texts import Text

UNDERNEATH = frozenset({"pods", "nodes", "creation"})
"""Groups that explain a workload's missing replicas."""


def wanted_and_ready(workload: Workload) -> tuple[int, int]:
    """How many replicas there should be, and how many are ready."""
    if workload.ref.kind == "DaemonSet":
        return workload.status.desired_number_scheduled, workload.status.number_ready
    return workload.spec.replicas, workload.status.ready_replicas


def missing_since(world: World, workload: Workload) -> float:
    """When the last of the pods that are not ready ceased to be; the workload's own creation without pods."""
    changes = []
    for pod in world.pods_of(workload.ref):
        ready = pod.condition("Ready")
        if not pod.ready and not pod.finished and not pod.metadata.deletion_timestamp:
            changes.append(
                moment(ready.last_transition_time if ready else "") or moment(pod.metadata.creation_timestamp)
            )
    return min(changes, default=0.0) or _last_change(workload)


def _last_change(workload: Workload) -> float:
    times = [moment(c.last_update_time or c.last_transition_time) for c in workload.status.conditions]
    return max([moment(workload.metadata.creation_timestamp), *times])


def _find_unavailable(world: World) -> Iterator[Match]:
    for workload in world.rolling:
        wanted, ready = wanted_and_ready(workload)
        if ready >= wanted or workload.metadata.deletion_timestamp:
            continue
        since = missing_since(world, workload)
        waited = world.now - since
        if waited < patience.UNAVAILABLE or _all_pulling(world, workload):
            continue
        yield Match(
            object=workload.ref,
            values={
                "ready": str(ready),
                "wanted": str(wanted),
                "waited": span(waited),
                "why": _why(world, workload),
            },
            evidence=(field_quote("status.readyReplicas", f"{ready} / {wanted}"),),
            links=standing(world, workload),
            severity="critical" if ready == 0 else None,
            since=since,
        )


def _why(world: World, workload: Workload) -> Text:
    if not world.saw("Pod"):
        return Text(
            "没能查看它的 Pod,原因未知。", "Its pods could not be looked at: the reason is not known."
        )
    if not world.pods_of(workload.ref):
        return Text(
            "一个 Pod 也没有创建,集群没有说明原因。",
            "Not a single pod was made, and the cluster names no reason.",
        )
    return Text("集群没有说明原因:Pod 没有就绪。", "The cluster names no reason: its pods are not ready.")


def standing(world: World, workload: Workload) -> tuple[Ref, ...]:
    """The pods of a workload that are not ready, and the nodes that they stand on."""
    unready = [pod for pod in world.pods_of(workload.ref) if not pod.ready and not pod.finished]
    nodes = {Ref("Node", "", pod.spec.node_name) for pod in unready if pod.spec.node_name}
    return (*(pod.ref for pod in unready), *sorted(nodes))


def _all_pulling(world: World, workload: Workload) -> bool:
    missing = [pod for pod in world.pods_of(workload.ref) if not pod.ready and not pod.finished]
    return bool(missing) and all(pulling(world, pod) for pod in missing)


def _find_deadline(world: World) -> Iterator[Match]:
    for workload in world.rolling:
        progressing = workload.condition("Progressing")
        if progressing is None or progressing.reason != "ProgressDeadlineExceeded":
            continue
        yield Match(
            object=workload.ref,
            values={"deadline": span(workload.spec.progress_deadline_seconds)},
            evidence=(
                field_quote("status.conditions[Progressing]", progressing.message or progressing.reason),
            ),
            links=standing(world, workload),
            since=moment(progressing.last_transition_time),
        )


RULES = (
    Rule(
        id="progress-deadline",
        group="workloads",
        kind="Deployment",
        severity="warning",
        outage=True,
        rollback=True,
        title=Text("发布超过期限没有进展", "A rollout has exceeded its progress deadline"),
        summary=Text(
            "{object} 的发布 {deadline}内没有进展。",
            "{object}: the rollout made no progress within {deadline}.",
        ),
        cause=Text("新版本的 Pod 没有就绪。", "Pods of the new revision do not become ready."),
        find=_find_deadline,
        causes=UNDERNEATH,
        remote_causes=UNDERNEATH,
    ),
    Rule(
        id="replicas-missing",
        group="workloads",
        kind="Deployment",
        severity="warning",
        rollback=True,
        vague=True,
        title=Text("副本没有全部就绪", "Replicas are missing"),
        summary=Text(
            "{object} 只有 {ready}/{wanted} 个副本就绪,已经 {waited}。",
            "{object} has {ready} of {wanted} replicas ready, for {waited}.",
        ),
        cause=Text("{why}", "{why}"),
        find=_find_unavailable,
        causes=UNDERNEATH | {"progress-deadline", "statefulset-stuck", "rollout-paused"},
        remote_causes=UNDERNEATH,
    ),
)
