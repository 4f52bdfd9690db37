"""What a change would make of an object, as a person may see it: the diff of a dry run, without secrets."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from typing import Any

from kubesteer.core.refs import Ref
from kubesteer.core.requests import Delete, Evict, Manifest, Request
from kubesteer.engine.changes.letters import digest
from kubesteer.operations.differences import ABSENT, FieldChange, Item, differences, path_words
from kubesteer.operations.diffs import lines
from kubesteer.policies.redactions import MASK, is_sensitive, redacted


def preview(request: Request, before: Manifest | None, after: Manifest | None) -> str:
    """The diff that a request makes; "" where it changes nothing."""
    if isinstance(request, Evict):
        return f"- {request.ref}"
    if isinstance(request, Delete):
        after = None
    kind = (after or before or {}).get("kind", "")
    changes = [_without_secrets(change) for change in differences(before, after)]
    return "\n".join(str(line) for line in redacted(lines(changes, secret=kind == "Secret")))


def effect(request: Request, before: Manifest | None, after: Manifest | None) -> str:
    """A digest of what a request does to the fields of an object, secrets included: equal for equal effects."""
    if isinstance(request, Evict):
        return digest(str(request.ref))
    found = differences(before, None if isinstance(request, Delete) else after)
    return digest([[path_words(change.path), _plain(change.old), _plain(change.new)] for change in found])


def with_changes(base: Manifest, changes: Iterable[FieldChange]) -> Manifest:
    """A copy of an object to which the same fields happened: what a later step of a plan will find."""
    result = copy.deepcopy(base)
    for change in changes:
        if change.path:
            _put(result, change)
    return result


def titled(parts: Iterable[tuple[Ref, str]]) -> str:
    """Several objects' diffs under their names; a single one as it is."""
    each = [(ref, diff) for ref, diff in parts if diff]
    if len({ref for ref, _ in each}) <= 1:
        return "\n".join(diff for _, diff in each)
    return "\n".join(diff if diff == f"- {ref}" else f"# {ref}\n{diff}" for ref, diff in each)


def _without_secrets(change: FieldChange) -> FieldChange:
    """A field of a sensitive name keeps its path and loses its values; others are redacted within."""
    named = [segment.value if isinstance(segment, Item) else segment for segment in change.path[-2:]]
    if any(isinstance(name, str) and is_sensitive(name) for name in named) and _is_scalar(change):
        return FieldChange(change.path, _masked(change.old), _masked(change.new))
    return FieldChange(change.path, _redacted(change.old), _redacted(change.new))


def _plain(value: Any) -> Any:
    return [] if value is ABSENT else [value]


def _is_scalar(change: FieldChange) -> bool:
    return not any(isinstance(value, dict | list) for value in (change.old, change.new))


def _masked(value: Any) -> Any:
    return value if value is ABSENT else MASK


def _redacted(value: Any) -> Any:
    return value if value is ABSENT else redacted(value)


def _put(manifest: Any, change: FieldChange) -> None:
    place = manifest
    for segment, following in zip(change.path[:-1], change.path[1:], strict=True):
        place = _entered(place, segment, [] if isinstance(following, Item) else {})
    last = change.path[-1]
    if isinstance(last, Item):
        kept = [item for item in place if item.get(last.key) != last.value]
        place[:] = kept if change.new is ABSENT else [*kept, copy.deepcopy(change.new)]
    elif change.new is ABSENT:
        place.pop(last, None)
    else:
        place[last] = copy.deepcopy(change.new)


def _entered(place: Any, segment: str | Item, empty: Any) -> Any:
    if not isinstance(segment, Item):
        if place.get(segment) is None:
            place[segment] = empty
        return place[segment]
    found = next((item for item in place if item.get(segment.key) == segment.value), None)
    if found is None:
        found = {segment.key: segment.value}
        place.append(found)
    return found
