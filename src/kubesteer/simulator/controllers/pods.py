"""Pods as their controllers judge them: active, available, and which of several goes first."""

import re
from collections.abc import Iterable

from kubesteer.simulator.controllers.access import PODS, Access
from kubesteer.simulator.failures import Failure
from kubesteer.simulator.objects import (
    Obj,
    annotations_of,
    clone,
    condition_is,
    controller_of,
    items,
    labels_of,
    name_of,
    namespace_of,
    number,
    owner_reference,
    section,
    terminating,
    text,
)
from kubesteer.simulator.selectors import matches

OVER = ("Succeeded", "Failed")
MOST_WAITING = 300
COST = re.compile(r"-?[0-9]{1,10}")
DELETION_COST = "controller.kubernetes.io/pod-deletion-cost"
PHASES = {"Pending": 0, "Unknown": 1, "Running": 2}


def is_active(pod: Obj) -> bool:
    """Neither over nor being deleted."""
    return text(pod, "status", "phase") not in OVER and not terminating(pod)


def is_ready(pod: Obj) -> bool:
    """Whether it gets traffic."""
    return condition_is(pod, "Ready")


def availability(access: Access, pod: Obj, min_ready: int) -> float | None:
    """Simulated seconds until a pod is available (0: it is), None while it is not ready."""
    if not is_ready(pod) or terminating(pod):
        return None
    return max(min_ready - access.ready_for(pod), 0.0) if min_ready else 0.0


def soonest(waits: Iterable[float | None]) -> float | None:
    """The least of the waits that are still to come."""
    return min((wait for wait in waits if wait), default=None)


def room_for_more(pods: Iterable[Obj]) -> int:
    """How many pods may be made in one go beside those that wait for a node already.

    A real cluster would go on making pods that nobody can place; this one, where two billion replicas are as
    quickly asked for, stops at some.
    """
    return max(MOST_WAITING - sum(1 for pod in pods if not text(pod, "spec", "nodeName")), 0)


def restarts(pod: Obj) -> int:
    """How often its containers were restarted, the most restarted one."""
    return max(
        (number(status, "restartCount") for status in items(pod, "status", "containerStatuses")), default=0
    )


def deletion_order(pod: Obj) -> tuple[int, int, int, int, int, str]:
    """Sorts pods so that those which are missed least come first.

    Source: k8s.io/kubernetes/pkg/controller ActivePodsWithRanks: unassigned, pending, unready, cheap,
    restarted, young.
    """
    cost = annotations_of(pod).get(DELETION_COST, "0")
    return (
        1 if text(pod, "spec", "nodeName") else 0,
        PHASES.get(text(pod, "status", "phase"), 0),
        1 if is_ready(pod) else 0,
        int(cost) if COST.fullmatch(cost) else 0,
        -restarts(pod),
        _youngest_first(text(pod, "metadata", "creationTimestamp")),
    )


def _youngest_first(stamp: str) -> str:
    """Turns the order of time stamps round: each digit is replaced by its complement."""
    return "".join(str(9 - int(sign)) if sign.isdecimal() else sign for sign in stamp)


def pod_of_template(owner: Obj, template: Obj, name: str = "") -> Obj:
    """A pod as its controller makes it; without a name it is generated from the owner's."""
    metadata = clone(section(template, "metadata"))
    kept: Obj = {key: metadata[key] for key in ("labels", "annotations", "finalizers") if metadata.get(key)}
    called = {"name": name} if name else {"generateName": f"{name_of(owner)}-"}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            **called,
            "namespace": namespace_of(owner),
            **kept,
            "ownerReferences": [owner_reference(owner)],
        },
        "spec": clone(section(template, "spec")),
    }


class PodControl:
    """Creating, adopting and deleting pods for an owner, with the events that tell it."""

    def __init__(self, access: Access) -> None:
        self.access = access

    def create(self, owner: Obj, pod: Obj) -> Obj:
        """Create a pod. Raises Failure, having told it."""
        try:
            made = self.access.create(PODS, pod)
        except Failure as failure:
            self.access.warning(owner, "FailedCreate", f"Error creating: {failure.message}")
            raise
        self.access.normal(owner, "SuccessfulCreate", f"Created pod: {name_of(made)}")
        return made

    def delete(self, owner: Obj, pod: Obj) -> None:
        """Delete a pod."""
        self.access.delete(PODS, pod)
        self.access.normal(owner, "SuccessfulDelete", f"Deleted pod: {name_of(pod)}")

    def claim(self, owner: Obj) -> list[Obj]:
        """The pods of an owner: orphans that its selector matches are adopted, others released."""
        selector = section(owner, "spec").get("selector")
        kept = []
        for pod in self.access.store.list(PODS, namespace_of(owner)):
            fits, held = matches(selector, labels_of(pod)), controller_of(pod)
            if held is None and fits and is_active(pod) and not terminating(owner):
                kept.append(self._adopt(owner, pod))
            elif held is not None and held.get("uid") == owner["metadata"]["uid"]:
                if fits:
                    kept.append(pod)
                else:
                    self._release(owner, pod)
        return kept

    def _adopt(self, owner: Obj, pod: Obj) -> Obj:
        def change(stored: Obj) -> Obj:
            held = items(stored, "metadata", "ownerReferences")
            stored["metadata"]["ownerReferences"] = [*held, owner_reference(owner)]
            return stored

        return self.access.update(PODS, pod, change)

    def _release(self, owner: Obj, pod: Obj) -> None:
        def change(stored: Obj) -> Obj:
            held = items(stored, "metadata", "ownerReferences")
            left = [one for one in held if one.get("uid") != owner["metadata"]["uid"]]
            stored["metadata"]["ownerReferences"] = left
            if not left:
                del stored["metadata"]["ownerReferences"]
            return stored

        self.access.update(PODS, pod, change)
