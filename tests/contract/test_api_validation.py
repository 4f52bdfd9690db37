"""What is refused, field by field: the same causes from both servers."""

from __future__ import annotations

from typing import Any

import pytest
from clusters import Cluster
from clusters.workloads import deployment, job_spec, pod, statefulset, template

Obj = dict[str, Any]
DRY = {"dryRun": "All"}
TARGET = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}
REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
ROLE = {"kind": "Role", "name": "r", "apiGroup": "rbac.authorization.k8s.io"}
RBAC, NETWORKING = "rbac.authorization.k8s.io/v1", "networking.k8s.io/v1"
AUTOSCALERS, BUDGETS = "autoscaling/v2/horizontalpodautoscalers", "policy/v1/poddisruptionbudgets"


def container(**more: Any) -> list[Obj]:
    return [{"name": "app", "image": "registry.example.com/app:v1", **more}]


def refused(cluster: Cluster, resource: str, obj: Obj) -> set[str]:
    """The fields that are told in the refusal of an object."""
    given = {"metadata": {"name": "it"}, **obj}
    answer = cluster.admin.post(cluster.path(resource), json=given, params=DRY)
    assert (answer.status_code, answer.json()["reason"]) == (422, "Invalid"), answer.text
    return {cause["field"] for cause in answer.json()["details"]["causes"]}


@pytest.mark.parametrize(
    ("spec", "fields"),
    [
        (
            {"containers": container(ports=[{"containerPort": 0}])},
            ["spec.containers[0].ports[0].containerPort"],
        ),
        (
            {"containers": container(ports=[{"containerPort": 80, "protocol": "X"}])},
            ["spec.containers[0].ports[0].protocol"],
        ),
        (
            {"hostNetwork": True, "containers": container(ports=[{"containerPort": 80, "hostPort": 81}])},
            ["spec.containers[0].ports[0].hostPort"],
        ),
        (
            {"containers": container(livenessProbe={"httpGet": {"port": 0}})},
            ["spec.containers[0].livenessProbe.httpGet.port"],
        ),
        ({"containers": container(imagePullPolicy="Daily")}, ["spec.containers[0].imagePullPolicy"]),
        (
            {"containers": container(volumeMounts=[{"name": "v", "mountPath": "/v"}])},
            ["spec.containers[0].volumeMounts[0].name"],
        ),
        ({"initContainers": container()}, ["spec.initContainers[0].name"]),
        ({"dnsPolicy": "Sometimes"}, ["spec.dnsPolicy"]),
        ({"nodeName": "A B"}, ["spec.nodeName"]),
        ({"nodeSelector": {"a b": "c"}}, ["spec.nodeSelector"]),
        ({"activeDeadlineSeconds": 0}, ["spec.activeDeadlineSeconds"]),
        ({"tolerations": [{"key": "a", "operator": "Maybe"}]}, ["spec.tolerations[0].operator"]),
        ({"securityContext": {"runAsUser": -1}}, ["spec.securityContext.runAsUser"]),
        (
            {"affinity": {"nodeAffinity": {REQUIRED: {"nodeSelectorTerms": []}}}},
            [f"spec.affinity.nodeAffinity.{REQUIRED}.nodeSelectorTerms"],
        ),
        (
            {"topologySpreadConstraints": [{"maxSkew": 0, "topologyKey": "", "whenUnsatisfiable": "Cry"}]},
            [
                "spec.topologySpreadConstraints[0].maxSkew",
                "spec.topologySpreadConstraints[0].topologyKey",
                "spec.topologySpreadConstraints[0].whenUnsatisfiable",
            ],
        ),
    ],
)
def test_pods(cluster: Cluster, spec: Obj, fields: list[str]) -> None:
    assert refused(cluster, "pods", {"spec": {**pod("it")["spec"], **spec}}) == set(fields)


@pytest.mark.parametrize(
    ("spec", "fields"),
    [
        ({"progressDeadlineSeconds": 0}, ["spec.progressDeadlineSeconds"]),
        ({"minReadySeconds": 700}, ["spec.progressDeadlineSeconds"]),
        ({"selector": None}, ["spec.selector", "spec.template.metadata.labels"]),
        (
            {"strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": "some"}}},
            ["spec.strategy.rollingUpdate.maxSurge"],
        ),
        (
            {"strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": "101%"}}},
            ["spec.strategy.rollingUpdate.maxUnavailable"],
        ),
        (
            {"strategy": {"type": "Recreate", "rollingUpdate": {"maxSurge": 1}}},
            ["spec.strategy.rollingUpdate"],
        ),
    ],
)
def test_deployments(cluster: Cluster, spec: Obj, fields: list[str]) -> None:
    assert refused(cluster, "apps/v1/deployments", {"spec": deployment("it", **spec)["spec"]}) == set(fields)


@pytest.mark.parametrize(
    ("resource", "obj", "fields"),
    [
        (
            "apps/v1/statefulsets",
            {"spec": statefulset("it", updateStrategy={"type": "X"})["spec"]},
            ["spec.updateStrategy"],
        ),
        (
            "apps/v1/statefulsets",
            {"spec": statefulset("it", podManagementPolicy="X")["spec"]},
            ["spec.podManagementPolicy"],
        ),
        ("batch/v1/jobs", {"spec": {"template": template("it")}}, ["spec.template.spec.restartPolicy"]),
        ("batch/v1/jobs", {"spec": job_spec("it", parallelism=-1)}, ["spec.parallelism"]),
        (
            "batch/v1/cronjobs",
            {
                "spec": {
                    "schedule": "0 4 * * *",
                    "timeZone": "No/Where",
                    "jobTemplate": {"spec": job_spec("it")},
                }
            },
            ["spec.timeZone"],
        ),
        (
            AUTOSCALERS,
            {"spec": {"minReplicas": 5, "maxReplicas": 2, "scaleTargetRef": TARGET}},
            ["spec.maxReplicas"],
        ),
        (
            AUTOSCALERS,
            {"spec": {"maxReplicas": 2, "scaleTargetRef": {"kind": "Deployment", "name": "web"}}},
            ["spec.scaleTargetRef.apiVersion"],
        ),
        (
            AUTOSCALERS,
            {"spec": {"maxReplicas": 2, "scaleTargetRef": TARGET, "metrics": [{"type": "Resource"}]}},
            ["spec.metrics[0].resource"],
        ),
        (BUDGETS, {"spec": {"minAvailable": 1, "maxUnavailable": 1}}, ["spec"]),
        (BUDGETS, {"spec": {"minAvailable": "101%"}}, ["spec.minAvailable"]),
        (BUDGETS, {"spec": {"minAvailable": -1}}, ["spec.minAvailable"]),
        ("services", {"spec": {"type": "Best", "ports": [{"port": 80}]}}, ["spec.type"]),
        ("services", {"spec": {"ports": [{"port": 80, "name": "A"}]}}, ["spec.ports[0].name"]),
        ("services", {"spec": {"ports": [{"port": 80, "targetPort": "A_B"}]}}, ["spec.ports[0].targetPort"]),
        ("services", {"spec": {"clusterIP": "x", "ports": [{"port": 80}]}}, ["spec.clusterIPs[0]"]),
        ("services", {"spec": {"clusterIP": "1.2.3.4", "ports": [{"port": 80}]}}, ["spec.clusterIPs"]),
        ("services", {"spec": {"sessionAffinity": "X", "ports": [{"port": 80}]}}, ["spec.sessionAffinity"]),
        (f"{NETWORKING}/ingresses", {"spec": {}}, ["spec"]),
        (
            f"{NETWORKING}/ingresses",
            {"spec": {"rules": [{"http": {"paths": [{"path": "a", "backend": {}}]}}]}},
            ["spec.rules[0].http.paths[0].pathType"],
        ),
        (
            f"{NETWORKING}/networkpolicies",
            {"spec": {"podSelector": {}, "policyTypes": ["X"]}},
            ["spec.policyTypes[0]"],
        ),
        (
            "persistentvolumeclaims",
            {"spec": {"accessModes": ["X"], "resources": {"requests": {"storage": "1Gi"}}}},
            ["spec.accessModes"],
        ),
        ("secrets", {"type": "kubernetes.io/tls", "data": {}}, ["data[tls.crt]", "data[tls.key]"]),
        ("resourcequotas", {"spec": {"hard": {"pods": "-1"}}}, ["spec.hard[pods]"]),
        ("resourcequotas", {"spec": {"hard": {"bogus": "1"}}}, ["spec.hard[bogus]"]),
        (
            f"{RBAC}/roles",
            {"rules": [{"verbs": []}]},
            ["rules[0].verbs", "rules[0].apiGroups", "rules[0].resources"],
        ),
        (
            f"{RBAC}/rolebindings",
            {"roleRef": ROLE, "subjects": [{"kind": "X", "name": "a"}]},
            ["subjects[0].kind"],
        ),
        ("events", {"involvedObject": {"namespace": ""}}, ["involvedObject.namespace"]),
    ],
)
def test_others(cluster: Cluster, resource: str, obj: Obj, fields: list[str]) -> None:
    assert refused(cluster, resource, obj) == set(fields)


@pytest.mark.parametrize("replicas", ["3", 1.5, 2**33, True, [1]])
def test_a_number_of_another_type_is_not_read_at_all(cluster: Cluster, replicas: Any) -> None:
    bad = deployment("it", replicas=0)
    bad["spec"]["replicas"] = replicas
    answer = cluster.admin.post(cluster.path("apps/v1/deployments"), json=bad)
    assert (answer.status_code, answer.json()["reason"]) == (400, "BadRequest")
    assert "spec.replicas of type int32" in answer.json()["message"]


def test_a_deletion_with_a_body_is_one_in_earnest_whatever_its_query_says(cluster: Cluster) -> None:
    cluster.create("configmaps", {"metadata": {"name": "it"}})
    body = {"kind": "DeleteOptions", "apiVersion": "v1", "propagationPolicy": "Background"}
    path = cluster.path("configmaps", "it")
    assert cluster.admin.request("DELETE", path, json=body, params=DRY).status_code == 200
    assert cluster.admin.get(path).status_code == 404
