"""Credentials from a kubeconfig's `auth-provider` (OIDC, gcp), through the official package.

It is imported here and nowhere else, and only when such a user is met: its import takes 0.65 s, where reading
a kubeconfig ourselves takes 0.03 s.
"""

from __future__ import annotations

import asyncio
import copy
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from kubesteer.adapters.kubernetes.credentials import Credential
from kubesteer.core.errors import Misconfigured
from kubesteer.core.texts import Text

_AUTHORITY = "idp-certificate-authority"


def verified(document: Mapping[str, Any]) -> dict[str, Any]:
    """The kubeconfig with a certificate authority for its identity provider.

    Where none is named the official loader verifies nothing, and would hand the refresh token and the client's
    secret to anybody who answers.
    """
    import certifi

    copied: dict[str, Any] = copy.deepcopy(dict(document))
    provider = copied["users"][0]["user"]["auth-provider"]
    config = provider.get("config") if isinstance(provider, dict) else None
    if isinstance(config, dict) and not (config.get(_AUTHORITY) or config.get(f"{_AUTHORITY}-data")):
        config[_AUTHORITY] = ssl.get_default_verify_paths().cafile or certifi.where()
    return copied


def _check_installed() -> None:
    """The official package is an extra: it takes more room than all the rest together."""
    if find_spec("kubernetes") is None:
        raise Misconfigured(
            Text(
                "这个上下文用的是 auth-provider(OIDC),需要另装官方 kubernetes 包。",
                "This context uses an auth-provider (OIDC), which needs the official kubernetes package.",
            ),
            Text("请执行 pip install 'kubesteer[oidc]'。", "Run: pip install 'kubesteer[oidc]'"),
        )


@dataclass(slots=True)
class AuthProvider:
    """Asks the official loader for the token, which it refreshes when it has expired.

    `document` is a kubeconfig with the one context in it, file names absolute.
    """

    document: Mapping[str, Any]
    context: str
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def current(self, *, renew: bool = False) -> Credential:  # noqa: ARG002
        """The token of the moment; the loader itself knows when it has expired."""
        async with self._lock:
            return await asyncio.to_thread(self._load)

    def _load(self) -> Credential:
        _check_installed()
        from kubernetes.client import ApiException, Configuration
        from kubernetes.config import ConfigException, load_kube_config_from_dict
        from urllib3.exceptions import HTTPError

        load: Callable[..., None] = load_kube_config_from_dict
        refusal: type[Exception] = import_module("oauthlib.oauth2").OAuth2Error  # it has no types
        configuration = Configuration()
        try:
            load(verified(self.document), self.context, configuration)
        except (ConfigException, KeyError, ValueError, OSError) as error:
            raise self._trouble(str(error)) from error
        except (HTTPError, ApiException, refusal) as error:
            raise self._trouble(f"{type(error).__name__}: {error}") from error
        header = configuration.api_key.get("BearerToken", "")
        if not header:
            raise self._trouble("no token")
        return Credential(str(header))

    def _trouble(self, why: str) -> Misconfigured:
        return Misconfigured(
            Text(
                f"上下文“{self.context}”的 auth-provider 给不出令牌({why[:300]})",
                f"The auth-provider of context “{self.context}” gives no token ({why[:300]})",
            ),
            Text(
                "请重新登录(例如 kubelogin),或改用 exec 凭据插件。",
                "Log in again (for example with kubelogin), or use an exec credential plug-in.",
            ),
        )
