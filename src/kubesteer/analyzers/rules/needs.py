"""Hosts that a workload is told to use and that the cluster does not have."""

from __future__ import annotations

import json
from collections.abc import Iterator

from kubesteer.analyzers.dependencies import Dependency
from kubesteer.analyzers.matches import Match, Remedy, Rule
from kubesteer.analyzers.near import near_hint, near_ref
from kubesteer.analyzers.remedies import only_person, suggest
from kubesteer.analyzers.resources.networks import Service
from kubesteer.analyzers.resources.shapes import Object
from kubesteer.analyzers.resources.workloads import Deployment, StatefulSet, Workload
from kubesteer.analyzers.rules.quotes import field_quote
from kubesteer.analyzers.world import World
from kubesteer.core.findings import Suggestion
from kubesteer.core.kinds import ROLLING
from kubesteer.core.refs import Ref
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
        near, bare = near_ref(world, each.service), without_service(world, each.service)
        if near is None and bare is None and not each.sure:
            continue  # a short name may well be a host outside the cluster
        yield Match(
            object=owner.ref,
            container=each.container,
            culprit=each.service,
            values={
                "host": each.service.name,
                "where": _where(each),
                "value": each.value,
                "bare": _bare(bare),
            },
            evidence=(
                field_quote(f"{each.container}: {_where(each)}", each.value),
                *near_hint(world, each.service),
            ),
            severity=None if near is not None or bare is not None else "info",
        )


def without_service(world: World, service: Ref) -> Workload | None:
    """The workload of a missing Service's name: its Service was never made, or was deleted."""
    names = (service.namespace, service.name)
    return world.get(Deployment, *names) or world.get(StatefulSet, *names)


def _bare(workload: Workload | None) -> Text:
    if workload is None:
        return Text("", "")
    return Text(
        f";{workload.ref} 在,但没有这个名字的 Service",
        f"; {workload.ref} is there, but no Service of that name leads to it",
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


def _find_dns(world: World) -> Iterator[Match]:
    """Workloads whose pods do not ask the cluster's DNS, though they are told to use Services by name."""
    clusters = {
        s.spec.cluster_ip for s in world.within(Service, "kube-system") if s.name in ("kube-dns", "coredns")
    }
    seen: set[Ref] = set()
    for owner, each in _told(world):
        template = world.template_of(owner.ref)
        spec = template.spec if template else None
        if spec is None or owner.ref in seen or not world.exists(each.service):
            continue
        asks = set(spec.dns_config.nameservers)
        local = any(server.startswith(("10.", "169.254.", "172.")) or server in clusters for server in asks)
        away = spec.dns_policy == "Default" or (spec.dns_policy == "None" and not local)
        if away and not spec.host_network:
            seen.add(owner.ref)
            yield Match(
                object=owner.ref,
                values={
                    "policy": spec.dns_policy,
                    "servers": ", ".join(sorted(asks)) or "-",
                    "host": each.service.name,
                },
                evidence=(
                    field_quote("spec.dnsPolicy", spec.dns_policy),
                    field_quote("spec.dnsConfig.nameservers", ", ".join(sorted(asks)) or "-"),
                    field_quote(f"{each.container}: {_where(each)}", each.value),
                ),
            )


def _told_again(world: World, match: Match) -> Dependency | None:
    told = world.dependencies.get(match.object, ())
    return next((d for d in told if d.value == match.values["value"] and d.service == match.culprit), None)


def _host_remedy(world: World, match: Match) -> Remedy:
    each = _told_again(world, match)
    bare = without_service(world, match.culprit) if match.culprit else None
    if bare is not None and each is not None:
        return _made(bare, each)
    near = near_ref(world, match.culprit) if match.culprit else None
    if each is None or near is None or not each.variable or match.object.kind not in ROLLING:
        return only_person(
            f"需要 {match.object} 应该使用的主机;{match.values['host']} 不存在。",
            f"{match.object} must be told the right host; {match.values['host']} does not exist.",
        )
    return _set(match, each, each.value.replace(each.service.name, near.name, 1))


def _made(workload: Workload, each: Dependency) -> Remedy:
    """The Service that is missing, where the workload has one port, or the one that is asked for."""
    ports = {p.container_port for c in workload.spec.template.spec.containers for p in c.ports}
    target = each.port if each.port in ports else next(iter(ports)) if len(ports) == 1 else 0
    if not target or not workload.spec.selector.match_labels:
        return only_person(
            f"缺少 Service {each.service.name};它该指向 {workload.ref} 的哪个端口只有人知道。",
            f"Service {each.service.name} is missing; only a person knows which port of {workload.ref} it leads to.",
        )
    manifest = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": each.service.name, "namespace": each.service.namespace},
        "spec": {
            "selector": workload.spec.selector.match_labels,
            "ports": [{"port": each.port or target, "targetPort": target}],
        },
    }
    return Remedy((Suggestion("apply", {"manifest": json.dumps(manifest, ensure_ascii=False)}),))


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
            "{where} 的值是 {value},集群里没有这个 Service{bare}。",
            "{where} is {value}; there is no such Service{bare}.",
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
    Rule(
        id="dns-policy",
        group="dependencies",
        kind="Deployment",
        severity="warning",
        outage=True,
        rollback=True,
        title=Text(
            "Pod 不用集群的 DNS,却按名字使用 Service",
            "Pods do not ask the cluster's DNS, but use Services by name",
        ),
        summary=Text(
            "{object} 的 dnsPolicy 是 {policy},解析不了它要用的 Service {host}。",
            "{object}: with dnsPolicy {policy} it cannot resolve Service {host}, which it is told to use.",
        ),
        cause=Text(
            "它的域名服务器({servers})不是集群的 DNS。",
            "Its name servers ({servers}) are not the cluster's DNS.",
        ),
        find=_find_dns,
        needs=("Service", "Pod"),
    ),
)
