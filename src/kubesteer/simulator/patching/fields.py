"""Sets of field paths: what a manager owns (`fieldsV1`).

A path is a tuple of the elements of the wire form: `f:name` for a member, `k:{…}` for an element of an
associative list, `v:…` for a member of a set. Leaves are scalars, atomic structures and atomic lists; an
element of an associative list is itself a member, written `.`.
Source: https://kubernetes.io/docs/reference/using-api/server-side-apply/#field-management
"""

from collections.abc import Iterator
from typing import Any

import msgspec

from kubesteer.simulator.objects import Obj
from kubesteer.simulator.schemas.shapes import Field, child, element, is_atomic, shape_of

Path = tuple[str, ...]
Leaves = dict[Path, Any]
DOT = "."
UNOWNED = frozenset(
    {
        ("f:apiVersion",),
        ("f:kind",),
        ("f:metadata", "f:name"),
        ("f:metadata", "f:namespace"),
        ("f:metadata", "f:uid"),
        ("f:metadata", "f:resourceVersion"),
        ("f:metadata", "f:generation"),
        ("f:metadata", "f:creationTimestamp"),
        ("f:metadata", "f:deletionTimestamp"),
        ("f:metadata", "f:selfLink"),
    }
)
"""What nobody owns, being the server's or the object's identity."""


def leaves(obj: Obj, field: Field) -> Leaves:
    """Every leaf path of an object with its value, managed fields and identity left out."""
    bare = {**obj, "metadata": {k: v for k, v in obj.get("metadata", {}).items() if k != "managedFields"}}
    return {path: value for path, value in _walk(bare, field, ()) if path not in UNOWNED}


def _walk(value: Any, field: Field, at: Path) -> Iterator[tuple[Path, Any]]:
    if isinstance(value, dict) and value and not is_atomic(field):
        for key, member in value.items():
            yield from _walk(member, child(field, key), (*at, f"f:{key}"))
    elif isinstance(value, list) and ("keys" in field or "set" in field):
        yield from _walk_list(value, field, at)
    else:
        yield at, value


def _walk_list(value: list[Any], field: Field, at: Path) -> Iterator[tuple[Path, Any]]:
    for item in value:
        step = element_step(item, field)
        if "set" in field or not isinstance(item, dict):
            yield (*at, step), item
            continue
        yield (*at, step, DOT), True
        yield from _walk(item, element(field), (*at, step))


def element_step(item: Any, field: Field) -> str:
    """The path element of a list element."""
    if "keys" not in field or not isinstance(item, dict):
        return f"v:{_compact(item)}"
    known = shape_of(element(field)) or {}
    defaults = {"protocol": "TCP"} if "protocol" in known.get("fields", {}) else {}
    keys = {key: item.get(key, defaults.get(key)) for key in sorted(field["keys"])}
    return f"k:{_compact({key: value for key, value in keys.items() if value is not None})}"


def _compact(value: Any) -> str:
    return msgspec.json.encode(value, order="deterministic").decode()


def to_fields_v1(paths: frozenset[Path]) -> Obj:
    """The wire form of a set of paths."""
    tree: Obj = {}
    for path in sorted(paths):
        place = tree
        for step in path:
            place = place.setdefault(step, {})
    return tree


def from_fields_v1(tree: Any, at: Path = ()) -> frozenset[Path]:
    """The set of paths behind a wire form."""
    if not isinstance(tree, dict) or not tree:
        return frozenset({at} if at else ())
    return frozenset().union(*(from_fields_v1(inner, (*at, step)) for step, inner in tree.items()))
