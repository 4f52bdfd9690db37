"""What the scheduler says, and what it means: obstacles between a pod and the nodes.

Messages: the scheduler's FitError ("0/3 nodes are available: 1 Insufficient cpu, 2 node(s) …") and the Err…
constants of pkg/scheduler/framework/plugins.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

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
        Text("{barred}。", "{barred}."),
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

CONTROL_PLANE = re.compile(r"\d+ node\(s\) had untolerated taint\(?s?\)? \{?node-role\.kubernetes\.io/[^,.]*")
PART = re.compile(r"(\d+) ((?:Insufficient|Too many|node(?!s are available))[^,.]*(?:\{[^}]*\})?[^,.]*)")


def obstacle_of(words: str, but: Obstacle | None = None) -> Obstacle:
    """The obstacle at most nodes; nodes of the control plane, which nobody meant, do not count. With `but` they
    do, and the nodes with that obstacle do not, unless there are no others."""
    told = words.split("preemption:")[0]
    told = CONTROL_PLANE.sub("", told) if but is None else told
    counts: dict[str, int] = {}
    for number, part in PART.findall(told):
        found = _first(part)
        counts[found.id] = counts.get(found.id, 0) + int(number)
    if not counts or OBSTACLES[0].pattern.search(told):
        return _first(told)
    if but is not None and len(counts) > 1:
        counts.pop(but.id, None)
    best = max(counts.values())
    return next(o for o in OBSTACLES if counts.get(o.id) == best)


def _first(words: str) -> Obstacle:
    return next(obstacle for obstacle in OBSTACLES if obstacle.pattern.search(words))


LASTING = frozenset(
    f"unschedulable-{name}" for name in ("claim", "selector", "volume-zone", "taint", "cordoned")
)
"""Obstacles that do not pass when other pods leave."""
PASSING = re.compile(r"node\.kubernetes\.io/(?!unschedulable)")
"""Taints that nodes bear while they start or are in trouble."""
NODES = re.compile(r"0/(\d+) nodes")


def lasting(words: str) -> bool:
    """Whether every node has an obstacle that waiting will not remove."""
    told = words.split("preemption:")[0]
    total = NODES.search(told)
    parts = [(int(n), part) for n, part in PART.findall(told) if not PASSING.search(part)]
    held = sum(n for n, part in parts if _first(part).id in LASTING)
    return OBSTACLES[0].pattern.search(told) is not None or (total is not None and held >= int(total[1]) > 0)
