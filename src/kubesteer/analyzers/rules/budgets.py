"""Disruption budgets that can never be met, or that protect nothing."""

from __future__ import annotations

import math
from collections.abc import Iterator

from kubesteer.analyzers import patience
from kubesteer.analyzers.matches import Match, Remedy, Rule
from kubesteer.analyzers.remedies import only_person
from kubesteer.analyzers.resources.scaling import PodDisruptionBudget
from kubesteer.analyzers.resources.shapes import moment
from kubesteer.analyzers.rules.quotes import field_quote
from kubesteer.analyzers.world import World
from kubesteer.core.refs import Ref
from kubesteer.core.texts import Text


def _find_budget(world: World) -> Iterator[Match]:
    for budget in world.of(PodDisruptionBudget):
        expected = budget.status.expected_pods or len(_pods(world, budget))
        wanted = demanded(budget, expected)
        if not expected or wanted is None or wanted < expected:
            continue
        single = expected == 1 and wanted == 1 and budget.spec.max_unavailable is None
        asks = (
            f"minAvailable={budget.spec.min_available}"
            if budget.spec.max_unavailable is None
            else f"maxUnavailable={budget.spec.max_unavailable}"
        )
        held = _held(world, budget)
        yield Match(
            object=budget.ref,
            values={"asks": asks, "pods": str(expected)},
            evidence=(
                field_quote("spec", asks),
                field_quote("status.expectedPods", expected),
                *(
                    Text(
                        f"正在被排空的节点等着它的 Pod:{node}", f"a cordoned node waits for its pods: {node}"
                    )
                    for node in held[:3]
                ),
            ),
            links=(),
            severity="info" if single and not held else None,
        )


def demanded(budget: PodDisruptionBudget, expected: int) -> int | None:
    """How many of the expected pods must stay, percentages rounded up as the controller does."""
    if budget.spec.max_unavailable is not None:
        allowed = _scaled(budget.spec.max_unavailable, expected)
        return None if allowed is None else expected - allowed
    return None if budget.spec.min_available is None else _scaled(budget.spec.min_available, expected)


def _scaled(value: int | str, total: int) -> int | None:
    if isinstance(value, int):
        return value
    number = value.removesuffix("%")
    return math.ceil(int(number) * total / 100) if number.isdecimal() else None


def _pods(world: World, budget: PodDisruptionBudget) -> list[Ref]:
    if budget.spec.selector is None:
        return []
    return [pod.ref for pod in world.selected(budget.namespace, budget.spec.selector) if not pod.finished]


def _held(world: World, budget: PodDisruptionBudget) -> list[str]:
    """Cordoned nodes on which pods of the budget still run."""
    own = set(_pods(world, budget))
    return [
        node.name
        for node in world.nodes.values()
        if node.spec.unschedulable and any(p.ref in own for p in world.pods_on(node))
    ]


def _find_budget_idle(world: World) -> Iterator[Match]:
    for budget in world.of(PodDisruptionBudget):
        if (
            budget.spec.selector is None
            or world.now - moment(budget.metadata.creation_timestamp) < patience.CONTROLLER
        ):
            continue
        templates = world.templates_in(budget.namespace)
        if _pods(world, budget) or any(budget.spec.selector.matches(t.metadata.labels) for _, t in templates):
            continue
        yield Match(
            object=budget.ref,
            values={"selector": str(budget.spec.selector)},
            evidence=(field_quote("spec.selector", str(budget.spec.selector)),),
        )


def _budget_remedy(world: World, match: Match) -> Remedy:
    del world
    return only_person(
        f"要么放宽 {match.object}({match.values['asks']}),要么增加副本;可容忍多少中断只有人知道。",
        f"Either {match.object} ({match.values['asks']}) is relaxed or replicas are added; only a person knows how much "
        "disruption is bearable.",
    )


RULES = (
    Rule(
        id="budget-blocks",
        group="budgets",
        kind="PodDisruptionBudget",
        severity="warning",
        title=Text("中断预算永远不允许驱逐", "A disruption budget never allows an eviction"),
        summary=Text(
            "{object}({asks},共 {pods} 个 Pod)永远不允许驱逐,节点无法排空。",
            "{object} ({asks}, {pods} pods) never allows an eviction: nodes cannot be drained.",
        ),
        cause=Text("它要求保留的 Pod 不少于全部。", "It demands that no fewer than all pods stay."),
        find=_find_budget,
        needs=("Pod",),
        remedy=_budget_remedy,
    ),
    Rule(
        id="budget-selects-nothing",
        group="budgets",
        kind="PodDisruptionBudget",
        severity="info",
        title=Text("中断预算选不到任何 Pod", "A disruption budget selects no pod"),
        summary=Text(
            "{object} 的选择器 {selector} 选不到任何 Pod。", "{object}: selector {selector} selects no pod."
        ),
        cause=Text("没有工作负载带有这些标签。", "No workload carries these labels."),
        find=_find_budget_idle,
        needs=("Pod", "Deployment", "StatefulSet"),
    ),
)
