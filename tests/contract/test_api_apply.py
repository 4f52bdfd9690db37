"""Server-side apply: who owns which field."""

from __future__ import annotations

import json
from typing import Any

import httpx2
import pytest
from clusters import Cluster
from clusters.cluster import said
from clusters.workloads import configmap, deployment

Obj = dict[str, Any]
DEPLOYMENTS = "apps/v1/deployments"


def apply(
    cluster: Cluster, resource: str, manifest: Obj, manager: str = "one", **query: str
) -> httpx2.Response:
    path = cluster.path(resource, manifest["metadata"]["name"])
    headers = {"Content-Type": "application/apply-patch+yaml"}
    params = {"fieldManager": manager, **query}
    return cluster.admin.patch(path, content=json.dumps(manifest), headers=headers, params=params)


def managers(obj: Obj) -> dict[tuple[str, str], Obj]:
    return {(each["manager"], each["operation"]): each for each in obj["metadata"]["managedFields"]}


def test_what_is_not_there_is_created(cluster: Cluster) -> None:
    answer = apply(cluster, "configmaps", configmap("it", {"a": "1"}))
    assert answer.status_code == 201
    owned = managers(answer.json())["one", "Apply"]
    assert owned["fieldsType"] == "FieldsV1"
    assert owned["apiVersion"] == "v1"
    assert owned["fieldsV1"]["f:data"] == {"f:a": {}} or "f:a" in owned["fieldsV1"]["f:data"]


def test_the_same_again_changes_nothing(cluster: Cluster) -> None:
    first = said(apply(cluster, "configmaps", configmap("it", {"a": "1"})))
    again = apply(cluster, "configmaps", configmap("it", {"a": "1"}))
    assert again.status_code == 200
    assert again.json()["metadata"]["resourceVersion"] == first["metadata"]["resourceVersion"]


def test_what_is_left_out_is_removed_if_nobody_else_owns_it(cluster: Cluster) -> None:
    said(apply(cluster, "configmaps", configmap("it", {"a": "1", "b": "2"})))
    said(apply(cluster, "configmaps", configmap("it", {"c": "3"}), manager="two"))
    now = said(apply(cluster, "configmaps", configmap("it", {"a": "1"})))
    assert now["data"] == {"a": "1", "c": "3"}


def test_a_value_that_another_owns_is_a_conflict(cluster: Cluster) -> None:
    said(apply(cluster, "configmaps", configmap("it", {"a": "1"})))
    answer = apply(cluster, "configmaps", configmap("it", {"a": "2"}), manager="two")
    body = answer.json()
    assert (answer.status_code, body["reason"]) == (409, "Conflict")
    assert body["message"] == 'Apply failed with 1 conflict: conflict with "one": .data.a'
    cause = body["details"]["causes"][0]
    assert (cause["reason"], cause["field"]) == ("FieldManagerConflict", ".data.a")
    assert cause["message"] == 'conflict with "one"'
    assert cluster.get("configmaps", "it")["data"] == {"a": "1"}


def test_force_takes_it_over(cluster: Cluster) -> None:
    said(apply(cluster, "configmaps", configmap("it", {"a": "1"})))
    now = said(apply(cluster, "configmaps", configmap("it", {"a": "2"}), manager="two", force="true"))
    assert now["data"] == {"a": "2"}
    assert "f:a" in managers(now)["two", "Apply"]["fieldsV1"]["f:data"]
    assert "f:a" not in managers(now).get(("one", "Apply"), {}).get("fieldsV1", {}).get("f:data", {})


def test_the_same_value_is_shared(cluster: Cluster) -> None:
    said(apply(cluster, "configmaps", configmap("it", {"a": "1"})))
    now = said(apply(cluster, "configmaps", configmap("it", {"a": "1"}), manager="two"))
    assert {who for who, _ in managers(now)} == {"one", "two"}


def test_a_patch_is_an_update_in_the_managers_list(cluster: Cluster) -> None:
    said(apply(cluster, "configmaps", configmap("it", {"a": "1"})))
    path = cluster.path("configmaps", "it")
    headers = {"Content-Type": "application/merge-patch+json"}
    query = {"fieldManager": "kubesteer"}
    now = said(cluster.admin.patch(path, json={"data": {"a": "2"}}, headers=headers, params=query))
    owned = managers(now)["kubesteer", "Update"]
    assert owned["fieldsV1"]["f:data"] == {"f:a": {}}
    answer = apply(cluster, "configmaps", configmap("it", {"a": "1"}))
    assert answer.status_code == 409
    assert 'conflict with "kubesteer" using v1: .data.a' in answer.json()["message"]


def test_containers_are_keyed_by_name(cluster: Cluster) -> None:
    said(apply(cluster, DEPLOYMENTS, deployment("web", replicas=0)))
    other = deployment("web", replicas=0)
    other["spec"]["template"]["spec"]["containers"] = [
        {"name": "proxy", "image": "registry.example.com/proxy:v1"}
    ]
    del other["spec"]["replicas"]
    now = said(apply(cluster, DEPLOYMENTS, other, manager="two"))
    assert [each["name"] for each in now["spec"]["template"]["spec"]["containers"]] == ["app", "proxy"]
    owned = managers(now)["two", "Apply"]["fieldsV1"]["f:spec"]["f:template"]["f:spec"]["f:containers"]
    assert owned.keys() == {'k:{"name":"proxy"}'}


def test_a_dry_run_creates_nothing(cluster: Cluster) -> None:
    answer = apply(cluster, "configmaps", configmap("it"), dryRun="All")
    assert answer.status_code == 201
    assert cluster.admin.get(cluster.path("configmaps", "it")).status_code == 404


@pytest.mark.parametrize("missing", ["kind", "apiVersion"])
def test_kind_and_version_must_be_said(cluster: Cluster, missing: str) -> None:
    bad = configmap("it")
    del bad[missing]
    answer = apply(cluster, "configmaps", bad)
    assert (answer.status_code, answer.json()["reason"]) == (400, "BadRequest")


def test_a_manager_must_be_named(cluster: Cluster) -> None:
    answer = apply(cluster, "configmaps", configmap("it"), manager="")
    assert (answer.status_code, answer.json()["reason"]) == (422, "Invalid")
    assert answer.json()["details"]["causes"][0]["field"] == "fieldManager"


def test_managed_fields_may_not_be_sent(cluster: Cluster) -> None:
    bad = said(apply(cluster, "configmaps", configmap("it")))
    answer = apply(cluster, "configmaps", bad)
    assert (answer.status_code, answer.json()["reason"]) == (400, "BadRequest")
    assert "metadata.managedFields must be nil" in answer.json()["message"]


def test_a_container_that_is_applied_no_more_goes(cluster: Cluster) -> None:
    both = deployment("web", replicas=0)
    both["spec"]["template"]["spec"]["containers"].append(
        {"name": "side", "image": "registry.example.com/side:v1"}
    )
    said(apply(cluster, DEPLOYMENTS, both))
    now = said(apply(cluster, DEPLOYMENTS, deployment("web", replicas=0)))
    assert [each["name"] for each in now["spec"]["template"]["spec"]["containers"]] == ["app"]


def test_a_field_that_does_not_exist_is_refused(cluster: Cluster) -> None:
    bad = deployment("web", replicas=0) | {"spek": {}}
    answer = apply(cluster, DEPLOYMENTS, bad)
    assert answer.status_code == 500  # sic
    assert ".spek: field not declared in schema" in answer.json()["message"]
