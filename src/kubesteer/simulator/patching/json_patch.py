"""RFC 6902 JSON Patch (`application/json-patch+json`)."""

from typing import Any

from kubesteer.simulator.failures import Failure, bad_request
from kubesteer.simulator.objects import Obj, clone

MOST_STEPS = 10_000
MOST_COPIES = 12
"""Copies double what they copy from: more of them than this have no honest use."""


def _refused(message: str) -> Failure:
    return Failure(
        422, "Invalid", f"the server rejected our request due to an error in our request: {message}"
    )


def _tokens(pointer: Any) -> list[str]:
    if not isinstance(pointer, str) or (pointer and not pointer.startswith("/")):
        raise bad_request(f"json patch: bad path {pointer!r}")
    return [part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:]]


def _index(holder: list[Any], token: str, *, adding: bool = False) -> int:
    if adding and token == "-":
        return len(holder)
    limit = len(holder) + 1 if adding else len(holder)
    if not token.isdecimal() or len(token) > 9 or int(token) >= limit:
        raise _refused(f"json patch: index {token!r} is out of bounds")
    return int(token)


def _step(holder: Any, token: str, pointer: str) -> Any:
    if isinstance(holder, dict) and token in holder:
        return holder[token]
    if isinstance(holder, list):
        return holder[_index(holder, token)]
    raise _refused(f"json patch: {pointer} is missing")


def _read(document: Any, pointer: str) -> Any:
    for token in _tokens(pointer):
        document = _step(document, token, pointer)
    return document


def _parent(document: Any, pointer: str) -> tuple[Any, str]:
    tokens = _tokens(pointer)
    if not tokens:
        raise _refused("json patch: the whole document cannot be replaced")
    for token in tokens[:-1]:
        document = _step(document, token, pointer)
    return document, tokens[-1]


def _add(document: Any, pointer: str, value: Any) -> None:
    holder, token = _parent(document, pointer)
    if isinstance(holder, dict):
        holder[token] = value
    elif isinstance(holder, list):
        holder.insert(_index(holder, token, adding=True), value)
    else:
        raise _refused(f"json patch: {pointer} has no place to be added to")


def _remove(document: Any, pointer: str) -> Any:
    holder, token = _parent(document, pointer)
    value = _step(holder, token, pointer)
    del holder[_index(holder, token) if isinstance(holder, list) else token]
    return value


def _replace(document: Any, pointer: str, value: Any) -> None:
    holder, token = _parent(document, pointer)
    _step(holder, token, pointer)
    holder[_index(holder, token) if isinstance(holder, list) else token] = value


def _same(left: Any, right: Any) -> bool:
    return bool(left == right) and isinstance(left, bool) is isinstance(right, bool)


def _apply(document: Any, step: Obj) -> None:
    operation, path = step.get("op"), step.get("path", "")
    if operation == "add":
        _add(document, path, clone(step.get("value")))
    elif operation == "remove":
        _remove(document, path)
    elif operation == "replace":
        _replace(document, path, clone(step.get("value")))
    elif operation == "move":
        _add(document, path, _remove(document, step.get("from", "")))
    elif operation == "copy":
        _add(document, path, clone(_read(document, step.get("from", ""))))
    elif operation == "test":
        if not _same(_read(document, path), step.get("value")):
            raise _refused(f"testing value {path} failed")
    else:
        raise _refused(f"json patch: unexpected kind of operation {operation!r}")


def json_patch(obj: Obj, patch: Any) -> Obj:
    """The object after all steps; none of them takes effect when one fails. Raises Failure 400 or 422."""
    if not isinstance(patch, list) or not all(isinstance(step, dict) for step in patch):
        raise bad_request("json: a JSON patch is a list of operations")
    if len(patch) > MOST_STEPS or sum(step.get("op") == "copy" for step in patch) > MOST_COPIES:
        raise Failure(413, "RequestEntityTooLarge", f"a JSON patch has at most {MOST_STEPS} operations")
    document: Obj = clone(obj)
    for step in patch:
        _apply(document, step)
    return document
