"""The ASGI application: bytes in, bytes out, with the faults that were asked for in between."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, MutableMapping
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qsl

from kubesteer.simulator.audit import AuditRecord
from kubesteer.simulator.failures import Failure
from kubesteer.simulator.faults import Fault, Faults
from kubesteer.simulator.objects import name_of
from kubesteer.simulator.server.replies import Reply, failure_reply, json_reply
from kubesteer.simulator.server.requests import Request, Target
from kubesteer.simulator.server.router import Router

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

BODY_LIMIT = 3 * 2**20
"""Bytes; what a kube-apiserver takes at most."""
LOST = 0
MOST_RECORDS = 100_000
READS = frozenset({"GET", "HEAD", "OPTIONS"})


class Cut(Exception):
    """The connection breaks here, on request."""


class Application:
    """Serves one cluster."""

    def __init__(self, router: Router, faults: Faults, audit: list[AuditRecord]) -> None:
        self.router = router
        self.faults = faults
        self.audit = audit

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer one HTTP request."""
        if scope["type"] != "http":
            return
        request = await _read(scope, receive)
        fault = self.faults.strike(request.method, _shown(scope), dry_run=_is_dry(request))
        if fault is not None and fault.delay:
            await asyncio.sleep(fault.delay)
        reply = self._reply(request, fault)
        cut_after = fault.cut_after if fault else None
        if isinstance(reply.body, bytes):
            await _send_whole(reply, reply.body, request, send, cut_after)
        else:
            await _send_stream(reply, reply.body, request, receive, send, cut_after)

    def _reply(self, request: Request, fault: Fault | None) -> Reply:
        target = self.router.target(request)
        if fault is not None and _prevents(fault, request):
            with suppress(Failure):  # who asked is told in the audit, whatever becomes of the request
                request.user = self.router.authenticator.identify(request.headers)
            reply = _injected(fault)
            if fault.status is None and fault.body is None:
                self._record(request, target, LOST)
                return reply
        else:
            reply = self._answer(request, target)
            if fault is not None and (fault.status is not None or fault.body is not None):
                reply = _injected(fault)
        self._record(request, target, reply.code)
        return reply

    def _answer(self, request: Request, target: Target | None) -> Reply:
        try:
            if len(request.body) > BODY_LIMIT:
                message = f"Request entity too large: limit is {BODY_LIMIT}"
                raise Failure(413, "RequestEntityTooLarge", message)
            return self.router.answer(request, target)
        except Failure as failure:
            return failure_reply(failure)

    def _record(self, request: Request, target: Target | None, code: int) -> None:
        body = _audited(request)
        name = target.name if target else ""
        if target and target.verb == "create" and not name and isinstance(body, dict):
            name = name_of(body)
        if len(self.audit) >= MOST_RECORDS:
            del self.audit[: MOST_RECORDS // 2]
        self.audit.append(
            AuditRecord(
                verb=target.verb if target else request.method.lower(),
                user=request.user.name,
                method=request.method,
                path=request.path,
                group=target.resource.group if target else "",
                resource=target.resource.plural if target else "",
                namespace=target.namespace if target else "",
                name=name,
                subresource=target.subresource if target else "",
                status=code,
                dry_run=_is_dry(request),
                body=body,
                field_manager=request.manager,
                user_agent=request.headers.get("user-agent", ""),
                time=self.router.cluster.clock.now(),
            )
        )


def _is_dry(request: Request) -> bool:
    """Whether nothing is to be persisted. A deletion's body, where there is one, goes before the query."""
    options = _audited(request) if request.method == "DELETE" else None
    if isinstance(options, dict) and options:
        return options.get("dryRun") == ["All"]
    return request.query.get("dryRun") == "All"


def _prevents(fault: Fault, request: Request) -> bool:
    """Whether a fault keeps the request from being carried out."""
    if fault.when == "after":
        return False
    lost = fault.cut_after is not None and request.method not in READS
    return fault.status is not None or fault.body is not None or lost


def _injected(fault: Fault) -> Reply:
    if fault.status is None and fault.body is None:
        return Reply(200, b" ")
    if fault.body is not None:
        code = fault.status or 200
        if isinstance(fault.body, bytes | str):
            raw = fault.body.encode() if isinstance(fault.body, str) else fault.body
            return Reply(code, raw)
        return json_reply(fault.body, code)
    return failure_reply(fault.failure())


def _audited(request: Request) -> Any:
    """The decoded body of a write, None where there is none or it cannot be read."""
    if request.method in READS or not request.body or len(request.body) > BODY_LIMIT:
        return None
    try:
        return request.decoded()
    except Failure:
        return None


def _shown(scope: Message) -> str:
    """The path with its query, as faults are matched against."""
    query = scope["query_string"].decode("latin-1")
    return f"{scope['path']}?{query}" if query else str(scope["path"])


async def _read(scope: Message, receive: Receive) -> Request:
    chunks: list[bytes] = []
    size, more = 0, True
    while more and size <= BODY_LIMIT:
        message = await receive()
        chunks.append(message.get("body", b""))
        size += len(chunks[-1])
        more = message.get("more_body", False)
    headers: dict[str, str] = {}
    for raw_key, raw_value in scope["headers"]:
        key, value = raw_key.decode("latin-1").lower(), raw_value.decode("latin-1")
        headers[key] = f"{headers[key]},{value}" if key in headers else value
    query: dict[str, str] = {}
    for key, value in parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True):
        query.setdefault(key, value)
    return Request(scope["method"], scope["path"], query, headers, b"".join(chunks))


def _start(reply: Reply, request: Request) -> Message:
    headers = [(b"content-type", reply.content_type.encode()), (b"cache-control", b"no-cache, private")]
    headers += [(key.lower().encode(), value.encode()) for key, value in reply.headers.items()]
    headers += [(b"warning", _warning(warning)) for warning in request.warnings]
    if isinstance(reply.body, bytes):
        headers.append((b"content-length", b"%d" % len(reply.body)))
    return {"type": "http.response.start", "status": reply.code, "headers": headers}


def _warning(message: str) -> bytes:
    quoted = message.replace("\\", "\\\\").replace('"', '\\"')
    return f'299 - "{quoted}"'.encode("ascii", "replace").replace(b"\n", b" ").replace(b"\r", b" ")


async def _send_whole(reply: Reply, body: bytes, request: Request, send: Send, cut_after: int | None) -> None:
    await send(_start(reply, request))
    if cut_after is None:
        await send({"type": "http.response.body", "body": body})
        return
    await send({"type": "http.response.body", "body": body[:cut_after], "more_body": True})
    raise Cut


async def _send_stream(
    reply: Reply,
    pieces: AsyncGenerator[bytes, None],
    request: Request,
    receive: Receive,
    send: Send,
    cut_after: int | None,
) -> None:
    """Send a body piece by piece until it ends, or nobody listens any more."""
    await send(_start(reply, request))
    sending = asyncio.ensure_future(_send_pieces(pieces, send, cut_after))
    leaving = asyncio.ensure_future(_left(receive))
    try:
        await asyncio.wait({sending, leaving}, return_when=asyncio.FIRST_COMPLETED)
        if sending.done():
            sending.result()
    finally:
        for task in (sending, leaving):
            task.cancel()
        await asyncio.gather(sending, leaving, return_exceptions=True)
        await pieces.aclose()


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        continue


async def _send_pieces(pieces: AsyncGenerator[bytes, None], send: Send, cut_after: int | None) -> None:
    sent = 0
    async for piece in pieces:
        if cut_after is not None and sent + len(piece) >= cut_after:
            await send({"type": "http.response.body", "body": piece[: cut_after - sent], "more_body": True})
            raise Cut
        sent += len(piece)
        await send({"type": "http.response.body", "body": piece, "more_body": True})
    await send({"type": "http.response.body", "body": b"", "more_body": False})
