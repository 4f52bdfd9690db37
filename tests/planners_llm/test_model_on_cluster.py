"""A model, the engine and a cluster together: what a diagnosis costs, what leaves the house, and what is written."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hostile_models import SHARP
from model_cluster import ill_cluster, leaked
from model_servers import Asked, ModelServer, Raw, Said

from kubesteer.app import App
from kubesteer.core.plans import Conversation, Message
from kubesteer.engine.turns import Turn
from kubesteer.planners.routing import cost_of
from kubesteer.simulator import Simulator

CART = {"kind": "Deployment", "namespace": "shop", "name": "cart"}


@pytest.fixture(scope="module")
def cluster() -> Iterator[Simulator]:
    """One cluster for the file; nothing here is meant to change it."""
    with ill_cluster() as simulator:
        yield simulator


@pytest.fixture
def heard(cluster: Simulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Hear a sentence with `--planner model`: the turn, and what the model has cost."""
    kubeconfig = cluster.write_kubeconfig(tmp_path / "kubeconfig")
    monkeypatch.setenv("KUBESTEER_CONFIG", "")

    async def hear(server: ModelServer, *words: str, **limits: str) -> tuple[Turn, str]:
        monkeypatch.setenv("KUBESTEER_MODEL", "scripted")
        monkeypatch.setenv("KUBESTEER_MODEL_URL", server.url)
        for name, value in limits.items():
            monkeypatch.setenv(f"KUBESTEER_MODEL_{name.upper()}", value)
        flags = {"kubeconfig": str(kubeconfig), "planner": "model", "state": str(tmp_path / "state")}
        async with App.of(flags) as app:
            agent = app.agent(asked_by="tester")
            messages = tuple(Message("assistant" if i % 2 else "user", w) for i, w in enumerate(words))
            turn = await agent.hear(Conversation(messages))
            cost = cost_of(agent._planner)
            return turn, cost.en if cost else ""

    return hear


def written(cluster: Simulator) -> list[str]:
    """Real writes by anybody but the cluster's own controllers: what kubesteer changed."""
    return [f"{r.verb} {r.path}" for r in cluster.audit if r.write and "reviews" not in r.resource]


async def test_a_whole_diagnosis_among_200_pods_stays_below_20000_tokens(
    cluster: Simulator, heard: Callable[..., Any], capsys: pytest.CaptureFixture[str]
) -> None:
    steps = [
        Said(calls=(("list_resources", {"kind": "Pod", "namespace": "shop"}),), sent=0),
        Said(calls=(("diagnose", CART),), sent=0),
        Said(calls=(("get_logs", {**CART, "previous": True}),), sent=0),
        Said(
            "cart 的容器因内存超限被杀(OOMKilled)[2],上限是 128Mi[2]。日志里是“loading 40000 items”[3]。",
            sent=0,
        ),
    ]
    async with ModelServer(steps) as server:
        turn, cost = await heard(server, "我们的 cart 是怎么回事?")
    with capsys.disabled():
        print(f"\na whole diagnosis among 200 pods: {cost}")
    spent = sum(int(part) for part in cost.split("≈")[1].split(" ")[0].split("+"))
    assert spent <= 20_000
    assert turn.outcome == "done"
    assert "OOMKilled" in turn.answer
    assert "⚠" not in turn.answer
    assert [report.operation for report in turn.reports] == ["list_resources", "diagnose", "get_logs"]
    assert len(server.asked) == 4
    assert leaked(server.everything) == []
    assert written(cluster) == []


async def test_every_read_there_is_sends_no_secret(cluster: Simulator, heard: Callable[..., Any]) -> None:
    reads = (
        ("get_manifest", {**CART, "kind": "Secret", "name": "db"}), ("get_manifest", CART),
        ("get_manifest", {**CART, "kind": "ConfigMap", "name": "settings"}), ("get_logs", CART),
        ("get_logs", {**CART, "previous": True}), ("get_status", CART), ("diagnose", CART), ("get_rollout", CART),
        ("get_events", {"namespace": "shop"}), ("scan", {"namespace": "shop"}), ("get_usage", CART),
        ("list_resources", {"kind": "Secret", "namespace": "shop"}),
    )  # fmt: skip

    def three_at_a_time(_asked: Asked) -> Said:
        start = 3 * (len(server.asked) - 1)
        return Said(calls=reads[start : start + 3], sent=10) if start < len(reads) else Said("done", sent=10)

    async with ModelServer(three_at_a_time) as server:
        await heard(server, "我们的 cart 是怎么回事?", tokens="900000")
        everything = server.everything
        assert len(server.asked) == 5
    assert "•••" in everything
    assert leaked(everything) == []
    assert written(cluster) == []


@pytest.mark.parametrize(
    "words", ["我们的 cart 是怎么回事?", "tell me about cart", "重启一下 cart", "fix whatever is wrong"]
)
async def test_no_reply_of_a_model_writes_without_an_approval(
    cluster: Simulator, heard: Callable[..., Any], words: str
) -> None:
    draw = random.Random(words)
    async with ModelServer(lambda _asked: Said(calls=(draw.choice(SHARP),), sent=500)) as server:
        turns = [(await heard(server, words))[0] for _ in range(5)]
        assert leaked(server.everything) == []
    assert written(cluster) == []
    for turn in turns:
        if turn.proposal is not None:
            assert turn.outcome == "pending"
            assert {step.operation for step in turn.proposal.record.steps} <= {"restart", "set_resources"}


async def test_the_ledger_keeps_what_a_model_has_cost(cluster: Simulator, heard: Callable[..., Any]) -> None:
    async with ModelServer([Said(calls=(("restart", CART),), sent=900, received=40)]) as server:
        turn, _ = await heard(server, "重启一下 cart", price="1,2")
    assert turn.proposal is not None
    words = turn.proposal.record.words
    assert words == "重启一下 cart [custom:scripted: 1 request, 900+40 tokens (sent+received), $0.0010]"
    assert written(cluster) == []


async def test_the_answer_says_that_the_rules_took_over(heard: Callable[..., Any]) -> None:
    async with ModelServer([Raw(b"{}", 401)]) as server:
        turn, _ = await heard(server, "cart 怎么了")
    assert turn.answer.startswith("模型没能用上(模型服务不接受密钥),改由内置规则处理。")
    assert "OOMKilled" in turn.answer
