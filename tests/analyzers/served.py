"""Examples served by the simulator and looked at through the adapter, as a real cluster would be."""

from __future__ import annotations

import copy
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import httpx2
from manifests import Example, Manifest
from worlds import NOW, stamped

from kubesteer.adapters.kubernetes.clusters import KubernetesCluster
from kubesteer.adapters.kubernetes.connections import Connection
from kubesteer.core.clusters import Usage
from kubesteer.core.refs import Ref
from kubesteer.simulator import Clock, Fault, Simulator

SAID = "simulator.kubesteer.io/logs"
"""The annotation that says what a container of a pod writes."""
Logs = dict[tuple[Ref, str], tuple[str, ...]]
MOMENT = datetime.fromisoformat(NOW).astimezone(UTC)
SERVER = "http://127.0.0.1"
CLASSES = "/apis/storage.k8s.io/v1/storageclasses"


def saying(manifest: Manifest, logs: Logs) -> Manifest:
    """A pod of a workload whose containers say something, with what they say; anything else as it is."""
    name = manifest["metadata"]["name"]
    said = {
        f"{SAID}.{container}": "\n".join(lines)
        for (ref, container), lines in logs.items()
        if manifest["kind"] == "Pod" and f"{name}-".startswith(f"{ref.name}-")
    }
    copied = copy.deepcopy(stamped(manifest))
    if said:
        copied["metadata"].setdefault("annotations", {}).update(said)
    return copied


def _metrics(usage: Usage) -> dict[str, Any]:
    """What metrics.k8s.io/v1beta1 would have to say for a usage to be this one."""
    figures = {
        container: {"cpu": f"{round(cores * 1e9)}n", "memory": str(round(usage.memory[container]))}
        for container, cores in usage.cpu.items()
    }
    metadata = {"name": usage.ref.name, "namespace": usage.ref.namespace}
    measured = {"metadata": metadata, "timestamp": usage.timestamp, "window": "30s"}
    if usage.ref.kind == "Node":
        return {**measured, "usage": figures[""]}
    return {**measured, "containers": [{"name": name, "usage": used} for name, used in figures.items()]}


def _measured(plural: str, kind: str, usage: Iterable[Usage]) -> Fault:
    """The answer of the metrics API, in place of what the simulator makes up."""
    items = [_metrics(each) for each in usage if each.ref.kind == kind]
    body = {
        "apiVersion": "metrics.k8s.io/v1beta1",
        "kind": f"{kind}MetricsList",
        "metadata": {},
        "items": items,
    }
    return Fault(path_regex=f"^/apis/metrics.k8s.io/v1beta1/.*{plural}", body=body)


def simulated(example: Example, *, sick: bool) -> Simulator:
    """A cluster in which one of an example's worlds stands still, statuses and times as given."""
    logs = example.logs if sick else example.healthy_logs
    objects = [saying(each, logs) for each in (example.sick if sick else example.healthy)]
    clock = Clock(now=lambda: MOMENT)
    simulator = Simulator(objects, nodes=0, frozen=True, clock=clock)
    simulator.faults.add(_measured("pods", "Pod", example.usage))
    simulator.faults.add(_measured("nodes", "Node", example.usage))
    return simulator


@asynccontextmanager
async def served(example: Example, *, sick: bool) -> AsyncIterator[KubernetesCluster]:
    """The adapter, whose requests go to the API server of such a cluster without a socket in between.

    The class that a simulator brings of itself is gone: examples say which classes there are.
    """
    transport = httpx2.ASGITransport(simulated(example, sick=sick).application)
    async with httpx2.AsyncClient(base_url=SERVER, transport=transport) as client:
        (await client.delete(f"{CLASSES}/standard")).raise_for_status()
    async with KubernetesCluster(Connection(SERVER), transport=transport) as cluster:
        yield cluster
