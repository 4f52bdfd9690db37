"""The four ways to patch, each with its content type."""

from __future__ import annotations

import json
from typing import Any

import httpx2
import pytest
from clusters import Cluster
from clusters.cluster import said
from clusters.workloads import configmap, deployment, template

JSON_PATCH = "application/json-patch+json"
MERGE = "application/merge-patch+json"
STRATEGIC = "application/strategic-merge-patch+json"
DEPLOYMENTS = "apps/v1/deployments"


def send(cluster: Cluster, kind: str, path: str, body: Any, **query: str) -> httpx2.Response:
    text = body if isinstance(body, str) else json.dumps(body)
    return cluster.admin.patch(path, content=text, headers={"Content-Type": kind}, params=query)


@pytest.fixture
def web(cluster: Cluster) -> str:
    """The path of a Deployment with two containers and no pods."""
    spec = template("web")
    spec["spec"]["containers"] = [
        {"name": "app", "image": "registry.example.com/app:v1", "env": [{"name": "A", "value": "1"}]},
        {"name": "proxy", "image": "registry.example.com/proxy:v1"},
    ]
    cluster.create(DEPLOYMENTS, deployment("web", replicas=0, template=spec))
    return cluster.path(DEPLOYMENTS, "web")


def containers(obj: dict[str, Any]) -> dict[str, Any]:
    return {each["name"]: each for each in obj["spec"]["template"]["spec"]["containers"]}


def test_strategic_merges_containers_by_name(cluster: Cluster, web: str) -> None:
    change = {
        "spec": {
            "template": {"spec": {"containers": [{"name": "app", "image": "registry.example.com/app:v2"}]}}
        }
    }
    now = containers(said(send(cluster, STRATEGIC, web, change)))
    assert now["app"]["image"].endswith(":v2")
    assert now["app"]["env"] == [{"name": "A", "value": "1"}]
    assert now["proxy"]["image"].endswith("proxy:v1")


def test_strategic_adds_to_env_and_deletes_from_it(cluster: Cluster, web: str) -> None:
    env = [{"name": "B", "value": "2"}, {"name": "A", "$patch": "delete"}]
    change = {"spec": {"template": {"spec": {"containers": [{"name": "app", "env": env}]}}}}
    now = containers(said(send(cluster, STRATEGIC, web, change)))
    assert now["app"]["env"] == [{"name": "B", "value": "2"}]


def test_strategic_deletes_a_container(cluster: Cluster, web: str) -> None:
    change = {"spec": {"template": {"spec": {"containers": [{"name": "proxy", "$patch": "delete"}]}}}}
    assert list(containers(said(send(cluster, STRATEGIC, web, change)))) == ["app"]


def test_strategic_null_removes_a_field(cluster: Cluster, web: str) -> None:
    said(send(cluster, STRATEGIC, web, {"metadata": {"annotations": {"a": "1", "b": "2"}}}))
    now = said(send(cluster, STRATEGIC, web, {"metadata": {"annotations": {"a": None}}}))
    own = {key: value for key, value in now["metadata"]["annotations"].items() if "/" not in key}
    assert own == {"b": "2"}  # beside what the controller writes


def test_strategic_replaces_where_told(cluster: Cluster, web: str) -> None:
    only = [{"$patch": "replace"}, {"name": "solo", "image": "registry.example.com/solo:v1"}]
    change = {"spec": {"template": {"spec": {"containers": only}}}}
    assert list(containers(said(send(cluster, STRATEGIC, web, change)))) == ["solo"]


def test_strategic_restart_annotation_goes_to_the_template(cluster: Cluster, web: str) -> None:
    stamp = {"kubectl.kubernetes.io/restartedAt": "2026-01-02T03:04:05Z"}
    change = {"spec": {"template": {"metadata": {"annotations": stamp}}}}
    now = said(send(cluster, STRATEGIC, web, change))
    assert now["spec"]["template"]["metadata"]["annotations"] == stamp
    assert now["spec"]["template"]["metadata"]["labels"] == {"app": "web"}
    assert now["metadata"]["generation"] == 2


def test_merge_replaces_lists_whole(cluster: Cluster, web: str) -> None:
    one = [{"name": "app", "image": "registry.example.com/app:v2"}]
    now = said(send(cluster, MERGE, web, {"spec": {"template": {"spec": {"containers": one}}}}))
    assert list(containers(now)) == ["app"]
    assert "env" not in containers(now)["app"]


def test_merge_null_removes_a_key(cluster: Cluster) -> None:
    cluster.create("configmaps", configmap("it", {"a": "1", "b": "2"}))
    now = cluster.merge("configmaps", "it", {"data": {"a": None, "c": "3"}})
    assert now["data"] == {"b": "2", "c": "3"}


def test_json_patch_add_replace_remove_test(cluster: Cluster) -> None:
    cluster.create("configmaps", configmap("it", {"a": "1", "b": "2"}))
    steps = [
        {"op": "test", "path": "/data/a", "value": "1"},
        {"op": "replace", "path": "/data/a", "value": "one"},
        {"op": "remove", "path": "/data/b"},
        {"op": "add", "path": "/data/c", "value": "3"},
        {"op": "add", "path": "/metadata/annotations", "value": {}},
        {"op": "add", "path": "/metadata/annotations/example.com~1note", "value": "escaped"},
    ]
    now = said(send(cluster, JSON_PATCH, cluster.path("configmaps", "it"), steps))
    assert now["data"] == {"a": "one", "c": "3"}
    assert now["metadata"]["annotations"] == {"example.com/note": "escaped"}


def test_json_patch_whose_test_fails_changes_nothing(cluster: Cluster) -> None:
    before = cluster.create("configmaps", configmap("it", {"a": "1"}))
    steps = [
        {"op": "test", "path": "/data/a", "value": "other"},
        {"op": "replace", "path": "/data/a", "value": "2"},
    ]
    answer = send(cluster, JSON_PATCH, cluster.path("configmaps", "it"), steps)
    assert (answer.status_code, answer.json()["reason"]) == (422, "Invalid")
    assert cluster.get("configmaps", "it") == before


def test_json_patch_of_a_path_that_is_not_there(cluster: Cluster) -> None:
    cluster.create("configmaps", configmap("it"))
    steps = [{"op": "remove", "path": "/data/nothing"}]
    answer = send(cluster, JSON_PATCH, cluster.path("configmaps", "it"), steps)
    assert (answer.status_code, answer.json()["reason"]) == (422, "Invalid")


def test_a_patch_that_changes_nothing_keeps_the_resource_version(cluster: Cluster) -> None:
    before = cluster.create("configmaps", configmap("it", {"a": "1"}))
    for kind in (MERGE, STRATEGIC):
        now = said(send(cluster, kind, cluster.path("configmaps", "it"), {"data": {"a": "1"}}))
        assert now["metadata"]["resourceVersion"] == before["metadata"]["resourceVersion"]


@pytest.mark.parametrize("kind", ["application/json", "text/plain", "application/x-www-form-urlencoded"])
def test_other_content_types_are_unsupported(cluster: Cluster, kind: str) -> None:
    cluster.create("configmaps", configmap("it"))
    answer = send(cluster, kind, cluster.path("configmaps", "it"), {"data": {"a": "1"}})
    assert (answer.status_code, answer.json()["reason"]) == (415, "UnsupportedMediaType")


@pytest.mark.parametrize("kind", [JSON_PATCH, MERGE, STRATEGIC])
@pytest.mark.parametrize("body", ["{", "[1,", "nonsense"])
def test_a_body_that_is_no_json(cluster: Cluster, kind: str, body: str) -> None:
    cluster.create("configmaps", configmap("it"))
    answer = send(cluster, kind, cluster.path("configmaps", "it"), body)
    assert (answer.status_code, answer.json()["reason"]) == (400, "BadRequest")


def test_a_patch_of_nothing_is_not_found(cluster: Cluster) -> None:
    answer = send(cluster, MERGE, cluster.path("configmaps", "nobody"), {"data": {"a": "1"}})
    assert (answer.status_code, answer.json()["reason"]) == (404, "NotFound")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"spec": {"replicas": -1}}, "spec.replicas"),
        ({"spec": {"selector": {"matchLabels": {"app": "other"}}}}, "spec.selector"),
        (
            {"spec": {"template": {"metadata": {"labels": {"app": "other"}}}}},
            "spec.template.metadata.labels",
        ),
    ],
)
def test_a_patch_to_something_invalid_changes_nothing(
    cluster: Cluster, web: str, change: dict[str, Any], field: str
) -> None:
    before = said(cluster.admin.get(web))
    answer = send(cluster, MERGE, web, change)
    assert (answer.status_code, answer.json()["reason"]) == (422, "Invalid")
    assert field in {cause["field"] for cause in answer.json()["details"]["causes"]}
    assert said(cluster.admin.get(web))["spec"] == before["spec"]


def test_a_patch_cannot_rename(cluster: Cluster) -> None:
    cluster.create("configmaps", configmap("it"))
    answer = send(cluster, MERGE, cluster.path("configmaps", "it"), {"metadata": {"name": "other"}})
    assert (answer.status_code, answer.json()["reason"]) == (400, "BadRequest")


def test_a_value_of_the_wrong_type(cluster: Cluster, web: str) -> None:
    answer = send(cluster, MERGE, web, {"spec": {"replicas": "three"}})
    assert (answer.status_code, answer.json()["reason"]) == (422, "Invalid")


def test_unknown_fields_are_dropped_with_a_warning(cluster: Cluster) -> None:
    cluster.create("configmaps", configmap("it"))
    answer = send(
        cluster, MERGE, cluster.path("configmaps", "it"), {"dta": {"a": "1"}}, fieldValidation="Warn"
    )
    assert answer.headers["Warning"] == r'299 - "unknown field \"dta\""'
    assert "dta" not in said(answer)


def test_unknown_fields_are_refused_where_told(cluster: Cluster) -> None:
    cluster.create("configmaps", configmap("it"))
    path = cluster.path("configmaps", "it")
    answer = send(cluster, MERGE, path, {"dta": {"a": "1"}}, fieldValidation="Strict")
    assert (answer.status_code, answer.json()["reason"]) == (422, "Invalid")
    assert 'strict decoding error: unknown field "dta"' in answer.json()["message"]


def test_the_scale_subresource_takes_a_merge_patch(cluster: Cluster, web: str) -> None:
    scale = said(send(cluster, MERGE, f"{web}/scale", {"spec": {"replicas": 1}}))
    assert (scale["kind"], scale["apiVersion"]) == ("Scale", "autoscaling/v1")
    assert scale["spec"]["replicas"] == 1
    assert scale["status"]["selector"] == "app=web"
    assert said(cluster.admin.get(web))["spec"]["replicas"] == 1
