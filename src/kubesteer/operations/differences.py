"""What differs between two states of an object, field by field, as a person would name the fields.

Lists of named items are compared by name, not by position. What the server writes by itself is left out.
Source of the merge keys: the `x-kubernetes-list-map-keys` and patch keys of the Kubernetes OpenAPI document.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from kubesteer.core.requests import Manifest


class Absent(Enum):
    """The type of ABSENT."""

    ABSENT = "absent"


ABSENT: Final = Absent.ABSENT
"""Stands for a field that is not there, where null would be a value."""

LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"

_SERVER_METADATA = frozenset(
    {"managedFields", "resourceVersion", "generation", "uid", "creationTimestamp", "selfLink"}
)
_SERVER_ANNOTATIONS = frozenset({LAST_APPLIED, "kubesteer.io/change", "deployment.kubernetes.io/revision"})
_MERGE_KEYS = ("name", "mountPath", "devicePath", "containerPort", "port", "ip", "uid", "topologyKey")
# Maps with free keys: an added map is shown key by key. Elsewhere an added object is one change, because an
# object emptied again (a probe without a handler) would not be valid.
_FREE_MAPS = frozenset(
    {"labels", "annotations", "nodeSelector", "data", "stringData", "resources", "limits", "requests"}
)
_PLAIN = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Item:
    """The item of a list whose `key` has this value; `position` is where it stood when it was seen."""

    key: str
    value: Any
    position: int = 0

    def __str__(self) -> str:
        return f"[{self.value}]"


Segment = str | Item


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field that differs. `old` or `new` is ABSENT where the field is not there."""

    path: tuple[Segment, ...]
    old: Any
    new: Any

    @property
    def inverse(self) -> FieldChange:
        """The change back."""
        return FieldChange(self.path, self.new, self.old)

    def __str__(self) -> str:
        return path_words(self.path)


def path_words(path: tuple[Segment, ...]) -> str:
    """`spec.template.spec.containers[app].image`; keys with dots in brackets."""
    words = ""
    for segment in path:
        if isinstance(segment, Item) or not _PLAIN.fullmatch(segment):
            words += f"[{segment.value if isinstance(segment, Item) else segment}]"
        else:
            words += f".{segment}" if words else segment
    return words


def differences(before: Manifest | None, after: Manifest | None) -> tuple[FieldChange, ...]:
    """The fields that differ, in the order of the newer object."""
    if before is None or after is None:
        old: Any = ABSENT if before is None else declared(before)
        new: Any = ABSENT if after is None else declared(after)
        return () if old is new else (FieldChange((), old, new),)
    return tuple(_compare((), _typeless(before), _typeless(after)))


def declared(manifest: Manifest) -> Manifest:
    """The object as somebody would have written it: without status and the server's bookkeeping."""
    clean = {key: value for key, value in manifest.items() if key != "status"}
    metadata = {k: v for k, v in (clean.get("metadata") or {}).items() if k not in _SERVER_METADATA}
    annotations = {
        key: value
        for key, value in (metadata.pop("annotations", None) or {}).items()
        if key not in _SERVER_ANNOTATIONS
    }
    return clean | {"metadata": metadata | ({"annotations": annotations} if annotations else {})}


def _typeless(manifest: Manifest) -> Manifest:
    """An object's type never changes, and items of a list do not carry it."""
    return {key: value for key, value in declared(manifest).items() if key not in ("apiVersion", "kind")}


def merge_key(*lists: list[Any]) -> str:
    """The field that tells the items of all these lists apart; "" if there is none."""
    items = [item for each in lists for item in each]
    if not items or not all(isinstance(item, dict) for item in items):
        return ""
    return next((key for key in _MERGE_KEYS if all(_distinct(each, key) for each in lists)), "")


def _distinct(items: list[dict[str, Any]], key: str) -> bool:
    values = [item[key] for item in items if isinstance(item.get(key), str | int)]
    return len(values) == len(items) == len(set(values))


def _compare(path: tuple[Segment, ...], old: Any, new: Any) -> Iterator[FieldChange]:
    if _same(old, new):
        return
    if isinstance(old, dict) and isinstance(new, dict):
        yield from _compare_maps(path, old, new)
    elif isinstance(old, list) and isinstance(new, list) and (key := merge_key(old, new)):
        yield from _compare_items(path, old, new, key)
    elif _is_free(path) and isinstance(_or_empty(old), dict) and isinstance(_or_empty(new), dict):
        yield from _compare_maps(path, _or_empty(old), _or_empty(new))
    else:
        yield FieldChange(path, old, new)


def _compare_maps(
    path: tuple[Segment, ...], old: Mapping[str, Any], new: Mapping[str, Any]
) -> Iterator[FieldChange]:
    for key in [*new, *(key for key in old if key not in new)]:
        yield from _compare((*path, key), old.get(key, ABSENT), new.get(key, ABSENT))


def _compare_items(
    path: tuple[Segment, ...], old: list[Any], new: list[Any], key: str
) -> Iterator[FieldChange]:
    before = {item[key]: (position, item) for position, item in enumerate(old)}
    after = {item[key]: (position, item) for position, item in enumerate(new)}
    for value in [*after, *(value for value in before if value not in after)]:
        position, _ = after.get(value) or before[value]
        was, becomes = before.get(value, (0, ABSENT))[1], after.get(value, (0, ABSENT))[1]
        yield from _compare((*path, Item(key, value, position)), was, becomes)


def _same(old: Any, new: Any) -> bool:
    """Equal, where a missing field, null and an empty object or list are one and the same."""
    return bool(old == new) or (_is_nothing(old) and _is_nothing(new))


def _is_nothing(value: Any) -> bool:
    return value is ABSENT or value is None or (isinstance(value, dict | list) and not value)


def _is_free(path: tuple[Segment, ...]) -> bool:
    return bool(path) and isinstance(path[-1], str) and path[-1] in _FREE_MAPS


def _or_empty(value: Any) -> Any:
    return {} if value is ABSENT or value is None else value
