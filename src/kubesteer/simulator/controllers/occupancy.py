"""What is taken of each node: the requests and host ports of the pods that are bound to it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from kubesteer.simulator.admission.quotas import pod_total
from kubesteer.simulator.controllers.access import PODS
from kubesteer.simulator.objects import Obj, items, section, text, uid_of
from kubesteer.simulator.store import Change, Store


@dataclass(frozen=True, slots=True)
class Demand:
    """What one pod asks of its node."""

    requests: Mapping[str, Decimal]
    ports: frozenset[tuple[str, int]] = frozenset()


@dataclass(slots=True)
class Taken:
    """The pods of one node, by UID."""

    pods: dict[str, Obj] = field(default_factory=dict)
    demands: dict[str, Demand] = field(default_factory=dict)

    def total(self, resource: str) -> Decimal:
        """The sum of what the pods request of a resource."""
        return sum((d.requests.get(resource, Decimal(0)) for d in self.demands.values()), Decimal(0))

    @property
    def ports(self) -> frozenset[tuple[str, int]]:
        """Host ports in use, as (protocol, port)."""
        return frozenset(port for demand in self.demands.values() for port in demand.ports)


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
        for pod in store.list(PODS):
            self._note(pod)

    def of(self, node: str) -> Taken:
        """What is taken of a node."""
        return self._nodes.setdefault(node, Taken())

    def follow(self, change: Change) -> None:
        """Take a change of a pod into account."""
        if change.key != PODS:
            return
        if change.before is not None:
            self._forget(change.before)
        if change.type != "DELETED":
            self._note(change.entry.obj)

    def _note(self, pod: Obj) -> None:
        node = text(pod, "spec", "nodeName")
        if node and text(pod, "status", "phase") not in ("Succeeded", "Failed"):
            taken = self.of(node)
            taken.pods[uid_of(pod)] = pod
            taken.demands[uid_of(pod)] = demand_of(pod)

    def _forget(self, pod: Obj) -> None:
        taken = self._nodes.get(text(pod, "spec", "nodeName"))
        if taken is not None:
            taken.pods.pop(uid_of(pod), None)
            taken.demands.pop(uid_of(pod), None)
