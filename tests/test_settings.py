"""Flags win over the environment, that over the config file."""

from pathlib import Path

import pytest

from kubesteer.core.errors import Misconfigured
from kubesteer.settings import Settings, settings


def test_the_order_of_sources(tmp_path: Path) -> None:
    config = tmp_path / "config.yaml"
    config.write_text("context: from-file\nnamespace: from-file\nplanner: rules\n", encoding="utf-8")
    environ = {"KUBESTEER_CONFIG": str(config), "KUBESTEER_NAMESPACE": "from-environment"}
    merged = settings({"verbose": True, "namespace": ""}, environ)
    assert (merged.context, merged.namespace, merged.planner, merged.verbose) == (
        "from-file",
        "from-environment",
        "rules",
        True,
    )
    assert settings({"namespace": "flag"}, environ).namespace == "flag"


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("contxt: x", "contxt"),
        ("planner: magic", "magic"),
        ("request_timeout: -1", "positive"),
        ("a: [", "config"),
    ],
)
def test_a_wrong_config_file_is_named(tmp_path: Path, content: str, complaint: str) -> None:
    config = tmp_path / "config.yaml"
    config.write_text(content, encoding="utf-8")
    with pytest.raises(Misconfigured) as caught:
        settings({}, {"KUBESTEER_CONFIG": str(config)})
    assert complaint in caught.value.say("en")


def test_a_config_file_that_was_named_must_exist(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured):
        settings({}, {"KUBESTEER_CONFIG": str(tmp_path / "absent.yaml")})


def test_secrets_are_not_in_the_representation() -> None:
    assert "s3cret" not in repr(Settings(token="s3cret", store="postgresql://u:s3cret@h/db"))


def test_the_state_folder_can_be_named(tmp_path: Path) -> None:
    assert settings({}, {"KUBESTEER_STATE": str(tmp_path)}).state_folder == tmp_path
