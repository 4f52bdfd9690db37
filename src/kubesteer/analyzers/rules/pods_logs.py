"""Logs of suspects that name the cause themselves."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from kubesteer.analyzers.clues import CLUES, NETWORK, Clue, clue_in, looked_up
from kubesteer.analyzers.dependencies import dependencies, hosts
from kubesteer.analyzers.endpoints import behind, ready_endpoints
from kubesteer.analyzers.matches import Match, Remedy, Rule
from kubesteer.analyzers.near import near_ref
from kubesteer.analyzers.remedies import only_person, suggest
from kubesteer.analyzers.resources.networks import Service
from kubesteer.analyzers.resources.pods import ContainerStatus, Pod
from kubesteer.analyzers.rules.pods_states import NODE_FAULTS, crashing
from kubesteer.analyzers.rules.quotes import log_quote
from kubesteer.analyzers.world import World
from kubesteer.core.kinds import ROLLING
from kubesteer.core.refs import Ref
from kubesteer.core.texts import Text


def _concerned(world: World) -> Iterator[tuple[Pod, ContainerStatus, tuple[str, ...]]]:
    """Containers whose logs were read, one pod of each owner: one that is in trouble, where there is one."""
    for (owner, container), lines in world.logs.items():
        found = [(pod, s) for pod in world.pods_of(owner) for s in pod.statuses if s.name == container]
        if found:
            pod, status = max(found, key=lambda each: _sick(world, *each))
            yield pod, status, lines


DNS = Ref("Service", "kube-system", "kube-dns")


def _sick(world: World, pod: Pod, status: ContainerStatus) -> bool:
    return crashing(world, status) or not status.ready or status.restart_count > 0 or not pod.ready


def _find(world: World, clue: Clue) -> Iterator[Match]:
    for pod, status, lines in _concerned(world):
        told = clue_in(lines)
        if told is None or told[0] is not clue:
            continue
        if _sick(world, pod, status) or (clue.id in NETWORK and _confirmed(world, pod, told[1])):
            yield _match(world, pod, status, clue, told[1])


def _confirmed(world: World, pod: Pod, line: str) -> bool:
    """Whether the cluster bears a healthy container out: what it complains of is missing, or has no endpoints."""
    named = named_service(world, pod, line)
    if named is None or not world.saw("Service") or (world.namespace and named.namespace != world.namespace):
        return False
    service = world.get(Service, named.namespace, named.name)
    if service is None:
        return near_ref(world, named) is not None
    return bool(service.spec.selector) and ready_endpoints(world, service) == 0


def _match(world: World, pod: Pod, status: ContainerStatus, clue: Clue, line: str) -> Match:
    service = named_service(world, pod, line) if clue.id in NETWORK else None
    links: tuple[Ref, ...] = (Ref("Node", "", pod.spec.node_name),)
    if service is not None:
        links += (service, *behind(world, service))
        if clue.id == "log-unknown-host":
            links += (DNS, *behind(world, DNS))
    host = str(service.name) if service else looked_up(line)
    return Match(
        object=world.top(pod),
        subject=pod.ref,
        container=status.name,
        values={
            "words": line.strip()[:300],
            "host": host or Text("一个依赖", "a dependency"),
            "hint": hint(world, service, clue),
            "service": f"{service.namespace}/{service.name}" if service else "",
        },
        evidence=(log_quote(line),),
        links=links,
        since=world.began(pod, "BackOff", "Unhealthy"),
    )


def named_service(world: World, pod: Pod, line: str) -> Ref | None:
    """The Service that a line of log means: by name with a port, by a looked-up name, or by its cluster IP."""
    for ref, _, _ in hosts(line, pod.namespace):
        if ref.name not in ("localhost",) and not ref.name.isdigit():
            return ref
    name = looked_up(line)
    if name:
        parts = name.split(".")
        if len(parts) == 1 or (len(parts) > 2 and parts[2] == "svc"):
            return Ref("Service", parts[1] if len(parts) > 1 else pod.namespace, parts[0])
    return next((s.ref for s in world.of(Service) if _has_address(s, line)), None)


def _has_address(service: Service, line: str) -> bool:
    address = service.spec.cluster_ip
    return bool(address) and address != "None" and f"{address}:" in line


def hint(world: World, service: Ref | None, clue: Clue) -> Text:
    """What the cluster knows of the host."""
    if (
        service is None
        or not world.saw("Service")
        or (world.namespace and service.namespace != world.namespace)
    ):
        return Text("。", ".")
    if world.exists(service):
        if clue.id == "log-unknown-host":
            return Text(
                "(这个 Service 存在:检查集群 DNS 与出站网络策略)。",
                " (that Service exists: look at cluster DNS and egress policies).",
            )
        return Text("。", ".")
    near = near_ref(world, service)
    if near is not None:
        return Text(
            f":没有 Service {service.name},名字相近的是 {near.name}。",
            f": there is no Service {service.name}; {near.name} is nearly the same name.",
        )
    return Text(f":没有 Service {service.name}。", f": there is no Service {service.name}.")


# -- remedies ------------------------------------------------------------------------------------------------


def _remedy(world: World, match: Match, clue: str) -> Remedy:
    if clue in NETWORK:
        fixed = corrected_host(world, match)
        if fixed is not None:
            return fixed
        return only_person(
            f"需要确认它应该连接的地址;现在用的是 {_host(match)}。",
            f"It must be told the right address; it uses {_host(match)} now.",
        )
    if clue == "log-authentication":
        return only_person(
            "需要有效的用户名、密码或令牌;只有人知道。",
            "Valid credentials are needed; only a person knows them.",
        )
    return Remedy()


def _host(match: Match) -> str:
    host = match.values.get("host", "")
    return host if isinstance(host, str) else "-"


def corrected_host(world: World, match: Match) -> Remedy | None:
    """The variable that names a Service which does not exist, set to the one that was probably meant."""
    namespace, _, name = str(match.values.get("service", "")).partition("/")
    wrong = Ref("Service", namespace, name)
    template = world.template_of(match.object)
    if not name or template is None or match.object.kind not in ROLLING or world.exists(wrong):
        return None
    near = near_ref(world, wrong)
    if near is None or not world.saw("Service"):
        return None
    for each in dependencies(world, match.object.namespace, template.spec):
        if each.service == wrong and each.variable:
            value = each.value.replace(wrong.name, near.name, 1)
            return Remedy(
                (
                    suggest(
                        "set_env", match.object, container=each.container, variable=each.variable, value=value
                    ),
                )
            )
    return None


RULES = tuple(
    Rule(
        id=clue.id,
        group="log-causes",
        kind="Pod",
        severity="warning",
        outage=True,
        rollback=True,
        title=clue.title,
        summary=Text("{object} 的容器 {container} 有故障,", "{object}: container {container} is in trouble; ")
        + Text(clue.title.zh + "。", clue.title.en[0].lower() + clue.title.en[1:] + "."),
        cause=clue.cause,
        find=partial(_find, clue=clue),
        remedy=partial(_remedy, clue=clue.id),
        causes=frozenset({"oom-killed", "rbac-denied", "bad-command"})
        | (frozenset({"dependencies", "policies"}) if clue.id in NETWORK else frozenset()),
        remote_causes=NODE_FAULTS
        | (
            frozenset({"pods", "workloads", "services", "policies", "creation", "log-causes"})
            if clue.id in NETWORK
            else frozenset()
        ),
    )
    for clue in CLUES
)
