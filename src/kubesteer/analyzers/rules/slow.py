"""Why something that runs may be slow: limits, nodes, flapping, errors in its logs.

In a scan these are remarks (info); a diagnosis of one object, which somebody asked for, takes them as findings.
"""

from __future__ import annotations

from collections.abc import Iterator

from kubesteer.analyzers import patience
from kubesteer.analyzers.amounts import quantity
from kubesteer.analyzers.matches import Match, Remedy, Rule
from kubesteer.analyzers.remedies import only_person
from kubesteer.analyzers.resources.clusters import Event, Node
from kubesteer.analyzers.resources.pods import Pod
from kubesteer.analyzers.resources.scaling import HorizontalPodAutoscaler
from kubesteer.analyzers.resources.shapes import moment
from kubesteer.analyzers.rules.autoscalers import target_of
from kubesteer.analyzers.rules.quotes import event_quote, field_quote, log_quote
from kubesteer.analyzers.world import World
from kubesteer.core.clusters import Usage
from kubesteer.core.log_templates import templates
from kubesteer.core.quantities import cpu_words, memory_words
from kubesteer.core.refs import Ref
from kubesteer.core.texts import Text

HIGH = 0.9
"""The part of a limit, or of a node, from which it counts as used up: averages over half a minute hide peaks."""

NEAR_REQUEST = 0.8
"""The part of its CPU request from which a container may wait for CPU: a request is what it is sure to get."""

REPEATED = 3
"""Error lines of one pattern before they count: one may be anybody's mistake."""


def _measured(world: World) -> Iterator[tuple[Pod, Usage]]:
    for ref, use in world.usage.items():
        pod = world.get(Pod, ref.namespace, ref.name) if ref.kind == "Pod" else None
        if pod is not None and not pod.finished:
            yield pod, use


def _find_cpu(world: World) -> Iterator[Match]:
    for pod, use in _measured(world):
        for container in pod.spec.containers:
            limit, used = quantity(container.resources.limits, "cpu"), use.cpu.get(container.name, 0.0)
            if limit and used >= limit * HIGH:
                yield _limited(
                    world, pod, container.name, "CPU", used / limit, cpu_words(used), cpu_words(limit)
                )


def _find_request(world: World) -> Iterator[Match]:
    """Near or above what it is sure to get, where its limit is not the nearer wall and no autoscaler is at work."""
    for pod, use in _measured(world):
        for container in pod.spec.containers:
            used = use.cpu.get(container.name, 0.0)
            asked, limit = (
                quantity(each, "cpu") for each in (container.resources.requests, container.resources.limits)
            )
            throttled = limit and used >= limit * HIGH
            if asked and used > asked * NEAR_REQUEST and not throttled and not _grows(world, world.top(pod)):
                yield _limited(
                    world, pod, container.name, "CPU", used / asked, cpu_words(used), cpu_words(asked)
                )


def _grows(world: World, owner: Ref) -> bool:
    """Whether an autoscaler that has room left looks after it: to be near the request is its normal state."""
    return any(
        target_of(scaler) == owner and scaler.status.current_replicas < scaler.spec.max_replicas
        for scaler in world.of(HorizontalPodAutoscaler)
    )


def _find_memory(world: World) -> Iterator[Match]:
    for pod, use in _measured(world):
        for container in pod.spec.containers:
            limit, used = quantity(container.resources.limits, "memory"), use.memory.get(container.name, 0.0)
            if limit and used >= limit * HIGH:
                words = memory_words(used), memory_words(limit)
                yield _limited(world, pod, container.name, "memory", used / limit, *words)


def _limited(world: World, pod: Pod, container: str, what: str, part: float, used: str, limit: str) -> Match:
    return Match(
        object=world.top(pod),
        subject=pod.ref,
        container=container,
        values={"part": f"{part:.0%}", "used": used, "limit": limit},
        evidence=(field_quote(f"{pod.name}/{container}: {what}", f"{used} / {limit} ({part:.0%})"),),
        links=(Ref("Node", "", pod.spec.node_name),),
    )


def _find_node(world: World) -> Iterator[Match]:
    for node in world.of(Node) if world.usage else ():
        use, room = world.usage.get(node.ref), quantity(node.status.allocatable, "cpu")
        used = sum(use.cpu.values()) if use else 0.0
        if room and used >= room * HIGH:
            yield Match(
                object=node.ref,
                values={"part": f"{used / room:.0%}"},
                evidence=(field_quote("CPU", f"{cpu_words(used)} / {cpu_words(room)}"),),
            )


def _find_flapping(world: World) -> Iterator[Match]:
    """Readiness that failed again and again within the hour, though it passes now."""
    seen: set[Ref] = set()
    for event in world.of(Event):
        failed = event.reason == "Unhealthy" and event.message.startswith("Readiness")
        if not failed or event.times <= patience.UNHEALTHY_COUNT or not world.recent(event.last):
            continue
        pod = world.get(Pod, event.about.namespace, event.about.name)
        if pod is None or not pod.ready or pod.metadata.deletion_timestamp or pod.ref in seen:
            continue
        if _after_start(pod, event.last):
            seen.add(pod.ref)
            yield Match(
                object=world.top(pod),
                subject=pod.ref,
                values={"count": str(event.times), "words": event.message[:200]},
                evidence=(event_quote(event.message, event.reason, event.times),),
                links=(Ref("Node", "", pod.spec.node_name),),
            )


def _after_start(pod: Pod, at: float) -> bool:
    """Not merely while it started: every pod fails its readiness probe then."""
    starts = [moment(s.state.running.started_at) for s in pod.status.container_statuses if s.state.running]
    return at - max(starts, default=0.0) > patience.SLOW_START


def _find_errors(world: World) -> Iterator[Match]:
    for (owner, container), lines in world.logs.items():
        errors = [each for each in templates(lines) if each.severity == "error"]
        count = sum(each.count for each in errors)
        if count < REPEATED:
            continue
        yield Match(
            object=owner,
            container=container,
            values={"count": str(count), "total": str(len(lines)), "words": errors[0].example[:300]},
            evidence=tuple(log_quote(f"×{each.count} {each.example}") for each in errors[:4]),
        )


def _no_headroom(world: World, match: Match) -> Remedy:
    del world
    return only_person(
        f"可以扩容 {match.object},或提高容器 {match.container} 的上限;要多少取决于期望的负载。",
        f"Scale {match.object} out, or raise the limit of container {match.container}; how far depends on the load.",
    )


def _more_cpu(world: World, match: Match) -> Remedy:
    del world
    return only_person(
        f"先看它是否持续(这只是一次采样):若持续,扩容 {match.object} 或提高容器 {match.container} 的 CPU 请求。",
        f"See whether it lasts (this is one sample): if it does, scale {match.object} out or raise the CPU request of "
        f"container {match.container}.",
    )


_FAULTS = frozenset({"pods", "log-causes", "access", "dependencies"})


def _rule(id_: str, kind: str, title: Text, summary: Text, cause: Text) -> Rule:
    finder, remedy = _FINDERS[id_]
    return Rule(
        id=id_,
        group="slow",
        kind=kind,
        severity="info",
        title=title,
        summary=summary,
        cause=cause,
        find=finder,
        remedy=remedy,
        causes=_FAULTS if kind == "Pod" else frozenset({"nodes"}),
        remote_causes=frozenset({"node-cpu-full", "nodes"}) if kind == "Pod" else frozenset(),
    )


def _none(world: World, match: Match) -> Remedy:
    del world, match
    return Remedy()


_FINDERS = {
    "cpu-at-limit": (_find_cpu, _no_headroom),
    "cpu-near-request": (_find_request, _more_cpu),
    "memory-at-limit": (_find_memory, _no_headroom),
    "node-cpu-full": (_find_node, _none),
    "readiness-flapping": (_find_flapping, _none),
    "log-errors": (_find_errors, _none),
}

RULES = (
    _rule(
        "node-cpu-full",
        "Node",
        Text("节点的 CPU 用满了", "A node's CPU is used up"),
        Text("{object} 的 CPU 已用 {part}。", "{object} uses {part} of its CPU."),
        Text("其上的容器在争抢 CPU。", "Containers on it compete for CPU."),
    ),
    _rule(
        "cpu-at-limit",
        "Pod",
        Text("CPU 用到了上限,会被限流", "CPU is at its limit and throttled"),
        Text(
            "{object} 的容器 {container} CPU 用到上限的 {part}({used}/{limit}),会被限流。",
            "{object}: container {container} uses {part} of its CPU limit ({used} of {limit}) and is throttled.",
        ),
        Text("CPU 上限低于它现在需要的。", "Its CPU limit is below what it needs now."),
    ),
    _rule(
        "cpu-near-request",
        "Pod",
        Text("CPU 接近或超过请求量,可能因此变慢", "CPU is near or above its request, which may make it slow"),
        Text(
            "{object} 的容器 {container} CPU 用到请求量的 {part}({used}/{limit}),可能因此变慢。",
            "{object}: container {container} uses {part} of its CPU request ({used} of {limit}), which may make it slow.",
        ),
        Text(
            "超过请求量的 CPU 只有在节点有空闲时才能得到(一次采样,不知是否持续)。",
            "Beyond its request it gets CPU only while its node has some to spare (one sample: whether it lasts is not known).",
        ),
    ),
    _rule(
        "memory-at-limit",
        "Pod",
        Text("内存接近上限,随时会被杀", "Memory is near its limit; it may be killed at any time"),
        Text(
            "{object} 的容器 {container} 内存用到上限的 {part}({used}/{limit})。",
            "{object}: container {container} uses {part} of its memory limit ({used} of {limit}).",
        ),
        Text("内存上限接近它现在的用量。", "Its memory limit is close to what it uses now."),
    ),
    _rule(
        "readiness-flapping",
        "Pod",
        Text("就绪状态反复变化", "Readiness comes and goes"),
        Text(
            "{object} 的就绪探针近一小时失败了 {count} 次(现在通过)。",
            "{object}: its readiness probe failed {count} times within the hour (it passes now).",
        ),
        Text("{words}", "{words}"),
    ),
    _rule(
        "log-errors",
        "Pod",
        Text("日志里反复出现错误", "Its log repeats errors"),
        Text(
            "{object} 的容器 {container} 最近 {total} 行日志里有 {count} 行错误。",
            "{object}: {count} of the last {total} log lines of container {container} are errors.",
        ),
        Text("最多的是:{words}", "The most frequent: {words}"),
    ),
)
