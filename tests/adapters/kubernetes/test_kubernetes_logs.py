"""Logs: endless in length, bounded in memory, and odd in content."""

from __future__ import annotations

import tracemalloc
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as some
from stubs import Script, cluster_of, status

from kubesteer.adapters.kubernetes.lines import split_lines
from kubesteer.adapters.kubernetes.logs import CUT, LONGEST_LINE
from kubesteer.core.clusters import LogQuery
from kubesteer.core.errors import Invalid, NotFound, Unavailable, Unusable
from kubesteer.core.refs import Ref

WEB = Ref("Pod", "shop", "web")


class Pieces(httpx2.AsyncByteStream):
    """A body that arrives in pieces; an exception among them breaks the connection."""

    def __init__(self, *pieces: bytes | Exception) -> None:
        self._pieces = pieces
        self.closed = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self._pieces:
            if isinstance(piece, Exception):
                raise piece
            yield piece

    async def aclose(self) -> None:
        self.closed = True


def log(*pieces: bytes | Exception) -> Script:
    """A server with one log."""
    return Script(httpx2.Response(200, stream=Pieces(*pieces), headers={"Content-Type": "text/plain"}))


async def lines(script: Script, query: LogQuery | None = None) -> list[str]:
    """All lines."""
    return [line async for line in cluster_of(script).logs(WEB, query or LogQuery())]


async def test_lines_whatever_the_pieces() -> None:
    assert await lines(log(b"one\ntw", b"o\n\nthr", b"ee")) == ["one", "two", "", "three"]
    assert await lines(log()) == []
    assert await lines(log(b"crlf\r\nend\n")) == ["crlf", "end"]


async def test_what_is_asked_for() -> None:
    script = log(b"")
    query = LogQuery("app", previous=True, tail=5, since=60, timestamps=True, limit_bytes=1000)
    await lines(script, query)
    assert script.asked[0].url.path == "/api/v1/namespaces/shop/pods/web/log"
    assert dict(script.asked[0].url.params) == {
        "container": "app",
        "previous": "true",
        "tailLines": "5",
        "sinceSeconds": "60",
        "timestamps": "true",
        "limitBytes": "1000",
    }


async def test_tail_nothing_is_not_tail_everything() -> None:
    script = log(b"")
    await lines(script, LogQuery(tail=0, since=0))
    assert script.asked[0].url.params["tailLines"] == "0"
    assert script.asked[0].url.params["sinceSeconds"] == "0"


async def test_bytes_that_are_no_text() -> None:
    assert await lines(log(b"\xff\xfe\n\xe4\xb8", b"\xad\n")) == ["��", "中"]


async def test_a_line_without_end_is_cut() -> None:
    [line] = await lines(log(*[b"x" * 65536] * 20))
    assert line == "x" * LONGEST_LINE + CUT


async def test_a_server_that_ignores_the_limit_is_stopped() -> None:
    got = await lines(log(*[b"0123456789\n" * 10] * 10), LogQuery(limit_bytes=55))
    assert len(got) == 5


async def test_a_hundred_thousand_lines_in_bounded_memory() -> None:
    piece = b"".join(
        b"2026-01-01T00:00:00Z ERROR something went wrong, number %03d\n" % n for n in range(100)
    )
    script = log(*[piece] * 1000)
    count = 0
    tracemalloc.start()
    try:
        async for _ in cluster_of(script).logs(WEB, LogQuery()):
            count += 1
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert count == 100_000
    assert peak < 2 * 1024 * 1024  # the log has 6 MB


async def test_a_log_that_breaks_off_says_so_after_what_came() -> None:
    seen: list[str] = []

    async def look() -> None:
        async for line in cluster_of(log(b"one\ntwo\nthr", httpx2.ReadError("reset"))).logs(WEB, LogQuery()):
            seen.append(line)

    with pytest.raises(Unavailable) as caught:
        await look()
    assert seen == ["one", "two"]
    assert "中途断开" in caught.value.say("zh")


async def test_a_log_that_falls_silent() -> None:
    with pytest.raises(Unavailable, match="did not answer in time"):
        await lines(log(b"one\n", httpx2.ReadTimeout("x")))


async def test_leaving_early_closes_the_connection() -> None:
    body = Pieces(*[b"line\n"] * 100)
    script = Script(httpx2.Response(200, stream=body, headers={"Content-Type": "text/plain"}))
    reading: Any = cluster_of(script).logs(WEB, LogQuery())
    assert await anext(reading) == "line"
    await reading.aclose()
    assert body.closed


@pytest.mark.parametrize("container", ["App", "a b", "../x", "a/b", "容器", "x" * 300])
async def test_a_container_that_cannot_be_one_is_not_asked_for(container: str) -> None:
    script = log(b"")
    with pytest.raises(Unusable) as caught:
        await lines(script, LogQuery(container))
    assert caught.value.argument == "container"
    assert script.asked == []


async def test_a_kubelet_that_cannot_be_reached_is_asked_once() -> None:
    script = Script(status(500, "InternalError", "dial tcp 10.0.0.1:10250: connect: connection refused"))
    with pytest.raises(Unavailable, match="connection refused"):
        await lines(script)
    assert len(script.asked) == 1


async def test_a_pod_that_is_gone() -> None:
    script = Script(status(404, "NotFound", details={"name": "web", "kind": "pods"}))
    with pytest.raises(NotFound, match="Pod shop/web does not exist"):
        await lines(script)


async def test_a_container_that_has_not_restarted() -> None:
    said = 'previous terminated container "app" in pod "web" not found'
    with pytest.raises(Invalid) as caught:
        await lines(Script(status(400, "BadRequest", said)), LogQuery(previous=True))
    assert "没有上一次运行的日志" in caught.value.say("zh")


@given(pieces=some.lists(some.binary(max_size=12), max_size=8), longest=some.integers(1, 9))
async def test_cutting_into_lines_loses_only_what_is_too_long(pieces: list[bytes], longest: int) -> None:
    whole = b"".join(pieces).split(b"\n")
    whole = whole if whole[-1] else whole[:-1]
    got = [(line.content, line.cut) async for line in split_lines(aiter(Pieces(*pieces)), longest)]
    assert got == [(line[:longest], len(line) > longest) for line in whole]
