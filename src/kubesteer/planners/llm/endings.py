"""How a turn ends without the model's own answer: at a bound, by the rules, or with a proposal not put forward."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from kubesteer.core.plans import Ask, Observation, Plan, Say
from kubesteer.core.texts import Text, join
from kubesteer.planners.llm.answers import about, clean, worded
from kubesteer.planners.llm.gates import Unasked
from kubesteer.planners.llm.prompts import Reply
from kubesteer.planners.llm.transcripts import View

_TELLING = ("summary", "cause", "state", "status", "phase", "reason", "message")
_MOST_LINES = 6
_LONGEST_LINE = 240


def bounded(view: View, reached: Text) -> Say:
    """What was seen so far, and which bound ended the looking."""
    head = Text("没能得出结论:", "No conclusion: ") + reached + Text("。", ".")
    return Say(join([head, digest(view)]))


def taken_over(understood: Plan | Ask | Say, note: Text, view: View) -> Plan | Ask | Say:
    """The rules' step with a note in front. Where the rules have nothing to do but something was seen already,
    that is told instead."""
    if isinstance(understood, Plan):
        return replace(understood, note=note)
    if view.seen:
        return Say(join([note, digest(view)]))
    return replace(understood, text=join([note, understood.text]))


def unasked(verdict: Unasked, reply: Reply, view: View) -> Ask | Say:
    """The model's words, where it gave any, and what it wanted to do unasked."""
    if not clean(reply.text):
        return Ask((), verdict.text)
    answer = worded(reply.text, view.grounds.conversation, view.grounds.inventory, view.seen)
    return Say(join([answer, verdict.text]))


def digest(view: View) -> Text:
    """The observations themselves, a few lines each, in the order they were made."""
    observations = view.grounds.conversation.observations
    if not observations:
        return Text("还没有查看到任何内容。", "Nothing has been looked at yet.")
    lines = [_digested(n, o, view.seen) for n, o in enumerate(observations, start=1)]
    return Text("目前看到的:\n", "Seen so far:\n") + Text.same("\n".join(lines))


def _digested(number: int, observation: Observation, seen: Sequence[str]) -> str:
    body = _body(seen[number - 1])
    told = list(dict.fromkeys(_told(body)))[:_MOST_LINES] or [_short(body)]
    mark = " ✗" if observation.failed else ""
    return "\n".join([f"[{number}] {about(observation.call)}{mark}", *(f"    {line}" for line in told)])


def _body(shown: str) -> str:
    """An observation without the fence it is sent in."""
    return shown.split("\n", 1)[-1].rsplit("\n", 1)[0]


def _told(body: str) -> Iterator[str]:
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        return
    yield from _sentences(data, 0)


def _sentences(data: Any, depth: int) -> Iterator[str]:
    if depth > 6:
        return
    if isinstance(data, list):
        for item in data[:20]:
            yield from _sentences(item, depth + 1)
    elif isinstance(data, dict):
        for key, value in data.items():
            if key in _TELLING and isinstance(value, str) and value.strip():
                yield f"{key}: {_short(value)}"
            else:
                yield from _sentences(value, depth + 1)


def _short(text: str) -> str:
    line = clean(" ".join(text.split()))
    return line if len(line) <= _LONGEST_LINE else f"{line[: _LONGEST_LINE - 1]}…"
