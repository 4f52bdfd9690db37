"""Reading bodies in the protobuf encoding, which kubectl and other typed clients send.

Source: https://kubernetes.io/docs/reference/using-api/api-concepts/#protobuf-encoding-idl and
https://protobuf.dev/programming-guides/encoding/
"""

import functools
import struct
from base64 import b64encode
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from kubesteer.simulator.clock import micro_stamp, stamp
from kubesteer.simulator.objects import Obj
from kubesteer.simulator.schemas.shapes import root

MAGIC = b"k8s\x00"
META = "io.k8s.apimachinery.pkg.apis.meta.v1."
OPTIONS = frozenset({"DeleteOptions", "CreateOptions", "UpdateOptions", "PatchOptions"})
"""Kinds that every group has and whose shape is always the same."""
ZERO_MATTERS = frozenset(
    {
        "replicas", "parallelism", "completions", "backoffLimit", "terminationGracePeriodSeconds",
        "gracePeriodSeconds", "runAsUser", "runAsGroup", "fsGroup", "minReplicas", "revisionHistoryLimit",
        "ttlSecondsAfterFinished", "successfulJobsHistoryLimit", "failedJobsHistoryLimit", "value",
        "partition",
    }
)  # fmt: skip
"""Integers that are left out when they are not given, so that a 0 says something."""
EMPTY_MATTERS = frozenset({"storageClassName"})
DEEPEST = 60


class Malformed(ValueError):
    """Bytes that are not a Kubernetes object in protobuf."""


@functools.cache
def _numbers() -> dict[str, dict[int, tuple[str, str]]]:
    raw = msgspec.json.decode(Path(__file__).with_name("numbers.json").read_bytes())
    return {
        name: {int(number): (key, kind) for number, (key, kind) in fields.items()}
        for name, fields in raw.items()
    }


def decode(body: bytes) -> Obj:
    """The object in an envelope. Raises Malformed, also for kinds that are not known."""
    if not body.startswith(MAGIC):
        raise Malformed("the body does not start with the magic bytes of the encoding")
    envelope = dict(_fields(body[len(MAGIC) :]))
    kind_of = dict(_fields(_bytes(envelope.get(1, b""))))
    api_version, kind = (_bytes(kind_of.get(number, b"")).decode(errors="replace") for number in (1, 2))
    name = META + kind if kind in OPTIONS else root(api_version, kind).get("ref", "")
    if name not in _numbers():
        raise Malformed(f"no kind {kind!r} in version {api_version!r} is known in this encoding")
    return {"apiVersion": api_version, "kind": kind, **_message(_bytes(envelope.get(2, b"")), name, 0)}


def _bytes(value: Any) -> bytes:
    if not isinstance(value, bytes):
        raise Malformed("a number stands where bytes must be")
    return value


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while at < len(data) and shift < 64:
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at
    raise Malformed("a number does not end")


def _fields(data: bytes) -> Iterator[tuple[int, int | bytes]]:
    """Field numbers and raw values of one message."""
    at = 0
    while at < len(data):
        tag, at = _varint(data, at)
        number, wire = tag >> 3, tag & 7
        if wire == 0:
            value, at = _varint(data, at)
            yield number, value
            continue
        if wire == 2:
            size, at = _varint(data, at)
        elif wire in (1, 5):
            size = 8 if wire == 1 else 4
        else:
            raise Malformed(f"wire type {wire} is not used")
        if at + size > len(data):
            raise Malformed("a field is longer than its message")
        yield number, data[at : at + size]
        at += size


def _message(data: bytes, name: str, depth: int) -> Obj:
    if depth > DEEPEST:
        raise Malformed("the object is nested too deeply")
    known = _numbers().get(name, {})
    found: Obj = {}
    for number, raw in _fields(data):
        if number not in known:
            continue
        key, kind = known[number]
        if kind.startswith("{}"):
            entry = dict(_fields(_bytes(raw)))
            member = _bytes(entry.get(1, b"")).decode(errors="replace")
            found.setdefault(key, {})[member] = _value(entry.get(2, b""), kind[2:], depth)
        elif kind.startswith("[]"):
            found.setdefault(key, []).append(_value(raw, kind[2:], depth))
        elif not key:
            found.update(_value(raw, kind, depth))
        elif _says_something(key, value := _value(raw, kind, depth)):
            found[key] = value
    return found


def _says_something(key: str, value: Any) -> bool:
    """Whether a value would be there in JSON: this encoding writes empty ones too."""
    if value is None or (value == "" and key not in EMPTY_MATTERS):
        return False
    return not (value == 0 and not isinstance(value, bool) and key not in ZERO_MATTERS)


def _value(raw: int | bytes, kind: str, depth: int) -> Any:
    if kind in NUMBERS:
        return NUMBERS[kind](raw)
    if kind == "string":
        return _bytes(raw).decode(errors="replace")
    if kind == "bytes":
        return b64encode(_bytes(raw)).decode()
    short = kind.rpartition(".")[2]
    if short in SPECIAL:
        return SPECIAL[short](dict(_fields(_bytes(raw))))
    if short == "ExtraValue":
        return _message(_bytes(raw), kind, depth + 1).get("items", [])
    return _message(_bytes(raw), kind, depth + 1)


def _signed(raw: int | bytes) -> int:
    if not isinstance(raw, int):
        raise Malformed("bytes stand where a number must be")
    return raw - (1 << 64) if raw >= 1 << 63 else raw


def _double(raw: int | bytes) -> float:
    data = _bytes(raw)
    if len(data) != 8:
        raise Malformed("a double has eight bytes")
    value: float = struct.unpack("<d", data)[0]
    return value


NUMBERS = {
    "int32": _signed,
    "int64": _signed,
    "uint32": _signed,
    "uint64": _signed,
    "bool": lambda raw: bool(_signed(raw)),
    "double": _double,
}


def _moment(fields: dict[int, int | bytes]) -> datetime | None:
    if not fields:
        return None
    seconds, nanos = _signed(fields.get(1, 0)), _signed(fields.get(2, 0))
    try:
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds, microseconds=nanos // 1000)
    except OverflowError:
        raise Malformed("a time out of all range") from None


def _time(fields: dict[int, int | bytes]) -> str | None:
    moment = _moment(fields)
    return stamp(moment) if moment else None


def _micro_time(fields: dict[int, int | bytes]) -> str | None:
    moment = _moment(fields)
    return micro_stamp(moment) if moment else None


def _int_or_string(fields: dict[int, int | bytes]) -> int | str:
    if fields.get(1):
        return _bytes(fields.get(3, b"")).decode(errors="replace")
    return _signed(fields.get(2, 0))


def _text(fields: dict[int, int | bytes]) -> str:
    return _bytes(fields.get(1, b"")).decode(errors="replace")


def _raw(fields: dict[int, int | bytes]) -> Any:
    data = _bytes(fields.get(1, b""))
    try:
        return msgspec.json.decode(data) if data else None
    except msgspec.DecodeError:
        raise Malformed("an embedded object is not JSON") from None


SPECIAL = {
    "Time": _time,
    "MicroTime": _micro_time,
    "Quantity": _text,
    "IntOrString": _int_or_string,
    "RawExtension": _raw,
    "FieldsV1": _raw,
}
