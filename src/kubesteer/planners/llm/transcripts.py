"""From a conversation to what is sent: the person's words, what exists around them, and what was looked at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from kubesteer.core.plans import Conversation, Inventory, Item
from kubesteer.planners.llm.clauses import plain
from kubesteer.planners.llm.grounds import Grounds
from kubesteer.planners.llm.instructions import as_data, instructions
from kubesteer.planners.llm.mentions import mentions, namespaces_in
from kubesteer.planners.llm.prompts import Looked, Prompt, Spoken, Wanted, arguments_json
from kubesteer.planners.llm.tools import Tool
from kubesteer.planners.llm.troubles import Trouble

REMEMBERED = 6
"""Earlier messages that go along."""

LONGEST_MESSAGE = 3_000
"""Characters of the newest words that are sent; of earlier messages a third."""

MOST_NAMESPACES = 30
MOST_NAMES = 25
"""Namespaces and objects that are listed for the model."""

Step = tuple[tuple[Wanted, ...], object]
"""What the model called in one step, and the provider's own form of its reply."""


@dataclass(frozen=True, slots=True)
class View:
    """What one step sees: the grounds, and each observation as it is shown to the model."""

    grounds: Grounds
    seen: tuple[str, ...]


def looking_prompt(
    taken: Sequence[Step],
    view: View,
    tools: tuple[Tool, ...],
    redact: Callable[[Any], Any],
    trouble: Trouble | None,
    seconds: float,
) -> Prompt:
    """A request with tools: the conversation, and the turn's steps as calls and results."""
    conversation = view.grounds.conversation
    messages: tuple[Spoken | Looked, ...] = (
        *_opening(view, redact),
        *steps(taken, view.seen, conversation),
        *_repair(trouble),
    )
    return Prompt(instructions(conversation.language), messages, tools, seconds=seconds)


def last_prompt(view: View, redact: Callable[[Any], Any], trouble: Trouble | None, seconds: float) -> Prompt:
    """The request that ends a turn: no tools, and the observations as text, for some providers refuse calls
    in a request without tools."""
    said = list(_opening(view, redact))
    newest = said[-1]
    said[-1] = Spoken("user", "\n".join([newest.content, *view.seen]))
    language = view.grounds.conversation.language
    return Prompt(instructions(language, last=True), (*said, *_repair(trouble)), (), seconds=seconds)


def _opening(view: View, redact: Callable[[Any], Any]) -> list[Spoken]:
    *earlier, newest = spoken(view.grounds.conversation, redact)
    around = surroundings(view.grounds.conversation, view.grounds.inventory)
    return [*earlier, Spoken("user", f"{newest.content}\n\n{around}")]


def _repair(trouble: Trouble | None) -> tuple[Spoken, ...]:
    if trouble is None or not trouble.hint:
        return ()
    return (Spoken("user", f"(kubesteer) Your last reply could not be used: {trouble.hint}"),)


def spoken(conversation: Conversation, redact: Callable[[Any], Any]) -> list[Spoken]:
    """Messages so far, the newest last, redacted and cut."""
    *earlier, newest = conversation.messages
    said = [Spoken(m.role, _cut(str(redact(m.content)), LONGEST_MESSAGE // 3)) for m in earlier[-REMEMBERED:]]
    while said and said[0].role == "assistant":
        said.pop(0)
    return [*said, Spoken("user", _cut(str(redact(newest.content)), LONGEST_MESSAGE))]


def surroundings(conversation: Conversation, inventory: Inventory) -> str:
    """What exists, as far as the words touch it: namespaces, and the objects whose names resemble what was said."""
    said = namespaces_in(conversation.words, inventory.namespaces)
    names = sorted(inventory.namespaces, key=lambda name: (name not in said, name))
    lines = [f"namespaces: {', '.join(names[:MOST_NAMESPACES])}{_more(len(names), MOST_NAMESPACES)}"]
    counts = Counter(item.ref.kind for item in inventory.items)
    lines.append("objects: " + ", ".join(f"{count} {kind}" for kind, count in sorted(counts.items())))
    near = _near(conversation, inventory)
    if near:
        lines.append("named in the words: " + "; ".join(map(_shown, near[:MOST_NAMES])))
    if conversation.namespace:
        lines.append(f"namespace the person works in: {conversation.namespace}")
    if inventory.not_looked_at:
        lines.append("could not be listed: " + ", ".join(sorted(inventory.not_looked_at)))
    return as_data("\n".join(lines), "inventory")


def steps(taken: Sequence[Step], shown: Sequence[str], conversation: Conversation) -> list[Looked]:
    """The turn's steps with what each call gave. Observations of calls that we do not remember (the planner was
    made anew in mid-turn) are told as calls of their own."""
    looked: list[Looked] = []
    left = list(shown)
    for calls, native in taken:
        if len(left) < len(calls):
            break
        results, left = left[: len(calls)], left[len(calls) :]
        looked.append(Looked(calls, tuple(results), native))
    for number, result in enumerate(left, start=len(shown) - len(left)):
        call = conversation.observations[number].call
        wanted = Wanted(f"seen{number}", call.operation, arguments_json(call.arguments))
        looked.append(Looked((wanted,), (result,)))
    return looked


def _near(conversation: Conversation, inventory: Inventory) -> list[Item]:
    """Items that the person's messages mention, the newest message first; else those that share a word with it."""
    words = [message.content for message in reversed(conversation.messages) if message.role == "user"]
    text = "\n".join(words[:4])
    exact = [item for name, items in inventory.by_name.items() if _may(name, text) for item in items]
    if exact:
        return [item for item in exact if item.ref.kind != "ReplicaSet"]
    low = plain(text)
    parts = [p for p in low.replace("/", " ").replace("-", " ").split() if len(p) > 2 and p.isascii()]
    return [item for item in inventory.items if any(part in item.ref.name for part in parts)][:MOST_NAMES]


def _may(name: str, text: str) -> bool:
    first = name.split("-", 1)[0].lower()
    return first in text.lower() and mentions(text, name)


def _shown(item: Item) -> str:
    extra = f" x{item.replicas}" if item.replicas is not None else ""
    images = f" ({', '.join(sorted(item.images.values()))[:120]})" if item.images else ""
    return f"{item.ref}{extra}{images}"


def _more(count: int, most: int) -> str:
    return f" and {count - most} more" if count > most else ""


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most * 2 // 3]} … {text[-most // 3 :]}"
