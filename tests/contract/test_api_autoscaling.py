"""HorizontalPodAutoscalers: made, changed, refused."""

from __future__ import annotations

from typing import Any

import pytest
from clusters import Cluster
from clusters.workloads import deployment

Obj = dict[str, Any]
HPAS = "autoscaling/v2/horizontalpodautoscalers"


def autoscaler(cpu: int = 80, **spec: Any) -> Obj:
    target = {"type": "Utilization", "averageUtilization": cpu}
    own = {
        "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"},
        "maxReplicas": 5,
        "metrics": [{"type": "Resource", "resource": {"name": "cpu", "target": target}}],
    }
    return {"metadata": {"name": "web"}, "spec": own | spec}


def test_defaults(cluster: Cluster) -> None:
    spec = cluster.create(HPAS, autoscaler())["spec"]
    assert (spec["minReplicas"], spec["maxReplicas"]) == (1, 5)
    assert spec["metrics"][0]["resource"]["target"]["averageUtilization"] == 80


def test_limits_are_patched(cluster: Cluster) -> None:
    cluster.create(HPAS, autoscaler())
    now = cluster.merge(HPAS, "web", {"spec": {"minReplicas": 2, "maxReplicas": 9}})
    assert (now["spec"]["minReplicas"], now["spec"]["maxReplicas"]) == (2, 9)


@pytest.mark.parametrize(
    ("bad", "field"),
    [
        ({"minReplicas": 6}, "spec.maxReplicas"),
        ({"maxReplicas": 0}, "spec.maxReplicas"),
        ({"minReplicas": 0}, "spec.minReplicas"),
    ],
)
def test_limits_that_make_no_sense(cluster: Cluster, bad: Obj, field: str) -> None:
    answer = cluster.admin.post(cluster.path(HPAS), json=autoscaler(**bad))
    assert (answer.status_code, answer.json()["reason"]) == (422, "Invalid")
    assert field in {cause["field"] for cause in answer.json()["details"]["causes"]}


def test_version_1_tells_the_same(cluster: Cluster) -> None:
    cluster.create(HPAS, autoscaler(cpu=70))
    old = cluster.get("autoscaling/v1/horizontalpodautoscalers", "web")
    assert old["apiVersion"] == "autoscaling/v1"
    assert old["spec"]["targetCPUUtilizationPercentage"] == 70


def test_below_its_minimum_it_scales_up_without_metrics(cluster: Cluster) -> None:
    cluster.create("apps/v1/deployments", deployment("web", replicas=1))
    cluster.create(HPAS, autoscaler(minReplicas=2))
    cluster.until("apps/v1/deployments", "web", lambda it: it["spec"]["replicas"] == 2)


def test_a_target_that_is_not_there_is_a_condition(cluster: Cluster) -> None:
    cluster.create(HPAS, autoscaler())

    def told(it: Obj) -> Obj:
        found = it.get("status", {}).get("conditions") or []
        return next((each for each in found if each["type"] == "AbleToScale"), {})

    seen = told(cluster.until(HPAS, "web", told))
    assert (seen["status"], seen["reason"]) == ("False", "FailedGetScale")
    assert 'deployments.apps "web" not found' in seen["message"]
