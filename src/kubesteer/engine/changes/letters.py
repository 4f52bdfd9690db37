"""Requests as JSON and back, and the digests that approvals are bound to."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from kubesteer.core.refs import Ref
from kubesteer.core.requests import Apply, Create, Delete, Evict, Patch, PatchType, Request

Letter = dict[str, Any]


def letter_of(request: Request) -> Letter:
    """A request as JSON; `request_of` reads it back."""
    letter: Letter = {"request": type(request).__name__, "object": request.ref.to_json()}
    match request:
        case Patch():
            return letter | {
                "type": request.type.value,
                "subresource": request.subresource,
                "body": request.body,
            }
        case Create():
            return letter | {"body": request.body}
        case Apply():
            return letter | {"body": request.body, "force": request.force}
        case Delete():
            return letter | {"grace_seconds": request.grace_seconds}
        case Evict():
            return letter


def request_of(letter: Mapping[str, Any]) -> Request:
    """The request that a letter tells of."""
    named = letter["object"]
    ref = Ref(named["kind"], named.get("namespace", ""), named["name"])
    match letter["request"]:
        case "Patch":
            return Patch(ref, letter["body"], PatchType(letter["type"]), letter["subresource"])
        case "Create":
            return Create(ref, letter["body"])
        case "Apply":
            return Apply(ref, letter["body"], letter["force"])
        case "Delete":
            return Delete(ref, letter["grace_seconds"])
        case "Evict":
            return Evict(ref)
    raise ValueError(f"no such request: {letter['request']!r}")


def verb_of(request: Request) -> str:
    """The verb of the API that a request uses, as RBAC names it."""
    match request:
        case Patch() | Apply():
            return "patch"
        case Create() | Evict():
            return "create"
        case Delete():
            return "delete"


def digest(value: Any) -> str:
    """SHA-256 of a value's canonical JSON, in hexadecimal."""
    canonical = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)
    return hashlib.sha256(canonical.encode()).hexdigest()
