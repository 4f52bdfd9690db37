"""Pods that attract and repel one another, and the even spread over domains.

Source: pkg/scheduler/framework/plugins/{interpodaffinity,podtopologyspread} of the 1.34 release.
"""

from collections.abc import Iterable, Iterator

from kubesteer.simulator.controllers.occupancy import Occupancy
from kubesteer.simulator.objects import (
    Obj,
    items,
    labels_of,
    name_of,
    namespace_of,
    number,
    section,
    terminating,
)
from kubesteer.simulator.selectors import matches

REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"


def _terms(pod: Obj, kind: str) -> list[Obj]:
    return items(pod, "spec", "affinity", kind, REQUIRED)


def _means(term: Obj, owner: Obj, other: Obj) -> bool:
    """Whether a term of `owner` selects another pod."""
    spaces = term.get("namespaces") or [namespace_of(owner)]
    return namespace_of(other) in spaces and matches(term.get("labelSelector"), labels_of(other))


def _domain(term: Obj, node: Obj, nodes: list[Obj]) -> list[str]:
    """The nodes of the same topology domain."""
    key = str(term.get("topologyKey"))
    value = labels_of(node).get(key)
    return [] if value is None else [name_of(one) for one in nodes if labels_of(one).get(key) == value]


def _pods(occupancy: Occupancy, names: Iterable[str]) -> Iterator[Obj]:
    for name in names:
        yield from occupancy.of(name).pods.values()


def neighbours_refuse(pod: Obj, node: Obj, nodes: list[Obj], occupancy: Occupancy) -> str | None:
    """Why the pods that run already keep this one from a node."""
    for term in _terms(pod, "podAffinity"):
        known = any(_means(term, pod, other) for other in _pods(occupancy, map(name_of, nodes)))
        near = any(_means(term, pod, other) for other in _pods(occupancy, _domain(term, node, nodes)))
        first = not known and _means(term, pod, pod) and str(term.get("topologyKey")) in labels_of(node)
        if not near and not first:
            return "node(s) didn't match pod affinity rules"
    for term in _terms(pod, "podAntiAffinity"):
        if any(_means(term, pod, other) for other in _pods(occupancy, _domain(term, node, nodes))):
            return "node(s) didn't match pod anti-affinity rules"
    return _others_refuse(pod, node, nodes, occupancy)


def _others_refuse(pod: Obj, node: Obj, nodes: list[Obj], occupancy: Occupancy) -> str | None:
    for place, other in occupancy.repelling.values():
        for term in _terms(other, "podAntiAffinity"):
            if _means(term, other, pod) and place in _domain(term, node, nodes):
                return "node(s) didn't satisfy existing pods anti-affinity rules"
    return None


def spread_refuses(pod: Obj, node: Obj, nodes: list[Obj], occupancy: Occupancy) -> str | None:
    """Why a node would break a hard spread constraint."""
    for rule in items(pod, "spec", "topologySpreadConstraints"):
        if rule.get("whenUnsatisfiable", "DoNotSchedule") != "DoNotSchedule":
            continue
        key = str(rule.get("topologyKey"))
        if key not in labels_of(node):
            return "node(s) didn't match pod topology spread constraints (missing required label)"
        if _skew(pod, node, nodes, occupancy, rule) > number(rule, "maxSkew", default=1):
            return "node(s) didn't match pod topology spread constraints"
    return None


def _skew(pod: Obj, node: Obj, nodes: list[Obj], occupancy: Occupancy, rule: Obj) -> int:
    key, selector = str(rule.get("topologyKey")), section(rule, "labelSelector")
    counts: dict[str, int] = {}
    for place in nodes:
        domain = labels_of(place).get(key)
        if domain is None:
            continue
        same = [
            other
            for other in occupancy.of(name_of(place)).pods.values()
            if namespace_of(other) == namespace_of(pod)
            and not terminating(other)
            and matches(selector, labels_of(other))
        ]
        counts[domain] = counts.get(domain, 0) + len(same)
    own = 1 if matches(selector, labels_of(pod)) else 0
    return counts[labels_of(node)[key]] + own - min(counts.values())
