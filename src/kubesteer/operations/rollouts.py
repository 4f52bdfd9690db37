"""When a rolling workload has settled: pure judgement over what two snapshots show.

Source: `kubectl rollout status` and the documentation pages "Deployments" (Deployment status), "StatefulSets"
(Update strategies) and "Perform a Rolling Update on a DaemonSet".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kubesteer.core.operations import Broken, Progress, Settled, Snapshot, Waiting
from kubesteer.core.requests import Manifest
from kubesteer.core.texts import Text
from kubesteer.operations import workloads as w
from kubesteer.operations.counts import counted
from kubesteer.operations.pods import relapse_of, restarts_by_container, shortened, trouble_of


@dataclass(frozen=True, slots=True)
class Rollout:
    """A workload's numbers of pods. `needed`: how many must be of the newest revision."""

    desired: int
    needed: int
    total: int
    updated: int
    ready: int
    available: int
    observed: bool  # the controller has seen the newest specification

    @property
    def done(self) -> int:
        """Pods that are where they should be."""
        return (
            min(self.available, self.updated, self.desired)
            if self.needed
            else min(self.available, self.desired)
        )


def rollout_of(workload: Manifest) -> Rollout:
    """The numbers, in one shape for Deployment, ReplicaSet, StatefulSet and DaemonSet."""
    spec, status = w.table_at(workload, "spec"), w.table_at(workload, "status")
    observed = int(status.get("observedGeneration") or 0) >= int(
        w.at(workload, "metadata", "generation") or 0
    )
    if workload.get("kind") == "DaemonSet":
        return _daemons(status, observed)
    desired = 1 if spec.get("replicas") is None else int(spec["replicas"])
    total, ready = _number(status, "replicas"), _number(status, "readyReplicas")
    updated, needed = _number(status, "updatedReplicas"), desired
    if workload.get("kind") == "ReplicaSet":
        updated = total
    if workload.get("kind") == "StatefulSet":
        needed = max(0, desired - int(w.at(spec, "updateStrategy", "rollingUpdate", "partition") or 0))
    available = _number(status, "availableReplicas") if "availableReplicas" in status or not ready else ready
    return Rollout(desired, needed, total, updated, ready, available, observed)


def _daemons(status: Mapping[str, int], observed: bool) -> Rollout:
    desired = _number(status, "desiredNumberScheduled")
    return Rollout(
        desired=desired,
        needed=desired,
        total=_number(status, "currentNumberScheduled"),
        updated=_number(status, "updatedNumberScheduled"),
        ready=_number(status, "numberReady"),
        available=_number(status, "numberAvailable"),
        observed=observed,
    )


def _number(status: Mapping[str, int], key: str) -> int:
    return int(status.get(key) or 0)


def judged(before: Snapshot, now: Snapshot, done: Text, *, rolls: bool = True) -> Progress:
    """Whether a workload has taken up a change and is healthy.

    `done` says what was done, without a full stop; how many are ready is added. `rolls`: the change was to
    the pod template, so pods of the old revision must go.
    """
    if now.target is None or w.is_going(now.target):
        return Broken(Text("对象已被删除。", "The object is being deleted or gone."))
    if before.target is not None and w.uid_of(before.target) != w.uid_of(now.target):
        return Broken(Text("对象已被删除并重新创建。", "The object was deleted and created anew."))
    numbers = rollout_of(now.target)
    if not numbers.observed:
        return Waiting(
            Text("等待控制器处理变更", "waiting for the controller to take it up"), 0, numbers.desired
        )
    held = _held(now.target) if rolls else None
    if held:
        return Settled(done + Text("。", ". ") + held)
    broken = _broken(before, now, numbers) if numbers.desired else None
    return broken or _unfinished(now, numbers, rolls) or Settled(done + ready_words(numbers))


def ready_words(numbers: Rollout) -> Text:
    """「,5/5 就绪。」"""
    if not numbers.desired:
        return Text(",没有副本在运行。", "; no replica is running.")
    ready = f"{min(numbers.ready, numbers.desired)}/{numbers.desired}"
    return Text(f",{ready} 就绪。", f"; {ready} ready.")


def newest_pods(now: Snapshot) -> tuple[Manifest, ...]:
    """The pods of the newest revision; all pods where revisions cannot be told apart."""
    pods, wanted = now.of("Pod"), _revision(now)
    if wanted is None:
        return pods
    label, value = wanted
    return tuple(pod for pod in pods if w.labels_of(pod).get(label) == value)


def blocking(snapshot: Snapshot) -> tuple[Manifest, ...]:
    """Pods that keep a StatefulSet from going back to an earlier template.

    It waits for a pod to become ready before it replaces it, even where that pod never will: documentation page
    "StatefulSets", section "Forced rollback".
    """
    workload = snapshot.object
    ordered = w.at(workload, "spec", "podManagementPolicy") in (None, "OrderedReady")
    if workload.get("kind") != "StatefulSet" or not ordered:
        return ()
    return tuple(
        pod
        for pod in newest_pods(snapshot)
        if trouble_of(pod) and not w.is_ready(pod) and not w.is_going(pod)
    )


def blocked(snapshot: Snapshot) -> Text | None:
    """What is said of the pods that block."""
    names = ", ".join(map(w.name_of, blocking(snapshot)))
    if not names:
        return None
    return Text(
        f"卡住的 Pod({names})会被删除,否则 StatefulSet 不会继续。",
        f"The stuck pods ({names}) are deleted, or the StatefulSet would not go on.",
    )


def newest_replica_set(now: Snapshot) -> Manifest | None:
    """The ReplicaSet of a Deployment's newest revision."""
    sets = now.of("ReplicaSet")
    revision = w.annotations_of(now.object).get(w.REVISION)
    exact = (each for each in sets if revision and w.annotations_of(each).get(w.REVISION) == revision)
    return next(exact, max(sets, key=revision_of, default=None))


def revision_of(manifest: Manifest) -> int:
    """The number of a ReplicaSet's or ControllerRevision's revision; 0 where it has none."""
    number = manifest.get("revision") or w.annotations_of(manifest).get(w.REVISION) or 0
    return int(number) if str(number).isdigit() else 0


def _revision(now: Snapshot) -> tuple[str, str] | None:
    match now.object.get("kind"):
        case "Deployment":
            newest, label = newest_replica_set(now), "pod-template-hash"
        case "DaemonSet":
            newest, label = max(now.of("ControllerRevision"), key=revision_of, default=None), w.REVISION_HASH
        case "StatefulSet":
            name = w.at(now.object, "status", "updateRevision")
            return (w.REVISION_HASH, str(name)) if name else None
        case _:
            return None
    value = w.labels_of(newest).get(label) if newest else None
    return (label, value) if value else None


def _held(workload: Manifest) -> Text | None:
    """Why the new template will not roll out by itself, if so."""
    if workload.get("kind") == "Deployment" and w.at(workload, "spec", "paused"):
        return Text(
            "发布已暂停,恢复发布(resume_rollout)后才会生效。",
            "The rollout is paused; it takes effect after resume_rollout.",
        )
    if w.at(workload, "spec", "updateStrategy", "type") == "OnDelete":
        return Text(
            "更新策略是 OnDelete:逐个删除 Pod 后才会生效。",
            "The update strategy is OnDelete: it takes effect as pods are deleted.",
        )
    return None


def _broken(before: Snapshot, now: Snapshot, numbers: Rollout) -> Broken | None:
    return _refused(before, now, numbers) or _deadline(before, now) or _sick(before, now)


def _deadline(before: Snapshot, now: Snapshot) -> Broken | None:
    progressing = w.condition(now.object, "Progressing")
    if progressing.get("reason") != "ProgressDeadlineExceeded":
        return None
    if before.target is not None and w.condition(before.target, "Progressing") == progressing:
        return None  # from an earlier rollout: the controller has not judged this one yet
    message = shortened(progressing.get("message") or "")
    return Broken(
        Text(
            f"在期限内没有进展(ProgressDeadlineExceeded):{message}",
            f"No progress within the deadline: {message}",
        )
    )


def _refused(before: Snapshot, now: Snapshot, numbers: Rollout) -> Broken | None:
    """Pods that the server refuses to create, by quota for one; room may yet come while old pods go."""
    message = refusal(now)
    stale = before.target is not None and message == refusal(before)  # not yet judged since the change
    going = any(map(w.is_going, now.of("Pod")))
    room_may_come = numbers.total > numbers.updated and _may_be_missing(now.object, numbers.desired) > 0
    complete = numbers.total >= numbers.desired and numbers.updated >= numbers.needed
    if not message or stale or complete or going or room_may_come:
        return None
    return Broken(Text(f"无法创建 Pod:{message}", f"Pods cannot be created: {message}"))


def _may_be_missing(workload: Manifest, desired: int) -> int:
    """How many old pods a rolling update takes away before new ones are there (maxUnavailable, percentages
    rounded down: documentation page "Deployments"). Where neither may be missing nor be too many, one may."""
    bounds = w.table_at(workload, "spec", "strategy", "rollingUpdate")
    missing = _part(bounds.get("maxUnavailable", "25%"), desired)
    surge = _part(bounds.get("maxSurge", "25%"), desired, up=True)
    return max(missing, 1) if not surge else missing


def _part(value: Any, whole: int, *, up: bool = False) -> int:
    if isinstance(value, int):
        return value
    percent = str(value).rstrip("%")
    share = int(percent) * whole if percent.isdigit() else 0
    return -(-share // 100) if up else share // 100


def refusal(snapshot: Snapshot) -> str:
    """Why the newest pods could not be created; "" where that is not so.

    Deployments and ReplicaSets have a condition for it; of the others only events tell (FailedCreate).
    """
    failure = w.condition(snapshot.object, "ReplicaFailure")
    if failure.get("status") == "True":
        return shortened(failure.get("message") or "")
    events = [each for each in snapshot.of("Event") if each.get("reason") == "FailedCreate"]
    newest = max(events, key=lambda each: int(w.at(each, "metadata", "resourceVersion") or 0), default={})
    return shortened(str(newest.get("message") or ""))


def _sick(before: Snapshot, now: Snapshot) -> Broken | None:
    known = {w.uid_of(pod): restarts_by_container(pod) for pod in before.of("Pod")}
    for pod in newest_pods(now):
        trouble = None if w.is_going(pod) else relapse_of(pod, known.get(w.uid_of(pod), {}))
        if trouble and trouble.hopeless and w.at(pod, "status", "phase") != "Failed":
            return Broken(Text(f"Pod {w.name_of(pod)} 的", f"Pod {w.name_of(pod)}: ") + trouble.text + _STOP)
    return None


def _unfinished(now: Snapshot, numbers: Rollout, rolls: bool) -> Waiting | None:
    old = numbers.total - (
        numbers.updated if rolls and numbers.needed == numbers.desired else numbers.desired
    )
    if rolls and numbers.updated < numbers.needed:
        what = Text(
            f"已更新 {numbers.updated}/{numbers.needed} 个副本",
            f"{numbers.updated} of {numbers.needed} replicas updated",
        )
    elif numbers.available < numbers.desired:
        what = Text(
            f"{numbers.available}/{numbers.desired} 个副本就绪",
            f"{numbers.available} of {numbers.desired} replicas ready",
        )
    elif old > 0:
        what = Text(f"等待 {old} 个旧副本退出", f"waiting for {counted(old, 'old replica')} to go")
    else:
        return None
    return Waiting(what + _why(now), numbers.done, numbers.desired)


def _why(now: Snapshot) -> Text:
    """The first pod that holds it up, if a reason is known."""
    for pod in newest_pods(now):
        trouble = trouble_of(pod)
        if trouble and not w.is_ready(pod):
            return Text(f";Pod {w.name_of(pod)}:", f"; pod {w.name_of(pod)}: ") + trouble.text
    return Text("", "")


_STOP = Text("。", ".")
