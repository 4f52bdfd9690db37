"""What every shape shares: tolerance of nulls, missing and unknown fields."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cache, lru_cache
from typing import Any, ClassVar

import msgspec
from msgspec.structs import force_setattr

from kubesteer.core.refs import Ref


class Shape(msgspec.Struct, rename="camel", frozen=True, gc=False, kw_only=True):
    """Base of all shapes. Every field has a default, and `null` on the wire means that default.

    Go serves `null` for empty slices and zero times that lack omitempty, so that no field of a foreign
    object can be relied upon. The annotations stay what rules may rely on (`list[X]`, never None); what the
    decoder sees is the same with `| None`.
    """

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        own = {key: hint for key, hint in cls.__annotations__.items() if not hint.startswith("ClassVar")}
        cls.__annotations__.update({key: f"{hint} | None" for key, hint in own.items()})

    def __post_init__(self) -> None:
        for name, field in _nullable(type(self)):
            if getattr(self, name) is None:
                force_setattr(self, name, _default(field))


@cache
def _nullable(shape: type[Shape]) -> tuple[tuple[str, msgspec.structs.FieldInfo], ...]:
    return tuple(
        (field.name, field) for field in msgspec.structs.fields(shape) if _default(field) is not None
    )


def _default(field: msgspec.structs.FieldInfo) -> Any:
    return field.default_factory() if callable(field.default_factory) else field.default


class Owner(Shape, frozen=True, gc=False):
    """metadata.ownerReferences[]."""

    kind: str = ""
    name: str = ""
    uid: str = ""
    controller: bool = False


class Metadata(Shape, frozen=True, gc=False):
    """ObjectMeta."""

    name: str = ""
    namespace: str = ""
    uid: str = ""
    creation_timestamp: str = ""
    deletion_timestamp: str = ""
    generation: int = 0
    finalizers: list[str] = []
    labels: dict[str, str] = {}
    annotations: dict[str, str] = {}
    owner_references: list[Owner] = []


MAKERS = frozenset({"ReplicaSet", "Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob"})
"""Kinds that own what they make, whether or not a reference says so."""


class Object(Shape, frozen=True, gc=False):
    """An object of a list; `kind` is the class's, because items of a list carry none."""

    kind: ClassVar[str] = ""

    metadata: Metadata = Metadata()

    @property
    def ref(self) -> Ref:
        """The object's reference."""
        return Ref(type(self).kind, self.metadata.namespace, self.metadata.name)

    @property
    def namespace(self) -> str:
        """Its namespace, "" for cluster-scoped objects."""
        return self.metadata.namespace

    @property
    def name(self) -> str:
        """Its name."""
        return self.metadata.name

    @property
    def owner(self) -> Owner | None:
        """The controller that made it, if one did; of references that say nothing of it, a workload's."""
        owners = self.metadata.owner_references
        return next((o for o in owners if o.controller), None) or next(
            (o for o in owners if o.kind in MAKERS), None
        )

    @property
    def maker(self) -> Ref | None:
        """The reference to that controller."""
        owner = self.owner
        return Ref(owner.kind, self.metadata.namespace, owner.name) if owner else None

    def made_by(self, owner: Object) -> bool:
        """Whether that object made it, and not an earlier one of the same name."""
        mine = self.owner
        if mine is None or self.maker != owner.ref:
            return False
        return not mine.uid or not owner.metadata.uid or mine.uid == owner.metadata.uid


class Condition(Shape, frozen=True, gc=False):
    """status.conditions[] of nearly every kind."""

    type: str = ""
    status: str = ""
    reason: str = ""
    message: str = ""
    last_transition_time: str = ""
    last_update_time: str = ""
    last_heartbeat_time: str = ""


class Selector(Shape, frozen=True, gc=False):
    """metav1.LabelSelector."""

    match_labels: dict[str, str] = {}
    match_expressions: list[Requirement] = []

    def matches(self, labels: Mapping[str, str]) -> bool:
        """Whether labels satisfy it. The empty selector matches everything."""
        return all(labels.get(key) == value for key, value in self.match_labels.items()) and all(
            requirement.matches(labels) for requirement in self.match_expressions
        )

    def __str__(self) -> str:
        pairs = [f"{key}={value}" for key, value in self.match_labels.items()]
        return ",".join(pairs + [str(requirement) for requirement in self.match_expressions])


class Requirement(Shape, frozen=True, gc=False):
    """One expression of a label selector or node selector."""

    key: str = ""
    operator: str = ""
    values: list[str] = []

    def matches(self, labels: Mapping[str, str]) -> bool:
        """Whether labels satisfy it; an operator that is not known satisfies nothing."""
        value = labels.get(self.key)
        match self.operator:
            case "In":
                return value in self.values
            case "NotIn":
                return value not in self.values
            case "Exists":
                return value is not None
            case "DoesNotExist":
                return value is None
            case "Gt" | "Lt":
                return _compares(self.operator, value, self.values)
        return False

    def __str__(self) -> str:
        return (
            f"{self.key} {self.operator} ({','.join(self.values)})"
            if self.values
            else f"{self.key} {self.operator}"
        )


def _compares(operator: str, value: str | None, bounds: list[str]) -> bool:
    if value is None or len(bounds) != 1 or not (value.isdigit() and bounds[0].isdigit()):
        return False
    return int(value) > int(bounds[0]) if operator == "Gt" else int(value) < int(bounds[0])


@lru_cache(maxsize=65536)
def moment(stamp: str) -> float:
    """An RFC 3339 timestamp as seconds since 1970; 0.0 where it is missing or cannot be read."""
    if not stamp:
        return 0.0
    try:
        return datetime.fromisoformat(stamp).timestamp()
    except (ValueError, OverflowError):
        return 0.0
