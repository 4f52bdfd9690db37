"""What a reply means: calls that can be run, a question, or an answer; or why it means nothing."""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, get_args

from pydantic import ValidationError

from kubesteer.core.errors import KubesteerError
from kubesteer.core.operations import Operation, Read
from kubesteer.core.plans import Call, Condition
from kubesteer.planners.llm.answers import clean
from kubesteer.planners.llm.prompts import Reply, Wanted
from kubesteer.planners.llm.tools import ASK
from kubesteer.planners.llm.troubles import Trouble, nonsense

MOST_CALLS = 6
"""Calls of one reply; a reply with more has lost its way."""

LONGEST_QUESTION = 600
"""Characters of a question back."""

_FENCED = re.compile(r"^```(?:json)?\s*(.*?)\s*```$", re.DOTALL)
_REPETITIVE = 0.06
"""A text that compresses to less than this share of itself says one thing over and over."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question back, in the model's words."""

    text: str
    missing: tuple[str, ...] = ()
    candidates: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Calls:
    """Calls whose arguments fit their operations, reads apart from writes; `wanted` are the reads as worded."""

    reads: tuple[Call, ...]
    writes: tuple[Call, ...]
    wanted: tuple[Wanted, ...] = ()


def meaning(
    reply: Reply, operations: Mapping[str, type[Operation]], seen: Sequence[Call] = ()
) -> Calls | Question | str | Trouble:
    """The reply's meaning; a `str` is an answer. `seen` are the calls whose result the model has already."""
    wanted = reply.calls or _written_out(reply.text)
    if wanted:
        return _calls(wanted, operations, seen)
    text = clean(reply.text)
    if not any(char.isalnum() for char in text):
        return nonsense("模型没有回答", "the model gave an empty reply", "Your reply was empty.")
    if _repetitive(text):
        return nonsense("模型在重复同样的话", "the model repeats itself", "Do not repeat yourself.")
    if text.startswith(("{", "[{", "<tool", "```json")):
        return nonsense(
            "模型的回答不是一句话", "the model's reply is no sentence", "Call a tool or answer in words."
        )
    return text


def _calls(
    wanted: Sequence[Wanted], operations: Mapping[str, type[Operation]], seen: Sequence[Call]
) -> Calls | Question | Trouble:
    if len(wanted) > MOST_CALLS:
        return nonsense(
            "模型一次要做的事太多", "the model wants too much at once", f"At most {MOST_CALLS} calls."
        )
    reads: list[tuple[Wanted, Call]] = []
    writes: list[Call] = []
    for one in wanted:
        if one.name == ASK:
            return _question(one)
        call = _call(one, operations)
        if isinstance(call, Trouble):
            return call
        if issubclass(operations[call.operation], Read):
            reads.append((one, call))
        elif call not in writes:
            writes.append(call)
    fresh = _fresh(reads, seen)
    if reads and not fresh and not writes:
        return nonsense(
            "模型在重复同样的查看",
            "the model repeats the same read",
            "You have that observation already. Answer now.",
        )
    return Calls(tuple(call for _, call in fresh), tuple(writes), tuple(one for one, _ in fresh))


def _fresh(reads: Sequence[tuple[Wanted, Call]], seen: Sequence[Call]) -> list[tuple[Wanted, Call]]:
    known, fresh = list(seen), []
    for one, call in reads:
        if call not in known:
            known.append(call)
            fresh.append((one, call))
    return fresh


def _call(wanted: Wanted, operations: Mapping[str, type[Operation]]) -> Call | Trouble:
    shown = clean(wanted.name)[:40]
    verb = operations.get(wanted.name)
    if verb is None:
        return nonsense(f"模型调用了不存在的工具 {shown}", f"the model called an unknown tool {shown}")
    arguments = _decoded(wanted.arguments)
    if arguments is None:
        return nonsense(
            "模型的参数不是 JSON",
            "the model's arguments are not JSON",
            f"{verb.name_}: arguments must be JSON.",
        )
    given = {key: value for key, value in arguments.items() if value is not None and value != ""}
    condition = given.pop("condition", None)
    if condition is not None and (issubclass(verb, Read) or condition not in get_args(Condition)):
        return nonsense(
            "模型给的条件无效", "the model's condition is not valid", "That condition does not exist."
        )
    try:
        valid = verb.model_validate(given)
    except ValidationError as error:
        return _misfit(verb, error)
    except KubesteerError as error:
        return nonsense(
            f"模型给的参数无效:{error.text.zh}", f"the model's arguments are wrong: {error.text.en}"
        )
    except RecursionError:
        return nonsense("模型的参数嵌套过深", "the model's arguments are nested too deeply")
    return Call(verb.name_, _json(valid, given), condition)


def _json(valid: Operation, given: Mapping[str, Any]) -> dict[str, Any]:
    """The validated arguments that the model gave, as JSON; the kind in its proper spelling."""
    return {key: value for key, value in valid.model_dump(mode="json").items() if key in given}


def _misfit(verb: type[Operation], error: ValidationError) -> Trouble:
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    where = clean(".".join(map(str, first["loc"])))[:60]
    why = clean(str(first["msg"]))[:120]
    return nonsense(
        f"模型给 {verb.name_} 的参数 {where} 不对",
        f"the model's arguments for {verb.name_} do not fit: {where}: {why}",
    )


def _question(wanted: Wanted) -> Question | Trouble:
    arguments = _decoded(wanted.arguments)
    text = arguments.get("question") if arguments is not None else None
    if not isinstance(text, str) or not clean(text):
        return nonsense("模型的提问是空的", "the model asked an empty question")
    assert arguments is not None
    return Question(
        clean(text)[:LONGEST_QUESTION],
        _strings(arguments.get("missing")),
        _strings(arguments.get("candidates")),
    )


def _strings(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list):
        return ()
    return tuple(clean(item)[:100] for item in value[:10] if isinstance(item, str) and clean(item))


def _decoded(arguments: str) -> dict[str, Any] | None:
    try:
        value = json.loads(arguments or "{}", parse_constant=_no_constant)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _written_out(text: str) -> tuple[Wanted, ...]:
    """Calls that a small model wrote as text: one JSON object, or a list, with a name and arguments."""
    bare = text.strip()
    fenced = _FENCED.match(bare)
    body = fenced[1] if fenced else bare
    if not body.startswith(("{", "[")):
        return ()
    try:
        value = json.loads(body, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        return ()
    found = [_written(one) for one in (value if isinstance(value, list) else [value])]
    return tuple(Wanted(f"w{i}", *one) for i, one in enumerate(found) if one) if all(found) else ()


def _written(one: Any) -> tuple[str, str] | None:
    if not isinstance(one, dict):
        return None
    name = one.get("name") or one.get("tool") or one.get("operation")
    arguments = one.get("arguments", one.get("parameters", {}))
    if not isinstance(name, str) or not isinstance(arguments, dict):
        return None
    return name, json.dumps(arguments)


def _repetitive(text: str) -> bool:
    raw = text.encode("utf-8", "replace")
    return len(raw) > 1500 and len(zlib.compress(raw)) < _REPETITIVE * len(raw)
