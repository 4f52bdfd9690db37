"""Which proxy stands between us and the API server.

Source: kubeconfig `proxy-url`, else HTTPS_PROXY, HTTP_PROXY and NO_PROXY as kubectl reads them (Go
golang.org/x/net/http/httpproxy): loopback is never proxied, NO_PROXY takes domains, addresses and CIDRs.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from urllib.parse import urlsplit


def is_loopback(host: str) -> bool:
    """Whether the host is this machine."""
    address = _address(host)
    return host == "localhost" or (address is not None and address.is_loopback)


def proxy_for(server: str, environ: Mapping[str, str]) -> str:
    """The environment's proxy for the server's address, "" for none."""
    url = urlsplit(server)
    host = url.hostname or ""
    if is_loopback(host) or _excepted(host, url.port, _either(environ, "no_proxy")):
        return ""
    found = _either(environ, f"{url.scheme}_proxy")
    return found if not found or "://" in found else f"http://{found}"


def _either(environ: Mapping[str, str], name: str) -> str:
    return (environ.get(name.upper()) or environ.get(name) or "").strip()


def _excepted(host: str, port: int | None, exceptions: str) -> bool:
    return any(_fits(host, port, rule.strip().lower()) for rule in exceptions.split(",") if rule.strip())


def _fits(host: str, port: int | None, rule: str) -> bool:
    if rule == "*":
        return True
    address = _address(host)
    if "/" in rule:
        network = _network(rule)
        return address is not None and network is not None and address in network
    if rule in (host, f"{host}:{port}"):
        return True
    return address is None and host.endswith(rule if rule.startswith(".") else f".{rule}")


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _network(rule: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    try:
        return ipaddress.ip_network(rule, strict=False)
    except ValueError:
        return None
