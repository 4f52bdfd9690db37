"""What may be sent to the API server to change it. There is no other shape of write.

A `Request` is pure data. It reaches the server in one of two ways only: rehearsed (`dryRun=All`) through
`Cluster.rehearse`, or for real through `Actuator.send`, which takes a `Warrant`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from kubesteer.core.refs import Ref

Manifest = dict[str, Any]
"""An object as the API serves it: JSON, complete, unknown fields kept."""


class PatchType(StrEnum):
    """Media types of PATCH (Kubernetes API concepts, "Update API objects")."""

    STRATEGIC = "application/strategic-merge-patch+json"
    MERGE = "application/merge-patch+json"
    JSON = "application/json-patch+json"
    APPLY = "application/apply-patch+yaml"


@dataclass(frozen=True, slots=True)
class Precondition:
    """What must still be true of the object when the server acts. "" leaves a part unchecked."""

    uid: str = ""
    resource_version: str = ""


@dataclass(frozen=True, slots=True)
class Patch:
    """Change an object that exists. For PatchType.JSON the body is a list of RFC 6902 operations."""

    ref: Ref
    body: Any
    type: PatchType = PatchType.STRATEGIC
    subresource: str = ""


@dataclass(frozen=True, slots=True)
class Create:
    """Create an object under a name that we choose, so that a repetition is seen as such (409)."""

    ref: Ref
    body: Manifest


@dataclass(frozen=True, slots=True)
class Apply:
    """Server-side apply of a whole manifest that a person gave; creates the object where it is absent."""

    ref: Ref
    body: Manifest
    force: bool = False


@dataclass(frozen=True, slots=True)
class Delete:
    """Delete one object, dependents in the background."""

    ref: Ref
    grace_seconds: int | None = None


@dataclass(frozen=True, slots=True)
class Evict:
    """Evict one pod through policy/v1 Eviction, which honours disruption budgets."""

    ref: Ref


Request = Patch | Create | Apply | Delete | Evict


@dataclass(frozen=True, slots=True)
class Warrant:
    """Leave to send one request for real.

    Only the life-cycle of a change (`engine.changes`) issues warrants, after an approval; a test holds
    that no other module constructs one.
    """

    change: str
    request: Request
    precondition: Precondition = field(default_factory=Precondition)
