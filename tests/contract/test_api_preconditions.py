"""Writing only on to what was seen: resourceVersion and uid."""

from __future__ import annotations

from clusters import Cluster
from clusters.cluster import said
from clusters.workloads import configmap, deployment

MERGE = {"Content-Type": "application/merge-patch+json"}
STRATEGIC = {"Content-Type": "application/strategic-merge-patch+json"}
DEPLOYMENTS = "apps/v1/deployments"
OTHER_UID = "00000000-0000-0000-0000-000000000000"
MODIFIED = "the object has been modified; please apply your changes to the latest version and try again"


def test_a_patch_on_to_the_version_that_was_seen(cluster: Cluster) -> None:
    seen = cluster.create("configmaps", configmap("it"))["metadata"]
    change = {
        "metadata": {"resourceVersion": seen["resourceVersion"], "uid": seen["uid"]},
        "data": {"a": "1"},
    }
    now = cluster.merge("configmaps", "it", change)
    assert now["data"]["a"] == "1"
    assert int(now["metadata"]["resourceVersion"]) > int(seen["resourceVersion"])


def test_a_patch_on_to_an_older_version_is_a_conflict(cluster: Cluster) -> None:
    seen = cluster.create(DEPLOYMENTS, deployment("web", replicas=0))["metadata"]
    cluster.merge(DEPLOYMENTS, "web", {"metadata": {"labels": {"moved": "on"}}})
    change = {"metadata": {"resourceVersion": seen["resourceVersion"]}, "spec": {"replicas": 1}}
    for headers in (MERGE, STRATEGIC):
        answer = cluster.admin.patch(cluster.path(DEPLOYMENTS, "web"), json=change, headers=headers)
        assert answer.status_code == 409
        said_so = answer.json()
        assert (said_so["reason"], said_so["code"]) == ("Conflict", 409)
        assert said_so["details"] == {"name": "web", "group": "apps", "kind": "deployments"}
        assert said_so["message"] == f'Operation cannot be fulfilled on deployments.apps "web": {MODIFIED}'
    assert cluster.get(DEPLOYMENTS, "web")["spec"]["replicas"] == 0


def test_a_patch_on_to_another_uid_is_invalid(cluster: Cluster) -> None:
    seen = cluster.create("configmaps", configmap("it"))["metadata"]
    change = {"metadata": {"uid": OTHER_UID}, "data": {"a": "1"}}
    for headers in (MERGE, STRATEGIC):
        answer = cluster.admin.patch(cluster.path("configmaps", "it"), json=change, headers=headers)
        assert (answer.status_code, answer.json()["reason"]) == (422, "Invalid")
        cause = answer.json()["details"]["causes"][0]
        assert (cause["field"], cause["reason"]) == ("metadata.uid", "FieldValueInvalid")
        assert cause["message"] == f'Invalid value: "{OTHER_UID}": field is immutable'
    assert cluster.get("configmaps", "it")["metadata"] == seen


def test_an_object_made_anew_is_a_conflict(cluster: Cluster) -> None:
    seen = cluster.create("configmaps", configmap("it"))["metadata"]
    said(cluster.admin.delete(cluster.path("configmaps", "it")))
    cluster.create("configmaps", configmap("it"))
    change = {"metadata": {key: seen[key] for key in ("uid", "resourceVersion")}, "data": {"a": "1"}}
    answer = cluster.admin.patch(cluster.path("configmaps", "it"), json=change, headers=MERGE)
    assert (answer.status_code, answer.json()["reason"]) == (409, "Conflict")
    assert "a" not in cluster.get("configmaps", "it")["data"]


def test_a_uid_in_the_test_of_a_json_patch(cluster: Cluster) -> None:
    cluster.create("configmaps", configmap("it"))
    steps = [
        {"op": "test", "path": "/metadata/uid", "value": OTHER_UID},
        {"op": "add", "path": "/data/a", "value": "1"},
    ]
    headers = {"Content-Type": "application/json-patch+json"}
    answer = cluster.admin.patch(cluster.path("configmaps", "it"), json=steps, headers=headers)
    assert answer.status_code == 422


def test_a_dry_run_is_refused_as_the_write_would_be(cluster: Cluster) -> None:
    seen = cluster.create("configmaps", configmap("it"))["metadata"]
    cluster.merge("configmaps", "it", {"data": {"a": "1"}})
    change = {"metadata": {"resourceVersion": seen["resourceVersion"]}, "data": {"a": "2"}}
    path = cluster.path("configmaps", "it")
    answer = cluster.admin.patch(path, json=change, headers=MERGE, params={"dryRun": "All"})
    assert answer.status_code == 409


def test_a_put_needs_the_version_that_was_seen(cluster: Cluster) -> None:
    seen = cluster.create("configmaps", configmap("it"))
    cluster.merge("configmaps", "it", {"data": {"a": "1"}})
    path = cluster.path("configmaps", "it")
    assert cluster.admin.put(path, json=seen).status_code == 409
    fresh = said(cluster.admin.get(path))
    fresh["data"] = {"put": "yes"}
    assert said(cluster.admin.put(path, json=fresh))["data"] == {"put": "yes"}


def test_the_scale_subresource_knows_conflicts_too(cluster: Cluster) -> None:
    seen = cluster.create(DEPLOYMENTS, deployment("web", replicas=0))["metadata"]
    cluster.merge(DEPLOYMENTS, "web", {"metadata": {"labels": {"moved": "on"}}})
    change = {"metadata": {"resourceVersion": seen["resourceVersion"]}, "spec": {"replicas": 1}}
    answer = cluster.admin.patch(cluster.path(DEPLOYMENTS, "web", "scale"), json=change, headers=MERGE)
    assert answer.status_code == 409
