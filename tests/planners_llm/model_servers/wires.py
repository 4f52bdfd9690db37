"""What a model says, in the three wire formats, as streamed server-sent events.

Sources: OpenAI API reference, "Chat completions, streaming"; Anthropic API reference, "Streaming messages";
Gemini API reference, "streamGenerateContent".
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

WIRES = ("openai", "anthropic", "google")


@dataclass(frozen=True)
class Said:
    """One reply: text in pieces, calls with arguments (a dict, or text as it is to be sent), tokens counted."""

    text: str = ""
    calls: tuple[tuple[str, Any], ...] = ()
    sent: int = 1000
    received: int = 50

    def pieces(self) -> list[str]:
        """The text as it streams: a few characters at a time, in at most 40 pieces."""
        size = max(7, len(self.text) // 40 + 1)
        return [self.text[i : i + size] for i in range(0, len(self.text), size)]


def encoded(wire: str, said: Said) -> bytes:
    """The body of the streamed response."""
    return {"openai": _openai, "anthropic": _anthropic, "google": _google}[wire](said)


def _events(events: Iterable[Any], *, named: bool = False) -> bytes:
    lines = []
    for event in events:
        head = f"event: {event['type']}\n" if named else ""
        lines.append(f"{head}data: {json.dumps(event)}\n\n")
    return "".join(lines).encode()


def _arguments(arguments: Any) -> str:
    return arguments if isinstance(arguments, str) else json.dumps(arguments)


def _openai(said: Said) -> bytes:
    base = {"id": "c1", "object": "chat.completion.chunk", "created": 1, "model": "scripted"}

    def chunk(delta: Any, finish: str | None = None) -> Any:
        return {**base, "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}

    events = [chunk({"role": "assistant", "content": ""})]
    events += [chunk({"content": piece}) for piece in said.pieces()]
    for index, (name, arguments) in enumerate(said.calls):
        text = _arguments(arguments)
        start = {"index": index, "id": f"call_{index}", "type": "function"}
        events.append(chunk({"tool_calls": [{**start, "function": {"name": name, "arguments": ""}}]}))
        half = len(text) // 2
        for part in (text[:half], text[half:]):
            events.append(chunk({"tool_calls": [{"index": index, "function": {"arguments": part}}]}))
    events.append(chunk({}, "tool_calls" if said.calls else "stop"))
    total = said.sent + said.received
    usage = {"prompt_tokens": said.sent, "completion_tokens": said.received, "total_tokens": total}
    events.append({**base, "choices": [], "usage": usage})
    return _events(events) + b"data: [DONE]\n\n"


def _anthropic(said: Said) -> bytes:
    message = {
        "id": "m1", "type": "message", "role": "assistant", "model": "scripted", "content": [],
        "stop_reason": None, "stop_sequence": None, "usage": {"input_tokens": said.sent, "output_tokens": 1},
    }  # fmt: skip
    events: list[Any] = [{"type": "message_start", "message": message}]
    index = 0

    def block(start: Any, deltas: Iterable[Any]) -> None:
        nonlocal index
        events.append({"type": "content_block_start", "index": index, "content_block": start})
        events.extend({"type": "content_block_delta", "index": index, "delta": delta} for delta in deltas)
        events.append({"type": "content_block_stop", "index": index})
        index += 1

    if said.text:
        deltas = ({"type": "text_delta", "text": piece} for piece in said.pieces())
        block({"type": "text", "text": ""}, deltas)
    for number, (name, arguments) in enumerate(said.calls):
        start = {"type": "tool_use", "id": f"toolu_{number}", "name": name, "input": {}}
        block(start, [{"type": "input_json_delta", "partial_json": _arguments(arguments)}])
    stop = {"stop_reason": "tool_use" if said.calls else "end_turn", "stop_sequence": None}
    events.append({"type": "message_delta", "delta": stop, "usage": {"output_tokens": said.received}})
    events.append({"type": "message_stop"})
    return _events(events, named=True)


def _google(said: Said) -> bytes:
    def candidate(parts: Any, **more: Any) -> Any:
        return {"candidates": [{"content": {"role": "model", "parts": parts}, "index": 0, **more}]}

    events = [candidate([{"text": piece}]) for piece in said.pieces()]
    calls = []
    for name, arguments in said.calls:
        try:
            decoded = json.loads(arguments) if isinstance(arguments, str) else arguments
        except ValueError:
            decoded = {"unreadable": arguments}
        calls.append({"functionCall": {"name": name, "args": decoded}})
    last = candidate(calls or [{"text": ""}], finishReason="STOP")
    last["usageMetadata"] = {
        "promptTokenCount": said.sent,
        "candidatesTokenCount": said.received,
        "totalTokenCount": said.sent + said.received,
    }
    last["modelVersion"] = "scripted"
    return _events([*events, last])
