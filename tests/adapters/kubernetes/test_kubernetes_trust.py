"""TLS: whom we believe, and whom we tell who we are; against a real TLS server."""

from __future__ import annotations

import asyncio
import base64
import ssl
from pathlib import Path
from typing import Any

import pytest
import trustme
import yaml
from stubs import Waits, http, listening

from kubesteer.adapters.kubernetes.clusters import KubernetesCluster
from kubesteer.adapters.kubernetes.connections import Options, find_connection
from kubesteer.core.errors import Misconfigured, Unavailable
from kubesteer.core.refs import Ref

WEB = Ref("Pod", "shop", "web")


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    """A certificate authority that nobody knows by default."""
    return trustme.CA()


def serving(authority: trustme.CA, *names: str, clients: bool = False) -> ssl.SSLContext:
    """A server's side of TLS; with `clients` it wants their certificates."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*names).configure_cert(context)
    if clients:
        context.verify_mode = ssl.CERT_REQUIRED
        authority.configure_trust(context)
    return context


async def greet(_head: bytes, writer: asyncio.StreamWriter) -> None:
    """Any request is answered with a pod."""
    writer.write(http({"kind": "Pod"}))


async def ask(options: Options, environ: dict[str, str] | None = None) -> dict[str, Any]:
    """Read a pod the way options say."""
    connection = find_connection(options, environ or {})
    async with KubernetesCluster(connection, patience=Waits().patience) as cluster:
        return await cluster.read(WEB)


@pytest.fixture
def ca_file(authority: trustme.CA, tmp_path: Path) -> str:
    """The authority in a file."""
    path = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(path)
    return str(path)


async def test_an_unknown_authority(authority: trustme.CA) -> None:
    async with listening(greet, serving(authority, "127.0.0.1")) as port:
        with pytest.raises(Unavailable) as caught:
            await ask(Options(server=f"https://127.0.0.1:{port}"))
    assert "is not trusted" in caught.value.say("en")
    assert "--certificate-authority" in caught.value.say("zh")
    assert caught.value.sent is False


async def test_an_authority_by_flag(authority: trustme.CA, ca_file: str) -> None:
    async with listening(greet, serving(authority, "127.0.0.1")) as port:
        pod = await ask(Options(server=f"https://127.0.0.1:{port}", certificate_authority=ca_file))
    assert pod == {"kind": "Pod"}


async def test_insecure_by_flag(authority: trustme.CA) -> None:
    async with listening(greet, serving(authority, "elsewhere.test")) as port:
        pod = await ask(Options(server=f"https://127.0.0.1:{port}", insecure_skip_tls_verify=True))
    assert pod == {"kind": "Pod"}


async def test_another_name_than_the_address(authority: trustme.CA, ca_file: str) -> None:
    async with listening(greet, serving(authority, "inner.test")) as port:
        server = f"https://127.0.0.1:{port}"
        with pytest.raises(Unavailable) as caught:
            await ask(Options(server=server, certificate_authority=ca_file))
        named = Options(server=server, certificate_authority=ca_file, tls_server_name="inner.test")
        assert await ask(named) == {"kind": "Pod"}
    assert "--tls-server-name" in caught.value.say("en")


async def test_tls_to_a_server_that_speaks_plain_http() -> None:
    async def plain(_head: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    async with listening(plain) as port:
        with pytest.raises(Unavailable) as caught:
            await ask(Options(server=f"https://127.0.0.1:{port}"))
    assert caught.value.remedy is not None


def kubeconfig(folder: Path, port: int, authority: trustme.CA, **user: Any) -> dict[str, str]:
    """An environment whose KUBECONFIG reaches the server at `port` as `user`."""
    cluster = {
        "server": f"https://127.0.0.1:{port}",
        "certificate-authority-data": base64.b64encode(authority.cert_pem.bytes()).decode(),
    }
    content = {
        "clusters": [{"name": "c", "cluster": cluster}],
        "users": [{"name": "u", "user": user}],
        "contexts": [{"name": "x", "context": {"cluster": "c", "user": "u"}}],
        "current-context": "x",
    }
    path = folder / "config"
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    return {"KUBECONFIG": str(path)}


def encoded(blob: trustme.Blob) -> str:
    """As kubeconfigs carry it."""
    return base64.b64encode(blob.bytes()).decode()


async def test_a_client_certificate(authority: trustme.CA, tmp_path: Path) -> None:
    mine = authority.issue_cert("ops@example.test")
    user = {
        "client-certificate-data": encoded(mine.cert_chain_pems[0]),
        "client-key-data": encoded(mine.private_key_pem),
    }
    async with listening(greet, serving(authority, "127.0.0.1", clients=True)) as port:
        assert await ask(Options(), kubeconfig(tmp_path, port, authority, **user)) == {"kind": "Pod"}


async def test_a_server_that_misses_the_client_certificate(authority: trustme.CA, tmp_path: Path) -> None:
    async with listening(greet, serving(authority, "127.0.0.1", clients=True)) as port:
        with pytest.raises(Unavailable) as caught:
            await ask(Options(), kubeconfig(tmp_path, port, authority))
    assert caught.value.remedy is not None


async def test_a_certificate_and_a_key_that_are_no_pair(authority: trustme.CA, tmp_path: Path) -> None:
    mine, other = authority.issue_cert("a@example.test"), authority.issue_cert("b@example.test")
    user = {
        "client-certificate-data": encoded(mine.cert_chain_pems[0]),
        "client-key-data": encoded(other.private_key_pem),
    }
    with pytest.raises(Misconfigured, match="client certificate or key"):
        await ask(Options(), kubeconfig(tmp_path, 1, authority, **user))


async def test_private_keys_are_left_nowhere(
    authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(scratch))
    await test_a_client_certificate(authority, tmp_path)
    assert list(scratch.iterdir()) == []
