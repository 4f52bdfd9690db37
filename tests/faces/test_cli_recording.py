"""What `history` and `show` print of the ledger."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from kubesteer.app import App
from kubesteer.operations.applies import Apply
from kubesteer.settings import Settings

Run = Callable[..., Any]

MANIFEST = """
apiVersion: v1
kind: ConfigMap
metadata: {name: settings-%d, namespace: shop}
data: {level: debug}
"""


async def applied(kubeconfig: Path, state: Path) -> None:
    """A manifest of five objects, proposed."""
    manifest = "---".join(MANIFEST % number for number in range(5))
    async with App(Settings(kubeconfig=str(kubeconfig), state=str(state))) as app:
        await app.changes.propose([Apply(manifest=manifest)], asked_by="ann", words="apply it", language="en")


def test_an_applied_manifest_is_listed_by_its_objects(run: Run, kubeconfig: Path, tmp_path: Path) -> None:
    asyncio.run(applied(kubeconfig, tmp_path / "state"))

    listed = run("history").out
    assert "apply ConfigMap/shop/settings-0 ConfigMap/shop/settings-1 ConfigMap/shop/settings-2 +2 " in listed


def test_the_rows_of_a_change_are_aligned(run: Run) -> None:
    assert run("ask", "--yes", "restart web in shop").code == 0
    change = json.loads(run("history", "-o", "json").out)["changes"][0]
    by = change["asked_by"]

    rows = [line for line in run("show", change["id"]).out.splitlines() if line.startswith("  20")]
    events = [row[23:].split()[0] for row in rows]
    widest = max(map(len, events))
    assert widest > 3
    for row, event in zip(rows, events, strict=True):
        assert row[23:].startswith(f"{event:{widest}}  {row[23 + widest + 2 :]}")
    assert any(by in row for row in rows)


def test_what_is_so_already_is_a_success_for_scripts(run: Run) -> None:
    for _ in range(2):
        done = run("ask", "--yes", "-o", "json", "scale checkout in shop to 2")
        assert done.code == 0
    answer = json.loads(done.out)
    assert answer["outcome"] == "done"
    assert answer["operations"] == []
    assert "already" in answer["answer"]
