"""Whether a pod fits a node, and the scheduler's words where it does not.

Source: pkg/scheduler/framework/plugins of the 1.34 release, in the order of its default profile.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from kubesteer.simulator.controllers.affinities import neighbours_refuse, spread_refuses
from kubesteer.simulator.controllers.occupancy import Occupancy, demand_of
from kubesteer.simulator.objects import Obj, flag, items, labels_of, name_of, section
from kubesteer.simulator.quantities import amount
from kubesteer.simulator.selectors import matches_expressions


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a node does not take a pod. `lasting`: evicting other pods from it would not help."""

    reasons: tuple[str, ...]
    lasting: bool = True


def tolerates(pod: Obj, taint: Obj) -> bool:
    """Whether one of the pod's tolerations covers a taint."""
    return any(_covers(one, taint) for one in items(pod, "spec", "tolerations"))


def _covers(toleration: Obj, taint: Obj) -> bool:
    if toleration.get("effect") not in (None, "", taint.get("effect")):
        return False
    if not toleration.get("key"):
        return toleration.get("operator") == "Exists"
    if toleration["key"] != taint.get("key"):
        return False
    return toleration.get("operator") == "Exists" or toleration.get("value", "") == taint.get("value", "")


def untolerated(pod: Obj, node: Obj, effects: Iterable[str]) -> Obj | None:
    """The first taint of some effects that the pod does not bear."""
    taints = items(node, "spec", "taints")
    listed = tuple(effects)
    return next((one for one in taints if one.get("effect") in listed and not tolerates(pod, one)), None)


def _unschedulable(pod: Obj, node: Obj) -> Refusal | None:
    taint = {"key": "node.kubernetes.io/unschedulable", "effect": "NoSchedule"}
    if flag(node, "spec", "unschedulable") and not tolerates(pod, taint):
        return Refusal(("node(s) were unschedulable",))
    return None


def _tainted(pod: Obj, node: Obj) -> Refusal | None:
    taint = untolerated(pod, node, ("NoSchedule", "NoExecute"))
    return None if taint is None else Refusal(("node(s) had untolerated taint(s)",))


def matches_node(pod: Obj, node: Obj) -> bool:
    """Whether the pod's node selector and required node affinity allow a node."""
    labels = labels_of(node)
    if not section(pod, "spec", "nodeSelector").items() <= labels.items():
        return False
    required = section(
        pod, "spec", "affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution"
    )
    if "nodeSelectorTerms" not in required:
        return True
    return any(_term(term, node) for term in items(required, "nodeSelectorTerms"))


def _term(term: Obj, node: Obj) -> bool:
    expressions, fields = items(term, "matchExpressions"), items(term, "matchFields")
    if not expressions and not fields:
        return False
    named = {"metadata.name": name_of(node)}
    return matches_expressions(expressions, labels_of(node)) and matches_expressions(fields, named)


def _misplaced(pod: Obj, node: Obj) -> Refusal | None:
    return (
        None if matches_node(pod, node) else Refusal(("node(s) didn't match Pod's node affinity/selector",))
    )


STATIC: tuple[Callable[[Obj, Obj], Refusal | None], ...] = (_unschedulable, _tainted, _misplaced)


def _crowded(pod: Obj, node: Obj, occupancy: Occupancy) -> Refusal | None:
    """Host ports, then resources."""
    taken, demand = occupancy.of(name_of(node)), demand_of(pod)
    if demand.ports & taken.ports:
        return Refusal(("node(s) didn't have free ports for the requested pod ports",), lasting=False)
    room = section(node, "status", "allocatable")
    reasons, lasting = [], False
    if len(taken.pods) + 1 > amount(room.get("pods", 110)):
        reasons.append("Too many pods")
    for resource, wanted in demand.requests.items():
        held = amount(room.get(resource, 0))
        if resource == "ephemeral-storage" and resource not in room:
            continue
        if wanted and taken.total(resource) + wanted > held:
            reasons.append(f"Insufficient {resource}")
            lasting = lasting or wanted > held
    return Refusal(tuple(reasons), lasting) if reasons else None


def refusal(pod: Obj, node: Obj, nodes: list[Obj], occupancy: Occupancy) -> Refusal | None:
    """Why a node does not take a pod, None where it does. The first plug-in that refuses is the one heard."""
    for check in STATIC:
        if found := check(pod, node):
            return found
    if found := _crowded(pod, node, occupancy):
        return found
    if why := spread_refuses(pod, node, nodes, occupancy):
        return Refusal((why,), lasting="missing required label" in why)
    if why := neighbours_refuse(pod, node, nodes, occupancy):
        return Refusal((why,), lasting=" affinity rules" in why and "anti-" not in why)
    return None


def daemon_fits(pod: Obj, node: Obj) -> bool:
    """Whether a daemon's pod belongs on a node: its room does not matter yet."""
    return matches_node(pod, node) and untolerated(pod, node, ("NoSchedule", "NoExecute")) is None


def sentence(refusals: list[Refusal]) -> str:
    """The message of `FailedScheduling` for the refusals of all nodes.

    What stands before "preemption" is the word of the plug-in for resource claims, which every pod hears.
    """
    total = len(refusals)
    if not total:
        return "no nodes available to schedule pods"
    counts: dict[str, int] = {}
    for found in refusals:
        for reason in found.reasons:
            counts[reason] = counts.get(reason, 0) + 1
    told = ", ".join(sorted(f"{count} {reason}" for reason, count in counts.items()))
    return f"0/{total} nodes are available: {told}. no new claims to deallocate, {_preemption(refusals)}"


def sentence_of_all(total: int, why: str) -> str:
    """The message where the pod itself is at fault, on whichever node: nobody looks for room then."""
    return f"0/{total} nodes are available: {why}. not found"


def _preemption(refusals: list[Refusal]) -> str:
    """What the attempt to make room came to."""
    total, lasting = len(refusals), sum(1 for found in refusals if found.lasting)
    parts = []
    if total - lasting:
        parts.append(f"{total - lasting} No preemption victims found for incoming pod")
    if lasting:
        parts.append(f"{lasting} Preemption is not helpful for scheduling")
    return f"preemption: 0/{total} nodes are available: {', '.join(sorted(parts))}."
