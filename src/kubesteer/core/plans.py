"""What a planner gets and what it gives: Conversation and Inventory in, Plan, Ask or Say out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal, Protocol

from kubesteer.core.refs import Ref
from kubesteer.core.texts import Language, Text, language_of

Condition = Literal["cpu_high", "memory_high", "oom", "crashing", "not_ready", "errors_in_logs"]


@dataclass(frozen=True, slots=True)
class Call:
    """One operation by its public name with JSON arguments, not yet validated."""

    operation: str
    arguments: Mapping[str, Any]
    condition: Condition | None = None

    def to_json(self) -> dict[str, Any]:
        """The contract's shape of a call."""
        return {
            "operation": self.operation,
            "arguments": dict(self.arguments),
            "condition": self.condition,
        }


@dataclass(frozen=True, slots=True)
class Plan:
    """Calls to run in order. With `more`, the planner wants to see what they gave before it goes on."""

    calls: tuple[Call, ...]
    understood: Text | None = None  # one line: what was understood, shown before a change
    more: bool = False
    explanation: tuple[str, ...] = ()  # which words gave what, for `interpret --explain`
    note: Text | None = None  # said before anything is done, such as why the rules had to take over


@dataclass(frozen=True, slots=True)
class Ask:
    """A question back. `missing` names arguments; `candidates` are offered in this order."""

    missing: tuple[str, ...]
    text: Text
    candidates: tuple[str, ...] = ()
    explanation: tuple[str, ...] = ()


SayReason = Literal[
    "greeting",
    "thanks",
    "help",
    "answer",
    "out-of-scope",
    "refused",
    "not-found",
    "cancelled",
    "not-understood",
    "unusable",
]


@dataclass(frozen=True, slots=True)
class Say:
    """Words only; nothing will be called."""

    text: Text
    reason: SayReason = "answer"
    explanation: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Message:
    """One turn's words. `calls` are what an assistant's message reported or offered, where we know it;
    planners must also manage with the text alone (`kubesteer interpret` has nothing else)."""

    role: Literal["user", "assistant"]
    content: str
    calls: tuple[Call, ...] = ()


@dataclass(frozen=True, slots=True)
class Observation:
    """What one call gave within the present turn: redacted, trimmed JSON for a model to read."""

    call: Call
    content: str
    failed: bool = False


@dataclass(frozen=True, slots=True)
class Conversation:
    """All messages so far, the newest words last, and what this turn has already seen.

    `namespace` is what -n says; it is a hint, used only where words say nothing. `answer_in` overrides the
    language that the words tell.
    """

    messages: tuple[Message, ...]
    observations: tuple[Observation, ...] = ()
    namespace: str = ""
    answer_in: Language | None = None

    @property
    def words(self) -> str:
        """The person's newest words."""
        return self.messages[-1].content if self.messages else ""

    @property
    def language(self) -> Language:
        """The asker's language: that of the newest words which have one (「2」 and "ok" do not decide)."""
        if self.answer_in is not None:
            return self.answer_in
        spoken = [m.content for m in self.messages if m.role == "user"]
        telling = [words for words in spoken if sum(char.isalpha() for char in words) > 2]
        return language_of((telling or spoken or [""])[-1])


@dataclass(frozen=True, slots=True)
class Item:
    """One object that exists, as far as understanding needs it. `images`: container name to image."""

    ref: Ref
    images: Mapping[str, str] = field(default_factory=dict)
    replicas: int | None = None


@dataclass(frozen=True)
class Inventory:
    """The names that exist. `not_looked_at` maps kinds that could not be listed to the reason."""

    items: tuple[Item, ...]
    namespaces: frozenset[str]
    not_looked_at: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, items: Iterable[Item], not_looked_at: Mapping[str, str] | None = None) -> Inventory:
        """An inventory whose namespaces are the Namespace items and whatever other items live in."""
        kept = tuple(items)
        named = {i.ref.name for i in kept if i.ref.kind == "Namespace"}
        return cls(kept, frozenset(named | {i.ref.namespace for i in kept} - {""}), not_looked_at or {})

    @cached_property
    def by_name(self) -> Mapping[str, tuple[Item, ...]]:
        """Items under each name, in the order given."""
        index: dict[str, list[Item]] = {}
        for item in self.items:
            index.setdefault(item.ref.name, []).append(item)
        return {name: tuple(items) for name, items in index.items()}


class Planner(Protocol):
    """Words to operations. A planner can only propose; approval is never its business."""

    async def next(self, conversation: Conversation, inventory: Inventory) -> Plan | Ask | Say:
        """What to do about the newest words, given what this turn has observed so far."""
        ...
