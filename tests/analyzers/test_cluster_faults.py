"""Faults of whole clusters on the simulator: one node, one root, however many pods suffer."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from plants import Manifest, container, env, service, thing, workload
from test_plants import look

from kubesteer.core.findings import Finding
from kubesteer.simulator import Simulator

pytestmark = pytest.mark.long

PATIENCE = 60.0
MERGE = {"Content-Type": "application/merge-patch+json"}
SINCE = "2026-01-01T00:00:00Z"
Spoil = Callable[[httpx2.Client], Any]


def shop() -> list[Manifest]:
    """A few workloads that call each other."""
    objects = [
        workload("web", "Deployment", container(env=env(API="http://api:80/")), replicas=4),
        service("web"),
        workload("api", replicas=4),
        service("api"),
        workload("db", "StatefulSet", replicas=3),
        service("db", port=5432, clusterIP="None"),
        workload("agent", "DaemonSet"),
    ]
    for each in objects:
        each["metadata"]["namespace"] = "shop"
    return [thing("Namespace", "shop"), *objects]


def down(client: httpx2.Client) -> None:
    """The kubelet of a node falls silent."""
    lost = {
        "type": "Ready",
        "status": "Unknown",
        "reason": "NodeStatusUnknown",
        "message": "Kubelet stopped posting node status.",
        "lastTransitionTime": SINCE,
    }
    client.patch(
        "/api/v1/nodes/node-01/status", json={"status": {"conditions": [lost]}}, headers=MERGE
    ).raise_for_status()


def cordon(client: httpx2.Client) -> None:
    """Every node is cordoned, and one pod is made again."""
    for node in client.get("/api/v1/nodes").json()["items"]:
        client.patch(
            f"/api/v1/nodes/{node['metadata']['name']}", json={"spec": {"unschedulable": True}}, headers=MERGE
        ).raise_for_status()
    pods = client.get("/api/v1/namespaces/shop/pods?labelSelector=app=api").json()["items"]
    client.delete(f"/api/v1/namespaces/shop/pods/{pods[0]['metadata']['name']}").raise_for_status()


def taint(client: httpx2.Client) -> None:
    """Every node is tainted, and one pod is made again."""
    for node in client.get("/api/v1/nodes").json()["items"]:
        spec = {"taints": [{"key": "maintenance", "value": "yes", "effect": "NoSchedule"}]}
        client.patch(
            f"/api/v1/nodes/{node['metadata']['name']}", json={"spec": spec}, headers=MERGE
        ).raise_for_status()
    pods = client.get("/api/v1/namespaces/shop/pods?labelSelector=app=api").json()["items"]
    client.delete(f"/api/v1/namespaces/shop/pods/{pods[0]['metadata']['name']}").raise_for_status()


@pytest.fixture
def running(tmp_path: Path) -> Iterator[tuple[httpx2.Client, Path]]:
    """The shop, up and healthy."""
    with Simulator(shop(), nodes=3, speed=60) as simulator:
        kubeconfig = simulator.write_kubeconfig(tmp_path / "kubeconfig")
        with httpx2.Client(base_url=simulator.url, timeout=30) as client:
            eventually(lambda: ready(client))
            yield client, kubeconfig


def ready(client: httpx2.Client) -> bool:
    """Every pod is."""
    pods = client.get("/api/v1/pods").json()["items"]
    states = [
        {c["type"]: c["status"] for c in pod["status"].get("conditions", [])}.get("Ready") for pod in pods
    ]
    return len(pods) >= 14 and set(states) == {"True"}


def eventually(holds: Callable[[], bool]) -> None:
    """Wait until it does."""
    until = time.monotonic() + PATIENCE
    while not holds() and time.monotonic() < until:
        time.sleep(0.5)


@pytest.mark.timeout(180)
@pytest.mark.parametrize(
    ("spoil", "expected"),
    [
        (down, {("node-not-ready", "node-01")}),
        (cordon, {("node-cordoned", f"node-0{n}") for n in (1, 2, 3)}),
        (taint, {("unschedulable-taint", "api")}),
    ],
    ids=["down", "cordon", "taint"],
)
def test_one_root(running: tuple[httpx2.Client, Path], spoil: Spoil, expected: set[tuple[str, str]]) -> None:
    client, kubeconfig = running
    assert look(kubeconfig).at_least("warning") == ()
    spoil(client)
    seen: list[tuple[Finding, ...]] = []

    def found() -> bool:
        seen.append(look(kubeconfig).at_least("warning"))
        return {(f.rule, f.object.name) for f in seen[-1]} == expected

    eventually(found)
    assert {(f.rule, f.object.name) for f in seen[-1]} == expected
    time.sleep(5)  # and it stays the only one as symptoms spread
    last = look(kubeconfig).at_least("warning")
    assert {(f.rule, f.object.name) for f in last} == expected
