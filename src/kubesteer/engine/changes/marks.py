"""The mark of a write: an annotation in the same request, by which the object itself tells that it was written."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from kubesteer.core.ledgers import CHANGE_ANNOTATION
from kubesteer.core.requests import Apply, Create, Delete, Evict, Manifest, Patch, PatchType, Request

_POINTER = "/metadata/annotations/" + CHANGE_ANNOTATION.replace("/", "~1")


def mark_of(manifest: Manifest | None) -> str:
    """The mark that an object carries; "" for none."""
    annotations = ((manifest or {}).get("metadata") or {}).get("annotations") or {}
    return str(annotations.get(CHANGE_ANNOTATION, ""))


def marked(request: Request, mark: str, current: Manifest | None) -> Request:
    """The request with the mark in it. Deletions and evictions carry none: the missing UID tells of them.

    `current` is the object as it is: a JSON patch must create `annotations` where there are none.
    """
    match request:
        case Delete() | Evict():
            return request
        case Patch(subresource=part) if part:
            return request  # a subresource does not keep annotations of the object
        case Patch(type=PatchType.JSON):
            return replace(request, body=[*request.body, *_operations(mark, current, request.body)])
        case Patch() | Create() | Apply():
            return replace(request, body=_with_annotation(request.body, mark))


def leaves_mark(request: Request) -> bool:
    """Whether the object can tell afterwards that the request was carried out."""
    return not (isinstance(request, Delete | Evict) or (isinstance(request, Patch) and request.subresource))


def _with_annotation(body: dict[str, Any], mark: str) -> dict[str, Any]:
    metadata = body.get("metadata") or {}
    annotations = {**(metadata.get("annotations") or {}), CHANGE_ANNOTATION: mark}
    return {**body, "metadata": {**metadata, "annotations": annotations}}


def _operations(mark: str, current: Manifest | None, body: list[dict[str, Any]]) -> list[dict[str, Any]]:
    present = bool(((current or {}).get("metadata") or {}).get("annotations"))
    present = present or any(operation.get("path") == "/metadata/annotations" for operation in body)
    create = [] if present else [{"op": "add", "path": "/metadata/annotations", "value": {}}]
    return [*create, {"op": "add", "path": _POINTER, "value": mark}]
