"""restart and scale: what is sent, and what is not."""

from __future__ import annotations

import pytest
from operation_requests import on, patched, refused, sent
from operation_samples import AT, autoscaler, pod, seen, workload

from kubesteer.core.operations import Broken, NoWayBack, Settled, Snapshot, Waiting
from kubesteer.core.refs import Ref
from kubesteer.core.requests import Evict


@pytest.mark.parametrize("kind", ["Deployment", "StatefulSet", "DaemonSet"])
def test_restart_writes_the_time_of_the_snapshot(kind: str) -> None:
    body = patched(on(workload(kind), "restart"), workload(kind))
    annotations = {"kubectl.kubernetes.io/restartedAt": AT}
    assert body == {"spec": {"template": {"metadata": {"annotations": annotations}}}}


def test_a_paused_deployment_does_not_restart() -> None:
    target = workload()
    target["spec"]["paused"] = True
    refused(on(target, "restart"), target, "paused")


def test_a_pod_is_restarted_by_its_controller_alone() -> None:
    target = pod(owner=workload("ReplicaSet"))
    restart = on(target, "restart")
    assert sent(restart, seen(target)) == Evict(Ref("Pod", "shop", "web-1"))
    assert isinstance(restart.undo(seen(target), None), NoWayBack)
    assert isinstance(restart.settled(seen(target), seen(target)), Waiting)
    assert isinstance(restart.settled(seen(target), Snapshot(None)), Settled)
    refused(on(pod(), "restart"), pod(), "would not come back")


def test_scale_by_number_and_by_difference() -> None:
    assert patched(on(workload(), "scale", replicas=5), workload()) == {"spec": {"replicas": 5}}
    assert patched(on(workload(), "scale", change=-3), workload()) == {"spec": {"replicas": 0}}
    unset = workload()
    del unset["spec"]["replicas"]
    assert patched(on(unset, "scale", change=1), unset) == {"spec": {"replicas": 2}}
    assert refused(on(workload(), "scale", change=-4), workload(), "there cannot be -1") == "change"
    assert refused(on(workload(), "scale", replicas=3), workload(), "3 replicas already") == "replicas"


def test_what_somebody_changed_back_is_not_called_done() -> None:
    before = seen(workload())
    for made in (
        on(workload(), "scale", replicas=5),
        on(workload(), "set_image", image="other:v1"),
        on(workload(), "restart"),
    ):
        progress = made.settled(before, seen(workload()))
        assert isinstance(progress, Broken)
        assert "reverted" in progress.text.en


def test_an_autoscaler_has_the_last_word_on_replicas() -> None:
    now = workload(replicas=2)
    progress = on(workload(), "scale", replicas=5).settled(
        seen(workload()), seen(now, HorizontalPodAutoscaler=[autoscaler()])
    )
    assert isinstance(progress, Settled)
    assert "the autoscaler web-hpa has made it 2 since; 2/2 ready" in progress.text.en
