"""Jobs: pods until enough of them have succeeded, or too many have failed.

Source: pkg/controller/job/job_controller.go of the 1.34 release.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from kubesteer.simulator.clock import read_stamp
from kubesteer.simulator.controllers.access import PODS, Access, own_key, owner_key
from kubesteer.simulator.controllers.job_tallies import (
    INDEX,
    Tally,
    Verdict,
    active_of,
    backoff,
    finished,
    index_of,
    missing,
    restarts_of,
    spans,
    verdict,
)
from kubesteer.simulator.controllers.pods import PodControl, is_ready, pod_of_template, room_for_more, soonest
from kubesteer.simulator.failures import Failure
from kubesteer.simulator.names import random_suffix
from kubesteer.simulator.objects import (
    Obj,
    condition_is,
    dig,
    flag,
    items,
    name_of,
    number,
    section,
    terminating,
    text,
    uid_of,
    with_condition,
)
from kubesteer.simulator.registry import StoreKey
from kubesteer.simulator.store import Change, ObjectKey

JOBS: StoreKey = ("batch", "jobs")
RETRY_SECONDS = 5.0


@dataclass(slots=True)
class Memory:
    """What is known of one Job beyond its status."""

    started: datetime | None = None
    ended: datetime | None = None
    failed_at: datetime | None = None
    succeeded: dict[str, int | None] = field(default_factory=dict)
    """Pods (by UID) that succeeded, with their index."""
    failed: set[str] = field(default_factory=set)


class Jobs:
    """The controller."""

    def __init__(self, access: Access) -> None:
        self.access = access
        self.pods = PodControl(access)
        self._memories: dict[str, Memory] = {}

    def concerns(self, change: Change) -> Iterable[ObjectKey]:
        """Jobs and the owners of pods. A pod's end is noted at once: it may be deleted before a look."""
        if change.key == JOBS and change.type == "DELETED":
            self._memories.pop(uid_of(change.entry.obj), None)
        yield from own_key(change, JOBS)
        yield from owner_key(change, PODS, "Job")

    def reconcile(self, key: ObjectKey) -> float | None:
        """One step."""
        job = self.access.store.get(JOBS, *key)
        if job is None or terminating(job):
            return None
        memory = self._memories.setdefault(uid_of(job), Memory())
        if finished(job):
            return self._expire(job, memory)
        pods = self.pods.claim(job)
        self._count(memory, pods)
        tally = _tally(memory, pods)
        if flag(job, "spec", "suspend"):
            self._suspend(job, tally)
            return None
        return self._work(job, memory, tally)

    def _count(self, memory: Memory, pods: list[Obj]) -> None:
        for pod in pods:
            phase = text(pod, "status", "phase")
            if phase == "Succeeded":
                memory.succeeded.setdefault(uid_of(pod), index_of(pod))
            elif phase == "Failed" and uid_of(pod) not in memory.failed:
                memory.failed.add(uid_of(pod))
                memory.failed_at = self.access.clock.now()

    def _work(self, job: Obj, memory: Memory, tally: Tally) -> float | None:
        clock = self.access.clock
        if memory.started is None:
            memory.started = read_stamp(text(job, "status", "startTime"), clock.now())
        end = verdict(job, tally, clock.elapsed(memory.started))
        if end is not None:
            self._finish(job, memory, tally, end)
            return self._expire(job, memory)
        again = None
        try:
            again = self._start(job, memory, tally)
        except Failure:
            again = RETRY_SECONDS
        tally = _tally(memory, self.access.owned(PODS, job))
        self._write(job, tally, self._resumed(job))
        deadline = dig(job, "spec", "activeDeadlineSeconds")
        left = deadline - clock.elapsed(memory.started) if deadline is not None else None
        return soonest([again, max(left, 0.01) if left is not None else None])

    def _start(self, job: Obj, memory: Memory, tally: Tally) -> float | None:
        """Start or stop pods; simulated seconds until the back-off is over."""
        wanted = missing(job, tally)
        if wanted < 0:
            for pod in sorted(tally.active, key=name_of)[wanted:]:
                self.pods.delete(job, pod)
            return None
        if wanted and memory.failed_at is not None:
            left = backoff(len(memory.failed)) - self.access.clock.elapsed(memory.failed_at)
            if left > 0:
                return left
        free = _free_indexes(job, tally)
        for _ in range(min(wanted, room_for_more(tally.active))):
            self.pods.create(job, _pod(job, next(free, None)))
        return None

    def _suspend(self, job: Obj, tally: Tally) -> None:
        for pod in tally.active:
            self.pods.delete(job, pod)
        conditions = items(job, "status", "conditions")
        if not condition_is(job, "Suspended"):
            entry = _condition("Suspended", "True", "JobSuspended", "Job suspended")
            conditions = with_condition(conditions, entry, self.access.clock.stamp())
            self.access.normal(job, "Suspended", "Job suspended")
        self._memories[uid_of(job)].started = None
        self._write(job, tally, conditions)

    def _resumed(self, job: Obj) -> list[Obj]:
        conditions = items(job, "status", "conditions")
        if not condition_is(job, "Suspended"):
            return conditions
        self.access.normal(job, "Resumed", "Job resumed")
        entry = _condition("Suspended", "False", "JobResumed", "Job resumed")
        return with_condition(conditions, entry, self.access.clock.stamp())

    def _write(self, job: Obj, tally: Tally, conditions: list[Obj], **more: str) -> None:
        """The status: counts that are zero are left out."""
        counts = {
            "active": len(tally.active),
            "succeeded": tally.succeeded,
            "failed": tally.failed,
        }
        status: Obj = {key: value for key, value in counts.items() if value}
        status["ready"] = sum(1 for pod in tally.active if is_ready(pod))
        status["terminating"] = 0
        if tally.done:
            status["completedIndexes"] = spans(tally.done)
        if conditions:
            status["conditions"] = conditions
        if not flag(job, "spec", "suspend"):
            status["startTime"] = text(job, "status", "startTime") or self.access.clock.stamp()
        self.access.set_status(JOBS, job, {**status, "uncountedTerminatedPods": {}, **more})

    def _finish(self, job: Obj, memory: Memory, tally: Tally, end: Verdict) -> None:
        for pod in tally.active:
            self.pods.delete(job, pod)
            if end.type == "Failed":  # what is stopped has failed too
                memory.failed.add(uid_of(pod))
        memory.ended = self.access.clock.now()
        left = _tally(memory, self.access.owned(PODS, job))
        now = self.access.clock.stamp()
        early = "SuccessCriteriaMet" if end.type == "Complete" else "FailureTarget"
        conditions = self._resumed(job)
        for kind in (early, end.type):
            conditions = with_condition(conditions, _condition(kind, "True", end.reason, end.message), now)
        done = {"completionTime": now} if end.type == "Complete" else {}
        self._write(job, left, conditions, **done)
        if end.type == "Complete":
            self.access.normal(job, "Completed", "Job completed")
        else:
            self.access.warning(job, end.reason, end.message)

    def _expire(self, job: Obj, memory: Memory) -> float | None:
        """Delete a finished Job after `ttlSecondsAfterFinished`."""
        ttl = dig(job, "spec", "ttlSecondsAfterFinished")
        if not isinstance(ttl, int):
            return None
        memory.ended = memory.ended or self.access.clock.now()
        left = ttl - self.access.clock.elapsed(memory.ended)
        if left > 0:
            return left
        self.access.delete(JOBS, job)
        return None


def _tally(memory: Memory, pods: list[Obj]) -> Tally:
    done = frozenset(index for index in memory.succeeded.values() if index is not None)
    succeeded = len(done) if done else len(memory.succeeded)
    active = active_of(pods)
    return Tally(active, succeeded, len(memory.failed), restarts_of(active), done)


def _condition(kind: str, status: str, reason: str, message: str) -> Obj:
    return {"type": kind, "status": status, "reason": reason, "message": message}


def _free_indexes(job: Obj, tally: Tally) -> Iterator[int]:
    """Indexes without a pod that works or has succeeded (Indexed mode)."""
    if text(job, "spec", "completionMode") == "Indexed":
        taken = {index_of(pod) for pod in tally.active} | set(tally.done)
        yield from (i for i in range(number(job, "spec", "completions")) if i not in taken)


def _pod(job: Obj, index: int | None) -> Obj:
    template = section(job, "spec", "template")
    if index is None:
        return pod_of_template(job, template)
    pod = pod_of_template(job, template, f"{name_of(job)}-{index}-{random_suffix()}")
    metadata = pod["metadata"]
    metadata["annotations"] = {**metadata.get("annotations", {}), INDEX: str(index)}
    metadata["labels"] = {**metadata.get("labels", {}), INDEX: str(index)}
    pod["spec"]["hostname"] = f"{name_of(job)}-{index}"
    for container in items(pod, "spec", "containers"):
        container["env"] = [
            *items(container, "env"),
            {"name": "JOB_COMPLETION_INDEX", "value": str(index)},
        ]
    return pod
