"""HorizontalPodAutoscalers on pretended load."""

from __future__ import annotations

from decimal import Decimal

import pytest
from cluster_lab import Lab, Obj, reason_of, status_of, template, workload

from kubesteer.simulator.controllers.recommendations import bounded, growth_limit
from kubesteer.simulator.objects import condition

TEMPLATE = "averageUtilization"


@pytest.fixture
def lab() -> Lab:
    return Lab()


def loaded(total: str, request: str | None = "100m") -> Obj:
    made = template("web", cpu_total=total)
    if request:
        made["spec"]["containers"][0]["resources"] = {"requests": {"cpu": request}}
    return made


def autoscale(lab: Lab, target: int = 60, **spec: object) -> None:
    metric = {"name": "cpu", "target": {"type": "Utilization", TEMPLATE: target}}
    own = {
        "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"},
        "minReplicas": 1,
        "maxReplicas": 10,
        "metrics": [{"type": "Resource", "resource": metric}],
        **spec,
    }
    kind = {"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler", "metadata": {"name": "web"}}
    lab.add({**kind, "spec": own})


def deploy(lab: Lab, template_: Obj, replicas: int = 3) -> None:
    lab.add(workload("Deployment", "web", template_, replicas=replicas))
    lab.run(3)


def size(lab: Lab) -> int:
    return int(lab.get("Deployment", "web")["spec"]["replicas"])


def hpa(lab: Lab) -> Obj:
    return lab.get("HorizontalPodAutoscaler", "web")


def test_three_at_93_percent_become_five(lab: Lab) -> None:
    deploy(lab, loaded("279m"))
    autoscale(lab, target=60)
    assert size(lab) == 5
    assert reason_of(hpa(lab), "AbleToScale") == ("True", "SucceededRescale")
    told = "New size: 5; reason: cpu resource utilization (percentage of request) above target"
    assert ("SuccessfulRescale", told) in lab.events("HorizontalPodAutoscaler")
    lab.run(60)
    assert size(lab) == 5
    current = status_of(hpa(lab))["currentMetrics"][0]["resource"]["current"]
    assert current == {TEMPLATE: 55, "averageValue": "56m"}
    assert reason_of(hpa(lab), "ScalingActive") == ("True", "ValidMetricFound")
    assert reason_of(hpa(lab), "ScalingLimited") == ("False", "DesiredWithinRange")


def test_it_waits_five_minutes_before_it_shrinks(lab: Lab) -> None:
    deploy(lab, loaded("0s=300m,100s=50m"))
    autoscale(lab, target=100)
    lab.run(200)
    assert size(lab) == 3
    assert reason_of(hpa(lab), "AbleToScale") == ("True", "ScaleDownStabilized")
    lab.run(300)
    assert size(lab) == 1


def test_the_maximum_holds(lab: Lab) -> None:
    deploy(lab, loaded("2"), replicas=2)
    autoscale(lab, maxReplicas=4)
    lab.run(60)
    assert size(lab) == 4
    assert reason_of(hpa(lab), "ScalingLimited") == ("True", "TooManyReplicas")


def test_it_grows_in_steps(lab: Lab) -> None:
    deploy(lab, loaded("10"), replicas=1)
    autoscale(lab, maxReplicas=50)
    assert size(lab) == 5
    assert reason_of(hpa(lab), "ScalingLimited") == ("True", "ScaleUpLimit")


def test_without_a_request_it_cannot_judge(lab: Lab) -> None:
    deploy(lab, loaded("300m", request=None))
    autoscale(lab)
    assert size(lab) == 3
    assert reason_of(hpa(lab), "ScalingActive") == ("False", "FailedGetResourceMetric")
    message = (condition(hpa(lab), "ScalingActive") or {})["message"]
    assert "missing request for cpu in container app of Pod web-" in message


def test_without_metrics_it_cannot_judge(lab: Lab) -> None:
    lab.cluster.registry.remove("metrics.k8s.io", "pods")
    lab.cluster.registry.remove("metrics.k8s.io", "nodes")
    deploy(lab, loaded("300m"))
    autoscale(lab)
    assert size(lab) == 3
    message = (condition(hpa(lab), "ScalingActive") or {})["message"]
    assert message.endswith("the server could not find the requested resource (get pods.metrics.k8s.io)")


def test_pods_that_do_not_run_have_no_metrics(lab: Lab) -> None:
    sick = loaded("300m")
    sick["metadata"]["annotations"]["simulator.kubesteer.io/image-pull"] = "not-found"
    deploy(lab, sick)
    autoscale(lab)
    message = (condition(hpa(lab), "ScalingActive") or {})["message"]
    assert "no metrics returned from resource metrics API" in message


def test_no_target(lab: Lab) -> None:
    autoscale(lab)
    assert reason_of(hpa(lab), "AbleToScale") == ("False", "FailedGetScale")


def test_scaled_to_zero_by_hand_it_rests(lab: Lab) -> None:
    deploy(lab, loaded("300m"), replicas=0)
    autoscale(lab)
    lab.run(60)
    assert size(lab) == 0
    assert reason_of(hpa(lab), "ScalingActive") == ("False", "ScalingDisabled")


def test_memory_by_value(lab: Lab) -> None:
    made = template("web", memory="150Mi")
    made["spec"]["containers"][0]["resources"] = {"requests": {"memory": "200Mi"}}
    deploy(lab, made, replicas=2)
    metric = {"name": "memory", "target": {"type": "AverageValue", "averageValue": "100Mi"}}
    autoscale(lab, metrics=[{"type": "Resource", "resource": metric}])
    assert size(lab) == 3


def test_limits() -> None:
    assert bounded(1, 3, 2, 9, 12).reason == "TooFewReplicas"
    assert bounded(4, 3, 2, 9, 12).replicas == 4
    assert growth_limit([], 10, disabled=False) == 20
    assert growth_limit([{"type": "Pods", "value": 1}], 10, disabled=False) == 11
    assert growth_limit([], 10, disabled=True) == 10


def test_a_load_that_is_shared_falls_as_pods_are_added(lab: Lab) -> None:
    deploy(lab, loaded("300m"), replicas=2)
    first = lab.loads.usage(lab.all("Pod")[0], "app")
    assert first is not None
    assert first[0] == Decimal("0.15")
    lab.edit("Deployment", "web", lambda obj: obj["spec"].update(replicas=3))
    lab.run(3)
    after = lab.loads.usage(lab.all("Pod")[0], "app")
    assert after is not None
    assert after[0] == Decimal("0.1")
