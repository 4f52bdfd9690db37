"""What goes wrong, and the Status object that says so."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest
from clusters import Cluster
from clusters.workloads import configmap, deployment, pod

Obj = dict[str, Any]
DEPLOYMENTS = "apps/v1/deployments"


def status(answer: httpx2.Response, code: int, reason: str) -> Obj:
    """The Status in an answer, after checking what every Status has."""
    assert answer.headers["Content-Type"].startswith("application/json")
    body: Obj = answer.json()
    assert (body["kind"], body["apiVersion"], body["status"]) == ("Status", "v1", "Failure")
    assert (answer.status_code, body["code"], body["reason"]) == (code, code, reason)
    return body


@pytest.mark.parametrize(
    ("resource", "details", "what"),
    [
        ("configmaps", {"name": "nobody", "kind": "configmaps"}, "configmaps"),
        (DEPLOYMENTS, {"name": "nobody", "group": "apps", "kind": "deployments"}, "deployments.apps"),
        ("batch/v1/cronjobs", {"name": "nobody", "group": "batch", "kind": "cronjobs"}, "cronjobs.batch"),
    ],
)
@pytest.mark.parametrize("verb", ["GET", "DELETE"])
def test_not_found(cluster: Cluster, verb: str, resource: str, details: Obj, what: str) -> None:
    body = status(cluster.admin.request(verb, cluster.path(resource, "nobody")), 404, "NotFound")
    assert body["message"] == f'{what} "nobody" not found'
    assert body["details"] == details


def test_a_namespace_that_does_not_exist(cluster: Cluster) -> None:
    path = "/api/v1/namespaces/no-such-namespace"
    body = status(cluster.admin.post(f"{path}/configmaps", json=configmap("it")), 404, "NotFound")
    assert body["message"] == 'namespaces "no-such-namespace" not found'
    status(cluster.admin.get(path), 404, "NotFound")


def test_a_path_that_nobody_serves(cluster: Cluster) -> None:
    body = status(cluster.admin.get(cluster.path("gadgets")), 404, "NotFound")
    assert body["message"] == "the server could not find the requested resource"


def test_already_exists(cluster: Cluster) -> None:
    cluster.create(DEPLOYMENTS, deployment("web", replicas=0))
    answer = cluster.admin.post(cluster.path(DEPLOYMENTS), json=deployment("web", replicas=0))
    body = status(answer, 409, "AlreadyExists")
    assert body["message"] == 'deployments.apps "web" already exists'
    assert body["details"] == {"name": "web", "group": "apps", "kind": "deployments"}


def test_no_credentials(cluster: Cluster) -> None:
    headers = {"Authorization": ""}
    answer = cluster.admin.get(cluster.path("configmaps"), headers=headers)
    # Anonymous requests are let in as system:anonymous and then refused, or refused at once.
    assert answer.status_code in (401, 403)


def test_a_token_that_nobody_has(cluster: Cluster) -> None:
    headers = {"Authorization": "Bearer of-nobody"}
    body = status(cluster.admin.get(cluster.path("configmaps"), headers=headers), 401, "Unauthorized")
    assert body["message"] == "Unauthorized"


def test_forbidden(cluster: Cluster) -> None:
    with cluster.client("mallory") as mallory:
        answer = mallory.get(cluster.path(DEPLOYMENTS, "web"))
    body = status(answer, 403, "Forbidden")
    assert body["details"] == {"name": "web", "group": "apps", "kind": "deployments"}
    where = f'in API group "apps" in the namespace "{cluster.namespace}"'
    said = f'deployments.apps "web" is forbidden: User "mallory" cannot get resource "deployments" {where}'
    assert body["message"] == said


def test_forbidden_to_list_in_all_namespaces(cluster: Cluster) -> None:
    with cluster.client("mallory") as mallory:
        body = status(mallory.get("/api/v1/pods"), 403, "Forbidden")
    said = 'User "mallory" cannot list resource "pods" in API group "" at the cluster scope'
    assert body["message"] == f"pods is forbidden: {said}"
    assert body["details"] == {"kind": "pods"}


class TestInvalid:
    def test_one_cause(self, cluster: Cluster) -> None:
        bad = deployment("web", replicas=-3)
        body = status(cluster.admin.post(cluster.path(DEPLOYMENTS), json=bad), 422, "Invalid")
        assert body["details"]["name"] == "web"
        assert body["details"]["group"] == "apps"
        assert body["details"]["kind"] == "Deployment"
        cause = body["details"]["causes"][0]
        assert (cause["reason"], cause["field"]) == ("FieldValueInvalid", "spec.replicas")
        assert cause["message"] == "Invalid value: -3: must be greater than or equal to 0"
        assert body["message"] == f'Deployment.apps "web" is invalid: spec.replicas: {cause["message"]}'

    def test_several_causes(self, cluster: Cluster) -> None:
        bad = deployment("web")
        bad["spec"]["template"]["spec"]["containers"] = [{"name": "app"}, {"image": "x"}]
        body = status(cluster.admin.post(cluster.path(DEPLOYMENTS), json=bad), 422, "Invalid")
        fields = {cause["field"]: cause["reason"] for cause in body["details"]["causes"]}
        assert fields["spec.template.spec.containers[0].image"] == "FieldValueRequired"
        assert fields["spec.template.spec.containers[1].name"] == "FieldValueRequired"
        assert body["message"].startswith('Deployment.apps "web" is invalid: [')

    @pytest.mark.parametrize(
        ("field", "change"),
        [
            ("spec.selector", {"selector": {"matchLabels": {}}}),
            ("spec.template.metadata.labels", {"selector": {"matchLabels": {"app": "else"}}}),
            ("spec.minReadySeconds", {"minReadySeconds": -1}),
            ("spec.strategy", {"strategy": {"type": "Sudden"}}),
        ],
    )
    def test_deployment_fields(self, cluster: Cluster, field: str, change: Obj) -> None:
        bad = deployment("web", **change)
        body = status(cluster.admin.post(cluster.path(DEPLOYMENTS), json=bad), 422, "Invalid")
        assert field in {cause["field"] for cause in body["details"]["causes"]}

    def test_a_quantity_that_is_none(self, cluster: Cluster) -> None:
        bad = deployment("web")
        limits = {"limits": {"memory": "lots"}}
        bad["spec"]["template"]["spec"]["containers"][0]["resources"] = limits
        answer = cluster.admin.post(cluster.path(DEPLOYMENTS), json=bad)
        body = status(answer, 400, "BadRequest")
        assert "quantities must match the regular expression" in body["message"]

    def test_a_request_above_its_limit(self, cluster: Cluster) -> None:
        bad = deployment("web")
        resources = {"requests": {"memory": "2Gi"}, "limits": {"memory": "1Gi"}}
        bad["spec"]["template"]["spec"]["containers"][0]["resources"] = resources
        body = status(cluster.admin.post(cluster.path(DEPLOYMENTS), json=bad), 422, "Invalid")
        fields = {cause["field"] for cause in body["details"]["causes"]}
        assert "spec.template.spec.containers[0].resources.requests" in fields


class TestNames:
    @pytest.mark.parametrize("name", ["Upper", "under_score", "-dash", "dash-", "a b", "é", "名", "x" * 254])
    def test_not_a_subdomain(self, cluster: Cluster, name: str) -> None:
        body = status(cluster.admin.post(cluster.path("configmaps"), json=configmap(name)), 422, "Invalid")
        assert body["details"]["causes"][0]["field"] == "metadata.name"

    @pytest.mark.parametrize("name", ["with.dots", "0", "x" * 253])
    def test_a_subdomain(self, cluster: Cluster, name: str) -> None:
        assert cluster.create("configmaps", configmap(name))["metadata"]["name"] == name

    def test_a_service_name_is_a_label(self, cluster: Cluster) -> None:
        service = {"metadata": {"name": "with.dots"}, "spec": {"ports": [{"port": 80}]}}
        status(cluster.admin.post(cluster.path("services"), json=service), 422, "Invalid")

    @pytest.mark.parametrize("name", ["a/b", "..", "."])
    def test_not_a_path_segment(self, cluster: Cluster, name: str) -> None:
        status(cluster.admin.post(cluster.path("configmaps"), json=configmap(name)), 422, "Invalid")

    def test_an_escaped_slash_does_not_reach_another_object(self, cluster: Cluster) -> None:
        cluster.create("secrets", {"metadata": {"name": "hidden"}, "stringData": {"word": "canary"}})
        for name in ("x%2F..%2F..%2Fsecrets%2Fhidden", "%2e%2e%2fsecrets%2fhidden"):
            answer = cluster.admin.get(cluster.path("configmaps", name))
            assert "canary" not in answer.text
            assert "Y2FuYXJ5" not in answer.text

    def test_no_name(self, cluster: Cluster) -> None:
        bad = configmap("it")
        del bad["metadata"]["name"]
        body = status(cluster.admin.post(cluster.path("configmaps"), json=bad), 422, "Invalid")
        assert body["details"]["causes"][0]["field"] == "metadata.name"
        assert "name or generateName is required" in body["message"]

    def test_a_generated_name(self, cluster: Cluster) -> None:
        made = cluster.create("configmaps", {"metadata": {"generateName": "it-"}})
        assert made["metadata"]["name"].startswith("it-")
        assert len(made["metadata"]["name"]) == len("it-") + 5

    def test_a_label_that_is_none(self, cluster: Cluster) -> None:
        bad = configmap("it", mark="not valid!")
        body = status(cluster.admin.post(cluster.path("configmaps"), json=bad), 422, "Invalid")
        assert body["details"]["causes"][0]["field"] == "metadata.labels"


def test_a_body_that_is_no_json(cluster: Cluster) -> None:
    headers = {"Content-Type": "application/json"}
    answer = cluster.admin.post(cluster.path("configmaps"), content="{", headers=headers)
    status(answer, 400, "BadRequest")


def test_a_body_of_another_kind(cluster: Cluster) -> None:
    answer = cluster.admin.post(cluster.path("configmaps"), json=pod("it"))
    status(answer, 400, "BadRequest")


def test_a_body_for_another_namespace(cluster: Cluster) -> None:
    bad = configmap("it")
    bad["metadata"]["namespace"] = "default"
    body = status(cluster.admin.post(cluster.path("configmaps"), json=bad), 400, "BadRequest")
    assert "namespace of the provided object does not match" in body["message"]


def test_a_method_that_is_not_allowed(cluster: Cluster) -> None:
    answer = cluster.admin.put(cluster.path("configmaps"), json=configmap("it"))
    status(answer, 405, "MethodNotAllowed")


def test_a_pod_that_a_limit_range_does_not_allow(cluster: Cluster) -> None:
    limit = {"type": "Container", "max": {"memory": "1Gi"}}
    cluster.create("limitranges", {"metadata": {"name": "small"}, "spec": {"limits": [limit]}})
    big = pod("big")
    big["spec"]["containers"][0]["resources"] = {"limits": {"memory": "2Gi"}}
    body = status(cluster.admin.post(cluster.path("pods"), json=big), 403, "Forbidden")
    assert body["message"].startswith('pods "big" is forbidden: maximum memory usage per Container is 1Gi')
