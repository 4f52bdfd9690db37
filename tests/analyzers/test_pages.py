"""docs/rules.md is what the rules say."""

from pathlib import Path

from kubesteer.analyzers.pages import page
from kubesteer.analyzers.rules.registry import RULES


def test_the_page_is_up_to_date() -> None:
    written = Path(__file__).parent.parent.parent / "docs" / "rules.md"
    assert written.read_text(encoding="utf-8") == page()


def test_ids_are_unique_and_causes_exist() -> None:
    ids = [rule.id for rule in RULES]
    assert len(set(ids)) == len(ids)
    known = set(ids) | {rule.group for rule in RULES}
    assert {cause for rule in RULES for cause in rule.causes | rule.remote_causes} <= known
