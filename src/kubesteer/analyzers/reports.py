"""What a scan or a diagnosis answers: findings, the roots only, with what they rest on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from kubesteer.analyzers.neighbours import neighbours, own
from kubesteer.analyzers.verdicts import Verdict, summary_of
from kubesteer.analyzers.world import World
from kubesteer.analyzers.writing import REASONS, covered, described, marked_down
from kubesteer.core.findings import SEVERITIES, Coverage, Finding, Severity
from kubesteer.core.refs import Ref
from kubesteer.core.texts import Language, Text, join

Key = tuple[str, Ref]
"""A rule and the object that it blames: what makes a finding the same one in two reports."""


@dataclass(frozen=True)
class Report:
    """Findings, the worst first, and the coverage.

    namespace: "" for the whole cluster. subject: the one object that was asked about, if one was.
    unseen: why that one object could not be looked at, "" where it was.
    own: what counts as that object's own, None where everything does.
    blind: Pods, or the object itself, could not be looked at, so that nothing that the report does not say may be
    believed.
    """

    verdicts: tuple[Verdict, ...]
    coverage: Coverage
    namespace: str = ""
    subject: Ref | None = None
    state: tuple[Text, ...] = field(default_factory=tuple)
    unseen: str = ""
    own: frozenset[Ref] | None = None

    @classmethod
    def of(cls, world: World, found: Iterable[Verdict]) -> Report:
        """The report on a World; of one namespace, what lies in it or touches it."""
        kept = [verdict for verdict in found if not world.namespace or _touches(world, verdict)]
        return cls(tuple(kept), world.coverage, world.namespace)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All findings, also those of severity info."""
        return tuple(verdict.finding for verdict in self.verdicts)

    @property
    def blind(self) -> bool:
        """Whether Pods, or the object asked about, could not be looked at."""
        return bool(self.unseen) or "Pod" not in self.coverage.looked_at

    def at_least(self, severity: Severity) -> tuple[Finding, ...]:
        """Findings as bad as that or worse."""
        worst = SEVERITIES.index(severity)
        return tuple(f for f in self.findings if SEVERITIES.index(f.severity) <= worst)

    def about(self, world: World, ref: Ref) -> Report:
        """The part that concerns one object: what blames it, what it suffers from, what it depends on."""
        near = neighbours(world, ref)
        inside = ref.name if ref.kind == "Namespace" else None
        kept = tuple(
            v for v in self.verdicts if v.places & near or any(p.namespace == inside for p in v.places)
        )
        return replace(self, verdicts=kept, subject=ref, own=None if inside else own(world, ref))

    @property
    def mine(self) -> tuple[Finding, ...]:
        """Findings that blame the object asked about or are a root of its trouble; all where none was asked about."""
        return tuple(v.finding for v in self.verdicts if self.own is None or v.places & self.own)

    def delta(self, previous: Report) -> tuple[tuple[Finding, ...], tuple[Finding, ...]]:
        """What is new since an earlier report, and what has gone. A finding that has become worse is new."""
        before, now = previous._by_key, self._by_key
        new = tuple(f for key, f in now.items() if key not in before or _worse(f, before[key]))
        gone = tuple(f for key, f in before.items() if key not in now)
        return new, gone

    @cached_property
    def _by_key(self) -> dict[Key, Finding]:
        return {(finding.rule, finding.object): finding for finding in self.findings}

    @property
    def text(self) -> Text:
        """For people: findings of severity warning and above, or that there are none, and the coverage."""
        return self.told("warning")

    def told(self, severity: Severity) -> Text:
        """For people: findings as bad as that or worse, or that there are none, and the coverage."""
        shown = self.at_least(severity)
        parts = [self._headline(shown)]
        parts += [described(number, finding) for number, finding in enumerate(shown, 1)]
        parts += [*self.state, *covered(self.coverage)]
        return join(parts)

    def _headline(self, shown: Sequence[Finding]) -> Text:
        where = self._where
        if self.unseen:
            why = REASONS.get(self.unseen, self.unseen)
            return Text(
                f"没能查看 {where.zh}({why}):不知道它是否存在、是否健康。",
                f"{where.en} could not be looked at ({self.unseen}): whether it exists and is healthy is not known.",
            )
        if self.blind:
            return Text(
                f"没能查看 Pod,不能判断{where.zh}是否健康。",
                f"Pods could not be looked at: whether {where.en} is healthy is not known.",
            )
        if shown:
            count = summary_of(shown)
            return Text(f"{where.zh}:{count.zh}。", f"{where.en[0].upper()}{where.en[1:]}: {count.en}.")
        # A kind that the cluster does not serve hides nothing.
        hidden = any(reason != "absent" for reason in self.coverage.not_looked_at.values())
        partly = Text("看得到的部分", "what could be seen of ") if hidden else Text("", "")
        return Text(f"{where.zh}{partly.zh}没有发现问题。", f"No problems found in {partly.en}{where.en}.")

    @property
    def _where(self) -> Text:
        if self.subject is not None:
            return Text.same(str(self.subject))
        if self.namespace:
            return Text(f"命名空间 {self.namespace}", f"namespace {self.namespace}")
        return Text("集群", "the cluster")

    def to_json(self, language: Language, severity: Severity = "warning") -> dict[str, Any]:
        """The contract's shape of a scan."""
        return {
            "findings": [finding.to_json(language) for finding in self.at_least(severity)],
            "coverage": self.coverage.to_json(),
        }

    def to_markdown(self, language: Language, severity: Severity = "warning") -> str:
        """For tickets."""
        shown = self.at_least(severity)
        return marked_down(self._headline(shown), shown, (*self.state, *covered(self.coverage)), language)


def _touches(world: World, verdict: Verdict) -> bool:
    """Whether a finding concerns the one namespace that was looked at: cluster-scoped kinds are listed in full,
    but another namespace that does not go away is none of its business."""
    return any(
        ref.namespace == world.namespace
        or (ref.kind == "Namespace" and ref.name == world.namespace)
        or (ref.kind == "Node" and ref.name in world.nodes and bool(world.pods_on(world.nodes[ref.name])))
        for ref in verdict.places
    )


def _worse(now: Finding, before: Finding) -> bool:
    return SEVERITIES.index(now.severity) < SEVERITIES.index(before.severity)
