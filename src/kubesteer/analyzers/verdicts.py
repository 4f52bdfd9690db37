"""From a World to findings: rules are asked, matches folded under their causes, roots put into words. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from kubesteer.analyzers import rollouts
from kubesteer.analyzers.causes import Found, Root, roots
from kubesteer.analyzers.matches import Match, Remedy, Rule
from kubesteer.analyzers.remedies import suggest
from kubesteer.analyzers.resources.pods import Pod
from kubesteer.analyzers.world import World
from kubesteer.core.findings import SEVERITIES, Finding
from kubesteer.core.kinds import ROLLING
from kubesteer.core.refs import Ref
from kubesteer.core.texts import Text, join

MOST_RELATED = 100
"""References listed under one finding: a node may drag hundreds of pods along, and nobody reads them all."""

MOST_SYMPTOMS = 8
"""Symptoms quoted under one finding."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """A finding and the matches that it folds: `places` are all objects that it concerns."""

    finding: Finding
    places: frozenset[Ref]
    symptoms: tuple[Text, ...] = ()


def verdicts(world: World, rules: Iterable[Rule]) -> list[Verdict]:
    """What is wrong, the roots only: the worst first, then those that drag most along."""
    given = [_verdict(world, root) for root in roots(matches(world, rules))]
    return sorted(given, key=_order)


def _order(verdict: Verdict) -> tuple[int, int, Ref, str]:
    finding = verdict.finding
    return (SEVERITIES.index(finding.severity), -len(verdict.places), finding.object, finding.rule)


def matches(world: World, rules: Iterable[Rule]) -> list[Found]:
    """Every match of every rule that may be asked: a rule whose kinds were not listed is not."""
    return [
        Found(rule, _weighed(world, rule, match))
        for rule in rules
        if world.saw(*rule.needs)
        for match in rule.find(world)
    ]


def _weighed(world: World, rule: Rule, match: Match) -> Match:
    """Critical where the fault leaves a workload without a single ready pod."""
    if not rule.outage or match.severity is not None or match.object.kind not in (*ROLLING, "ReplicaSet"):
        return match
    if any(pod.ready and not pod.metadata.deletion_timestamp for pod in world.pods_of(match.object)):
        return match
    return replace(match, severity="critical")


def _verdict(world: World, root: Root) -> Verdict:
    match, rule = root.match, root.rule
    objects = sorted({each.match.object for each in root.found})
    shared = len(objects) > 1 and match.culprit is not None
    blamed = match.culprit if shared and match.culprit is not None else match.object
    places = _places(root) | {blamed}
    changed, remedy = _remedy(world, root)
    symptoms = _symptoms(root)
    finding = Finding(
        rule=rule.id,
        severity=root.severity,
        object=blamed,
        summary=_shared_summary(rule, blamed, objects) if shared else rule.words(rule.summary, match),
        cause=rule.words(rule.cause, match),
        evidence=(*match.evidence, *changed, *symptoms[:MOST_SYMPTOMS], *_further(symptoms)),
        related=tuple(sorted(places - {blamed}, key=_related_order))[:MOST_RELATED],
        suggestions=remedy.suggestions,
        missing=remedy.missing,
    )
    return Verdict(finding, frozenset(places), symptoms)


def _places(root: Root) -> set[Ref]:
    folded = [*root.found, *root.symptoms]
    places = {ref for each in folded for ref in each.match.places}
    return places | {each.match.culprit for each in folded if each.match.culprit is not None}


def _related_order(ref: Ref) -> tuple[bool, Ref]:
    return ref.kind == "Pod", ref


def _shared_summary(rule: Rule, blamed: Ref, objects: Sequence[Ref]) -> Text:
    shown = ", ".join(str(ref) for ref in objects[:5]) + (" …" if len(objects) > 5 else "")
    return Text(
        f"{blamed}:{rule.title.zh},影响 {len(objects)} 个对象:{shown}。",
        f"{blamed}: {rule.title.en[0].lower()}{rule.title.en[1:]}; it affects {len(objects)} objects: {shown}.",
    )


def _symptoms(root: Root) -> tuple[Text, ...]:
    """One line for each thing that the root explains, pods folded on their owners."""
    lines: dict[tuple[str, Ref], Text] = {}
    for each in root.symptoms:
        key = (each.rule.id, each.match.object)
        lines.setdefault(key, Text.same("→ ") + each.rule.words(each.rule.summary, each.match))
    return tuple(lines.values())


def _further(symptoms: Sequence[Text]) -> tuple[Text, ...]:
    more = len(symptoms) - MOST_SYMPTOMS
    return (Text(f"→ 以及另外 {more} 个症状", f"→ and {more} more symptoms"),) if more > 0 else ()


def _remedy(world: World, root: Root) -> tuple[tuple[Text, ...], Remedy]:
    """What changed before the trouble, and what would mend it: going back, where the rollout is to blame."""
    match, rule = root.match, root.rule
    own = rule.remedy(world, match)
    rollout = rollouts.last_rollout(world, match.object) if rule.rollback else None
    if rollout is None or len({each.match.object for each in root.found}) > 1:
        return (), own
    told = rollout.words(world.now)
    if not rollouts.blamed(world, rollout, _sick(world, root), match.since):
        return (told,), own
    words = told + Text(",此后出现故障", "; the trouble began after it")
    if not rollout.healthy:
        return (words,), own
    back = suggest("rollback", match.object, revision=rollout.healthy)
    return (words,), Remedy((back, *own.suggestions))


def _sick(world: World, root: Root) -> list[Pod]:
    subjects = {each.match.subject for each in root.found}
    return [pod for pod in world.pods_of(root.match.object) if pod.ref in subjects]


def summary_of(findings: Sequence[Finding]) -> Text:
    """`1 个严重、5 个警告` / `1 critical, 5 warnings`."""
    counts = {level: sum(f.severity == level for f in findings) for level in SEVERITIES}
    zh = {"critical": "严重", "warning": "警告", "info": "提示"}
    many = {level: level + "s" * (level == "warning" and counts[level] != 1) for level in SEVERITIES}
    parts = [Text(f"{n} 个{zh[level]}", f"{n} {many[level]}") for level, n in counts.items() if n]
    return join(parts, Text("、", ", "))
