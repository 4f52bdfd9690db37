"""docs/models.md says what the code does: every provider, every variable, and a snippet that works."""

from __future__ import annotations

import re
from pathlib import Path

from kubesteer.planners.llm.bounds import Bounds
from kubesteer.planners.llm.presets import PRESETS, Preset
from kubesteer.settings import Settings

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "models.md").read_text(encoding="utf-8")


def test_every_provider_stands_in_the_table() -> None:
    for name, preset in PRESETS.items():
        row = next(line for line in PAGE.splitlines() if line.startswith(f"| `{name}` |"))
        for said in (
            preset.url,
            preset.model,
            preset.keys[0] if preset.needs_key else "",
            preset.url_variable,
        ):
            assert said in row, f"{name}: {said}"


def test_every_setting_stands_in_the_table() -> None:
    keys = [name for name in Settings.__dataclass_fields__ if name.startswith("model")]
    for key in keys:
        assert f"`KUBESTEER_{key.upper()}`" in PAGE
        assert f"| `{key}` |" in PAGE
    usual = Bounds()
    assert f"{usual.steps} |" in PAGE
    assert f"{usual.tokens} |" in PAGE
    assert f"{usual.seconds:g} |" in PAGE
    assert f"{usual.money:.2f}" in PAGE


def test_a_provider_is_added_in_three_lines() -> None:
    snippet = re.search(r"```python\n(.+?)```", PAGE, re.DOTALL)
    assert snippet is not None
    assert len(snippet[1].strip().splitlines()) == 3
    added = eval(f"{{{snippet[1]}}}", {"Preset": Preset})
    assert isinstance(added["example"], Preset)
    for readme in ("README.md", "README.zh-CN.md"):
        assert snippet[0] in (ROOT / readme).read_text(encoding="utf-8"), readme
