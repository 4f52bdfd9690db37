"""Who manages which fields of an object, and whether applying a manifest would change anything. Pure.

Source: Kubernetes documentation, "Server-Side Apply" (Field management, Conflicts); the encoding of fieldsV1 in
sigs.k8s.io/structured-merge-diff: `f:` a field, `k:` the item of a list by its keys, `v:` an item of a set.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from kubesteer.core.requests import Manifest
from kubesteer.operations import workloads as w
from kubesteer.operations.differences import merge_key

MANAGER = "kubesteer"
"""The field manager of our own writes."""
_OUR_MARK = "f:kubesteer.io/change"


def contested_by_us_alone(live: Manifest, body: Manifest) -> bool:
    """Whether fields that the manifest changes may be owned by our own earlier patches, and by nobody else.

    A patch and an apply of the same manager are two owners to the server: without force it refuses the one for
    the other's sake.
    """
    ours = any(each.get("operation") == "Update" for each in _entries(live, ours=True))
    return ours and not any(_contests(fields, body, live) for fields in _fields(live, ours=False))


def is_in_effect(live: Manifest, body: Manifest) -> bool:
    """Whether applying the manifest would change nothing: all of it is there, and it drops nothing that an
    earlier apply of ours brought."""
    applied = [entry for entry in _entries(live, ours=True) if entry.get("operation") == "Apply"]
    return _contained(body, live) and not any(_drops(w.table_at(e, "fieldsV1"), body) for e in applied)


def _entries(live: Manifest, *, ours: bool) -> list[Manifest]:
    every = w.items_at(live, "metadata", "managedFields")
    return [
        each for each in every if (each.get("manager") == MANAGER) is ours and not each.get("subresource")
    ]


def _fields(live: Manifest, *, ours: bool) -> Iterator[Manifest]:
    return (w.table_at(each, "fieldsV1") for each in _entries(live, ours=ours))


def _contests(fields: Manifest, body: Any, live: Any) -> bool:
    """Whether a manifest would change one of these fields."""
    for key, inner in fields.items():
        given, present = _step(key, body), _step(key, live)
        if given is None:
            continue
        if set(inner) - {"."}:
            if _contests(inner, given, present):
                return True
        elif key.startswith("f:") and given != present:
            return True
    return False


def _drops(fields: Manifest, body: Any) -> bool:
    """Whether one of these fields is missing from a manifest."""
    for key, inner in fields.items():
        if key == "." or key == _OUR_MARK or key.startswith("v:"):
            continue
        given = _step(key, body)
        if given is None or (set(inner) - {"."} and _drops(inner, given)):
            return not _only_mark(key, inner)
    return False


def _only_mark(key: str, inner: Manifest) -> bool:
    """Annotations of which only our own mark is left."""
    return key == "f:annotations" and set(inner) - {"."} == {_OUR_MARK}


def _step(key: str, value: Any) -> Any:
    """What stands under a key of fieldsV1; None for nothing."""
    if key.startswith("f:") and isinstance(value, dict):
        return value.get(key[2:])
    if key.startswith("k:") and isinstance(value, list):
        keys = json.loads(key[2:])
        items = (item for item in value if isinstance(item, dict))
        return next((item for item in items if all(item.get(k) == v for k, v in keys.items())), None)
    return None


def _contained(body: Any, live: Any) -> bool:
    """Whether an object has all that a manifest says of it."""
    if isinstance(body, dict) and isinstance(live, dict):
        return all(_contained(value, live.get(key)) for key, value in body.items())
    if isinstance(body, list) and isinstance(live, list):
        key = merge_key(body, live)
        if not key:
            return len(body) == len(live) and all(map(_contained, body, live))
        present = {item[key]: item for item in live}
        return all(_contained(item, present.get(item[key])) for item in body)
    return bool(body == live) or (body in ({}, [], None) and live in ({}, [], None))
