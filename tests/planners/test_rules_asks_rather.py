"""Where words do not settle a value, an object or whether it exists, the planner asks or says so."""

from __future__ import annotations

import pytest

from kubesteer.core.plans import Ask, Conversation, Inventory, Item, Message, Plan, Say
from kubesteer.core.refs import Ref
from kubesteer.planners.rules import RulesPlanner

ITEMS = (
    Item(Ref("Deployment", "production", "user-service"), {"app": "r.io/user-service:1.2"}, 3),
    Item(Ref("Deployment", "production", "checkout"), {"app": "r.io/checkout:1"}, 2),
    Item(Ref("Deployment", "staging", "checkout"), {"app": "r.io/checkout:1"}, 1),
    Item(Ref("ConfigMap", "production", "user-service-config")),
    Item(Ref("ReplicaSet", "production", "user-service-7d9f8c6b5")),
)
CLUSTER = Inventory.of(ITEMS)
BLIND = Inventory.of(ITEMS, {"Node": "forbidden", "Secret": "forbidden"})


async def hear(*words: str, inventory: Inventory = CLUSTER) -> Plan | Ask | Say:
    said = tuple(Message("assistant" if at % 2 else "user", text) for at, text in enumerate(words))
    return await RulesPlanner().next(Conversation(said), inventory)


def arguments(step: Plan | Ask | Say) -> dict[str, object]:
    assert isinstance(step, Plan)
    return dict(step.calls[-1].arguments)


@pytest.mark.parametrize("answer", ["the production one", "the one in production", "the one from production"])
async def test_one_of_them_is_no_number(answer: str) -> None:
    question = "Which namespace is checkout in? 1. production 2. staging"
    step = await hear("scale checkout", question, answer)
    assert isinstance(step, Ask)
    assert step.missing == ("replicas",)
    filled = await hear("scale checkout", question, answer, "How many replicas?", "4")
    assert arguments(filled)["namespace"] == "production"
    assert arguments(filled)["replicas"] == 4


async def test_one_behind_to_or_by_is_a_number() -> None:
    assert arguments(await hear("scale user-service to one"))["replicas"] == 1
    assert arguments(await hear("bump user-service by one in production"))["change"] == 1


@pytest.mark.parametrize(
    "words",
    [
        "Rollback user-service to two days ago",
        "user-service 回滚到两天前",
        "roll user-service back to last week",
    ],
)
async def test_a_time_is_no_revision(words: str) -> None:
    step = await hear(words)
    assert isinstance(step, Ask)
    assert step.missing == ("revision",)


async def test_back_to_the_previous_version_needs_no_revision() -> None:
    assert "revision" not in arguments(await hear("roll user-service back"))


@pytest.mark.parametrize(
    "words", ["cordon node-01", "drain node-01", "status of node node-01", "node-01 怎么样了"]
)
async def test_a_kind_that_could_not_be_looked_at_may_have_the_name(words: str) -> None:
    step = await hear(words, inventory=BLIND)
    assert isinstance(step, Say)
    assert step.reason == "not-found"
    assert "Node" in step.text.en
    assert "forbidden" in step.text.en
    assert "There is no" not in step.text.en
    assert "不知道有没有" in step.text.zh


async def test_a_kind_that_cannot_have_the_name_changes_nothing() -> None:
    step = await hear("restart user-servic", inventory=BLIND)
    assert isinstance(step, Say)
    assert "There is no user-servic" in step.text.en


async def test_neighbours_are_of_kinds_the_verb_applies_to() -> None:
    step = await hear("restart user-servic")
    assert isinstance(step, Say)
    assert "user-service?" in step.text.en
    assert "config" not in step.text.en
    assert "7d9f8c6b5" not in step.text.en


@pytest.mark.parametrize(
    ("words", "since"),
    [
        ("过去 10 分钟 user-service 有什么报错", "10m"),
        ("user-service 最近有没有报错", None),
        ("user-service 最近 5 分钟有报错吗", "5m"),
        ("any errors in user-service in the last 10 minutes?", "10m"),
    ],
)
async def test_errors_are_looked_for_in_the_logs(words: str, since: str | None) -> None:
    step = await hear(words)
    assert isinstance(step, Plan)
    assert [c.operation for c in step.calls] == ["get_logs"]
    assert arguments(step).get("since") == since
    assert "tail" not in arguments(step)


@pytest.mark.parametrize("words", ["help", "/help", "?", "what can you do?", "你能做什么", "你会什么"])
async def test_help_tells_what_can_be_done(words: str) -> None:
    step = await hear(words)
    assert isinstance(step, Say)
    assert step.reason == "help"
    assert "restart" in step.text.en
    assert "重启" in step.text.zh


@pytest.mark.parametrize("words", ["is everything ok?", "一切正常吗"])
async def test_whether_all_is_well_is_a_scan(words: str) -> None:
    step = await hear(words)
    assert isinstance(step, Plan)
    assert [c.operation for c in step.calls] == ["scan"]


@pytest.mark.parametrize("words", ["delete namespace production", "删除 production 命名空间"])
async def test_a_whole_namespace_is_not_deleted(words: str) -> None:
    step = await hear(words)
    assert isinstance(step, Say)
    assert step.reason == "refused"
    assert "everything" in step.text.en


async def test_a_namespace_beside_an_object_only_tells_where() -> None:
    step = await hear("delete user-service in namespace production")
    assert arguments(step) == {"kind": "Deployment", "namespace": "production", "name": "user-service"}


async def test_a_vague_many_is_told_to_be_named() -> None:
    step = await hear("restart all deployments in staging")
    assert isinstance(step, Ask)
    assert step.missing == ("name",)
    assert "one by one" in step.text.en


@pytest.mark.parametrize(
    ("words", "filled"),
    [
        ("user-service 扩容一倍", ("replicas", 6)),
        ("scale up user-service by 200%", ("change", 6)),
        ("add 100% more replicas to user-service", ("change", 3)),
        ("remove 50% of the replicas of checkout in production", ("change", -1)),
        ("把 user-service 扩到原来的 200%", ("replicas", 6)),
    ],
)
async def test_shares_are_worked_out_from_the_present_number(words: str, filled: tuple[str, int]) -> None:
    assert arguments(await hear(words))[filled[0]] == filled[1]


@pytest.mark.parametrize(
    "words", ["user-service 减半", "halve user-service", "add 50% more replicas to user-service"]
)
async def test_a_part_of_a_replica_is_asked_about(words: str) -> None:
    step = await hear(words)
    assert isinstance(step, Ask)
    assert step.missing == ("replicas",)


async def test_an_autoscalers_bounds_are_no_scale() -> None:
    step = await hear("set an hpa on user-service with 2 to 6 replicas at 60% cpu")
    assert isinstance(step, Plan)
    assert [c.operation for c in step.calls] == ["set_autoscaling"]


@pytest.mark.parametrize(
    ("words", "filled"),
    [
        ("删掉 user-service 的一个副本", ("change", -1)),
        ("user-service 删两个副本", ("change", -2)),
        ("user-service 删到 2 个副本", ("replicas", 2)),
    ],
)
async def test_replicas_taken_away_are_no_deletion(words: str, filled: tuple[str, int]) -> None:
    step = await hear(words)
    assert isinstance(step, Plan)
    assert [c.operation for c in step.calls] == ["scale"]
    assert arguments(step)[filled[0]] == filled[1]
