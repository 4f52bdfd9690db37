"""Providers by name, as data: adding a provider is one entry here.

Sources of addresses and of key variables: each provider's own API reference.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Wire = Literal["openai", "anthropic", "google"]
"""The format on the wire: OpenAI chat completions, Anthropic messages, Gemini generateContent."""


@dataclass(frozen=True, slots=True)
class Preset:
    """One provider. `url` "" must be given by the person; `keys` are the variables that may hold the key,
    the first one that is set wins; `model` "" has no sensible default."""

    url: str
    keys: tuple[str, ...]
    model: str
    wire: Wire = "openai"
    url_variable: str = ""
    needs_key: bool = True


PRESETS: dict[str, Preset] = {
    "deepseek": Preset("https://api.deepseek.com", ("DEEPSEEK_API_KEY",), "deepseek-chat"),
    "qwen": Preset("https://dashscope.aliyuncs.com/compatible-mode/v1", ("DASHSCOPE_API_KEY",), "qwen-plus"),
    "zhipu": Preset(
        "https://open.bigmodel.cn/api/paas/v4", ("ZHIPUAI_API_KEY", "ZHIPU_API_KEY", "ZAI_API_KEY"), "glm-4.7"
    ),
    "moonshot": Preset("https://api.moonshot.cn/v1", ("MOONSHOT_API_KEY",), "kimi-k2.6"),
    "openai": Preset("https://api.openai.com/v1", ("OPENAI_API_KEY",), "gpt-5-mini"),
    "azure": Preset("", ("AZURE_OPENAI_API_KEY",), "", url_variable="AZURE_OPENAI_ENDPOINT"),
    "vllm": Preset("http://localhost:8000/v1", ("VLLM_API_KEY",), "", needs_key=False),
    "ollama": Preset("http://localhost:11434/v1", ("OLLAMA_API_KEY",), "qwen3:8b", needs_key=False),
    "anthropic": Preset("https://api.anthropic.com", ("ANTHROPIC_API_KEY",), "claude-haiku-4-5", "anthropic"),
    "gemini": Preset(
        "https://generativelanguage.googleapis.com",
        ("GEMINI_API_KEY", "GOOGLE_API_KEY"),
        "gemini-2.5-flash",
        "google",
    ),
}

CUSTOM = Preset("", (), "", needs_key=False)
"""Any other OpenAI-compatible endpoint: KUBESTEER_MODEL_URL tells where."""
