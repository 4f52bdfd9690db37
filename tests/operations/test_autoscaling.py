"""set_autoscaling: an autoscaler is made, or the one that is there is changed."""

from __future__ import annotations

from operation_requests import on, refused, sent
from operation_samples import autoscaler, seen, workload

from kubesteer.core.operations import Settled, Snapshot
from kubesteer.core.refs import Ref
from kubesteer.core.requests import Create, Patch


def test_a_new_autoscaler_takes_the_workloads_name() -> None:
    request = sent(on(workload(), "set_autoscaling", max_replicas=9), seen(workload()))
    assert isinstance(request, Create)
    assert request.ref == Ref("HorizontalPodAutoscaler", "shop", "web")
    assert request.body["spec"]["scaleTargetRef"] == {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "name": "web",
    }
    assert request.body["spec"]["minReplicas"] == 1


def test_an_autoscaler_that_is_there_is_changed_and_keeps_its_other_metrics() -> None:
    before = seen(workload(), HorizontalPodAutoscaler=[autoscaler()])
    request = sent(on(workload(), "set_autoscaling", max_replicas=9, cpu_percent=50), before)
    assert isinstance(request, Patch)
    assert request.ref.name == "web-hpa"
    assert request.body["spec"]["maxReplicas"] == 9
    assert [metric["type"] for metric in request.body["spec"]["metrics"]] == ["Resource", "Pods"]
    same = on(workload(), "set_autoscaling", max_replicas=5, cpu_percent=80)
    refused(same, before, "already")
    refused(on(workload(), "set_autoscaling", max_replicas=1), before, "more than the most")
    hidden = Snapshot(workload(), not_looked_at={"HorizontalPodAutoscaler": "forbidden"})
    refused(on(workload(), "set_autoscaling", max_replicas=9), hidden, "may not be read")


def test_an_autoscaler_that_cannot_read_the_load_says_so() -> None:
    blind = autoscaler()
    blind["status"] = {
        "conditions": [{"type": "ScalingActive", "status": "False", "reason": "FailedGetResourceMetric"}]
    }
    made = on(workload(), "set_autoscaling", max_replicas=5)
    progress = made.settled(seen(workload()), seen(workload(), HorizontalPodAutoscaler=[blind]))
    assert isinstance(progress, Settled)
    assert "FailedGetResourceMetric" in progress.text.en
