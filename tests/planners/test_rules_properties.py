"""Whatever is typed: no crash, no write without a verb of writing, and no object that was not named."""

from __future__ import annotations

import asyncio

import corpus
from hypothesis import given, settings
from hypothesis import strategies as st

from kubesteer.core.plans import Ask, Conversation, Message, Plan, Say
from kubesteer.planners.interpretations import interpretation
from kubesteer.planners.rules import RulesPlanner
from kubesteer.planners.rules.cues import WRITES
from kubesteer.planners.rules.lexicon.by_kind import KIND_WORDINGS
from kubesteer.planners.rules.lexicon.verbs import GENERIC_WORDINGS, WRITE_WORDINGS

CLUSTER = corpus.cluster("clinic")
PLANNER = RulesPlanner()
NAMES = sorted({item.ref.name for item in CLUSTER.items})
QUIET = [
    *NAMES, *sorted(CLUSTER.namespaces), "api-v9", "的", "状态", "日志", "为什么", "慢", "吗", "?", ",", "看看", "有哪些", "pod",
    "node", "deployment", "status", "logs", "why", "slow", "of", "the", "is", "in", "please", "events", "cpu", "内存", "yaml",
    "现在", "最近", "10 分钟", "last 5 minutes", "3", "十二", "2Gi", "“", "”", "\n", "🙂", "—", "…", "怎么", "如果", "if", "昨天",
]  # fmt: skip
LOUD = [
    *QUIET, "重启", "删除", "扩到 3 个", "回滚", "restart", "delete", "scale to 4", "drain", "封锁", "暂停", "undo", "别", "不要",
    "don't", "should we", "要不要", "明天", "他说", "所有", "all", "算了", "不对", "no wait", "it", "它", "都", "both",
]  # fmt: skip
WORDINGS = [*WRITE_WORDINGS, *GENERIC_WORDINGS, *(w for table in KIND_WORDINGS.values() for w in table)]


def hear(*said: str) -> Plan | Ask | Say:
    roles = ("user", "assistant")
    messages = tuple(Message(roles[i % 2], text) for i, text in enumerate(said))  # type: ignore[arg-type]
    return asyncio.run(PLANNER.next(Conversation(messages), CLUSTER))


def written(step: Plan | Ask | Say) -> list[str]:
    return [c.operation for c in step.calls if c.operation in WRITES] if isinstance(step, Plan) else []


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_answered(text: str) -> None:
    assert interpretation(hear(text))["outcome"] in ("call", "ask", "say")


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_answered(raw: bytes) -> None:
    assert not written(hear(raw.decode("utf-8", errors="replace")))


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from(QUIET), max_size=12))
def test_nothing_is_written_without_a_verb_of_writing(words: list[str]) -> None:
    text = " ".join(words)
    step = hear(text)
    if written(step):
        assert any(list(w.found(text, han=True, latin=True)) for w in WORDINGS), text


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from(LOUD), max_size=12))
def test_only_objects_that_exist_are_called_and_only_by_their_names(words: list[str]) -> None:
    text = " ".join(words)
    step = hear(text)
    for call in step.calls if isinstance(step, Plan) else ():
        name = call.arguments.get("name")
        assert name is None or (name in NAMES and name in text)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.lists(st.sampled_from(LOUD), max_size=6), min_size=1, max_size=7))
def test_any_conversation_is_answered(turns: list[list[str]]) -> None:
    step = hear(*[" ".join(words) for words in turns])
    assert isinstance(step, Plan | Ask | Say)
    if isinstance(step, Plan):
        assert step.calls
        assert step.understood is not None
        assert step.understood.zh
        assert step.understood.en
    elif isinstance(step, Ask):
        assert step.missing


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(NAMES), st.sampled_from(["别重启 {}", "不要删除 {}", "don't restart {}", "怎么给 {} 扩容", "should I delete {}?", "要不要重启 {}", "他说重启 {}", "I restarted {} yesterday", "明天重启 {}", "what if I drain {}", "{} 昨天重启过了"]))  # fmt: skip
def test_what_is_not_a_request_is_never_written(name: str, form: str) -> None:
    assert not written(hear(form.format(name)))


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(NAMES), st.integers(0, 40))
def test_an_answer_is_the_same_however_often_it_is_asked_for(name: str, count: int) -> None:
    text = f"{name} 扩到 {count} 个"
    assert hear(text) == hear(text)
