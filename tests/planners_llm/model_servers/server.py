"""A small HTTP/1.1 server on a loop of asyncio: it records what it is asked and answers as scripted."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from model_servers.wires import Said, encoded


@dataclass(frozen=True)
class Asked:
    """One request as it came."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body decoded."""
        return json.loads(self.body)


@dataclass(frozen=True)
class Raw:
    """A response byte by byte: any status and body; `cut` closes the connection in mid-body, `delay` is in seconds
    before the body."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=lambda: {"content-type": "text/event-stream"})
    cut: bool = False
    delay: float = 0.0
    not_http: bool = False


Answer = Said | Raw
Script = Callable[[Asked], Answer]


class ModelServer:
    """Serves a script: a function of the request, or answers in their order, the last one for ever."""

    def __init__(self, script: Script | Sequence[Answer], wire: str = "openai") -> None:
        self.asked: list[Asked] = []
        self.wire = wire
        self.script: Script = script if callable(script) else self._in_order(script)
        self._closing = asyncio.Event()
        self._open: dict[asyncio.Task[None], asyncio.StreamWriter] = {}

    def _in_order(self, answers: Sequence[Answer]) -> Script:
        return lambda _asked: answers[min(len(self.asked), len(answers)) - 1]

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._client, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.close()
        self._closing.set()
        for writer in self._open.values():
            writer.close()
        await asyncio.gather(*self._open, return_exceptions=True)

    @property
    def url(self) -> str:
        """What KUBESTEER_MODEL_URL has to be."""
        return f"http://127.0.0.1:{self.port}" + ("/v1" if self.wire == "openai" else "")

    @property
    def everything(self) -> str:
        """All that was ever sent to this server: paths, headers and bodies."""
        return "\n".join(
            f"{a.path}\n{a.headers}\n{a.body.decode('utf-8', 'replace')}\n"
            + json.dumps(_decoded(a.body), ensure_ascii=False)
            for a in self.asked
        )

    async def _client(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._open[task] = writer
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError):
                while await self._exchange(reader, writer):
                    pass
        finally:
            del self._open[task]
            writer.close()

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        line, *rest = head.split("\r\n")
        headers = dict(_header(one) for one in rest if ":" in one)
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        self.asked.append(Asked(line.split(" ")[1], headers, body))
        answer = self.script(self.asked[-1])
        raw = Raw(encoded(self.wire, answer)) if isinstance(answer, Said) else answer
        if raw.delay:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._closing.wait(), raw.delay)
        return await _answered(raw, writer)


async def _answered(raw: Raw, writer: asyncio.StreamWriter) -> bool:
    if raw.not_http:
        writer.write(raw.body)
        await writer.drain()
        return False
    body = raw.body[: len(raw.body) // 2] if raw.cut else raw.body
    headers = {**raw.headers, "content-length": str(len(raw.body))}
    lines = "".join(f"{key}: {value}\r\n" for key, value in headers.items())
    writer.write(f"HTTP/1.1 {raw.status} Scripted\r\n{lines}\r\n".encode() + body)
    await writer.drain()
    return not raw.cut


def _header(line: str) -> tuple[str, str]:
    key, _, value = line.partition(":")
    return key.strip().lower(), value.strip()


def _decoded(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return None


def texts_of(body: Any) -> Iterable[str]:
    """Every string in a decoded body."""
    if isinstance(body, str):
        yield body
    for part in body.values() if isinstance(body, dict) else body if isinstance(body, list) else ():
        yield from texts_of(part)
