"""An answer before it is sent, and the forms that a client may ask for an object in.

Source: https://kubernetes.io/docs/reference/using-api/api-concepts/#alternate-representations-of-resources
"""

import re
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, field
from typing import Any

from kubesteer.simulator.failures import Failure
from kubesteer.simulator.objects import Obj
from kubesteer.simulator.store import encode

JSON = "application/json"
TEXT = "text/plain"


@dataclass(slots=True)
class Reply:
    """One HTTP answer; the body is whole or comes in pieces."""

    code: int
    body: bytes | AsyncGenerator[bytes, None]
    content_type: str = JSON
    headers: dict[str, str] = field(default_factory=dict)


def json_reply(data: Any, code: int = 200) -> Reply:
    """Data as JSON."""
    return Reply(code, encode(data))


def failure_reply(failure: Failure) -> Reply:
    """A Status of failure."""
    reply = json_reply(failure.status(), failure.code)
    if failure.retry_after is not None:
        reply.headers["Retry-After"] = str(failure.retry_after)
    return reply


def success(resource_group: str, plural: str, name: str, uid: str) -> Obj:
    """The Status that answers a finished deletion."""
    details = {"name": name, "group": resource_group, "kind": plural, "uid": uid}
    return {
        "kind": "Status",
        "apiVersion": "v1",
        "metadata": {},
        "status": "Success",
        "details": {key: value for key, value in details.items() if value},
    }


FORM = re.compile(r"as=(Table|PartialObjectMetadataList|PartialObjectMetadata)")


def wanted_form(headers: Mapping[str, str]) -> str:
    """`Table`, `PartialObjectMetadata` or "" for the object itself. Raises Failure 406 where nothing fits."""
    accept = headers.get("accept", "") or "*/*"
    for option in accept.split(","):
        media, _, parameters = option.strip().partition(";")
        if media in ("application/json", "*/*", "application/*", "application/yaml", "text/plain"):
            found = FORM.search(parameters)
            return found[1].removesuffix("List") if found else ""
    message = (
        "only the following media types are accepted: application/json, application/yaml, "
        "application/json;as=Table;v=v1;g=meta.k8s.io"
    )
    raise Failure(406, "NotAcceptable", message)


def partial(obj: Obj) -> Obj:
    """An object's metadata alone."""
    return {"kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1", "metadata": obj["metadata"]}
