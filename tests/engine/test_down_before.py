"""A workload that was down already: a change that does not bring it up is no regression, and stays."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from haste import shorten
from kubesteer.app import App
from kubesteer.core.plans import Call, Conversation, Message
from kubesteer.engine.turns import Turn
from kubesteer.settings import Settings
from kubesteer.simulator import Simulator

CART = {"kind": "Deployment", "namespace": "default", "name": "cart"}


@pytest.fixture(autouse=True)
def _hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    shorten(monkeypatch)


def cart() -> dict[str, Any]:
    """Two faults at once: an image that does not exist and a ConfigMap key that is missing."""
    container = {
        "name": "app",
        "image": "cart:v2-missing",
        "env": [{"name": "MODE", "valueFrom": {"configMapKeyRef": {"name": "cart", "key": "mode"}}}],
    }
    behaviour = {"simulator.kubesteer.io/image-pull": "missing"}
    template = {
        "metadata": {"labels": {"app": "cart"}, "annotations": behaviour},
        "spec": {"containers": [container]},
    }
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "cart", "namespace": "default"},
        "spec": {"replicas": 1, "selector": {"matchLabels": {"app": "cart"}}, "template": template},
    }


async def told(simulator: Simulator, state: Path, *calls: Call) -> Turn:
    """Run the calls and approve what they propose."""
    async with App(Settings(server=simulator.url, token=simulator.token(), state=str(state))) as app:
        agent = app.agent(asked_by="someone")
        turn = await agent.run(Conversation((Message("user", "mend it"),)), calls)
        while turn.proposal is not None:
            turn = await agent.approve(turn)
        return turn


async def test_what_was_down_is_not_taken_back(tmp_path: Path) -> None:
    with Simulator([cart()], speed=20) as simulator:
        await asyncio.sleep(0.5)
        turn = await told(
            simulator,
            tmp_path,
            Call("set_image", {**CART, "image": "cart:v1"}),
            Call("get_status", CART),
        )
        now = simulator.read("Deployment", "default", "cart")

    assert turn.outcome == "failed"
    assert turn.reports[0].state == "failed"
    assert now["spec"]["template"]["spec"]["containers"][0]["image"] == "cart:v1"
    assert "kubesteer undo chg-" in turn.answer
    assert turn.reports[-1].operation == "get_status"


async def test_several_faults_are_mended_by_one_plan(tmp_path: Path) -> None:
    """The first step alone does not bring it up; the plan is judged by its last."""
    manifest = cart()
    manifest["spec"]["template"]["metadata"]["annotations"] = {}
    with Simulator([manifest], speed=20) as simulator:
        await asyncio.sleep(0.5)
        turn = await told(
            simulator,
            tmp_path,
            Call("set_image", {**CART, "image": "cart:v1"}),
            Call("set_env", {**CART, "variable": "MODE", "value": "fast"}),
        )

    assert turn.outcome == "done", turn.answer
    assert turn.reports[-1].verified is True
