"""What a model may call: the operations, with schemas made small, and `ask`.

The first request must fit 3,000 tokens with instructions, so a schema says only what its reader cannot guess:
no titles, no nulls, no defaults, no list of all kinds.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from kubesteer.core.operations import Operation, Read
from kubesteer.planners.llm.tokens import tokens

ASK = "ask"
CONDITIONS = ("cpu_high", "memory_high", "oom", "crashing", "not_ready", "errors_in_logs")

_KEPT = ("type", "enum", "items", "minimum", "maximum", "properties", "required", "additionalProperties")
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
    """An operation as a tool. A write can carry a condition, which the schema of its fields does not hold."""
    schema = _small(operation.model_json_schema(), {})
    schema.pop("additionalProperties", None)
    if not issubclass(operation, Read):
        schema.setdefault("properties", {})["condition"] = {"type": "string", "enum": list(CONDITIONS)}
    return Tool(operation.name_, operation.summary.en, schema)


def tools_of(operations: Iterable[type[Operation]]) -> tuple[Tool, ...]:
    """The operations and `ask`."""
    return (*(tool_of(operation) for operation in operations), ASK_TOOL)


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
