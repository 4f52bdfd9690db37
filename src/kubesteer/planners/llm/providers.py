"""From settings to a provider's client. Everything that imports a provider's library does so here or later."""

from __future__ import annotations

import importlib.util
import warnings
from collections.abc import AsyncGenerator, AsyncIterator
from typing import TYPE_CHECKING

from kubesteer.core.errors import Misconfigured
from kubesteer.core.texts import Text
from kubesteer.planners.llm.settings import ModelSettings

if TYPE_CHECKING:
    import httpx2
    from pydantic_ai.models import Model

LARGEST_BODY = 4 * 1024 * 1024
"""Bytes of one response that are read, whatever its content; a whole diagnosis is a few kilobytes."""

_LIBRARIES = {"openai": "openai", "anthropic": "anthropic", "google": "google.genai"}
_INSTALL = 'pip install "kubesteer[llm]"'


def check_installed(settings: ModelSettings) -> None:
    """Raises Misconfigured, with the command that installs it, where the extra `llm` is missing."""
    for library in ("pydantic_ai", _LIBRARIES[settings.wire]):
        if not _present(library):
            raise Misconfigured(
                Text(
                    f"使用模型需要 {library},它还没有安装。",
                    f"A model needs {library}, which is not installed.",
                ),
                Text(f"请运行:{_INSTALL}", f"Run: {_INSTALL}"),
            )


def model_of(settings: ModelSettings, client: httpx2.AsyncClient) -> Model:
    """The provider's model, reached through this client; the extra must be installed."""
    key = settings.key.get_secret_value()
    _quiet()
    if settings.wire == "anthropic":
        from pydantic_ai.models.anthropic import AnthropicModel
        from pydantic_ai.providers.anthropic import AnthropicProvider

        return AnthropicModel(
            settings.model, provider=AnthropicProvider(api_key=key, base_url=settings.url, http_client=client)
        )
    if settings.wire == "google":
        from pydantic_ai.models.google import GoogleModel
        from pydantic_ai.providers.google import GoogleProvider

        return GoogleModel(
            settings.model, provider=GoogleProvider(api_key=key, base_url=settings.url, http_client=client)
        )
    return _openai(settings, key, client)


def _openai(settings: ModelSettings, key: str, client: httpx2.AsyncClient) -> Model:
    from pydantic_ai.models.openai import OpenAIChatModel
    from pydantic_ai.profiles.openai import OpenAIModelProfile
    from pydantic_ai.providers.openai import OpenAIProvider
    from pydantic_ai.providers.openai_compatible import OpenAICompatibleProvider

    if settings.provider in ("openai", "azure"):
        own = OpenAIProvider(api_key=key, base_url=settings.url, http_client=client)
        return OpenAIChatModel(settings.model, provider=own)
    # `max_tokens` is what every compatible service knows; `max_completion_tokens` is OpenAI's own newer name.
    profile = OpenAIModelProfile(openai_chat_supports_max_completion_tokens=False)
    compatible = OpenAICompatibleProvider(
        settings.provider, api_key=key or None, base_url=settings.url, http_client=client, profile=profile
    )
    return OpenAIChatModel(settings.model, provider=compatible)


def _quiet() -> None:
    """Warnings for programmers about a provider's odd usage figures are nothing for a person on call."""
    from pydantic_ai.exceptions import UnsupportedSettingWarning, UsageExtractionFailedWarning

    for warning in (UsageExtractionFailedWarning, UnsupportedSettingWarning):
        warnings.filterwarnings("ignore", category=warning)


def bounded_client() -> httpx2.AsyncClient:
    """A client that honours proxies of the environment and stops reading a body that never ends."""
    import httpx2

    async def bounded(response: httpx2.Response) -> None:
        stream = response.stream
        assert isinstance(stream, httpx2.AsyncByteStream)
        response.stream = _Bounded(stream)

    class _Bounded(httpx2.AsyncByteStream):
        def __init__(self, stream: httpx2.AsyncByteStream) -> None:
            self._stream = stream

        async def __aiter__(self) -> AsyncIterator[bytes]:
            size = 0
            chunks = aiter(self._stream)
            try:
                async for chunk in chunks:
                    size += len(chunk)
                    if size > LARGEST_BODY:
                        raise httpx2.ReadError("the response is too large")
                    yield chunk
            finally:
                # Left early, the inner generator must be closed here and now, not by the garbage collector.
                if isinstance(chunks, AsyncGenerator):
                    await chunks.aclose()

        async def aclose(self) -> None:
            await self._stream.aclose()

    timeout = httpx2.Timeout(120.0, connect=10.0)
    return httpx2.AsyncClient(timeout=timeout, event_hooks={"response": [bounded]})


def _present(library: str) -> bool:
    try:
        return importlib.util.find_spec(library) is not None
    except ModuleNotFoundError:
        return False
