"""Requests of core as HTTP: a pure translation, preconditions included. There is no PUT.

Source: Kubernetes API concepts, "Update API objects" and "Dry-run"; DeleteOptions and Eviction references.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from kubesteer.adapters.kubernetes.attempts import Attempt
from kubesteer.adapters.kubernetes.exchanges import JSON, ApiRequest
from kubesteer.adapters.kubernetes.paths import collection_path, object_path
from kubesteer.core.kinds import Kind
from kubesteer.core.requests import Apply, Create, Delete, Evict, Patch, PatchType, Precondition, Request

MANAGER = "kubesteer"
"""The fieldManager that our changes are recorded under."""


def written(
    request: Request, kind: Kind, precondition: Precondition | None = None, *, dry_run: bool = False
) -> ApiRequest:
    """The one HTTP request that carries out `request` on a kind, if the precondition holds.

    Raises:
        Unusable: name or namespace cannot exist.
    """
    condition = _condition(precondition or Precondition())
    match request:
        case Patch():
            return _patch(request, kind, condition, dry_run)
        case Create():
            return _create(request, kind, dry_run)
        case Apply():
            return _apply(request, kind, condition, dry_run)
        case Delete():
            return _delete(request, kind, condition, dry_run)
        case Evict():
            return _evict(request, kind, condition, dry_run)


def _condition(precondition: Precondition) -> dict[str, str]:
    parts = {"uid": precondition.uid, "resourceVersion": precondition.resource_version}
    return {name: value for name, value in parts.items() if value}


def _params(dry_run: bool, **more: str) -> dict[str, str]:
    dry = {"dryRun": "All"} if dry_run else {}
    return {"fieldManager": MANAGER, "fieldValidation": "Strict", **dry, **more}


def _patch(request: Patch, kind: Kind, condition: Mapping[str, str], dry_run: bool) -> ApiRequest:
    ref = request.ref
    return ApiRequest(
        Attempt("patch", kind, ref.namespace, ref.name, request.subresource),
        object_path(kind, ref, request.subresource),
        "PATCH",
        _params(dry_run),
        msgspec.json.encode(_guarded(request.body, request.type, condition)),
        request.type.value,
    )


def _guarded(body: Any, type: PatchType, condition: Mapping[str, str]) -> Any:
    """The patch with the precondition in it: the server compares resourceVersion and uid of the outcome with
    what it has. In a JSON patch they are set, not tested, for the same reason: a failed `test` is a 422 that
    cannot be told from any other, a resourceVersion that differs is a 409."""
    if not condition:
        return body
    if type is PatchType.JSON:
        guards = [
            {"op": "add", "path": f"/metadata/{key}", "value": value} for key, value in condition.items()
        ]
        return [*guards, *body]
    return {**body, "metadata": {**(body.get("metadata") or {}), **condition}}


def _create(request: Create, kind: Kind, dry_run: bool) -> ApiRequest:
    ref = request.ref
    object_path(kind, ref)  # the name goes into the body here, and must be as good as one in a path
    named = {"name": ref.name, **({"namespace": ref.namespace} if kind.namespaced else {})}
    metadata = {**(request.body.get("metadata") or {}), **named}
    return ApiRequest(
        Attempt("create", kind, ref.namespace, ref.name),
        collection_path(kind, ref.namespace),
        "POST",
        _params(dry_run),
        msgspec.json.encode({**request.body, "metadata": metadata}),
    )


def _apply(request: Apply, kind: Kind, condition: Mapping[str, str], dry_run: bool) -> ApiRequest:
    return ApiRequest(
        Attempt("patch", kind, request.ref.namespace, request.ref.name),
        object_path(kind, request.ref),
        "PATCH",
        _params(dry_run, force="true" if request.force else "false"),
        msgspec.json.encode(_guarded(request.body, PatchType.APPLY, condition)),
        PatchType.APPLY.value,
    )


def _delete(request: Delete, kind: Kind, condition: Mapping[str, str], dry_run: bool) -> ApiRequest:
    options = _delete_options(condition, dry_run) | {"propagationPolicy": "Background"}
    if request.grace_seconds is not None:
        options["gracePeriodSeconds"] = request.grace_seconds
    return ApiRequest(
        Attempt("delete", kind, request.ref.namespace, request.ref.name),
        object_path(kind, request.ref),
        "DELETE",
        {"dryRun": "All"} if dry_run else {},
        msgspec.json.encode({"apiVersion": "v1", "kind": "DeleteOptions", **options}),
        JSON,
    )


def _evict(request: Evict, kind: Kind, condition: Mapping[str, str], dry_run: bool) -> ApiRequest:
    ref = request.ref
    eviction = {
        "apiVersion": "policy/v1",
        "kind": "Eviction",
        "metadata": {"name": ref.name, "namespace": ref.namespace},
        "deleteOptions": _delete_options(condition, dry_run),
    }
    return ApiRequest(
        Attempt("create", kind, ref.namespace, ref.name, "eviction"),
        object_path(kind, ref, "eviction"),
        "POST",
        {"dryRun": "All"} if dry_run else {},
        msgspec.json.encode(eviction),
    )


def _delete_options(condition: Mapping[str, str], dry_run: bool) -> dict[str, Any]:
    options: dict[str, Any] = {"preconditions": dict(condition)} if condition else {}
    # With a body the server does not look at the dryRun of the query.
    return options | ({"dryRun": ["All"]} if dry_run else {})
