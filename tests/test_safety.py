"""docs/safety.md names a test for every promise; docs/policies.md shows a file that can be read."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from kubesteer.policies.files import parse_rulebook
from kubesteer.policies.rulebooks import Rulebook

ROOT = Path(__file__).parent.parent
SAFETY = (ROOT / "docs" / "safety.md").read_text(encoding="utf-8")
POLICIES = (ROOT / "docs" / "policies.md").read_text(encoding="utf-8")
NAMED = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", SAFETY)


@pytest.mark.parametrize(("file", "name"), NAMED)
def test_every_promise_is_held_by_a_test(file: str, name: str) -> None:
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    there = {node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}
    assert not name or name in there


def test_every_row_names_one() -> None:
    rows = [line for line in SAFETY.splitlines() if line.startswith("| ") and "promise" not in line]
    assert len(rows) > 30
    assert [row for row in rows if "::test_" not in row] == []


def test_every_test_of_trouble_is_named() -> None:
    """A promise that is kept but not made is worth a line, too."""
    for file in ("test_approvals.py", "test_crashes.py", "test_kills.py"):
        assert f"tests/engine/changes/{file}" in SAFETY


def _documents() -> list[str]:
    return re.findall(r"```yaml\n(.*?)```", POLICIES, re.DOTALL)


def test_the_documented_policies_can_be_read() -> None:
    assert len(_documents()) == 3
    for document in _documents():
        parse_rulebook(document)


def test_the_documented_defaults_are_the_defaults() -> None:
    assert parse_rulebook(_documents()[0], place="") == Rulebook()
