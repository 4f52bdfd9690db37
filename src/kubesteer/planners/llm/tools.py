"""What a model may call: the operations, with schemas made small, and `ask`.

The first request must fit 3,000 tokens with instructions, so a schema says only what its reader cannot guess:
no titles, no nulls, no defaults, no list of all kinds.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, get_args

from kubesteer.core.operations import Operation
from kubesteer.core.plans import Condition
from kubesteer.planners.llm.tokens import tokens

ASK = "ask"
_KEPT = ("type", "enum", "items", "properties", "required", "additionalProperties")
_EXPLAINED = frozenset({"kind", "namespace", "name", "container"})
"""Arguments that the instructions explain once; what can be left out of them is said where it applies."""
_LONGEST_DESCRIPTION = 70
"""Characters of an argument's description that are worth their tokens on every request."""


@dataclass(frozen=True, slots=True)
class Tool:
    """One function a model may call: its name, one line of description, and the JSON schema of arguments."""

    name: str
    description: str
    schema: Mapping[str, Any]

    @property
    def tokens(self) -> int:
        """What the tool costs on every request, in the widest wire format (OpenAI's)."""
        function = {"name": self.name, "description": self.description, "parameters": self.schema}
        return tokens(json.dumps({"type": "function", "function": function}, separators=(",", ":")))


def tool_of(operation: type[Operation]) -> Tool:
    """An operation as a tool."""
    schema = _small(operation.model_json_schema(), {})
    schema.pop("additionalProperties", None)
    for name, part in schema.get("properties", {}).items():
        if name in _EXPLAINED and "left out" not in part.get("description", ""):
            part.pop("description", None)
    return Tool(operation.name_, operation.summary.en, schema)


def with_condition(tool: Tool) -> Tool:
    """A write that may carry a condition; for a person who said "if"."""
    condition = {"type": "string", "enum": list(get_args(Condition))}
    return replace(
        tool,
        schema={**tool.schema, "properties": {**tool.schema.get("properties", {}), "condition": condition}},
    )


def within(tools: Iterable[Tool], budget: int) -> tuple[Tool, ...]:
    """As many of the tools, in their order, as so many tokens hold."""
    kept: list[Tool] = []
    for tool in tools:
        budget -= tool.tokens
        if budget >= 0:
            kept.append(tool)
    return tuple(kept)


ASK_TOOL = Tool(
    ASK,
    "Ask the person one question when an argument cannot be known",
    {
        "type": "object",
        "properties": {
            "question": {"type": "string"},
            "missing": {"type": "array", "items": {"type": "string"}},
            "candidates": {"type": "array", "items": {"type": "string"}},
        },
        "required": ["question"],
    },
)


def _small(schema: Mapping[str, Any], definitions: Mapping[str, Any]) -> dict[str, Any]:
    """The schema with what a model does not need left out, references and optional types resolved."""
    definitions = {**definitions, **schema.get("$defs", {})}
    if "$ref" in schema:
        return _small(definitions[str(schema["$ref"]).rsplit("/", 1)[-1]], definitions)
    real = [one for one in schema.get("anyOf", ()) if one.get("type") != "null"]
    if real:
        small = _small(real[0], definitions)
    else:
        small = {key: schema[key] for key in _KEPT if key in schema}
    if "properties" in small:
        small["properties"] = {
            name: _small(part, definitions)
            for name, part in small["properties"].items()
            if name != "condition"
        }
    if isinstance(small.get("items"), dict):
        small["items"] = _small(small["items"], definitions)
    said = schema.get("description", "")
    if said and "properties" not in small and len(said) <= _LONGEST_DESCRIPTION:
        small["description"] = said
    return small
