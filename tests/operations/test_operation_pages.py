"""docs/operations.md is what the operations say."""

from __future__ import annotations

from pathlib import Path

from kubesteer.operations.pages import page
from kubesteer.operations.registry import REGISTRY, schema


def test_the_page_is_up_to_date() -> None:
    written = Path(__file__).parents[2] / "docs" / "operations.md"
    assert written.read_text(encoding="utf-8") == page(), "run python -m kubesteer.operations.pages"


def test_every_argument_is_described() -> None:
    bare = {
        f"{name}.{key}"
        for name in REGISTRY
        for key, field in schema(name)["properties"].items()
        if not field.get("description")
    }
    assert not bare
