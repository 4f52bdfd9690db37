"""Where a pod may be placed: node affinity, pod affinity, tolerations, spread."""

# ruff: noqa: RUF012 (msgspec copies empty defaults for every object)
from __future__ import annotations

from collections.abc import Mapping

from kubesteer.analyzers.resources.shapes import Requirement, Selector, Shape


class NodeTerm(Shape, frozen=True, gc=False):
    """One alternative of a node selector: all of its requirements."""

    match_expressions: list[Requirement] = []
    match_fields: list[Requirement] = []

    def matches(self, labels: Mapping[str, str], name: str) -> bool:
        """Whether a node satisfies it; a term without requirements matches nothing."""
        if not self.match_expressions and not self.match_fields:
            return False
        fields = {"metadata.name": name}
        return all(r.matches(labels) for r in self.match_expressions) and all(
            r.matches(fields) for r in self.match_fields
        )


class NodeSelector(Shape, frozen=True, gc=False):
    """Alternatives, any of which will do."""

    node_selector_terms: list[NodeTerm] = []

    def matches(self, labels: Mapping[str, str], name: str) -> bool:
        """Whether a node satisfies one of the terms."""
        return any(term.matches(labels, name) for term in self.node_selector_terms)


class NodeAffinity(Shape, frozen=True, gc=False):
    """affinity.nodeAffinity, the part that is required."""

    required_during_scheduling_ignored_during_execution: NodeSelector | None = None

    @property
    def required(self) -> NodeSelector | None:
        """The selector under a shorter name."""
        return self.required_during_scheduling_ignored_during_execution


class PodTerm(Shape, frozen=True, gc=False):
    """One required term of pod affinity or anti-affinity."""

    label_selector: Selector | None = None
    topology_key: str = ""


class PodAffinity(Shape, frozen=True, gc=False):
    """affinity.podAffinity and affinity.podAntiAffinity, the part that is required."""

    required_during_scheduling_ignored_during_execution: list[PodTerm] = []

    @property
    def required(self) -> list[PodTerm]:
        """The terms under a shorter name."""
        return self.required_during_scheduling_ignored_during_execution


class Affinity(Shape, frozen=True, gc=False):
    """spec.affinity."""

    node_affinity: NodeAffinity | None = None
    pod_affinity: PodAffinity | None = None
    pod_anti_affinity: PodAffinity | None = None


class Taint(Shape, frozen=True, gc=False):
    """spec.taints[] of a node."""

    key: str = ""
    value: str = ""
    effect: str = ""
    time_added: str = ""

    def __str__(self) -> str:
        return f"{self.key}={self.value}:{self.effect}" if self.value else f"{self.key}:{self.effect}"


class Toleration(Shape, frozen=True, gc=False):
    """spec.tolerations[] of a pod."""

    key: str = ""
    operator: str = "Equal"
    value: str = ""
    effect: str = ""

    def tolerates(self, taint: Taint) -> bool:
        """Kubernetes documentation, "Taints and Tolerations"."""
        if self.effect and self.effect != taint.effect:
            return False
        if self.key and self.key != taint.key:
            return False
        return self.operator == "Exists" or (bool(self.key) and self.value == taint.value)


class SpreadConstraint(Shape, frozen=True, gc=False):
    """spec.topologySpreadConstraints[]."""

    topology_key: str = ""
    max_skew: int = 1
    when_unsatisfiable: str = ""
