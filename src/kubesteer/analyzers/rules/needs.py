"""Hosts that a workload is told to use and that the cluster does not have."""

from __future__ import annotations

from collections.abc import Iterator

from kubesteer.analyzers.dependencies import Dependency
from kubesteer.analyzers.matches import Match, Remedy, Rule
from kubesteer.analyzers.near import near_hint, near_ref
from kubesteer.analyzers.remedies import only_person, suggest
from kubesteer.analyzers.resources.networks import Service
from kubesteer.analyzers.resources.shapes import Object
from kubesteer.analyzers.rules.quotes import field_quote
from kubesteer.analyzers.world import World
from kubesteer.core.kinds import ROLLING
from kubesteer.core.texts import Text


def _told(world: World) -> Iterator[tuple[Object, Dependency]]:
    """What workloads that are meant to run are told to use, as far as it can be seen."""
    for owner, _ in world.templates():
        if owner.ref.kind not in (*ROLLING, "CronJob") or not world.pods_of(owner.ref):
            continue
        for each in world.dependencies.get(owner.ref, ()):
            seen = not world.namespace or each.service.namespace == world.namespace
            if seen and each.plausible:
                yield owner, each


def _find_missing(world: World) -> Iterator[Match]:
    for owner, each in _told(world):
        if world.exists(each.service) or (each.service.namespace != owner.namespace and not each.sure):
            continue
        near = near_ref(world, each.service)
        if near is None and not each.sure:
            continue  # a short name may well be a host outside the cluster
        yield Match(
            object=owner.ref,
            container=each.container,
            culprit=each.service,
            values={"host": each.service.name, "where": _where(each), "value": each.value},
            evidence=(
                field_quote(f"{each.container}: {_where(each)}", each.value),
                *near_hint(world, each.service),
            ),
            severity=None if near is not None else "info",
        )


def _where(each: Dependency) -> str:
    return f"env {each.variable}" if each.variable else "args"


def _find_port(world: World) -> Iterator[Match]:
    for owner, each in _told(world):
        service = world.get(Service, each.service.namespace, each.service.name)
        if (
            service is None
            or not each.port
            or service.spec.cluster_ip == "None"
            or service.spec.type == "ExternalName"
        ):
            continue
        ports = [port.port for port in service.spec.ports]
        if ports and each.port not in ports:
            yield Match(
                object=owner.ref,
                container=each.container,
                culprit=each.service,
                values={
                    "host": each.service.name,
                    "port": str(each.port),
                    "ports": ", ".join(map(str, ports)),
                    "where": _where(each),
                    "value": each.value,
                },
                evidence=(
                    field_quote(f"{each.container}: {_where(each)}", each.value),
                    field_quote(f"{each.service}: spec.ports", ", ".join(map(str, ports))),
                ),
            )


def _told_again(world: World, match: Match) -> Dependency | None:
    told = world.dependencies.get(match.object, ())
    return next((d for d in told if d.value == match.values["value"] and d.service == match.culprit), None)


def _host_remedy(world: World, match: Match) -> Remedy:
    each = _told_again(world, match)
    near = near_ref(world, match.culprit) if match.culprit else None
    if each is None or near is None or not each.variable or match.object.kind not in ROLLING:
        return only_person(
            f"需要 {match.object} 应该使用的主机;{match.values['host']} 不存在。",
            f"{match.object} must be told the right host; {match.values['host']} does not exist.",
        )
    return _set(match, each, each.value.replace(each.service.name, near.name, 1))


def _port_remedy(world: World, match: Match) -> Remedy:
    each = _told_again(world, match)
    service = world.get(Service, match.culprit.namespace, match.culprit.name) if match.culprit else None
    ports = [port.port for port in service.spec.ports] if service else []
    if each is None or len(ports) != 1 or not each.variable or match.object.kind not in ROLLING:
        return only_person(
            f"需要 {match.object} 应该使用的端口;{match.values['host']} 有 {match.values['ports']}。",
            f"{match.object} must be told the right port; {match.values['host']} has {match.values['ports']}.",
        )
    return _set(match, each, each.value.replace(f":{each.port}", f":{ports[0]}", 1))


def _set(match: Match, each: Dependency, value: str) -> Remedy:
    change = suggest("set_env", match.object, container=each.container, variable=each.variable, value=value)
    return Remedy((change,))


def _rule(id_: str, title: Text, summary: Text, cause: Text) -> Rule:
    missing = id_ == "dependency-missing"
    return Rule(
        id=id_,
        group="dependencies",
        kind="Deployment",
        severity="warning",
        outage=True,
        rollback=True,
        title=title,
        summary=summary,
        cause=cause,
        find=_find_missing if missing else _find_port,
        needs=("Service", "Pod"),
        remedy=_host_remedy if missing else _port_remedy,
    )


RULES = (
    _rule(
        "dependency-missing",
        Text("工作负载要用的主机不存在", "A workload is told to use a host that does not exist"),
        Text(
            "{object} 要用的 Service {host} 不存在({where})。",
            "{object} is told to use Service {host} ({where}), which does not exist.",
        ),
        Text(
            "{where} 的值是 {value},集群里没有这个 Service。", "{where} is {value}; there is no such Service."
        ),
    ),
    _rule(
        "dependency-port",
        Text(
            "工作负载要用的端口不存在", "A workload is told to use a port that its dependency does not have"
        ),
        Text(
            "{object} 要用 {host} 的端口 {port},而它只有 {ports}({where})。",
            "{object} is told to use port {port} of {host} ({where}), which has {ports}.",
        ),
        Text("{where} 的值是 {value}。", "{where} is {value}."),
    ),
)
