"""Bodies in protobuf, written here by hand from the numbers of the published schema."""

from __future__ import annotations

from typing import Any

import pytest
from api_lab import Api

from kubesteer.simulator.schemas.protobuf import MAGIC, Malformed, decode


def varint(value: int) -> bytes:
    value &= (1 << 64) - 1
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


def field(number: int, value: bytes | str | int) -> bytes:
    """One field of a message."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    raw = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(raw)) + raw


def envelope(api_version: str, kind: str, raw: bytes) -> bytes:
    return MAGIC + field(1, field(1, api_version) + field(2, kind)) + field(2, raw)


def metadata(name: str) -> bytes:
    """As typed clients write it: empty texts and an empty time included."""
    return field(1, name) + field(2, "") + field(3, "") + field(7, 0) + field(8, b"")


def test_a_configmap() -> None:
    entry = field(1, "key") + field(2, "value")
    raw = field(1, metadata("it")) + field(2, entry) + field(3, field(1, "bin") + field(2, b"\x00\xff"))
    assert decode(envelope("v1", "ConfigMap", raw)) == {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "it"},
        "data": {"key": "value"},
        "binaryData": {"bin": "AP8="},
    }


def test_numbers_quantities_and_what_belongs_to_the_structure_around_it() -> None:
    quantity = field(1, "cpu") + field(2, field(1, "250m"))
    port = field(3, 8080) + field(2, 0)
    http = field(2, field(1, "/healthz") + field(2, field(1, 1) + field(3, "web")))
    probe = field(1, http) + field(2, 0) + field(4, 10)
    container = field(1, "app") + field(6, port) + field(8, field(1, quantity)) + field(10, probe)
    volume = field(1, "tmp") + field(2, field(2, b""))
    spec = field(1, volume) + field(2, container) + field(4, 0)
    pod = decode(envelope("v1", "Pod", field(2, spec)))
    assert pod["spec"]["terminationGracePeriodSeconds"] == 0
    assert pod["spec"]["volumes"] == [{"name": "tmp", "emptyDir": {}}]
    assert pod["spec"]["containers"] == [
        {
            "name": "app",
            "ports": [{"containerPort": 8080}],
            "resources": {"limits": {"cpu": "250m"}},
            "livenessProbe": {"httpGet": {"path": "/healthz", "port": "web"}, "periodSeconds": 10},
        }
    ]


def test_times_and_negative_numbers() -> None:
    raw = field(1, metadata("it") + field(9, field(1, 1767225600)))
    assert decode(envelope("v1", "ConfigMap", raw))["metadata"]["deletionTimestamp"] == "2026-01-01T00:00:00Z"
    spec = field(1, -3)
    assert decode(envelope("apps/v1", "Deployment", field(2, spec)))["spec"]["replicas"] == -3


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        MAGIC,
        envelope("v1", "Unicorn", b""),
        envelope("v1", "ConfigMap", b"\x0a\xff"),
        envelope("v1", "ConfigMap", b"\xff" * 11),
        envelope("v1", "ConfigMap", field(1, 5)),
        envelope("v1", "ConfigMap", b"\x0b"),
        envelope("v1", "Event", field(6, field(1, 1 << 62))),
        MAGIC + field(1, 7),
    ],
)
def test_bytes_that_are_no_object(body: bytes) -> None:
    with pytest.raises(Malformed):
        decode(body)


def test_the_server_takes_it_and_answers_in_json() -> None:
    api = Api()
    kind = "application/vnd.kubernetes.protobuf"
    body = envelope("v1", "ConfigMap", field(1, metadata("it")) + field(2, field(1, "a") + field(2, "b")))
    where = "/api/v1/namespaces/default/configmaps"
    answer = api.ask("POST", where, body, content_type=kind, accept=f"{kind},application/json")
    assert (answer.code, answer.body["data"]) == (201, {"a": "b"})
    options = envelope("v1", "DeleteOptions", field(1, 0) + field(4, "Background"))
    assert api.ask("DELETE", f"{where}/it", options, content_type=kind).code == 200
    assert api.ask("GET", f"{where}/it").code == 404


def test_unknown_fields_are_passed_over() -> None:
    made: dict[str, Any] = decode(envelope("v1", "ConfigMap", field(1, metadata("it")) + field(99, "x")))
    assert made["metadata"] == {"name": "it"}
