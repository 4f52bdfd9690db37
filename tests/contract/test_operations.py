"""Every write of the contract: rehearsed, sent, settled, and taken back, on both servers."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from typing import Any

import pytest
from clusters import Cluster
from clusters.cluster import PATIENCE_SECONDS, said
from clusters.steered import steer
from clusters.workloads import configmap, cronjob, daemonset, deployment, pod, statefulset

from kubesteer.adapters.kubernetes.actuators import KubernetesActuator
from kubesteer.adapters.kubernetes.clusters import KubernetesCluster
from kubesteer.core.errors import Conflict, NotFound, Throttled, Unusable
from kubesteer.core.operations import Broken, Change, NoWayBack, Progress, Settled, Snapshot
from kubesteer.core.requests import Manifest, Request, Warrant
from kubesteer.operations.differences import differences
from kubesteer.operations.registry import operation, recorded

pytestmark = pytest.mark.long

DEPLOYMENTS, STATEFULSETS, DAEMONSETS = "apps/v1/deployments", "apps/v1/statefulsets", "apps/v1/daemonsets"
CRONJOBS, AUTOSCALERS = "batch/v1/cronjobs", "autoscaling/v2/horizontalpodautoscalers"
V2 = "registry.example.com/app:v2"


@dataclass
class Carried:
    """A change that was carried out, and what came of it."""

    progress: Progress
    back: Change | NoWayBack
    seen: list[Progress] = field(default_factory=list)


def change_of(cluster: Cluster, verb: str, /, **arguments: Any) -> Change:
    """A change in this test's namespace."""
    where = {} if verb in ("cordon", "uncordon", "drain") else {"namespace": cluster.namespace}
    change = operation(verb, {**where, **arguments})
    assert isinstance(change, Change)
    return change


async def carry_out(kube: KubernetesCluster, change: Change) -> Carried:
    """Rehearse, send, and wait until it is settled or known to be broken."""
    before = await change.snapshot(kube)
    requests = change.requests(before)
    assert change.explain(before).zh
    assert change.explain(before).en
    outcomes = [await rehearsed(kube, request) for request in requests]
    back = change.undo(before, outcomes[0]) if len(requests) == 1 else change.undo_all(before, outcomes)
    for request in requests:
        await sent(kube, request)
    seen: list[Progress] = []
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        try:
            now = await change.snapshot(kube)
        except NotFound:
            now = Snapshot(None)
        seen.append(change.settled(before, now))
        # A container that crashes is ready for a moment; the engine, too, believes no first sight.
        steady = len(seen) > 1 and isinstance(seen[-2], Settled)
        if isinstance(seen[-1], Broken) or (isinstance(seen[-1], Settled) and steady):
            break
        await asyncio.sleep(0.1)
    return Carried(seen[-1], back, seen)


async def rehearsed(kube: KubernetesCluster, request: Request) -> Manifest | None:
    try:
        return await kube.rehearse(request)
    except Throttled:
        return None


async def sent(kube: KubernetesCluster, request: Request) -> None:
    """Sent for real; an eviction waits for its budget."""
    while True:
        try:
            await KubernetesActuator(kube).send(Warrant("c-1", request))
            return
        except Throttled:
            await asyncio.sleep(0.2)


def ready(cluster: Cluster, resource: str, name: str, replicas: int) -> None:
    """Wait until a workload has so many ready pods."""
    if not cluster.supports("controllers"):
        pytest.skip("rollouts need the controller manager")
    key = "numberReady" if resource == DAEMONSETS else "readyReplicas"
    cluster.until(
        resource,
        name,
        lambda it: (
            it.get("status", {}).get(key, 0) >= replicas
            and it["status"].get("observedGeneration") == it["metadata"]["generation"]
        ),
    )


CASES: list[tuple[str, int, dict[str, Any]]] = [  # verb, replicas before, arguments
    ("restart", 2, {}),
    ("scale", 2, {"replicas": 3}),
    ("scale", 2, {"change": -1}),
    ("set_image", 2, {"image": V2}),
    ("set_resources", 0, {"cpu_request": "100m", "memory_limit": "128Mi"}),
    ("set_env", 0, {"variable": "LOG_LEVEL", "value": "debug"}),
    ("set_probe", 0, {"probe": "liveness", "port": 8080, "path": "/healthz", "period_seconds": 60}),
    ("label", 0, {"key": "team", "value": "a"}),
    ("annotate", 0, {"key": "example.com/note", "value": "text, of any kind"}),
    ("pause_rollout", 0, {}),
]


@pytest.mark.parametrize(
    ("name", "replicas", "arguments"), CASES, ids=[f"{c[0]}-{i}" for i, c in enumerate(CASES)]
)
async def test_a_change_of_a_deployment_there_and_back(
    cluster: Cluster, name: str, replicas: int, arguments: dict[str, Any]
) -> None:
    cluster.create(DEPLOYMENTS, deployment("web", replicas=replicas))
    ready(cluster, DEPLOYMENTS, "web", replicas)
    was = cluster.get(DEPLOYMENTS, "web")
    async with steer(cluster) as kube:
        done = await carry_out(kube, change_of(cluster, name, kind="Deployment", name="web", **arguments))
        assert isinstance(done.progress, Settled), done.progress
        assert differences(was, cluster.get(DEPLOYMENTS, "web"))
        assert isinstance(done.back, Change)
        undone = await carry_out(kube, recorded(done.back.name_, done.back.arguments()))  # type: ignore[arg-type]
        assert isinstance(undone.progress, Settled), undone.progress
    assert not differences(was, cluster.get(DEPLOYMENTS, "web"))


@pytest.mark.parametrize(("resource", "kind"), [(STATEFULSETS, "StatefulSet"), (DAEMONSETS, "DaemonSet")])
async def test_an_image_is_changed_and_rolled_back(cluster: Cluster, resource: str, kind: str) -> None:
    made = statefulset("db", replicas=2) if kind == "StatefulSet" else daemonset("db")
    cluster.create(resource, made)
    ready(cluster, resource, "db", 2)
    async with steer(cluster) as kube:
        done = await carry_out(kube, change_of(cluster, "set_image", kind=kind, name="db", image=V2))
        assert isinstance(done.progress, Settled), done.progress
        back = await carry_out(kube, change_of(cluster, "rollback", kind=kind, name="db"))
        assert isinstance(back.progress, Settled), back.progress
        template = cluster.get(resource, "db")["spec"]["template"]
        assert (
            template["spec"]["containers"][0]["image"]
            == made["spec"]["template"]["spec"]["containers"][0]["image"]
        )
        restarted = await carry_out(kube, change_of(cluster, "restart", kind=kind, name="db"))
        assert isinstance(restarted.progress, Settled), restarted.progress


async def test_a_deployment_returns_to_a_revision(cluster: Cluster) -> None:
    cluster.create(DEPLOYMENTS, deployment("web", replicas=2))
    ready(cluster, DEPLOYMENTS, "web", 2)
    async with steer(cluster) as kube:
        with pytest.raises(Unusable, match="no earlier revision"):
            await carry_out(kube, change_of(cluster, "rollback", kind="Deployment", name="web"))
        await carry_out(kube, change_of(cluster, "set_image", kind="Deployment", name="web", image=V2))
        with pytest.raises(Unusable, match="at revision 2 already"):
            await carry_out(kube, change_of(cluster, "rollback", kind="Deployment", name="web", revision=2))
        with pytest.raises(Unusable, match="no revision 9"):
            await carry_out(kube, change_of(cluster, "rollback", kind="Deployment", name="web", revision=9))
        back = await carry_out(
            kube, change_of(cluster, "rollback", kind="Deployment", name="web", revision=1)
        )
        assert isinstance(back.progress, Settled), back.progress
        history = await operation(
            "get_rollout", {"kind": "Deployment", "namespace": cluster.namespace, "name": "web"}
        ).look(kube)  # type: ignore[attr-defined]
    assert [each["revision"] for each in history.data["revisions"]] == [3, 2]
    assert history.data["revisions"][0]["current"] is True


async def test_a_paused_rollout_resumes(cluster: Cluster) -> None:
    cluster.create(DEPLOYMENTS, deployment("web", replicas=2))
    ready(cluster, DEPLOYMENTS, "web", 2)
    async with steer(cluster) as kube:
        await carry_out(kube, change_of(cluster, "pause_rollout", kind="Deployment", name="web"))
        held = await carry_out(kube, change_of(cluster, "set_image", kind="Deployment", name="web", image=V2))
        assert isinstance(held.progress, Settled)
        assert "paused" in held.progress.text.en
        gone_on = await carry_out(kube, change_of(cluster, "resume_rollout", kind="Deployment", name="web"))
        assert isinstance(gone_on.progress, Settled), gone_on.progress
    images = {each["spec"]["containers"][0]["image"] for each in cluster.list("pods")["items"]}
    assert V2 in images


async def test_an_autoscaler_is_created_changed_and_taken_back(cluster: Cluster) -> None:
    cluster.create(DEPLOYMENTS, deployment("web", replicas=2))
    ready(cluster, DEPLOYMENTS, "web", 2)
    arguments = {"kind": "Deployment", "name": "web", "min_replicas": 2, "max_replicas": 5}
    async with steer(cluster) as kube:
        made = await carry_out(kube, change_of(cluster, "set_autoscaling", **arguments))
        assert isinstance(made.progress, Settled), made.progress
        assert made.back == operation(
            "delete", {"kind": "hpa", "namespace": cluster.namespace, "name": "web"}
        )
        changed = await carry_out(
            kube, change_of(cluster, "set_autoscaling", **arguments | {"max_replicas": 8, "cpu_percent": 60})
        )
        spec = cluster.get(AUTOSCALERS, "web")["spec"]
        assert spec["maxReplicas"] == 8
        assert spec["metrics"][0]["resource"]["target"]["averageUtilization"] == 60
        assert isinstance(changed.back, Change)
        await carry_out(kube, changed.back)
        assert cluster.get(AUTOSCALERS, "web")["spec"]["maxReplicas"] == 5
        assert isinstance(made.back, Change)
        gone = await carry_out(kube, made.back)
        assert isinstance(gone.progress, Settled)


async def test_a_cronjob_is_suspended_resumed_and_run_at_once(cluster: Cluster) -> None:
    cluster.create(CRONJOBS, cronjob("nightly"))
    async with steer(cluster) as kube:
        await carry_out(kube, change_of(cluster, "suspend", name="nightly"))
        assert cluster.get(CRONJOBS, "nightly")["spec"]["suspend"] is True
        with pytest.raises(Unusable, match="suspended already"):
            await carry_out(kube, change_of(cluster, "suspend", name="nightly"))
        await carry_out(kube, change_of(cluster, "resume", name="nightly"))
        assert cluster.get(CRONJOBS, "nightly")["spec"]["suspend"] is False
        if not cluster.supports("controllers"):
            pytest.skip("jobs need the controller manager")
        run = await carry_out(kube, change_of(cluster, "trigger", name="nightly"))
        assert isinstance(run.progress, Settled), run.progress
        [job] = cluster.list("batch/v1/jobs")["items"]
        assert job["metadata"]["ownerReferences"][0]["name"] == "nightly"
        assert isinstance(run.back, Change)
        assert isinstance((await carry_out(kube, run.back)).progress, Settled)
    assert not cluster.list("batch/v1/jobs")["items"]


async def test_a_service_leads_elsewhere_and_back(cluster: Cluster) -> None:
    cluster.create(DEPLOYMENTS, deployment("web", replicas=1))
    ready(cluster, DEPLOYMENTS, "web", 1)
    service = {"metadata": {"name": "web"}, "spec": {"selector": {"app": "wrong"}, "ports": [{"port": 80}]}}
    cluster.create("services", service)
    async with steer(cluster) as kube:
        change = change_of(cluster, "set_service", name="web", selector={"app": "web"}, target_port=8080)
        done = await carry_out(kube, change)
        assert isinstance(done.progress, Settled), done.progress
        spec = cluster.get("services", "web")["spec"]
        assert spec["selector"] == {"app": "web"}
        assert spec["ports"][0]["targetPort"] == 8080
        assert isinstance(done.back, Change)
        undone = await carry_out(kube, done.back)
        assert cluster.get("services", "web")["spec"]["selector"] == {"app": "wrong"}
        assert isinstance(undone.progress, Settled)
        astray = await carry_out(kube, change_of(cluster, "set_service", name="web", selector="app=nobody"))
        assert isinstance(astray.progress, Broken)


async def test_delete_is_for_good(cluster: Cluster) -> None:
    cluster.create("configmaps", configmap("it"))
    async with steer(cluster) as kube:
        done = await carry_out(kube, change_of(cluster, "delete", kind="ConfigMap", name="it"))
        assert isinstance(done.progress, Settled)
        assert isinstance(done.back, NoWayBack)
        with pytest.raises(Unusable, match="does not exist"):
            await carry_out(kube, change_of(cluster, "delete", kind="ConfigMap", name="it"))


async def test_a_node_is_cordoned_drained_and_taken_back(cluster: Cluster) -> None:
    if not cluster.supports("nodes"):
        pytest.skip("there are no nodes")
    cluster.create(DEPLOYMENTS, deployment("web", replicas=3))
    ready(cluster, DEPLOYMENTS, "web", 3)
    placed = cluster.list("pods")["items"][0]
    node = placed["spec"]["nodeName"]
    async with steer(cluster) as kube:
        drain = change_of(cluster, "drain", name=node)
        done = await carry_out(kube, drain)
        try:
            assert isinstance(done.progress, Settled), done.progress
            assert said(cluster.admin.get(f"/api/v1/nodes/{node}"))["spec"]["unschedulable"] is True
            here = [each for each in cluster.list("pods")["items"] if each["spec"].get("nodeName") == node]
            assert all("deletionTimestamp" in each["metadata"] for each in here)
            assert done.back == operation("uncordon", {"name": node})
        finally:
            await carry_out(kube, change_of(cluster, "uncordon", name=node))
    assert "unschedulable" not in said(cluster.admin.get(f"/api/v1/nodes/{node}"))["spec"]


async def test_a_manifest_of_two_objects_and_back(cluster: Cluster) -> None:
    cluster.create("configmaps", configmap("settings", {"a": "1"}))
    manifest = """
    {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "settings"}, "data": {"b": "2"}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: more}
data: {c: "3"}
"""
    async with steer(cluster) as kube:
        done = await carry_out(kube, change_of(cluster, "apply", manifest=manifest))
        assert isinstance(done.progress, Settled), done.progress
        assert cluster.get("configmaps", "settings")["data"] == {"a": "1", "b": "2"}
        assert cluster.get("configmaps", "more")["data"] == {"c": "3"}
        assert isinstance(done.back, Change)
        back = recorded(done.back.name_, done.back.arguments())
        assert isinstance(back, Change)
        undone = await carry_out(kube, back)
        assert isinstance(undone.progress, Settled), undone.progress
    assert cluster.get("configmaps", "settings")["data"] == {"a": "1"}
    assert cluster.admin.get(cluster.path("configmaps", "more")).status_code == 404


async def test_a_field_that_somebody_changed_since_is_not_taken_back(cluster: Cluster) -> None:
    from kubesteer.core.errors import Refused

    cluster.create(DEPLOYMENTS, deployment("web", replicas=0))
    async with steer(cluster) as kube:
        change = change_of(cluster, "scale", kind="Deployment", name="web", replicas=1)
        before = await change.snapshot(kube)
        [request] = change.requests(before)
        back = change.undo(before, await kube.rehearse(request))
        await sent(kube, request)
        cluster.merge(DEPLOYMENTS, "web", {"spec": {"replicas": 2}})
        assert isinstance(back, Change)
        with pytest.raises(Refused, match="changed again since"):
            back.requests(await back.snapshot(kube))


async def test_a_single_pod_restarts_only_if_something_makes_it_again(cluster: Cluster) -> None:
    cluster.create("pods", pod("lone"))
    cluster.create(DEPLOYMENTS, deployment("web", replicas=2))
    ready(cluster, DEPLOYMENTS, "web", 2)
    name = next(
        p["metadata"]["name"] for p in cluster.list("pods")["items"] if p["metadata"]["name"] != "lone"
    )
    async with steer(cluster) as kube:
        with pytest.raises(Unusable, match="would not come back"):
            await carry_out(kube, change_of(cluster, "restart", kind="Pod", name="lone"))
        done = await carry_out(kube, change_of(cluster, "restart", kind="Pod", name=name))
        assert isinstance(done.progress, Settled), done.progress


async def test_pods_that_a_quota_refuses(cluster: Cluster) -> None:
    cluster.create(DEPLOYMENTS, deployment("web", replicas=1))
    cluster.create(STATEFULSETS, statefulset("db", replicas=1))
    ready(cluster, DEPLOYMENTS, "web", 1)
    ready(cluster, STATEFULSETS, "db", 1)
    cluster.create("resourcequotas", {"metadata": {"name": "few"}, "spec": {"hard": {"pods": "2"}}})
    cluster.until("resourcequotas", "few", lambda it: it.get("status", {}).get("used", {}).get("pods") == "2")
    async with steer(cluster) as kube:
        for kind, name in (("Deployment", "web"), ("StatefulSet", "db")):
            done = await carry_out(kube, change_of(cluster, "scale", kind=kind, name=name, replicas=3))
            assert isinstance(done.progress, Broken), done.progress
            assert "quota" in done.progress.text.en
            assert isinstance(done.back, Change)
            undone = await carry_out(kube, done.back)
            assert isinstance(undone.progress, Settled), undone.progress


async def test_two_snapshots_of_one_moment_give_the_same_request(cluster: Cluster) -> None:
    cluster.create(DEPLOYMENTS, deployment("web", replicas=0))
    change = change_of(cluster, "restart", kind="Deployment", name="web")
    async with steer(cluster) as kube:
        before = await change.snapshot(kube)
    assert change.requests(before) == change.requests(Snapshot(before.target, at=before.at))


@pytest.mark.parametrize(("resource", "kind"), [(DEPLOYMENTS, "Deployment"), (STATEFULSETS, "StatefulSet")])
@pytest.mark.parametrize(("tag", "words"), [("does-not-exist", "cannot be pulled"), ("crash", "crash")])
async def test_a_bad_image_is_caught_and_taken_back(
    cluster: Cluster, resource: str, kind: str, tag: str, words: str
) -> None:
    cluster.create(resource, deployment("web") if kind == "Deployment" else statefulset("web"))
    ready(cluster, resource, "web", 2)
    async with steer(cluster) as kube:
        image = f"registry.example.com/app:{tag}"
        done = await carry_out(kube, change_of(cluster, "set_image", kind=kind, name="web", image=image))
        assert isinstance(done.progress, Broken), done.progress
        assert words in done.progress.text.en
        assert isinstance(done.back, Change)
        undone = await carry_out(kube, done.back)
        assert isinstance(undone.progress, Settled), undone.progress
    [container] = cluster.get(resource, "web")["spec"]["template"]["spec"]["containers"]
    assert container["image"] == "registry.example.com/app:v1"


async def test_a_manifest_over_a_patch_of_our_own(cluster: Cluster) -> None:
    manifest = deployment("web", replicas=0) | {"apiVersion": "apps/v1", "kind": "Deployment"}
    changed = deployment("web", replicas=0, image=V2) | {"apiVersion": "apps/v1", "kind": "Deployment"}
    async with steer(cluster) as kube:
        await carry_out(kube, change_of(cluster, "apply", manifest=manifest))
        with pytest.raises(Unusable, match="as the manifest says already"):
            await carry_out(kube, change_of(cluster, "apply", manifest=manifest))
        await carry_out(
            kube, change_of(cluster, "set_image", kind="Deployment", name="web", image="other:v1")
        )
        await carry_out(kube, change_of(cluster, "apply", manifest=changed))
        [container] = cluster.get(DEPLOYMENTS, "web")["spec"]["template"]["spec"]["containers"]
        assert container["image"] == V2


async def test_a_manifest_over_somebody_elses_fields(cluster: Cluster) -> None:
    cluster.create(DEPLOYMENTS, deployment("web", replicas=0))
    manifest = deployment("web", replicas=0, image=V2) | {"apiVersion": "apps/v1", "kind": "Deployment"}
    async with steer(cluster) as kube:
        await carry_out(
            kube, change_of(cluster, "annotate", kind="Deployment", name="web", key="a", value="b")
        )
        with pytest.raises(Conflict):
            await carry_out(kube, change_of(cluster, "apply", manifest=manifest))
        forced = await carry_out(kube, change_of(cluster, "apply", manifest=manifest, force=True))
        assert isinstance(forced.progress, Settled)


async def test_a_manifest_that_drops_a_field_of_an_earlier_one(cluster: Cluster) -> None:
    more = {"apiVersion": "v1", **configmap("it", {"a": "1", "b": "2"})}
    less = {"apiVersion": "v1", **configmap("it", {"a": "1"})}
    async with steer(cluster) as kube:
        await carry_out(kube, change_of(cluster, "apply", manifest=more))
        done = await carry_out(kube, change_of(cluster, "apply", manifest=less))
        assert cluster.get("configmaps", "it")["data"] == {"a": "1"}
        assert isinstance(done.back, Change)
        await carry_out(kube, done.back)
    assert cluster.get("configmaps", "it")["data"] == {"a": "1", "b": "2"}
