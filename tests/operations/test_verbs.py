"""What each write sends, and what it refuses to send, judged on snapshots."""

from __future__ import annotations

from typing import Any

import pytest
from operation_samples import AT, Obj, container, meta, owned_by, pod, seen, state, template, workload

from kubesteer.core.errors import Unusable
from kubesteer.core.operations import Broken, Change, NoWayBack, Settled, Snapshot, Waiting
from kubesteer.core.refs import Ref
from kubesteer.core.requests import Create, Delete, Evict, Patch, PatchType, Request
from kubesteer.operations.registry import operation

WEB = Ref("Deployment", "shop", "web")
TWO = template(container("app"), container("side", "reg.example.com/side:v1"))


def change(verb: str, /, **arguments: Any) -> Change:
    made = operation(verb, arguments)
    assert isinstance(made, Change)
    return made


def on(target: Obj, verb: str, /, **arguments: Any) -> Change:
    """A change of this target."""
    ref = Ref.of(target)
    return change(verb, kind=ref.kind, namespace=ref.namespace, name=ref.name, **arguments)


def sent(made: Change, before: Snapshot) -> Request:
    """Its only request."""
    [request] = made.requests(before)
    return request


def patched(made: Change, target: Obj) -> Any:
    """The body of its only patch, which is strategic."""
    request = sent(made, seen(target))
    assert isinstance(request, Patch)
    assert request.type is PatchType.STRATEGIC
    return request.body


def refused(made: Change, before: Obj | Snapshot, words: str) -> str:
    """It is refused with these words; the argument that is blamed."""
    with pytest.raises(Unusable, match=words) as caught:
        made.requests(before if isinstance(before, Snapshot) else seen(before))
    return caught.value.argument


# -- restart, scale ----------------------------------------------------------------------------------------------


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


# -- containers --------------------------------------------------------------------------------------------------


def test_the_container_that_runs_this_repository_is_meant() -> None:
    body = patched(on(WORK2, "set_image", image="reg.example.com/side:v2"), WORK2)
    assert body["spec"]["template"]["spec"]["containers"] == [
        {"name": "side", "image": "reg.example.com/side:v2"}
    ]


WORK2 = workload(made=TWO)


def test_of_several_containers_one_must_be_told() -> None:
    for made in (
        on(WORK2, "set_image", image="other:v1"),
        on(WORK2, "set_env", variable="A", value="1"),
        on(WORK2, "set_resources", cpu_limit="1"),
        on(WORK2, "set_probe", probe="liveness", port=80),
    ):
        assert refused(made, WORK2, "app, side. Which one") == "container"
    missing = on(WORK2, "set_image", image="other:v1", container="nope")
    assert refused(missing, WORK2, "no container called") == "container"


def test_the_declared_default_container_is_taken() -> None:
    marked = {"kubectl.kubernetes.io/default-container": "side"}
    target = workload(made=template(container("app"), container("side"), **marked))
    body = patched(on(target, "set_env", variable="A", value="1"), target)
    assert body["spec"]["template"]["spec"]["containers"][0]["name"] == "side"


def test_a_sidecar_stands_among_the_init_containers() -> None:
    target = workload()
    target["spec"]["template"]["spec"]["initContainers"] = [container("proxy", restartPolicy="Always")]
    body = patched(on(target, "set_image", image="proxy:v2", container="proxy"), target)
    assert body["spec"]["template"]["spec"] == {"initContainers": [{"name": "proxy", "image": "proxy:v2"}]}


def test_a_cronjobs_template_lies_deeper() -> None:
    target: Obj = {**meta("CronJob", "nightly"), "spec": {"jobTemplate": {"spec": {"template": template()}}}}
    body = patched(on(target, "set_image", image="reg.example.com/app:v2"), target)
    spec = body["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    assert spec == {"containers": [{"name": "app", "image": "reg.example.com/app:v2"}]}


def test_the_same_image_is_no_change() -> None:
    assert (
        refused(on(workload(), "set_image", image="reg.example.com/app:v1"), workload(), "already") == "image"
    )


@pytest.mark.parametrize(
    "image",
    [
        "nginx",
        "nginx:1.27",
        "reg.example.com:5000/team/app:v2",
        "localhost/app",
        "app@sha256:" + "a" * 64,
        "a/b_c/d-e:T_1.x",
    ],
)
def test_images_that_are_fine(image: str) -> None:
    assert (
        change("set_image", kind="Deployment", namespace="a", name="b", image=image).arguments()["image"]
        == image
    )


def test_a_moving_tag_is_mentioned() -> None:
    for image, moves in (
        ("app", True),
        ("app:latest", True),
        ("app:v2", False),
        ("app@sha256:" + "b" * 64, False),
    ):
        told = on(workload(), "set_image", image=image).explain(seen(workload())).en
        assert ("latest moves" in told) is moves


# -- resources, environment, probes ------------------------------------------------------------------------------


def test_only_the_given_resources_are_sent() -> None:
    body = patched(on(workload(), "set_resources", memory_limit="1Gi", cpu_request="250m"), workload())
    [sent_container] = body["spec"]["template"]["spec"]["containers"]
    assert sent_container["resources"] == {"requests": {"cpu": "250m"}, "limits": {"memory": "1Gi"}}


def test_a_request_above_the_limit_is_refused() -> None:
    target = workload(made=template(container(resources={"requests": {"memory": "512Mi"}})))
    made = on(target, "set_resources", memory_limit="256Mi")
    assert refused(made, target, "request 512Mi would be above its limit 256Mi") == "memory_limit"


def test_equal_quantities_in_other_words_are_no_change() -> None:
    target = workload(made=template(container(resources={"limits": {"cpu": "1", "memory": "1Gi"}})))
    refused(on(target, "set_resources", cpu_limit="1000m", memory_limit="1024Mi"), target, "already")


def test_a_variable_is_set_replaced_and_removed() -> None:
    target = workload(
        made=template(
            container(env=[{"name": "A", "valueFrom": {"fieldRef": {}}}, {"name": "B", "value": "1"}])
        )
    )

    def env(**arguments: Any) -> Any:
        body = patched(on(target, "set_env", **arguments), target)
        return body["spec"]["template"]["spec"]["containers"][0]["env"]

    assert env(variable="C", value="x") == [{"name": "C", "value": "x"}]
    assert env(variable="A", value="x") == [{"name": "A", "value": "x", "valueFrom": None}]
    assert env(variable="B") == [{"name": "B", "$patch": "delete"}]
    assert env(variable="B", value="") == [{"name": "B", "value": ""}]
    refused(on(target, "set_env", variable="Z"), target, "no variable Z")
    refused(on(target, "set_env", variable="B", value="1"), target, "already")


PROBED = workload(
    made=template(
        container(livenessProbe={"httpGet": {"path": "/", "port": 80, "scheme": "HTTP"}, "periodSeconds": 5})
    )
)


def probe(target: Obj, **arguments: Any) -> Any:
    body = patched(on(target, "set_probe", **arguments), target)
    [sent_container] = body["spec"]["template"]["spec"]["containers"]
    return sent_container[f"{arguments['probe']}Probe"]


def test_a_probe_keeps_what_is_not_given() -> None:
    assert probe(PROBED, probe="liveness", port=8080) == {"httpGet": {"port": 8080}}
    assert probe(PROBED, probe="liveness", path="/healthz") == {"httpGet": {"path": "/healthz", "port": 80}}
    assert probe(PROBED, probe="liveness", period_seconds=9) == {"periodSeconds": 9}
    assert probe(PROBED, probe="liveness", command=["true"]) == {
        "httpGet": None,
        "exec": {"command": ["true"]},
    }
    assert probe(PROBED, probe="liveness", remove=True) is None
    assert probe(PROBED, probe="readiness", port="http") == {"tcpSocket": {"port": "http"}}


def test_a_probe_that_cannot_be() -> None:
    assert refused(on(PROBED, "set_probe", probe="startup", path="/"), PROBED, "Which port") == "port"
    assert refused(on(PROBED, "set_probe", probe="startup", period_seconds=3), PROBED, "Which port") == "port"
    refused(on(PROBED, "set_probe", probe="liveness"), PROBED, "What should it become")
    refused(on(PROBED, "set_probe", probe="startup", remove=True), PROBED, "no such probe")
    refused(on(PROBED, "set_probe", probe="liveness", port=80), PROBED, "that way already")


# -- rollback ----------------------------------------------------------------------------------------------------


def revisions(*images: str) -> Snapshot:
    """A Deployment that has had these images, the last of them now."""
    target = workload(
        made=template(container(image=images[-1])),
        annotations={"deployment.kubernetes.io/revision": str(len(images))},
    )
    sets = []
    for number, image in enumerate(images, 1):
        made = template(container(image=image))
        made["metadata"]["labels"]["pod-template-hash"] = f"hash{number}"
        annotations = {"deployment.kubernetes.io/revision": str(number)}
        kept = meta("ReplicaSet", f"web-{number}", annotations=annotations, ownerReferences=owned_by(target))
        sets.append({**kept, "spec": {"template": made}})
    return seen(target, ReplicaSet=sets)


def test_rollback_replaces_the_whole_template() -> None:
    request = sent(on(workload(), "rollback"), revisions("a:v1", "a:v2", "a:v3"))
    assert isinstance(request, Patch)
    assert request.type is PatchType.JSON
    assert request.body == [
        {"op": "replace", "path": "/spec/template", "value": template(container(image="a:v2"))}
    ]


def test_rollback_to_a_revision() -> None:
    request = sent(on(workload(), "rollback", revision=1), revisions("a:v1", "a:v2", "a:v3"))
    assert isinstance(request, Patch)
    assert request.body[0]["value"]["spec"]["containers"][0]["image"] == "a:v1"


def test_rollback_skips_what_is_the_same() -> None:
    request = sent(on(workload(), "rollback"), revisions("a:v1", "a:v2", "a:v2"))
    assert isinstance(request, Patch)
    assert request.body[0]["value"]["spec"]["containers"][0]["image"] == "a:v1"


def test_a_daemon_set_returns_by_its_controller_revision() -> None:
    target = workload("DaemonSet", made=template(container(image="a:v2")))
    kept = [
        {
            **meta("ControllerRevision", f"web-{n}", ownerReferences=owned_by(target)),
            "revision": n,
            "data": {"spec": {"template": {**template(container(image=f"a:v{n}")), "$patch": "replace"}}},
        }
        for n in (1, 2)
    ]
    request = sent(on(target, "rollback"), seen(target, ControllerRevision=kept))
    assert isinstance(request, Patch)
    assert request.body[0]["value"] == template(container(image="a:v1"))


def test_a_stuck_pod_of_a_stateful_set_does_not_block_the_way_back() -> None:
    target = workload("StatefulSet", made=template(container(image="a:v2")))
    target["status"]["updateRevision"] = "web-2"
    kept = [
        {
            **meta("ControllerRevision", f"web-{n}", ownerReferences=owned_by(target)),
            "revision": n,
            "data": {"spec": {"template": template(container(image=f"a:v{n}"))}},
        }
        for n in (1, 2)
    ]
    stuck = pod(
        "web-2", target, ready=False, containerStatuses=[state(waiting={"reason": "ImagePullBackOff"})]
    )
    stuck["metadata"]["labels"] = {"controller-revision-hash": "web-2"}
    before = seen(target, ControllerRevision=kept, Pod=[pod("web-0", target), stuck])
    rollback = on(target, "rollback")
    _, deletion = rollback.requests(before)
    assert deletion == Delete(Ref("Pod", "shop", "web-2"))
    assert "stuck pods (web-2) are deleted" in rollback.explain(before).en
    parallel = workload("StatefulSet", made=template(container(image="a:v2")))
    parallel["spec"]["podManagementPolicy"] = "Parallel"
    assert len(rollback.requests(seen(parallel, ControllerRevision=kept, Pod=[stuck]))) == 1


def test_rollback_without_a_past() -> None:
    refused(on(workload(), "rollback"), revisions("a:v1"), "no earlier revision")
    refused(on(workload(), "rollback", revision=7), revisions("a:v1", "a:v2"), "no revision 7")
    hidden = Snapshot(workload(), not_looked_at={"ReplicaSet": "forbidden"})
    refused(on(workload(), "rollback"), hidden, "may not be read")


# -- autoscaling -------------------------------------------------------------------------------------------------


def autoscaler(**spec: Any) -> Obj:
    cpu = {"type": "Resource", "resource": {"name": "cpu", "target": {"averageUtilization": 80}}}
    own = {"minReplicas": 2, "maxReplicas": 5, "metrics": [cpu, {"type": "Pods"}], **spec}
    return {**meta("HorizontalPodAutoscaler", "web-hpa"), "spec": own}


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


# -- nodes -------------------------------------------------------------------------------------------------------


def node(**spec: Any) -> Obj:
    return {**meta("Node", "n1", ""), "spec": spec}


def test_cordon_and_uncordon() -> None:
    assert patched(change("cordon", name="n1"), node()) == {"spec": {"unschedulable": True}}
    assert patched(change("uncordon", name="n1"), node(unschedulable=True)) == {
        "spec": {"unschedulable": None}
    }
    refused(change("cordon", name="n1"), node(unschedulable=True), "already")
    refused(change("uncordon", name="n1"), node(), "not cordoned")


def test_drain_leaves_daemons_and_mirrors_alone_and_warns() -> None:
    movable, daemon, mirror, alone = (
        pod(f"p{n}", workload(kind))
        for n, kind in enumerate(("ReplicaSet", "DaemonSet", "ReplicaSet", "ReplicaSet"))
    )
    mirror["metadata"]["annotations"] = {"kubernetes.io/config.mirror": "x"}
    del alone["metadata"]["ownerReferences"]
    movable["spec"]["volumes"] = [{"name": "cache", "emptyDir": {}}]
    before = seen(node(), Pod=[movable, daemon, mirror, alone])
    drain = change("drain", name="n1")
    cordon, *evictions = drain.requests(before)
    assert isinstance(cordon, Patch)
    assert evictions == [Evict(Ref("Pod", "shop", "p0")), Evict(Ref("Pod", "shop", "p3"))]
    told = drain.explain(before).en
    assert "emptyDir volumes are lost: p0" in told
    assert "Nothing controls these pods, so nothing makes them again: p3" in told
    assert "2 pods of DaemonSets or static pods stay" in told
    budget = {**meta("PodDisruptionBudget", "pdb"), "spec": {"selector": {"matchLabels": {"app": "web"}}}}
    budget["status"] = {"disruptionsAllowed": 0}
    held = seen(node(), Pod=[movable], PodDisruptionBudget=[budget])
    assert "budget pdb allows no disruption now" in drain.explain(held).en
    left = drain.settled(before, seen(node(unschedulable=True), Pod=[daemon, mirror, alone]))
    assert isinstance(left, Waiting)
    assert (left.done, left.total) == (1, 2)
    assert isinstance(drain.settled(before, seen(node(unschedulable=True), Pod=[daemon, mirror])), Settled)
    assert drain.undo_all(before, [node(unschedulable=True), None, None]) == change("uncordon", name="n1")


def test_drain_goes_on_where_it_stopped() -> None:
    half = seen(node(unschedulable=True), Pod=[pod("p1", workload("ReplicaSet"))])
    assert change("drain", name="n1").requests(half) == (Evict(Ref("Pod", "shop", "p1")),)
    refused(change("drain", name="n1"), seen(node(unschedulable=True)), "drained already")
    blind = Snapshot(node(), not_looked_at={"Pod": "forbidden"})
    refused(change("drain", name="n1"), blind, "may not be read")


# -- CronJobs ----------------------------------------------------------------------------------------------------


def cron(**spec: Any) -> Obj:
    made = {"metadata": {"labels": {"a": "b"}}, "spec": {"backoffLimit": 1, "template": template()}}
    return {**meta("CronJob", "nightly"), "spec": {"schedule": "0 4 * * *", "jobTemplate": made, **spec}}


def test_suspend_and_resume() -> None:
    assert patched(change("suspend", namespace="shop", name="nightly"), cron()) == {"spec": {"suspend": True}}
    resumed = patched(change("resume", namespace="shop", name="nightly"), cron(suspend=True))
    assert resumed == {"spec": {"suspend": False}}
    refused(change("suspend", namespace="shop", name="nightly"), cron(suspend=True), "already")
    refused(change("resume", namespace="shop", name="nightly"), cron(), "not suspended")


def test_trigger_makes_a_job_that_belongs_to_the_cronjob() -> None:
    trigger = change("trigger", namespace="shop", name="nightly")
    request = sent(trigger, seen(cron()))
    assert isinstance(request, Create)
    assert request.ref == Ref("Job", "shop", "nightly-manual-20260102030405")
    assert request.body["spec"] == {"backoffLimit": 1, "template": template()}
    assert request.body["metadata"]["ownerReferences"][0]["uid"] == "CronJob-nightly"
    assert request.body["metadata"]["annotations"]["cronjob.kubernetes.io/instantiate"] == "manual"
    assert trigger.undo(seen(cron()), {}) == change(
        "delete", kind="Job", namespace="shop", name=request.ref.name
    )


def test_a_triggered_run_is_watched_until_it_starts_or_fails() -> None:
    trigger = change("trigger", namespace="shop", name="nightly")
    before, name = seen(cron()), "nightly-manual-20260102030405"

    def judged(pods: list[Obj] | None = None, **status: Any) -> Any:
        job = {**meta("Job", name), "status": status}
        return trigger.settled(before, seen(cron(), Job=[job], Pod=pods or []))

    job = meta("Job", name)
    assert isinstance(trigger.settled(before, seen(cron())), Waiting)
    assert isinstance(judged(), Waiting)
    assert isinstance(judged([pod("run", job)]), Settled)
    assert isinstance(judged(conditions=[{"type": "Complete", "status": "True"}]), Settled)
    assert isinstance(
        judged(conditions=[{"type": "Failed", "status": "True", "message": "too often"}]), Broken
    )
    stuck = pod(
        "run",
        job,
        ready=False,
        phase="Pending",
        containerStatuses=[state(waiting={"reason": "ImagePullBackOff"})],
    )
    assert isinstance(judged([stuck]), Broken)


# -- Services, volumes, labels, deletions ------------------------------------------------------------------------


def service(*ports: Obj, **selector: str) -> Obj:
    return {**meta("Service", "web"), "spec": {"selector": selector, "ports": list(ports)}}


def test_a_selector_is_replaced_as_a_whole() -> None:
    target = service({"port": 80}, app="wrong", tier="x")
    request = sent(change("set_service", namespace="shop", name="web", selector="app=web"), seen(target))
    assert isinstance(request, Patch)
    assert request.body == [
        {"op": "test", "path": "/spec/selector", "value": {"app": "wrong", "tier": "x"}},
        {"op": "replace", "path": "/spec/selector", "value": {"app": "web"}},
    ]


def test_ports_of_a_service() -> None:
    one, two = service({"port": 80, "targetPort": 80}), service({"port": 80, "targetPort": 80}, {"port": 443})

    def steps(target: Obj, **arguments: Any) -> Any:
        request = sent(change("set_service", namespace="shop", name="web", **arguments), seen(target))
        assert isinstance(request, Patch)
        return [(step["path"], step["value"]) for step in request.body if step["op"] != "test"]

    assert steps(one, target_port="8080") == [("/spec/ports/0/targetPort", 8080)]
    assert steps(one, port=8000) == [("/spec/ports/0/port", 8000)]
    assert steps(two, port=443, target_port="https") == [("/spec/ports/1/targetPort", "https")]
    which = change("set_service", namespace="shop", name="web", target_port=1)
    assert refused(which, two, "80, 443. Which one") == "port"


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"selector": {}},
        {"selector": "app"},
        {"selector": {"a b": "c"}},
        {"port": 0},
        {"target_port": "UPPER"},
    ],
)
def test_a_service_that_cannot_be(arguments: dict[str, Any]) -> None:
    with pytest.raises(Unusable):
        change("set_service", namespace="shop", name="web", **arguments)


def claim(size: str = "10Gi", **status: Any) -> Obj:
    spec = {"storageClassName": "fast", "resources": {"requests": {"storage": size}}}
    own = {"phase": "Bound", "capacity": {"storage": size}, **status}
    return {**meta("PersistentVolumeClaim", "data"), "spec": spec, "status": own}


def storage(expands: bool) -> Obj:
    return {**meta("StorageClass", "fast", ""), "allowVolumeExpansion": expands}


def test_a_volume_only_grows() -> None:
    def resize(size: str) -> Change:
        return change("resize_volume", namespace="shop", name="data", size=size)

    able = seen(claim(), StorageClass=[storage(True)])
    request = sent(resize("20Gi"), able)
    assert isinstance(request, Patch)
    assert request.body == {"spec": {"resources": {"requests": {"storage": "20Gi"}}}}
    refused(resize("5Gi"), able, "cannot shrink from 10Gi to 5Gi")
    refused(resize("10240Mi"), able, "already")
    refused(resize("20Gi"), seen(claim(), StorageClass=[storage(False)]), "does not allow")
    refused(resize("20Gi"), seen(claim(phase="Pending")), "not bound")
    assert isinstance(resize("20Gi").undo(able, claim("20Gi")), NoWayBack)
    assert isinstance(resize("20Gi").settled(able, able), Waiting)
    assert isinstance(resize("20Gi").settled(able, seen(claim("20Gi"))), Settled)
    pending = claim(conditions=[{"type": "FileSystemResizePending", "status": "True"}])
    assert "when its pod restarts" in resize("20Gi").settled(able, seen(pending)).text.en
    failed = claim(conditions=[{"type": "ControllerResizeError", "status": "True", "message": "full"}])
    assert isinstance(resize("20Gi").settled(able, seen(failed)), Broken)
    for size in ("lots", "-1Gi", "1", "1e40"):
        with pytest.raises(Unusable):
            resize(size)


def test_labels_and_annotations_are_merged() -> None:
    target = workload(labels={"team": "a"})
    for verb, field in (("label", "labels"), ("annotate", "annotations")):
        request = sent(on(target, verb, key="x.io/y", value="z"), seen(target))
        assert isinstance(request, Patch)
        assert (request.type, request.body) == (PatchType.MERGE, {"metadata": {field: {"x.io/y": "z"}}})
    removal = sent(on(target, "label", key="team"), seen(target))
    assert isinstance(removal, Patch)
    assert removal.body == {"metadata": {"labels": {"team": None}}}
    refused(on(target, "label", key="team", value="a"), target, "already")
    refused(on(target, "annotate", key="team"), target, "no annotation team")


def test_delete_is_told_by_what_is_left() -> None:
    target = workload()
    delete = on(target, "delete")
    assert sent(delete, seen(target)) == Delete(WEB)
    refused(delete, Snapshot(None), "does not exist")
    going, other = workload(), workload()
    going["metadata"] |= {"deletionTimestamp": AT, "finalizers": ["x.io/hold"]}
    other["metadata"]["uid"] = "another"
    refused(delete, going, "already")
    waiting = delete.settled(seen(target), seen(going))
    assert isinstance(waiting, Waiting)
    assert "x.io/hold" in waiting.text.en
    assert isinstance(delete.settled(seen(target), seen(other)), Settled)
    assert isinstance(delete.settled(seen(target), Snapshot(None)), Settled)
    assert isinstance(delete.undo(seen(target), None), NoWayBack)
