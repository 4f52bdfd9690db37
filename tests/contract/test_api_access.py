"""Who may do what: RBAC, and asking beforehand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from clusters import Cluster, eventually
from clusters.cluster import said
from clusters.workloads import configmap, deployment

MERGE = {"Content-Type": "application/merge-patch+json"}
RBAC = "rbac.authorization.k8s.io/v1"
DEPLOYMENTS = "apps/v1/deployments"
REVIEWS = "/apis/authorization.k8s.io/v1"


def allow(cluster: Cluster, user: str, *rules: dict[str, Any]) -> None:
    """Let `user` do what `rules` say in the test's namespace, and wait until the server knows."""
    metadata = {"name": f"let-{user}"}
    cluster.create(f"{RBAC}/roles", {"metadata": metadata, "rules": list(rules)})
    subject = {"kind": "User", "name": user, "apiGroup": "rbac.authorization.k8s.io"}
    role = {"kind": "Role", "name": metadata["name"], "apiGroup": "rbac.authorization.k8s.io"}
    cluster.create(f"{RBAC}/rolebindings", {"metadata": metadata, "subjects": [subject], "roleRef": role})
    asked = {
        "verb": rules[0]["verbs"][0],
        "group": rules[0]["apiGroups"][0],
        "resource": rules[0]["resources"][0],
    }
    if "resourceNames" in rules[0]:
        asked["name"] = rules[0]["resourceNames"][0]
    resource, _, subresource = asked["resource"].partition("/")
    asked |= {"resource": resource, "subresource": subresource}
    with cluster.client(user) as client:
        eventually(lambda: may(client, cluster, **asked), bool, f"the role of {user}")


def may(client: httpx2.Client, cluster: Cluster, **attributes: str) -> bool:
    """The answer to a SelfSubjectAccessReview."""
    return bool(review(client, namespace=cluster.namespace, **attributes)["status"]["allowed"])


def review(client: httpx2.Client, **attributes: str) -> dict[str, Any]:
    body = {
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SelfSubjectAccessReview",
        "spec": {"resourceAttributes": attributes},
    }
    answer = client.post(f"{REVIEWS}/selfsubjectaccessreviews", json=body)
    assert answer.status_code == 201
    return said(answer)


@pytest.fixture
def alice(cluster: Cluster) -> Iterator[httpx2.Client]:
    """She may read and patch Deployments, and see one ConfigMap."""
    reading = {"apiGroups": ["apps"], "resources": ["deployments"], "verbs": ["get", "list", "patch"]}
    one = {"apiGroups": [""], "resources": ["configmaps"], "verbs": ["get"], "resourceNames": ["mine"]}
    allow(cluster, "alice", reading, one)
    with cluster.client("alice") as client:
        yield client


def test_what_a_role_allows(cluster: Cluster, alice: httpx2.Client) -> None:
    cluster.create(DEPLOYMENTS, deployment("web", replicas=0))
    path = cluster.path(DEPLOYMENTS, "web")
    assert said(alice.get(path))["metadata"]["name"] == "web"
    assert said(alice.patch(path, json={"spec": {"paused": True}}, headers=MERGE))["spec"]["paused"] is True


@pytest.mark.parametrize(
    ("verb", "method", "resource"),
    [
        ("delete", "DELETE", DEPLOYMENTS),
        ("get", "GET", "pods"),
        ("update", "PUT", DEPLOYMENTS),
        ("delete", "DELETE", "configmaps"),
    ],
)
def test_what_a_role_does_not_allow(
    cluster: Cluster, alice: httpx2.Client, verb: str, method: str, resource: str
) -> None:
    body = deployment("web", replicas=0) if method == "PUT" else None
    answer = alice.request(method, cluster.path(resource, "web"), json=body)
    assert (answer.status_code, answer.json()["reason"]) == (403, "Forbidden")
    plural = resource.rpartition("/")[2]
    assert f'User "alice" cannot {verb} resource "{plural}"' in answer.json()["message"]


def test_one_name_only(cluster: Cluster, alice: httpx2.Client) -> None:
    cluster.create("configmaps", configmap("mine"))
    cluster.create("configmaps", configmap("other"))
    assert alice.get(cluster.path("configmaps", "mine")).status_code == 200
    assert alice.get(cluster.path("configmaps", "other")).status_code == 403
    assert alice.get(cluster.path("configmaps")).status_code == 403


def test_a_subresource_is_another_resource(cluster: Cluster, alice: httpx2.Client) -> None:
    cluster.create(DEPLOYMENTS, deployment("web", replicas=0))
    answer = alice.patch(
        cluster.path(DEPLOYMENTS, "web", "scale"), json={"spec": {"replicas": 1}}, headers=MERGE
    )
    assert answer.status_code == 403
    where = f'in API group "apps" in the namespace "{cluster.namespace}"'
    assert answer.json()["message"] == (
        f'deployments.apps "web" is forbidden: User "alice" cannot patch resource "deployments/scale" {where}'
    )


def test_another_namespace_is_not_included(cluster: Cluster, alice: httpx2.Client) -> None:
    assert cluster.namespace != "default"
    assert alice.get("/apis/apps/v1/namespaces/default/deployments").status_code == 403
    assert alice.get("/apis/apps/v1/deployments").status_code == 403


def test_a_dry_run_needs_the_same_permission(cluster: Cluster) -> None:
    cluster.create(DEPLOYMENTS, deployment("web", replicas=0))
    with cluster.client("mallory") as mallory:
        path = cluster.path(DEPLOYMENTS, "web")
        answer = mallory.patch(path, json={"spec": {"replicas": 9}}, headers=MERGE, params={"dryRun": "All"})
    assert answer.status_code == 403


class TestReviews:
    def test_allowed(self, cluster: Cluster, alice: httpx2.Client) -> None:
        where = {"namespace": cluster.namespace, "verb": "patch", "group": "apps", "resource": "deployments"}
        answer = review(alice, **where, name="web")
        assert answer["status"]["allowed"] is True
        assert "alice" in answer["status"]["reason"]
        assert answer["spec"]["resourceAttributes"]["verb"] == "patch"

    def test_not_allowed(self, cluster: Cluster, alice: httpx2.Client) -> None:
        assert not may(alice, cluster, verb="delete", group="apps", resource="deployments")
        assert not may(
            alice, cluster, verb="patch", group="apps", resource="deployments", subresource="scale"
        )
        assert not may(alice, cluster, verb="get", group="", resource="configmaps", name="other")
        assert may(alice, cluster, verb="get", group="", resource="configmaps", name="mine")

    def test_the_admin_may_everything(self, cluster: Cluster) -> None:
        assert may(cluster.admin, cluster, verb="delete", group="*", resource="*")

    def test_the_rules_that_apply(self, cluster: Cluster, alice: httpx2.Client) -> None:
        body = {"spec": {"namespace": cluster.namespace}}
        status = said(alice.post(f"{REVIEWS}/selfsubjectrulesreviews", json=body))["status"]
        assert status["incomplete"] is False
        rules = [rule for rule in status["resourceRules"] if rule["apiGroups"] == ["apps"]]
        assert rules == [
            {"apiGroups": ["apps"], "resources": ["deployments"], "verbs": ["get", "list", "patch"]}
        ]

    def test_who_am_i(self, alice: httpx2.Client) -> None:
        answer = said(alice.post("/apis/authentication.k8s.io/v1/selfsubjectreviews", json={}))
        assert answer["status"]["userInfo"]["username"] == "alice"
        assert "system:authenticated" in answer["status"]["userInfo"]["groups"]

    def test_reviews_are_not_writes(self, cluster: Cluster, alice: httpx2.Client) -> None:
        may(alice, cluster, verb="get", group="", resource="pods")
        assert {each.resource for each in cluster.audit() if each.user == "alice"} == set()


def test_a_cluster_role_bound_in_one_namespace(cluster: Cluster) -> None:
    name = f"{cluster.namespace}-reader"
    rules = [{"apiGroups": [""], "resources": ["*"], "verbs": ["get", "list"]}]
    said(cluster.admin.post(f"/apis/{RBAC}/clusterroles", json={"metadata": {"name": name}, "rules": rules}))
    group = {"kind": "User", "name": "bob", "apiGroup": "rbac.authorization.k8s.io"}
    role = {"kind": "ClusterRole", "name": name, "apiGroup": "rbac.authorization.k8s.io"}
    binding = {"metadata": {"name": "let-bob"}, "subjects": [group], "roleRef": role}
    cluster.create(f"{RBAC}/rolebindings", binding)
    with cluster.client("bob") as bob:
        eventually(lambda: bob.get(cluster.path("pods")).status_code, lambda code: code == 200, "bob's role")
        assert bob.get(cluster.path("configmaps")).status_code == 200
        assert bob.get("/api/v1/nodes").status_code == 403
        assert bob.get(cluster.path(DEPLOYMENTS)).status_code == 403
    said(cluster.admin.delete(f"/apis/{RBAC}/clusterroles/{name}"))


def test_a_refused_write_is_in_the_audit(cluster: Cluster) -> None:
    with cluster.client("mallory") as mallory:
        mallory.post(cluster.path("configmaps"), json=configmap("it"))
    tried = [(each.verb, each.resource, each.status) for each in cluster.audit() if each.user == "mallory"]
    assert tried == [("create", "configmaps", 403)]
