"""Nodes that are behind the others, or used up: remarks rather than faults.

Skew: Kubernetes documentation, "Version Skew Policy" (kubelet up to three minor versions older than the API
server, never newer).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from kubesteer.analyzers.amounts import quantity
from kubesteer.analyzers.capacity import requested
from kubesteer.analyzers.matches import Match, Rule
from kubesteer.analyzers.resources.clusters import Node
from kubesteer.analyzers.rules.quotes import field_quote
from kubesteer.analyzers.world import World
from kubesteer.core.texts import Text

MINORS_BEHIND = 3
VERSION = re.compile(r"v?(\d+)\.(\d+)")


def _version(node: Node) -> tuple[int, int] | None:
    found = VERSION.match(node.status.node_info.kubelet_version)
    return (int(found[1]), int(found[2])) if found else None


def _find_skew(world: World) -> Iterator[Match]:
    """Against the newest kubelet: the API server is never older than that by policy."""
    known = {node.name: version for node in world.of(Node) if (version := _version(node))}
    newest = max(known.values(), default=(0, 0))
    for node in world.of(Node):
        version = known.get(node.name)
        if version is not None and version[0] == newest[0] and newest[1] - version[1] > MINORS_BEHIND:
            yield Match(
                object=node.ref,
                values={
                    "version": node.status.node_info.kubelet_version,
                    "newest": f"v{newest[0]}.{newest[1]}",
                },
                evidence=(
                    field_quote("status.nodeInfo.kubeletVersion", node.status.node_info.kubelet_version),
                ),
            )


def _find_overcommitted(world: World) -> Iterator[Match]:
    """Memory limits far above what the node has, where its memory is nearly used up already."""
    for node in world.of(Node):
        room = quantity(node.status.allocatable, "memory")
        usage = world.usage.get(node.ref)
        used = sum(usage.memory.values()) if usage else 0.0
        if room and used > room * 0.95:
            asked = sum(requested(pod.spec).memory for pod in world.pods_on(node))
            yield Match(
                object=node.ref,
                values={"used": f"{used / room:.0%}", "asked": f"{asked / room:.0%}"},
                evidence=(
                    Text(
                        f"内存用量 {used / room:.0%},请求量 {asked / room:.0%}",
                        f"memory used {used / room:.0%}, requested {asked / room:.0%}",
                    ),
                ),
            )


RULES = (
    Rule(
        id="node-version-skew",
        group="nodes",
        kind="Node",
        severity="info",
        title=Text("节点的 kubelet 版本过旧", "A node's kubelet is too old"),
        summary=Text(
            "{object} 的 kubelet 是 {version},最新的节点是 {newest}。",
            "{object} runs kubelet {version}; the newest node runs {newest}.",
        ),
        cause=Text(
            "kubelet 最多可比 API Server 旧三个次要版本。",
            "A kubelet may be at most three minor versions older than the API server.",
        ),
        find=_find_skew,
    ),
    Rule(
        id="node-memory-full",
        group="nodes",
        kind="Node",
        severity="info",
        title=Text("节点内存快用完", "A node's memory is nearly used up"),
        summary=Text(
            "{object} 的内存已用 {used}(请求量 {asked})。",
            "{object} uses {used} of its memory ({asked} requested).",
        ),
        cause=Text(
            "其上的容器用得比请求的多,内核可能开始杀进程。",
            "Its containers use more than they request; the kernel may begin to kill.",
        ),
        find=_find_overcommitted,
        causes=frozenset({"node-pressure", "node-not-ready"}),
    ),
)
