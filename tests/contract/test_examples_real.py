"""Examples that need no kubelet, no controllers and nothing cluster-wide, created as people do on either server."""

from __future__ import annotations

import json
import time
from typing import Any

import examples_clusters
import examples_networks
import examples_workloads
import pytest
from clusters import Cluster
from clusters.steered import steer
from manifests import NAMESPACE

from kubesteer.analyzers import scan
from kubesteer.analyzers.rules.registry import RULES
from kubesteer.core.kinds import KINDS

pytestmark = pytest.mark.long

Obj = dict[str, Any]
LATER = 120.0
"""Seconds by which these tests pretend to look later: nothing is a fault in its first seconds."""

SEVERE = {rule.id: rule.severity for rule in RULES}
BY_RULE = {
    each.rule: each
    for each in (*examples_networks.EXAMPLES, *examples_workloads.EXAMPLES, *examples_clusters.EXAMPLES)
}
SICK = (
    "service-selector",
    "service-target-port",
    "external-name",
    "ingress-backend-missing",
    "ingress-port-missing",
    "ingress-tls-missing",
    "ingress-conflict",
    "policy-selects-nothing",
    "budget-blocks",
    "budget-selects-nothing",
    "hpa-target-missing",
    "ingress-class-missing",
    "claim-class-missing",
)
SHARED = frozenset({"hpa-target-missing", "ingress-class-missing", "claim-class-missing"})
"""Their healthy examples need a workload that runs, or a class, which would belong to the whole cluster."""
HEALTHY = tuple(rule for rule in SICK if rule not in SHARED)

MADE = frozenset(
    {
        "Pod", "Service", "Ingress", "NetworkPolicy", "Secret", "HorizontalPodAutoscaler",
        "PodDisruptionBudget", "PersistentVolumeClaim",
    }
)  # fmt: skip
"""What a person creates; the rest of an example is what controllers make of it."""
GIVEN = ("name", "labels", "annotations")


def created(manifest: Obj, namespace: str) -> Obj:
    """The part of an object that a person writes, in another namespace; its pods are for no scheduler."""
    made: Obj = json.loads(json.dumps(manifest).replace(f".{NAMESPACE}.svc", f".{namespace}.svc"))
    made.pop("status", None)
    made["metadata"] = {key: made["metadata"][key] for key in GIVEN if key in made["metadata"]}
    spec = made.get("spec", {})
    spec.pop("clusterIP", None)
    if made["kind"] == "Pod":
        spec.pop("nodeName", None)
        spec["schedulerName"] = "nobody"
    return made


async def found(cluster: Cluster, rule: str, manifests: list[Obj]) -> list[tuple[str, str]]:
    """Rules and objects of what a scan finds once these objects are there; remarks only where the rule is one."""
    for each in manifests:
        if each["kind"] in MADE:
            kind = KINDS[each["kind"]]
            made = created(each, cluster.namespace)
            cluster.create(f"{kind.api_version}/{kind.plural}" if kind.group else kind.plural, made)
    async with steer(cluster) as steered:
        report = await scan(steered, cluster.namespace, clock=lambda: time.time() + LATER)
    return [(f.rule, f"{f.object.kind}/{f.object.name}") for f in report.at_least(SEVERE[rule])]


@pytest.mark.parametrize("rule", SICK)
async def test_the_created_sick_example_has_one_root(cluster: Cluster, rule: str) -> None:
    assert await found(cluster, rule, BY_RULE[rule].sick) == [(rule, BY_RULE[rule].blamed)]


@pytest.mark.parametrize("rule", HEALTHY)
async def test_the_created_healthy_example_has_nothing(cluster: Cluster, rule: str) -> None:
    assert await found(cluster, rule, BY_RULE[rule].healthy) == []
