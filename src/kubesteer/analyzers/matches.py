"""A rule and what it finds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kubesteer.core.findings import Severity, Suggestion
from kubesteer.core.refs import Ref
from kubesteer.core.texts import Text

if TYPE_CHECKING:
    from kubesteer.analyzers.world import World

Value = str | int | float | Text


@dataclass(frozen=True, slots=True)
class Remedy:
    """What would mend it, or what only a person can supply."""

    suggestions: tuple[Suggestion, ...] = ()
    missing: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """One place where a fault shows, before faults are folded under their causes.

    object: the object to blame; pods are folded on their top owner.
    subject: where it shows exactly, such as the pod.
    container: the container concerned, where there is one.
    values: fill the placeholders of the rule's texts.
    culprit: the thing that several objects may share as their cause, such as a missing ConfigMap.
    links: objects whose own faults would explain this one.
    severity: where it differs from the rule's; "info" while patience lasts.
    since: when the trouble began, seconds since 1970; 0.0 unknown.
    """

    object: Ref
    subject: Ref | None = None
    container: str = ""
    values: Mapping[str, Value] = field(default_factory=dict)
    evidence: tuple[Text, ...] = ()
    culprit: Ref | None = None
    links: tuple[Ref, ...] = ()
    severity: Severity | None = None
    since: float = 0.0

    @property
    def places(self) -> tuple[Ref, ...]:
        """Where others may find it: the object and the subject."""
        return (self.object,) if self.subject is None else (self.object, self.subject)


@dataclass(frozen=True, slots=True, kw_only=True)
class LogWish:
    """A rule's wish to read the end of a container's log; rules never fetch themselves."""

    pod: Ref
    owner: Ref
    container: str
    previous: bool


def no_remedy(world: World, match: Match) -> Remedy:
    """The cluster determines none."""
    del world, match
    return Remedy()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A fault as data.

    kind: the kind it looks at. needs: kinds that must have been listed, or the rule is not asked at all:
    what could not be looked at is not missing.
    causes: ids or groups of rules that explain this one when they match on the same object.
    remote_causes: the same, when they match on one of the match's links.
    rollback: whether a rollout can have brought it about, so that going back is a remedy.
    """

    id: str
    group: str
    kind: str
    severity: Severity
    title: Text
    summary: Text
    cause: Text
    find: Callable[[World], Iterator[Match]]
    needs: tuple[str, ...] = ()
    causes: frozenset[str] = frozenset()
    remote_causes: frozenset[str] = frozenset()
    remedy: Callable[[World, Match], Remedy] = no_remedy
    rollback: bool = False
    vague: bool = False  # says that something is missing, not why
    outage: bool = False  # critical where the workload has no ready pod left

    def words(self, template: Text, match: Match) -> Text:
        """A template with the match's values in it; `{object}` is always there."""
        values = {"object": str(match.object), "container": match.container, **match.values}
        return Text(
            template.zh.format_map({key: _said(value).zh for key, value in values.items()}),
            template.en.format_map({key: _said(value).en for key, value in values.items()}),
        )


def _said(value: Value) -> Text:
    return value if isinstance(value, Text) else Text.same(str(value))
