"""What every read answers, and what it says of what it could not see."""

from __future__ import annotations

from typing import Any

import pytest
from operation_samples import (
    AT,
    MemoryCluster,
    Obj,
    container,
    meta,
    owned_by,
    pod,
    state,
    template,
    workload,
)

from kubesteer.core.clusters import Usage
from kubesteer.core.errors import Forbidden, NotFound, Unsupported
from kubesteer.core.operations import Answer, Read
from kubesteer.core.refs import Ref
from kubesteer.core.texts import Text
from kubesteer.operations.registry import operation

FORBIDDEN = Forbidden(Text("没有权限。", "Not permitted."), status=403)
ABSENT = Unsupported(Text("没有 metrics.k8s.io。", "No metrics.k8s.io."), status=404)


async def look(cluster: MemoryCluster, verb: str, /, **arguments: Any) -> Answer:
    made = operation(verb, arguments)
    assert isinstance(made, Read)
    answer = await made.look(cluster)
    assert answer.text.zh
    assert answer.text.en
    return answer


def event(
    reason: str, about: Obj, message: str, *, count: int = 1, at: str = AT, type: str = "Normal"
) -> Obj:
    ref = Ref.of(about)
    involved = {
        "kind": ref.kind,
        "namespace": ref.namespace,
        "name": ref.name,
        "uid": about["metadata"]["uid"],
    }
    head = meta("Event", f"{ref.name}.{reason}.{at}", ref.namespace or "default")
    return {
        **head,
        "involvedObject": involved,
        "reason": reason,
        "message": message,
        "count": count,
        "type": type,
        "lastTimestamp": at,
    }


def family(kind: str = "Deployment", count: int = 2) -> tuple[Obj, list[Obj]]:
    """A workload and what belongs to it."""
    target = workload(kind, replicas=count)
    between = meta("ReplicaSet", "web-1", labels={"app": "web"}, ownerReferences=owned_by(target))
    owner = between if kind == "Deployment" else target
    return target, [between, *(pod(f"web-{n}", owner) for n in range(count))]


# -- status ------------------------------------------------------------------------------------------------------


async def test_the_verdict_on_a_pod_that_is_well() -> None:
    nginx = pod("my-nginx")
    answer = await look(MemoryCluster(nginx), "get_status", kind="Pod", namespace="shop", name="my-nginx")
    first_zh, first_en = answer.text.zh.splitlines()[0], answer.text.en.splitlines()[0]
    assert first_zh == "my-nginx 目前 Running,运行在 node-01,IP 10.244.1.5,一切正常。"
    assert first_en == "my-nginx is Running on node-01, IP 10.244.1.5; all is well."
    assert answer.data["node"] == "node-01"
    assert answer.data["healthy"] is True


@pytest.mark.parametrize(
    ("sick", "reason"),
    [
        (
            pod(
                ready=False,
                containerStatuses=[
                    state(
                        restarts=4,
                        waiting={"reason": "CrashLoopBackOff"},
                        last={"terminated": {"exitCode": 137}},
                    )
                ],
            ),
            "keeps crashing, exit code 137",
        ),
        (
            pod(
                ready=False,
                containerStatuses=[state(waiting={"reason": "ImagePullBackOff", "message": "no such tag"})],
            ),
            "cannot be pulled (no such tag)",
        ),
        (
            pod(
                ready=False,
                phase="Pending",
                conditions=[{"type": "PodScheduled", "status": "False", "message": "0/3 nodes"}],
                containerStatuses=[],
            ),
            "cannot be scheduled: 0/3 nodes",
        ),
        (pod(ready=False), "container app is not ready"),
        (
            pod(ready=False, phase="Failed", reason="Evicted", message="low on memory", containerStatuses=[]),
            "Evicted",
        ),
        (
            pod(
                ready=False,
                containerStatuses=[
                    state(
                        restarts=3,
                        waiting={"reason": "CrashLoopBackOff"},
                        last={"terminated": {"exitCode": 137, "reason": "OOMKilled"}},
                    )
                ],
            ),
            "ran out of memory",
        ),
    ],
)
async def test_a_pod_that_is_not_well_names_the_reason(sick: Obj, reason: str) -> None:
    answer = await look(MemoryCluster(sick), "get_status", kind="Pod", namespace="shop", name="web-1")
    assert "not well" in answer.text.en.splitlines()[0]
    assert reason in answer.text.en.splitlines()[0]
    assert "有问题" in answer.text.zh.splitlines()[0]
    assert answer.data["healthy"] is False


async def test_a_workload_lists_its_pods_sick_ones_first() -> None:
    target, others = family(count=2)
    target["status"] |= {"readyReplicas": 1, "availableReplicas": 1}
    others[2]["status"] = pod(ready=False, containerStatuses=[state(waiting={"reason": "ErrImagePull"})])[
        "status"
    ]
    answer = await look(
        MemoryCluster(target, *others), "get_status", kind="Deployment", namespace="shop", name="web"
    )
    assert answer.text.en.startswith(
        "web is at 1/2 replicas ready, and not well: 1 of its replicas is unavailable; pod web-1"
    )
    lines = answer.text.en.splitlines()
    assert lines.index(next(x for x in lines if x.startswith("web-1"))) < lines.index(
        next(x for x in lines if x.startswith("web-0"))
    )


async def test_events_are_newest_first_and_folded() -> None:
    target = pod()
    events = [
        event(
            "BackOff", target, "Back-off 10s restarting", count=3, at="2026-01-02T03:00:00Z", type="Warning"
        ),
        event(
            "BackOff", target, "Back-off 20s restarting", count=4, at="2026-01-02T03:10:00Z", type="Warning"
        ),
        event("Pulled", target, "Pulled image", at="2026-01-02T03:05:00Z"),
    ]
    other = event("Killing", pod("other"), "not mine")
    earlier = event("Failed", target, "of an earlier life")
    earlier["involvedObject"]["uid"] = "gone"
    answer = await look(
        MemoryCluster(target, *events, other, earlier),
        "get_status",
        kind="Pod",
        namespace="shop",
        name="web-1",
    )
    assert [(e["reason"], e["count"]) for e in answer.data["events"]] == [("BackOff", 7), ("Pulled", 1)]
    assert answer.data["events"][0]["message"] == "Back-off 20s restarting"


async def test_what_may_not_be_seen_is_said() -> None:
    target, others = family()
    cluster = MemoryCluster(target, *others, refused={"Event": FORBIDDEN, "Pod": FORBIDDEN})
    answer = await look(cluster, "get_status", kind="Deployment", namespace="shop", name="web")
    assert answer.coverage.not_looked_at == {"Event": "forbidden", "Pod": "forbidden"}
    assert "Could not look at: Event (forbidden), Pod (forbidden)" in answer.text.en


async def test_a_service_whose_pods_may_not_be_seen_is_not_called_empty() -> None:
    service: Obj = {**meta("Service", "s"), "spec": {"selector": {"app": "web"}}}
    answer = await look(
        MemoryCluster(service, refused={"Pod": FORBIDDEN}),
        "get_status",
        kind="Service",
        namespace="shop",
        name="s",
    )
    assert "matches no pod" not in answer.text.en
    assert "Could not look at: Pod (forbidden)" in answer.text.en


@pytest.mark.parametrize("verb", ["get_logs", "get_usage"])
async def test_pods_that_may_not_be_listed_are_not_absent_pods(verb: str) -> None:
    target, others = family()
    cluster = MemoryCluster(target, *others, refused={"Pod": FORBIDDEN})
    with pytest.raises(Forbidden):
        await look(cluster, verb, kind="Deployment", namespace="shop", name="web")


async def test_what_does_not_exist_is_an_error() -> None:
    with pytest.raises(NotFound):
        await look(MemoryCluster(), "get_status", kind="Pod", namespace="shop", name="nope")


@pytest.mark.parametrize(
    ("target", "state_", "healthy"),
    [
        (
            {**meta("Node", "n1", ""), "status": {"conditions": [{"type": "Ready", "status": "True"}]}},
            "Ready",
            True,
        ),
        (
            {
                **meta("Node", "n1", ""),
                "spec": {"unschedulable": True},
                "status": {"conditions": [{"type": "Ready", "status": "Unknown", "message": "silent"}]},
            },
            "NotReady,SchedulingDisabled",
            False,
        ),
        (
            {
                **meta("Node", "n1", ""),
                "status": {
                    "conditions": [
                        {"type": "Ready", "status": "True"},
                        {"type": "DiskPressure", "status": "True"},
                    ]
                },
            },
            "Ready",
            False,
        ),
        ({**meta("PersistentVolumeClaim", "d"), "status": {"phase": "Pending"}}, "Pending", False),
        ({**meta("PersistentVolumeClaim", "d"), "status": {"phase": "Bound"}}, "Bound", True),
        (
            {
                **meta("Job", "j"),
                "status": {"conditions": [{"type": "Failed", "status": "True", "message": "too often"}]},
            },
            "Failed",
            False,
        ),
        (
            {**meta("Job", "j"), "status": {"conditions": [{"type": "Complete", "status": "True"}]}},
            "Complete",
            True,
        ),
        ({**meta("CronJob", "c"), "spec": {"suspend": True}}, "Suspended", True),
        (
            {
                **meta("HorizontalPodAutoscaler", "h"),
                "spec": {"maxReplicas": 5},
                "status": {
                    "conditions": [{"type": "ScalingActive", "status": "False", "message": "no metrics"}]
                },
            },
            "0 (1–5)",
            False,
        ),
        ({**meta("Namespace", "n", ""), "status": {"phase": "Terminating"}}, "Terminating", True),
        (meta("ConfigMap", "cm"), "Exists", True),
        ({**meta("Service", "s"), "spec": {"selector": {"app": "nobody"}}}, "ClusterIP (0/0)", False),
        ({**meta("Service", "s"), "spec": {"type": "ExternalName"}}, "ExternalName", True),
    ],
)
async def test_every_kind_has_a_state(target: Obj, state_: str, healthy: bool) -> None:
    ref = Ref.of(target)
    answer = await look(
        MemoryCluster(target), "get_status", kind=ref.kind, namespace=ref.namespace, name=ref.name
    )
    assert (answer.data["state"], answer.data["healthy"]) == (state_, healthy)


async def test_facts_of_an_ingress_and_an_autoscaler() -> None:
    ingress: Obj = {
        **meta("Ingress", "front"),
        "spec": {"ingressClassName": "nginx", "rules": [{"host": "a.example.com"}, {}]},
        "status": {"loadBalancer": {"ingress": [{"ip": "192.0.2.1"}]}},
    }
    told = (
        await look(MemoryCluster(ingress), "get_status", kind="Ingress", namespace="shop", name="front")
    ).text.en
    assert "Hosts: a.example.com, *\nAddress: 192.0.2.1\nClass: nginx" in told
    goal = {"type": "Resource", "resource": {"name": "cpu", "target": {"averageUtilization": 80}}}
    current = {"type": "Resource", "resource": {"name": "cpu", "current": {"averageUtilization": 45}}}
    hpa: Obj = {
        **meta("HorizontalPodAutoscaler", "web"),
        "spec": {
            "scaleTargetRef": {"kind": "Deployment", "name": "web"},
            "maxReplicas": 5,
            "metrics": [goal],
        },
        "status": {"currentReplicas": 2, "desiredReplicas": 3, "currentMetrics": [current]},
    }
    told = (await look(MemoryCluster(hpa), "get_status", kind="hpa", namespace="shop", name="web")).text.en
    assert "Target: Deployment/web\nReplicas: 2 now, 3 wanted\nMetrics: cpu 45%/80%" in told


# -- events, lists, manifests ------------------------------------------------------------------------------------


async def test_events_of_one_object_and_of_all() -> None:
    one, two = event("Pulled", pod("a"), "x"), event("Failed", pod("b"), "y", type="Warning")
    cluster = MemoryCluster(one, two)
    assert len((await look(cluster, "get_events")).data["events"]) == 2
    only = await look(cluster, "get_events", kind="Pod", namespace="shop", name="b")
    assert [each["reason"] for each in only.data["events"]] == ["Failed"]
    none = await look(cluster, "get_events", namespace="elsewhere")
    assert "No events in elsewhere" in none.text.en


async def test_only_the_unhealthy_ones() -> None:
    sick = pod("sick", ready=False, containerStatuses=[state(waiting={"reason": "ErrImagePull"})])
    done = pod("done", ready=False, phase="Succeeded", containerStatuses=[])
    cluster = MemoryCluster(pod("well"), sick, done)
    every = await look(cluster, "list_resources", kind="Pod")
    assert [item["name"] for item in every.data["items"]] == ["well", "sick", "done"]
    bad = await look(cluster, "list_resources", kind="Pod", namespace="shop", unhealthy=True)
    assert [item["name"] for item in bad.data["items"]] == ["sick"]
    assert "Pod: 3 in shop, 1 not well" in bad.text.en
    well = await look(MemoryCluster(pod("well")), "list_resources", kind="Pod", unhealthy=True)
    assert "Pod: 1 in the cluster, all well" in well.text.en
    assert "There is no Job" in (await look(cluster, "list_resources", kind="Job")).text.en


async def test_secrets_are_listed_by_name_alone() -> None:
    secret = {**meta("Secret", "keys"), "data": {"token": "czNjcjN0"}}
    answer = await look(MemoryCluster(secret), "list_resources", kind="Secret")
    assert answer.data["items"] == [{"kind": "Secret", "namespace": "shop", "name": "keys"}]
    assert "czNjcjN0" not in answer.text.en


async def test_a_manifest_shows_a_secrets_keys_alone() -> None:
    secret = {**meta("Secret", "keys"), "data": {"token": "czNjcjN0"}, "stringData": {"plain": "s3cr3t"}}
    secret["metadata"] |= {
        "managedFields": [{"manager": "x"}],
        "annotations": {
            "kubectl.kubernetes.io/last-applied-configuration": '{"data":{"token":"czNjcjN0"}}',
            "a": "b",
        },
    }
    answer = await look(MemoryCluster(secret), "get_manifest", kind="Secret", namespace="shop", name="keys")
    shown = answer.text.en + str(answer.data)
    assert "token" in shown
    assert answer.data["manifest"]["metadata"]["annotations"] == {"a": "b"}
    for hidden in ("czNjcjN0", "s3cr3t", "managedFields"):
        assert hidden not in shown


# -- usage -------------------------------------------------------------------------------------------------------


def usage(name: str, cpu: float, memory: float, kind: str = "Pod") -> Usage:
    part = "" if kind == "Node" else "app"
    return Usage(Ref(kind, "" if kind == "Node" else "shop", name), AT, 30.0, {part: cpu}, {part: memory})


def limited(name: str, owner: Obj | None = None) -> Obj:
    made = pod(name, owner)
    resources = {"requests": {"cpu": "100m", "memory": "128Mi"}, "limits": {"cpu": "200m", "memory": "256Mi"}}
    made["spec"]["containers"] = [container(resources=resources)]
    return made


async def test_usage_of_a_workload_beside_its_requests_and_limits() -> None:
    target, others = family(count=2)
    members = [limited("web-0", others[0]), limited("web-1", others[0])]
    usages = [usage("web-0", 0.15, 64 * 2**20), usage("web-1", 0.05, 64 * 2**20), usage("stranger", 9, 9)]
    answer = await look(
        MemoryCluster(target, others[0], *members, usages=usages),
        "get_usage",
        kind="Deployment",
        namespace="shop",
        name="web",
    )
    assert answer.text.en.startswith(
        "2 pods of web together: CPU 200m (100% of requests, 50% of limits), memory 128Mi (50% of requests, 25% of limits)."
    )
    assert answer.data["total"]["cpu"]["percent_of_request"] == 100.0
    assert [row["name"] for row in answer.data["usage"]] == ["shop/web-0", "shop/web-1"]


async def test_usage_of_all_deployments_is_told_by_deployment() -> None:
    target, others = family(count=2)
    members = [limited("web-0", others[0]), limited("web-1", others[0])]
    usages = [usage("web-0", 0.15, 2**20), usage("web-1", 0.05, 2**20), usage("stranger", 9, 9)]
    cluster = MemoryCluster(target, others[0], *members, pod("stranger"), usages=usages)
    answer = await look(cluster, "get_usage", kind="Deployment", namespace="shop")
    [row] = answer.data["usage"]
    assert row["name"] == "shop/web"
    assert row["cpu"]["used"] == pytest.approx(0.2)
    blind = MemoryCluster(target, *others, refused={"Pod": FORBIDDEN})
    with pytest.raises(Forbidden):
        await look(blind, "get_usage", kind="Deployment")


async def test_usage_without_requests_gives_no_percentage() -> None:
    answer = await look(
        MemoryCluster(pod(), usages=[usage("web-1", 0.5, 2**20)]),
        "get_usage",
        kind="Pod",
        namespace="shop",
        name="web-1",
    )
    assert "no requests or limits set" in answer.text.en
    assert answer.data["total"]["cpu"]["percent_of_request"] is None


async def test_usage_of_nodes_beside_what_they_can_allocate() -> None:
    node = {**meta("Node", "n1", ""), "status": {"allocatable": {"cpu": "4", "memory": "8Gi"}}}
    cluster = MemoryCluster(node, usages=[usage("n1", 1.0, 2**32, "Node")])
    assert "25%" in (await look(cluster, "get_usage", kind="Node")).text.en
    named = await look(cluster, "get_usage", kind="Node", name="n1")
    assert named.data["total"]["memory"]["percent_of_limit"] == 50.0


async def test_absent_metrics_are_an_error_and_absent_figures_are_said() -> None:
    with pytest.raises(Unsupported):
        await look(
            MemoryCluster(pod(), refused={"PodMetrics": ABSENT}),
            "get_usage",
            kind="Pod",
            namespace="shop",
            name="web-1",
        )
    fresh = await look(MemoryCluster(pod()), "get_usage", kind="Pod", namespace="shop", name="web-1")
    assert "No figures yet for shop/web-1" in fresh.text.en
    idle = await look(
        MemoryCluster(workload(replicas=0)), "get_usage", kind="Deployment", namespace="shop", name="web"
    )
    assert "No pod is running" in idle.text.en


# -- rollouts ----------------------------------------------------------------------------------------------------


async def test_a_rollout_and_its_history() -> None:
    target = workload(
        annotations={"deployment.kubernetes.io/revision": "2"}, made=template(container(image="a:v2"))
    )
    kept = [
        {
            **meta(
                "ReplicaSet",
                f"web-{n}",
                labels={"app": "web"},
                ownerReferences=owned_by(target),
                annotations={
                    "deployment.kubernetes.io/revision": str(n),
                    "kubernetes.io/change-cause": f"cause {n}",
                },
            ),
            "spec": {"template": template(container(image=f"a:v{n}"))},
        }
        for n in (1, 2)
    ]
    answer = await look(
        MemoryCluster(target, *kept), "get_rollout", kind="Deployment", namespace="shop", name="web"
    )
    assert answer.data["state"] == "done"
    assert [(r["revision"], r["images"], r["current"]) for r in answer.data["revisions"]] == [
        (2, ["a:v2"], True),
        (1, ["a:v1"], False),
    ]
    assert "cause 1" in answer.text.en
    late = {
        "type": "Progressing",
        "status": "False",
        "reason": "ProgressDeadlineExceeded",
        "message": "timed out",
    }
    target["status"] |= {"conditions": [late], "updatedReplicas": 1}
    stuck = await look(
        MemoryCluster(target, *kept), "get_rollout", kind="Deployment", namespace="shop", name="web"
    )
    assert stuck.data["state"] == "stuck"
    assert "timed out" in stuck.text.en
    target["status"]["conditions"] = []
    moving = await look(
        MemoryCluster(target, *kept), "get_rollout", kind="Deployment", namespace="shop", name="web"
    )
    assert moving.data["state"] == "progressing"
    assert "1 of 3 replicas updated" in moving.text.en
