"""What a reply means, and which replies mean nothing."""

from __future__ import annotations

import json

import pytest

from kubesteer.core.plans import Call
from kubesteer.operations.registry import REGISTRY
from kubesteer.planners.llm.costs import Usage
from kubesteer.planners.llm.prompts import Reply, Wanted
from kubesteer.planners.llm.replies import Calls, Question, meaning
from kubesteer.planners.llm.troubles import Trouble

CART = {"kind": "Deployment", "namespace": "shop", "name": "cart"}


def reply(text: str = "", *calls: tuple[str, object]) -> Reply:
    wanted = tuple(
        Wanted(f"c{i}", name, given if isinstance(given, str) else json.dumps(given))
        for i, (name, given) in enumerate(calls)
    )
    return Reply(text, wanted, Usage(1))


def test_reads_and_writes_are_told_apart() -> None:
    found = meaning(reply("", ("get_status", CART), ("restart", CART)), REGISTRY)
    assert isinstance(found, Calls)
    assert found.reads == (Call("get_status", CART),)
    assert found.writes == (Call("restart", CART),)


def test_kinds_get_their_proper_spelling_and_nulls_are_left_out() -> None:
    found = meaning(reply("", ("get_logs", {**CART, "kind": "deploy", "since": None, "tail": 5})), REGISTRY)
    assert isinstance(found, Calls)
    assert found.reads == (Call("get_logs", {**CART, "tail": 5}),)


@pytest.mark.parametrize("fence", ["{}", "```json\n{}\n```", "```\n{}```", "[{}]"])
def test_a_call_written_as_text_is_a_call(fence: str) -> None:
    body = json.dumps({"name": "get_status", "arguments": CART})
    found = meaning(reply(fence.replace("{}", body)), REGISTRY)
    assert isinstance(found, Calls)
    assert found.reads == (Call("get_status", CART),)


def test_a_question() -> None:
    asked = {"question": "Which \x1b[31mone?", "missing": ["namespace", 3], "candidates": ["a", "b"]}
    assert meaning(reply("", ("ask", asked)), REGISTRY) == Question("Which one?", ("namespace",), ("a", "b"))


@pytest.mark.parametrize(
    "nonsense",
    [
        reply(),
        reply("  \n…"),
        reply("la la la " * 400),
        reply('{"thoughts": "hm"}'),
        reply("", ("rm_rf", {})),
        reply("", ("get_status", "not json")),
        reply("", ("get_status", "[1]")),
        reply("", ("get_status", "{" * 3000)),
        reply("", ("get_status", '{"kind": NaN}')),
        reply("", ("get_status", {**CART, "kind": "Dragon"})),
        reply("", ("get_status", {**CART, "name": "../../secrets/x"})),
        reply("", ("get_status", {**CART, "namespace": {"a": 1}})),
        reply("", ("get_status", {**CART, "surprise": 1})),
        reply("", ("scale", {**CART, "replicas": "lots"})),
        reply("", ("scale", {**CART, "replicas": -1})),
        reply("", ("scale", {**CART, "replicas": 3.5})),
        reply("", ("restart", {**CART, "condition": "full_moon"})),
        reply("", ("get_status", {**CART, "condition": "oom"})),
        reply("", ("ask", {"question": ""})),
        reply("", ("ask", {"question": 7})),
        reply("", *[("get_status", CART)] * 40),
    ],
)
def test_nonsense_is_told_apart(nonsense: Reply) -> None:
    found = meaning(nonsense, REGISTRY)
    assert isinstance(found, Trouble)
    assert found.hint
    assert found.text.zh
    assert found.again


def test_a_read_whose_result_is_known_is_a_repetition() -> None:
    again = meaning(reply("", ("get_status", CART)), REGISTRY, [Call("get_status", CART)])
    assert isinstance(again, Trouble)
    assert "already" in again.hint
