"""Pods that no node will take, by what the scheduler says of it.

Messages: the scheduler's FitError ("0/3 nodes are available: 1 Insufficient cpu, 2 node(s) …") and the Err…
constants of pkg/scheduler/framework/plugins.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from kubesteer.analyzers import patience
from kubesteer.analyzers.capacity import lacking, largest_fit, requested
from kubesteer.analyzers.matches import Match, Remedy, Rule
from kubesteer.analyzers.remedies import only_person
from kubesteer.analyzers.resources.clusters import Node
from kubesteer.analyzers.resources.pods import Pod
from kubesteer.analyzers.resources.shapes import moment
from kubesteer.analyzers.rules.quotes import event_quote, field_quote
from kubesteer.analyzers.world import World
from kubesteer.core.refs import Ref
from kubesteer.core.texts import Text


@dataclass(frozen=True, slots=True)
class Obstacle:
    """One reason why a node does not take a pod: the words that tell it, and what to say."""

    id: str
    pattern: re.Pattern[str]
    title: Text
    cause: Text


def _obstacle(name: str, words: str, title: Text, cause: Text) -> Obstacle:
    return Obstacle(f"unschedulable-{name}" if name else "unschedulable", re.compile(words), title, cause)


OBSTACLES = (
    _obstacle(
        "claim",
        r"unbound immediate PersistentVolumeClaims|persistentvolumeclaim|didn't find available persistent volumes",
        Text("等待的存储卷没有就绪", "A volume that it needs is not bound"),
        Text(
            "它用到的 PersistentVolumeClaim 没有绑定:{claims}", "A claim that it uses is not bound: {claims}"
        ),
    ),
    _obstacle(
        "volume-zone",
        r"volume node affinity conflict|no available volume zone|available volume zone",
        Text("存储卷所在的节点或可用区放不下它", "Its volume lives where it cannot run"),
        Text(
            "已绑定的卷只能在别的节点或可用区使用。",
            "A bound volume can be used only on other nodes or in another zone.",
        ),
    ),
    _obstacle(
        "volume-limit",
        r"exceed max volume count",
        Text("节点能挂载的卷已到上限", "Nodes have reached the number of volumes they can attach"),
        Text("节点可挂载的卷数已到上限。", "The nodes cannot attach any more volumes."),
    ),
    _obstacle(
        "selector",
        r"didn't match Pod's node affinity/selector|didn't match node selector|node\(s\) didn't match pod.*affinity/selector",
        Text("没有节点符合 nodeSelector 或节点亲和性", "No node matches its nodeSelector or node affinity"),
        Text("没有节点同时带有 {wanted}。", "No node satisfies {wanted}."),
    ),
    _obstacle(
        "affinity",
        r"pod affinity rules|pod anti-affinity rules|inter-pod|anti-affinity|pod topology spread",
        Text(
            "Pod 间亲和、反亲和或拓扑分布规则无法满足", "Pod affinity, anti-affinity or spread cannot be met"
        ),
        Text(
            "没有节点满足它与其他 Pod 的亲和、反亲和或分布要求。",
            "No node satisfies its rules about other pods (affinity, anti-affinity, spread).",
        ),
    ),
    _obstacle(
        "cordoned",
        r"node\(s\) were unschedulable|node\.kubernetes\.io/unschedulable",
        Text("节点被停止调度(cordon)", "Nodes are cordoned"),
        Text("能放它的节点都被停止调度(cordon)了。", "The nodes that could take it are cordoned."),
    ),
    _obstacle(
        "taint",
        r"taint",
        Text("节点的污点不被容忍", "Nodes have taints that it does not tolerate"),
        Text(
            "节点带有它不容忍的污点:{taints}。", "The nodes carry taints that it does not tolerate: {taints}."
        ),
    ),
    _obstacle(
        "ports",
        r"free ports",
        Text("节点上的端口已被占用", "The host port is taken on every node"),
        Text(
            "它要的 hostPort 在所有可用节点上都被占用。",
            "Its hostPort is in use on every node that could take it.",
        ),
    ),
    _obstacle(
        "pods",
        r"Too many pods",
        Text("节点的 Pod 数已到上限", "Nodes have reached their number of pods"),
        Text("节点的 Pod 数量已到上限。", "The nodes cannot take any more pods."),
    ),
    _obstacle(
        "memory",
        r"Insufficient memory",
        Text("内存不足", "Not enough memory"),
        Text("它请求内存 {asked_memory};{room}。", "It asks for {asked_memory} of memory; {room}."),
    ),
    _obstacle(
        "cpu",
        r"Insufficient cpu",
        Text("CPU 不足", "Not enough CPU"),
        Text("它请求 CPU {asked_cpu};{room}。", "It asks for {asked_cpu} of CPU; {room}."),
    ),
    _obstacle(
        "resource",
        r"Insufficient (\S+)",
        Text("节点缺少它要的资源", "Not enough of another resource"),
        Text("节点缺少它请求的资源:{words}", "The nodes lack a resource that it asks for: {words}"),
    ),
    _obstacle(
        "",
        r"",
        Text("无法调度", "Cannot be scheduled"),
        Text("调度器报告:{words}", "The scheduler says: {words}"),
    ),
)
"""In the order of trust: what stands first is named even where later ones concern as many nodes."""

NEVER = frozenset({"unschedulable-selector", "unschedulable-claim", "unschedulable-volume-zone"})
"""Obstacles that do not pass when other pods leave."""

CONTROL_PLANE = re.compile(r"\d+ node\(s\) had untolerated taint\(?s?\)? \{?node-role\.kubernetes\.io/[^,.]*")
PART = re.compile(r"(\d+) ((?:Insufficient|Too many|node)[^,.]*(?:\{[^}]*\})?[^,.]*)")


def waiting(world: World) -> Iterator[tuple[Pod, str, float]]:
    """Pods that no node takes, with the scheduler's words and since when (seconds since 1970)."""
    for pod in world.troubled:
        condition = pod.condition("PodScheduled")
        if pod.spec.node_name or pod.finished or pod.metadata.deletion_timestamp or condition is None:
            continue
        if condition.status == "False" and condition.reason in ("Unschedulable", ""):
            words = condition.message or next(
                (e.message for e in world.events_of(pod) if e.reason == "FailedScheduling"), ""
            )
            began = moment(pod.metadata.creation_timestamp) or moment(condition.last_transition_time)
            yield pod, words, began


def obstacle_of(words: str) -> Obstacle:
    """The obstacle at most nodes; nodes of the control plane, which nobody meant, do not count."""
    told = CONTROL_PLANE.sub("", words.split("preemption:")[0])
    counts: dict[str, int] = {}
    for number, part in PART.findall(told):
        found = _first(part)
        counts[found.id] = counts.get(found.id, 0) + int(number)
    if not counts or OBSTACLES[0].pattern.search(told):
        return _first(told)
    best = max(counts.values())
    return next(o for o in OBSTACLES if counts.get(o.id) == best)


def _first(words: str) -> Obstacle:
    return next(obstacle for obstacle in OBSTACLES if obstacle.pattern.search(words))


def _find(world: World, obstacle: Obstacle) -> Iterator[Match]:
    for pod, words, began in waiting(world):
        if obstacle_of(words) is obstacle:
            yield _match(world, pod, words, began)


def _match(world: World, pod: Pod, words: str, began: float) -> Match:
    claims = [v.persistent_volume_claim.claim_name for v in pod.spec.volumes if v.persistent_volume_claim]
    asked = requested(pod.spec)
    cordoned = [node.ref for node in world.of(Node) if node.spec.unschedulable]
    return Match(
        object=world.top(pod),
        subject=pod.ref,
        values={
            "words": words,
            "claims": ", ".join(claims) or "-",
            "wanted": wanted(pod),
            "taints": ", ".join(_taints(world)) or "-",
            "asked_memory": asked.memory_words,
            "asked_cpu": asked.cpu_words,
            "room": _room(world, pod),
        },
        evidence=_evidence(pod, words),
        links=(
            *(Ref("PersistentVolumeClaim", pod.namespace, name) for name in claims),
            *cordoned,
            *_nodes(world),
        ),
        severity="info" if world.now - began < _patience(world, pod, words) else None,
        since=began,
    )


def _nodes(world: World) -> list[Ref]:
    """Nodes that are not ready: pods wait because of them."""
    return [n.ref for n in world.of(Node) if (c := n.condition("Ready")) is not None and c.status != "True"]


def _patience(world: World, pod: Pod, words: str) -> float:
    """Longer where an autoscaler has announced a node, short where no waiting will help."""
    if obstacle_of(words).id in NEVER or (world.of(Node) and lacking(world, pod.spec)):
        return patience.CONTROLLER
    announced = any(e.reason in ("TriggeredScaleUp", "Nominated") for e in world.events_of(pod))
    return patience.AUTOSCALING if announced else patience.SCHEDULING


def _evidence(pod: Pod, words: str) -> tuple[Text, ...]:
    lines = [event_quote(words, "FailedScheduling")] if words else []
    if wanted(pod) != "-":
        lines.append(field_quote(f"{pod.name}: nodeSelector/nodeAffinity", wanted(pod)))
    return tuple(lines)


def wanted(pod: Pod) -> str:
    """The labels that a pod demands of its node."""
    parts = [f"{key}={value}" for key, value in pod.spec.node_selector.items()]
    affinity = pod.spec.affinity.node_affinity if pod.spec.affinity else None
    required = affinity.required if affinity else None
    for term in required.node_selector_terms if required else ():
        parts.append(" & ".join(str(each) for each in term.match_expressions + term.match_fields))
    return ", ".join(parts) or "-"


def _taints(world: World) -> list[str]:
    found = {
        str(taint)
        for node in world.of(Node)
        for taint in node.spec.taints
        if taint.effect in ("NoSchedule", "NoExecute") and taint.key != "node.kubernetes.io/unschedulable"
    }
    return sorted(found)[:6]


def _room(world: World, pod: Pod) -> Text:
    """Whether the pod is larger than any node, or the nodes are full."""
    if not world.of(Node):
        return Text("节点放不下", "the nodes cannot hold it")
    short = lacking(world, pod.spec)
    if short:
        return Text(f"最大的节点也只有 {short}", f"even the largest node has only {short}")
    return Text("节点剩余的容量不够", "what the nodes have left is less")


def _remedy(world: World, match: Match, obstacle: str) -> Remedy:
    pod = next((pod for pod in world.pods_of(match.object) if pod.ref == match.subject), None)
    if pod is None:
        return Remedy()
    if obstacle in ("unschedulable-cpu", "unschedulable-memory"):
        return _fitting(world, match, pod)
    if obstacle == "unschedulable-selector":
        return _labels(world, pod)
    if obstacle == "unschedulable-taint":
        return only_person(
            f"要么给它加上对 {match.values['taints']} 的容忍,要么去掉节点的污点,或增加没有污点的节点。",
            f"Either it tolerates {match.values['taints']}, or the taint goes, or a node without it is added.",
        )
    return Remedy()


def _fitting(world: World, match: Match, pod: Pod) -> Remedy:
    fit = largest_fit(world, match.object, pod.spec)
    if fit is not None:
        return Remedy((fit,))
    return only_person(
        "集群容量不够:需要增加节点、减少副本,或降低别的工作负载的请求量。",
        "The cluster is full: add a node, run fewer replicas, or lower what others request.",
    )


def _labels(world: World, pod: Pod) -> Remedy:
    keys = {
        key: sorted({n.metadata.labels[key] for n in world.of(Node) if key in n.metadata.labels})
        for key in pod.spec.node_selector
    }
    known = "; ".join(f"{key}: {', '.join(values[:5]) or '-'}" for key, values in keys.items())
    return only_person(
        f"没有节点符合 {wanted(pod)}"
        + (f"(节点现有的值:{known})" if known else "")
        + ";需要改选择条件,或给节点打标签。",
        f"No node satisfies {wanted(pod)}"
        + (f" (values that nodes have: {known})" if known else "")
        + "; the selector must change, or a node be labelled.",
    )


RULES = tuple(
    Rule(
        id=obstacle.id,
        group="pods",
        kind="Pod",
        severity="warning",
        outage=True,
        rollback=True,
        title=Text("Pod 无法调度:", "Pods cannot be scheduled: ")
        + Text(obstacle.title.zh, obstacle.title.en[0].lower() + obstacle.title.en[1:]),
        summary=Text("{object} 的 Pod 无法调度:", "{object}: pods cannot be scheduled: ")
        + Text(obstacle.title.zh + "。", obstacle.title.en[0].lower() + obstacle.title.en[1:] + "."),
        cause=obstacle.cause,
        find=partial(_find, obstacle=obstacle),
        remedy=partial(_remedy, obstacle=obstacle.id),
        causes=frozenset({"claim-missing"}),
        remote_causes=frozenset({"claims", "node-cordoned", "node-not-ready"}),
    )
    for obstacle in OBSTACLES
)
