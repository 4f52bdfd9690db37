"""Probes that fail: asked at a wrong port or path, or a process that is slow or stuck."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from kubesteer.analyzers import patience
from kubesteer.analyzers.durations import span
from kubesteer.analyzers.matches import LogWish, Match, Remedy, Rule
from kubesteer.analyzers.probing import (
    PROBES,
    REFUSED,
    SLOW,
    STATUS,
    WRONG_PATH,
    kills,
    path_of,
    probe_of,
    scheme,
    told,
    wrong_port,
)
from kubesteer.analyzers.remedies import container_of, only_person, suggest
from kubesteer.analyzers.resources.clusters import Event
from kubesteer.analyzers.resources.networks import Service
from kubesteer.analyzers.resources.pods import Container, ContainerStatus, Pod, Probe
from kubesteer.analyzers.resources.shapes import moment
from kubesteer.analyzers.resources.workloads import Deployment
from kubesteer.analyzers.rules.pods_states import NODE_FAULTS, crashing, out_of_memory
from kubesteer.analyzers.rules.quotes import event_quote, field_quote
from kubesteer.analyzers.world import World
from kubesteer.core.kinds import ROLLING
from kubesteer.core.refs import Ref
from kubesteer.core.texts import Text


def _running(world: World) -> Iterator[tuple[Pod, ContainerStatus, Container]]:
    for pod in world.troubled:
        if pod.metadata.deletion_timestamp or pod.finished:
            continue
        for status in pod.statuses:
            container = pod.container(status.name)
            if container is not None:
                yield pod, status, container


def _find(world: World, kind: str) -> Iterator[Match]:
    for pod, status, container in _running(world):
        probe = probe_of(container, kind)
        if probe is None:
            continue
        event = told(world, pod, container.name, kind)
        if _failing(world, pod, status, probe, kind, event):
            yield _match(world, pod, status, container, kind, probe, event)


def _failing(
    world: World, pod: Pod, status: ContainerStatus, probe: Probe, kind: str, event: Event | None
) -> bool:
    if out_of_memory(world, status):
        return False
    if kind == "readiness":
        return _not_ready(world, pod, status, probe, event)
    end = status.last_end
    signalled = event is not None and end is not None and end.exit_code in (137, 143)
    killed = signalled or kills(world, pod, status.name, kind)
    if crashing(world, status):
        return killed
    restarts = status.restart_count > 0 or killed
    return event is not None and (
        restarts or event.times >= max(probe.failure_threshold, patience.UNHEALTHY_COUNT)
    )


def _not_ready(world: World, pod: Pod, status: ContainerStatus, probe: Probe, event: Event | None) -> bool:
    running = status.state.running
    if running is None or status.ready or status.started is False:
        return False
    ran = world.now - moment(running.started_at)
    if event is not None:
        container = pod.container(status.name)
        found = STATUS.search(event.message)
        hopeless = (found and found[1] in WRONG_PATH) or (
            container is not None and wrong_port(container, probe)
        )
        if hopeless and event.times >= probe.failure_threshold:
            return True
        return ran >= probe.grace + patience.PROBING or _late(world, pod)
    return ran >= probe.grace + patience.SLOW_START


def _late(world: World, pod: Pod) -> bool:
    """Its rollout has been given up: there is nothing left to be patient for."""
    top = world.top(pod)
    owner = world.get(Deployment, top.namespace, top.name) if top.kind == "Deployment" else None
    progressing = owner.condition("Progressing") if owner else None
    return progressing is not None and progressing.reason == "ProgressDeadlineExceeded"


def _match(
    world: World,
    pod: Pod,
    status: ContainerStatus,
    container: Container,
    kind: str,
    probe: Probe,
    event: Event | None,
) -> Match:
    words = event.message if event else ""
    asked = f"{scheme(probe)} {probe.port if probe.port is not None else ''}{path_of(probe)}".strip()
    evidence = [field_quote(f"{container.name}: {kind}Probe", asked)]
    if event is not None:
        evidence.append(event_quote(words, event.reason, event.times))
    if status.restart_count:
        evidence.append(field_quote(f"{container.name}: restartCount", status.restart_count))
    return Match(
        object=world.top(pod),
        subject=pod.ref,
        container=container.name,
        values={"why": why(world, pod, container, probe, words), "asked": asked, "words": words},
        evidence=tuple(evidence),
        links=(Ref("Node", "", pod.spec.node_name),),
        since=(event.first if event else 0.0) or moment(pod.metadata.creation_timestamp),
    )


def why(world: World, pod: Pod, container: Container, probe: Probe, words: str) -> Text:
    """Whether it is asked at a wrong port, at a wrong path, or does not answer."""
    if wrong_port(container, probe):
        ports = ", ".join(str(p.container_port) for p in container.ports)
        return Text(
            f"探针问的是端口 {probe.port},而容器提供的是 {ports}",
            f"It asks port {probe.port}, but the container has {ports}",
        )
    status = STATUS.search(words)
    if status and status[1] in WRONG_PATH:
        return Text(
            f"容器在 {path_of(probe)} 上回答 {status[1]}:路径不对",
            f"The container answers {status[1]} at {path_of(probe)}: the path is wrong",
        )
    if status:
        return Text(f"容器回答 HTTP {status[1]}", f"The container answers HTTP {status[1]}")
    if SLOW.search(words):
        limit = probe.timeout_seconds
        return Text(f"容器没有在 {limit} 秒内回答", f"The container does not answer within {limit} s")
    if REFUSED.search(words):
        return _refused(world, pod, container, probe)
    return Text("探针没有通过", "The probe does not pass")


def _refused(world: World, pod: Pod, container: Container, probe: Probe) -> Text:
    others = any(other.ready for other in world.pods_of(world.top(pod)))
    tail = (
        Text(",同一工作负载的其他 Pod 正常", "; other pods of the workload answer")
        if others
        else Text("", "")
    )
    if probe.port in {port.container_port for port in container.ports}:
        grace = span(probe.grace)
        return (
            Text(
                f"探针等了 {grace.zh},端口 {probe.port} 仍没有进程监听:启动比探针允许的慢,或进程卡住",
                f"Nothing listens on port {probe.port} after the {grace.en} that the probe allows: it starts more "
                "slowly than that, or is stuck",
            )
            + tail
        )
    return (
        Text(
            f"端口 {probe.port} 上没有进程监听(端口不对、启动慢,或进程卡住)",
            f"Nothing listens on port {probe.port} (a wrong port, a slow start, or a stuck process)",
        )
        + tail
    )


# -- remedies ------------------------------------------------------------------------------------------------


def _remedy(world: World, match: Match, kind: str) -> Remedy:
    container = container_of(world, match)
    probe = probe_of(container, kind) if container else None
    if container is None or probe is None or match.object.kind not in ROLLING:
        return Remedy()
    arguments: dict[str, object] = {}
    port = served(world, match, container) if wrong_port(container, probe) else None
    if port is not None:
        arguments["port"] = port
    status = STATUS.search(str(match.values["words"]))
    good = good_path(world, match, container, kind) if status and status[1] in WRONG_PATH else ""
    if good and probe.http_get and good != probe.http_get.path:
        arguments["path"] = good
    if not arguments:
        return only_person(
            f"集群无法判断 {container.name} 的正确探针:需要它真正监听的端口、健康检查路径和启动时间。",
            f"Nothing here tells the right {kind} probe of {container.name}: which port it listens on, at which path "
            "it answers, and how long it takes to start.",
        )
    return Remedy((suggest("set_probe", match.object, container=container.name, probe=kind, **arguments),))


def served(world: World, match: Match, container: Container) -> int | None:
    """The port that a container serves: the only one it declares, or the one that a Service leads to."""
    ports = {p.container_port for p in container.ports if p.protocol == "TCP"}
    if len(ports) == 1:
        return next(iter(ports))
    pod = next((pod for pod in world.pods_of(match.object) if pod.ref == match.subject), None)
    led = {
        port.target_port
        for service in world.of(Service)
        if pod and service.namespace == pod.namespace and service.spec.selector
        if service.spec.selector.items() <= pod.metadata.labels.items()
        for port in service.spec.ports
    }
    numbers = [port for port in led if isinstance(port, int) and port in ports]
    return numbers[0] if len(numbers) == 1 else None


def good_path(world: World, match: Match, container: Container, kind: str) -> str:
    """The path of another probe of the same container that does not fail."""
    pod = next((pod for pod in world.pods_of(match.object) if pod.ref == match.subject), None)
    for other in PROBES:
        probe = probe_of(container, other)
        if other == kind or probe is None or probe.http_get is None or pod is None:
            continue
        if told(world, pod, container.name, other) is None:
            return probe.http_get.path or "/"
    return ""


def wishes(world: World) -> Iterator[LogWish]:
    """Logs of containers that run and are not ready for long: they may say what they wait for."""
    for pod, status, container in _running(world):
        for kind in PROBES:
            probe = probe_of(container, kind)
            event = told(world, pod, container.name, kind) if probe else None
            if probe and _failing(world, pod, status, probe, kind, event):
                yield LogWish(pod=pod.ref, owner=world.top(pod), container=status.name, previous=False)
                break


def _rule(kind: str, zh: str, en: str, causes: frozenset[str]) -> Rule:
    return Rule(
        id=f"{kind}-probe",
        group="pods",
        kind="Pod",
        severity="warning",
        outage=True,
        rollback=True,
        title=Text(zh, en),
        summary=Text(
            "{object} 的容器 {container}:" + zh + "。",
            "{object}: container {container}: " + en[0].lower() + en[1:] + ".",
        ),
        cause=Text("{why}。", "{why}."),
        find=partial(_find, kind=kind),
        remedy=partial(_remedy, kind=kind),
        causes=causes,
        remote_causes=NODE_FAULTS,
    )


_DEEPER = frozenset({"log-causes", "oom-killed", "rbac-denied", "dependencies"})

RULES = (
    _rule(
        "startup", "启动探针失败,容器被反复重启", "Startup probe fails, and it is restarted for it", _DEEPER
    ),
    _rule(
        "liveness",
        "存活探针失败,容器被反复重启",
        "Liveness probe fails, and it is restarted for it",
        _DEEPER | {"startup-probe"},
    ),
    _rule(
        "readiness",
        "就绪探针不通过",
        "Readiness probe does not pass",
        _DEEPER | {"startup-probe", "liveness-probe", "crash-loop", "restarting"},
    ),
)
