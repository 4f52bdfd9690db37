"""Stand-ins for an API server: answers from a script, without a socket or on one."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx2

from kubesteer.adapters.kubernetes.clusters import KubernetesCluster
from kubesteer.adapters.kubernetes.connections import Connection
from kubesteer.adapters.kubernetes.retries import Patience

SERVER = "https://api.test:6443"
Reply = httpx2.Response | Exception | Callable[[httpx2.Request], httpx2.Response]


class Script(httpx2.AsyncBaseTransport):
    """Gives the replies one after the other, the last one for ever; `asked` is what came in."""

    def __init__(self, *replies: Reply) -> None:
        self._replies = list(replies)
        self.asked: list[httpx2.Request] = []

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        await request.aread()
        self.asked.append(request)
        reply = self._replies[0] if len(self._replies) == 1 else self._replies.pop(0)
        if isinstance(reply, Exception):
            raise reply
        return reply(request) if callable(reply) else reply


class Waits:
    """A clock that only sleeping moves; `seconds` are the pauses that were made."""

    def __init__(self, jitter: float = 0.5) -> None:
        self.seconds: list[float] = []
        self.patience = Patience(sleep=self._sleep, clock=lambda: sum(self.seconds), jitter=lambda: jitter)

    async def _sleep(self, seconds: float) -> None:
        self.seconds.append(seconds)


def cluster_of(script: httpx2.AsyncBaseTransport, waits: Waits | None = None) -> KubernetesCluster:
    """The adapter speaking to a script, never really waiting."""
    return KubernetesCluster(Connection(SERVER), None, script, (waits or Waits()).patience)


def ok(body: Any) -> httpx2.Response:
    """200 with a JSON body."""
    return httpx2.Response(200, json=body)


def status(code: int, reason: str = "", message: str = "", **more: Any) -> httpx2.Response:
    """A refusal as the API server words it; `details` and `headers` go where they belong."""
    headers = more.pop("headers", {})
    body = {"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": reason, "code": code}
    return httpx2.Response(code, json=body | {"message": message} | more, headers=headers)


def page(*names: str, more: str = "", version: str = "7") -> httpx2.Response:
    """A page of objects that have nothing but names."""
    metadata = {"resourceVersion": version, **({"continue": more} if more else {})}
    items = [{"metadata": {"name": name, "namespace": "shop"}} for name in names]
    return ok({"kind": "List", "metadata": metadata, "items": items})


Handler = Callable[[bytes, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def listening(handler: Handler, secure: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """A server on loopback whose `handler` gets each request's head and writes what it likes; the port."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await handler(await reader.readuntil(b"\r\n\r\n"), writer)
            await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the client went away, as several tests mean it to
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=secure)
    async with server:
        yield server.sockets[0].getsockname()[1]


def http(body: Any, code: int = 200) -> bytes:
    """A whole HTTP answer that ends the connection."""
    content = json.dumps(body).encode()
    head = f"HTTP/1.1 {code} X\r\nContent-Type: application/json\r\nContent-Length: {len(content)}"
    return f"{head}\r\nConnection: close\r\n\r\n".encode() + content
