"""Kubeconfigs of old with an auth-provider, through the official loader."""

from __future__ import annotations

import asyncio
import base64
import json
import ssl
import time
from pathlib import Path
from typing import Any

import pytest
import trustme
import yaml
from stubs import http, listening

from kubesteer.adapters.kubernetes.connections import Options, find_connection
from kubesteer.core.errors import Misconfigured


def token(lasting: float) -> str:
    """An unsigned JWT that expires in so many seconds."""
    parts = ({"alg": "none"}, {"sub": "ops", "exp": int(time.time() + lasting)}, {})
    return ".".join(
        base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts
    )


REFRESH = {"refresh-token": "r3fresh", "client-id": "kubectl", "client-secret": "s3cret"}


async def header(folder: Path, provider: dict[str, Any]) -> str:
    """The Authorization header that a user with this auth-provider gets."""
    content = {
        "clusters": [{"name": "c", "cluster": {"server": "https://api.test"}}],
        "users": [{"name": "u", "user": {"auth-provider": provider}}],
        "contexts": [{"name": "x", "context": {"cluster": "c", "user": "u"}}],
        "current-context": "x",
    }
    path = folder / "config"
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    connection = find_connection(Options(kubeconfig=str(path)), {})
    return (await connection.credentials.current()).authorization


async def test_an_id_token_that_is_still_good(tmp_path: Path) -> None:
    good = token(3600)
    assert await header(tmp_path, {"name": "oidc", "config": {"id-token": good}}) == f"Bearer {good}"


@pytest.mark.parametrize(
    "provider",
    [
        {"name": "oidc", "config": {"id-token": "not.a-token"}},
        {"name": "oidc", "config": {}},
        {"name": "oidc"},
        {"name": "unheard-of", "config": {}},
    ],
)
async def test_no_token_to_be_had(tmp_path: Path, provider: dict[str, Any]) -> None:
    with pytest.raises(Misconfigured) as caught:
        await header(tmp_path, provider)
    assert "auth-provider" in caught.value.say("zh")
    assert "kubelogin" in caught.value.say("en")


async def test_a_provider_that_is_down(tmp_path: Path) -> None:
    config = {"id-token": token(-60), "idp-issuer-url": "https://127.0.0.1:1", **REFRESH}
    with pytest.raises(Misconfigured) as caught:
        await header(tmp_path, {"name": "oidc", "config": config})
    assert "gives no token" in caught.value.say("en")
    assert "s3cret" not in caught.value.say("en")


async def test_secrets_are_not_told_to_whoever_answers(tmp_path: Path) -> None:
    secure = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(secure)
    asked: list[bytes] = []

    async def impostor(head: bytes, writer: asyncio.StreamWriter) -> None:
        asked.append(head)
        writer.write(http({"token_endpoint": "https://127.0.0.1/token"}))

    async with listening(impostor, secure) as port:
        config = {"id-token": token(-60), "idp-issuer-url": f"https://127.0.0.1:{port}", **REFRESH}
        with pytest.raises(Misconfigured):
            await header(tmp_path, {"name": "oidc", "config": config})
    assert asked == []
