"""The way back, field by field: what Restore needs to know, as data that a ledger can hold, and its JSON Patch.

The fields are found again in the object as it is when it is restored, so lists may have been reordered; every
field is tested to still have the value that the change gave it (RFC 6902 `test`).
"""

from __future__ import annotations

import copy
from collections.abc import Iterable
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from typing import Any

from pydantic import BaseModel, ConfigDict

from kubesteer.core.errors import Refused
from kubesteer.core.refs import Ref
from kubesteer.core.requests import Manifest
from kubesteer.core.texts import Text
from kubesteer.operations.differences import ABSENT, FieldChange, Item, Segment, path_words

PatchOperation = dict[str, Any]
Location = tuple[str | int, ...]
"""Keys of objects and positions in lists, down to a value."""


class Place(BaseModel):
    """An item of a list, by the field that names it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str
    value: str | int
    position: int = 0


class FieldBack(BaseModel):
    """One field to put back: `ours` is what the change made of it, `theirs` what it was; [] for absent."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: tuple[str | Place, ...]
    ours: tuple[Any, ...] = ()
    theirs: tuple[Any, ...] = ()

    @classmethod
    def of(cls, change: FieldChange) -> FieldBack:
        """The way back from one difference."""
        path = tuple(
            Place(key=s.key, value=s.value, position=s.position) if isinstance(s, Item) else s
            for s in change.path
        )
        return cls(path=path, ours=_boxed(change.new), theirs=_boxed(change.old))

    @property
    def change(self) -> FieldChange:
        """As a difference: from what the change made of it to what it was."""
        path: tuple[Segment, ...] = tuple(
            Item(p.key, p.value, p.position) if isinstance(p, Place) else p for p in self.path
        )
        return FieldChange(path, _unboxed(self.ours), _unboxed(self.theirs))


def json_patch(ref: Ref, current: Manifest, fields: Iterable[FieldBack]) -> list[PatchOperation]:
    """The operations that put the fields back, each guarded by a test; [] where all are back already.

    Raises:
        Refused: somebody changed one of the fields in between.
    """
    changes = [field.change for field in fields]
    pending = [change for change in changes if not _equal(_find(current, change.path)[0], change.new)]
    for change in pending:
        if not _equal(_find(current, change.path)[0], change.old):
            raise _changed_since(ref, change)
    draft = _Draft(copy.deepcopy(current))
    # What goes, goes first: then items come back to lists in which they had their positions.
    for change in sorted(pending, key=lambda each: each.new is not ABSENT):
        draft.put_back(change)
    return draft.operations


def pointer(place: Iterable[str | int]) -> str:
    """A JSON Pointer (RFC 6901)."""
    return "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in place)


@dataclass(slots=True)
class _Draft:
    """The object as it becomes, operation by operation, so that each finds list items where they then stand."""

    object: Any
    operations: list[PatchOperation] = dataclass_field(default_factory=list)
    _guarded: set[str] = dataclass_field(default_factory=set)

    def put_back(self, change: FieldChange) -> None:
        value, place = _find(self.object, change.path)
        self._guard(change.path, place)
        if change.new is ABSENT:
            self._test(place, value)
            self._remove(place)
        elif value is ABSENT:
            self._add_parents(change.path, place)
            self._add(place, change.new)
        else:
            self._test(place, value)
            self._replace(place, change.new)

    def _guard(self, path: tuple[Segment, ...], place: Location) -> None:
        """Test that every list item on the way is the one of that name."""
        for depth, segment in enumerate(path[:-1], start=1):
            named = (*place[:depth], segment.key) if isinstance(segment, Item) else ()
            if named and _at(self.object, named) is not ABSENT and pointer(named) not in self._guarded:
                self._guarded.add(pointer(named))
                self._test(named, _at(self.object, named))

    def _add_parents(self, path: tuple[Segment, ...], place: Location) -> None:
        for depth in range(1, len(place)):
            if _at(self.object, place[:depth]) in (ABSENT, None):
                self._add(place[:depth], [] if isinstance(path[depth], Item) else {})

    def _test(self, place: Location, value: Any) -> None:
        self.operations.append({"op": "test", "path": pointer(place), "value": copy.deepcopy(value)})

    def _add(self, place: Location, value: Any) -> None:
        self.operations.append({"op": "add", "path": pointer(place), "value": value})
        parent = _at(self.object, place[:-1])
        if isinstance(parent, list):
            parent.insert(int(place[-1]), copy.deepcopy(value))
            self._guarded.clear()  # positions have moved
        else:
            parent[place[-1]] = copy.deepcopy(value)

    def _replace(self, place: Location, value: Any) -> None:
        self.operations.append({"op": "replace", "path": pointer(place), "value": value})
        _at(self.object, place[:-1])[place[-1]] = copy.deepcopy(value)

    def _remove(self, place: Location) -> None:
        self.operations.append({"op": "remove", "path": pointer(place)})
        parent = _at(self.object, place[:-1])
        del parent[place[-1]]
        if isinstance(parent, list):
            self._guarded.clear()


def _find(current: Any, path: tuple[Segment, ...]) -> tuple[Any, tuple[str | int, ...]]:
    """The value at a path, and where it stands now; ABSENT, and where it would be put."""
    place: list[str | int] = []
    value = current
    for segment in path:
        if isinstance(segment, Item):
            items = value if isinstance(value, list) else []
            index = next((i for i, item in enumerate(items) if item.get(segment.key) == segment.value), None)
            place.append(min(segment.position, len(items)) if index is None else index)
            value = ABSENT if index is None else items[index]
        else:
            place.append(segment)
            value = value.get(segment, ABSENT) if isinstance(value, dict) else ABSENT
    return value, tuple(place)


def _at(current: Any, place: Location) -> Any:
    value = current
    for part in place:
        if isinstance(value, dict):
            value = value.get(part, ABSENT)
        elif isinstance(value, list) and str(part).isdigit() and int(part) < len(value):
            value = value[int(part)]
        else:
            return ABSENT
    return value


def _equal(one: Any, other: Any) -> bool:
    return bool(one == other) or (one in (ABSENT, None) and other in (ABSENT, None))


def _changed_since(ref: Ref, change: FieldChange) -> Refused:
    path = path_words(change.path)
    return Refused(
        Text(
            f"{ref} 的 {path} 在那之后又被改过,不能直接撤销。",
            f"{path} of {ref} was changed again since, so this cannot simply be undone.",
        ),
        Text(
            "请查看现在的值,再明确说明要改成什么。", "Look at it as it is now, and say what it should become."
        ),
    )


def _boxed(value: Any) -> tuple[Any, ...]:
    return () if value is ABSENT else (value,)


def _unboxed(box: tuple[Any, ...]) -> Any:
    return box[0] if box else ABSENT
