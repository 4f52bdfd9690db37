"""The one loop, with a planner that says what the test wants, on an embedded cluster."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from haste import shorten
from kubesteer.app import App
from kubesteer.core.plans import Ask, Call, Conversation, Inventory, Message, Plan, Say
from kubesteer.core.texts import Text
from kubesteer.engine.agents import LONGEST_TURN, Agent
from kubesteer.settings import Settings
from kubesteer.simulator import Fault, Simulator

WEB = {"kind": "Deployment", "namespace": "default", "name": "web"}
STATUS = Call("get_status", WEB)
SCALE = Call("scale", {**WEB, "replicas": 3})


@pytest.fixture(autouse=True)
def _hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    shorten(monkeypatch)


@dataclass
class Scripted:
    """A planner that answers with the next step of its script, and keeps what it was told."""

    steps: Sequence[Plan | Ask | Say]
    heard: list[Conversation] = field(default_factory=list)

    async def next(self, conversation: Conversation, _inventory: Inventory) -> Plan | Ask | Say:
        self.heard.append(conversation)
        return self.steps[min(len(self.heard), len(self.steps)) - 1]


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    template = {
        "metadata": {"labels": {"app": "web"}},
        "spec": {
            "containers": [
                {"name": "app", "image": "web:v1", "env": [{"name": "DB_PASSWORD", "value": "hunter22"}]}
            ]
        },
    }
    web = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web", "namespace": "default"},
        "spec": {"replicas": 2, "selector": {"matchLabels": {"app": "web"}}, "template": template},
    }
    with Simulator([web], speed=20) as running:
        yield running


@asynccontextmanager
async def scripted(
    simulator: Simulator, state: Path, *steps: Plan | Ask | Say
) -> AsyncIterator[tuple[Agent, Scripted]]:
    planner = Scripted(steps)
    async with App(Settings(server=simulator.url, token=simulator.token(), state=str(state))) as app:
        app.planner = lambda **_: planner  # type: ignore[method-assign]
        yield app.agent(asked_by="someone"), planner


def heard(words: str = "do it") -> Conversation:
    return Conversation((Message("user", words),))


def writes(simulator: Simulator) -> list[Any]:
    return [
        r
        for r in simulator.audit
        if r.verb in ("patch", "delete", "create")
        and not r.dry_run
        and r.resource == "deployments"
        and "kubesteer" in r.user_agent
    ]


async def test_a_read_runs_at_once(simulator: Simulator, tmp_path: Path) -> None:
    async with scripted(simulator, tmp_path, Plan((STATUS,))) as (agent, _):
        turn = await agent.hear(heard())

    assert turn.outcome == "done"
    assert turn.reports[0].operation == "get_status"
    assert turn.proposal is None


async def test_a_change_waits(simulator: Simulator, tmp_path: Path) -> None:
    before = len(writes(simulator))
    async with scripted(simulator, tmp_path, Plan((SCALE, STATUS))) as (agent, _):
        turn = await agent.hear(heard())
        assert turn.outcome == "pending"
        assert turn.rest == (STATUS,)
        assert len(writes(simulator)) == before

        declined = await agent.decline(turn)
        assert declined.outcome == "refused"
        refused = await agent.approve(turn)

    assert refused.outcome == "refused"
    assert len(writes(simulator)) == before


async def test_what_is_left_runs_after_the_approval(simulator: Simulator, tmp_path: Path) -> None:
    async with scripted(simulator, tmp_path, Plan((SCALE, STATUS))) as (agent, _):
        turn = await agent.approve(await agent.hear(heard()))

    assert turn.outcome == "done"
    assert [report.operation for report in turn.reports] == ["scale", "get_status"]
    assert simulator.read("Deployment", "default", "web")["status"]["readyReplicas"] == 3


async def test_drift_is_proposed_anew(simulator: Simulator, tmp_path: Path) -> None:
    call = Call("scale", {**WEB, "replicas": 4})
    async with scripted(simulator, tmp_path, Plan((call,))) as (agent, _):
        turn = await agent.hear(heard())
        simulator.edit("Deployment", "default", "web", lambda o: o["spec"].update(replicas=6))
        again = await agent.approve(turn)
        assert again.outcome == "pending"
        assert again.proposal is not None
        assert turn.proposal is not None
        assert again.proposal.id != turn.proposal.id
        assert "6 → 4" in again.proposal.diff

        done = await agent.approve(again)

    assert done.outcome == "done"


async def test_a_planner_sees_what_its_reads_gave(simulator: Simulator, tmp_path: Path) -> None:
    missing = Call("get_status", {**WEB, "name": "gone"})
    steps = (Plan((STATUS, missing), more=True), Say(Text("好", "fine")))
    async with scripted(simulator, tmp_path, *steps) as (agent, planner):
        turn = await agent.hear(heard())

    seen = planner.heard[-1].observations
    assert turn.outcome == "done"
    assert [observation.failed for observation in seen] == [False, True]
    assert "web" in seen[0].content


async def test_a_planner_that_never_ends(simulator: Simulator, tmp_path: Path) -> None:
    async with scripted(simulator, tmp_path, Plan((STATUS,), more=True)) as (agent, planner):
        turn = await agent.hear(heard())

    assert turn.outcome == "failed"
    assert len(planner.heard) == LONGEST_TURN


async def test_no_write_while_a_planner_looks(simulator: Simulator, tmp_path: Path) -> None:
    before = len(writes(simulator))
    steps = (Plan((SCALE,), more=True), Say(Text("好", "fine")))
    async with scripted(simulator, tmp_path, *steps) as (agent, planner):
        await agent.hear(heard())

    assert planner.heard[-1].observations[0].failed
    assert len(writes(simulator)) == before


@pytest.mark.parametrize(
    "call",
    [
        Call("nonsense", {}),
        Call("scale", {**WEB, "replicas": -1}),
        Call("scale", {**WEB, "replicas": 10**9}),
        Call("scale", {**WEB, "replicas": True}),
        Call("scale", {**WEB, "name": "../../secrets/x"}),
        Call("get_status", {**WEB, "kind": "Nonsense"}),
        Call("get_status", {**WEB, "surprise": 1}),
        Call("restart", {**WEB, "namespace": "kube-system"}),
        Call("delete", {"kind": "Namespace", "name": "kube-system"}),
    ],
)
async def test_nonsense_is_refused_in_a_sentence(simulator: Simulator, tmp_path: Path, call: Call) -> None:
    before = len(writes(simulator))
    async with scripted(simulator, tmp_path, Plan((call,))) as (agent, _):
        turn = await agent.hear(heard())

    assert turn.outcome in ("failed", "refused")
    assert turn.answer
    assert len(writes(simulator)) == before


async def test_secrets_do_not_pass(simulator: Simulator, tmp_path: Path) -> None:
    async with scripted(simulator, tmp_path, Plan((Call("get_manifest", WEB),))) as (agent, _):
        turn = await agent.hear(heard())

    assert turn.outcome == "done"
    assert "DB_PASSWORD" in turn.answer
    assert "hunter22" not in turn.answer
    assert "hunter22" not in str(turn.to_json())


async def test_outcomes_of_words(simulator: Simulator, tmp_path: Path) -> None:
    said = {"refused": "refused", "not-found": "failed", "not-understood": "ask", "greeting": "done"}
    for reason, outcome in said.items():
        async with scripted(simulator, tmp_path, Say(Text("嗯", "well"), reason)) as (agent, _):  # type: ignore[arg-type]
            assert (await agent.hear(heard())).outcome == outcome
    async with scripted(simulator, tmp_path, Ask(("name",), Text("哪个?", "which?"), ("web",))) as (agent, _):
        turn = await agent.hear(heard())
    assert (turn.outcome, turn.missing, turn.candidates) == ("ask", ("name",), ("web",))


async def test_stopping_leaves_nothing_half_done(simulator: Simulator, tmp_path: Path) -> None:
    call = Call("restart", WEB)
    async with scripted(simulator, tmp_path, Plan((call,))) as (agent, _):
        turn = await agent.hear(heard())
        task = asyncio.ensure_future(agent.approve(turn))
        await asyncio.sleep(0.5)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    before = len(writes(simulator))

    async with App(Settings(server=simulator.url, token=simulator.token(), state=str(tmp_path))) as app:
        (record,) = await app.changes.resume()

    assert record.state == "done"
    assert len(writes(simulator)) <= before + 1
    marks = [r for r in writes(simulator) if record.id in str(r.body)]
    assert len(marks) == 1


async def test_what_was_found_stays_when_a_later_call_fails(simulator: Simulator, tmp_path: Path) -> None:
    missing = Call("restart", {**WEB, "name": "gone"})
    async with scripted(simulator, tmp_path, Plan((STATUS, missing))) as (agent, _):
        turn = await agent.hear(heard())

    assert turn.outcome == "failed"
    assert [report.operation for report in turn.reports] == ["get_status"]
    assert "gone" in turn.answer


async def test_what_was_understood_is_told_before_a_change(simulator: Simulator, tmp_path: Path) -> None:
    told: list[Text] = []
    plan = Plan((SCALE,), understood=Text("扩容 web", "scale web"))
    planner = Scripted((plan,))
    async with App(Settings(server=simulator.url, token=simulator.token(), state=str(tmp_path))) as app:
        app.planner = lambda **_: planner  # type: ignore[method-assign]
        await app.agent(asked_by="someone", narrate=lambda text, *_: told.append(text)).hear(heard())

    assert any("scale web" in text.en for text in told)


async def test_logs_that_cannot_be_read_do_not_end_the_turn(simulator: Simulator, tmp_path: Path) -> None:
    simulator.faults.add(Fault(path_regex="/log", status=500))
    plan = Plan((Call("get_logs", WEB), Call("scale", WEB, "not_ready")))
    try:
        async with scripted(simulator, tmp_path, plan) as (agent, _):
            turn = await agent.hear(heard())
    finally:
        simulator.faults.clear()

    assert turn.outcome == "done"
    assert len(turn.said) == 2
    assert "ready" in turn.said[-1].en


async def test_what_is_so_already_is_done_without_a_proposal(simulator: Simulator, tmp_path: Path) -> None:
    same = Call("scale", {**WEB, "replicas": replicas_of(simulator)})
    async with scripted(simulator, tmp_path, Plan((same, STATUS))) as (agent, _):
        before = len(writes(simulator))
        turn = await agent.hear(heard())

    assert (turn.outcome, turn.proposal) == ("done", None)
    assert "already" in turn.answer
    assert [report.operation for report in turn.reports] == ["get_status"]
    assert len(writes(simulator)) == before


@pytest.mark.parametrize("first", [True, False])
async def test_what_is_so_already_keeps_nothing_else_from_being_done(
    simulator: Simulator, tmp_path: Path, first: bool
) -> None:
    same, restart = Call("scale", {**WEB, "replicas": replicas_of(simulator)}), Call("restart", WEB)
    plan = Plan((same, restart) if first else (restart, same))
    async with scripted(simulator, tmp_path, plan) as (agent, _):
        turn = await agent.hear(heard())

    assert turn.outcome == "pending"
    assert "already" in turn.answer
    assert [report.operation for report in turn.reports] == ["restart"]


def replicas_of(simulator: Simulator) -> int:
    """How many replicas the deployment has at this point."""
    found = simulator.read("Deployment", "default", "web")
    return int(found["spec"]["replicas"])
