"""Every read of the contract on both servers: what it answers of objects that are really there."""

from __future__ import annotations

from typing import Any

import pytest
from clusters import Cluster
from clusters.cluster import said
from clusters.steered import steer
from clusters.workloads import deployment, pod

from kubesteer.core.errors import Forbidden, NotFound
from kubesteer.core.operations import Answer, Read
from kubesteer.operations.registry import operation

pytestmark = pytest.mark.long

DEPLOYMENTS = "apps/v1/deployments"
WEB = {"kind": "Deployment", "name": "web"}


async def look(cluster: Cluster, verb: str, /, user: str = "admin", **arguments: Any) -> Answer:
    """The answer of a read in this test's namespace."""
    made = operation(verb, {"namespace": cluster.namespace, **arguments})
    assert isinstance(made, Read)
    async with steer(cluster, user) as kube:
        return await made.look(kube)


def web(cluster: Cluster, replicas: int = 2) -> None:
    """A Deployment whose pods are ready."""
    if not cluster.supports("controllers"):
        pytest.skip("rollouts need the controller manager")
    cluster.create(DEPLOYMENTS, deployment("web", replicas=replicas))
    cluster.until(DEPLOYMENTS, "web", lambda it: it.get("status", {}).get("readyReplicas") == replicas)


async def test_the_verdict_on_a_pod(cluster: Cluster) -> None:
    cluster.create("pods", pod("my-nginx"))
    ready = cluster.until("pods", "my-nginx", lambda it: it["status"]["phase"] == "Running")
    answer = await look(cluster, "get_status", kind="Pod", name="my-nginx")
    node, ip = ready["spec"]["nodeName"], ready["status"]["podIP"]
    assert answer.text.zh.startswith(f"my-nginx 目前 Running,运行在 {node},IP {ip},一切正常。")
    assert {"Scheduled"} <= {event["reason"] for event in answer.data["events"]}


async def test_a_workload_and_its_pods(cluster: Cluster) -> None:
    web(cluster)
    answer = await look(cluster, "get_status", **WEB)
    assert answer.text.en.startswith("web is at 2/2 replicas ready; all is well.")
    assert len(answer.data["pods"]) == 2
    assert answer.data["images"] == {"app": "registry.example.com/app:v1"}
    rollout = await look(cluster, "get_rollout", **WEB)
    assert [(r["revision"], r["current"]) for r in rollout.data["revisions"]] == [(1, True)]


async def test_lists_and_events_of_a_namespace(cluster: Cluster) -> None:
    web(cluster)
    listed = await look(cluster, "list_resources", kind="Pod")
    assert len(listed.data["items"]) == 2
    assert not (await look(cluster, "list_resources", kind="Pod", unhealthy=True)).data["items"]
    events = await look(cluster, "get_events", **WEB)
    assert "ScalingReplicaSet" in {event["reason"] for event in events.data["events"]}


async def test_the_manifest_of_a_secret(cluster: Cluster) -> None:
    cluster.create("secrets", {"metadata": {"name": "keys"}, "stringData": {"token": "s3cr3t"}})
    answer = await look(cluster, "get_manifest", kind="Secret", name="keys")
    assert list(answer.data["manifest"]["data"]) == ["token"]
    assert "czNjcjN0" not in answer.text.en


async def test_logs_of_all_pods(cluster: Cluster) -> None:
    if not cluster.supports("logs"):
        pytest.skip("logs need a real kubelet")
    web(cluster)
    answer = await look(cluster, "get_logs", **WEB)
    assert len(answer.data["sources"]) == 2
    assert answer.data["lines_seen"] >= 2


async def test_usage_of_all_pods(cluster: Cluster) -> None:
    if not cluster.supports("metrics"):
        pytest.skip("usage needs metrics.k8s.io")
    web(cluster)
    cluster.merge(DEPLOYMENTS, "web", {"metadata": {"labels": {"seen": "yes"}}})
    answer = await look(cluster, "get_usage", **WEB)
    assert len(answer.data["usage"]) + len(answer.data["unmeasured"]) == 2


async def test_what_is_not_there_and_what_may_not_be_seen(cluster: Cluster) -> None:
    with pytest.raises(NotFound):
        await look(cluster, "get_status", kind="Pod", name="nope")
    with pytest.raises(NotFound):
        await look(cluster, "diagnose", kind="Deployment", name="nope")
    with pytest.raises(Forbidden):
        await look(cluster, "list_resources", user="nobody", kind="Pod")


async def test_every_node_has_a_state(cluster: Cluster) -> None:
    if not cluster.supports("nodes"):
        pytest.skip("there are no nodes")
    name = said(cluster.admin.get("/api/v1/nodes"))["items"][0]["metadata"]["name"]
    answer = await look(cluster, "get_status", kind="Node", name=name)
    assert answer.data["healthy"] is True
