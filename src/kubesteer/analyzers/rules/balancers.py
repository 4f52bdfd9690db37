"""Services that point outside the cluster: load balancers without an address, names that lead nowhere."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kubesteer.analyzers import patience
from kubesteer.analyzers.durations import span
from kubesteer.analyzers.matches import Match, Remedy, Rule
from kubesteer.analyzers.near import near_hint
from kubesteer.analyzers.remedies import only_person
from kubesteer.analyzers.resources.networks import Service
from kubesteer.analyzers.resources.shapes import moment
from kubesteer.analyzers.rules.quotes import event_quote, field_quote
from kubesteer.analyzers.world import World
from kubesteer.core.refs import Ref
from kubesteer.core.texts import Text

IN_CLUSTER = re.compile(r"([a-z0-9-]+)\.([a-z0-9-]+)\.svc(?:\.cluster\.local)?\.?")


def _find_pending(world: World) -> Iterator[Match]:
    served = any(service.status.load_balancer.ingress for service in world.of(Service))
    for service in world.of(Service):
        if service.spec.type != "LoadBalancer" or service.status.load_balancer.ingress:
            continue
        age = world.now - moment(service.metadata.creation_timestamp)
        failed = [e for e in world.events_of(service) if e.type == "Warning"]
        if age < (patience.BALANCER if served else patience.CLAIM) and not failed:
            continue
        why = (
            Text.same(" ".join(failed[0].message.split())[:300])
            if failed
            else Text(
                "没有负载均衡控制器给它分配地址。", "No load balancer controller has given it an address."
            )
        )
        yield Match(
            object=service.ref,
            values={"age": span(age), "why": why},
            evidence=(
                field_quote("status.loadBalancer.ingress", "-"),
                *(event_quote(e.message, e.reason, e.times) for e in failed[:2]),
            ),
        )


def _balancer_remedy(world: World, match: Match) -> Remedy:
    del world, match
    return only_person(
        "集群需要一个负载均衡实现(云控制器、MetalLB 等),或改用 NodePort 或 Ingress。",
        "The cluster needs something that provides load balancers (a cloud controller, MetalLB), or another type.",
    )


def _find_external(world: World) -> Iterator[Match]:
    for service in world.of(Service):
        found = (
            IN_CLUSTER.fullmatch(service.spec.external_name) if service.spec.type == "ExternalName" else None
        )
        if found is None or (world.namespace and found[2] != world.namespace):
            continue
        ref = Ref("Service", found[2], found[1])
        if not world.exists(ref):
            yield Match(
                object=service.ref,
                culprit=ref,
                values={"target": service.spec.external_name},
                evidence=(
                    field_quote("spec.externalName", service.spec.external_name),
                    *near_hint(world, ref),
                ),
            )


RULES = (
    Rule(
        id="balancer-pending",
        group="services",
        kind="Service",
        severity="warning",
        title=Text("负载均衡器没有地址", "A load balancer has no address"),
        summary=Text(
            "{object} 等外部地址已经 {age}。", "{object} has been waiting for an external address for {age}."
        ),
        cause=Text("{why}", "{why}"),
        find=_find_pending,
        remedy=_balancer_remedy,
    ),
    Rule(
        id="external-name",
        group="services",
        kind="Service",
        severity="warning",
        title=Text(
            "ExternalName 指向不存在的 Service", "An ExternalName leads to a Service that does not exist"
        ),
        summary=Text("{object} 指向不存在的 {target}。", "{object} leads to {target}, which does not exist."),
        cause=Text(
            "集群里没有 {target} 这个 Service。", "There is no such Service as {target} in the cluster."
        ),
        find=_find_external,
    ),
)
