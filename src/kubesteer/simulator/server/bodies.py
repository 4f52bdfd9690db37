"""Bodies of requests as data, whatever they are written in and whoever sends them.

Source: https://kubernetes.io/docs/reference/using-api/api-concepts/#alternate-representations-of-resources
"""

from typing import Any

import msgspec
import yaml

from kubesteer.simulator.failures import Failure, bad_request
from kubesteer.simulator.schemas import protobuf

ACCEPTED = "application/json, application/yaml, application/vnd.kubernetes.protobuf"
DEEPEST = 100
"""Levels of nesting; no Kubernetes type comes near it."""
MOST_NODES = 200_000
"""Values in one body: a bound against YAML whose aliases multiply."""
BROKEN = (msgspec.DecodeError, protobuf.Malformed, yaml.YAMLError, UnicodeError, RecursionError, ValueError)


class _Loader(yaml.SafeLoader):
    """YAML in which times and binaries stay text, as the API reads it."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def unsupported_media(content_type: str) -> Failure:
    """415 for a body in a format that is not read here."""
    message = f"the body of the request was in an unknown format - accepted media types include: {ACCEPTED}"
    return Failure(415, "UnsupportedMediaType", message, {"name": content_type} if content_type else None)


def read_body(content_type: str, body: bytes) -> Any:
    """The data in a body. Raises Failure 400 (broken, or beyond all measure) or 415 (another format)."""
    if "cbor" in content_type:
        raise unsupported_media(content_type)
    try:
        found = _parsed(content_type, body)
    except BROKEN as error:
        raise bad_request(f"error decoding the body: {error}") from None
    measure(found)
    return found


def _parsed(content_type: str, body: bytes) -> Any:
    if "protobuf" in content_type:
        return protobuf.decode(body)
    if "yaml" in content_type and not body.lstrip().startswith((b"{", b"[")):
        return yaml.load(body, _Loader)
    return msgspec.json.decode(body)


def measure(found: Any) -> None:
    """Refuse what no JSON document of the API could be, in a body or after a patch. Raises Failure 400."""
    waiting = [(found, 0)]
    count = 0
    while waiting:
        value, depth = waiting.pop()
        count += 1
        if depth > DEEPEST or count > MOST_NODES:
            raise bad_request("error decoding the body: exceeded max depth or size")
        if isinstance(value, dict):
            if not all(isinstance(key, str) for key in value):
                raise bad_request("error decoding the body: only strings can be keys")
            waiting += [(key, depth) for key in value if not key.isascii()]
            waiting += [(member, depth + 1) for member in value.values()]
        elif isinstance(value, list):
            waiting += [(member, depth + 1) for member in value]
        else:
            _measure_scalar(value)


def _measure_scalar(value: Any) -> None:
    if isinstance(value, str):
        if not value.isascii() and any("\ud800" <= sign <= "\udfff" for sign in value):
            raise bad_request("error decoding the body: half a surrogate pair")
    elif isinstance(value, bool) or value is None:
        return
    elif isinstance(value, int):
        if not -(1 << 63) <= value < 1 << 63:
            raise bad_request(f"error decoding the body: number {str(value)[:40]} overflows int64")
    elif not isinstance(value, float) or value != value or value in (float("inf"), float("-inf")):
        raise bad_request(f"error decoding the body: {str(value)[:40]!r} is no value of JSON")
