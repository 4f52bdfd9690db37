"""NetworkPolicies that cut a Service off from its callers, or that select nothing."""

from __future__ import annotations

from collections.abc import Iterator

from kubesteer.analyzers import patience
from kubesteer.analyzers.admitting import admits, governing
from kubesteer.analyzers.dependencies import callers
from kubesteer.analyzers.matches import Match, Remedy, Rule
from kubesteer.analyzers.near import nearest
from kubesteer.analyzers.remedies import only_person
from kubesteer.analyzers.resources.networks import NetworkPolicy, Service
from kubesteer.analyzers.resources.shapes import moment
from kubesteer.analyzers.rules.quotes import field_quote
from kubesteer.analyzers.world import World
from kubesteer.core.refs import Ref
from kubesteer.core.texts import Text

DNS_PORTS = (53, 5353, "dns", "dns-tcp")


def _services(world: World) -> Iterator[tuple[Service, dict[str, str]]]:
    """Services with the labels of the pods behind them."""
    for service in world.of(Service) if world.of(NetworkPolicy) else ():
        if not service.spec.selector or not world.within(NetworkPolicy, service.namespace):
            continue
        pods = world.selected(service.namespace, service.spec.selector)
        if pods:
            yield service, pods[0].metadata.labels


def _find_isolated(world: World) -> Iterator[Match]:
    for service, labels in _services(world):
        policies = governing(world, service.namespace, labels, "Ingress")
        if not policies:
            continue
        ports = [p.target_port or p.port for p in service.spec.ports]
        shut = [ref for ref in callers(world, service) if not _reaches(world, ref, policies, ports)]
        closed = not any(policy.spec.ingress for policy in policies)
        if shut or closed:
            yield _match(world, service, policies, shut)


def _reaches(world: World, caller: Ref, policies: list[NetworkPolicy], ports: list[int | str]) -> bool:
    template = world.template_of(caller)
    labels = template.metadata.labels if template else {}
    return admits(world, policies, "Ingress", (caller.namespace, labels), ports)


def _match(world: World, service: Service, policies: list[NetworkPolicy], shut: list[Ref]) -> Match:
    newest = max(policies, key=lambda policy: (policy.metadata.creation_timestamp, policy.name))
    owners = sorted({world.top(pod) for pod in world.selected(service.namespace, service.spec.selector)})
    listed = ", ".join(map(str, shut[:4]))
    who = Text(f" {listed} ", listed) if shut else Text("任何 Pod ", "any pod at all")
    return Match(
        object=newest.ref,
        subject=service.ref,
        values={"service": str(service.ref), "who": who},
        evidence=(
            field_quote(f"{newest.ref}: podSelector", str(newest.spec.pod_selector) or "{}"),
            field_quote(f"{newest.ref}: ingress", len(newest.spec.ingress)),
            *(Text(f"调用方:{ref}", f"caller: {ref}") for ref in shut[:4]),
        ),
        links=tuple(owners),
        since=moment(newest.metadata.creation_timestamp),
    )


def _find_egress(world: World) -> Iterator[Match]:
    """Callers whose own egress policies do not let them reach the Service that they name, or DNS."""
    for service, labels in _services(world):
        ports = [p.target_port or p.port for p in service.spec.ports]
        for caller in callers(world, service):
            template = world.template_of(caller)
            policies = (
                governing(world, caller.namespace, template.metadata.labels, "Egress") if template else []
            )
            if not policies:
                continue
            served = admits(world, policies, "Egress", (service.namespace, labels), ports)
            named = admits(world, policies, "Egress", ("kube-system", {"k8s-app": "kube-dns"}), DNS_PORTS)
            if served and named:
                continue
            newest = max(policies, key=lambda policy: (policy.metadata.creation_timestamp, policy.name))
            what = Text.same(str(service.ref)) if not served else Text("集群 DNS", "cluster DNS")
            yield Match(
                object=newest.ref,
                subject=caller,
                values={"caller": str(caller), "what": what},
                evidence=(field_quote(f"{newest.ref}: egress", len(newest.spec.egress)),),
                since=moment(newest.metadata.creation_timestamp),
            )


def _find_idle(world: World) -> Iterator[Match]:
    for policy in world.of(NetworkPolicy):
        selector = policy.spec.pod_selector
        if not selector.match_labels and not selector.match_expressions:
            continue
        if world.now - moment(policy.metadata.creation_timestamp) < patience.CONTROLLER:
            continue
        templates = world.templates_in(policy.namespace)
        if any(selector.matches(t.metadata.labels) for _, t in templates) or world.selected(
            policy.namespace, selector
        ):
            continue
        known = {v for _, t in templates for v in t.metadata.labels.values()}
        near = next((n for value in selector.match_labels.values() if (n := nearest(value, known))), "")
        yield Match(
            object=policy.ref,
            values={"selector": str(selector)},
            evidence=(
                field_quote("spec.podSelector", str(selector)),
                *((Text(f"标签值相近的有:{near}", f"nearly the same label: {near}"),) if near else ()),
            ),
            severity=None if near else "info",
        )


def _remedy(world: World, match: Match) -> Remedy:
    del world
    return only_person(
        f"该放行哪些调用方只有人能定:把它们加进 {match.object},或删除它。",
        f"Only a person can say which callers are permitted; add them to {match.object}, or delete it.",
    )


RULES = (
    Rule(
        id="policy-isolates",
        group="policies",
        kind="NetworkPolicy",
        severity="warning",
        title=Text(
            "网络策略把 Service 与它的调用方隔开了", "A NetworkPolicy cuts a Service off from its callers"
        ),
        summary=Text("{object} 不让{who}访问 {service}。", "{object} does not let {who} reach {service}."),
        cause=Text(
            "选中这些 Pod 的入站策略都不放行这些调用方。",
            "No ingress policy that selects its pods admits those callers.",
        ),
        find=_find_isolated,
        needs=("NetworkPolicy", "Pod"),
        remedy=_remedy,
    ),
    Rule(
        id="policy-egress",
        group="policies",
        kind="NetworkPolicy",
        severity="warning",
        title=Text(
            "网络策略不让工作负载访问它的依赖", "A NetworkPolicy keeps a workload from what it depends on"
        ),
        summary=Text("{object} 不让 {caller} 访问 {what}。", "{object} does not let {caller} reach {what}."),
        cause=Text("选中它的出站策略都不放行 {what}。", "No egress policy that selects it admits {what}."),
        find=_find_egress,
        needs=("NetworkPolicy", "Pod"),
        remedy=_remedy,
    ),
    Rule(
        id="policy-selects-nothing",
        group="policies",
        kind="NetworkPolicy",
        severity="warning",
        title=Text("网络策略选不到任何 Pod", "A NetworkPolicy selects no pod"),
        summary=Text(
            "{object} 的选择器 {selector} 选不到任何 Pod。", "{object}: selector {selector} selects no pod."
        ),
        cause=Text(
            "没有工作负载带有这些标签,策略不起作用。",
            "No workload carries these labels; the policy has no effect.",
        ),
        find=_find_idle,
        needs=("Pod", "Deployment", "StatefulSet", "DaemonSet"),
    ),
)
