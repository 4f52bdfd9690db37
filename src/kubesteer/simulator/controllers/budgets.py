"""PodDisruptionBudgets: how many pods may be evicted now.

Source: pkg/controller/disruption of the 1.34 release.
"""

from collections.abc import Iterable

from kubesteer.simulator.clock import read_stamp
from kubesteer.simulator.controllers.access import PODS, Access, own_key
from kubesteer.simulator.controllers.pods import is_ready
from kubesteer.simulator.controllers.rollouts import share
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
    text,
    with_condition,
)
from kubesteer.simulator.registry import StoreKey
from kubesteer.simulator.selectors import matches
from kubesteer.simulator.store import Change, ObjectKey

BUDGETS: StoreKey = ("policy", "poddisruptionbudgets")
SCALED: dict[str, StoreKey] = {
    "ReplicaSet": ("apps", "replicasets"),
    "StatefulSet": ("apps", "statefulsets"),
    "Deployment": ("apps", "deployments"),
}
SCALED_RESOURCES = frozenset(SCALED.values())
EVICTION_SECONDS = 120.0
"""An eviction that has not deleted its pod by then is forgotten."""


class Budgets:
    """The controller."""

    def __init__(self, access: Access) -> None:
        self.access = access

    def concerns(self, change: Change) -> Iterable[ObjectKey]:
        """Budgets, and those whose pods or workloads change."""
        yield from own_key(change, BUDGETS)
        obj = change.entry.obj
        if change.key != PODS and change.key not in SCALED_RESOURCES:
            return
        for budget in self.access.store.list(BUDGETS, namespace_of(obj)):
            selector = section(budget, "spec").get("selector")
            if change.key != PODS or matches(selector, labels_of(obj)):
                yield namespace_of(budget), name_of(budget)

    def reconcile(self, key: ObjectKey) -> float | None:
        """Count, and write the status."""
        budget = self.access.store.get(BUDGETS, *key)
        if budget is None:
            return None
        selector = section(budget, "spec").get("selector")
        pods = [
            pod
            for pod in self.access.store.list(PODS, key[0])
            if matches(selector, labels_of(pod))
            and text(pod, "status", "phase") not in ("Succeeded", "Failed")
        ]
        disrupted = self._disrupted(budget, pods)
        healthy = sum(
            1 for pod in pods if is_ready(pod) and not terminating(pod) and name_of(pod) not in disrupted
        )
        if not pods:
            self.access.normal(budget, "NoPods", "No matching pods found")
        self._write(budget, pods, healthy, disrupted)
        return EVICTION_SECONDS if disrupted else None

    def _disrupted(self, budget: Obj, pods: list[Obj]) -> dict[str, str]:
        """Evictions that were allowed and whose pods have not begun to stop."""
        staying = {name_of(pod) for pod in pods if not terminating(pod)}
        clock = self.access.clock
        return {
            name: when
            for name, when in section(budget, "status", "disruptedPods").items()
            if name in staying and clock.elapsed(read_stamp(when, clock.now())) < EVICTION_SECONDS
        }

    def _expected(self, pods: list[Obj]) -> int:
        """What the controllers of the pods want in all."""
        owners = {}
        for pod in pods:
            reference = controller_of(pod)
            key = SCALED.get(str((reference or {}).get("kind")))
            if reference and key:
                found = self.access.store.get(key, namespace_of(pod), str(reference["name"]))
                if found is not None:
                    owners[reference["uid"]] = number(self._root(found), "spec", "replicas", default=1)
        return sum(owners.values())

    def _root(self, found: Obj) -> Obj:
        """A ReplicaSet's Deployment knows how many pods are wanted in the end."""
        reference = controller_of(found)
        key = SCALED.get(str((reference or {}).get("kind")))
        if reference is None or key is None:
            return found
        return self.access.store.get(key, namespace_of(found), str(reference["name"])) or found

    def _bounds(self, budget: Obj, pods: list[Obj]) -> tuple[int, int]:
        """(expected, desired healthy)."""
        spec = section(budget, "spec")
        if "maxUnavailable" in spec:
            expected = self._expected(pods)
            return expected, max(expected - share(spec["maxUnavailable"], expected, up=True), 0)
        least = spec.get("minAvailable", 1)
        if isinstance(least, int):
            return len(pods), least
        expected = self._expected(pods)
        return expected, share(least, expected, up=True)

    def _write(self, budget: Obj, pods: list[Obj], healthy: int, disrupted: dict[str, str]) -> None:
        expected, desired = self._bounds(budget, pods)
        allowed = max(healthy - desired, 0) if expected > 0 else 0
        entry = {
            "type": "DisruptionAllowed",
            "status": "True" if allowed else "False",
            "reason": "SufficientPods" if allowed else "InsufficientPods",
            "message": "",
            "observedGeneration": number(budget, "metadata", "generation"),
        }
        now = self.access.clock.stamp()
        status: Obj = {
            "observedGeneration": number(budget, "metadata", "generation"),
            "disruptionsAllowed": allowed,
            "currentHealthy": healthy,
            "desiredHealthy": desired,
            "expectedPods": expected,
            "conditions": with_condition(items(budget, "status", "conditions"), entry, now),
        }
        if disrupted:
            status["disruptedPods"] = disrupted
        self.access.set_status(BUDGETS, budget, status)
