"""Watching one object: what happened, and every way that a watch ends."""

from __future__ import annotations

import json
from typing import Any

import httpx2
import pytest
from stubs import Script, cluster_of, status

from kubesteer.core.clusters import Happening
from kubesteer.core.errors import Forbidden, Unavailable

POD = {"metadata": {"name": "web"}}


def events(*lines: Any) -> Script:
    """A watch that tells these and ends."""
    body = "".join(line if isinstance(line, str) else json.dumps(line) + "\n" for line in lines)
    return Script(httpx2.Response(200, text=body, headers={"Content-Type": "application/json"}))


async def seen(script: Script) -> list[Happening]:
    """All that a watch tells."""
    return [each async for each in cluster_of(script).watch("Pod", "shop", "web", "7")]


async def test_what_happens() -> None:
    script = events(
        {"type": "ADDED", "object": POD},
        {"type": "BOOKMARK", "object": {"metadata": {"resourceVersion": "9"}}},
        {"type": "MODIFIED", "object": POD},
        {"type": "DELETED", "object": POD},
    )
    assert [each.type for each in await seen(script)] == ["ADDED", "MODIFIED", "DELETED"]
    asked = dict(script.asked[0].url.params)
    assert script.asked[0].url.path == "/api/v1/namespaces/shop/pods"
    assert asked["fieldSelector"] == "metadata.name=web"
    assert (asked["watch"], asked["resourceVersion"]) == ("true", "7")
    assert int(asked["timeoutSeconds"]) > 0


async def test_a_server_that_ends_the_watch_is_no_error() -> None:
    assert await seen(events()) == []


async def test_history_that_is_gone() -> None:
    gone = {"kind": "Status", "code": 410, "reason": "Expired", "message": "too old resource version: 7 (9)"}
    with pytest.raises(Unavailable) as caught:
        await seen(events({"type": "ERROR", "object": gone}))
    assert caught.value.status == 410


@pytest.mark.parametrize(
    "line",
    [
        "{nonsense\n",
        '{"type":"ADDED"}\n',
        '{"type":"MOVED","object":{}}\n',
        '{"type":"ADDED","object":[]}\n',
        "[]\n",
    ],
)
async def test_a_line_that_makes_no_sense(line: str) -> None:
    with pytest.raises(Unavailable):
        await seen(events({"type": "ADDED", "object": POD}, line))


async def test_a_watch_that_is_not_allowed() -> None:
    said = (
        'pods is forbidden: User "alice" cannot watch resource "pods" in API group "" in the namespace "shop"'
    )
    with pytest.raises(Forbidden, match="may not watch pods"):
        await seen(Script(status(403, "Forbidden", said)))
