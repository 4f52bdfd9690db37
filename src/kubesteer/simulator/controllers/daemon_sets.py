"""DaemonSets: one pod on every node that fits.

Source: pkg/controller/daemon of the 1.34 release.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from kubesteer.simulator.controllers.access import NODES, PODS, Access, own_key, owner_key
from kubesteer.simulator.controllers.fits import daemon_fits, matches_node, untolerated
from kubesteer.simulator.controllers.pods import (
    PodControl,
    availability,
    is_ready,
    pod_of_template,
    soonest,
)
from kubesteer.simulator.controllers.revisions import POD_HASH, Revisions
from kubesteer.simulator.controllers.rollouts import share
from kubesteer.simulator.failures import Failure
from kubesteer.simulator.objects import (
    Obj,
    annotations_of,
    ensure,
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

DAEMON_SETS: StoreKey = ("apps", "daemonsets")
TEMPLATE_GENERATION = "deprecated.daemonset.template.generation"
NOT_READY = "node.kubernetes.io/not-ready"
UNREACHABLE = "node.kubernetes.io/unreachable"
BORNE = (
    (NOT_READY, "NoExecute"),
    (UNREACHABLE, "NoExecute"),
    ("node.kubernetes.io/disk-pressure", "NoSchedule"),
    ("node.kubernetes.io/memory-pressure", "NoSchedule"),
    ("node.kubernetes.io/pid-pressure", "NoSchedule"),
    ("node.kubernetes.io/unschedulable", "NoSchedule"),
)
RETRY_SECONDS = 5.0


@dataclass(slots=True)
class Place:
    """One node with the daemon's pods on it, those of the present template apart."""

    node: Obj
    runs: bool
    stays: bool
    new: list[Obj] = field(default_factory=list)
    old: list[Obj] = field(default_factory=list)

    @property
    def pods(self) -> list[Obj]:
        """All of them."""
        return [*self.new, *self.old]


class DaemonSets:
    """The controller."""

    def __init__(self, access: Access) -> None:
        self.access = access
        self.pods = PodControl(access)
        self.revisions = Revisions(access, POD_HASH)

    def concerns(self, change: Change) -> Iterable[ObjectKey]:
        """DaemonSets, the owners of pods, and all of them when a node comes, goes or changes."""
        yield from own_key(change, DAEMON_SETS)
        yield from owner_key(change, PODS, "DaemonSet")
        if change.key == NODES:
            for owner in self.access.store.list(DAEMON_SETS):
                yield namespace_of(owner), name_of(owner)

    def reconcile(self, key: ObjectKey) -> float | None:
        """One step."""
        owner = self.access.store.get(DAEMON_SETS, *key)
        if owner is None:
            return None
        history = self.revisions.of(owner)
        digest = self.revisions.hash_of(history.present)
        places = self._places(owner, digest)
        again = None
        if not terminating(owner):
            try:
                self._step(owner, places, digest, number(history.present, "revision"))
            except Failure:
                again = RETRY_SECONDS
        places = self._places(owner, digest)
        self._write_status(owner, places, number(history.present, "revision"))
        live = {labels_of(pod).get(POD_HASH) for place in places for pod in place.pods}
        self.revisions.prune(owner, history, lambda one: self.revisions.hash_of(one) in live)
        waits = [self._wait(owner, pod) for place in places for pod in place.pods]
        return soonest([again, *waits])

    def _places(self, owner: Obj, digest: str) -> list[Place]:
        model = _pod(owner, digest, 0)
        places = {name_of(node): _place(model, node) for node in self.access.store.list(NODES)}
        for pod in self.pods.claim(owner):
            place = places.get(_target(pod))
            if place is not None:
                (place.new if labels_of(pod).get(POD_HASH) == digest else place.old).append(pod)
        return list(places.values())

    def _wait(self, owner: Obj, pod: Obj) -> float | None:
        return availability(self.access, pod, number(owner, "spec", "minReadySeconds"))

    def _available(self, owner: Obj, pods: list[Obj]) -> bool:
        return any(self._wait(owner, pod) == 0 for pod in pods)

    def _step(self, owner: Obj, places: list[Place], digest: str, generation: int) -> None:
        for place in places:
            self._clear(owner, place)
        if text(owner, "spec", "updateStrategy", "type") != "OnDelete":
            self._update(owner, places)
        for place in places:
            surging = _surge(owner, places) and not place.new and self._surges(owner, places, place)
            if place.runs and (not place.pods or surging):
                self._create(owner, place, digest, generation)

    def _clear(self, owner: Obj, place: Place) -> None:
        """Remove pods that failed, and those that do not belong here any more."""
        for pod in place.pods:
            if terminating(pod):
                continue
            if text(pod, "status", "phase") == "Failed":
                where = f"{namespace_of(pod)}/{name_of(pod)} on node {name_of(place.node)}"
                message = f"Found failed daemon pod {where}, will try to kill it"
                self.access.warning(owner, "FailedDaemonPod", message)
                self.pods.delete(owner, pod)
            elif not place.stays:
                self.pods.delete(owner, pod)

    def _update(self, owner: Obj, places: list[Place]) -> None:
        """Delete pods of old templates: dead ones at once, live ones as far as may be spared."""
        running = [place for place in places if place.runs]
        surge = _surge(owner, places)
        missing = sum(1 for place in running if not self._available(owner, place.pods))
        room = 0 if surge else _unavailable(owner, places) - missing
        for place in running:
            for pod in place.old:
                if terminating(pod):
                    continue
                dead = self._wait(owner, pod) != 0
                replaced = self._available(owner, place.new)
                if dead or replaced:
                    self.pods.delete(owner, pod)
                elif room > 0:
                    room -= 1
                    self.pods.delete(owner, pod)

    def _surges(self, owner: Obj, places: list[Place], place: Place) -> bool:
        """Whether a second pod may be started beside the old one of a node."""
        if not place.old or not place.runs:
            return False
        doubled = sum(1 for one in places if one.new and one.old)
        if doubled >= _surge(owner, places):
            return False
        return text(owner, "spec", "updateStrategy", "type") != "OnDelete"

    def _create(self, owner: Obj, place: Place, digest: str, generation: int) -> None:
        pod = _pod(owner, digest, generation)
        _pin(pod, name_of(place.node))
        place.new.append(self.pods.create(owner, pod))

    def _write_status(self, owner: Obj, places: list[Place], generation: int) -> None:
        running = [place for place in places if place.runs]
        ready = sum(1 for place in running if any(is_ready(pod) for pod in place.pods))
        available = sum(1 for place in running if self._available(owner, place.pods))
        status = {
            "currentNumberScheduled": sum(1 for place in running if place.pods),
            "numberMisscheduled": sum(1 for place in places if place.pods and not place.runs),
            "desiredNumberScheduled": len(running),
            "numberReady": ready,
            "observedGeneration": number(owner, "metadata", "generation"),
            "updatedNumberScheduled": sum(1 for place in running if place.new),
            "numberAvailable": available,
            "numberUnavailable": len(running) - available,
        }
        optional = ("updatedNumberScheduled", "numberAvailable", "numberUnavailable")
        kept = {key: value for key, value in status.items() if value or key not in optional}
        told = {**annotations_of(owner), TEMPLATE_GENERATION: str(generation)}
        self.access.set_status(DAEMON_SETS, owner, kept, None if told == annotations_of(owner) else told)


def _pod(owner: Obj, digest: str, generation: int) -> Obj:
    pod = pod_of_template(owner, section(owner, "spec", "template"))
    pod["metadata"]["labels"] = {
        **labels_of(pod),
        POD_HASH: digest,
        "pod-template-generation": str(generation),
    }
    borne = [{"key": key, "operator": "Exists", "effect": effect} for key, effect in BORNE]
    if pod["spec"].get("hostNetwork"):
        unavailable = "node.kubernetes.io/network-unavailable"
        borne.append({"key": unavailable, "operator": "Exists", "effect": "NoSchedule"})
    pod["spec"]["tolerations"] = [*items(pod, "spec", "tolerations"), *borne]
    return pod


def _place(model: Obj, node: Obj) -> Place:
    stays = matches_node(model, node) and untolerated(model, node, ("NoExecute",)) is None
    return Place(node, daemon_fits(model, node), stays)


REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"


def _pin(pod: Obj, node: str) -> None:
    """Require the node by name, beside whatever the template requires."""
    required = ensure(pod, "spec", "affinity", "nodeAffinity", REQUIRED)
    here = {"key": "metadata.name", "operator": "In", "values": [node]}
    terms = items(required, "nodeSelectorTerms") or [{}]
    required["nodeSelectorTerms"] = [{**term, "matchFields": [here]} for term in terms]


def _target(pod: Obj) -> str:
    """The node that a daemon's pod is on, or meant for."""
    if bound := text(pod, "spec", "nodeName"):
        return bound
    required = section(pod, "spec", "affinity", "nodeAffinity", REQUIRED)
    for term in items(required, "nodeSelectorTerms"):
        for rule in items(term, "matchFields"):
            if rule.get("key") == "metadata.name" and rule.get("values"):
                return str(rule["values"][0])
    return ""


def _limit(owner: Obj, places: list[Place], key: str) -> int:
    rolling = section(owner, "spec", "updateStrategy", "rollingUpdate")
    return share(rolling.get(key, 0), sum(1 for place in places if place.runs), up=True)


def _surge(owner: Obj, places: list[Place]) -> int:
    return _limit(owner, places, "maxSurge")


def _unavailable(owner: Obj, places: list[Place]) -> int:
    return _limit(owner, places, "maxUnavailable")
