"""Who we are towards the API server: a header, a client certificate, or both, possibly short-lived."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from kubesteer.core.errors import Misconfigured
from kubesteer.core.texts import Text

TOKEN_FILE_SECONDS = 60.0
"""How long a token read from a file is used: client-go re-reads after a minute, too (client-go
transport/token_source.go); bound service account tokens are replaced in place by the kubelet."""


@dataclass(frozen=True, slots=True)
class ClientCertificate:
    """A certificate chain and its private key, PEM."""

    certificate: bytes
    key: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Credential:
    """What one request carries. `authorization` is the whole header value, "" for none."""

    authorization: str = field(default="", repr=False)
    certificate: ClientCertificate | None = None

    @classmethod
    def bearer(cls, token: str, certificate: ClientCertificate | None = None) -> Credential:
        """A bearer token, where there is one.

        Raises:
            Misconfigured: the token cannot stand in a header.
        """
        if not token:
            return cls("", certificate)
        if not (token.isascii() and token.isprintable()) or " " in token:
            raise Misconfigured(
                Text(
                    "令牌里有不能用在请求头中的字符。", "The token has characters that a header cannot carry."
                ),
                Text("请检查令牌有没有换行或空格。", "Look for line breaks or spaces in the token."),
            )
        return cls(f"Bearer {token}", certificate)


class CredentialSource(Protocol):
    """Where the credential of the moment comes from."""

    async def current(self, *, renew: bool = False) -> Credential:
        """The credential to use now; `renew` after the server has refused the last one.

        Raises:
            Misconfigured: it cannot be had.
        """
        ...


@dataclass(frozen=True, slots=True)
class FixedCredential:
    """A credential that never changes."""

    credential: Credential = field(default_factory=Credential)

    async def current(self, *, renew: bool = False) -> Credential:  # noqa: ARG002
        """The credential."""
        return self.credential


@dataclass(slots=True)
class TokenFile:
    """A token kept in a file that somebody else keeps fresh, such as a pod's service account."""

    path: Path
    certificate: ClientCertificate | None = None
    clock: Callable[[], float] = time.monotonic
    _kept: Credential | None = None
    _read_at: float = 0.0

    async def current(self, *, renew: bool = False) -> Credential:
        """The token as the file has it now, at most a minute old."""
        now = self.clock()
        if self._kept is None or renew or now - self._read_at > TOKEN_FILE_SECONDS:
            self._kept = Credential.bearer(read_file(self.path).decode("utf-8").strip(), self.certificate)
            self._read_at = now
        return self._kept


def read_file(path: Path) -> bytes:
    """A file that the connection settings name.

    Raises:
        Misconfigured: it cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise Misconfigured(
            Text(f"读不了文件 {path}:{error.strerror}。", f"Cannot read {path}: {error.strerror}."),
            Text(
                "请检查 kubeconfig 或参数里写的路径。",
                "Check the path in the kubeconfig or on the command line.",
            ),
        ) from error
