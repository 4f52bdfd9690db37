"""Every annotation is in the documentation, and nothing else is."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
READERS = {"value", "seconds", "series"}


def read_keys() -> set[str]:
    """The keys that the simulator asks a container's behaviour for."""
    found = set()
    for path in (ROOT / "src" / "kubesteer" / "simulator").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
                asked = node.args[0]
                about = ast.unparse(node.func.value).lower()
                if node.func.attr in READERS and ("behaviour" in about or about == "self"):
                    found |= {asked.value} if isinstance(asked, ast.Constant) else set()
    return {key for key in found if isinstance(key, str)}


def documented_keys() -> set[str]:
    text = (ROOT / "docs" / "simulator.md").read_text(encoding="utf-8")
    table = text.split("| key |")[1].split("\n\n")[0]
    first_cells = [line.split("|")[1] for line in table.splitlines() if line.startswith("|")]
    return {key for cell in first_cells for key in re.findall(r"`([a-z-]+)`", cell)}


def test_the_table_is_complete_and_true() -> None:
    probes = {f"fail-{probe}" for probe in ("readiness", "liveness", "startup")}
    elsewhere = {"cpu-total", "image-behaviour"}  # read for the pod as a whole, and while reading the others
    assert documented_keys() == read_keys() | probes | elsewhere
