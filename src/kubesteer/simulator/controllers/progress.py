"""The status of a Deployment and its conditions; pure.

Source: pkg/controller/deployment/{progress,sync}.go of the 1.34 release.
"""

from kubesteer.simulator.controllers.rollouts import Rollout, counted, made
from kubesteer.simulator.objects import Obj, condition, name_of, number

COMPLETE, TIMED_OUT = "NewReplicaSetAvailable", "ProgressDeadlineExceeded"


def set_condition(conditions: list[Obj], entry: Obj, now: str, *, renew: bool = False) -> list[Obj]:
    """Conditions with one set: `lastUpdateTime` moves when its reason does, the other with its status.

    `renew` moves the former in any case: something got on, though it is called the same.
    """
    old = next((one for one in conditions if one["type"] == entry["type"]), None)
    same = old is not None and (old.get("status"), old.get("reason")) == (entry["status"], entry["reason"])
    if same and not renew:
        return conditions
    since = old.get("lastTransitionTime", now) if old and old.get("status") == entry["status"] else now
    fresh = {**entry, "lastUpdateTime": now, "lastTransitionTime": since}
    return [*(one for one in conditions if one is not old), fresh]


def without(conditions: list[Obj], kind: str) -> list[Obj]:
    """Conditions but for one type."""
    return [one for one in conditions if one["type"] != kind]


def counts(rollout: Rollout) -> Obj:
    """The numbers of the status, zero ones left out."""
    new = [rollout.new] if rollout.new else []
    available = counted(rollout.all, "availableReplicas")
    status: Obj = {
        "observedGeneration": number(rollout.deployment, "metadata", "generation"),
        "replicas": counted(rollout.all, "replicas"),
        "updatedReplicas": counted(new, "replicas"),
        "readyReplicas": counted(rollout.all, "readyReplicas"),
        "availableReplicas": available,
        "unavailableReplicas": max(made(rollout.all) - available, 0),
    }
    if collisions := number(rollout.deployment, "status", "collisionCount"):
        status["collisionCount"] = collisions
    return {key: value for key, value in status.items() if value}


def availability_condition(rollout: Rollout, status: Obj) -> Obj:
    """`Available`."""
    if number(status, "availableReplicas") >= rollout.wanted - rollout.spared:
        return {
            "type": "Available",
            "status": "True",
            "reason": "MinimumReplicasAvailable",
            "message": "Deployment has minimum availability.",
        }
    return {
        "type": "Available",
        "status": "False",
        "reason": "MinimumReplicasUnavailable",
        "message": "Deployment does not have minimum availability.",
    }


def failure_condition(rollout: Rollout) -> Obj | None:
    """`ReplicaFailure`, taken over from a ReplicaSet, the new one's first."""
    for found in reversed(rollout.all):
        if entry := condition(found, "ReplicaFailure"):
            return {key: entry[key] for key in ("type", "status", "reason", "message") if key in entry}
    return None


def is_complete(rollout: Rollout, status: Obj) -> bool:
    """Whether every wanted pod is of the new template and available, and no other is there."""
    numbers = {number(status, what) for what in ("replicas", "updatedReplicas", "availableReplicas")}
    return numbers == {rollout.wanted}


def has_progressed(before: Obj, now: Obj) -> bool:
    """Whether the numbers moved the right way since the last status."""
    grown = any(
        number(now, what) > number(before, what)
        for what in ("updatedReplicas", "readyReplicas", "availableReplicas")
    )
    old_before = number(before, "replicas") - number(before, "updatedReplicas")
    return grown or number(now, "replicas") - number(now, "updatedReplicas") < old_before


def about(rollout: Rollout) -> str:
    """What a message of the `Progressing` condition is about."""
    if rollout.new is not None:
        return f'ReplicaSet "{name_of(rollout.new)}"'
    return f'Deployment "{name_of(rollout.deployment)}"'


def progressing(status: str, reason: str, message: str) -> Obj:
    """A `Progressing` condition."""
    return {"type": "Progressing", "status": status, "reason": reason, "message": message}
