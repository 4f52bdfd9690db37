"""Servers that are down, slow, cut off, or something else entirely: over real sockets."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import httpx2
import pytest
from stubs import Waits, http, listening

from kubesteer.adapters.kubernetes import clients, transports
from kubesteer.adapters.kubernetes.actuators import KubernetesActuator
from kubesteer.adapters.kubernetes.clusters import KubernetesCluster
from kubesteer.adapters.kubernetes.connections import Connection, Options, find_connection
from kubesteer.adapters.kubernetes.exchanges import Exchange
from kubesteer.core.errors import Unavailable
from kubesteer.core.refs import Ref
from kubesteer.core.requests import Patch, Warrant

WEB = Ref("Deployment", "shop", "web")
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


def cluster_at(
    port: int, waits: Waits | None = None, observer: Callable[[Exchange], None] | None = None
) -> KubernetesCluster:
    """The adapter, pointed at a port of this machine."""
    connection = find_connection(Options(server=f"http://127.0.0.1:{port}"), {})
    return KubernetesCluster(connection, observer, patience=(waits or Waits()).patience)


def answering(*answers: bytes) -> tuple[Callable[[bytes, asyncio.StreamWriter], Any], list[bytes]]:
    """A handler that gives raw answers one after the other, the last for ever, and the heads it got."""
    heads: list[bytes] = []

    async def handle(head: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(answers[min(len(heads), len(answers) - 1)])
        heads.append(head)

    return handle, heads


async def trouble(port: int, waits: Waits | None = None) -> Unavailable:
    """What reading an object ends in."""
    async with cluster_at(port, waits) as cluster:
        with pytest.raises(Unavailable) as caught:
            await cluster.read(WEB)
    return caught.value


def nobody() -> int:
    """A port that nobody listens on."""
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


async def test_nobody_listens() -> None:
    port, waits = nobody(), Waits()
    caught = await trouble(port, waits)
    assert f"http://127.0.0.1:{port} refuses the connection" in caught.say("en")
    assert "拒绝连接" in caught.say("zh")
    assert caught.sent is False
    assert waits.seconds  # it may just be starting


async def test_a_host_that_has_no_address() -> None:
    # RFC 6761 keeps .invalid free of hosts.
    async with KubernetesCluster(Connection("https://nowhere.invalid"), patience=Waits().patience) as cluster:
        with pytest.raises(Unavailable) as caught:
            await cluster.read(WEB)
    assert "nowhere.invalid" in caught.value.say("zh")
    assert caught.value.sent is False


async def test_a_server_that_never_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transports, "TIMEOUT", httpx2.Timeout(0.2))

    async def mute(_head: bytes, _writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(30)

    async with listening(mute) as port:
        caught = await trouble(port)
    assert "did not answer in time" in caught.say("en")
    assert "没有在限定时间内回答" in caught.say("zh")


async def test_a_server_that_drips_for_ever_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clients, "DEADLINE", 0.3)

    async def drip(_head: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
        while True:
            writer.write(b"1\r\n \r\n")
            await writer.drain()
            await asyncio.sleep(0.02)

    async with listening(drip) as port:
        caught = await trouble(port)
    assert "did not answer in time" in caught.say("en")
    assert caught.sent is True


@pytest.mark.parametrize(
    "broken",
    [
        HEAD + b'Content-Length: 100\r\n\r\n{"kind": "Deploy',
        HEAD + b'Transfer-Encoding: chunked\r\n\r\n5\r\n{"kin\r\n',
        HEAD + b"Content-Length: 100\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Type: app",
        b"",
    ],
)
async def test_an_answer_that_breaks_off_is_asked_for_again_and_never_used(broken: bytes) -> None:
    handle, heads = answering(broken)
    async with listening(handle) as port:
        caught = await trouble(port)
    assert "中途断开" in caught.say("zh")
    assert len(heads) == 4
    handle, heads = answering(broken, http({"kind": "Deployment"}))
    async with listening(handle) as port, cluster_at(port) as cluster:
        assert await cluster.read(WEB) == {"kind": "Deployment"}
    assert len(heads) == 2


async def test_a_list_that_breaks_off_on_its_second_page_is_no_list() -> None:
    first = http({"metadata": {"continue": "m"}, "items": [{"metadata": {"name": "a"}}]})
    handle, _ = answering(first, HEAD + b'Content-Length: 900\r\n\r\n{"metadata": {}, "items": [')
    async with listening(handle) as port, cluster_at(port) as cluster:
        with pytest.raises(Unavailable):
            await cluster.names("Pod", "shop")


async def test_a_write_whose_answer_is_lost_is_not_repeated() -> None:
    handle, heads = answering(HEAD + b"Content-Length: 100\r\n\r\n{")
    async with listening(handle) as port, cluster_at(port) as cluster:
        with pytest.raises(Unavailable) as caught:
            await KubernetesActuator(cluster).send(Warrant("c-1", Patch(WEB, {})))
    assert len(heads) == 1
    assert caught.value.sent is True


@pytest.mark.parametrize(
    "greeting",
    [b"SSH-2.0-OpenSSH_9.6\r\n", b"-ERR unknown command\r\n", b"\x15\x03\x01\x00\x02\x02\x50", b"\x00" * 64],
)
async def test_another_protocol_altogether(greeting: bytes) -> None:
    handle, _ = answering(greeting)
    async with listening(handle) as port:
        caught = await trouble(port)
    assert caught.remedy is not None


async def test_a_web_server() -> None:
    html = b"<html><title>Welcome</title></html>"
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n" % len(html)
    handle, heads = answering(head + html)
    async with listening(handle) as port:
        caught = await trouble(port)
    assert "不像是 Kubernetes API 服务器" in caught.say("zh")
    assert len(heads) == 1


async def test_some_other_json_api() -> None:
    handle, _ = answering(http({"error": "no such route"}, 404))
    async with listening(handle) as port:
        caught = await trouble(port)
    assert "does not look like a Kubernetes API server" in caught.say("en")


async def test_plain_http_to_a_server_that_wants_tls() -> None:
    # What Go's HTTP server says.
    said = b"Client sent an HTTP request to an HTTPS server.\n"
    head = b"HTTP/1.0 400 Bad Request\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n" % len(said)
    handle, _ = answering(head + said)
    async with listening(handle) as port:
        caught = await trouble(port)
    assert "Use https://" in caught.say("en")


async def test_an_answer_without_end_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clients, "LONGEST_BODY", 1_000_000)

    async def flood(_head: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
        while True:
            writer.write(b"10000\r\n" + b" " * 0x10000 + b"\r\n")
            await writer.drain()

    async with listening(flood) as port:
        caught = await trouble(port)
    assert "was not read" in caught.say("en")


async def test_every_exchange_is_told() -> None:
    handle, _ = answering(http({}, 503), http({"kind": "Deployment"}))
    seen: list[Exchange] = []
    async with listening(handle) as port, cluster_at(port, observer=seen.append) as cluster:
        await cluster.read(WEB)
    assert [each.status for each in seen] == [503, 200]
    assert {each.target for each in seen} == {"/apis/apps/v1/namespaces/shop/deployments/web"}
    assert all(each.milliseconds > 0 for each in seen)


async def test_ctrl_c_in_mid_answer_leaves_no_connection_behind() -> None:
    gone = asyncio.Event()

    async def wait(_head: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(HEAD + b"Content-Length: 100\r\n\r\n{")
        while not writer.is_closing():
            writer.write(b" ")
            await writer.drain()
            await asyncio.sleep(0.01)
        gone.set()

    async def handle(head: bytes, writer: asyncio.StreamWriter) -> None:
        try:
            await wait(head, writer)
        except ConnectionError:
            gone.set()

    async with listening(handle) as port, cluster_at(port) as cluster:
        reading = asyncio.create_task(cluster.read(WEB))
        await asyncio.sleep(0.05)
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading
        async with asyncio.timeout(10):
            await gone.wait()
