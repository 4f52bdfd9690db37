"""ReplicaSets: as many pods of a template as are wanted.

Source: pkg/controller/replicaset of the 1.34 release.
"""

from collections.abc import Iterable
from datetime import datetime

from kubesteer.simulator.controllers.access import PODS, Access, own_key, owner_key
from kubesteer.simulator.controllers.pods import (
    PodControl,
    availability,
    deletion_order,
    is_active,
    is_ready,
    pod_of_template,
    room_for_more,
    soonest,
)
from kubesteer.simulator.failures import Failure
from kubesteer.simulator.objects import (
    Obj,
    controller_of,
    items,
    labels_of,
    name_of,
    namespace_of,
    number,
    section,
    terminating,
    uid_of,
    with_condition,
)
from kubesteer.simulator.registry import StoreKey
from kubesteer.simulator.selectors import matches
from kubesteer.simulator.store import Change, ObjectKey

REPLICA_SETS: StoreKey = ("apps", "replicasets")
RETRY_SECONDS = 5.0


class ReplicaSets:
    """The controller."""

    def __init__(self, access: Access) -> None:
        self.access = access
        self.pods = PodControl(access)
        self._refused: dict[str, tuple[datetime, Failure]] = {}
        """By UID: when the last pod was refused, and why. It is not tried again at once, as each refusal
        names another pod, and so changes the status that would wake this controller."""

    def concerns(self, change: Change) -> Iterable[ObjectKey]:
        """ReplicaSets, and those whose pods (or orphans they could adopt) change."""
        yield from own_key(change, REPLICA_SETS)
        yield from owner_key(change, PODS, "ReplicaSet")
        if change.key == PODS and change.type != "DELETED" and controller_of(change.entry.obj) is None:
            pod = change.entry.obj
            for found in self.access.store.list(REPLICA_SETS, namespace_of(pod)):
                if matches(section(found, "spec").get("selector"), labels_of(pod)):
                    yield namespace_of(found), name_of(found)

    def reconcile(self, key: ObjectKey) -> float | None:
        """Make or delete pods, then write the status."""
        found = self.access.store.get(REPLICA_SETS, *key)
        if found is None:
            return None
        pods = [pod for pod in self.pods.claim(found) if is_active(pod)]
        failure = None if terminating(found) else self._manage(found, pods)
        pods = [pod for pod in self.access.owned(PODS, found) if is_active(pod)]
        min_ready = number(found, "spec", "minReadySeconds")
        waits = [availability(self.access, pod, min_ready) for pod in pods]
        self._write_status(found, pods, sum(1 for wait in waits if wait == 0), failure)
        return soonest([*waits, RETRY_SECONDS if failure else None])

    def _manage(self, owner: Obj, pods: list[Obj]) -> Failure | None:
        """Make what is missing or delete what is too much; what was refused."""
        missing = number(owner, "spec", "replicas", default=1) - len(pods)
        if missing > 0:
            return self._create(owner, min(missing, room_for_more(pods)))
        self._refused.pop(uid_of(owner), None)
        if missing < 0:
            for pod in sorted(pods, key=deletion_order)[:-missing]:
                self.pods.delete(owner, pod)
        return None

    def _create(self, owner: Obj, missing: int) -> Failure | None:
        clock = self.access.clock
        moment, known = self._refused.get(uid_of(owner), (None, None))
        if moment is not None and clock.elapsed(moment) < RETRY_SECONDS:
            return known
        for _ in range(missing):
            try:
                self.pods.create(owner, pod_of_template(owner, section(owner, "spec", "template")))
            except Failure as failure:
                self._refused[uid_of(owner)] = (clock.now(), failure)
                return failure
        self._refused.pop(uid_of(owner), None)
        return None

    def _write_status(self, owner: Obj, pods: list[Obj], available: int, failure: Failure | None) -> None:
        labels = section(owner, "spec", "template", "metadata", "labels")
        status: Obj = {
            "replicas": len(pods),
            "fullyLabeledReplicas": sum(1 for pod in pods if labels.items() <= labels_of(pod).items()),
            "readyReplicas": sum(1 for pod in pods if is_ready(pod)),
            "availableReplicas": available,
            "observedGeneration": number(owner, "metadata", "generation"),
        }
        status = {key: value for key, value in status.items() if value or key == "replicas"}
        conditions = [one for one in items(owner, "status", "conditions") if one["type"] != "ReplicaFailure"]
        if failure is not None:
            told = {"type": "ReplicaFailure", "status": "True", "reason": "FailedCreate"}
            told["message"] = failure.message
            conditions = with_condition(items(owner, "status", "conditions"), told, self.access.clock.stamp())
        if conditions:
            status["conditions"] = conditions
        self.access.set_status(REPLICA_SETS, owner, status)
