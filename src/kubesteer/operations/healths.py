"""Whether an object of any kind is well, in one word and, if it is not, one reason. Pure.

Source of the conditions: the API references of the kinds ("status").
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from kubesteer.core.requests import Manifest
from kubesteer.core.texts import Text
from kubesteer.operations import workloads as w
from kubesteer.operations.pods import PENDING_TOO_LONG, pending_for, phase_of, shortened, trouble_of
from kubesteer.operations.rollouts import rollout_of
from kubesteer.operations.times import instant

FINISHED = ("Succeeded", "Completed")
GOING_TOO_LONG = 300.0
"""Seconds beyond its deletion time after which an object that will not go is reported."""


@dataclass(frozen=True, slots=True)
class Health:
    """`state`: the word people know from kubectl; `trouble`: why it is not well, None if it is."""

    state: str
    trouble: Text | None = None


def health_of(manifest: Manifest, now: datetime | None = None) -> Health:
    """The health of any object by its own manifest. `now` is for what may take a while."""
    judge = _JUDGES.get(manifest.get("kind", ""), _anything)
    return judge(manifest, now or datetime.now(UTC))


def pod_state(pod: Manifest) -> str:
    """The phase as kubectl words it, `Running (0/1)` where containers are not ready."""
    phase = phase_of(pod)
    ready, total = ready_containers(pod)
    return f"{phase} ({ready}/{total})" if phase == "Running" and ready < total else phase


def ready_containers(pod: Manifest) -> tuple[int, int]:
    """How many containers are ready, of how many."""
    statuses = w.items_at(pod, "status", "containerStatuses")
    total = len(w.containers_of(pod, "Pod"))
    return sum(bool(status.get("ready")) for status in statuses), total


def _pod(pod: Manifest, now: datetime) -> Health:
    state = pod_state(pod)
    trouble = trouble_of(pod)
    if trouble:
        return Health(state, trouble.text)
    if w.is_going(pod):
        return Health(state, _stuck(pod, now))
    if phase_of(pod) in FINISHED or w.at(pod, "status", "phase") == "Succeeded":
        return Health(state)
    if w.at(pod, "status", "phase") == "Pending":
        long = pending_for(pod, now) > PENDING_TOO_LONG
        return Health(state, Text("迟迟没有启动", "it has not started for long") if long else None)
    if w.at(pod, "status", "phase") != "Running":
        return Health(state, Text(f"状态为 {state}", f"its state is {state}"))
    return Health(state, None if w.is_ready(pod) else unready(pod))


def unready(pod: Manifest) -> Text:
    """Which containers of a running pod are not ready, or which readiness gate."""
    lagging = [
        s.get("name", "") for s in w.items_at(pod, "status", "containerStatuses") if not s.get("ready")
    ]
    if lagging:
        listed = ", ".join(lagging)
        return Text(
            f"容器 {listed} 未就绪(就绪探针未通过)",
            f"container {listed} is not ready (its readiness probe fails)",
        )
    message = shortened(w.condition(pod, "Ready").get("message") or "")
    return Text(f"Pod 未就绪 {message}".rstrip(), f"the pod is not ready {message}".rstrip())


def _workload(workload: Manifest, now: datetime) -> Health:
    numbers = rollout_of(workload)
    state = f"{min(numbers.ready, numbers.desired)}/{numbers.desired}"
    failure = w.condition(workload, "ReplicaFailure")
    if failure.get("status") == "True":
        message = shortened(failure.get("message") or "")
        return Health(state, Text(f"无法创建 Pod:{message}", f"pods cannot be created: {message}"))
    if w.condition(workload, "Progressing").get("reason") == "ProgressDeadlineExceeded":
        return Health(state, Text("发布超过期限没有进展", "the rollout exceeded its progress deadline"))
    short = numbers.desired - min(numbers.available, numbers.desired)
    if short:
        verb = "is" if short == 1 else "are"
        return Health(state, Text(f"{short} 个副本不可用", f"{short} of its replicas {verb} unavailable"))
    if w.is_going(workload):
        return Health("Terminating", _stuck(workload, now))
    return Health(state)


def _job(job: Manifest, _: datetime) -> Health:
    failed = w.condition(job, "Failed")
    if failed.get("status") == "True":
        message = shortened(failed.get("message") or failed.get("reason") or "")
        return Health("Failed", Text(f"任务失败:{message}", f"the job failed: {message}"))
    if w.condition(job, "Complete").get("status") == "True":
        return Health("Complete")
    if w.at(job, "spec", "suspend"):
        return Health("Suspended")
    count = int(w.at(job, "status", "failed") or 0)
    trouble = Text(f"{count} 次尝试失败", f"{count} attempts failed") if count else None
    return Health("Running", trouble)


def _cronjob(cronjob: Manifest, _: datetime) -> Health:
    if w.at(cronjob, "spec", "suspend"):
        return Health("Suspended")
    return Health(f"Active ({len(w.items_at(cronjob, 'status', 'active'))})")


def _node(node: Manifest, _: datetime) -> Health:
    ready = w.condition(node, "Ready")
    cordoned = ",SchedulingDisabled" if w.at(node, "spec", "unschedulable") else ""
    if ready.get("status") != "True":
        message = shortened(ready.get("message") or ready.get("reason") or "")
        return Health(
            f"NotReady{cordoned}", Text(f"节点未就绪:{message}", f"the node is not ready: {message}")
        )
    pressed = [
        c["type"]
        for c in w.items_at(node, "status", "conditions")
        if c.get("type") != "Ready" and c.get("status") == "True"
    ]
    trouble = (
        Text(f"节点报告 {', '.join(pressed)}", f"the node reports {', '.join(pressed)}") if pressed else None
    )
    return Health(f"Ready{cordoned}", trouble)


def _claim(claim: Manifest, _: datetime) -> Health:
    phase = str(w.at(claim, "status", "phase") or "Pending")
    return Health(
        phase, None if phase == "Bound" else Text(f"存储卷未绑定({phase})", f"it is not bound ({phase})")
    )


def _volume(volume: Manifest, _: datetime) -> Health:
    phase = str(w.at(volume, "status", "phase") or "Pending")
    bad = phase in ("Failed", "Pending")
    return Health(phase, Text(f"存储卷状态为 {phase}", f"the volume is {phase}") if bad else None)


def _namespace(namespace: Manifest, now: datetime) -> Health:
    phase = str(w.at(namespace, "status", "phase") or "Active")
    return Health(phase, _stuck(namespace, now) if phase == "Terminating" else None)


def _autoscaler(hpa: Manifest, _: datetime) -> Health:
    current = w.at(hpa, "status", "currentReplicas") or 0
    state = f"{current} ({w.at(hpa, 'spec', 'minReplicas') or 1}–{w.at(hpa, 'spec', 'maxReplicas')})"
    for type_ in ("AbleToScale", "ScalingActive"):
        found = w.condition(hpa, type_)
        if found.get("status") == "False" and found.get("reason") != "ScalingDisabled":
            message = shortened(found.get("message") or found.get("reason") or "")
            return Health(state, Text(f"无法自动伸缩:{message}", f"it cannot scale: {message}"))
    return Health(state)


def _anything(manifest: Manifest, now: datetime) -> Health:
    if w.is_going(manifest):
        return Health("Terminating", _stuck(manifest, now))
    ready = w.condition(manifest, "Ready")
    if ready.get("status") == "False":
        message = shortened(ready.get("message") or ready.get("reason") or "")
        return Health("NotReady", Text(f"未就绪:{message}", f"not ready: {message}"))
    return Health(str(w.at(manifest, "status", "phase") or "Exists"))


def _stuck(manifest: Manifest, now: datetime) -> Text | None:
    due = instant(w.at(manifest, "metadata", "deletionTimestamp"))
    if due is None or (now - due).total_seconds() < GOING_TOO_LONG:
        return None
    holding = ", ".join(w.at(manifest, "metadata", "finalizers") or []) or "?"
    return Text(
        f"删除迟迟没有完成(finalizers:{holding})", f"its deletion does not finish (finalizers: {holding})"
    )


_JUDGES: dict[str, Callable[[Manifest, datetime], Health]] = {
    "Pod": _pod,
    "Deployment": _workload,
    "StatefulSet": _workload,
    "DaemonSet": _workload,
    "ReplicaSet": _workload,
    "Job": _job,
    "CronJob": _cronjob,
    "Node": _node,
    "PersistentVolumeClaim": _claim,
    "PersistentVolume": _volume,
    "Namespace": _namespace,
    "HorizontalPodAutoscaler": _autoscaler,
}
