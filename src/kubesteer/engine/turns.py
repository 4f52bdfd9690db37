"""One turn of a conversation as data: what was said, done and proposed so far, and what is still to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from kubesteer.core.errors import Ambiguous, KubesteerError, Refused
from kubesteer.core.ledgers import Proposal, Record
from kubesteer.core.plans import Call, Conversation
from kubesteer.core.texts import Language, Text
from kubesteer.policies.redactions import redacted

Outcome = Literal["done", "ask", "pending", "refused", "failed"]


@dataclass(frozen=True, slots=True)
class Report:
    """One operation of a turn. Reads have no id; a change carries its state and diff."""

    operation: str
    arguments: Mapping[str, Any]
    state: str
    id: str = ""
    diff: str = ""
    verified: bool | None = None
    data: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """The contract's shape of an operation."""
        shape: dict[str, Any] = {
            "id": self.id or None,
            "operation": self.operation,
            "arguments": dict(self.arguments),
            "state": self.state,
            "diff": self.diff,
            "verified": self.verified,
        }
        if self.data:
            shape["data"] = dict(self.data)
        return shape


@dataclass(frozen=True, slots=True)
class Turn:
    """Where a turn stands. While `outcome` is pending, `proposal` waits for a person and `rest` for it.

    `unasked` marks a proposal that the person did not ask for in those words, such as more memory where
    more replicas were asked for: a blanket yes does not cover it.
    """

    conversation: Conversation
    outcome: Outcome = "done"
    said: tuple[Text, ...] = ()
    reports: tuple[Report, ...] = ()
    candidates: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    proposal: Proposal | None = None
    unasked: bool = False
    rest: tuple[Call, ...] = ()

    @property
    def language(self) -> Language:
        """The asker's language."""
        return self.conversation.language

    @property
    def answer(self) -> str:
        """All that was said, in the asker's language."""
        return "\n\n".join(words for text in self.said if (words := text.of(self.language).strip()))

    def saying(self, *texts: Text) -> Turn:
        """The turn with more said; secrets do not pass."""
        return replace(self, said=(*self.said, *(redacted(text) for text in texts)))

    def reporting(self, *reports: Report) -> Turn:
        """The turn with more reported, without secrets; a change's newer report takes its older one's place."""
        newer = {report.id for report in reports if report.id}
        safe = (replace(r, arguments=redacted(r.arguments), data=redacted(r.data)) for r in reports)
        return replace(self, reports=(*(r for r in self.reports if r.id not in newer), *safe))

    def ended(self, outcome: Outcome) -> Turn:
        """The turn with nothing left to do."""
        return replace(self, outcome=outcome, proposal=None, rest=())

    def failed(self, trouble: KubesteerError) -> Turn:
        """The turn after something went wrong, with the sentence and its remedy."""
        text = trouble.text if trouble.remedy is None else trouble.text + Text.same("\n") + trouble.remedy
        turn = self.saying(text)
        if isinstance(trouble, Ambiguous):
            return replace(turn.ended("ask"), candidates=tuple(map(str, trouble.candidates)))
        return turn.ended("refused" if isinstance(trouble, Refused) else "failed")

    def to_json(self) -> dict[str, Any]:
        """The contract's shape of an answer."""
        shape: dict[str, Any] = {
            "outcome": self.outcome,
            "answer": self.answer,
            "operations": [report.to_json() for report in self.reports],
        }
        if self.outcome == "ask":
            shape |= {"missing": list(self.missing), "candidates": list(self.candidates)}
        return shape


def reports_of(record: Record) -> tuple[Report, ...]:
    """A change of the ledger as the operations it consists of."""
    return tuple(
        Report(
            operation=step.operation,
            arguments=step.arguments,
            state=record.state,
            id=record.id,
            diff=step.diff,
            verified=record.verified,
        )
        for step in record.steps
    )
