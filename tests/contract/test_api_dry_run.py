"""dryRun=All: the answer of the write, and nothing written."""

from __future__ import annotations

from clusters import Cluster
from clusters.cluster import said
from clusters.workloads import configmap, deployment, pod

MERGE = {"Content-Type": "application/merge-patch+json"}
DRY = {"dryRun": "All"}
DEPLOYMENTS = "apps/v1/deployments"


def test_a_patch_answers_with_what_would_be_and_keeps_what_is(cluster: Cluster) -> None:
    before = cluster.create(DEPLOYMENTS, deployment("web", replicas=0))
    path = cluster.path(DEPLOYMENTS, "web")
    would_be = said(cluster.admin.patch(path, json={"spec": {"replicas": 7}}, headers=MERGE, params=DRY))
    assert would_be["spec"]["replicas"] == 7
    assert would_be["metadata"]["generation"] == before["metadata"]["generation"] + 1
    now = said(cluster.admin.get(path))
    assert now["spec"] == before["spec"]
    assert now["metadata"]["generation"] == before["metadata"]["generation"]


def test_a_create_answers_with_defaults_and_creates_nothing(cluster: Cluster) -> None:
    path = cluster.path(DEPLOYMENTS)
    would_be = said(cluster.admin.post(path, json=deployment("web"), params=DRY))
    assert would_be["metadata"]["uid"]
    assert would_be["spec"]["progressDeadlineSeconds"] == 600
    assert would_be["spec"]["revisionHistoryLimit"] == 10
    rolling = {"maxSurge": "25%", "maxUnavailable": "25%"}
    assert would_be["spec"]["strategy"] == {"type": "RollingUpdate", "rollingUpdate": rolling}
    spec = would_be["spec"]["template"]["spec"]
    assert spec["restartPolicy"] == "Always"
    assert spec["terminationGracePeriodSeconds"] == 30
    assert spec["dnsPolicy"] == "ClusterFirst"
    assert spec["containers"][0]["imagePullPolicy"] == "IfNotPresent"
    assert spec["containers"][0]["terminationMessagePath"] == "/dev/termination-log"
    assert cluster.admin.get(cluster.path(DEPLOYMENTS, "web")).status_code == 404


def test_a_delete_deletes_nothing(cluster: Cluster) -> None:
    cluster.create("configmaps", configmap("it"))
    path = cluster.path("configmaps", "it")
    said(cluster.admin.delete(path, params=DRY))
    said(cluster.admin.get(path))
    options = {"kind": "DeleteOptions", "apiVersion": "v1", "dryRun": ["All"]}
    said(cluster.admin.request("DELETE", path, json=options))
    said(cluster.admin.get(path))


def test_a_dry_run_is_validated(cluster: Cluster) -> None:
    cluster.create(DEPLOYMENTS, deployment("web", replicas=0))
    path = cluster.path(DEPLOYMENTS, "web")
    answer = cluster.admin.patch(path, json={"spec": {"replicas": -1}}, headers=MERGE, params=DRY)
    assert (answer.status_code, answer.json()["reason"]) == (422, "Invalid")


def test_a_dry_run_of_the_scale_subresource(cluster: Cluster) -> None:
    cluster.create(DEPLOYMENTS, deployment("web", replicas=0))
    path = cluster.path(DEPLOYMENTS, "web", "scale")
    would_be = said(cluster.admin.patch(path, json={"spec": {"replicas": 4}}, headers=MERGE, params=DRY))
    assert would_be["spec"]["replicas"] == 4
    assert cluster.get(DEPLOYMENTS, "web")["spec"]["replicas"] == 0


def test_a_dry_run_of_an_eviction(cluster: Cluster) -> None:
    cluster.create("pods", pod("it"))
    eviction = {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": "it"}}
    path = cluster.path("pods", "it", "eviction")
    assert cluster.admin.post(path, json=eviction, params=DRY).status_code == 201
    assert "deletionTimestamp" not in cluster.get("pods", "it")["metadata"]


def test_another_value_of_dry_run_is_refused(cluster: Cluster) -> None:
    cluster.create("configmaps", configmap("it"))
    path = cluster.path("configmaps", "it")
    answer = cluster.admin.patch(path, json={"data": {"a": "1"}}, headers=MERGE, params={"dryRun": "true"})
    assert answer.status_code == 422
    assert "dryRun" in answer.json()["message"]
    assert "a" not in cluster.get("configmaps", "it")["data"]


def test_the_audit_tells_dry_runs_from_writes(cluster: Cluster) -> None:
    cluster.create("configmaps", configmap("it"))
    path = cluster.path("configmaps", "it")
    said(cluster.admin.patch(path, json={"data": {"a": "1"}}, headers=MERGE, params=DRY))
    said(cluster.admin.patch(path, json={"data": {"a": "2"}}, headers=MERGE))
    patches = [each for each in cluster.audit() if each.verb == "patch"]
    assert [(each.dry_run, each.body) for each in patches] == [
        (True, {"data": {"a": "1"}}),
        (False, {"data": {"a": "2"}}),
    ]
