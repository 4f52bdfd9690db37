"""Nodes: cordoned, and emptied through the Eviction API."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from clusters import Cluster, eventually
from clusters.cluster import said
from clusters.workloads import deployment, pod

Obj = dict[str, Any]
MERGE = {"Content-Type": "application/merge-patch+json"}
STRATEGIC = {"Content-Type": "application/strategic-merge-patch+json"}
BUDGETS = "policy/v1/poddisruptionbudgets"


def patch_node(cluster: Cluster, name: str, change: Obj) -> Obj:
    return said(cluster.admin.patch(f"/api/v1/nodes/{name}", json=change, headers=STRATEGIC))


@pytest.fixture
def node(cluster: Cluster) -> Iterator[str]:
    """A node that is schedulable again afterwards."""
    name = said(cluster.admin.get("/api/v1/nodes"))["items"][0]["metadata"]["name"]
    yield name
    patch_node(cluster, name, {"spec": {"unschedulable": None}})


def test_nodes_are_ready(cluster: Cluster) -> None:
    nodes = said(cluster.admin.get("/api/v1/nodes"))["items"]
    assert len(nodes) == 3
    for each in nodes:
        conditions = {said_["type"]: said_["status"] for said_ in each["status"]["conditions"]}
        assert conditions["Ready"] == "True"
        assert conditions["MemoryPressure"] == conditions["DiskPressure"] == "False"
        assert {"cpu", "memory", "pods"} <= each["status"]["allocatable"].keys()
        assert each["status"]["nodeInfo"]["kubeletVersion"]
        addresses = {given["type"] for given in each["status"]["addresses"]}
        assert {"InternalIP", "Hostname"} <= addresses
        assert each["metadata"]["labels"]["kubernetes.io/hostname"] == each["metadata"]["name"]


def test_a_cordoned_node_gets_its_taint(cluster: Cluster, node: str) -> None:
    assert patch_node(cluster, node, {"spec": {"unschedulable": True}})["spec"]["unschedulable"] is True
    path = f"/api/v1/nodes/{node}"
    taint = "node.kubernetes.io/unschedulable"

    def taints() -> dict[str, str]:
        found = said(cluster.admin.get(path))["spec"].get("taints", [])
        return {each["key"]: each["effect"] for each in found}

    eventually(taints, lambda them: them == {taint: "NoSchedule"}, "the taint")
    patch_node(cluster, node, {"spec": {"unschedulable": None}})
    eventually(taints, lambda them: not them, "no taint")
    assert "unschedulable" not in said(cluster.admin.get(path))["spec"]


def test_a_cordoned_node_gets_no_pods(cluster: Cluster, node: str) -> None:
    patch_node(cluster, node, {"spec": {"unschedulable": True}})
    held = pod("it")
    held["spec"]["nodeSelector"] = {"kubernetes.io/hostname": node}
    cluster.create("pods", held)

    def refused(it: Obj) -> bool:
        return any(each.get("reason") == "Unschedulable" for each in it["status"].get("conditions", []))

    seen = cluster.until("pods", "it", refused)
    assert "1 node(s) were unschedulable" in seen["status"]["conditions"][0]["message"]
    patch_node(cluster, node, {"spec": {"unschedulable": None}})
    now = cluster.until("pods", "it", lambda it: it["status"]["phase"] == "Running")
    assert now["spec"]["nodeName"] == node


class TestEviction:
    def evict(self, cluster: Cluster, name: str) -> Any:
        body = {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": name}}
        return cluster.admin.post(cluster.path("pods", name, "eviction"), json=body)

    def budget(self, cluster: Cluster, **spec: Any) -> None:
        """A budget for app=web, counted by its controller."""
        own = {"selector": {"matchLabels": {"app": "web"}}, **spec}
        cluster.create(BUDGETS, {"metadata": {"name": "web"}, "spec": own})

        def counted(it: Obj) -> bool:
            status = it.get("status", {})
            return status.get("observedGeneration") == 1 and status.get("currentHealthy") == 2

        cluster.until(BUDGETS, "web", counted)

    @pytest.fixture
    def pods(self, cluster: Cluster) -> list[str]:
        cluster.create("apps/v1/deployments", deployment("web", replicas=2))
        cluster.until("apps/v1/deployments", "web", lambda it: it["status"].get("readyReplicas") == 2)
        return [each["metadata"]["name"] for each in cluster.list("pods")["items"]]

    def test_without_a_budget(self, cluster: Cluster, pods: list[str]) -> None:
        answer = self.evict(cluster, pods[0])
        assert (answer.status_code, answer.json()["status"]) == (201, "Success")
        path = cluster.path("pods", pods[0])
        eventually(lambda: cluster.admin.get(path).status_code, lambda code: code == 404, "the pod gone")

    def test_a_budget_that_allows_none(self, cluster: Cluster, pods: list[str]) -> None:
        self.budget(cluster, minAvailable=2)
        answer = self.evict(cluster, pods[0])
        body = answer.json()
        assert (answer.status_code, body["code"], body["reason"]) == (429, 429, "TooManyRequests")
        assert body["message"] == "Cannot evict pod as it would violate the pod's disruption budget."
        cause = body["details"]["causes"][0]
        assert cause["reason"] == "DisruptionBudget"
        assert cause["message"] == "The disruption budget web needs 2 healthy pods and has 2 currently"
        assert "deletionTimestamp" not in cluster.get("pods", pods[0])["metadata"]

    def test_a_budget_that_allows_one(self, cluster: Cluster, pods: list[str]) -> None:
        self.budget(cluster, maxUnavailable=1)
        status = cluster.get(BUDGETS, "web")["status"]
        assert (status["disruptionsAllowed"], status["desiredHealthy"], status["expectedPods"]) == (1, 1, 2)
        assert self.evict(cluster, pods[0]).status_code == 201

    def test_a_deletion_does_not_ask_the_budget(self, cluster: Cluster, pods: list[str]) -> None:
        self.budget(cluster, minAvailable=2)
        assert cluster.admin.delete(cluster.path("pods", pods[0])).status_code == 200

    def test_a_pod_that_is_not_there(self, cluster: Cluster) -> None:
        assert self.evict(cluster, "nobody").status_code == 404

    def test_it_stands_in_the_audit(self, cluster: Cluster, pods: list[str]) -> None:
        self.evict(cluster, pods[0])
        last = [each for each in cluster.audit() if each.subresource == "eviction"][-1]
        assert (last.verb, last.resource, last.name, last.status) == ("create", "pods", pods[0], 201)
