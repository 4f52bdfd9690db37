"""What is taken of each node: the requests and host ports of the pods that are bound to it."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from kubesteer.simulator.admission.quotas import pod_total
from kubesteer.simulator.controllers.access import PODS
from kubesteer.simulator.objects import Obj, controller_of, items, section, text, uid_of
from kubesteer.simulator.store import Change, Store


@dataclass(frozen=True, slots=True)
class Demand:
    """What one pod asks of its node."""

    requests: Mapping[str, Decimal]
    ports: frozenset[tuple[str, int]] = frozenset()


@dataclass(slots=True)
class Taken:
    """The pods of one node, by UID, with sums that are kept up to date."""

    pods: dict[str, Obj] = field(default_factory=dict)
    demands: dict[str, Demand] = field(default_factory=dict)
    totals: dict[str, Decimal] = field(default_factory=dict)
    owners: Counter[str] = field(default_factory=Counter)
    """How many pods a controller (by UID) has here."""

    def total(self, resource: str) -> Decimal:
        """The sum of what the pods request of a resource."""
        return self.totals.get(resource, Decimal(0))

    @property
    def ports(self) -> frozenset[tuple[str, int]]:
        """Host ports in use, as (protocol, port)."""
        return frozenset(port for demand in self.demands.values() for port in demand.ports)

    def add(self, pod: Obj) -> None:
        """A pod has come, or has changed."""
        self.remove(pod)
        uid, demand = uid_of(pod), demand_of(pod)
        self.pods[uid], self.demands[uid] = pod, demand
        self.owners[owner_of(pod)] += 1
        for resource, amount in demand.requests.items():
            self.totals[resource] = self.total(resource) + amount

    def remove(self, pod: Obj) -> None:
        """A pod has gone."""
        known = self.pods.pop(uid_of(pod), None)
        if known is None:
            return
        self.owners[owner_of(known)] -= 1
        for resource, amount in self.demands.pop(uid_of(pod)).requests.items():
            self.totals[resource] -= amount


def owner_of(pod: Obj) -> str:
    """The UID of a pod's controller, "" for a pod of its own."""
    return str((controller_of(pod) or {}).get("uid") or "")


def demand_of(pod: Obj) -> Demand:
    """A pod's requests by resource, and its host ports."""
    containers = [*items(pod, "spec", "containers"), *items(pod, "spec", "initContainers")]
    names = {name for c in containers for name in section(c, "resources", "requests")}
    requests = {name: pod_total(pod, "requests", name) for name in sorted(names)}
    ports = {
        (str(port.get("protocol", "TCP")), port["hostPort"])
        for container in items(pod, "spec", "containers")
        for port in items(container, "ports")
        if port.get("hostPort")
    }
    return Demand(requests, frozenset(ports))


class Occupancy:
    """Follows the pods of all nodes."""

    def __init__(self, store: Store) -> None:
        self._nodes: dict[str, Taken] = {}
        self.repelling: dict[str, tuple[str, Obj]] = {}
        """Pods (by UID) that keep others away, with their node."""
        for pod in store.list(PODS):
            self._note(pod)

    def of(self, node: str) -> Taken:
        """What is taken of a node."""
        found = self._nodes.get(node)
        if found is None:
            found = self._nodes[node] = Taken()
        return found

    def follow(self, change: Change) -> None:
        """Take a change of a pod into account."""
        if change.key != PODS:
            return
        if change.type == "DELETED":
            self._forget(change.entry.obj)
        else:
            self._note(change.entry.obj)

    def _note(self, pod: Obj) -> None:
        node = text(pod, "spec", "nodeName")
        if not node:
            return
        if text(pod, "status", "phase") in ("Succeeded", "Failed"):
            self._forget(pod)
            return
        self.of(node).add(pod)
        if section(pod, "spec", "affinity", "podAntiAffinity"):
            self.repelling[uid_of(pod)] = (node, pod)

    def _forget(self, pod: Obj) -> None:
        self.of(text(pod, "spec", "nodeName")).remove(pod)
        self.repelling.pop(uid_of(pod), None)
