"""Quotas that refuse pods, and what their owners say then."""

from __future__ import annotations

from typing import Any

import pytest
from clusters import Cluster, eventually
from clusters.workloads import deployment, pod

Obj = dict[str, Any]
DEPLOYMENTS = "apps/v1/deployments"


def condition(obj: Obj, kind: str) -> Obj:
    found = [each for each in obj["status"].get("conditions", []) if each["type"] == kind]
    return found[0] if found else {}


@pytest.fixture
def quota(cluster: Cluster) -> str:
    """A quota of two pods, counted."""
    cluster.create("resourcequotas", {"metadata": {"name": "few"}, "spec": {"hard": {"pods": "2"}}})
    cluster.until("resourcequotas", "few", lambda it: it.get("status", {}).get("used") == {"pods": "0"})
    return "few"


def test_a_pod_too_many(cluster: Cluster, quota: str) -> None:
    for name in ("one", "two"):
        cluster.create("pods", pod(name))
    answer = cluster.admin.post(cluster.path("pods"), json=pod("three"))
    assert (answer.status_code, answer.json()["reason"]) == (403, "Forbidden")
    told = "requested: pods=1, used: pods=2, limited: pods=2"
    assert answer.json()["message"] == f'pods "three" is forbidden: exceeded quota: {quota}, {told}'
    assert answer.json()["details"] == {"name": "three", "kind": "pods"}


def test_use_is_counted(cluster: Cluster, quota: str) -> None:
    cluster.create("pods", pod("one"))
    used = {"pods": "1"}
    seen = cluster.until("resourcequotas", quota, lambda it: it["status"]["used"] == used)
    assert seen["status"]["hard"] == {"pods": "2"}


def test_a_scale_that_is_accepted_but_cannot_be_carried_out(cluster: Cluster, quota: str) -> None:
    cluster.create(DEPLOYMENTS, deployment("web", replicas=2))
    cluster.until(DEPLOYMENTS, "web", lambda it: it["status"].get("readyReplicas") == 2)
    assert cluster.merge(DEPLOYMENTS, "web", {"spec": {"replicas": 4}})["spec"]["replicas"] == 4
    now = cluster.until(DEPLOYMENTS, "web", lambda it: condition(it, "ReplicaFailure"))
    failure = condition(now, "ReplicaFailure")
    assert (failure["status"], failure["reason"]) == ("True", "FailedCreate")
    assert f"exceeded quota: {quota}" in failure["message"]
    assert now["status"]["readyReplicas"] == 2
    owner = cluster.list("apps/v1/replicasets", labelSelector="app=web")["items"][0]
    assert condition(owner, "ReplicaFailure")["reason"] == "FailedCreate"
    wanted = (
        f"involvedObject.kind=ReplicaSet,involvedObject.name={owner['metadata']['name']},reason=FailedCreate"
    )
    told = eventually(lambda: cluster.list("events", fieldSelector=wanted)["items"], bool, "an event")
    assert told[0]["type"] == "Warning"
    assert "Error creating: pods" in told[0]["message"]


def test_a_quota_on_memory_needs_requests(cluster: Cluster) -> None:
    hard = {"requests.memory": "1Gi"}
    cluster.create("resourcequotas", {"metadata": {"name": "memory"}, "spec": {"hard": hard}})
    cluster.until("resourcequotas", "memory", lambda it: it.get("status", {}).get("used"))
    answer = cluster.admin.post(cluster.path("pods"), json=pod("it"))
    assert answer.status_code == 403
    assert "failed quota: memory: must specify requests.memory for: app" in answer.json()["message"]
