"""Kubeconfigs of old with an auth-provider, through the official loader."""

from __future__ import annotations

import base64
import json
import time
from pathlib import Path
from typing import Any

import pytest
import yaml

from kubesteer.adapters.kubernetes.connections import Options, find_connection
from kubesteer.core.errors import Misconfigured


def token(lasting: float) -> str:
    """An unsigned JWT that expires in so many seconds."""
    parts = ({"alg": "none"}, {"sub": "ops", "exp": int(time.time() + lasting)}, {})
    return ".".join(
        base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts
    )


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
