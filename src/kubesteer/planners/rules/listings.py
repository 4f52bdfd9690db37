"""Reads without a name: lists, scans, and the usage or events of a namespace or the whole cluster."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from kubesteer.planners.rules.drafts import Draft
from kubesteer.planners.rules.kinds import kind_listed, kinds_joined
from kubesteer.planners.rules.lexicon import smalltalk
from kubesteer.planners.rules.lexicon.phrases import NAMESPACE, OBJECT, UNKNOWN, phrases
from kubesteer.planners.rules.lexicon.places import EVERYWHERE
from kubesteer.planners.rules.requests import Message, Request
from kubesteer.planners.rules.states import State

_READS = frozenset(
    {
        "list_resources",
        "get_manifest",
        "get_status",
        "diagnose",
        "scan",
        "get_usage",
        "get_events",
        "TROUBLE",
        "LOOK",
    }
)
_UNHEALTHY = phrases("""
    坏(了|掉|的)? | 没(到|起|跑|拉|凑|配)?(齐|全|满|够) | (起|跑|拉)不(齐|全|满) | 不齐 | 缺 | 少副本 | 副本不够 | 副本(数)?不足 | 掉(了|的) | 挂(了|掉)?(的)? | 异常 | 不健康 | 不正常 | 有(点)?(问题|毛病|故障) | 出(了)?(问题|毛病|故障|事|状况) | 没(有)?\\s*(bound|绑定|起来|就绪|ready|绑|跑起来|完成|成功) | 未\\s*(bound|就绪|绑定|绑|ready|完成) | 起不来 | 失败 | 报错 | 崩 | pending | failed | 卡(住|着|在) | 不\\s*(可用|ready|就绪|行|对劲|在线) | 掉线 | 失联 | 宕 | 死(了|掉)? | crash | error | notready | 挂起 | evicted | oom | 红(的|了) | 没绑 | 绑不上 | 起不了 | 炸 | 拉不(下|起|到) | 一直重启 | 反复重启 | 老重启 | 失效 | 躺 | 趴
""", """
    (didn't|did not|haven't|hasn't|don't|doesn't|won't|can't|never|couldn't) (succeed|succeeded|finish|finished|complete|completed|run|start|started|come up|work|respond|pass) | not (succeeded|finished|completed|starting|responding) | not (fully|all|completely|entirely) (available|ready|up|healthy|running|there) | (missing|short of|lacking) (replicas|pods) | unhappy | upset | flaky | hung | hanging | acting up | broken | broke | pending | failed | failing | fail | unhealthy | not ready | notready | not-ready | unready | not bound | unbound | crashing | crashed | crash | crashlooping | crashloopbackoff | crash-looping | stuck | down | dead | error | errors | erroring | in trouble | bad | not running | isn't running | aren't running | aren't ready | isn't ready | aren't healthy | aren't bound | isn't bound | not healthy | in error | unavailable | not available | degraded | sick | evicted | oomkilled | imagepullbackoff | wrong | restarting | not working | not up | offline | lost | unschedulable | off | red | misbehaving | struggling | on fire | not scheduled | unreachable | hosed | borked
""")  # fmt: skip


def unhealthy(text: str) -> bool:
    """Whether only the bad ones are meant."""
    return bool(_UNHEALTHY.search(text))


def listing(request: Request, message: Message, state: State) -> tuple[Draft, ...] | None:
    """The drafts of a read without a name; None where an object is meant."""
    operation = request.operation
    if operation not in _READS or (named := _named(request, message)) is None:
        return None
    text = message.masked[request.clause.start : request.end]
    kind = kind_listed(message.linked, request.clause.start, request.end)
    if named and not _pods_of_node(request, kind):
        return None
    anything = any(m.sure for m in message.linked.of("object"))
    if operation == "list_resources" and not kind and not request.places and anything:
        return None  # "x: ready count?" counts what x has
    if operation == "get_status" and kind == "Node" and state.focus and _WHERE.search(text):
        return None
    if operation == "get_manifest" and not _contents(request, kind):
        return None
    before = state.drafts[-1] if state.drafts else None
    if not named and not kind and (narrowed := _narrowed(request, text, before)):
        return narrowed
    if (
        not named
        and not kind
        and (_about_focus(request, text, state) or _about_message(request, message, text))
    ):
        return None
    bad = operation == "scan" or (operation in ("list_resources", "TROUBLE") and unhealthy(text))
    if (
        bad
        and not kind
        and not request.places
        and before is not None
        and before.operation == "list_resources"
    ):
        return (replace(before, arguments={**before.arguments, "unhealthy": True}),)
    spaces = _spaces(request, message, state)
    if spaces is None:
        return None
    kinds = kinds_joined(message.linked, request.clause.start, request.clause.end) or [kind]
    return tuple(_nameless(operation, k, space, text) for space in spaces for k in kinds)


_APART = re.compile(r"(?:除了|(?<![删移清解排消去免])除)\s*$")  # 「除了 x,别的都正常吧」


def _named(request: Request, message: Message) -> bool | None:
    """Whether the verb's clause names objects (True), or none is named (False)."""
    if any(not _APART.search(message.masked, 0, m.start) for m in request.objects):
        return True
    beyond = message.masked[request.clause.end : request.end]
    return bool(re.search(f"[{OBJECT}{UNKNOWN}]", beyond))


def _pods_of_node(request: Request, kind: str) -> bool:
    nodes = [m for m in request.objects if any(i.ref.kind == "Node" for i in m.items)]
    return bool(nodes) and kind == "Pod" and request.operation == "list_resources"


def _about_focus(request: Request, text: str, state: State) -> bool:
    """Without a name or a kind, a follow-up keeps the object that was spoken of."""
    if request.places and request.operation not in ("get_status", "diagnose", "TROUBLE", "LOOK"):
        return False
    if EVERYWHERE.search(text) or request.operation in ("scan", "list_resources"):
        return False
    return bool(state.focus) or bool(state.drafts and state.drafts[-1].target.name)


def _contents(request: Request, kind: str) -> bool:
    """「集群里都有哪些节点」 lists; 「app-config 里写了啥」 reads one object."""
    return re.search("有|清单", request.cue.text) is not None and bool(kind or request.places)


def _about_message(request: Request, message: Message, text: str) -> bool:
    """Without a name or a place of its own, a read is about the object that the message has named."""
    if request.operation in ("scan", "list_resources") or request.places or EVERYWHERE.search(text):
        return False
    return any(m.sure for m in message.linked.of("object", "unknown"))


def _spaces(request: Request, message: Message, state: State) -> list[str] | None:
    """Namespaces meant; [""] is the whole cluster; None where one was named that does not exist."""
    places = list(request.places) or list(
        message.linked.of("place", start=request.clause.start, end=request.end)
    )
    if not places:
        before = message.linked.of("place", end=request.clause.start)
        places = [
            p for p in before if not re.search(f"[{OBJECT}]", message.masked[p.start : request.clause.start])
        ][-1:]
    text = message.masked[request.clause.start : request.end]
    if not places:
        follows = state.namespace and smalltalk.AGAIN.search(message.masked) and not EVERYWHERE.search(text)
        return [state.namespace if follows else ""]
    return [p.namespace or f"?{p.text}" for p in dict.fromkeys(places)]


def _narrowed(request: Request, text: str, before: Draft | None) -> tuple[Draft, ...]:
    """「再看看 staging 的」, "only the broken ones": the last list, elsewhere or shorter."""
    if before is None or before.operation != "list_resources" or smalltalk.ORDINAL.search(text):
        return ()
    if request.places and request.operation in ("LOOK", "get_status"):
        spaces = [p.namespace or f"?{p.text}" for p in request.places]
        return tuple(replace(before, arguments={**before.arguments, "namespace": s}) for s in spaces)
    if not request.places and unhealthy(text) and _ONES.search(text):
        return (replace(before, arguments={**before.arguments, "unhealthy": True}),)
    return ()


_ONES = re.compile(r"\bones?\b|\bonly\b|\bjust\b|\bany\b|只|哪")
# 「它跑在哪些节点上」 asks where the object spoken of runs.
_WHERE = re.compile(
    r"(?:跑|落|调度|分布|部署|在)[^,;。]{0,4}哪|(?:which|what) nodes?[^,;.]*\b(?:it|its|they|them)\b"
)
_ALL_WELL = re.compile(
    r"\b(?:is|are) (?:everything|all)\b|\beverything (?:is )?(?:ok|okay|fine|good|healthy|alright)\b|一切(?:都|还)?(?:好|正常|健康)|(?:大家|整体|总体)(?:都|还)?(?:好|正常)"
)


def _nameless(operation: str, kind: str, space: str, text: str) -> Draft:
    arguments: dict[str, Any] = {"namespace": space} if space else {}
    if operation == "get_events":
        return Draft("get_events", arguments=arguments)
    if operation == "get_usage":
        return Draft("get_usage", arguments={"kind": _measured(kind, space, text), **arguments})
    if operation == "get_manifest":
        operation = "list_resources"
    if kind and (
        operation == "list_resources"
        or unhealthy(text)
        or operation in ("get_status", "LOOK", "TROUBLE", "diagnose")
    ):
        bad = {"unhealthy": True} if unhealthy(text) or operation in ("TROUBLE", "diagnose") else {}
        return Draft("list_resources", arguments={"kind": kind, **arguments, **bad})
    if operation == "scan" and kind:
        return Draft("list_resources", arguments={"kind": kind, **arguments, "unhealthy": True})
    if operation == "list_resources":
        return _listed(space, text, arguments)
    if operation == "scan" or space or EVERYWHERE.search(text) or _ALL_WELL.search(text):
        return Draft("scan", arguments=arguments)
    return Draft("get_status" if operation in ("LOOK", "get_status") else "diagnose", missing=("name",))


def _listed(space: str, text: str, arguments: dict[str, Any]) -> Draft:
    if unhealthy(text):
        return Draft("scan", arguments=arguments)
    if space or re.search(r"跑着|running|workload|部署", text):
        return Draft("list_resources", arguments={"kind": "Deployment", **arguments})
    return Draft("list_resources", missing=("kind",))


def _measured(kind: str, space: str, text: str) -> str:
    if kind:
        return kind
    return "Pod" if space or not re.search(f"集群|cluster|机器|[{NAMESPACE}]", text) else "Node"
