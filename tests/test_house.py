"""House rules that no linter knows."""

import ast
from pathlib import Path

import pytest

SOURCE = Path(__file__).parent.parent / "src" / "kubesteer"
MODULES = sorted(SOURCE.rglob("*.py"))


def test_only_the_life_of_a_change_issues_warrants() -> None:
    issuing = {
        path.relative_to(SOURCE).parts[:2]
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Warrant"
    }
    assert issuing == {("engine", "changes")}


def test_nobody_runs_a_shell() -> None:
    for path in MODULES:
        text = path.read_text(encoding="utf-8")
        assert "shell=True" not in text
        assert "os.system" not in text
        if "import subprocess" in text:
            pytest.fail(f"{path.name} starts processes")


def test_modules_stay_small() -> None:
    long = {
        path.name: n for path in MODULES if (n := len(path.read_text(encoding="utf-8").splitlines())) > 300
    }
    assert not long


def test_every_room_says_what_belongs_in_it() -> None:
    for package in SOURCE.glob("*/__init__.py"):
        docstring = ast.get_docstring(ast.parse(package.read_text(encoding="utf-8"))) or ""
        assert "elongs" in docstring, f"{package.parent.name}: no word of what belongs there"
