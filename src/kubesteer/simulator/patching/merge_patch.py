"""RFC 7386 JSON Merge Patch (`application/merge-patch+json`)."""

from typing import Any

from kubesteer.simulator.failures import bad_request
from kubesteer.simulator.objects import Obj, clone


def merge_patch(obj: Obj, patch: Any) -> Obj:
    """The object with the patch merged in: null removes, mappings merge, all else replaces."""
    if not isinstance(patch, dict):
        raise bad_request("json: cannot unmarshal a merge patch that is not an object")
    merged: Obj = _merge(clone(obj), patch)
    return merged


def _merge(target: Any, patch: Any) -> Any:
    if not isinstance(patch, dict):
        return clone(patch)
    merged = target if isinstance(target, dict) else {}
    for key, value in patch.items():
        if value is None:
            merged.pop(key, None)
        else:
            merged[key] = _merge(merged.get(key), value)
    return merged
