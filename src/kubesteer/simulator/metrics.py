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


def _metadata(obj: Obj, clock: Clock) -> Obj:
    found: Obj = {"name": name_of(obj), "creationTimestamp": clock.stamp()}
    if namespace_of(obj):
        found["namespace"] = namespace_of(obj)
    if labels_of(obj):
        found["labels"] = labels_of(obj)
    return found


def _usage(cpu: Decimal, memory: Decimal) -> Obj:
    return {"cpu": f"{int(cpu * 10**9)}n", "memory": f"{int(memory) // 1024}Ki"}


class Metrics:
    """Builds PodMetrics and NodeMetrics from what runs."""

    def __init__(self, store: Store, clock: Clock, usage: Usage) -> None:
        self.store = store
        self.clock = clock
        self.usage = usage

    def _measured(self, kind: str, obj: Obj) -> Obj:
        window = f"{WINDOW_SECONDS}.0s"
        times = {"timestamp": self.clock.stamp(), "window": window}
        return {
            "kind": kind,
            "apiVersion": "metrics.k8s.io/v1beta1",
            "metadata": _metadata(obj, self.clock),
            **times,
        }

    def pod(self, pod: Obj) -> Obj | None:
        """One pod's usage, None while no container of it runs."""
        measured = []
        for container in items(pod, "spec", "containers"):
            if (found := self.usage(pod, container["name"])) is not None:
                measured.append({"name": container["name"], "usage": _usage(*found)})
        return {**self._measured("PodMetrics", pod), "containers": measured} if measured else None

    def pods(self, namespace: str, chosen: Callable[[Obj], bool]) -> list[Obj]:
        """The usage of all running pods of a namespace ("" = all)."""
        found = (self.pod(pod) for pod in self.store.list(PODS, namespace) if chosen(pod))
        return [measured for measured in found if measured is not None]

    def _pods_by_node(self) -> dict[str, list[Obj]]:
        found: dict[str, list[Obj]] = {}
        for pod in self.store.list(PODS):
            found.setdefault(text(pod, "spec", "nodeName"), []).append(pod)
        return found

    def node(self, node: Obj, pods: list[Obj]) -> Obj:
        """One node's usage: its pods' and that of its own daemons."""
        cpu, memory = SYSTEM_CPU, SYSTEM_MEMORY
        for pod in pods:
            for container in items(pod, "spec", "containers"):
                used = self.usage(pod, container["name"]) or (Decimal(0), Decimal(0))
                cpu, memory = cpu + used[0], memory + used[1]
        held = amount(section(node, "status", "capacity").get("cpu", 0))
        return {**self._measured("NodeMetrics", node), "usage": _usage(min(cpu, held or cpu), memory)}

    def answer(self, plural: str, namespace: str, name: str, chosen: Callable[[Obj], bool]) -> Obj:
        """What a path below `/apis/metrics.k8s.io/v1beta1` shows. Raises Failure 404."""
        key = NODES if plural == "nodes" else PODS
        placed = self._pods_by_node() if plural == "nodes" else {}
        if name:
            obj = self.store.get(key, namespace, name)
            measured = (
                (self.node(obj, placed.get(name, [])) if plural == "nodes" else self.pod(obj))
                if obj
                else None
            )
            if measured is None:
                raise self._unknown(plural, namespace, name)
            return measured
        if plural == "nodes":
            nodes = [node for node in self.store.list(NODES) if chosen(node)]
            found = [self.node(node, placed.get(name_of(node), [])) for node in nodes]
        else:
            found = self.pods(namespace, chosen)
        kind = "NodeMetricsList" if plural == "nodes" else "PodMetricsList"
        return {"kind": kind, "apiVersion": "metrics.k8s.io/v1beta1", "metadata": {}, "items": found}

    def _unknown(self, plural: str, namespace: str, name: str) -> Failure:
        kind = "nodemetrics" if plural == "nodes" else "podmetrics"
        return not_found("metrics.k8s.io", kind, f"{namespace}/{name}" if namespace else name)
