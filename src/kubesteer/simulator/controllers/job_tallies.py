"""What a Job's pods came to, and what follows from it; pure.

Source: pkg/controller/job/job_controller.go of the 1.34 release.
"""

from dataclasses import dataclass

from kubesteer.simulator.controllers.pods import is_active
from kubesteer.simulator.objects import Obj, annotations_of, condition_is, dig, items, number, text

INDEX = "batch.kubernetes.io/job-completion-index"
BACKOFF_FIRST, BACKOFF_LONGEST = 10.0, 600.0


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts of one Job. `failed` and `succeeded` include pods that are gone since."""

    active: tuple[Obj, ...]
    succeeded: int
    failed: int
    restarts: int
    done: frozenset[int]
    """Indexes that are completed (Indexed mode)."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The condition that ends a Job."""

    type: str
    reason: str
    message: str


def finished(job: Obj) -> bool:
    """Whether nothing more happens to it."""
    return condition_is(job, "Complete") or condition_is(job, "Failed")


def active_of(pods: list[Obj]) -> tuple[Obj, ...]:
    """The pods that still work."""
    return tuple(pod for pod in pods if is_active(pod))


def restarts_of(pods: tuple[Obj, ...]) -> int:
    """The restarts of all containers of pods that still work."""
    return sum(
        number(status, "restartCount")
        for pod in pods
        for kind in ("initContainerStatuses", "containerStatuses")
        for status in items(pod, "status", kind)
    )


def index_of(pod: Obj) -> int | None:
    """The completion index of a pod."""
    told = annotations_of(pod).get(INDEX, "")
    return int(told) if told.isdecimal() else None


def verdict(job: Obj, tally: Tally, elapsed: float) -> Verdict | None:
    """How the Job ends, None while it goes on. `elapsed` are simulated seconds since its start."""
    limit = number(job, "spec", "backoffLimit", default=6)
    if tally.failed > limit or (_restarting(job) and _worn_out(tally.restarts, limit)):
        return Verdict("Failed", "BackoffLimitExceeded", "Job has reached the specified backoff limit")
    deadline = dig(job, "spec", "activeDeadlineSeconds")
    if deadline is not None and elapsed >= deadline:
        return Verdict("Failed", "DeadlineExceeded", "Job was active longer than specified deadline")
    if _completed(job, tally):
        return Verdict("Complete", "CompletionsReached", "Reached expected number of succeeded pods")
    return None


def _restarting(job: Obj) -> bool:
    return text(job, "spec", "template", "spec", "restartPolicy") == "OnFailure"


def _worn_out(restarts: int, limit: int) -> bool:
    return restarts > 0 if limit == 0 else restarts >= limit


def _completed(job: Obj, tally: Tally) -> bool:
    wanted = dig(job, "spec", "completions")
    if wanted is None:
        return tally.succeeded > 0 and not tally.active
    return tally.succeeded >= int(wanted)


def missing(job: Obj, tally: Tally) -> int:
    """How many pods should be started (negative: stopped) now."""
    parallel = number(job, "spec", "parallelism", default=1)
    wanted = dig(job, "spec", "completions")
    if wanted is None:
        room = parallel if not tally.succeeded else len(tally.active)
    else:
        room = min(parallel, int(wanted) - tally.succeeded)
    return room - len(tally.active)


def backoff(failures: int) -> float:
    """Seconds to wait after so many failures before the next pod."""
    return min(BACKOFF_FIRST * 2 ** (failures - 1), BACKOFF_LONGEST) if failures else 0.0


def spans(indexes: frozenset[int]) -> str:
    """`completedIndexes`: `0-2,5`."""
    parts: list[list[int]] = []
    for index in sorted(indexes):
        if parts and index == parts[-1][-1] + 1:
            parts[-1] = [parts[-1][0], index]
        else:
            parts.append([index])
    return ",".join("-".join(map(str, part)) for part in parts)
