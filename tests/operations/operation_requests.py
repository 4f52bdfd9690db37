"""Shorthands of the tests: make a change, see what it sends, see what it refuses."""

from __future__ import annotations

from typing import Any

import pytest
from operation_samples import Obj, seen

from kubesteer.core.errors import Unusable
from kubesteer.core.operations import Change, Snapshot
from kubesteer.core.refs import Ref
from kubesteer.core.requests import Patch, PatchType, Request
from kubesteer.operations.registry import operation


def change(verb: str, /, **arguments: Any) -> Change:
    made = operation(verb, arguments)
    assert isinstance(made, Change)
    return made


def on(target: Obj, verb: str, /, **arguments: Any) -> Change:
    """A change of this target."""
    ref = Ref.of(target)
    return change(verb, kind=ref.kind, namespace=ref.namespace, name=ref.name, **arguments)


def sent(made: Change, before: Snapshot) -> Request:
    """Its only request."""
    [request] = made.requests(before)
    return request


def patched(made: Change, target: Obj) -> Any:
    """The body of its only patch, which is strategic."""
    request = sent(made, seen(target))
    assert isinstance(request, Patch)
    assert request.type is PatchType.STRATEGIC
    return request.body


def refused(made: Change, before: Obj | Snapshot, words: str) -> str:
    """It is refused with these words; the argument that is blamed."""
    with pytest.raises(Unusable, match=words) as caught:
        made.requests(before if isinstance(before, Snapshot) else seen(before))
    return caught.value.argument
