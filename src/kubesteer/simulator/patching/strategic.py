"""Strategic merge patch (`application/strategic-merge-patch+json`).

Source: https://github.com/kubernetes/community/blob/main/contributors/devel/sig-api-machinery/strategic-merge-patch.md
"""

from typing import Any

import msgspec

from kubesteer.simulator.failures import bad_request
from kubesteer.simulator.objects import Obj, clone
from kubesteer.simulator.schemas.shapes import Field, child, element, root

encode = msgspec.json.Encoder().encode
DIRECTIVE = "$patch"
RETAIN = "$retainKeys"
ORDER = "$setElementOrder/"
DELETE_PRIMITIVES = "$deleteFromPrimitiveList/"


def strategic_merge(obj: Obj, patch: Any, api_version: str, kind: str) -> Obj:
    """The object with the patch merged in by the merge keys of its type. Raises Failure 400."""
    if not isinstance(patch, dict):
        raise bad_request("json: cannot unmarshal a strategic merge patch that is not an object")
    merged: Obj = _merge_map(clone(obj), patch, root(api_version, kind))
    return merged


def _merge_map(target: Obj, patch: Obj, field: Field) -> Obj:
    directive = patch.get(DIRECTIVE)
    if directive == "replace":
        return {key: clone(value) for key, value in patch.items() if key != DIRECTIVE}
    if directive == "delete":
        return {}
    if directive not in (None, "merge"):
        raise bad_request(f"Unknown patch type found: {directive}")
    if (kept := patch.get(RETAIN)) is not None:
        if not isinstance(kept, list):
            raise bad_request("invalid patch format of retainKeys")
        target = {key: value for key, value in target.items() if key in kept}
    for key, value in patch.items():
        if not key.startswith("$"):
            _merge_member(target, key, value, child(field, key))
    _rearrange(target, patch, field)
    return target


def _rearrange(target: Obj, patch: Obj, field: Field) -> None:
    for key, value in patch.items():
        if key.startswith(DELETE_PRIMITIVES):
            _delete_primitives(target, key.removeprefix(DELETE_PRIMITIVES), value)
    for key, value in patch.items():
        if key.startswith(ORDER):
            name = key.removeprefix(ORDER)
            _order(target, name, value, child(field, name))


def _merge_member(target: Obj, key: str, value: Any, field: Field) -> None:
    if value is None or (isinstance(value, dict) and value.get(DIRECTIVE) == "delete"):
        target.pop(key, None)
    elif isinstance(value, dict):
        held = target.get(key)
        target[key] = _merge_map(held if isinstance(held, dict) else {}, value, field)
    elif isinstance(value, list):
        target[key] = _merge_list(target.get(key), value, field)
    else:
        target[key] = value


def _merge_list(held: Any, patch: list[Any], field: Field) -> list[Any]:
    current = held if isinstance(held, list) else []
    if "merge" not in field:
        return [clone(item) for item in patch if not _is_directive(item)]
    if any(isinstance(item, dict) and item.get(DIRECTIVE) == "replace" for item in patch):
        return [clone(item) for item in patch if not _is_directive(item)]
    key = field["merge"]
    if not key or not all(isinstance(item, dict) for item in patch):
        return [*current, *(clone(item) for item in patch if item not in current)]
    for item in patch:
        current = _merge_element(current, item, key, element(field))
    return current


def _is_directive(item: Any) -> bool:
    return isinstance(item, dict) and DIRECTIVE in item and set(item) <= {DIRECTIVE}


def _merge_element(current: list[Any], item: Obj, key: str, field: Field) -> list[Any]:
    if key not in item:
        raise bad_request(f"map: {item} does not contain declared merge key: {key}")
    place = next((i for i, old in enumerate(current) if old.get(key) == item[key]), None)
    if item.get(DIRECTIVE) == "delete":
        return [old for old in current if old.get(key) != item[key]]
    if place is None:
        return [*current, _merge_map({}, item, field)]
    return [*current[:place], _merge_map(current[place], item, field), *current[place + 1 :]]


def _delete_primitives(target: Obj, name: str, values: Any) -> None:
    held = target.get(name)
    if isinstance(held, list) and isinstance(values, list):
        target[name] = [item for item in held if item not in values]


def _order(target: Obj, name: str, wanted: Any, field: Field) -> None:
    """Elements that the order names come in that order; others keep their place relative to the one before."""
    held = target.get(name)
    if not isinstance(held, list) or not isinstance(wanted, list):
        return
    key = field.get("merge") or ""
    ranks = {_identity(item, key): rank for rank, item in enumerate(wanted)}
    rank, keyed = -1, []
    for position, item in enumerate(held):
        rank = ranks.get(_identity(item, key), rank)
        keyed.append((rank, position, item))
    target[name] = [item for _, _, item in sorted(keyed, key=lambda entry: entry[:2])]


def _identity(item: Any, key: str) -> bytes:
    return encode(item.get(key) if isinstance(item, dict) else item)
