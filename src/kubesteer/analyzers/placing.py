"""Which nodes a pod may run on: labels, affinity, taints and cordons, not how full they are.

Source: Kubernetes documentation, "Assigning Pods to Nodes" and "Taints and Tolerations".
"""

from __future__ import annotations

from kubesteer.analyzers.resources.affinities import Taint
from kubesteer.analyzers.resources.clusters import Node
from kubesteer.analyzers.resources.pods import PodSpec
from kubesteer.analyzers.world import World

CORDON = "node.kubernetes.io/unschedulable"
"""The taint that goes with a cordon and says nothing more."""

SYSTEM = "node.kubernetes.io/"
"""Taints that the control plane sets and takes away again: what they tell of is to be mended, not tolerated."""


def matching(world: World, spec: PodSpec) -> list[Node]:
    """Nodes with the labels that a pod demands, whatever else keeps it away."""
    return [node for node in world.of(Node) if matches(node, spec)]


def matches(node: Node, spec: PodSpec) -> bool:
    """Whether a node satisfies a pod's nodeSelector and its required node affinity."""
    labels = node.metadata.labels
    affinity = spec.affinity.node_affinity if spec.affinity else None
    required = affinity.required if affinity else None
    selected = all(labels.get(key) == value for key, value in spec.node_selector.items())
    return selected and (required is None or required.matches(labels, node.name))


def untolerated(node: Node, spec: PodSpec) -> list[Taint]:
    """Taints of a node that keep a pod away; a cordon's is not among them."""
    return [
        taint
        for taint in node.spec.taints
        if taint.effect in ("NoSchedule", "NoExecute")
        and taint.key != CORDON
        and not any(each.tolerates(taint) for each in spec.tolerations)
    ]


def open_to(world: World, spec: PodSpec) -> list[Node]:
    """Nodes that would take a pod if they had room."""
    return [
        node for node in matching(world, spec) if not node.spec.unschedulable and not untolerated(node, spec)
    ]
