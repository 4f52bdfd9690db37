"""What pods request and what nodes have."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from kubesteer.analyzers.amounts import quantity
from kubesteer.analyzers.placing import open_to
from kubesteer.analyzers.remedies import mebibytes, suggest
from kubesteer.analyzers.resources.clusters import Node
from kubesteer.analyzers.resources.pods import Container, PodSpec
from kubesteer.analyzers.world import World
from kubesteer.core.findings import Suggestion
from kubesteer.core.kinds import ROLLING
from kubesteer.core.quantities import cpu_words, memory_words
from kubesteer.core.refs import Ref

SPARE = 0.8
"""The part of the largest node that a corrected request may take: its daemons need the rest."""


@dataclass(frozen=True, slots=True)
class Amounts:
    """CPU in cores and memory in bytes."""

    cpu: float = 0.0
    memory: float = 0.0

    @property
    def cpu_words(self) -> str:
        """`250m`."""
        return cpu_words(self.cpu)

    @property
    def memory_words(self) -> str:
        """`1Gi`."""
        return memory_words(self.memory)


def asked_by(container: Container) -> Amounts:
    """What a container requests; its limit where it requests nothing (the API server's default)."""
    limits, requests = container.resources.limits, container.resources.requests
    both = {**limits, **requests}
    return Amounts(quantity(both, "cpu"), quantity(both, "memory"))


def requested(spec: PodSpec) -> Amounts:
    """What a pod counts for at scheduling: the sum of its containers, or its largest init container."""
    running = spec.containers + [c for c in spec.init_containers if c.sidecar]
    first = [c for c in spec.init_containers if not c.sidecar]
    total, largest = _total(running), _largest(first)
    return Amounts(
        max(total.cpu, largest.cpu) + quantity(spec.overhead, "cpu"),
        max(total.memory, largest.memory) + quantity(spec.overhead, "memory"),
    )


def _total(containers: Iterable[Container]) -> Amounts:
    asked = [asked_by(c) for c in containers]
    return Amounts(sum(a.cpu for a in asked), sum(a.memory for a in asked))


def _largest(containers: Iterable[Container]) -> Amounts:
    asked = [asked_by(c) for c in containers]
    return Amounts(max((a.cpu for a in asked), default=0.0), max((a.memory for a in asked), default=0.0))


def largest(world: World, spec: PodSpec) -> Amounts:
    """The most CPU and the most memory that a node on which the pod may run, not necessarily the same, has."""
    nodes = [node.status.allocatable for node in open_to(world, spec)]
    return Amounts(
        max((quantity(each, "cpu") for each in nodes), default=0.0),
        max((quantity(each, "memory") for each in nodes), default=0.0),
    )


def holds(node: Node, asked: Amounts) -> bool:
    """Whether a node, were it empty, has room for these amounts."""
    has = node.status.allocatable
    return asked.cpu <= quantity(has, "cpu") and asked.memory <= quantity(has, "memory")


def lacking(world: World, spec: PodSpec) -> str:
    """What even the largest node on which it may run has too little of: `4 CPU`, `8Gi`; "" where one would be
    large enough, or it may run on none."""
    asked, most = requested(spec), largest(world, spec)
    parts = []
    if most.cpu and asked.cpu > most.cpu:
        parts.append(f"{most.cpu_words} CPU")
    if most.memory and asked.memory > most.memory:
        parts.append(most.memory_words)
    return ", ".join(parts)


def largest_fit(world: World, owner: Ref, spec: PodSpec) -> Suggestion | None:
    """Requests that fit the largest node on which it may run, for the container that asks for most; None where the pod would fit
    an empty node as it is."""
    if owner.kind not in ROLLING or not spec.containers or not lacking(world, spec):
        return None
    asked, most = requested(spec), largest(world, spec)
    arguments: dict[str, str] = {}
    if asked.cpu > most.cpu:
        hungry = max(spec.containers, key=lambda c: asked_by(c).cpu)
        room = most.cpu * SPARE - (asked.cpu - asked_by(hungry).cpu)
        arguments = {"container": hungry.name, "cpu_request": _cores(room)} if room > 0 else {}
    if asked.memory > most.memory:
        hungry = max(spec.containers, key=lambda c: asked_by(c).memory)
        room = most.memory * SPARE - (asked.memory - asked_by(hungry).memory)
        if room > 0 and arguments.get("container", hungry.name) == hungry.name:
            arguments |= {"container": hungry.name, "memory_request": mebibytes(room)}
    return suggest("set_resources", owner, **arguments) if arguments else None


def _cores(cores: float) -> str:
    return f"{int(cores * 1000)}m"
