"""StatefulSets: numbered pods, made and replaced in order.

Source: pkg/controller/statefulset/stateful_set_control.go of the 1.34 release.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from kubesteer.simulator.controllers.access import PODS, Access, own_key, owner_key
from kubesteer.simulator.controllers.claims import Claims, volumes_of
from kubesteer.simulator.controllers.pods import (
    PodControl,
    availability,
    is_ready,
    pod_of_template,
    room_for_more,
    soonest,
)
from kubesteer.simulator.controllers.revisions import POD_HASH, History, Revisions, template_of
from kubesteer.simulator.failures import Failure
from kubesteer.simulator.objects import (
    Obj,
    items,
    labels_of,
    name_of,
    namespace_of,
    number,
    section,
    terminating,
    text,
)
from kubesteer.simulator.registry import StoreKey
from kubesteer.simulator.store import Change, ObjectKey

STATEFUL_SETS: StoreKey = ("apps", "statefulsets")
POD_NAME = "statefulset.kubernetes.io/pod-name"
POD_INDEX = "apps.kubernetes.io/pod-index"
REVISION_HASH = "controller.kubernetes.io/hash"
RETRY_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Members:
    """The pods of a set by their numbers: those that belong, and those that are too many."""

    wanted: range
    found: dict[int, Obj]

    @property
    def condemned(self) -> list[int]:
        """Numbers beyond the wanted, the highest first."""
        return sorted((ordinal for ordinal in self.found if ordinal not in self.wanted), reverse=True)


def ordinal_of(owner: Obj, pod: Obj) -> int | None:
    """The number in a pod's name, None for a name of another shape."""
    base, dash, last = name_of(pod).rpartition("-")
    return int(last) if dash and base == name_of(owner) and last.isdecimal() else None


class StatefulSets:
    """The controller."""

    def __init__(self, access: Access) -> None:
        self.access = access
        self.pods = PodControl(access)
        self.claims = Claims(access)
        self.revisions = Revisions(access, REVISION_HASH)

    def concerns(self, change: Change) -> Iterable[ObjectKey]:
        """StatefulSets and the owners of pods."""
        yield from own_key(change, STATEFUL_SETS)
        yield from owner_key(change, PODS, "StatefulSet")

    def reconcile(self, key: ObjectKey) -> float | None:
        """One step."""
        owner = self.access.store.get(STATEFUL_SETS, *key)
        if owner is None:
            return None
        history = self.revisions.of(owner)
        members = self._members(owner)
        again = None
        if not terminating(owner):
            try:
                self._step(owner, members, history)
            except Failure:
                again = RETRY_SECONDS
        members = self._members(owner)
        self._write_status(owner, members, history)
        live = {labels_of(pod).get(POD_HASH) for pod in members.found.values()}
        self.revisions.prune(owner, history, lambda one: name_of(one) in live)
        return soonest([again, *(self._wait(owner, pod) for pod in members.found.values())])

    def _members(self, owner: Obj) -> Members:
        start = number(owner, "spec", "ordinals", "start")
        wanted = range(start, start + number(owner, "spec", "replicas", default=1))
        numbered = ((ordinal_of(owner, pod), pod) for pod in self.pods.claim(owner))
        return Members(wanted, {ordinal: pod for ordinal, pod in numbered if ordinal is not None})

    def _wait(self, owner: Obj, pod: Obj) -> float | None:
        return availability(self.access, pod, number(owner, "spec", "minReadySeconds"))

    def _healthy(self, owner: Obj, pod: Obj | None) -> bool:
        """Running, available and staying."""
        running = pod is not None and text(pod, "status", "phase") == "Running"
        return pod is not None and running and self._wait(owner, pod) == 0

    def _step(self, owner: Obj, members: Members, history: History) -> None:
        """Make what is missing, then remove what is too much, then replace what is old."""
        ordered = text(owner, "spec", "podManagementPolicy") != "Parallel"
        room = room_for_more(members.found.values())
        for ordinal in members.wanted:
            pod = members.found.get(ordinal)
            room -= pod is None
            if room < 0 or (self._fill(owner, pod, ordinal, history) and ordered):
                return
            if ordered and not self._healthy(owner, pod):
                return
        for ordinal in members.condemned:
            if not self._condemn(owner, members, ordinal, ordered=ordered):
                return
        self._replace(owner, members, history)

    def _fill(self, owner: Obj, pod: Obj | None, ordinal: int, history: History) -> bool:
        """Make the pod of a number, or remove one that is over; whether anything was done."""
        if pod is None:
            self._make(owner, ordinal, history)
            return True
        if text(pod, "status", "phase") in ("Failed", "Succeeded") and not terminating(pod):
            kind = "Failed" if text(pod, "status", "phase") == "Failed" else "Terminated"
            about = f"StatefulSet {namespace_of(owner)}/{name_of(owner)} is recreating {kind.lower()} Pod"
            self.access.warning(owner, f"Recreating{kind}Pod", f"{about} {name_of(pod)}")
            self._delete(owner, pod)
            return True
        return False

    def _make(self, owner: Obj, ordinal: int, history: History) -> None:
        revision = self._revision_for(owner, ordinal, history)
        name = f"{name_of(owner)}-{ordinal}"
        self.claims.ensure(owner, ordinal, name)
        pod = pod_of_template(owner, template_of(revision), name)
        labels = {POD_NAME: name, POD_INDEX: str(ordinal), POD_HASH: name_of(revision)}
        pod["metadata"]["labels"] = {**labels_of(pod), **labels}
        pod["spec"] |= {"hostname": name, "subdomain": text(owner, "spec", "serviceName")}
        mounted = volumes_of(owner, ordinal)
        taken = {volume["name"] for volume in mounted}
        others = [volume for volume in items(pod, "spec", "volumes") if volume.get("name") not in taken]
        if mounted or others:
            pod["spec"]["volumes"] = [*mounted, *others]
        about = f"create Pod {name} in StatefulSet {name_of(owner)}"
        try:
            self.access.create(PODS, pod)
        except Failure as failure:
            self.access.warning(owner, "FailedCreate", f"{about} failed error: {failure.message}")
            raise
        self.access.normal(owner, "SuccessfulCreate", f"{about} successful")

    def _revision_for(self, owner: Obj, ordinal: int, history: History) -> Obj:
        """Below the partition a pod comes back as it was."""
        current = history.named(text(owner, "status", "currentRevision"))
        held = _rolling(owner) and ordinal < _partition(owner)
        return current if held and current is not None else history.present

    def _delete(self, owner: Obj, pod: Obj) -> None:
        self.access.delete(PODS, pod)
        message = f"delete Pod {name_of(pod)} in StatefulSet {name_of(owner)} successful"
        self.access.normal(owner, "SuccessfulDelete", message)

    def _condemn(self, owner: Obj, members: Members, ordinal: int, *, ordered: bool) -> bool:
        """Remove one pod too many; whether the next may go at the same time."""
        pod = members.found[ordinal]
        if not terminating(pod):
            self.claims.condemn(owner, ordinal, pod)
            self._delete(owner, pod)
        return not ordered

    def _replace(self, owner: Obj, members: Members, history: History) -> None:
        """Delete the highest pod of an old revision, if all above it are healthy."""
        if not _rolling(owner):
            return
        for ordinal in reversed(members.wanted):
            pod = members.found.get(ordinal)
            if ordinal < _partition(owner) or pod is None:
                return
            if labels_of(pod).get(POD_HASH) != name_of(history.present):
                if not terminating(pod):
                    self._delete(owner, pod)
                return
            if not self._healthy(owner, pod):
                return

    def _write_status(self, owner: Obj, members: Members, history: History) -> None:
        pods = list(members.found.values())
        newest = name_of(history.present)
        current = text(owner, "status", "currentRevision", default=newest)
        staying = [labels_of(pod).get(POD_HASH) for pod in pods if not terminating(pod)]
        ready = sum(1 for pod in pods if is_ready(pod) and text(pod, "status", "phase") == "Running")
        updated = staying.count(newest)
        if _rolling(owner) and updated == len(pods) == ready:
            current = newest
        status = {
            "observedGeneration": number(owner, "metadata", "generation"),
            "replicas": len(pods),
            "readyReplicas": ready,
            "currentReplicas": staying.count(current),
            "updatedReplicas": updated,
            "currentRevision": current,
            "updateRevision": newest,
            "collisionCount": number(owner, "status", "collisionCount"),
            "availableReplicas": sum(1 for pod in pods if self._wait(owner, pod) == 0),
        }
        always = ("replicas", "availableReplicas", "collisionCount")
        self.access.set_status(
            STATEFUL_SETS, owner, {key: value for key, value in status.items() if value or key in always}
        )


def _rolling(owner: Obj) -> bool:
    return text(owner, "spec", "updateStrategy", "type") != "OnDelete"


def _partition(owner: Obj) -> int:
    start = number(owner, "spec", "ordinals", "start")
    return start + number(section(owner, "spec", "updateStrategy", "rollingUpdate"), "partition")
