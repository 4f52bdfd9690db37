"""Nodes: taints that follow their conditions, and the pods that do not bear them.

Source: pkg/controller/{nodelifecycle,tainteviction,podgc} of the 1.34 release.
"""

from collections.abc import Iterable
from datetime import datetime

from kubesteer.simulator.controllers.access import NODES, PODS, Access, own_key
from kubesteer.simulator.controllers.fits import tolerates
from kubesteer.simulator.objects import (
    Obj,
    condition,
    flag,
    items,
    name_of,
    namespace_of,
    section,
    terminating,
    text,
    uid_of,
    with_condition,
)
from kubesteer.simulator.store import Change, ObjectKey

UNSCHEDULABLE = "node.kubernetes.io/unschedulable"
NOT_READY, UNREACHABLE = "node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"
PRESSURES = {
    "MemoryPressure": "node.kubernetes.io/memory-pressure",
    "DiskPressure": "node.kubernetes.io/disk-pressure",
    "PIDPressure": "node.kubernetes.io/pid-pressure",
    "NetworkUnavailable": "node.kubernetes.io/network-unavailable",
}
OURS = frozenset({UNSCHEDULABLE, NOT_READY, UNREACHABLE, *PRESSURES.values()})


class Nodes:
    """The controller."""

    def __init__(self, access: Access) -> None:
        self.access = access
        self._since: dict[tuple[str, str], datetime] = {}
        """When a pod (by UID) was first seen to be under a taint (by key) that it bears for a while only."""
        self._ready: dict[str, str] = {}

    def concerns(self, change: Change) -> Iterable[ObjectKey]:
        """Nodes, and those of pods that arrive or change what they bear."""
        yield from own_key(change, NODES)
        arrives = change.key == PODS and (change.type == "ADDED" or self._arrives(change))
        if arrives and text(change.entry.obj, "spec", "nodeName"):
            yield "", text(change.entry.obj, "spec", "nodeName")

    def _arrives(self, change: Change) -> bool:
        before = text(change.before, "spec", "nodeName") if change.before else ""
        return change.key == PODS and change.type == "MODIFIED" and not before

    def reconcile(self, key: ObjectKey) -> float | None:
        """Set the taints, mark the pods of a dead node, and evict."""
        node = self.access.store.get(NODES, *key)
        pods = [pod for pod in self.access.store.list(PODS) if text(pod, "spec", "nodeName") == key[1]]
        if node is None:
            self._orphaned(key[1], pods)
            return None
        node = self._taint(node)
        self._tell(node, pods)
        waits = [self._evict(node, pod) for pod in pods if not terminating(pod)]
        return min((wait for wait in waits if wait is not None), default=None)

    def _orphaned(self, node: str, pods: list[Obj]) -> None:
        """The pods of a node that was deleted: nobody is left who could stop them."""
        self._ready.pop(node, None)
        for pod in pods:
            self.access.delete(PODS, pod, grace=0)

    def _taint(self, node: Obj) -> Obj:
        held = items(node, "spec", "taints")
        wanted = _wanted_taints(node)
        marks = {(one["key"], one["effect"]) for one in wanted}
        kept = [one for one in held if one.get("key") not in OURS]
        kept += [one for one in held if (one.get("key"), one.get("effect")) in marks]
        known = {(one.get("key"), one.get("effect")) for one in kept}
        added = [one for one in wanted if (one["key"], one["effect"]) not in known]
        taints = [*kept, *(_timed(one, self.access.clock.stamp()) for one in added)]
        if taints == held:
            return node

        def change(stored: Obj) -> Obj:
            spec = stored.setdefault("spec", {})
            if taints:
                spec["taints"] = taints
            else:
                spec.pop("taints", None)
            return stored

        return self.access.update(NODES, node, change)

    def _tell(self, node: Obj, pods: list[Obj]) -> None:
        """A node that stops answering: an event, and pods that do not count as ready any more."""
        now = text(condition(node, "Ready") or {}, "status", default="Unknown")
        before = self._ready.get(name_of(node))
        self._ready[name_of(node)] = now
        if before is None or now == before:
            return
        word = "NodeReady" if now == "True" else "NodeNotReady"
        self.access.recorder.record(
            node, "Normal", word, f"Node {name_of(node)} status is now: {word}", "node-controller"
        )
        if now != "True":
            for pod in pods:
                self._unready(pod)

    def _unready(self, pod: Obj) -> None:
        if text(pod, "status", "phase") in ("Succeeded", "Failed"):
            return
        entry = {**(condition(pod, "Ready") or {"type": "Ready"}), "status": "False"}
        entry.pop("lastTransitionTime", None)
        conditions = with_condition(items(pod, "status", "conditions"), entry, self.access.clock.stamp())
        self.access.set_status(PODS, pod, {**section(pod, "status"), "conditions": conditions})
        self.access.recorder.record(pod, "Warning", "NodeNotReady", "Node is not ready", "node-controller")

    def _evict(self, node: Obj, pod: Obj) -> float | None:
        """Delete a pod that a NoExecute taint drives out; simulated seconds until it does."""
        waits = []
        for taint in items(node, "spec", "taints"):
            mark = (uid_of(pod), str(taint.get("key")))
            if taint.get("effect") != "NoExecute":
                continue
            patience = _patience(pod, taint)
            if patience is None:
                continue
            since = self._since.setdefault(mark, self.access.clock.now())
            waits.append(patience - self.access.clock.elapsed(since))
        if not waits:
            for mark in [mark for mark in self._since if mark[0] == uid_of(pod)]:
                del self._since[mark]
            return None
        if min(waits) > 0:
            return min(waits)
        message = f"Marking for deletion Pod {namespace_of(pod)}/{name_of(pod)}"
        self.access.recorder.record(
            pod, "Normal", "TaintManagerEviction", message, "taint-eviction-controller"
        )
        self.access.delete(PODS, pod)
        return None


def _wanted_taints(node: Obj) -> list[Obj]:
    """The taints that a node's conditions and its cordon ask for."""
    wanted = [{"key": UNSCHEDULABLE, "effect": "NoSchedule"}] if flag(node, "spec", "unschedulable") else []
    ready = condition(node, "Ready")
    if ready is None or ready.get("status") != "True":
        key = NOT_READY if ready and ready.get("status") == "False" else UNREACHABLE
        wanted += [{"key": key, "effect": "NoSchedule"}, {"key": key, "effect": "NoExecute"}]
    for kind, key in PRESSURES.items():
        if (condition(node, kind) or {}).get("status") == "True":
            wanted.append({"key": key, "effect": "NoSchedule"})
    return wanted


def _timed(taint: Obj, now: str) -> Obj:
    return {**taint, "timeAdded": now}


def _patience(pod: Obj, taint: Obj) -> float | None:
    """Simulated seconds that a pod bears a taint: None for ever, 0 not at all."""
    bearing = [
        one for one in items(pod, "spec", "tolerations") if tolerates({"spec": {"tolerations": [one]}}, taint)
    ]
    if not bearing:
        return 0.0
    limits = [one.get("tolerationSeconds") for one in bearing]
    timed = [float(limit) for limit in limits if isinstance(limit, int)]
    return min(timed) if timed else None
