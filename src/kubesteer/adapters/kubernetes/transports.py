"""The HTTP client of one connection: TLS, proxy, limits, time-outs, headers."""

from __future__ import annotations

import httpx2

import kubesteer
from kubesteer.adapters.kubernetes.connections import Connection
from kubesteer.adapters.kubernetes.credentials import ClientCertificate
from kubesteer.adapters.kubernetes.proxies import is_loopback
from kubesteer.adapters.kubernetes.trust import no_tls, tls_context
from kubesteer.core.errors import Misconfigured
from kubesteer.core.texts import Text

TIMEOUT = httpx2.Timeout(connect=5.0, read=35.0, write=15.0, pool=60.0)
"""Seconds. Reading outlasts one admission webhook, which may take 30 s."""

LIMITS = httpx2.Limits(max_connections=8, max_keepalive_connections=8, keepalive_expiry=30.0)


def http_client(
    connection: Connection,
    certificate: ClientCertificate | None,
    transport: httpx2.AsyncBaseTransport | None = None,
) -> httpx2.AsyncClient:
    """A client that never follows redirects and takes nothing from the environment: .netrc and its kind
    would put other credentials than the kubeconfig's into requests.

    Raises:
        Misconfigured: TLS material or proxy cannot be used.
    """
    return httpx2.AsyncClient(
        transport=transport or _transport(connection, certificate),
        headers=_headers(connection),
        timeout=TIMEOUT,
        follow_redirects=False,
        trust_env=False,
    )


def _transport(connection: Connection, certificate: ClientCertificate | None) -> httpx2.AsyncHTTPTransport:
    secure = connection.server.startswith("https:")
    context = tls_context(connection.trust, certificate) if secure else no_tls()
    try:
        return httpx2.AsyncHTTPTransport(
            verify=context, trust_env=False, limits=LIMITS, proxy=connection.proxy or None
        )
    except (ValueError, ImportError, httpx2.InvalidURL) as error:
        raise Misconfigured(
            Text(f"代理地址不可用:{error}", f"The proxy's address cannot be used: {error}"),
            Text(
                "请检查 proxy-url 或 HTTPS_PROXY;SOCKS 代理需要安装 socksio。",
                "Check proxy-url or HTTPS_PROXY; SOCKS proxies need socksio to be installed.",
            ),
        ) from error


def _headers(connection: Connection) -> list[tuple[str, str]]:
    # Compressing costs more than sending where the server is this machine.
    plain = not connection.compress or is_loopback(httpx2.URL(connection.server).host)
    return [
        ("User-Agent", f"kubesteer/{kubesteer.__version__}"),
        ("Accept-Encoding", "identity" if plain else "gzip"),
        *connection.headers,
    ]
