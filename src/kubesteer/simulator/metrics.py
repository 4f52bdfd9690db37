"""Usage of pods and nodes, as metrics-server reports it.

Source: https://github.com/kubernetes/metrics (metrics.k8s.io/v1beta1).
"""

from collections.abc import Callable
from decimal import Decimal
from typing import Protocol

from kubesteer.simulator.clock import Clock
from kubesteer.simulator.failures import Failure, not_found
from kubesteer.simulator.objects import Obj, items, labels_of, name_of, namespace_of, section, text
from kubesteer.simulator.quantities import amount
from kubesteer.simulator.store import Store

PODS, NODES = ("", "pods"), ("", "nodes")
WINDOW_SECONDS = 15
SYSTEM_CPU, SYSTEM_MEMORY = Decimal("0.08"), Decimal(400 * 2**20)
"""What a node's own daemons use, in cores and bytes."""


class Usage(Protocol):
    """Who knows what a container uses now."""

    def __call__(self, pod: Obj, container: str, /) -> tuple[Decimal, Decimal] | None:
        """Cores and bytes; None while the container does not run."""
        ...


def _usage(cpu: Decimal, memory: Decimal) -> Obj:
    return {"cpu": f"{int(cpu * 10**9)}n", "memory": f"{int(memory) // 1024}Ki"}


def _measured(kind: str, obj: Obj, now: str) -> Obj:
    metadata: Obj = {"name": name_of(obj), "creationTimestamp": now}
    if namespace_of(obj):
        metadata["namespace"] = namespace_of(obj)
    if labels := labels_of(obj):
        metadata["labels"] = labels
    version = "metrics.k8s.io/v1beta1"
    return {
        "kind": kind,
        "apiVersion": version,
        "metadata": metadata,
        "timestamp": now,
        "window": f"{WINDOW_SECONDS}.0s",
    }


class Metrics:
    """Builds PodMetrics and NodeMetrics from what runs."""

    def __init__(self, store: Store, clock: Clock, usage: Usage) -> None:
        self.store = store
        self.clock = clock
        self.usage = usage

    def pod(self, pod: Obj, now: str) -> Obj | None:
        """One pod's usage, None while no container of it runs."""
        measured = []
        for container in items(pod, "spec", "containers"):
            if (found := self.usage(pod, container["name"])) is not None:
                measured.append({"name": container["name"], "usage": _usage(*found)})
        return {**_measured("PodMetrics", pod, now), "containers": measured} if measured else None

    def pods(self, namespace: str, chosen: Callable[[Obj], bool]) -> list[Obj]:
        """The usage of all running pods of a namespace ("" = all)."""
        now = self.clock.stamp()
        found = (self.pod(pod, now) for pod in self.store.list(PODS, namespace) if chosen(pod))
        return [measured for measured in found if measured is not None]

    def nodes(self, nodes: list[Obj]) -> list[Obj]:
        """The usage of nodes: their pods' and that of their own daemons."""
        now = self.clock.stamp()
        used = {name_of(node): (SYSTEM_CPU, SYSTEM_MEMORY) for node in nodes}
        for pod in self.store.list(PODS):
            name = text(pod, "spec", "nodeName")
            if name in used:
                used[name] = self._with(used[name], pod)
        return [self._node(node, used[name_of(node)], now) for node in nodes]

    def _with(self, used: tuple[Decimal, Decimal], pod: Obj) -> tuple[Decimal, Decimal]:
        cpu, memory = used
        for container in items(pod, "spec", "containers"):
            if found := self.usage(pod, container["name"]):
                cpu, memory = cpu + found[0], memory + found[1]
        return cpu, memory

    def _node(self, node: Obj, used: tuple[Decimal, Decimal], now: str) -> Obj:
        held = amount(section(node, "status", "capacity").get("cpu", 0))
        cpu, memory = used
        return {**_measured("NodeMetrics", node, now), "usage": _usage(min(cpu, held or cpu), memory)}

    def answer(self, plural: str, namespace: str, name: str, chosen: Callable[[Obj], bool]) -> Obj:
        """What a path below `/apis/metrics.k8s.io/v1beta1` shows. Raises Failure 404."""
        if name:
            return self._one(plural, namespace, name)
        if plural == "nodes":
            found = self.nodes([node for node in self.store.list(NODES) if chosen(node)])
        else:
            found = self.pods(namespace, chosen)
        kind = "NodeMetricsList" if plural == "nodes" else "PodMetricsList"
        return {"kind": kind, "apiVersion": "metrics.k8s.io/v1beta1", "metadata": {}, "items": found}

    def _one(self, plural: str, namespace: str, name: str) -> Obj:
        obj = self.store.get(NODES if plural == "nodes" else PODS, namespace, name)
        if obj is None:
            raise self._unknown(plural, namespace, name)
        if plural == "nodes":
            return self.nodes([obj])[0]
        measured = self.pod(obj, self.clock.stamp())
        if measured is None:
            raise self._unknown(plural, namespace, name)
        return measured

    def _unknown(self, plural: str, namespace: str, name: str) -> Failure:
        kind = "nodemetrics" if plural == "nodes" else "podmetrics"
        return not_found("metrics.k8s.io", kind, f"{namespace}/{name}" if namespace else name)
