"""Base classes of operations. One pydantic class per verb; its fields are the schema for every face.

An `Operation` is a Read (looks at the cluster and answers), a Change (would alter it, through the
life-cycle of `engine.changes` only) or an Indirect (finds out which operation is meant, such as undo or fix).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, ValidationInfo, field_validator

from kubesteer.core.clusters import Cluster
from kubesteer.core.errors import Unusable
from kubesteer.core.findings import Coverage
from kubesteer.core.kinds import KINDS, kind_of
from kubesteer.core.names import checked_name, checked_namespace
from kubesteer.core.refs import Ref
from kubesteer.core.requests import Manifest, Request
from kubesteer.core.texts import Text


class Risk(StrEnum):
    """How much a change can hurt: low is undone without anyone noticing; high can lose data or capacity."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a read found, in words and as data, and what it could not look at."""

    text: Text
    data: Mapping[str, Any] = field(default_factory=dict)
    coverage: Coverage = field(default_factory=Coverage)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What a change sees of the cluster at one moment: its target (None where it does not exist) and the
    objects that judge it, by kind (a workload's pods, ReplicaSets, …). `not_looked_at` maps related kinds
    that could not be read to the reason. `at` is when it was taken (RFC 3339, our clock): whatever a change
    writes of the time comes from there, so that the same snapshot always gives the same requests."""

    target: Manifest | None
    related: Mapping[str, tuple[Manifest, ...]] = field(default_factory=dict)
    not_looked_at: Mapping[str, str] = field(default_factory=dict)
    at: str = field(default_factory=lambda: datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))

    @property
    def object(self) -> Manifest:
        """The target, where it is known to exist.

        Raises:
            LookupError: it does not exist.
        """
        if self.target is None:
            raise LookupError("the target does not exist")
        return self.target

    def of(self, kind: str) -> tuple[Manifest, ...]:
        """Related objects of one kind."""
        return self.related.get(kind, ())


@dataclass(frozen=True, slots=True)
class Settled:
    """The change is done and what it touched is healthy. `text` is what the person is told."""

    text: Text


@dataclass(frozen=True, slots=True)
class Waiting:
    """Not there yet: what it waits for, and how far it is (n of m)."""

    text: Text
    done: int = 0
    total: int = 0


@dataclass(frozen=True, slots=True)
class Broken:
    """It will not become healthy by waiting; the reason."""

    text: Text


Progress = Settled | Waiting | Broken


class Operation(BaseModel):
    """A verb with its arguments. Unknown arguments and wrong types are refused.

    Class attributes: `name_` is the public name (the contract's); `summary` describes the verb to people and models;
    `kinds` are those it takes, where it takes a kind.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True, defer_build=True)

    name_: ClassVar[str]
    summary: ClassVar[Text]
    kinds: ClassVar[tuple[str, ...]] = tuple(KINDS)
    examples: ClassVar[tuple[Text, ...]] = ()

    @field_validator("kind", check_fields=False)
    @classmethod
    def _known_kind(cls, value: str | None) -> str | None:
        if value is None:
            return None
        kind = kind_of(value).name
        if kind not in cls.kinds:
            raise Unusable(
                "kind",
                Text(f"{cls.name_} 不支持 {kind}。", f"{cls.name_} does not apply to a {kind}."),
                Text(f"支持:{', '.join(cls.kinds)}。", f"It applies to: {', '.join(cls.kinds)}."),
            )
        return kind

    @field_validator("name", check_fields=False)
    @classmethod
    def _usable_name(cls, value: str | None, info: ValidationInfo) -> str | None:
        return value if value is None else checked_name(value, info.data.get("kind") or "")

    @field_validator("namespace", check_fields=False)
    @classmethod
    def _usable_namespace(cls, value: str | None) -> str | None:
        return value if not value else checked_namespace(value)

    def arguments(self) -> dict[str, Any]:
        """The arguments as the contract prints them: JSON, defaults left out."""
        return self.model_dump(mode="json", exclude_defaults=True)


class Read(Operation):
    """Looks and answers; never changes anything."""

    async def look(self, cluster: Cluster) -> Answer:
        """The answer. Raises ClusterError where it could not look."""
        raise NotImplementedError


class Change(Operation):
    """Would alter the cluster. Pure but for `snapshot`; complete only with `settled` and `undo`."""

    risk: ClassVar[Risk] = Risk.MEDIUM
    steady_seconds: ClassVar[float] = 5.0  # how long it must stay settled before it is believed
    patience_seconds: ClassVar[float] = 600.0  # how long it may wait without any progress

    def target(self) -> Ref:
        """The object that is read before, patched, and bound by UID."""
        raise NotImplementedError

    async def snapshot(self, cluster: Cluster) -> Snapshot:
        """What `request`, `settled` and `undo` judge by; taken before and again while verifying."""
        return Snapshot(await cluster.read(self.target()))

    def requests(self, before: Snapshot) -> tuple[Request, ...]:
        """What would be sent, in order; pure. Nearly always one request.

        Raises:
            Unusable: the arguments make no sense for this object (no such container, already so, …).
        """
        raise NotImplementedError

    def explain(self, before: Snapshot) -> Text:
        """One sentence: what the change means for the person, before approval."""
        raise NotImplementedError

    def settled(self, before: Snapshot, now: Snapshot) -> Progress:
        """Whether it is done and healthy; pure."""
        raise NotImplementedError

    def undo(self, before: Snapshot, after: Manifest | None) -> Change | NoWayBack:
        """The way back, from what was seen before and what the dry run gave; pure."""
        raise NotImplementedError

    def undo_all(self, before: Snapshot, outcomes: Sequence[Manifest | None]) -> Change | NoWayBack:
        """The way back of a change that alters several objects, from the dry run's outcome of each request, in
        the order of `requests`; pure. The engine asks this where there are several requests, else `undo`."""
        return self.undo(before, outcomes[0] if outcomes else None)


@dataclass(frozen=True, slots=True)
class NoWayBack:
    """Why a change cannot be undone; shown before approval."""

    text: Text


class Indirect(Operation):
    """Stands for another operation that only the engine can find: undo (in the ledger), fix (by diagnosis)."""

    meaning: ClassVar[Literal["undo", "fix"]]
