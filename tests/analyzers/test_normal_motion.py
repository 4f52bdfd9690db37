"""A busy, healthy cluster in full motion: nothing to report at warning or above, whenever one looks."""

from __future__ import annotations

import time
from pathlib import Path

import httpx2
import pytest
from plants import Manifest, container, env, job_spec, service, thing, workload
from test_plants import apply, look

from kubesteer.simulator import Simulator

pytestmark = pytest.mark.long

READINESS = {"httpGet": {"port": 8080, "path": "/"}, "periodSeconds": 2}
SPEED = 4


def cluster() -> list[Manifest]:
    """What a normal namespace holds."""
    web = container(readinessProbe=READINESS, env=env(API="http://api:80/", DB="postgres://db:5432/x"))
    objects = [
        workload("web", "Deployment", web, replicas=4),
        service("web"),
        workload("api", "Deployment", container(readinessProbe=READINESS), replicas=3, behaviour={"start-after": "8"}),
        service("api"),
        workload("db", "StatefulSet"),
        service("db", port=5432, clusterIP="None"),
        workload("agent", "DaemonSet"),
        workload("asleep", replicas=0),
        service("asleep"),
        thing("Job", "done", "batch/v1", spec=job_spec(0)),
        thing("Job", "retried", "batch/v1", spec={**job_spec(1), "backoffLimit": 50}),
        thing("CronJob", "off", "batch/v1", spec={"schedule": "* * * * *", "suspend": True, "jobTemplate": {"spec": job_spec(1)}}),
        thing("CronJob", "fine", "batch/v1", spec={"schedule": "* * * * *", "jobTemplate": {"spec": job_spec(0)}}),
        thing("PersistentVolumeClaim", "later", spec={"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}),
        thing("PodDisruptionBudget", "web", "policy/v1", spec={"minAvailable": 2, "selector": {"matchLabels": {"app": "web"}}}),
        thing("NetworkPolicy", "api", "networking.k8s.io/v1", spec={
            "podSelector": {"matchLabels": {"app": "api"}},
            "ingress": [{"from": [{"podSelector": {"matchLabels": {"app": "web"}}}]}]}),
        thing("ServiceAccount", "robot"),
        thing("ConfigMap", "settings", data={"a": "b"}),
    ]  # fmt: skip
    for each in objects:
        each["metadata"]["namespace"] = "busy"
    return [thing("Namespace", "busy"), *objects]


@pytest.mark.timeout(180)
def test_nothing_alarms_while_everything_moves(tmp_path: Path) -> None:
    kubeconfig = tmp_path / "kubeconfig"
    with Simulator(cluster(), nodes=4, speed=SPEED) as simulator:
        simulator.write_kubeconfig(kubeconfig)
        alarms = watch(kubeconfig, seconds=8)  # first seconds
        roll(simulator.url)
        alarms |= watch(kubeconfig, seconds=10)
        drain(simulator.url)
        alarms |= watch(kubeconfig, seconds=10)
    assert alarms == set()


def watch(kubeconfig: Path, seconds: float) -> set[str]:
    """Everything at warning or above that shows within so many seconds."""
    alarms: set[str] = set()
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        report = look(kubeconfig)
        assert not report.blind
        alarms |= {f"{f.rule} {f.object}: {f.evidence[:2]}" for f in report.at_least("warning")}
        time.sleep(0.5)
    return alarms


def roll(url: str) -> None:
    """A new image, a scale-up, a new DaemonSet version."""
    web = container(
        image="shop/app:v2",
        readinessProbe=READINESS,
        env=env(API="http://api:80/", DB="postgres://db:5432/x"),
    )
    for manifest in (
        workload("web", "Deployment", web, replicas=8),
        workload("agent", "DaemonSet", container(image="shop/app:v2")),
        workload("db", "StatefulSet", container(image="shop/app:v2")),
    ):
        manifest["metadata"]["namespace"] = "busy"
        apply(url, manifest)


def drain(url: str) -> None:
    """Cordon a node and evict its pods, as kubectl does."""
    with httpx2.Client(base_url=url, timeout=30) as client:
        node = client.get("/api/v1/nodes").json()["items"][0]["metadata"]["name"]
        headers = {"Content-Type": "application/merge-patch+json"}
        client.patch(f"/api/v1/nodes/{node}", json={"spec": {"unschedulable": True}}, headers=headers)
        for pod in client.get(f"/api/v1/pods?fieldSelector=spec.nodeName={node}").json()["items"]:
            owners = pod["metadata"].get("ownerReferences") or [{}]
            if owners[0].get("kind") != "DaemonSet":
                path = f"/api/v1/namespaces/{pod['metadata']['namespace']}/pods/{pod['metadata']['name']}/eviction"
                body = {
                    "apiVersion": "policy/v1",
                    "kind": "Eviction",
                    "metadata": {"name": pod["metadata"]["name"]},
                }
                client.post(path, json=body)
