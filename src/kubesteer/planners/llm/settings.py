"""Which model to ask, where, and with which key; from KUBESTEER_MODEL* variables and the config file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import SecretStr

from kubesteer.core.errors import Misconfigured
from kubesteer.core.texts import Text
from kubesteer.planners.llm.bounds import Bounds
from kubesteer.planners.llm.costs import Price
from kubesteer.planners.llm.presets import CUSTOM, PRESETS, Preset, Wire

LARGEST_KEY_FILE = 16 * 1024
"""Bytes; a key is a line, and whatever is longer was named by mistake."""


@dataclass(frozen=True, slots=True)
class ModelSettings:
    """One model of one provider. The key shows in no repr, no log and no message."""

    provider: str
    model: str
    url: str
    wire: Wire = "openai"
    key: SecretStr = field(default_factory=lambda: SecretStr(""))
    price: Price | None = None  # overrides the price list
    bounds: Bounds = field(default_factory=Bounds)

    def __str__(self) -> str:
        return f"{self.provider}:{self.model}"


def model_settings(environ: Mapping[str, str], config: Mapping[str, object] | None = None) -> ModelSettings:
    """The model that is configured.

    `config` holds keys of the config file (`model`, `model_url`, `model_key_file`, `model_price`, `model_steps`,
    `model_tokens`, `model_seconds`, `model_money`); KUBESTEER_MODEL… variables win over it. A key stands in a
    variable or in a file, never in the config file.

    Raises:
        Misconfigured: no model or an unknown provider, no address, no key, or a key file that cannot be read.
    """
    given = _Given(environ, config or {})
    wanted = given("model")
    name, preset, model = _resolved(wanted, bool(given("model_url")))
    return ModelSettings(
        provider=name,
        model=model or _missing_model(name),
        url=_address(given, name, preset),
        wire=preset.wire,
        key=_key(given, name, preset),
        price=Price.parsed(given("model_price")),
        bounds=Bounds.parsed({key: given(f"model_{key}") for key in ("steps", "tokens", "seconds", "money")}),
    )


@dataclass(frozen=True, slots=True)
class _Given:
    environ: Mapping[str, str]
    config: Mapping[str, object]

    def __call__(self, key: str) -> str:
        value = self.environ.get(f"KUBESTEER_{key.upper()}") or self.config.get(key) or ""
        return str(value).strip()


def _resolved(wanted: str, elsewhere: bool) -> tuple[str, Preset, str]:
    """Provider, preset and model of `provider:model`, `provider`, or any model name beside an address."""
    name, _, model = wanted.partition(":")
    preset = PRESETS.get(name.lower())
    if preset is not None:
        return name.lower(), preset, model or preset.model
    if elsewhere:
        return "custom", CUSTOM, wanted
    raise Misconfigured(
        Text(f"KUBESTEER_MODEL 不认识“{wanted[:60]}”。", f"KUBESTEER_MODEL does not know “{wanted[:60]}”."),
        Text(
            f"可选:{'、'.join(PRESETS)}(可写 提供方:模型);其它兼容 OpenAI 的服务请设置 KUBESTEER_MODEL_URL。",
            f"One of: {', '.join(PRESETS)} (or PROVIDER:MODEL); for any other OpenAI-compatible service set "
            "KUBESTEER_MODEL_URL.",
        ),
    )


def _missing_model(name: str) -> str:
    raise Misconfigured(
        Text(f"{name} 没有默认模型。", f"{name} has no default model."),
        Text(f"请设置 KUBESTEER_MODEL={name}:模型名。", f"Set KUBESTEER_MODEL={name}:MODEL."),
    )


def _address(given: _Given, name: str, preset: Preset) -> str:
    url = given("model_url") or given.environ.get(preset.url_variable, "") or preset.url
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise Misconfigured(
            Text(f"不知道 {name} 的地址。", f"The address of {name} is not known."),
            Text(
                f"请设置 KUBESTEER_MODEL_URL{f'(或 {preset.url_variable})' if preset.url_variable else ''},"
                "以 http:// 或 https:// 开头。",
                f"Set KUBESTEER_MODEL_URL{f' (or {preset.url_variable})' if preset.url_variable else ''}; it starts "
                "with http:// or https://.",
            ),
        )
    if parts.username or parts.password:
        raise Misconfigured(
            Text(
                "KUBESTEER_MODEL_URL 不能含用户名或口令。", "KUBESTEER_MODEL_URL must not hold credentials."
            ),
            Text("密钥请放在 KUBESTEER_MODEL_KEY_FILE。", "Put the key in KUBESTEER_MODEL_KEY_FILE."),
        )
    return url


def _key(given: _Given, name: str, preset: Preset) -> SecretStr:
    own = given.environ.get("KUBESTEER_MODEL_KEY", "").strip()
    usual = (given.environ.get(variable, "").strip() for variable in preset.keys)
    # The provider's usual variable is for the provider's own address: it is not sent anywhere else.
    fallback = (
        ""
        if given("model_url") and preset.needs_key and not preset.url_variable
        else next(filter(None, usual), "")
    )
    key = own or _key_in(given("model_key_file")) or fallback
    if preset.needs_key and not key:
        variables = " / ".join(("KUBESTEER_MODEL_KEY", "KUBESTEER_MODEL_KEY_FILE", *preset.keys))
        raise Misconfigured(
            Text(f"没有 {name} 的密钥。", f"There is no key for {name}."),
            Text(f"请设置 {variables} 之一。", f"Set one of {variables}."),
        )
    if not key.isascii() or not key.isprintable():
        raise Misconfigured(
            Text("模型密钥里有不能发送的字符。", "The model's key holds characters that cannot be sent.")
        )
    return SecretStr(key)


def _key_in(file: str) -> str:
    if not file:
        return ""
    path = Path(file).expanduser()
    try:
        with path.open("rb") as opened:
            return opened.read(LARGEST_KEY_FILE).decode("utf-8").strip()
    except (OSError, UnicodeDecodeError) as trouble:
        why = getattr(trouble, "strerror", None) or type(trouble).__name__
        raise Misconfigured(
            Text(f"读不了密钥文件 {path}:{why}。", f"Cannot read the key file {path}: {why}.")
        ) from None
