"""What the API server itself depends on: webhooks, aggregated APIs, namespaces that do not go away; quotas."""

from __future__ import annotations

from collections.abc import Iterator

from kubesteer.analyzers import patience
from kubesteer.analyzers.amounts import quantity
from kubesteer.analyzers.durations import span
from kubesteer.analyzers.endpoints import behind, ready_endpoints
from kubesteer.analyzers.matches import Match, Remedy, Rule
from kubesteer.analyzers.remedies import only_person
from kubesteer.analyzers.resources.clusters import (
    ApiService,
    MutatingWebhookConfiguration,
    Namespace,
    ServiceReference,
    ValidatingWebhookConfiguration,
    Webhook,
)
from kubesteer.analyzers.resources.networks import Service
from kubesteer.analyzers.resources.scaling import ResourceQuota
from kubesteer.analyzers.resources.shapes import moment
from kubesteer.analyzers.rules.quotes import field_quote
from kubesteer.analyzers.world import World
from kubesteer.core.refs import Ref
from kubesteer.core.texts import Text

NEAR = 0.9
"""The part of a quota from which it counts as nearly used up."""


def _trouble(world: World, reference: ServiceReference) -> Text | None:
    """Why a Service does not answer the API server; None where it seems to, or cannot be seen."""
    if world.namespace and reference.namespace != world.namespace:
        return None
    service = world.get(Service, reference.namespace, reference.name)
    where = f"Service {reference.namespace}/{reference.name}"
    if service is None:
        return Text(f"{where} 不存在", f"{where} does not exist")
    if reference.port not in [p.port for p in service.spec.ports] and service.spec.ports:
        return Text(f"{where} 没有端口 {reference.port}", f"{where} has no port {reference.port}")
    ready = ready_endpoints(world, service)
    pods = (
        [p for p in world.selected(service.namespace, service.spec.selector) if p.ready]
        if service.spec.selector
        else None
    )
    if ready == 0 and not pods and service.spec.selector:
        return Text(f"{where} 没有就绪的端点", f"{where} has no ready endpoints")
    return None


def _links(world: World, reference: ServiceReference) -> tuple[Ref, ...]:
    ref = Ref("Service", reference.namespace, reference.name)
    return (ref, *behind(world, ref))


def _find_webhook(world: World) -> Iterator[Match]:
    for item in (*world.of(ValidatingWebhookConfiguration), *world.of(MutatingWebhookConfiguration)):
        if world.now - moment(item.metadata.creation_timestamp) < patience.STARTING:
            continue
        for webhook in item.webhooks:
            service = webhook.client_config.service
            why = _trouble(world, service) if service else None
            if service is None or why is None:
                continue
            blocks = webhook.failure_policy == "Fail"
            yield Match(
                object=item.ref,
                subject=Ref("Webhook", "", webhook.name),
                values={"webhook": webhook.name, "why": why, "what": _scope(webhook)},
                evidence=(
                    field_quote(f"{webhook.name}: failurePolicy", webhook.failure_policy),
                    field_quote(
                        f"{webhook.name}: clientConfig.service",
                        f"{service.namespace}/{service.name}:{service.port}",
                    ),
                ),
                links=_links(world, service),
                severity=None if blocks else "info",
            )


def _scope(webhook: Webhook) -> str:
    return ", ".join(sorted({resource for rule in webhook.rules for resource in rule.resources})[:6]) or "-"


def _webhook_remedy(world: World, match: Match) -> Remedy:
    del world
    return only_person(
        f"要么让 webhook 的后端恢复,要么删除 {match.object}(它守护什么只有人知道)。",
        f"Either its backend comes back, or {match.object} is deleted; only a person knows what it guards.",
    )


def _find_api(world: World) -> Iterator[Match]:
    for item in world.of(ApiService):
        available = next((c for c in item.status.conditions if c.type == "Available"), None)
        if available is None or available.status != "False" or item.spec.service is None:
            continue
        if world.now - moment(available.last_transition_time) < patience.STARTING:
            continue
        yield Match(
            object=item.ref,
            values={"words": available.message or available.reason},
            evidence=(
                field_quote("status.conditions[Available]", f"False {available.reason}: {available.message}"),
            ),
            links=_links(world, item.spec.service),
            since=moment(available.last_transition_time),
        )


STUCK = (
    "NamespaceDeletionDiscoveryFailure",
    "NamespaceDeletionContentFailure",
    "NamespaceDeletionGroupVersionParsingFailure",
    "NamespaceFinalizersRemaining",
    "NamespaceContentRemaining",
)


def _find_namespace(world: World) -> Iterator[Match]:
    for item in world.of(Namespace):
        deleted = moment(item.metadata.deletion_timestamp)
        if item.status.phase != "Terminating" or world.now - deleted < patience.NAMESPACE:
            continue
        told = [
            c for type_ in STUCK for c in item.status.conditions if c.type == type_ and c.status == "True"
        ]
        discovery = any(c.type == STUCK[0] for c in told)
        links = tuple(api.ref for api in world.of(ApiService) if api.spec.service) if discovery else ()
        yield Match(
            object=item.ref,
            values={
                "waited": span(world.now - deleted),
                "why": Text.same("; ".join(" ".join(c.message.split())[:200] for c in told))
                if told
                else Text("还有对象的终结器没有被移除", "Finalizers of what it holds have not been removed"),
            },
            evidence=tuple(field_quote(f"status.conditions[{c.type}]", c.message or c.reason) for c in told),
            links=links,
            since=deleted,
        )


def _namespace_remedy(world: World, match: Match) -> Remedy:
    del world
    return only_person(
        f"需要让负责这些终结器的控制器恢复,或由人确认后移除终结器;在那之前 {match.object.name} 不会消失。",
        f"The controllers in charge of those finalizers must come back, or a person must remove them: until then "
        f"{match.object.name} does not go away.",
    )


def _find_quota(world: World) -> Iterator[Match]:
    for quota in world.of(ResourceQuota):
        for resource in quota.status.hard:
            hard, used = quantity(quota.status.hard, resource), quantity(quota.status.used, resource)
            if hard > 0 and used >= hard * NEAR:
                yield Match(
                    object=quota.ref,
                    values={
                        "resource": resource,
                        "used": str(quota.status.used.get(resource)),
                        "hard": str(quota.status.hard[resource]),
                    },
                    evidence=(
                        field_quote(
                            f"status.used[{resource}]",
                            f"{quota.status.used.get(resource)} / {quota.status.hard[resource]}",
                        ),
                    ),
                )
                break


RULES = (
    Rule(
        id="webhook-unavailable",
        group="control",
        kind="ValidatingWebhookConfiguration",
        severity="critical",
        title=Text(
            "准入 webhook 没有后端,写入被拒绝", "An admission webhook has no backend and blocks writes"
        ),
        summary=Text(
            "{object} 的 webhook {webhook} 没有后端,对 {what} 的写入会失败。",
            "{object}: webhook {webhook} has no backend; writes of {what} fail.",
        ),
        cause=Text("{why}。", "{why}."),
        find=_find_webhook,
        needs=("Service", "EndpointSlice", "Pod"),
        remedy=_webhook_remedy,
        remote_causes=frozenset({"pods", "workloads", "services", "log-causes"}),
    ),
    Rule(
        id="api-unavailable",
        group="control",
        kind="APIService",
        severity="warning",
        title=Text("聚合 API 不可用", "An aggregated API is not available"),
        summary=Text("{object} 不可用。", "{object} is not available."),
        cause=Text("{words}", "{words}"),
        find=_find_api,
        remote_causes=frozenset({"pods", "workloads", "services", "log-causes", "creation"}),
    ),
    Rule(
        id="namespace-terminating",
        group="control",
        kind="Namespace",
        severity="warning",
        title=Text("命名空间一直删不掉", "A namespace does not go away"),
        summary=Text("{object} 已经删除了 {waited}仍未消失。", "{object} has been terminating for {waited}."),
        cause=Text("{why}。", "{why}."),
        find=_find_namespace,
        remedy=_namespace_remedy,
        remote_causes=frozenset({"api-unavailable"}),
    ),
    Rule(
        id="quota-near",
        group="control",
        kind="ResourceQuota",
        severity="info",
        title=Text("配额快用完", "A quota is nearly used up"),
        summary=Text(
            "{object} 的 {resource} 已用 {used}/{hard}。", "{object}: {used} of {hard} {resource} used."
        ),
        cause=Text("命名空间里的请求总量接近配额。", "What the namespace requests comes near its quota."),
        find=_find_quota,
    ),
)
