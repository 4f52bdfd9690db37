"""Rules first where they are certain, a model for the rest; and each mode says what it lacks."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping

import pytest
from model_servers import ModelServer, Said
from model_stage import Unsure, conversation, inventory

from kubesteer.core.errors import Misconfigured
from kubesteer.core.plans import Ask, Call, Plan, Planner, Say
from kubesteer.core.texts import Text
from kubesteer.operations.registry import REGISTRY
from kubesteer.planners.routing import AutoPlanner, certain, closed, cost_of, planner_for
from kubesteer.policies.redactions import redacted

WORDS = Text("好", "well")


def routed(mode: str, environ: Mapping[str, str], rules: Planner) -> Planner:
    return planner_for(mode, environ, {}, rules=rules, operations=REGISTRY, redact=redacted)


@pytest.mark.parametrize(
    ("step", "stands"),
    [
        (Plan((Call("scan", {}),)), True),
        (Ask(("namespace",), WORDS, ("a", "b")), True),
        (Ask(("name",), WORDS, ("cart", "cart-v2")), True),
        (Ask(("replicas",), WORDS), True),
        (Ask(("name",), WORDS), False),
        (Ask(("kind", "name"), WORDS), False),
        *(
            (Say(WORDS, reason), True)
            for reason in ("greeting", "thanks", "help", "refused", "not-found", "cancelled")
        ),
        *((Say(WORDS, reason), False) for reason in ("not-understood", "out-of-scope")),
    ],
)
def test_when_the_rules_are_certain(step: Plan | Ask | Say, stands: bool) -> None:
    assert certain(step, "cart") is stands


@pytest.mark.parametrize(
    ("words", "stands"),
    [
        ("help", True),
        ("what can you do?", True),
        ("你都能做些什么?", True),
        ("what is a readiness probe?", False),
        ("给我讲讲 kubernetes 的探针", False),
    ],
)
def test_a_long_question_wants_more_than_help(words: str, stands: bool) -> None:
    assert certain(Say(WORDS, "help"), words) is stands


@pytest.mark.parametrize("mode", ["rules", "auto"])
def test_without_a_model_the_rules_hear_everything(mode: str) -> None:
    rules = Unsure()
    assert routed(mode, {}, rules) is rules


def test_rules_stay_rules_beside_a_model() -> None:
    rules = Unsure()
    assert routed("rules", {"KUBESTEER_MODEL": "ollama"}, rules) is rules


def test_a_model_must_be_configured_to_be_demanded() -> None:
    with pytest.raises(Misconfigured) as caught:
        routed("model", {}, Unsure())
    assert "KUBESTEER_MODEL=deepseek" in caught.value.say("zh")


@pytest.mark.parametrize(
    ("mode", "step", "requests"),
    [
        ("auto", Plan((Call("scan", {}),)), 0),
        ("auto", Say(WORDS, "not-understood"), 1),
        ("model", Plan((Call("scan", {}),)), 1),
    ],
)
async def test_who_is_asked(mode: str, step: Plan | Say, requests: int) -> None:
    async with ModelServer([Said("from the model")]) as server:
        environ = {"KUBESTEER_MODEL": "any", "KUBESTEER_MODEL_URL": server.url}
        planner = routed(mode, environ, Unsure(step))
        answer = await planner.next(conversation("how is everything"), inventory())
        assert len(server.asked) == requests
        assert (answer is step) is (requests == 0)
        cost = cost_of(planner)
        assert (cost is not None) is (requests > 0)
        await closed(planner)


async def test_a_turn_that_a_model_began_it_also_ends() -> None:
    rules = Unsure()
    look = Said(calls=(("scan", {}),))
    async with ModelServer([look, Said("all is well")]) as server:
        environ = {"KUBESTEER_MODEL": "any", "KUBESTEER_MODEL_URL": server.url}
        planner = routed("auto", environ, rules)
        assert isinstance(planner, AutoPlanner)
        talk = conversation("how is everything")
        plan = await planner.next(talk, inventory())
        assert isinstance(plan, Plan)
        assert plan.more
        await closed(planner)


def test_rules_alone_import_nothing_of_a_model() -> None:
    code = (
        "import sys, kubesteer.planners.routing as r; r.planner_for('auto', {}, {}, rules=None, operations={}, redact=str);"
        "r.cost_of(None); print([m for m in sys.modules if 'pydantic_ai' in m or 'planners.llm' in m])"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=dict(os.environ), check=True
    )
    assert run.stdout.strip() == "[]"
