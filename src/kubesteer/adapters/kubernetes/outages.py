"""From a transport's exception to Unavailable: each way of not getting an answer has its own sentence."""

from __future__ import annotations

import errno
import socket
import ssl
from collections.abc import Iterator

import httpx2

from kubesteer.adapters.kubernetes.failures import Failure
from kubesteer.core.errors import Unavailable
from kubesteer.core.texts import Text

_NEVER_SENT = (
    httpx2.ConnectError,
    httpx2.ConnectTimeout,
    httpx2.PoolTimeout,
    httpx2.ProxyError,
    httpx2.UnsupportedProtocol,
    httpx2.LocalProtocolError,
)


def outage(error: httpx2.TransportError, server: str) -> Failure:
    """What went wrong on the way to the server, and whether a read may be tried again."""
    sent = not isinstance(error, _NEVER_SENT)
    reasons = list(_chain(error))
    for reason in reasons:
        if isinstance(reason, ssl.SSLCertVerificationError):
            return Failure(_untrusted(reason, server))
        if isinstance(reason, ssl.SSLError):
            return Failure(_no_tls(reason, server, sent))
        if isinstance(reason, socket.gaierror):
            return Failure(_unresolvable(server))
    if isinstance(error, httpx2.ProxyError):
        return Failure(_proxy(error))
    if any(getattr(reason, "errno", None) == errno.ECONNREFUSED for reason in reasons):
        return Failure(_refused(server), again=True)
    if isinstance(error, httpx2.TimeoutException):
        return Failure(too_slow(server, sent), again=True)
    if not sent:
        return Failure(_unreachable(error, server), again=True)
    return Failure(cut_off(sent), again=True)


def _chain(error: BaseException) -> Iterator[BaseException]:
    pending, seen = [error], set[int]()
    while pending:
        one = pending.pop(0)
        if id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        inner = one.exceptions if isinstance(one, BaseExceptionGroup) else ()
        pending += [cause for cause in (one.__cause__, one.__context__, *inner) if cause is not None]


def _untrusted(error: ssl.SSLCertVerificationError, server: str) -> Unavailable:
    return Unavailable(
        Text(
            f"不信任 {server} 的证书:{error.verify_message}。",
            f"The certificate of {server} is not trusted: {error.verify_message}.",
        ),
        Text(
            "用 --certificate-authority 给出集群的 CA;名字不符时用 --tls-server-name。"
            "只在测试中用 --insecure-skip-tls-verify。",
            "Give the cluster's CA with --certificate-authority, or --tls-server-name where the name differs; "
            "use --insecure-skip-tls-verify for tests only.",
        ),
        sent=False,
    )


def _no_tls(error: ssl.SSLError, server: str, sent: bool) -> Unavailable:
    reason = (error.reason or str(error)).replace("_", " ").lower()
    return Unavailable(
        Text(f"与 {server} 的 TLS 握手失败:{reason}。", f"TLS with {server} fails: {reason}."),
        Text(
            "如果那是 kubectl proxy 之类的明文端口,请把地址写成 http://;如果服务器要求客户端证书,请检查 kubeconfig。",
            "If it is a plain port such as kubectl proxy's, write http://; if the server wants a client "
            "certificate, check the kubeconfig.",
        ),
        sent=sent,
    )


def _unresolvable(server: str) -> Unavailable:
    return Unavailable(
        Text(f"解析不了服务器的主机名:{server}。", f"The server's host name cannot be resolved: {server}."),
        Text("请检查地址、DNS 与 VPN。", "Check the address, the DNS and the VPN."),
        sent=False,
    )


def _proxy(error: httpx2.TransportError) -> Unavailable:
    return Unavailable(
        Text(f"代理拒绝了连接:{error}。", f"The proxy refuses the connection: {error}."),
        Text("请检查 proxy-url、HTTPS_PROXY 与 NO_PROXY。", "Check proxy-url, HTTPS_PROXY and NO_PROXY."),
        sent=False,
    )


def _refused(server: str) -> Unavailable:
    return Unavailable(
        Text(
            f"{server} 拒绝连接:服务器没有在运行,或端口不对。",
            f"{server} refuses the connection: the server is down, or the port is wrong.",
        ),
        Text(
            "请检查集群是否在运行,以及所选的上下文。",
            "See whether the cluster runs, and which context is chosen.",
        ),
        sent=False,
    )


def too_slow(server: str, sent: bool) -> Unavailable:
    """No answer within the time allowed."""
    return Unavailable(
        Text(f"{server} 没有在限定时间内回答。", f"{server} did not answer in time."),
        Text(
            "请检查网络、VPN 与集群负载,稍后再试。",
            "Check the network, the VPN and the load of the cluster, and try again.",
        ),
        sent=sent,
    )


def _unreachable(error: httpx2.TransportError, server: str) -> Unavailable:
    return Unavailable(
        Text(f"连不上 {server}:{error}。", f"Cannot reach {server}: {error}."),
        Text("请检查地址、网络与 VPN。", "Check the address, the network and the VPN."),
        sent=False,
    )


def cut_off(sent: bool = True) -> Unavailable:
    """The answer ended before it was complete."""
    return Unavailable(
        Text(
            "连接在回答中途断开,结果不完整,未采用。",
            "The connection broke in mid-answer; the incomplete answer was not used.",
        ),
        Text("请重试。", "Try again."),
        sent=sent,
    )
