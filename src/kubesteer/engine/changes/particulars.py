"""What carries a change out, exactly and with its secrets: sealed in the ledger, never shown.

A record tells people what happened and holds no secret; its particulars let another process go on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from kubesteer.core.ledgers import Record
from kubesteer.core.operations import Change, Snapshot
from kubesteer.core.requests import Request
from kubesteer.engine.changes.letters import Letter, digest, request_of
from kubesteer.operations.registry import recorded


@dataclass(frozen=True, slots=True)
class Verb:
    """An operation by name, with its arguments as they are."""

    operation: str
    arguments: Mapping[str, Any]

    @classmethod
    def of(cls, change: Change) -> Verb:
        """The name and arguments of a change."""
        return cls(change.name_, change.arguments())

    @property
    def change(self) -> Change:
        """The operation itself."""
        found = recorded(self.operation, self.arguments)
        assert isinstance(found, Change)
        return found


@dataclass(frozen=True, slots=True)
class Sending:
    """One request as it was approved: its letter, the object it was decided on, the diff that was shown, and a
    digest of its effect on the fields of the object."""

    letter: Letter
    uid: str
    resource_version: str
    diff: str
    effect: str

    @property
    def request(self) -> Request:
        """The request to send."""
        return request_of(self.letter)


@dataclass(frozen=True, slots=True)
class Task:
    """One step's particulars. `before` judges whether it has settled; `undo` is None where no way leads back."""

    verb: Verb
    sendings: tuple[Sending, ...]
    before: Snapshot
    undo: Verb | None = None


@dataclass(frozen=True, slots=True)
class Particulars:
    """All steps of a change, and those of its way back once that has begun."""

    tasks: tuple[Task, ...]
    back: tuple[Task, ...] = ()

    def encoded(self) -> bytes:
        """As bytes for a ledger to seal."""
        return msgspec.json.encode(self)

    @classmethod
    def decoded(cls, content: bytes) -> Particulars:
        """The particulars that were encoded."""
        return msgspec.json.decode(content, type=cls)


def binding(record: Record, particulars: Particulars) -> str:
    """What an approval binds: person, cluster, expiry, and per step the exact requests on which objects."""
    steps = [
        {
            "operation": task.verb.operation,
            "arguments": dict(task.verb.arguments),
            "sendings": [msgspec.to_builtins(sending) for sending in task.sendings],
        }
        for task in particulars.tasks
    ]
    bound = {
        "id": record.id,
        "asked_by": record.asked_by,
        "cluster": record.cluster,
        "created_at": record.created_at,
        "expires_at": record.expires_at,
        "undoes": record.undoes,
        "steps": steps,
    }
    return digest(bound)
