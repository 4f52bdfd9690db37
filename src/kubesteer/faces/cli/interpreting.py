"""`interpret`: sentences in, what they would be understood as out; nothing is executed."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kubesteer.app import App
from kubesteer.core.errors import Misconfigured
from kubesteer.core.plans import Conversation, Message
from kubesteer.core.texts import Text
from kubesteer.faces.cli.failures import DONE
from kubesteer.faces.cli.options import Flags


def run_interpret(path: Path, flags: Flags, *, explain: bool) -> int:
    """Read JSON lines, write JSON lines, in the same order; the exit code."""
    asyncio.run(_interpret(path, flags, explain=explain))
    return DONE


async def _interpret(path: Path, flags: Flags, *, explain: bool) -> None:
    from kubesteer.planners.interpretations import interpretation

    async with App.of(flags) as app:
        planner = app.planner()
        inventory = await app.inventory()
        for item in _items(path):
            conversation = Conversation(_messages(item), namespace=flags.get("namespace", ""))
            step = await planner.next(conversation, inventory)
            line = {"id": item.get("id"), **interpretation(step)}
            if explain:
                line["explanation"] = list(step.explanation)
            print(json.dumps(line, ensure_ascii=False), flush=False)


def _messages(item: dict[str, Any]) -> tuple[Message, ...]:
    said = item.get("messages")
    pairs = [m for m in said if isinstance(m, dict)] if isinstance(said, list) else []
    return tuple(
        Message("assistant" if m.get("role") == "assistant" else "user", str(m.get("content") or ""))
        for m in pairs
    )


def _items(path: Path) -> Iterator[dict[str, Any]]:
    # Split at line feeds alone: sentences may hold U+2028 and other separators that splitlines() honours.
    for number, line in enumerate(_content(path).split("\n"), 1):
        if not line.strip():
            continue
        try:
            item = json.loads(line)
        except ValueError as trouble:
            raise _unreadable(path, number, str(trouble)) from trouble
        if not isinstance(item, dict):
            raise _unreadable(path, number, "not an object")
        yield item


def _content(path: Path) -> str:
    try:
        return sys.stdin.read() if str(path) == "-" else path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as trouble:
        raise Misconfigured(Text(f"读不了 {path}:{trouble}", f"Cannot read {path}: {trouble}")) from trouble


def _unreadable(path: Path, number: int, why: str) -> Misconfigured:
    return Misconfigured(
        Text(f"{path} 第 {number} 行不是 JSON 对象:{why}", f"{path}, line {number} is no JSON object: {why}")
    )
