"""The way back, field by field: what Restore needs to know, as data that a ledger can hold, and its JSON Patch.

The fields are found again in the object as it is when it is restored, so lists may have been reordered; every
field is tested to still have the value that the change gave it (RFC 6902 `test`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from pydantic import BaseModel, ConfigDict

from kubesteer.core.errors import Refused
from kubesteer.core.refs import Ref
from kubesteer.core.requests import Manifest
from kubesteer.core.texts import Text
from kubesteer.operations.differences import ABSENT, FieldChange, Item, Segment, path_words

PatchOperation = dict[str, Any]


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
    additions: list[PatchOperation] = []
    removals: list[tuple[tuple[str | int, ...], list[PatchOperation]]] = []
    created: set[str] = set()
    for field in fields:
        change = field.change
        value, place = _find(current, change.path)
        if _equal(value, change.new):
            continue
        if not _equal(value, change.old):
            raise _changed_since(ref, change)
        if change.new is ABSENT:
            removals.append((place, [_test(place, value), {"op": "remove", "path": pointer(place)}]))
        else:
            additions.extend(_put(current, change, place, value, created))
    # Later items of a list go first, so that the positions of earlier ones stay true.
    removals.sort(key=lambda removal: [str(part).rjust(10, "0") for part in removal[0]], reverse=True)
    return [*_guards(current, additions, removals), *additions, *(o for _, each in removals for o in each)]


def pointer(place: Iterable[str | int]) -> str:
    """A JSON Pointer (RFC 6901)."""
    return "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in place)


def _put(
    current: Manifest, change: FieldChange, place: tuple[str | int, ...], value: Any, created: set[str]
) -> Iterator[PatchOperation]:
    if value is not ABSENT:
        yield _test(place, value)
        yield {"op": "replace", "path": pointer(place), "value": change.new}
        return
    for depth in range(1, len(place)):
        parent = pointer(place[:depth])
        if _at(current, place[:depth]) is ABSENT and parent not in created:
            created.add(parent)
            empty: Any = [] if isinstance(change.path[depth], Item) else {}
            yield {"op": "add", "path": parent, "value": empty}
    yield {"op": "add", "path": pointer(place), "value": change.new}


def _guards(
    current: Manifest,
    additions: list[PatchOperation],
    removals: list[tuple[tuple[str | int, ...], list[PatchOperation]]],
) -> list[PatchOperation]:
    """Tests that every list item on the way is still the one of that name."""
    paths = [str(operation["path"]) for operation in additions]
    paths += [str(operation["path"]) for _, each in removals for operation in each]
    guards: dict[str, PatchOperation] = {}
    for path in paths:
        parts = [part.replace("~1", "/").replace("~0", "~") for part in path.split("/")[1:]]
        for depth, part in enumerate(parts[:-1], start=1):
            item = _at(current, tuple(parts[:depth]))
            if part.isdigit() and isinstance(item, dict):
                key = next((k for k in ("name", "mountPath", "containerPort", "port") if k in item), "")
                place = f"{pointer(parts[:depth])}/{key}"
                if key and place != path:
                    guards[place] = {"op": "test", "path": place, "value": item[key]}
    return list(guards.values())


def _test(place: tuple[str | int, ...], value: Any) -> PatchOperation:
    return {"op": "test", "path": pointer(place), "value": value}


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


def _at(current: Any, place: tuple[str | int, ...]) -> Any:
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
