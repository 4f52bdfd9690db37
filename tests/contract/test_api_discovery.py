"""What the API says about itself."""

from __future__ import annotations

import pytest
from clusters import Cluster
from clusters.cluster import said


def test_version_names_the_server(cluster: Cluster) -> None:
    version = said(cluster.admin.get("/version"))
    assert version["major"] == "1"
    assert int(version["minor"].rstrip("+")) >= 30
    assert version["gitVersion"].startswith("v1.")


@pytest.mark.parametrize("path", ["/livez", "/readyz", "/healthz"])
def test_health_is_plain_ok(cluster: Cluster, path: str) -> None:
    answer = cluster.admin.get(path)
    assert (answer.status_code, answer.text) == (200, "ok")


def test_core_versions(cluster: Cluster) -> None:
    assert said(cluster.admin.get("/api"))["versions"] == ["v1"]


@pytest.mark.parametrize(
    ("group", "version"),
    [
        ("apps", "v1"),
        ("batch", "v1"),
        ("autoscaling", "v2"),
        ("policy", "v1"),
        ("networking.k8s.io", "v1"),
        ("rbac.authorization.k8s.io", "v1"),
        ("authorization.k8s.io", "v1"),
        ("storage.k8s.io", "v1"),
        ("events.k8s.io", "v1"),
        ("coordination.k8s.io", "v1"),
    ],
)
def test_groups_say_their_versions(cluster: Cluster, group: str, version: str) -> None:
    groups = {each["name"]: each for each in said(cluster.admin.get("/apis"))["groups"]}
    offered = [each["groupVersion"] for each in groups[group]["versions"]]
    assert f"{group}/{version}" in offered
    own = said(cluster.admin.get(f"/apis/{group}"))
    assert own["kind"] == "APIGroup"
    assert own["preferredVersion"] == groups[group]["preferredVersion"]


@pytest.mark.parametrize(
    ("path", "name", "kind", "namespaced", "short"),
    [
        ("/api/v1", "pods", "Pod", True, "po"),
        ("/api/v1", "services", "Service", True, "svc"),
        ("/api/v1", "nodes", "Node", False, "no"),
        ("/api/v1", "namespaces", "Namespace", False, "ns"),
        ("/api/v1", "configmaps", "ConfigMap", True, "cm"),
        ("/api/v1", "persistentvolumeclaims", "PersistentVolumeClaim", True, "pvc"),
        ("/apis/apps/v1", "deployments", "Deployment", True, "deploy"),
        ("/apis/apps/v1", "statefulsets", "StatefulSet", True, "sts"),
        ("/apis/apps/v1", "daemonsets", "DaemonSet", True, "ds"),
        ("/apis/apps/v1", "replicasets", "ReplicaSet", True, "rs"),
        ("/apis/batch/v1", "cronjobs", "CronJob", True, "cj"),
        ("/apis/autoscaling/v2", "horizontalpodautoscalers", "HorizontalPodAutoscaler", True, "hpa"),
        ("/apis/policy/v1", "poddisruptionbudgets", "PodDisruptionBudget", True, "pdb"),
        ("/apis/networking.k8s.io/v1", "ingresses", "Ingress", True, "ing"),
        ("/apis/networking.k8s.io/v1", "networkpolicies", "NetworkPolicy", True, "netpol"),
    ],
)
def test_resources_say_kind_scope_and_short_name(
    cluster: Cluster, path: str, name: str, kind: str, namespaced: bool, short: str
) -> None:
    served = {each["name"]: each for each in said(cluster.admin.get(path))["resources"]}
    found = served[name]
    assert (found["kind"], found["namespaced"]) == (kind, namespaced)
    assert short in found["shortNames"]
    assert {"create", "delete", "get", "list", "patch", "update", "watch"} <= set(found["verbs"])


@pytest.mark.parametrize("subresource", ["deployments/scale", "deployments/status", "statefulsets/scale"])
def test_subresources_are_listed(cluster: Cluster, subresource: str) -> None:
    served = {each["name"] for each in said(cluster.admin.get("/apis/apps/v1"))["resources"]}
    assert subresource in served


def test_pods_have_eviction_and_log(cluster: Cluster) -> None:
    served = {each["name"]: each for each in said(cluster.admin.get("/api/v1"))["resources"]}
    eviction = served["pods/eviction"]
    assert (eviction["kind"], eviction["group"], eviction["version"]) == ("Eviction", "policy", "v1")
    assert served["pods/log"]["verbs"] == ["get"]
    assert "pods/exec" in served


def test_aggregated_discovery_tells_everything_at_once(cluster: Cluster) -> None:
    wanted = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"
    answer = cluster.admin.get("/apis", headers={"Accept": f"{wanted},application/json"})
    if "apidiscovery" not in answer.headers["Content-Type"]:
        pytest.skip("this server answers with the plain list, which clients must take as well")
    names = {each["metadata"]["name"] for each in said(answer)["items"]}
    assert {"apps", "batch", "policy"} <= names


def test_an_unknown_path_is_not_found(cluster: Cluster) -> None:
    answer = cluster.admin.get("/apis/nobody.example.com/v1")
    assert answer.status_code == 404


@pytest.mark.parametrize(
    ("path", "columns"),
    [
        ("/api/v1/pods", ["Name", "Ready", "Status", "Restarts", "Age"]),
        ("/api/v1/services", ["Name", "Type", "Cluster-IP", "External-IP", "Port(s)", "Age"]),
        ("/api/v1/nodes", ["Name", "Status", "Roles", "Age", "Version"]),
        ("/api/v1/events", ["Last Seen", "Type", "Reason", "Object", "Message"]),
        ("/apis/apps/v1/deployments", ["Name", "Ready", "Up-to-date", "Available", "Age"]),
        ("/apis/apps/v1/replicasets", ["Name", "Desired", "Current", "Ready", "Age"]),
        ("/apis/batch/v1/jobs", ["Name", "Status", "Completions", "Duration", "Age"]),
        (
            "/apis/batch/v1/cronjobs",
            ["Name", "Schedule", "Timezone", "Suspend", "Active", "Last Schedule", "Age"],
        ),
        ("/apis/rbac.authorization.k8s.io/v1/rolebindings", ["Name", "Role", "Age"]),
        ("/apis/networking.k8s.io/v1/ingresses", ["Name", "Class", "Hosts", "Address", "Ports", "Age"]),
    ],
)
def test_the_columns_that_are_always_shown(cluster: Cluster, path: str, columns: list[str]) -> None:
    wanted = {"Accept": "application/json;as=Table;v=v1;g=meta.k8s.io"}
    table = said(cluster.admin.get(path, params={"limit": 1}, headers=wanted))
    assert [each["name"] for each in table["columnDefinitions"] if not each["priority"]] == columns
