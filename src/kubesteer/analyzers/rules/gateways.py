"""Gateway API, where it is installed: gateways without a class, routes that lead nowhere or are not accepted."""

from __future__ import annotations

from collections.abc import Iterator

from kubesteer.analyzers import patience
from kubesteer.analyzers.matches import Match, Rule
from kubesteer.analyzers.near import near_hint
from kubesteer.analyzers.resources.networks import Gateway, GatewayClass, HttpRoute, Service
from kubesteer.analyzers.resources.shapes import Condition, moment
from kubesteer.analyzers.rules.quotes import field_quote
from kubesteer.analyzers.world import World
from kubesteer.core.refs import Ref
from kubesteer.core.texts import Text


def _told(world: World, conditions: list[Condition], *types: str) -> Condition | None:
    """A condition that says no, once its controller has had time to say yes."""
    for condition in conditions:
        settled = world.now - moment(condition.last_transition_time) > patience.STARTING
        if condition.type in types and condition.status == "False" and settled:
            return condition
    return None


def _find_gateway(world: World) -> Iterator[Match]:
    classes = {item.name for item in world.of(GatewayClass)}
    for gateway in world.of(Gateway):
        condition = _told(world, gateway.status.conditions, "Accepted", "Programmed")
        missing = gateway.spec.gateway_class_name not in classes
        if condition is None and not missing:
            continue
        why = (
            Text(
                f"GatewayClass {gateway.spec.gateway_class_name} 不存在",
                f"GatewayClass {gateway.spec.gateway_class_name} does not exist",
            )
            if missing
            else Text.same(f"{condition.reason}: {condition.message}" if condition else "-")
        )
        yield Match(
            object=gateway.ref,
            values={"why": why},
            evidence=(field_quote("spec.gatewayClassName", gateway.spec.gateway_class_name),),
        )


def _find_route(world: World) -> Iterator[Match]:
    for route in world.of(HttpRoute):
        for reference in (r for rule in route.spec.rules for r in rule.backend_refs):
            where = reference.namespace or route.namespace
            ref = Ref("Service", where, reference.name)
            outside = bool(world.namespace) and where != world.namespace
            if reference.kind != "Service" or outside:
                continue
            service = world.get(Service, where, reference.name)
            if service is None:
                why = Text(f"后端 {ref} 不存在", f"backend {ref} does not exist")
            elif reference.port and reference.port not in [p.port for p in service.spec.ports]:
                why = Text(f"{ref} 没有端口 {reference.port}", f"{ref} has no port {reference.port}")
            else:
                continue
            yield Match(
                object=route.ref,
                culprit=ref,
                values={"why": why},
                evidence=(
                    field_quote("spec.rules.backendRefs", f"{reference.name}:{reference.port}"),
                    *near_hint(world, ref),
                ),
            )


def _find_parent(world: World) -> Iterator[Match]:
    for route in world.of(HttpRoute):
        conditions = [c for parent in route.status.parents for c in parent.conditions]
        refused = _told(world, conditions, "Accepted")
        absent = [
            Ref("Gateway", p.namespace or route.namespace, p.name)
            for p in route.spec.parent_refs
            if p.kind == "Gateway"
            and not (world.namespace and (p.namespace or route.namespace) != world.namespace)
            if world.get(Gateway, p.namespace or route.namespace, p.name) is None
        ]
        if refused is None and not absent:
            continue
        why = (
            Text(f"{absent[0]} 不存在", f"{absent[0]} does not exist")
            if absent
            else Text.same(f"{refused.reason}: {refused.message}" if refused else "-")
        )
        yield Match(
            object=route.ref,
            values={"why": why},
            evidence=(field_quote("spec.parentRefs", ", ".join(p.name for p in route.spec.parent_refs)),),
            links=tuple(
                Ref("Gateway", p.namespace or route.namespace, p.name) for p in route.spec.parent_refs
            ),
        )


RULES = (
    Rule(
        id="gateway-not-programmed",
        group="gateways",
        kind="Gateway",
        severity="warning",
        title=Text("Gateway 没有生效", "A Gateway is not in effect"),
        summary=Text("{object} 没有生效。", "{object} is not in effect."),
        cause=Text("{why}。", "{why}."),
        find=_find_gateway,
        needs=("GatewayClass",),
    ),
    Rule(
        id="route-backend-missing",
        group="gateways",
        kind="HTTPRoute",
        severity="warning",
        title=Text("HTTPRoute 的后端不存在", "An HTTPRoute's backend does not exist"),
        summary=Text("{object} 的后端不存在。", "{object} leads to a backend that does not exist."),
        cause=Text("{why}。", "{why}."),
        find=_find_route,
        needs=("Service",),
    ),
    Rule(
        id="route-not-accepted",
        group="gateways",
        kind="HTTPRoute",
        severity="warning",
        title=Text("HTTPRoute 没有被 Gateway 接受", "An HTTPRoute is not accepted by its Gateway"),
        summary=Text("{object} 没有被接受。", "{object} is not accepted."),
        cause=Text("{why}。", "{why}."),
        find=_find_parent,
        needs=("Gateway",),
        causes=frozenset({"route-backend-missing"}),
        remote_causes=frozenset({"gateway-not-programmed"}),
    ),
)
