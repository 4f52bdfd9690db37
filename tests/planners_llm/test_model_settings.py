"""Which model is asked, where and with which key; and that a key is never shown or sent to somebody else."""

from __future__ import annotations

from pathlib import Path

import pytest

from kubesteer.core.errors import Misconfigured
from kubesteer.planners.llm import providers
from kubesteer.planners.llm.presets import PRESETS
from kubesteer.planners.llm.providers import check_installed
from kubesteer.planners.llm.settings import model_settings

KEY = "sk-canary-0123456789abcdef"


@pytest.mark.parametrize("name", [name for name, preset in PRESETS.items() if preset.url and preset.model])
def test_a_preset_needs_its_name_and_the_providers_usual_key(name: str) -> None:
    preset = PRESETS[name]
    found = model_settings({"KUBESTEER_MODEL": name, preset.keys[0]: KEY})
    assert (found.provider, found.model, found.url, found.wire) == (
        name,
        preset.model,
        preset.url,
        preset.wire,
    )
    assert found.key.get_secret_value() == KEY


def test_a_model_stands_behind_the_colon() -> None:
    found = model_settings({"KUBESTEER_MODEL": "qwen:qwen-max", "DASHSCOPE_API_KEY": KEY})
    assert str(found) == "qwen:qwen-max"


def test_any_compatible_endpoint_needs_an_address_only() -> None:
    found = model_settings(
        {"KUBESTEER_MODEL": "my-model:7b", "KUBESTEER_MODEL_URL": "http://10.0.0.5:8000/v1"}
    )
    assert (found.provider, found.model, found.url) == ("custom", "my-model:7b", "http://10.0.0.5:8000/v1")


def test_azure_takes_its_endpoint_from_its_own_variable() -> None:
    environ = {
        "KUBESTEER_MODEL": "azure:my-deployment",
        "AZURE_OPENAI_ENDPOINT": "https://me.openai.azure.com/openai/v1",
        "AZURE_OPENAI_API_KEY": KEY,
    }
    assert model_settings(environ).url == "https://me.openai.azure.com/openai/v1"


def test_a_key_can_stand_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text(f"{KEY}\n")
    found = model_settings({"KUBESTEER_MODEL": "deepseek", "KUBESTEER_MODEL_KEY_FILE": str(file)})
    assert found.key.get_secret_value() == KEY


def test_a_key_shows_nowhere() -> None:
    found = model_settings({"KUBESTEER_MODEL": "deepseek", "KUBESTEER_MODEL_KEY": KEY})
    assert KEY not in f"{found!r} {found} {found.key} {found.key!r}"


def test_a_providers_usual_key_is_not_sent_to_another_address() -> None:
    environ = {
        "KUBESTEER_MODEL": "deepseek",
        "KUBESTEER_MODEL_URL": "http://elsewhere:1/v1",
        "DEEPSEEK_API_KEY": KEY,
    }
    with pytest.raises(Misconfigured, match="no key"):
        model_settings(environ)


def test_the_environment_wins_over_the_config_file() -> None:
    config = {"model": "qwen", "model_steps": "3"}
    found = model_settings({"KUBESTEER_MODEL": "ollama"}, config)
    assert found.provider == "ollama"
    assert found.bounds.steps == 3


@pytest.mark.parametrize(
    ("environ", "says"),
    [
        ({"KUBESTEER_MODEL": "gtp-4"}, "gtp-4"),
        ({"KUBESTEER_MODEL": "deepseek"}, "no key"),
        ({"KUBESTEER_MODEL": "vllm"}, "no default model"),
        ({"KUBESTEER_MODEL": "azure:d", "AZURE_OPENAI_API_KEY": KEY}, "address"),
        ({"KUBESTEER_MODEL": "ollama", "KUBESTEER_MODEL_URL": "localhost:11434"}, "address"),
        ({"KUBESTEER_MODEL": "ollama", "KUBESTEER_MODEL_URL": "http://me:pw-canary@h/v1"}, "credentials"),
        ({"KUBESTEER_MODEL": "ollama", "KUBESTEER_MODEL_KEY_FILE": "/nowhere/key"}, "/nowhere/key"),
        ({"KUBESTEER_MODEL": "ollama", "KUBESTEER_MODEL_KEY": f"{KEY}\nX-Header: y"}, "cannot be sent"),
        ({"KUBESTEER_MODEL": "ollama", "KUBESTEER_MODEL_STEPS": "many"}, "STEPS"),
        ({"KUBESTEER_MODEL": "ollama", "KUBESTEER_MODEL_PRICE": "cheap"}, "PRICE"),
    ],
)
def test_what_makes_no_sense_is_said_without_the_key(environ: dict[str, str], says: str) -> None:
    with pytest.raises(Misconfigured) as caught:
        model_settings(environ)
    told = caught.value.say("en") + caught.value.say("zh")
    assert says in told
    assert KEY not in told
    assert "pw-canary" not in told


def test_a_missing_extra_is_told_with_its_command(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = model_settings({"KUBESTEER_MODEL": "ollama"})
    monkeypatch.setattr(providers.importlib.util, "find_spec", lambda _name: None)
    with pytest.raises(Misconfigured) as caught:
        check_installed(settings)
    assert 'pip install "kubesteer[llm]"' in caught.value.say("zh")
