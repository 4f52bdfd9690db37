"""`ask`: outcomes, exit codes, JSON, approvals at the prompt."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from kubesteer.simulator import Simulator

Run = Callable[..., Any]


def restarts(simulator: Simulator) -> list[Any]:
    """Real writes of Deployments so far."""
    return [
        r
        for r in simulator.audit
        if r.verb == "patch" and r.resource == "deployments" and not r.dry_run and "kubesteer" in r.user_agent
    ]


def test_a_read_is_done(run: Run) -> None:
    done = run("ask", "shop 里的 web 还好吗")

    assert done.code == 0
    assert "web" in done.out


def test_json_has_the_contracts_shape(run: Run) -> None:
    done = run("ask", "-o", "json", "status of web in shop")

    answer = json.loads(done.out)
    assert done.code == 0
    assert answer["outcome"] == "done"
    assert answer["operations"][0].keys() >= {"id", "operation", "arguments", "state", "diff", "verified"}
    assert answer["operations"][0]["operation"] == "get_status"


def test_nobody_to_approve_leaves_it_pending(run: Run, simulator: Simulator) -> None:
    before = len(restarts(simulator))

    done = run("ask", "restart web in shop", "-o", "json")

    answer = json.loads(done.out)
    assert done.code == 3
    assert answer["outcome"] == "pending"
    assert answer["operations"][0]["state"] == "proposed"
    assert "restartedAt" in answer["operations"][0]["diff"]
    assert len(restarts(simulator)) == before


def test_approving_later(run: Run, simulator: Simulator) -> None:
    pending = json.loads(run("ask", "restart web in shop", "-o", "json").out)
    identifier = pending["operations"][0]["id"]
    before = len(restarts(simulator))

    assert run("approve", identifier).code == 0
    assert len(restarts(simulator)) == before + 1
    again = run("approve", identifier)
    assert again.code == 3
    assert len(restarts(simulator)) == before + 1


def test_rejecting(run: Run, simulator: Simulator) -> None:
    pending = json.loads(run("ask", "restart web in shop", "-o", "json").out)
    identifier = pending["operations"][0]["id"]
    before = len(restarts(simulator))

    assert run("reject", identifier).code == 0
    assert run("approve", identifier).code == 3
    assert len(restarts(simulator)) == before


def test_yes_then_history_and_undo(run: Run, simulator: Simulator) -> None:
    done = run("ask", "--yes", "-o", "json", "把 shop 的 web 扩到 3 个")
    answer = json.loads(done.out)
    assert (done.code, answer["outcome"]) == (0, "done"), answer
    assert answer["operations"][-1]["verified"] is True
    identifier = answer["operations"][-1]["id"]

    history = json.loads(run("history", "-o", "json").out)["changes"]
    assert history[0]["id"] == identifier
    assert history[0]["words"] == "把 shop 的 web 扩到 3 个"
    assert history[0]["state"] == "done"
    assert run("history", "verify").code == 0
    assert run("show", identifier).code == 0

    undone = run("undo", identifier, "--yes", "-o", "json")
    assert undone.code == 0, undone.out
    assert simulator.read("Deployment", "shop", "web")["spec"]["replicas"] == 2
    assert run("resume").code == 0


@pytest.mark.parametrize("reply", ["n\n", "\n"])
def test_no_at_the_prompt(
    run: Run, simulator: Simulator, reply: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kubesteer.faces.cli.screens._answer_waits", lambda: True)
    before = len(restarts(simulator))

    done = run("ask", "restart web in shop", stdin=reply)

    assert done.code == 3
    assert len(restarts(simulator)) == before


def test_several_of_that_name_ask_back(run: Run) -> None:
    done = run("ask", "restart checkout", "-o", "json")

    answer = json.loads(done.out)
    assert done.code == 2
    assert answer["outcome"] == "ask"
    assert answer["missing"] == ["namespace"]


def test_a_hint_decides_between_several(run: Run) -> None:
    done = run("ask", "restart checkout", "-n", "production", "-o", "json", "--yes")

    answer = json.loads(done.out)
    assert done.code == 0, answer
    assert answer["operations"][-1]["arguments"]["namespace"] == "production"


def test_not_there(run: Run) -> None:
    done = run("ask", "restart chekout in shop")

    assert done.code == 1
    assert "checkout" in done.out


@pytest.mark.parametrize(
    "words", ["", "   ", "\x00\x07", "😀😀😀", "a" * 100_000, "‮‏restart", "重启" * 20_000]
)
def test_nonsense_changes_nothing(run: Run, simulator: Simulator, words: str) -> None:
    before = len(restarts(simulator))

    done = run("ask", "--", words)

    assert done.code in (1, 2)
    assert len(done.out + done.err) < 3000
    assert len(restarts(simulator)) == before


@pytest.mark.parametrize(
    "words",
    [
        "restart ../../secrets/x in shop",
        "restart web%2e%2e in shop",
        "scale web in shop to -1",
        "scale web in shop to 1000000000",
        "scale web in shop to 3.5",
        "delete --all in shop",
        "restart " + "n" * 300 + " in shop",
        "restart web in shop",
        "set image of web in shop to 'http://x y'",
    ],
)
def test_hostile_names_and_numbers(run: Run, simulator: Simulator, words: str) -> None:
    before = len(restarts(simulator))

    run("ask", words)

    assert len(restarts(simulator)) == before


def test_the_question_is_answered_in_its_language(run: Run) -> None:
    assert "就绪" in run("ask", "web 在 shop 里还好吗").out
    assert "ready" in run("ask", "is web in shop ok").out
    assert "ready" in run("ask", "--language", "en", "web 在 shop 里还好吗").out
