"""Listing 10,000 pods from a frozen simulator in another process: `python -m bench.lists`.

The budget is relative, because the server is Python here: 1.5 times what the same pages take to be sent and
decoded by nothing but httpx2 and msgspec.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import resource
import time
from collections.abc import Awaitable, Callable
from multiprocessing.connection import Connection as Pipe
from typing import Any

import httpx2
import msgspec

from kubesteer.adapters.kubernetes.clusters import KubernetesCluster
from kubesteer.adapters.kubernetes.connections import Connection, Options, find_connection
from kubesteer.analyzers.resources.pods import Pod
from kubesteer.engine.inventories import take_inventory
from kubesteer.simulator import Simulator

PODS = 10_000
FACTOR = 1.5
MEGABYTES = 300.0
RUNS = 5

Measure = Callable[[Connection], Awaitable[int]]


class Metadata(msgspec.Struct):
    """Of a page."""

    continue_: str = msgspec.field(name="continue", default="")


class Page(msgspec.Struct):
    """A page of pods in the shape that rules read."""

    metadata: Metadata
    items: list[Pod]


def pod(number: int) -> dict[str, Any]:
    """A pod as a cluster has it: 4 kB, half of it bookkeeping."""
    name = f"service-{number % 400}-6d5f9c7b8-{number:05d}"
    fields = {f'k:{{"name":"VARIABLE_{n}"}}': {".": {}, "f:name": {}, "f:value": {}} for n in range(12)}
    managed = {
        "manager": "kube-controller-manager",
        "operation": "Update",
        "apiVersion": "v1",
        "fieldsType": "FieldsV1",
    }
    container = {
        "name": "app",
        "image": "registry.example.com/team/service:v1.2.3",
        "resources": {"requests": {"cpu": "100m", "memory": "128Mi"}, "limits": {"memory": "256Mi"}},
        "env": [{"name": f"VARIABLE_{n}", "value": "some value of ordinary length"} for n in range(12)],
    }
    state = {"running": {"startedAt": "2026-01-01T00:00:00Z"}}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "name": name,
            "namespace": f"team-{number % 20}",
            "labels": {"app": f"service-{number % 400}", "pod-template-hash": "6d5f9c7b8"},
            "managedFields": [{**managed, "fieldsV1": {"f:spec": {"f:containers": fields}}}],
        },
        "spec": {"nodeName": f"node-{number % 100}", "containers": [container]},
        "status": {
            "phase": "Running",
            "podIP": f"10.244.{number // 250}.{number % 250}",
            "conditions": [{"type": "Ready", "status": "True"}],
            "containerStatuses": [
                {"name": "app", "ready": True, "restartCount": 0, "image": container["image"], "state": state}
            ],
        },
    }


def serve(pipe: Pipe) -> None:
    """The other process: tells its address, and ends when it is told to."""
    with Simulator([pod(number) for number in range(PODS)], frozen=True) as simulator:
        pipe.send(simulator.url)
        pipe.recv()


async def bare(connection: Connection) -> int:
    """The same pages without us."""
    decoder, count, more = msgspec.json.Decoder(Page), 0, ""
    async with httpx2.AsyncClient(base_url=connection.server, timeout=60) as http:
        while True:
            params = {"limit": "500", **({"continue": more} if more else {})}
            page = decoder.decode((await http.get("/api/v1/pods", params=params)).content)
            count, more = count + len(page.items), page.metadata.continue_
            if not more:
                return count


async def listed(connection: Connection) -> int:
    """The adapter's list."""
    async with KubernetesCluster(connection) as cluster:
        return len((await cluster.collect("Pod", shape=Pod)).items)


async def inventory(connection: Connection) -> int:
    """Every name there is, as each question begins."""
    async with KubernetesCluster(connection) as cluster:
        return sum(item.ref.kind == "Pod" for item in (await take_inventory(cluster)).items)


def seconds(measure: Measure, connection: Connection) -> float:
    """Seconds of one run.

    Raises:
        SystemExit: it did not see every pod.
    """
    started = time.perf_counter()
    count = asyncio.run(_counted(measure(connection)))
    if count != PODS:
        raise SystemExit(f"{count} pods came where {PODS} were expected")
    return time.perf_counter() - started


def best(measures: tuple[Measure, ...], connection: Connection) -> list[float]:
    """The least seconds of each; they take turns, so that a busy machine is unfair to none."""
    runs = [[seconds(measure, connection) for measure in measures] for _ in range(RUNS)]
    return [min(times) for times in zip(*runs, strict=True)]


async def _counted(measure: Awaitable[int]) -> int:
    return await measure


def line(name: str, measured: float, unit: str, budget: float | None) -> None:
    """One figure beside its budget."""
    said = f"{budget:8.2f} {unit}" if budget is not None else "       -"
    print(f"{name:44} {measured:8.2f} {unit:2}  budget {said}", flush=True)


def main() -> None:
    ours, theirs = multiprocessing.get_context("spawn").Pipe()
    server = multiprocessing.get_context("spawn").Process(target=serve, args=(theirs,), daemon=True)
    server.start()
    connection = find_connection(Options(server=ours.recv()), {})
    floor, whole, names = best((bare, listed, inventory), connection)
    line(f"{PODS} pods, sent and decoded without us", floor, "s", None)
    line(f"{PODS} pods, listed", whole, "s", FACTOR * floor)
    line(f"inventory with {PODS} pods, names alone", names, "s", None)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    line("peak memory", peak, "MB", MEGABYTES)
    ours.send("enough")
    server.join(30)


if __name__ == "__main__":
    main()
