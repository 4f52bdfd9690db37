"""What a verb comes to by its object: a pause is of a rollout or of a CronJob, a change of an image or a count."""

from __future__ import annotations

import re

from kubesteer.core.plans import Item
from kubesteer.planners.rules import slots
from kubesteer.planners.rules.cues import WRITES
from kubesteer.planners.rules.requests import Message, Request
from kubesteer.planners.rules.states import State

_ROLLOUTS = re.compile(r"发布|上线|滚动|rollout|更新|部署|灰度|发版|升级|deploy|release|推进|roll")
_GOES_ON = re.compile(
    r"继续|接着|往下|解冻|放行|取消暂停|解除暂停|\b(?:continue|resume|unpause|unfreeze|go on|carry on|proceed)\b"
)
_OF_CRON_JOBS = {"cordon": "suspend", "uncordon": "resume", "restart": "trigger", "list_resources": "get_status", "scan": "diagnose", "LOOK": "get_status"}  # fmt: skip
_OF_OBJECTS = {"list_resources": "get_status", "scan": "diagnose", "LOOK": "get_status"}
_STOPS = re.compile(r"停掉|停了|停止|停机|关|shut|turn|switch|^停$|stop")


def decided(request: Request, item: Item | None, message: Message, state: State) -> str:
    """A generic verb becomes an operation by its object, its amounts, or what was done last."""
    operation, kind = request.operation, item.ref.kind if item else ""
    text = message.masked[request.clause.start : request.end]
    last = _last(state)
    if operation in ("PAUSE", "suspend", "pause_rollout"):
        return _stopped(operation, kind, text, request, last)
    if operation in ("GO_ON", "resume", "resume_rollout"):
        return _resumed(operation, kind, text, last)
    if operation == "scale" and _counts_on(request, text, state):
        return last
    if operation == "CHANGE" and kind != "PersistentVolumeClaim":
        return _changed(text, message, request, state)
    if operation == "TROUBLE":
        return "get_status" if _wonders_whether(request, message) else "diagnose"
    return _by_words(request, kind, text, message) or _by_kind(operation, kind, text)


def _last(state: State) -> str:
    return state.drafts[-1].operation if state.drafts else ""


def _by_words(request: Request, kind: str, text: str, message: Message) -> str:
    """What the verb's own words and those around it make of it, or ""."""
    operation = request.operation
    if (
        operation == "get_manifest"
        and kind not in ("ConfigMap", "Secret")
        and _WROTE.search(request.cue.text)
    ):
        return "get_logs"
    multiplied = operation == "scale" and _FACTOR.search(request.cue.text)
    if multiplied and _RESOURCE.search(text) and not _COUNTED.search(text):
        return "set_resources"
    if operation == "delete" and kind == "Node":
        return "drain" if _ON_NODE.search(text) or _leaves(request, message) else operation
    if operation == "uncordon" and kind in _ROLLED and request.cue.text.startswith("放"):
        return "resume_rollout"
    if operation == "trigger" and kind not in ("CronJob", "") and _WONDERS.search(text.strip()):
        return "get_status"
    return ""


def _by_kind(operation: str, kind: str, text: str) -> str:
    if kind == "PersistentVolumeClaim" and operation in ("CHANGE", "scale", "set_resources"):
        return "resize_volume"
    if kind in ("ConfigMap", "Secret") and (
        operation == "list_resources" or (operation == "LOOK" and "里" in text)
    ):
        return "get_manifest"
    table = _OF_CRON_JOBS if kind == "CronJob" else _OF_OBJECTS
    return table.get(operation, operation)


def _leaves(request: Request, message: Message) -> bool:
    """「node-1 腾出来,要下架」: why it is emptied."""
    emptied = any(r.operation == "drain" and r.mood == "asked" for r in message.requests)
    return emptied and request.cue.text in ("下架", "下线", "撤掉", "报废", "拆了", "拆掉")


_ON_NODE = re.compile(
    r"上面?的?\s*(?:所有|全部)?的?\s*(?:pods?|容器|东西|负载|任务|业务|应用|服务|活)|清(?:空|走|干净)"
)
_ROLLED = frozenset({"Deployment", "StatefulSet", "DaemonSet"})
_WROTE = re.compile("写|打|存")
_WONDERS = re.compile(r"(?:没有?|吗|么)\s*[?。]*$|([\u4e00-\u9fff])[不没]\1")
_FACTOR = re.compile(r"翻|倍|半|double|triple|halve|half")
_RESOURCE = re.compile(r"内存|memory|(?<![a-z])(?:mem|ram|cpu)(?![a-z])")
_COUNTED = re.compile(r"副本|实例|个|replica|pods?\b|instance|copies|\d")
_WHETHER = re.compile(r"\s*(?:了|过|掉)*\s*(?:没有?|吗|么|不|嘛)\s*(?:[,?!。]|$)")
_IS_IT = re.compile(r"\s*(?:is|are|was|has|have|did|does|do|any chance)\b|.*?是不是|.*?有没有|.*?是否")


def _wonders_whether(request: Request, message: Message) -> bool:
    """「挂了没」 and "is it down?" ask for the state, not for the cause (README rule 9)."""
    clause = message.masked[request.clause.start : request.clause.end]
    after = message.masked[request.cue.end : request.clause.end + 2]
    return bool(_WHETHER.match(after)) or (
        bool(_IS_IT.match(clause)) and not re.search(r"keeps?|so\b|老|一直", clause)
    )


def _stopped(operation: str, kind: str, text: str, request: Request, last: str) -> str:
    if kind == "CronJob":
        return "suspend"
    if kind == "Node":
        return "cordon" if operation == "suspend" else "pause_rollout"
    if operation == "pause_rollout" or last in ("pause_rollout", "resume_rollout") or _ROLLOUTS.search(text):
        return "pause_rollout"
    return "ASK_REPLICAS" if _STOPS.search(request.cue.text) or operation == "suspend" else "pause_rollout"


def _resumed(operation: str, kind: str, text: str, last: str) -> str:
    if operation == "GO_ON" and not kind and re.search("恢复|还原", text):
        return "undo"
    if kind == "CronJob":
        return "resume"
    if kind == "Node":
        return "uncordon"
    if operation == "resume_rollout" or last in ("pause_rollout", "resume_rollout") or _ROLLOUTS.search(text):
        return "resume_rollout"
    if re.search(r"恢复|restore|back", text) and last in WRITES:
        return "undo"
    return "resume_rollout" if _GOES_ON.search(text) else "get_status"


# What else than replicas a pending request counts: "make it 9" means its figure.
_COUNTING = frozenset({"rollback", "set_autoscaling", "resize_volume"})
_REPLICAS = re.compile(r"副本|实例|replica|pods?\b|instance|copies")


def _counts_on(request: Request, text: str, state: State) -> bool:
    """ "make it 2 to 6": a new figure for what waits."""
    return state.open and _last(state) in _COUNTING and not request.objects and not _REPLICAS.search(text)


def _changed(text: str, message: Message, request: Request, state: State) -> str:
    linked, last = message.linked, _last(state)
    if linked.of("image", start=request.start, end=request.end):
        return "set_image"
    around = text if slots.counts(text) else message.masked[: request.end]
    if linked.of("amount", start=request.start, end=request.end) or re.search(r"内存|memory|cpu", around):
        return "set_resources"
    if re.search(r"镜像|image|tag", text):
        return "set_image"
    if _counts_on(request, text, state):
        return last
    return "scale" if slots.counts(text) else (last if last in WRITES else "scale")
