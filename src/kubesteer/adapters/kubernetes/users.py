"""Who a kubeconfig's user entry makes us: its credential source and whom it impersonates."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

from kubesteer.adapters.kubernetes.auth_providers import AuthProvider
from kubesteer.adapters.kubernetes.credentials import (
    ClientCertificate,
    Credential,
    CredentialSource,
    FixedCredential,
    TokenFile,
)
from kubesteer.adapters.kubernetes.exec_plugins import ExecPlugin
from kubesteer.adapters.kubernetes.kubeconfigs import Entry
from kubesteer.adapters.kubernetes.trust import Trust


def credentials_of(
    context: str, cluster: Entry, user: Entry, trust: Trust, environ: Mapping[str, str]
) -> CredentialSource:
    """The source that fits the user's entry, in client-go's order: token file, token, exec, auth-provider,
    name and password; a client certificate goes with any of them.

    Raises:
        Misconfigured: a file that the entry names cannot be read.
    """
    pem, key = user.content("client-certificate"), user.content("client-key")
    certificate = ClientCertificate(pem, key or pem) if pem else None
    token_file = user.path("tokenFile")
    if token_file:
        return TokenFile(token_file, certificate)
    if user.word("token"):
        return FixedCredential(Credential.bearer(user.word("token"), certificate))
    if isinstance(user.body.get("exec"), dict):
        return ExecPlugin(user.body["exec"], user.folder, _told(cluster, trust), dict(environ))
    if isinstance(user.body.get("auth-provider"), dict):
        return AuthProvider(_alone(context, cluster, user), context)
    if user.word("username"):
        return FixedCredential(Credential(_basic(user), certificate))
    return FixedCredential(Credential(certificate=certificate))


def _basic(user: Entry) -> str:
    pair = f"{user.word('username')}:{user.word('password')}".encode()
    return f"Basic {base64.b64encode(pair).decode()}"


def _told(cluster: Entry, trust: Trust) -> dict[str, Any]:
    told: dict[str, Any] = {
        key: cluster.body[key]
        for key in ("server", "tls-server-name", "insecure-skip-tls-verify", "proxy-url")
        if key in cluster.body
    }
    if trust.authority:
        told["certificate-authority-data"] = base64.b64encode(trust.authority).decode()
    for extension in cluster.body.get("extensions") or ():
        if extension.get("name") == "client.authentication.k8s.io/exec":
            told["config"] = extension.get("extension")
    return told


def _alone(context: str, cluster: Entry, user: Entry) -> dict[str, Any]:
    return {
        "current-context": context,
        "contexts": [{"name": context, "context": {"cluster": "cluster", "user": "user"}}],
        "clusters": [{"name": "cluster", "cluster": {"server": cluster.word("server")}}],
        "users": [{"name": "user", "user": {"auth-provider": user.body["auth-provider"]}}],
    }


def impersonation_of(user: Entry) -> tuple[tuple[str, str], ...]:
    """The headers that `as`, `as-uid`, `as-groups` and `as-user-extra` ask for."""
    # Left out, we would act with more rights than the kubeconfig means us to have.
    headers = [("Impersonate-User", user.word("as")), ("Impersonate-Uid", user.word("as-uid"))]
    headers += [("Impersonate-Group", str(group)) for group in user.body.get("as-groups") or ()]
    for key, values in (user.body.get("as-user-extra") or {}).items():
        headers += [(f"Impersonate-Extra-{key}", str(value)) for value in values]
    return tuple((name, value) for name, value in headers if value)
