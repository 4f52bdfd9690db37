"""The ledger: changes as records, the lines that tell what happened to them, and the port to where both are kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from kubesteer.core.refs import Ref
from kubesteer.core.texts import Language, Text, join

State = Literal[
    "proposed", "approved", "executing", "verifying", "done", "undone", "failed", "rejected", "expired"
]

OPEN: frozenset[State] = frozenset({"approved", "executing", "verifying"})
"""Approved and not yet ended: what `resume` finishes."""

CHANGE_ANNOTATION = "kubesteer.io/change"
"""Written with every change of an object; its value is the mark of the write."""


@dataclass(frozen=True, slots=True)
class Write:
    """One request of a step and what came of it.

    `mark` is what the object carries once it was written; `digest` is the SHA-256 of the exact request.
    `intended` was recorded before sending, so the request may have reached the server.
    """

    mark: str
    verb: str
    about: Ref
    digest: str
    uid: str = ""
    resource_version: str = ""
    state: Literal["planned", "intended", "applied", "refused"] = "planned"
    earlier_mark: str = ""  # the mark that the object carried when the intent was recorded
    note: Text = field(default_factory=lambda: Text("", ""))


@dataclass(frozen=True, slots=True)
class Step:
    """One operation of a change. `arguments` and `diff` hold no secret."""

    operation: str
    arguments: Mapping[str, Any]
    diff: str
    explained: Text
    writes: tuple[Write, ...] = ()
    settled: bool = False
    irreversible: Text | None = None  # why there is no way back, where there is none
    outcome: Text = field(default_factory=lambda: Text("", ""))

    @property
    def applied(self) -> bool:
        """Whether anything of it was written, as far as is known."""
        return any(write.state == "applied" for write in self.writes)

    def to_json(self, language: Language) -> dict[str, Any]:
        """The step for `history` and `show`."""
        return {
            "operation": self.operation,
            "arguments": dict(self.arguments),
            "diff": self.diff,
            "explained": self.explained.of(language),
            "sent": [
                {
                    "verb": write.verb,
                    "object": write.about.to_json(),
                    "mark": write.mark,
                    "sha256": write.digest,
                    "state": write.state,
                }
                for write in self.writes
            ],
            "outcome": self.outcome.of(language),
        }


@dataclass(frozen=True, slots=True)
class Record:
    """A change as the ledger keeps it. Times are RFC 3339 in UTC.

    `verified` is None until verification ended, then whether the cluster was found healthy as changed.
    `back` are the steps that took the change back after a regression. `version` counts transitions.
    """

    id: str
    state: State
    cluster: str  # uid of the cluster
    server: str
    asked_by: str
    words: str
    language: Language
    created_at: str
    expires_at: str
    risk: str
    steps: tuple[Step, ...]
    digest: str = ""
    version: int = 0
    back: tuple[Step, ...] = ()
    going_back: bool = False
    approved_by: tuple[str, ...] = ()
    ended_at: str = ""
    verified: bool | None = None
    outcome: Text = field(default_factory=lambda: Text("", ""))
    undoes: str = ""
    undone_by: str = ""
    replaces: str = ""  # the proposal that had drifted
    audit: tuple[Entry, ...] = ()  # its lines of the history; only `show` fills it

    def to_json(self, language: Language | None = None) -> dict[str, Any]:
        """The contract's shape of a change in `history`; the first operation stands for a plan of several."""
        first, language = self.steps[0], language or self.language
        shape: dict[str, Any] = {
            "id": self.id,
            "operation": first.operation,
            "arguments": dict(first.arguments),
            "state": self.state,
            "asked_by": self.asked_by,
            "words": self.words,
            "created_at": self.created_at,
            "verified": self.verified,
            "approved_by": list(self.approved_by),
            "outcome": self.outcome.of(language),
            "steps": [step.to_json(language) for step in self.steps],
        }
        if self.back:
            shape["back"] = [step.to_json(language) for step in self.back]
        if self.audit:
            shape["audit"] = [entry.to_json(language) for entry in self.audit]
        for key in ("undoes", "undone_by", "replaces", "ended_at"):
            if value := getattr(self, key):
                shape[key] = value
        return shape


@dataclass(frozen=True, slots=True)
class Proposal:
    """A change that waits for a person. An approval must name `digest`, which binds all that was shown.

    `automatic` names the policy that approves it without a person, where one does.
    """

    record: Record
    automatic: Text | None = None

    @property
    def id(self) -> str:
        """`chg-` and ten characters of base32."""
        return self.record.id

    @property
    def digest(self) -> str:
        """What an approval binds: person, cluster, objects, exact requests, diffs and expiry, as SHA-256."""
        return self.record.digest

    @property
    def diff(self) -> str:
        """The diffs of all steps, numbered where there are several."""
        if len(self.record.steps) == 1:
            return self.record.steps[0].diff
        return "\n".join(f"{n}. {s.operation}\n{s.diff}" for n, s in enumerate(self.record.steps, start=1))


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the history, before it has its place in the chain."""

    event: str
    by: str
    text: Text
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Entry:
    """A line in its place: `hash` covers the line, the state of the change's record and the hash before it."""

    sequence: int
    change: str
    at: str
    event: str
    by: str
    text: Text
    data: Mapping[str, Any]
    record_hash: str
    previous: str
    hash: str

    def to_json(self, language: Language) -> dict[str, Any]:
        """The line for `show`."""
        return {
            "sequence": self.sequence,
            "change": self.change,
            "at": self.at,
            "event": self.event,
            "by": self.by,
            "text": self.text.of(language),
            "data": dict(self.data),
            "hash": self.hash,
        }


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the history is whole: lines and changes looked at, and what is wrong with which."""

    lines: int
    changes: int
    troubles: tuple[Text, ...] = ()

    @property
    def intact(self) -> bool:
        """Nothing altered, nothing missing."""
        return not self.troubles

    @property
    def text(self) -> Text:
        """The verdict as a person reads it."""
        looked = Text(
            f"{self.changes} 个变更,{self.lines} 行记录", f"{self.changes} changes, {self.lines} lines"
        )
        if self.intact:
            return looked + Text(":完整,没有被改动。", ": whole and unaltered.")
        return join([looked + Text(":有问题。", ": not whole."), *self.troubles])


class Ledger(Protocol):
    """Keeps records, their sealed particulars and the history. Raises StoreError where it cannot.

    A transition writes state and line in one transaction, and wins only against the version it was based on.
    """

    async def begin(self, record: Record, particulars: bytes, line: Line) -> Record:
        """Keep a new record."""
        ...

    async def record(self, identifier: str) -> Record:
        """A record by id; Refused where there is none."""
        ...

    async def particulars(self, identifier: str) -> bytes:
        """What was sealed with it: exact arguments and requests, secrets included."""
        ...

    async def advance(
        self, record: Record, line: Line, *, claimed: bool = False, particulars: bytes | None = None
    ) -> Record:
        """Replace a record of the same version, append its line, and give it back with its new version.

        Approval also takes hold of the change's objects; an end lets them go. With `claimed`, only the
        holder of the claim may.

        Raises:
            Refused: another was faster, the claim was lost, or another open change holds an object.
        """
        ...

    async def note(self, identifier: str, line: Line) -> None:
        """Append a line without changing the record, such as a refused approval."""
        ...

    async def claim(self, identifier: str) -> bool:
        """Become the only one to carry out a change; also prolongs a claim. False while another that lives
        has it."""
        ...

    async def release(self, identifier: str) -> None:
        """Give a claim up."""
        ...

    async def records(
        self, *, limit: int = 50, states: frozenset[State] | None = None, cluster: str = ""
    ) -> list[Record]:
        """Records, newest first."""
        ...

    async def entries(self, identifier: str = "") -> list[Entry]:
        """The history of one change, or all of it, oldest first."""
        ...

    async def verify(self) -> Verdict:
        """Check every line, its link to the one before it, and every record against its last line."""
        ...

    async def close(self) -> None:
        """Let go of files and connections."""
        ...
