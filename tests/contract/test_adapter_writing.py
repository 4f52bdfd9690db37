"""The adapter writes: each shape of request, its precondition, its rehearsal, and who is on record."""

from __future__ import annotations

from typing import Any

import pytest
from clusters import Cluster
from clusters.cluster import said
from clusters.steered import steer
from clusters.workloads import configmap, deployment, pod

from kubesteer.adapters.kubernetes.actuators import KubernetesActuator
from kubesteer.core.errors import Conflict, Invalid, NotFound, Throttled
from kubesteer.core.refs import Ref
from kubesteer.core.requests import (
    Apply,
    Create,
    Delete,
    Evict,
    Patch,
    PatchType,
    Precondition,
    Request,
    Warrant,
)

DEPLOYMENTS = "apps/v1/deployments"
OTHER_UID = "00000000-0000-0000-0000-000000000000"
RESTARTED = {"spec": {"template": {"metadata": {"annotations": {"at": "now"}}}}}


async def send(cluster: Cluster, request: Request, **precondition: str) -> dict[str, Any] | None:
    """Send it for real."""
    async with steer(cluster) as kube:
        warrant = Warrant("c-1", request, Precondition(**precondition))
        return await KubernetesActuator(kube).send(warrant)


def patches(cluster: Cluster) -> list[Patch]:
    """The same change of a ConfigMap in three languages."""
    ref = Ref("ConfigMap", cluster.namespace, "it")
    step = {"op": "add", "path": "/data/a", "value": "1"}
    return [
        Patch(ref, {"data": {"a": "1"}}, PatchType.STRATEGIC),
        Patch(ref, {"data": {"a": "1"}}, PatchType.MERGE),
        Patch(ref, [step], PatchType.JSON),
    ]


async def test_a_patch_under_a_precondition_that_holds(cluster: Cluster) -> None:
    for patch in patches(cluster):
        seen = cluster.create("configmaps", configmap("it"))["metadata"]
        now = await send(cluster, patch, uid=seen["uid"], resource_version=seen["resourceVersion"])
        assert now is not None
        assert now["data"] == {"key": "value", "a": "1"}
        managers = {each["manager"] for each in now["metadata"]["managedFields"]}
        assert "kubesteer" in managers
        said(cluster.admin.delete(cluster.path("configmaps", "it")))


async def test_a_patch_on_to_an_older_version(cluster: Cluster) -> None:
    seen = cluster.create("configmaps", configmap("it"))["metadata"]
    cluster.merge("configmaps", "it", {"data": {"moved": "on"}})
    for patch in patches(cluster):
        with pytest.raises(Conflict):
            await send(cluster, patch, resource_version=seen["resourceVersion"])
    assert cluster.get("configmaps", "it")["data"] == {"key": "value", "moved": "on"}


async def test_a_patch_on_to_another_object_of_the_same_name(cluster: Cluster) -> None:
    cluster.create("configmaps", configmap("it"))
    for patch in patches(cluster):
        with pytest.raises(Conflict):
            await send(cluster, patch, uid=OTHER_UID)
    assert cluster.get("configmaps", "it")["data"] == {"key": "value"}


async def test_scaling_under_a_precondition(cluster: Cluster) -> None:
    seen = cluster.create(DEPLOYMENTS, deployment("web", replicas=0))["metadata"]
    ref = Ref("Deployment", cluster.namespace, "web")
    patch = Patch(ref, {"spec": {"replicas": 0}}, PatchType.MERGE, "scale")
    with pytest.raises(Conflict):
        await send(cluster, patch, uid=OTHER_UID)
    scaled = await send(cluster, patch, uid=seen["uid"])
    assert scaled is not None
    assert scaled["kind"] == "Scale"


async def test_create_under_a_name_that_is_taken(cluster: Cluster) -> None:
    create = Create(Ref("ConfigMap", cluster.namespace, "it"), {"data": {"a": "1"}})
    made = await send(cluster, create)
    assert made is not None
    assert made["metadata"]["name"] == "it"
    with pytest.raises(Conflict) as caught:
        await send(cluster, create)
    assert "already exists" in caught.value.say("en")


async def test_apply_creates_changes_and_meets_another_manager(cluster: Cluster) -> None:
    ref = Ref("ConfigMap", cluster.namespace, "it")
    body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "it"}, "data": {"a": "1"}}
    await send(cluster, Apply(ref, body))
    cluster.merge("configmaps", "it", {"data": {"a": "2"}})
    with pytest.raises(Conflict):
        await send(cluster, Apply(ref, body))
    forced = await send(cluster, Apply(ref, body, force=True))
    assert forced is not None
    assert forced["data"] == {"a": "1"}


async def test_apply_on_to_another_version(cluster: Cluster) -> None:
    ref = Ref("ConfigMap", cluster.namespace, "it")
    body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "it"}, "data": {"a": "1"}}
    seen = (await send(cluster, Apply(ref, body)) or {})["metadata"]
    cluster.merge("configmaps", "it", {"data": {"b": "2"}})
    with pytest.raises(Conflict):
        await send(cluster, Apply(ref, body), resource_version=seen["resourceVersion"])


async def test_delete_only_the_one_that_was_seen(cluster: Cluster) -> None:
    seen = cluster.create("configmaps", configmap("it"))["metadata"]
    delete = Delete(Ref("ConfigMap", cluster.namespace, "it"))
    with pytest.raises(Conflict):
        await send(cluster, delete, uid=OTHER_UID)
    await send(cluster, delete, uid=seen["uid"], resource_version=seen["resourceVersion"])
    assert cluster.admin.get(cluster.path("configmaps", "it")).status_code == 404
    with pytest.raises(NotFound):
        await send(cluster, delete)


async def test_evict_only_the_one_that_was_seen(cluster: Cluster) -> None:
    seen = cluster.create("pods", pod("web"))["metadata"]
    evict = Evict(Ref("Pod", cluster.namespace, "web"))
    with pytest.raises(Conflict):
        await send(cluster, evict, uid=OTHER_UID)
    assert "deletionTimestamp" not in cluster.get("pods", "web")["metadata"]
    assert await send(cluster, evict, uid=seen["uid"]) is None


async def test_an_eviction_that_a_budget_holds_back(cluster: Cluster) -> None:
    if not cluster.supports("controllers"):
        pytest.skip("disruption budgets are computed by the controller manager")
    cluster.create("pods", pod("web"))
    budget = {
        "metadata": {"name": "web"},
        "spec": {"minAvailable": 1, "selector": {"matchLabels": {"app": "web"}}},
    }
    cluster.create("policy/v1/poddisruptionbudgets", budget)
    cluster.until(
        "policy/v1/poddisruptionbudgets",
        "web",
        lambda it: "status" in it and it["status"].get("observedGeneration"),
    )
    cluster.until("pods", "web", lambda it: it["status"]["phase"] == "Running")
    cluster.until("policy/v1/poddisruptionbudgets", "web", lambda it: it["status"].get("currentHealthy") == 1)
    with pytest.raises(Throttled) as caught:
        await send(cluster, Evict(Ref("Pod", cluster.namespace, "web")))
    assert "PodDisruptionBudget" in caught.value.say("en")
    assert "deletionTimestamp" not in cluster.get("pods", "web")["metadata"]


async def test_content_that_the_server_will_not_have(cluster: Cluster) -> None:
    cluster.create(DEPLOYMENTS, deployment("web", replicas=0))
    ref = Ref("Deployment", cluster.namespace, "web")
    with pytest.raises(Invalid) as caught:
        await send(cluster, Patch(ref, {"spec": {"replicas": -1}}))
    assert "spec.replicas" in caught.value.say("en")
    with pytest.raises(Invalid):
        await send(cluster, Patch(ref, {"spec": {"replica": 1}}))


async def test_a_rehearsal_shows_the_outcome_and_changes_nothing(cluster: Cluster) -> None:
    seen = cluster.create(DEPLOYMENTS, deployment("web", replicas=0))
    cluster.create("pods", pod("lone"))
    here = cluster.namespace
    manifest = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "new"}, "data": {"a": "1"}}
    async with steer(cluster) as kube:
        restarted = await kube.rehearse(Patch(Ref("Deployment", here, "web"), RESTARTED))
        made = await kube.rehearse(Create(Ref("ConfigMap", here, "new"), manifest))
        applied = await kube.rehearse(Apply(Ref("ConfigMap", here, "new"), manifest))
        await kube.rehearse(Delete(Ref("Deployment", here, "web")))
        await kube.rehearse(Evict(Ref("Pod", here, "lone")))
    assert restarted is not None
    assert restarted["spec"]["template"]["metadata"]["annotations"] == {"at": "now"}
    assert made is not None
    assert applied is not None
    assert made["data"] == applied["data"] == {"a": "1"}
    assert cluster.get(DEPLOYMENTS, "web")["spec"] == seen["spec"]
    assert cluster.admin.get(cluster.path("configmaps", "new")).status_code == 404
    assert "deletionTimestamp" not in cluster.get("pods", "lone")["metadata"]


async def test_a_remark_is_an_event_on_the_object(cluster: Cluster) -> None:
    about = cluster.create(DEPLOYMENTS, deployment("web", replicas=0))
    async with steer(cluster) as kube:
        await KubernetesActuator(kube).remark(about, "Restarted", "by ops, 按要求重启" * 100, warning=True)
    [event] = [e for e in cluster.list("events")["items"] if e["reportingComponent"] == "kubesteer"]
    assert event["involvedObject"]["uid"] == about["metadata"]["uid"]
    assert (event["reason"], event["type"], event["count"]) == ("Restarted", "Warning", 1)
    assert event["message"].startswith("by ops, 按要求重启")


async def test_a_remark_on_a_cluster_scoped_object(cluster: Cluster) -> None:
    about = said(cluster.admin.get(f"/api/v1/namespaces/{cluster.namespace}"))
    async with steer(cluster) as kube:
        await KubernetesActuator(kube).remark(about, "Seen", "a remark")
    events = said(cluster.admin.get("/api/v1/namespaces/default/events"))["items"]
    assert any(e["involvedObject"].get("name") == cluster.namespace and e["reason"] == "Seen" for e in events)


async def test_what_the_audit_saw(cluster: Cluster) -> None:
    if not cluster.supports("audit"):
        pytest.skip("no audit here")
    cluster.create(DEPLOYMENTS, deployment("web", replicas=0))
    patch = Patch(Ref("Deployment", cluster.namespace, "web"), RESTARTED)
    async with steer(cluster) as kube:
        await kube.rehearse(patch)
        await KubernetesActuator(kube).send(Warrant("c-1", patch))
    ours = [each for each in cluster.audit() if each.user_agent.startswith("kubesteer/")]
    assert [(each.verb, each.resource, each.dry_run) for each in ours] == [
        ("patch", "deployments", True),
        ("patch", "deployments", False),
    ]
    assert ours[0].body == ours[1].body == RESTARTED
