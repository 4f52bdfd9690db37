"""What a diagnosis says: findings, and the coverage that tells what was not looked at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from kubesteer.core.refs import Ref
from kubesteer.core.texts import Language, Text

Severity = Literal["critical", "warning", "info"]

SEVERITIES: tuple[Severity, ...] = ("critical", "warning", "info")
"""Worst first."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An operation that would mend a finding, fully determined by the cluster."""

    operation: str
    arguments: Mapping[str, Any]

    def to_json(self) -> dict[str, Any]:
        """The contract's shape of a suggestion."""
        return {"operation": self.operation, "arguments": dict(self.arguments)}


@dataclass(frozen=True, slots=True)
class Finding:
    """One root cause: the object to blame, why, how that is known, and what it drags along."""

    rule: str
    severity: Severity
    object: Ref
    summary: Text
    cause: Text
    evidence: tuple[Text, ...] = ()
    related: tuple[Ref, ...] = ()
    suggestions: tuple[Suggestion, ...] = ()
    missing: Text | None = None  # what only a person can supply, where the cluster determines no remedy

    def to_json(self, language: Language) -> dict[str, Any]:
        """The contract's shape of a finding, worded in one language; `missing` is what only a person can supply."""
        return {
            "rule": self.rule,
            "severity": self.severity,
            "object": self.object.to_json(),
            "summary": self.summary.of(language),
            "cause": self.cause.of(language),
            "evidence": [line.of(language) for line in self.evidence],
            "related": [ref.to_json() for ref in self.related],
            "suggestions": [suggestion.to_json() for suggestion in self.suggestions],
            "missing": self.missing.of(language) if self.missing is not None else None,
        }


@dataclass(frozen=True, slots=True)
class Coverage:
    """What an answer rests on. `looked_at`: objects seen, by kind; `not_looked_at`: kind to reason
    (forbidden, absent, timed out, truncated)."""

    looked_at: Mapping[str, int] = field(default_factory=dict)
    not_looked_at: Mapping[str, str] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """The contract's shape of a coverage."""
        return {
            "looked_at": dict(self.looked_at),
            "not_looked_at": [
                {"kind": kind, "reason": reason} for kind, reason in sorted(self.not_looked_at.items())
            ],
        }

    def __or__(self, other: Coverage) -> Coverage:
        counts = dict(self.looked_at)
        for kind, count in other.looked_at.items():
            counts[kind] = counts.get(kind, 0) + count
        return Coverage(counts, {**self.not_looked_at, **other.not_looked_at})
