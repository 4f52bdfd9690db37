"""Settings: flags, then KUBESTEER_* variables, then the config file, then defaults.

The config file is YAML, `$XDG_CONFIG_HOME/kubesteer/config.yaml` unless KUBESTEER_CONFIG names another;
its keys are the fields of `Settings`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from kubesteer.core.errors import Misconfigured
from kubesteer.core.texts import Text

PREFIX = "KUBESTEER_"
_TRUE = frozenset({"1", "true", "yes", "on"})
_CHOICES = {"planner": ("auto", "rules", "model"), "language": ("auto", "zh", "en")}


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that may be set. "" means: not set, the default rules apply."""

    kubeconfig: str = ""
    context: str = ""
    namespace: str = ""
    server: str = ""
    token: str = ""
    certificate_authority: str = ""
    insecure_skip_tls_verify: bool = False
    tls_server_name: str = (
        ""  # the name that the server's certificate must bear, where the address is another
    )
    request_timeout: float = 30.0  # seconds one request may take before it counts as unanswered
    planner: str = "auto"
    language: str = "auto"
    state: str = ""  # folder of the ledger
    store: str = ""  # database URL of the ledger, instead of a file in `state`
    policy: str = ""  # policy file
    # The model, if any; the key itself comes from the environment or a file, never from the config file.
    model: str = ""
    model_url: str = ""
    model_key_file: str = ""
    model_price: str = ""
    model_steps: str = ""
    model_tokens: str = ""
    model_seconds: str = ""
    model_money: str = ""
    verbose: bool = False

    def __repr__(self) -> str:
        shown = {f.name: getattr(self, f.name) for f in fields(self) if f.name not in ("token", "store")}
        return f"Settings({shown})"

    @property
    def model_config(self) -> dict[str, object]:
        """What is set about a model, by the names that `planners.llm.settings` knows."""
        return {f.name: getattr(self, f.name) for f in fields(self) if f.name.startswith("model")}

    @property
    def state_folder(self) -> Path:
        """Where the ledger lives: KUBESTEER_STATE, else the platform's folder for state."""
        if self.state:
            return Path(self.state).expanduser()
        import platformdirs

        return Path(platformdirs.user_state_dir("kubesteer"))


def settings(flags: Mapping[str, Any], environ: Mapping[str, str]) -> Settings:
    """Merge the three sources.

    Raises:
        Misconfigured: an unknown key, a wrong value, or a config file that cannot be read.
    """
    known = {field.name: field.type for field in fields(Settings)}
    merged: dict[str, Any] = dict(_from_file(environ, known))
    for name in known:
        value = environ.get(PREFIX + name.upper())
        if value:
            merged[name] = value
    merged.update({name: value for name, value in flags.items() if value not in (None, "", False)})
    return Settings(**{name: _typed(name, str(known[name]), value) for name, value in merged.items()})


def config_file(environ: Mapping[str, str]) -> Path:
    """Where the config file is looked for."""
    named = environ.get(PREFIX + "CONFIG")
    if named:
        return Path(named).expanduser()
    base = environ.get("XDG_CONFIG_HOME")
    root = Path(base) if base else Path("~/.config").expanduser()
    return root / "kubesteer" / "config.yaml"


def _from_file(environ: Mapping[str, str], known: Mapping[str, object]) -> dict[str, Any]:
    path = config_file(environ)
    if not path.is_file():
        if environ.get(PREFIX + "CONFIG"):
            raise Misconfigured(Text(f"找不到配置文件 {path}。", f"The config file {path} does not exist."))
        return {}
    import yaml

    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as trouble:
        raise Misconfigured(
            Text(f"读不了配置文件 {path}:{trouble}", f"Cannot read the config file {path}: {trouble}")
        ) from trouble
    unknown = sorted(set(content) - set(known)) if isinstance(content, dict) else ["?"]
    if unknown:
        raise Misconfigured(
            Text(
                f"{path} 中有不认识的键:{', '.join(map(str, unknown))}。",
                f"Unknown keys in {path}: {', '.join(map(str, unknown))}.",
            ),
            Text(f"可用的键:{', '.join(known)}。", f"Known keys: {', '.join(known)}."),
        )
    return dict(content)


def _typed(name: str, type_: str, value: Any) -> Any:
    if type_ == "bool":
        return value if isinstance(value, bool) else str(value).strip().lower() in _TRUE
    if type_ == "float":
        return _positive(name, value)
    text = str(value)
    allowed = _CHOICES.get(name)
    if allowed and text not in allowed:
        raise Misconfigured(
            Text(f"{name} 不能是“{text}”。", f"{name} cannot be “{text}”."),
            Text(f"可选:{'、'.join(allowed)}。", f"One of: {', '.join(allowed)}."),
        )
    return text


def _positive(name: str, value: Any) -> float:
    try:
        number = float(str(value).rstrip("s"))
    except ValueError:
        number = 0.0
    if not number > 0:
        raise Misconfigured(Text(f"{name} 应为正数(秒)。", f"{name} must be a positive number of seconds."))
    return number
