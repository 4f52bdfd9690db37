"""The graph of causes: which match explains which, and the roots under which all are folded."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from kubesteer.analyzers.matches import Match, Rule
from kubesteer.core.findings import SEVERITIES, Severity
from kubesteer.core.refs import Ref


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """A match and the rule that found it."""

    rule: Rule
    match: Match

    @property
    def severity(self) -> Severity:
        """The match's own, or else the rule's."""
        return self.match.severity or self.rule.severity


@dataclass(slots=True)
class Root:
    """Matches of one rule that are one fault, and what that fault explains."""

    found: list[Found]
    symptoms: list[Found] = field(default_factory=list)

    @property
    def rule(self) -> Rule:
        """The rule of all its matches."""
        return self.found[0].rule

    @property
    def match(self) -> Match:
        """The match that speaks for all: the first that is the worst."""
        return min(self.found, key=lambda each: SEVERITIES.index(each.severity)).match

    @property
    def severity(self) -> Severity:
        """The worst of all that is folded in it: a cause is as bad as what it causes. But what is not a fault
        yet, because patience lasts, does not become one by symptoms that only say that something is missing."""
        own = min((each.severity for each in self.found), key=SEVERITIES.index)
        telling = [each for each in self.symptoms if own != "info" or not each.rule.vague]
        return min((each.severity for each in self.found + telling), key=SEVERITIES.index)


def roots(found: Sequence[Found]) -> list[Root]:
    """Everything that was found, folded under its causes."""
    parents = _parents(found)
    grouped: dict[tuple[str, Ref, str], Root] = {}
    homes: dict[int, Root] = {}
    ends = [_end(index, parents) for index in range(len(found))]
    shared = _shared(found, ends)
    for index in sorted(set(ends)):
        homes[index] = _home(found[index], shared, grouped)
    for index, end in enumerate(ends):
        if index != end:
            homes[end].symptoms.append(found[index])
    return list(grouped.values())


def _home(each: Found, shared: frozenset[tuple[str, Ref]], grouped: dict[tuple[str, Ref, str], Root]) -> Root:
    culprit = each.match.culprit
    if culprit is not None and (each.rule.id, culprit) in shared:
        key = (each.rule.id, culprit, "shared")
    else:
        key = (each.rule.id, each.match.object, f"{each.match.container}|{culprit}")
    root = grouped.get(key)
    if root is None:
        root = grouped[key] = Root([each])
    else:
        root.found.append(each)
    return root


def _shared(found: Sequence[Found], ends: Iterable[int]) -> frozenset[tuple[str, Ref]]:
    """Culprits that several objects have in common, by rule."""
    objects: dict[tuple[str, Ref], set[Ref]] = defaultdict(set)
    for index in set(ends):
        match = found[index].match
        if match.culprit is not None:
            objects[found[index].rule.id, match.culprit].add(match.object)
    return frozenset(key for key, refs in objects.items() if len(refs) > 1)


def _parents(found: Sequence[Found]) -> dict[int, int]:
    places: dict[tuple[Ref, str], list[int]] = defaultdict(list)
    for index, each in enumerate(found):
        for ref in set(each.match.places):
            places[ref, each.rule.id].append(index)
            places[ref, each.rule.group].append(index)
    parents: dict[int, int] = {}
    for index, each in enumerate(found):
        parent = _parent(index, each, places)
        if parent is not None:
            parents[index] = parent
    return parents


def _parent(index: int, each: Found, places: Mapping[tuple[Ref, str], list[int]]) -> int | None:
    """What explains a match: what it is linked to elsewhere, else something on the same pod, else something
    on the same workload."""
    near = ((ref, each.rule.causes) for ref in reversed(each.match.places))
    far = ((ref, each.rule.remote_causes) for ref in each.match.links)
    for ref, causes in (*far, *near):
        candidates = [_first(places.get((ref, cause), ()), index) for cause in causes]
        known = [candidate for candidate in candidates if candidate is not None]
        if known:
            return min(known)
    return None


def _first(candidates: Sequence[int], but: int) -> int | None:
    return next((candidate for candidate in candidates if candidate != but), None)


def _end(index: int, parents: dict[int, int]) -> int:
    """The root of a match; where causes run in a circle, the one that was found first."""
    seen: list[int] = []
    while index in parents and index not in seen:
        seen.append(index)
        index = parents[index]
    return min(seen[seen.index(index) :]) if index in seen else index
