"""What must not be done although a verb and a name stand in the words: borrowed objects, second thoughts, questions."""

from __future__ import annotations

import pytest

from kubesteer.core.plans import Ask, Conversation, Inventory, Item, Message, Plan, Say
from kubesteer.core.refs import Ref
from kubesteer.planners.rules import RulesPlanner
from kubesteer.planners.rules.cues import WRITES

ITEMS = (
    Item(Ref("Deployment", "production", "user-service"), {"app": "r.io/user-service:1.2"}, 3),
    Item(Ref("Deployment", "production", "payment-api"), {"app": "r.io/payment-api:1"}, 2),
    Item(Ref("Deployment", "production", "checkout"), {"app": "r.io/checkout:1"}, 2),
    Item(Ref("Deployment", "staging", "checkout"), {"app": "r.io/checkout:1"}, 1),
    Item(Ref("StatefulSet", "production", "redis"), {"app": "redis:7"}, 1),
    Item(Ref("ConfigMap", "production", "user-service-config")),
    Item(Ref("ReplicaSet", "production", "user-service-7d9f8c6b5")),
)
CLUSTER = Inventory.of([*ITEMS, Item(Ref("Node", "", "node-01")), Item(Ref("Node", "", "node-02"))])


async def hear(*words: str, inventory: Inventory = CLUSTER) -> Plan | Ask | Say:
    """What the last of alternating messages comes to; the person speaks first."""
    said = tuple(Message("assistant" if at % 2 else "user", text) for at, text in enumerate(words))
    return await RulesPlanner().next(Conversation(said), inventory)


def told(step: Plan | Ask | Say) -> list[tuple[str, str]]:
    return [(c.operation, c.arguments.get("name", "")) for c in step.calls] if isinstance(step, Plan) else []


@pytest.mark.parametrize(
    "words",
    [
        "restart payment-api && rm -rf /tmp/cache",
        'restart user-service" && rm -rf / #',
        "重启 user-service; kubectl delete ns production",
        "restart user-service and delete the namespace",
        "restart checkout in production, then remove the old files",
        "重启 user-service，然后把临时文件删掉",
        "重启 user-service 并清理磁盘空间",
        "scale user-service to 4 and drop the cache",
        "clean up the disk on node-01 and restart user-service",
        "清理一下 node-01 的磁盘",
        "look at the logs of user-service and delete the noise",
        "restart user-service and remove the old pods",
        "restart user-service and delete the configmap",
        "delete the old logs on node-01",
        "restart user-service and drain the cluster",
        "重启 user-service 之后把旧镜像清理掉",
        "delete everything but user-service",
        "delete all the deployments except user-service",
        "把 production 除了 user-service 以外的都删了",
    ],
)
async def test_an_object_of_its_own_keeps_a_verb_from_taking_another(words: str) -> None:
    assert not told(await hear(words))


@pytest.mark.parametrize(
    "words",
    ["restart user-service and delete it", "重启 user-service，然后删掉", "重启 user-service，再删了它"],
)
async def test_a_pronoun_or_nothing_takes_the_object_before(words: str) -> None:
    assert told(await hear(words)) == [("restart", "user-service"), ("delete", "user-service")]


async def test_a_follow_up_takes_the_object_spoken_of_but_no_word_of_its_own() -> None:
    before = ("status of user-service", "user-service is fine")
    assert told(await hear(*before, "ok then remove it from the cluster")) == [("delete", "user-service")]
    assert told(await hear(*before, "delete that deployment")) == [("delete", "user-service")]
    assert not told(await hear(*before, "delete the old files"))


@pytest.mark.parametrize(
    "words",
    [
        "restart user-service. Actually, never mind.",
        "scale user-service to 5 no wait don't",
        "scale user-service to 5, actually forget it",
        "restart user-service... hold on",
        "restart user-service - just kidding",
        "restart user-service but not yet",
        "重启 user-service 算了",
        "重启 user-service，还是别了",
        "把 user-service 扩到 5 个…还是别了",
        "重启 user-service，先别重启了",
        "重启 user-service... 哦不用了",
        "scale user-service up to 5, oh wait, never mind that",
    ],
)
async def test_last_words_take_the_request_back(words: str) -> None:
    step = await hear(words)
    assert isinstance(step, Say)
    assert step.reason == "cancelled"


@pytest.mark.parametrize(
    "words",
    [
        "restart user-service if it keeps crashing, otherwise leave it",
        "如果 user-service 一直崩就重启，否则别动",
        "干脆重启 user-service 算了",
        "don't wait, restart user-service",
    ],
)
async def test_the_other_case_takes_nothing_back(words: str) -> None:
    assert told(await hear(words)) == [("restart", "user-service")]


async def test_what_follows_a_second_thought_is_done_instead() -> None:
    step = await hear("restart user-service, never mind, just show me its logs")
    assert told(step) == [("get_logs", "user-service")]


@pytest.mark.parametrize("words", ["把没人用的 user-service 删了", "请把我的 user-service 删掉"])
async def test_an_object_handed_to_the_verb_is_its_own(words: str) -> None:
    assert told(await hear(words)) == [("delete", "user-service")]


@pytest.mark.parametrize(
    "words",
    [
        "我想知道重启 user-service 有没有风险",
        "if I scaled user-service to 10 would it fit?",
        "is it safe to drain node-01?",
        "如果我重启 user-service 会怎样",
        "what happens if I delete user-service",
        "any risk in restarting user-service?",
        "restart user-service, is that safe?",
        "重启 user-service 会不会影响用户",
    ],
)
async def test_what_would_come_of_it_is_a_question(words: str) -> None:
    assert not {operation for operation, _ in told(await hear(words))} & WRITES


@pytest.mark.parametrize(
    "words",
    [
        "scale user-service to 5 for the next 30 minutes",
        "scale user-service to 5 for 2h",
        "把 user-service 扩到 5 个，半小时后缩回来",
        "scale user-service to 5 for an hour, then back to 3",
        "把 user-service 扩到 5 个，持续一小时",
        "把 user-service 扩到 5 个，晚上再缩回 3 个",
        "今天大促，把 user-service 扩到 5 个，结束后改回来",
    ],
)
async def test_nothing_is_turned_back_later(words: str) -> None:
    step = await hear(words)
    assert isinstance(step, Say)
    assert "later" in step.text.en
    assert "改回来" in step.text.zh


async def test_what_has_lasted_is_no_while_to_come() -> None:
    words = "user-service has been slow for an hour, scale it to 5"
    assert told(await hear(words)) == [("scale", "user-service")]
