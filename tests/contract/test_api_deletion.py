"""Deleting: preconditions, what becomes of the owned, finalizers."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest
from clusters import Cluster, eventually
from clusters.cluster import said
from clusters.workloads import configmap, deployment, pod

Obj = dict[str, Any]
DEPLOYMENTS = "apps/v1/deployments"
REPLICASETS = "apps/v1/replicasets"


def delete(cluster: Cluster, resource: str, name: str, **options: Any) -> httpx2.Response:
    body = {"kind": "DeleteOptions", "apiVersion": "v1", **options}
    return cluster.admin.request("DELETE", cluster.path(resource, name), json=body)


def gone(cluster: Cluster, resource: str, name: str) -> None:
    path = cluster.path(resource, name)
    eventually(lambda: cluster.admin.get(path).status_code, lambda code: code == 404, f"{name} gone")


@pytest.fixture
def web(cluster: Cluster) -> Obj:
    cluster.create(DEPLOYMENTS, deployment("web", replicas=2))
    return cluster.until(DEPLOYMENTS, "web", lambda it: it["status"].get("readyReplicas") == 2)


class TestPreconditions:
    def test_another_uid_is_a_conflict(self, cluster: Cluster) -> None:
        real = cluster.create("configmaps", configmap("it"))["metadata"]["uid"]
        other = "00000000-0000-0000-0000-000000000000"
        answer = delete(cluster, "configmaps", "it", preconditions={"uid": other})
        assert (answer.status_code, answer.json()["reason"]) == (409, "Conflict")
        expected = f"the UID in the precondition ({other}) does not match the UID in record ({real})"
        assert expected in answer.json()["message"]
        cluster.get("configmaps", "it")
        assert delete(cluster, "configmaps", "it", preconditions={"uid": real}).status_code == 200

    def test_an_older_version_is_a_conflict(self, cluster: Cluster) -> None:
        seen = cluster.create("configmaps", configmap("it"))["metadata"]["resourceVersion"]
        now = cluster.merge("configmaps", "it", {"data": {"a": "1"}})["metadata"]["resourceVersion"]
        answer = delete(cluster, "configmaps", "it", preconditions={"resourceVersion": seen})
        assert (answer.status_code, answer.json()["reason"]) == (409, "Conflict")
        expected = f"the ResourceVersion in the precondition ({seen}) does not match the ResourceVersion in record ({now})"
        assert expected in answer.json()["message"]
        assert delete(cluster, "configmaps", "it", preconditions={"resourceVersion": now}).status_code == 200


class TestAnswers:
    def test_a_success_status(self, cluster: Cluster) -> None:
        uid = cluster.create("configmaps", configmap("it"))["metadata"]["uid"]
        answer = said(cluster.admin.delete(cluster.path("configmaps", "it")))
        assert (answer["kind"], answer["status"]) == ("Status", "Success")
        assert answer["details"] == {"name": "it", "kind": "configmaps", "uid": uid}
        gone(cluster, "configmaps", "it")

    def test_a_pod_first_gets_its_deletion_time(self, cluster: Cluster) -> None:
        cluster.create("pods", pod("it"))
        cluster.until("pods", "it", lambda it: it["status"]["phase"] == "Running")
        answer = said(cluster.admin.delete(cluster.path("pods", "it")))
        assert answer["kind"] == "Pod"
        assert answer["metadata"]["deletionTimestamp"]
        assert answer["metadata"]["deletionGracePeriodSeconds"] == 30
        gone(cluster, "pods", "it")

    def test_a_pod_without_grace_is_gone_at_once(self, cluster: Cluster) -> None:
        cluster.create("pods", pod("it"))
        assert delete(cluster, "pods", "it", gracePeriodSeconds=0).status_code == 200
        assert cluster.admin.get(cluster.path("pods", "it")).status_code == 404

    def test_a_collection(self, cluster: Cluster) -> None:
        for name in ("a", "b", "keep"):
            cluster.create("configmaps", configmap(name, temporary="no" if name == "keep" else "yes"))
        query = {"labelSelector": "temporary=yes"}
        assert cluster.admin.delete(cluster.path("configmaps"), params=query).status_code == 200
        left = cluster.list("configmaps", labelSelector="temporary")["items"]
        assert [each["metadata"]["name"] for each in left] == ["keep"]


@pytest.mark.usefixtures("web")
class TestPropagation:
    @pytest.mark.parametrize("policy", ["Background", None])
    def test_in_the_background(self, cluster: Cluster, policy: str | None) -> None:
        options = {"propagationPolicy": policy} if policy else {}
        answer = delete(cluster, DEPLOYMENTS, "web", **options)
        assert (answer.status_code, answer.json()["kind"]) == (200, "Status")
        assert cluster.admin.get(cluster.path(DEPLOYMENTS, "web")).status_code == 404
        for resource in (REPLICASETS, "pods"):
            eventually(lambda at=resource: cluster.list(at)["items"], lambda them: not them, f"no {resource}")

    def test_in_the_foreground_the_owner_goes_last(self, cluster: Cluster) -> None:
        answer = delete(cluster, DEPLOYMENTS, "web", propagationPolicy="Foreground")
        assert answer.json()["metadata"]["finalizers"] == ["foregroundDeletion"]
        assert answer.json()["metadata"]["deletionTimestamp"]
        gone(cluster, DEPLOYMENTS, "web")
        assert cluster.list(REPLICASETS)["items"] == []

    def test_orphans_are_left(self, cluster: Cluster) -> None:
        delete(cluster, DEPLOYMENTS, "web", propagationPolicy="Orphan")
        gone(cluster, DEPLOYMENTS, "web")
        left = cluster.list(REPLICASETS)["items"]
        assert len(left) == 1
        assert "ownerReferences" not in left[0]["metadata"]
        assert len(cluster.list("pods")["items"]) == 2


def test_a_finalizer_holds_the_object(cluster: Cluster) -> None:
    held = configmap("it")
    held["metadata"]["finalizers"] = ["example.com/hold"]
    cluster.create("configmaps", held)
    answer = said(cluster.admin.delete(cluster.path("configmaps", "it")))
    assert answer["metadata"]["deletionTimestamp"]
    assert cluster.get("configmaps", "it")["metadata"]["finalizers"] == ["example.com/hold"]
    cluster.merge("configmaps", "it", {"metadata": {"finalizers": None}})
    assert cluster.admin.get(cluster.path("configmaps", "it")).status_code == 404


def test_a_namespace_takes_everything_with_it(cluster: Cluster) -> None:
    name = f"{cluster.namespace}-doomed"
    path = f"/api/v1/namespaces/{name}"
    said(cluster.admin.post("/api/v1/namespaces", json={"metadata": {"name": name}}))
    said(cluster.admin.post(f"{path}/configmaps", json=configmap("it")))
    assert said(cluster.admin.delete(path))["status"]["phase"] == "Terminating"
    answer = cluster.admin.post(f"{path}/configmaps", json=configmap("late"))
    assert answer.status_code in (403, 404)
    eventually(lambda: cluster.admin.get(path).status_code, lambda code: code == 404, "the namespace gone")
    assert said(cluster.admin.get(f"{path}/configmaps"))["items"] == []
