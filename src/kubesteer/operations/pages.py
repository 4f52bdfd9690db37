"""The page that documents the operations, made from their classes: `python -m kubesteer.operations.pages`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

from kubesteer.core.kinds import KINDS
from kubesteer.core.operations import Change, Operation, Read
from kubesteer.operations.registry import REGISTRY, schema

_HEAD = """# Operations

Whatever is asked, in words or by name, becomes one of these. Their names and arguments are public: the command line,
HTTP, MCP and models use the same ones. `kind` is a Kubernetes kind; any usual spelling is understood.

This page is made from the classes (`python -m kubesteer.operations.pages > docs/operations.md`); a test holds that it
is up to date.
"""


def page() -> str:
    """The page as Markdown."""
    return "\n".join([_HEAD, *_section("Reads", Read), *_section("Changes", Change), *_section("Both", None)])


def _section(title: str, base: type[Operation] | None) -> Iterator[str]:
    """The operations of one base class; those of neither stand for others."""
    chosen = [verb for verb in REGISTRY.values() if _belongs(verb, base)]
    yield f"## {title if base else 'Standing for another operation'}\n"
    for verb in chosen:
        yield from _described(verb)


def _belongs(verb: type[Operation], base: type[Operation] | None) -> bool:
    return issubclass(verb, base) if base else not issubclass(verb, Read | Change)


def _described(verb: type[Operation]) -> Iterator[str]:
    yield f"### {verb.name_}\n"
    yield f"{verb.summary.en}. {verb.summary.zh}。\n"
    if issubclass(verb, Change):
        yield f"Risk: {verb.risk}.\n"
    shape = schema(verb.name_)
    if "kind" in shape["properties"] and len(verb.kinds) < len(KINDS) - 5:
        yield f"Kinds: {', '.join(verb.kinds)}.\n"
    yield from _arguments(shape)
    yield from (f"> {example.zh}\\\n> {example.en}\n" for example in verb.examples)


def _arguments(shape: dict[str, Any]) -> Iterator[str]:
    if not shape["properties"]:
        return
    yield "| argument | type | meaning |\n|---|---|---|"
    for name, field in shape["properties"].items():
        needed = " (required)" if name in shape["required"] else ""
        yield f"| `{name}`{needed} | {_type(field)} | {field.get('description', '')} |"
    yield ""


def _type(field: dict[str, Any]) -> str:
    if "anyOf" in field:
        return " or ".join(map(_type, field["anyOf"]))
    if "enum" in field and len(field["enum"]) < 5:
        return ", ".join(field["enum"])
    low, high = field.get("minimum"), field.get("maximum")
    return f"{field.get('type', 'object')}{f', {low} to {high}' if low is not None else ''}"


if __name__ == "__main__":
    sys.stdout.write(page())
