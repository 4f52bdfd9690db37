"""Kubeconfig files: one cluster, one user with a bearer token."""

from __future__ import annotations

import base64
import json
from pathlib import Path


def write_kubeconfig(path: Path, url: str, authority: bytes, user: str, token: str) -> None:
    """Write a kubeconfig (JSON, which is YAML); `authority` is the server's CA in PEM."""
    cluster = {"server": url, "certificate-authority-data": base64.b64encode(authority).decode()}
    content = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "contract", "cluster": cluster}],
        "users": [{"name": user, "user": {"token": token}}],
        "contexts": [{"name": "contract", "context": {"cluster": "contract", "user": user}}],
        "current-context": "contract",
    }
    path.touch(mode=0o600)
    path.write_text(json.dumps(content, indent=1), encoding="utf-8")
