"""Services whose targetPort no container has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from kubesteer.analyzers.matches import Match, Remedy, Rule
from kubesteer.analyzers.remedies import only_person
from kubesteer.analyzers.resources.networks import Service, ServicePort
from kubesteer.analyzers.resources.pods import Pod
from kubesteer.analyzers.rules.quotes import field_quote
from kubesteer.analyzers.rules.services import changed, selecting
from kubesteer.analyzers.world import World
from kubesteer.core.texts import Text


def _find_port(world: World) -> Iterator[Match]:
    for service in selecting(world):
        pods = [p for p in world.selected(service.namespace, service.spec.selector) if not p.finished]
        if not pods:
            continue
        for port in service.spec.ports:
            wrong = wrong_port(port, pods)
            if wrong is not None:
                yield _port_match(world, service, port, pods, wrong)


def wrong_port(port: ServicePort, pods: list[Pod]) -> frozenset[int | str] | None:
    """The ports that containers do declare, where the target is not among them in any pod; None where it is,
    or where that cannot be told: a numeric port need not be declared, so one container without any suffices."""
    target = port.target_port or port.port
    declared: set[int | str] = set()
    for pod in pods:
        containers = pod.spec.containers + [c for c in pod.spec.init_containers if c.sidecar]
        own = [p for c in containers for p in c.ports if p.protocol == port.protocol]
        names: set[int | str] = {p.name for p in own if p.name}
        numbers: set[int | str] = {p.container_port for p in own}
        probed = {
            q.port for c in containers for q in (c.readiness_probe, c.liveness_probe) if q and pod.ready
        }
        if target in names | numbers | probed or pod.spec.host_network:
            return None
        if isinstance(target, int) and any(not c.ports for c in containers):
            return None
        declared |= names if isinstance(target, str) and names else numbers
    return frozenset(declared)


def _port_match(
    world: World, service: Service, port: ServicePort, pods: list[Pod], declared: frozenset[int | str]
) -> Match:
    target = port.target_port or port.port
    listed = ", ".join(str(each) for each in sorted(declared, key=str)) or "-"
    return Match(
        object=service.ref,
        values={"target": str(target), "port": str(port.port), "declared": listed},
        evidence=(
            field_quote(f"spec.ports[{port.name or port.port}].targetPort", target),
            field_quote(f"{world.top(pods[0])}: containerPort", listed),
        ),
        links=(),
    )


def _port_remedy(world: World, match: Match) -> Remedy:
    service = world.get(Service, match.object.namespace, match.object.name)
    port = (
        next((p for p in service.spec.ports if str(p.port) == match.values["port"]), None)
        if service
        else None
    )
    if service is None or port is None:
        return Remedy()
    pods = world.selected(service.namespace, service.spec.selector)
    target = served_port(pods, port, single=len(service.spec.ports) == 1)
    if target is None:
        return only_person(
            f"容器声明的端口是 {match.values['declared']},集群无法判断 Service 的 {port.port} 应指向哪一个。",
            f"The containers declare {match.values['declared']}; nothing tells which of them port {port.port} "
            "should lead to.",
        )
    return Remedy((changed(match.object, port=port.port, target_port=target),))


def served_port(pods: list[Pod], port: ServicePort, *, single: bool) -> int | None:
    """The container port that is meant: the only one, or the one of the same name, or of the readiness probe."""
    own = [p for pod in pods[:1] for c in pod.spec.containers for p in c.ports if p.protocol == port.protocol]
    named = [p.container_port for p in own if port.name and p.name == port.name]
    if named:
        return named[0]
    if len({p.container_port for p in own}) == 1 and single:
        return own[0].container_port
    same = [p.container_port for p in own if p.container_port == port.port]
    if same:
        return same[0]
    probed = Counter(
        c.readiness_probe.port for pod in pods for c in pod.spec.containers if c.readiness_probe and single
    )
    numbers = [p for p in probed if isinstance(p, int) and p]
    return numbers[0] if len(numbers) == 1 else None


RULES = (
    Rule(
        id="service-target-port",
        group="services",
        kind="Service",
        severity="warning",
        title=Text(
            "Service 的 targetPort 没有容器提供", "A Service's targetPort is one that no container has"
        ),
        summary=Text(
            "{object} 的端口 {port} 指向 {target},而容器提供的是 {declared}。",
            "{object}: port {port} leads to {target}, but the containers have {declared}.",
        ),
        cause=Text(
            "被选中的 Pod 里没有容器声明端口 {target}。",
            "No container of the selected pods declares port {target}.",
        ),
        find=_find_port,
        needs=("Pod",),
        remedy=_port_remedy,
    ),
)
