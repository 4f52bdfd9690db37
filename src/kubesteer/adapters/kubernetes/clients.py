"""Sending requests to one API server and judging the answers; the one place where HTTP happens."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import TypeVar

import httpx2

from kubesteer.adapters.kubernetes import wordings
from kubesteer.adapters.kubernetes.connections import Connection
from kubesteer.adapters.kubernetes.credentials import Credential
from kubesteer.adapters.kubernetes.exchanges import JSON, Answer, ApiRequest, Exchange, Observer
from kubesteer.adapters.kubernetes.failures import Failure, failure
from kubesteer.adapters.kubernetes.outages import cut_off, outage, too_slow
from kubesteer.adapters.kubernetes.retries import Patience
from kubesteer.adapters.kubernetes.transports import http_client
from kubesteer.core.errors import Unauthenticated, Unavailable
from kubesteer.core.texts import Text

T = TypeVar("T")

DEADLINE = 90.0
"""Seconds for one whole answer, however slowly it drips."""
LONGEST_BODY = 256 * 1024 * 1024
"""Bytes that an answer may have; a page of 500 objects at etcd's limit of 1.5 MB would be larger, no real one is."""


class ApiClient:
    """Belongs to one event loop; close it with `aclose`."""

    def __init__(
        self,
        connection: Connection,
        observer: Observer | None = None,
        transport: httpx2.AsyncBaseTransport | None = None,
        patience: Patience | None = None,
    ) -> None:
        self.connection = connection
        self._observer = observer
        self._transport = transport
        self._patience = patience or Patience()
        self._http: httpx2.AsyncClient | None = None
        self._retired: list[httpx2.AsyncClient] = []
        self._credential = Credential()

    async def aclose(self) -> None:
        """Close all connections."""
        clients = [*self._retired, self._http]
        self._retired, self._http = [], None
        for client in clients:
            if client is not None:
                await client.aclose()

    async def read(self, request: ApiRequest) -> Answer:
        """Send a request that changes nothing, again where that may help.

        Raises:
            ClusterError: it failed for good.
        """
        outcome = await self._patiently(request, self._complete)
        if isinstance(outcome, Failure):
            raise outcome.error
        return outcome

    async def write(self, request: ApiRequest) -> Answer:
        """Send a request exactly once.

        Raises:
            ClusterError: it failed; `sent` tells whether it may have reached the server.
        """
        outcome = await self._complete(request, False)
        if isinstance(outcome, Failure):
            raise outcome.error
        return outcome

    @asynccontextmanager
    async def stream(self, request: ApiRequest, silence: float) -> AsyncIterator[AsyncIterator[bytes]]:
        """The body of a read as it arrives, `silence` seconds at most between two pieces.

        Raises:
            ClusterError: it failed, possibly in mid-body.
        """

        async def opened(request: ApiRequest, renew: bool) -> httpx2.Response | Failure:
            return await self._opened(request, renew, silence)

        response = await self._patiently(request, opened)
        if isinstance(response, Failure):
            raise response.error
        try:
            yield self._pieces(response)
        finally:
            await response.aclose()

    async def _patiently(
        self, request: ApiRequest, send: Callable[[ApiRequest, bool], Awaitable[T | Failure]]
    ) -> T | Failure:
        started, tried, renewed = self._patience.clock(), 0, False
        while True:
            tried += 1
            outcome = await send(request, renewed)
            if not isinstance(outcome, Failure):
                return outcome
            if isinstance(outcome.error, Unauthenticated) and not renewed:
                renewed = True  # the token may have expired since it was read
                continue
            pause = self._patience.pause(outcome, tried, self._patience.clock() - started)
            if pause is None:
                return outcome
            await self._patience.sleep(pause)

    async def _complete(self, request: ApiRequest, renew: bool) -> Answer | Failure:
        try:
            async with asyncio.timeout(DEADLINE):
                response = await self._opened(request, renew)
                return response if isinstance(response, Failure) else await self._judged(response)
        except TimeoutError:
            return Failure(too_slow(self.connection.server, sent=True))

    async def _judged(self, response: httpx2.Response) -> Answer | Failure:
        try:
            body = await self._body(response)
        except Unavailable as error:
            return Failure(error, again=True)
        finally:
            await response.aclose()
        kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind != JSON:
            return Failure(wordings.not_kubernetes(response.status_code, f"{kind or '-'} {_shown(body)}"))
        return Answer(body, response.headers.get("date", ""))

    async def _opened(
        self, request: ApiRequest, renew: bool, silence: float | None = None
    ) -> httpx2.Response | Failure:
        """The answer with its body still to come, if it is a success."""
        http = await self._client(renew)
        started = time.perf_counter()
        try:
            response = await http.send(self._built(http, request, silence), stream=True)
        except httpx2.TransportError as error:
            failed = outage(error, self.connection.server)
            self._tell(request, 0, started, failed.error.text.en)
            return failed
        self._tell(request, response.status_code, started)
        if response.is_success:
            return response
        return await self._failed(request, response)

    async def _failed(self, request: ApiRequest, response: httpx2.Response) -> Failure:
        body = b""
        try:
            with suppress(Unavailable):  # the status says enough where the explanation is cut off
                body = await self._body(response)
        finally:
            await response.aclose()
        return failure(request.attempt, response.status_code, response.headers, body)

    def _built(self, http: httpx2.AsyncClient, request: ApiRequest, silence: float | None) -> httpx2.Request:
        headers = {"Accept": request.accept}
        if self._credential.authorization:
            headers["Authorization"] = self._credential.authorization
        if request.body:
            headers["Content-Type"] = request.content_type
        built = http.build_request(
            request.method,
            self.connection.server + request.path,
            params=dict(request.params) or None,
            content=request.body or None,
            headers=headers,
        )
        if silence is not None:
            built.extensions["timeout"] = {**built.extensions["timeout"], "read": silence}
        if self.connection.trust.server_name:
            built.extensions["sni_hostname"] = self.connection.trust.server_name
        return built

    async def _client(self, renew: bool) -> httpx2.AsyncClient:
        credential = await self.connection.credentials.current(renew=renew)
        if self._http is not None and credential.certificate != self._credential.certificate:
            self._retired.append(self._http)  # requests under way still use it
            self._http = None
        self._credential = credential
        if self._http is None:
            self._http = http_client(self.connection, credential.certificate, self._transport)
        return self._http

    async def _body(self, response: httpx2.Response) -> bytes:
        pieces, length = [], 0
        async for piece in self._pieces(response):
            length += len(piece)
            if length > LONGEST_BODY:
                raise _too_long()
            pieces.append(piece)
        return b"".join(pieces)

    async def _pieces(self, response: httpx2.Response) -> AsyncIterator[bytes]:
        try:
            async for piece in response.aiter_bytes():
                yield piece
        except httpx2.TimeoutException as error:
            raise too_slow(self.connection.server, sent=True) from error
        except (httpx2.TransportError, httpx2.DecodingError) as error:
            raise cut_off() from error

    def _tell(self, request: ApiRequest, status: int, started: float, trouble: str = "") -> None:
        if self._observer is not None:
            target = str(httpx2.URL(request.path, params=dict(request.params) or None))
            spent = (time.perf_counter() - started) * 1000
            self._observer(Exchange(request.method, target, status, spent, trouble))


def _shown(body: bytes) -> str:
    return wordings.cleaned(body[:300].decode("utf-8", "replace"), 80)


def _too_long() -> Unavailable:
    size = LONGEST_BODY // 2**20
    return Unavailable(
        Text(
            f"服务器的回答超过 {size} MiB,没有读完。",
            f"The server's answer is over {size} MiB; it was not read.",
        )
    )
