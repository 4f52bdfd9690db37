"""One request to a model and its reply, in words of our own: no provider's types, no provider's library."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from kubesteer.planners.llm.costs import Usage
from kubesteer.planners.llm.tokens import tokens
from kubesteer.planners.llm.tools import Tool

Stream = Callable[[str], None]
"""Receives pieces of an answer as they arrive."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """Words of the person, or of the assistant in an earlier turn."""

    role: Literal["user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """A call as a model worded it; `arguments` is the JSON text as it came."""

    id: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class Looked:
    """One step of this turn: what the model called and what each call gave, in order. `native` is the
    provider's own form of the reply, kept because some providers want it back unaltered."""

    calls: tuple[Wanted, ...]
    results: tuple[str, ...]
    native: object = None


@dataclass(frozen=True, slots=True)
class Prompt:
    """All that a model gets to see."""

    instructions: str
    messages: tuple[Spoken | Looked, ...]
    tools: tuple[Tool, ...]
    longest_answer: int = 4000  # tokens; models that think before they speak count their thoughts in
    seconds: float = 60.0

    @property
    def tokens(self) -> int:
        """An estimate of what the request costs."""
        said = sum(tokens(text) + 4 for message in self.messages for text in _texts(message))
        return tokens(self.instructions) + said + sum(tool.tokens for tool in self.tools)


@dataclass(frozen=True, slots=True)
class Reply:
    """What a model answered: text, calls, or both."""

    text: str
    calls: tuple[Wanted, ...]
    usage: Usage
    native: object = None


class Exchange(Protocol):
    """The port to a model."""

    async def ask(self, prompt: Prompt, stream: Stream) -> Reply:
        """One request.

        Raises:
            Unanswered: no reply that can be read; carries the trouble.
        """
        ...

    async def aclose(self) -> None:
        """End the connections."""
        ...


def arguments_json(arguments: Mapping[str, Any]) -> str:
    """Arguments as a model words them."""
    return json.dumps(dict(arguments), ensure_ascii=False, separators=(",", ":"), default=str)


def _texts(message: Spoken | Looked) -> tuple[str, ...]:
    if isinstance(message, Spoken):
        return (message.content,)
    return (*(f"{call.name} {call.arguments}" for call in message.calls), *message.results)
