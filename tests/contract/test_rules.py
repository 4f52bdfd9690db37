"""Rules that need no kubelet, on the simulator and on a real API server alike: objects as each of them serves them."""

from __future__ import annotations

import time
from typing import Any

import pytest
from clusters import Cluster
from clusters.steered import steer

from kubesteer.analyzers import Report, diagnose, scan
from kubesteer.core.errors import Forbidden, NotFound
from kubesteer.core.refs import Ref

Obj = dict[str, Any]
LATER = 120.0
"""Seconds by which these tests pretend to look later: nothing is a fault in its first seconds."""


def clock() -> float:
    """Our time, a little later than it is."""
    return time.time() + LATER


async def look(cluster: Cluster, user: str = "admin") -> Report:
    """A scan of the test's namespace."""
    async with steer(cluster, user) as steered:
        return await scan(steered, cluster.namespace, clock=clock)


async def roots(cluster: Cluster) -> list[tuple[str, str]]:
    """Rules and objects of all findings at warning or above."""
    return [(f.rule, f"{f.object.kind}/{f.object.name}") for f in (await look(cluster)).at_least("warning")]


def thing(version: str, kind: str, name: str, **body: Any) -> Obj:
    """An object."""
    return {"apiVersion": version, "kind": kind, "metadata": {"name": name}, **body}


def pod(name: str, **more: Any) -> Obj:
    """A pod that no scheduler takes, so that no kubelet is needed."""
    container = {
        "name": "app",
        "image": "registry.example.com/app:v1",
        "ports": [{"name": "http", "containerPort": 8080}],
        **more,
    }
    spec = {"schedulerName": "nobody", "containers": [container]}
    return thing("v1", "Pod", name, spec=spec) | {"metadata": {"name": name, "labels": {"app": name}}}


def service(name: str = "cart", selector: str = "cart", target: int | str = 8080) -> Obj:
    """A Service."""
    return thing(
        "v1",
        "Service",
        name,
        spec={"selector": {"app": selector}, "ports": [{"port": 80, "targetPort": target}]},
    )


def ingress(backend: str, port: int = 80, **spec: Any) -> Obj:
    """An Ingress with one path."""
    target = {"service": {"name": backend, "port": {"number": port}}}
    paths = [{"path": "/", "pathType": "Prefix", "backend": target}]
    return thing(
        "networking.k8s.io/v1",
        "Ingress",
        "front",
        spec={"rules": [{"host": "a.example", "http": {"paths": paths}}], **spec},
    )


async def test_an_empty_namespace_is_healthy(cluster: Cluster) -> None:
    report = await look(cluster)
    assert report.at_least("warning") == ()
    assert not report.blind


async def test_a_namespace_that_does_not_exist_is_not_healthy(cluster: Cluster) -> None:
    async with steer(cluster) as steered:
        with pytest.raises(NotFound):
            await scan(steered, "there-is-no-such-namespace")
        with pytest.raises(NotFound):
            await diagnose(steered, Ref("Deployment", cluster.namespace, "nobody"))


async def test_a_selector_that_matches_nothing(cluster: Cluster) -> None:
    cluster.create("pods", pod("cart"))
    cluster.create("services", service(selector="kart"))
    assert await roots(cluster) == [("service-selector", "Service/cart")]


async def test_a_target_port_that_no_container_has(cluster: Cluster) -> None:
    cluster.create("pods", pod("cart"))
    cluster.create("services", service(target="htpp"))
    assert await roots(cluster) == [("service-target-port", "Service/cart")]


async def test_an_ingress_that_leads_nowhere(cluster: Cluster) -> None:
    cluster.create("networking.k8s.io/v1/ingresses", ingress("gone"))
    assert await roots(cluster) == [("ingress-backend-missing", "Ingress/front")]


async def test_an_ingress_to_a_port_that_does_not_exist_without_its_secret(cluster: Cluster) -> None:
    cluster.create("pods", pod("cart"))
    cluster.create("services", service())
    tls = [{"hosts": ["a.example"], "secretName": "a-tls"}]
    cluster.create("networking.k8s.io/v1/ingresses", ingress("cart", 8088, tls=tls))
    assert sorted(await roots(cluster)) == [
        ("ingress-port-missing", "Ingress/front"),
        ("ingress-tls-missing", "Ingress/front"),
    ]


async def test_a_claim_of_a_class_that_does_not_exist(cluster: Cluster) -> None:
    spec = {
        "accessModes": ["ReadWriteOnce"],
        "storageClassName": "no-such-class",
        "resources": {"requests": {"storage": "1Gi"}},
    }
    cluster.create("persistentvolumeclaims", thing("v1", "PersistentVolumeClaim", "data", spec=spec))
    assert await roots(cluster) == [("claim-class-missing", "PersistentVolumeClaim/data")]


async def test_an_autoscaler_without_a_target(cluster: Cluster) -> None:
    target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "gone"}
    cluster.create(
        "autoscaling/v2/horizontalpodautoscalers",
        thing(
            "autoscaling/v2",
            "HorizontalPodAutoscaler",
            "cart",
            spec={"maxReplicas": 3, "scaleTargetRef": target},
        ),
    )
    assert await roots(cluster) == [("hpa-target-missing", "HorizontalPodAutoscaler/cart")]


async def test_a_budget_that_is_never_met(cluster: Cluster) -> None:
    for name in ("cart", "cart2"):
        made = pod(name)
        made["metadata"]["labels"] = {"app": "cart"}
        cluster.create("pods", made)
    spec = {"maxUnavailable": 0, "selector": {"matchLabels": {"app": "cart"}}}
    cluster.create(
        "policy/v1/poddisruptionbudgets", thing("policy/v1", "PodDisruptionBudget", "cart", spec=spec)
    )
    assert await roots(cluster) == [("budget-blocks", "PodDisruptionBudget/cart")]


async def test_a_policy_that_shuts_a_service_off(cluster: Cluster) -> None:
    cluster.create("pods", pod("cart"))
    cluster.create("pods", pod("web", env=[{"name": "CART", "value": "http://cart:80/"}]))
    cluster.create("services", service())
    spec = {"podSelector": {"matchLabels": {"app": "cart"}}, "policyTypes": ["Ingress"]}
    cluster.create(
        "networking.k8s.io/v1/networkpolicies",
        thing("networking.k8s.io/v1", "NetworkPolicy", "deny", spec=spec),
    )
    assert await roots(cluster) == [("policy-isolates", "NetworkPolicy/deny")]


async def test_a_name_that_leads_nowhere(cluster: Cluster) -> None:
    external = {"type": "ExternalName", "externalName": f"gone.{cluster.namespace}.svc.cluster.local"}
    cluster.create("services", thing("v1", "Service", "alias", spec=external))
    assert await roots(cluster) == [("external-name", "Service/alias")]


async def test_a_person_who_may_read_nothing_is_told_so(cluster: Cluster) -> None:
    async with steer(cluster, "alice") as steered:
        with pytest.raises(Forbidden):
            await scan(steered, cluster.namespace, clock=clock)
