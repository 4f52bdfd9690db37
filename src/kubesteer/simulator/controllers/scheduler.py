"""kube-scheduler: every pod without a node gets one, or is told why not."""

from collections.abc import Iterable
from decimal import Decimal

from kubesteer.simulator.controllers.access import NODES, PODS, Access
from kubesteer.simulator.controllers.binding import VolumeBinding
from kubesteer.simulator.controllers.fits import refusal, sentence, sentence_of_all
from kubesteer.simulator.controllers.occupancy import Occupancy, owner_of
from kubesteer.simulator.objects import (
    Obj,
    condition,
    items,
    labels_of,
    name_of,
    namespace_of,
    section,
    terminating,
    text,
    with_condition,
)
from kubesteer.simulator.quantities import amount
from kubesteer.simulator.selectors import matches_expressions
from kubesteer.simulator.store import Change, ObjectKey
from kubesteer.simulator.writes import Writer

COMPONENT = "default-scheduler"
BINDING = Writer("kube-scheduler", "binding", trusted=True)
RETRY_SECONDS = 300.0
"""A pod that did not fit is tried again after so long even if nothing has changed."""
FREEING = frozenset({NODES, ("", "persistentvolumeclaims"), ("", "persistentvolumes")})


class Scheduler:
    """The controller over pods without a node."""

    def __init__(self, access: Access) -> None:
        self.access = access
        self.occupancy = Occupancy(access.store)
        self.volumes = VolumeBinding(access)
        self._waiting: set[ObjectKey] = set()

    def concerns(self, change: Change) -> Iterable[ObjectKey]:
        """Pods without a node; all that wait, when room may have come up."""
        self.occupancy.follow(change)
        if change.key == PODS:
            pod = change.entry.obj
            key = (namespace_of(pod), name_of(pod))
            if _is_ours(pod) and change.type != "DELETED":
                if _asks_anew(change):
                    yield key
                return
            self._waiting.discard(key)
            if _frees(change):
                yield from sorted(self._waiting)
        elif change.key in FREEING:
            yield from sorted(self._waiting)

    def reconcile(self, key: ObjectKey) -> float | None:
        """Bind a pod, or say why not."""
        pod = self.access.store.get(PODS, *key)
        if pod is None or not _is_ours(pod) or terminating(pod):
            self._waiting.discard(key)
            return None
        self._waiting.add(key)
        if items(pod, "spec", "schedulingGates"):
            message = "Scheduling is blocked due to non-empty scheduling gates"
            self._tell(pod, "SchedulingGated", message)
            return None
        return self._place(pod)

    def _place(self, pod: Obj) -> float | None:
        nodes = self.access.store.list(NODES)
        if why := self.volumes.missing(pod):
            return self._refuse(pod, sentence_of_all(len(nodes), why))
        refusals, fitting = [], []
        for node in nodes:
            found = refusal(pod, node, nodes, self.occupancy) or self.volumes.refusal(pod, node)
            if found is None:
                fitting.append(node)
            else:
                refusals.append(found)
        if not fitting:
            return self._refuse(pod, sentence(refusals))
        chosen = min(fitting, key=lambda node: self._cost(pod, node))
        if self.volumes.await_binding(pod, chosen):
            return None
        self._bind(pod, name_of(chosen))
        return None

    def _cost(self, pod: Obj, node: Obj) -> tuple[int, int, Decimal, int, str]:
        """Sorts nodes: preferred ones, few pods of the same owner, then little taken, then by name."""
        taken = self.occupancy.of(name_of(node))
        siblings = taken.owners[owner_of(pod)] if owner_of(pod) else 0
        room = amount(section(node, "status", "allocatable").get("cpu", 1)) or Decimal(1)
        share = taken.total("cpu") / room
        return -_preference(pod, node), siblings, share, len(taken.pods), name_of(node)

    def _bind(self, pod: Obj, node: str) -> None:
        now = self.access.clock.stamp()
        scheduled = {"type": "PodScheduled", "status": "True"}

        def change(stored: Obj) -> Obj:
            stored["spec"]["nodeName"] = node
            kept = items(stored, "status", "conditions")
            stored["status"] = {
                **section(stored, "status"),
                "conditions": with_condition(kept, scheduled, now),
            }
            return stored

        self._waiting.discard((namespace_of(pod), name_of(pod)))
        resource = self.access.resource(PODS)
        self.access.cluster.update(resource, namespace_of(pod), name_of(pod), change, BINDING)
        message = f"Successfully assigned {namespace_of(pod)}/{name_of(pod)} to {node}"
        self.access.recorder.record(pod, "Normal", "Scheduled", message, COMPONENT)

    def _refuse(self, pod: Obj, message: str) -> float:
        self._tell(pod, "Unschedulable", message)
        self.access.recorder.record(pod, "Warning", "FailedScheduling", message, COMPONENT)
        return RETRY_SECONDS

    def _tell(self, pod: Obj, reason: str, message: str) -> None:
        before = condition(pod, "PodScheduled") or {}
        if (before.get("reason"), before.get("message")) == (reason, message):
            return
        entry = {"type": "PodScheduled", "status": "False"}
        entry |= {"reason": reason, "message": message}
        conditions = with_condition(items(pod, "status", "conditions"), entry, self.access.clock.stamp())
        self.access.set_status(PODS, pod, {**section(pod, "status"), "conditions": conditions})


def _is_ours(pod: Obj) -> bool:
    """Whether a pod waits for this scheduler."""
    scheduler = text(pod, "spec", "schedulerName", default=COMPONENT)
    over = text(pod, "status", "phase") in ("Succeeded", "Failed")
    return not text(pod, "spec", "nodeName") and scheduler == COMPONENT and not over


def _asks_anew(change: Change) -> bool:
    """Whether a pod is new, or more than its status has changed."""
    before, after = change.before, change.entry.obj
    return before is None or before.get("spec") != after.get("spec") or labels_of(before) != labels_of(after)


def _frees(change: Change) -> bool:
    """Whether a pod leaves its node."""
    over = text(change.entry.obj, "status", "phase") in ("Succeeded", "Failed")
    return bool(text(change.entry.obj, "spec", "nodeName")) and (change.type == "DELETED" or over)


def _preference(pod: Obj, node: Obj) -> int:
    """The sum of the weights of preferred node affinities that a node meets."""
    preferred = items(
        pod, "spec", "affinity", "nodeAffinity", "preferredDuringSchedulingIgnoredDuringExecution"
    )
    return sum(
        int(one.get("weight") or 0)
        for one in preferred
        if matches_expressions(items(one, "preference", "matchExpressions"), labels_of(node))
    )
