"""Deployments: a ReplicaSet for every template, and pods moved from the old to the new.

Source: pkg/controller/deployment of the 1.34 release.
"""

from collections.abc import Iterable
from datetime import datetime

from kubesteer.simulator.clock import read_stamp
from kubesteer.simulator.controllers.access import PODS, Access, own_key, owner_key
from kubesteer.simulator.controllers.generations import Generations
from kubesteer.simulator.controllers.progress import (
    COMPLETE,
    TIMED_OUT,
    about,
    availability_condition,
    counts,
    failure_condition,
    has_progressed,
    is_complete,
    progressing,
    set_condition,
    without,
)
from kubesteer.simulator.controllers.replica_sets import REPLICA_SETS
from kubesteer.simulator.controllers.rollouts import (
    DESIRED,
    Rollout,
    grow,
    made,
    rescale,
    shrink,
    wanted_of,
)
from kubesteer.simulator.failures import Failure
from kubesteer.simulator.objects import (
    Obj,
    annotations_of,
    condition,
    controller_of,
    dig,
    flag,
    items,
    name_of,
    namespace_of,
    section,
    terminating,
    text,
    uid_of,
)
from kubesteer.simulator.registry import StoreKey
from kubesteer.simulator.store import Change, ObjectKey

DEPLOYMENTS: StoreKey = ("apps", "deployments")
ENDLESS = 2**31 - 1
"""A progress deadline that never comes."""


class Deployments:
    """The controller."""

    def __init__(self, access: Access) -> None:
        self.access = access
        self.generations = Generations(access)
        self._moved: dict[str, datetime] = {}
        """When a rollout last got on, by UID: finer than the seconds of its condition."""

    def concerns(self, change: Change) -> Iterable[ObjectKey]:
        """Deployments and the owners of ReplicaSets; with Recreate a pod's end matters too."""
        yield from own_key(change, DEPLOYMENTS)
        yield from owner_key(change, REPLICA_SETS, "Deployment")
        if change.key == PODS and change.type == "DELETED":
            for namespace, name in owner_key(change, PODS, "ReplicaSet"):
                parent = self.access.store.get(REPLICA_SETS, namespace, name)
                owner = controller_of(parent) if parent else None
                if owner is not None:
                    yield namespace, str(owner.get("name"))

    def reconcile(self, key: ObjectKey) -> float | None:
        """One step of the rollout."""
        found = self.access.store.get(DEPLOYMENTS, *key)
        if found is None:
            return None
        if terminating(found):
            self._write_status(self.generations.of(found))
            return None
        found = self._note_pause(found)
        rollout = self.generations.of(found)
        if flag(found, "spec", "paused") or _rescaled(rollout):
            rollout = self.generations.numbered(rollout, create=False)
            self._resize(rollout, rescale(rollout))
        else:
            rollout = self._roll(rollout)
        rollout = self.generations.of(self._fresh(found))
        self._write_status(rollout)
        if is_complete(rollout, counts(rollout)):
            self.generations.prune(rollout)
        return self._until_deadline(self._fresh(found))

    def _fresh(self, found: Obj) -> Obj:
        return self.access.store.get(DEPLOYMENTS, namespace_of(found), name_of(found)) or found

    def _roll(self, rollout: Rollout) -> Rollout:
        if not rollout.rolling and (made(rollout.old) or self._old_pods(rollout)):
            rollout = self.generations.numbered(rollout, create=False)
            self._resize(rollout, {name_of(old): 0 for old in rollout.old if wanted_of(old)})
            return rollout
        fresh = rollout.new is None
        try:
            rollout = self.generations.numbered(rollout, create=True)
        except Failure as failure:
            self._fail(rollout, failure)
            raise
        if fresh:
            self._moved[uid_of(rollout.deployment)] = self.access.clock.now()
        self._resize(rollout, grow(rollout) or shrink(rollout))
        return rollout

    def _old_pods(self, rollout: Rollout) -> bool:
        """Whether a pod of an old template is still there, be it on its way out."""
        pods = (pod for old in rollout.old for pod in self.access.owned(PODS, old))
        return any(text(pod, "status", "phase") not in ("Succeeded", "Failed") for pod in pods)

    def _fail(self, rollout: Rollout, failure: Failure) -> None:
        found = rollout.deployment
        entry = progressing("False", "ReplicaSetCreateError", failure.message)
        conditions = set_condition(items(found, "status", "conditions"), entry, self.access.clock.stamp())
        status = {**section(found, "status"), "conditions": conditions}
        self.access.set_status(DEPLOYMENTS, found, status)

    def _resize(self, rollout: Rollout, sizes: dict[str, int]) -> None:
        for found in rollout.all:
            size = sizes.get(name_of(found), wanted_of(found))
            before = wanted_of(found)
            if self.generations.resize(rollout, found, size) and size != before:
                way = "up" if size > before else "down"
                message = f"Scaled {way} replica set {name_of(found)} from {before} to {size}"
                self.access.normal(rollout.deployment, "ScalingReplicaSet", message)

    def _note_pause(self, found: Obj) -> Obj:
        present = text(condition(found, "Progressing") or {}, "reason")
        paused = flag(found, "spec", "paused")
        if _deadline(found) is None or present == TIMED_OUT or paused is (present == "DeploymentPaused"):
            return found
        if not paused and present != "DeploymentPaused":
            return found
        word = "Paused" if paused else "Resumed"
        entry = progressing("Unknown", f"Deployment{word}", f"Deployment is {word.lower()}")
        now = self.access.clock
        conditions = set_condition(items(found, "status", "conditions"), entry, now.stamp())
        self._moved[uid_of(found)] = now.now()
        return self.access.set_status(
            DEPLOYMENTS, found, {**section(found, "status"), "conditions": conditions}
        )

    def _write_status(self, rollout: Rollout) -> None:
        found, now = rollout.deployment, self.access.clock.stamp()
        status = counts(rollout)
        conditions = items(found, "status", "conditions")
        conditions = set_condition(conditions, availability_condition(rollout, status), now)
        conditions = self._progress(rollout, status, conditions)
        failure = failure_condition(rollout)
        if failure is None:
            conditions = without(conditions, "ReplicaFailure")
        else:
            conditions = set_condition(conditions, failure, now)
        self.access.set_status(DEPLOYMENTS, found, {**status, "conditions": conditions})

    def _progress(self, rollout: Rollout, status: Obj, conditions: list[Obj]) -> list[Obj]:
        """The `Progressing` condition brought up to date."""
        found = rollout.deployment
        if _deadline(found) is None:
            return without(conditions, "Progressing")
        before = section(found, "status")
        present = text(condition(found, "Progressing") or {}, "reason")
        settled = status.get("replicas") == status.get("updatedReplicas") and present == COMPLETE
        if settled or flag(found, "spec", "paused"):
            return conditions
        entry, got_on = None, False
        if is_complete(rollout, status):
            entry = progressing("True", COMPLETE, f"{about(rollout)} has successfully progressed.")
        elif has_progressed(before, status):
            self._moved[uid_of(found)] = self.access.clock.now()
            got_on = True
            entry = progressing("True", "ReplicaSetUpdated", f"{about(rollout)} is progressing.")
        elif self._late(found):
            entry = progressing("False", TIMED_OUT, f"{about(rollout)} has timed out progressing.")
        now = self.access.clock.stamp()
        return set_condition(conditions, entry, now, renew=got_on) if entry else conditions

    def _left(self, found: Obj) -> float | None:
        """Simulated seconds until the deadline, None where none runs."""
        deadline, present = _deadline(found), condition(found, "Progressing")
        if deadline is None or present is None or flag(found, "spec", "paused"):
            return None
        if present.get("reason") in (COMPLETE, TIMED_OUT):
            return None
        told = present.get("lastUpdateTime")
        since = self._moved.get(uid_of(found)) or read_stamp(told, self.access.clock.now())
        return deadline - self.access.clock.elapsed(since)

    def _late(self, found: Obj) -> bool:
        left = self._left(found)
        present = text(condition(found, "Progressing") or {}, "reason")
        return present == TIMED_OUT or (left is not None and left <= 0)

    def _until_deadline(self, found: Obj) -> float | None:
        left = self._left(found)
        return max(left, 0.0) + 0.01 if left is not None else None


def _deadline(found: Obj) -> int | None:
    told = dig(found, "spec", "progressDeadlineSeconds")
    return told if isinstance(told, int) and told < ENDLESS else None


def _rescaled(rollout: Rollout) -> bool:
    """Whether the wanted number was changed since the ReplicaSets were last sized."""
    active = [found for found in rollout.all if wanted_of(found)]
    told = [annotations_of(found).get(DESIRED) for found in active]
    return any(size is not None and size != str(rollout.wanted) for size in told)
