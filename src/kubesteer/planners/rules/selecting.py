"""Which of a message's verbs count: explicit ones over complaints, complaints over a mere "look"."""

from __future__ import annotations

import re

from kubesteer.planners.rules.cues import WRITES, bounds
from kubesteer.planners.rules.lexicon import smalltalk
from kubesteer.planners.rules.lexicon.phrases import AMOUNT, IMAGE
from kubesteer.planners.rules.requests import Message, Request

# Within one clause the first gives way to the second: its words only describe.
YIELDS: dict[str, frozenset[str]] = {
    "get_status": frozenset({"CHANGE", "get_logs", "get_events", "get_usage", "get_rollout", "get_manifest", "diagnose", "scan", "list_resources"}) | WRITES,
    "list_resources": frozenset({"get_logs", "get_events", "get_usage", "get_rollout", "get_manifest", "scan"}) | WRITES,
    "diagnose": frozenset({"get_logs", "get_events", "set_env", "set_probe", "set_service", "label", "annotate"}),
    "scan": frozenset({"get_logs", "get_events", "get_usage", "diagnose", "get_rollout"}),
    "get_usage": frozenset({"set_resources", "set_autoscaling", "scale", "diagnose", "get_logs"}),
    "get_rollout": frozenset({"PAUSE", "GO_ON", "pause_rollout", "resume_rollout", "rollback", "set_image", "restart", "get_logs", "get_events", "diagnose", "undo"}),
    "get_manifest": frozenset({"set_image", "set_env", "set_resources", "get_logs"}),
    "get_logs": frozenset({"set_env"}),
    "PAUSE": frozenset(WRITES), "GO_ON": frozenset(WRITES), "CHANGE": frozenset(WRITES),
    "get_events": frozenset({"get_logs"}),
}  # fmt: skip
# A write that a more telling one explains: the first gives way.
_SHADOWED: dict[str, frozenset[str]] = {
    "scale": frozenset({"set_autoscaling", "set_resources", "resize_volume", "undo", "rollback", "drain", "cordon"}),
    "restart": frozenset({"resume_rollout", "pause_rollout", "uncordon", "resume"}),
    "set_image": frozenset({"undo", "set_autoscaling"}),
    "suspend": frozenset({"pause_rollout", "cordon", "drain"}),
    "resume": frozenset({"set_autoscaling", "resume_rollout", "uncordon", "trigger", "undo", "rollback"}),
    "delete": frozenset({"scale", "drain", "label", "annotate"}),
    "rollback": frozenset({"undo"}),
    "cordon": frozenset({"drain"}) - {"drain"},
    "trigger": frozenset({"restart"}) - {"restart"},
    "fix": frozenset({"restart", "scale", "rollback", "set_image", "set_resources"}),
}  # fmt: skip
_MEANS = re.compile(
    r"(?:这|那|它)?(?:是)?(?:什么|啥)意思|what (?:does|did|do) (?:this|that|it|these|they) mean|meaning of (?:this|that)|^\W*(?:so |and |now )?(?:what's|which is|what is|what would be|which would be) (?:the )?(?:better|best|worse|preferable|smarter|safer)\b"
)
_REMINDS = re.compile(
    r"提醒(?:我|一下|大家)|remind me|reminder|设(?:个|一个)?(?:闹钟|提醒|定时)|set an? (?:alarm|timer)"
)
_VAGUE = frozenset({"TROUBLE", "LOOK", "get_status", "list_resources"})
_WHY = re.compile(
    r"为什么|为啥|为何|原因|怎么|咋|why|how come|what's wrong|cause|reason|诊断|排查|diagnose|troubleshoot|investigate|root|debug|分析|什么问题|什么情况"
)


# "…, isn't it?" wants a yes or no, not a deed; "…, ok?" and "…, will you?" want the deed.
_TAG = re.compile(
    r",\s*(?:(?:is|isn't) that (?:right|correct|true|so)|right|correct|(?:is|are|does|do|ca|could|wo|would|should|did|has|was)n't (?:it|they|we|you|there)(?: think)?)\s*\?\s*$"
)


def selected(message: Message) -> tuple[Request, ...]:
    """The verbs to act on, in order."""
    if _MEANS.search(message.masked) or _REMINDS.search(message.masked):
        return ()
    tagged = _TAG.search(message.linked.words.low)
    asked = [
        r
        for r in message.requests
        if r.mood == "asked" and not _empty(r, message) and not (tagged and r.cue.writes)
    ]
    asked = [r for r in asked if not _yields(r, asked) and not _described(r, asked, message)]
    refused = {
        r.clause
        for r in message.requests
        if r.cue.writes and r.mood in ("future", "advice", "question", "reported")
    }
    asked = [r for r in asked if r.clause not in refused or not _about_doing(r, message)]
    explicit = [r for r in asked if r.cue.weight >= 2]
    if explicit:
        kept = [
            r
            for r in explicit
            if not _told(r, explicit, message) and not _before_asking(r, explicit, message)
        ]
        return tuple(sorted([*kept, *_looked_at(asked, explicit, message)], key=lambda r: r.cue.start))
    troubles = [r for r in asked if r.operation == "TROUBLE"]
    looks = [r for r in asked if r.operation == "LOOK"]
    if troubles:
        return (_with_object(troubles),)
    return (_with_object(looks),) if looks else ()


_ASKS_FOR = re.compile(r"\b(?:please|pls|plz|kindly|can you|could you|would you|i need|i want)\b|请|麻烦|帮")
_ORDERS = re.compile(
    r"\s*(?:and |then |also |so |just )?(?:show|check|tell|give|list|get|look|find|fetch|print|what|how|which|who|is|are|any|k |kubectl)\b"
)


def _before_asking(request: Request, explicit: list[Request], message: Message) -> bool:
    """ "cpu of x normal. Please find out why y is slow": what was told before the person comes to the request."""
    clause = request.clause
    words = message.masked[clause.start : clause.end] + ("?" if clause.asks else "")
    if request.cue.writes or _ASKED_FOR.search(words) or _ASKS_FOR.search(words) or _ORDERS.match(words):
        return False
    told = re.search(r"\d|\ue008", message.masked[: clause.end]) and smalltalk.FINE.search(words)
    return bool(told) and any(
        r.clause.sentence > clause.sentence and _ASKS_FOR.search(message.masked, r.clause.start, r.clause.end)
        for r in explicit
    )


_LOOK_AT = re.compile(
    r"\s*(?:please |pls |and |can you |could you )*(?:check|check on|check out|look at|have a look at|take a look at|inspect|show(?: me)?)\s+(?:the )?[\ue000]+\s*$"
)


def _looked_at(asked: list[Request], explicit: list[Request], message: Message) -> list[Request]:
    """ "Check x, and restart y": a look at an object that nothing else is asked of."""
    named = {m.text for r in explicit for m in r.objects}
    return [
        r
        for r in asked
        if r.operation == "LOOK"
        and r.objects
        and not named & {m.text for m in r.objects}
        and named
        and _LOOK_AT.fullmatch(message.masked[r.clause.start : r.clause.end])
    ]


_VALUE = re.compile(
    rf"[\d{AMOUNT}{IMAGE}零一二两三四五六七八九十]|副本|镜像|版本|内存|资源|replica|pods|instances|image|tag|memory|cpu|ram|half|double"
    r"|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty)\b|倍|半"
)


def _empty(request: Request, message: Message) -> bool:
    """ "change", "set" and 改成 mean something only with a value or what is to be changed."""
    return request.operation == "CHANGE" and not _VALUE.search(message.masked, 0, request.end)


_ASKING = re.compile(
    r"^\s*(?:is|are|was|has|have|did|does|do|how|what|whether)\b|[?吗没么呢]\s*$|状态|status|state|怎么样"
)


def _described(request: Request, asked: list[Request], message: Message) -> bool:
    """ "keeps failing its health checks": beside a complaint, a word about state only describes it."""
    if request.operation != "get_status":
        return False
    clause = message.masked[request.clause.start : request.clause.end] + ("?" if request.clause.asks else "")
    return not _ASKING.search(clause) and any(
        r.operation == "TROUBLE" and r.clause == request.clause for r in asked
    )


# 「为啥会重启」: it did so by itself, and the cause is asked for.
_BY_ITSELF = re.compile(
    r"(?:为什么|为啥|为何|怎么|咋|什么原因|啥原因)[^,;。]{0,6}?(?:会|老|总|一直|又|自己|自动|反复|频繁|不停|不断)|why (?:did|does|is|has|was|do|are|were)\b"
)


def _about_doing(request: Request, message: Message) -> bool:
    """Beside a write that is only spoken of, vague words and a why without an object are about doing it."""
    if request.operation == "diagnose":
        words = message.masked[request.clause.start : request.clause.end]
        return not request.objects and not _BY_ITSELF.search(words)
    return request.operation in _VAGUE


def _with_object(requests: list[Request]) -> Request:
    """The last one with objects of its own, else the last."""
    return next((r for r in reversed(requests) if r.objects), requests[-1])


def _yields(request: Request, asked: list[Request]) -> bool:
    stronger = YIELDS.get(request.operation, frozenset()) | _SHADOWED.get(request.operation, frozenset())
    return any(
        r.operation in stronger
        and r.clause == request.clause
        and r is not request
        and r.objects == request.objects
        for r in asked
    )


_STILL = re.compile(r"有(?:几|多少)个|几个")
_ERRORS = re.compile(r"报错|错误|异常|错|故障|error|exception")
_MEASURES = frozenset({"内存", "cpu", "memory", "mem", "ram", "load", "负载"})
_MEASURED = re.compile(
    r"看|瞧|瞅|查|报|多少|几|怎么样|如何|咋样|情况|用量|占|吃|高不|吗|呢|\?|show|check|look|how|what|tell|current|usage"
)


_COUNTED = re.compile(
    r"看|查|多少|几|用量|show|check|how (?:much|many)"
)  # 「内存一直涨,怎么回事」 only complains
_WANTS = re.compile(r"看|查|瞧|瞅|确认|告诉|show|check|look|what")


def _only_why(usage: Request, write: Request, message: Message) -> bool:
    """A measure that was only mentioned beside a write: 「要换内存条」, 「内存紧张,扩到 5」."""
    clause = usage.clause
    if not usage.objects and not _MEASURED.search(message.masked, clause.start, clause.end):
        return True
    looked = write.clause != clause and _WANTS.search(message.masked, clause.start, usage.cue.start)
    return write.cue.start > usage.cue.start and not looked


_SIGHTS = frozenset(
    {"get_status", "get_rollout", "get_usage", "get_events", "get_manifest", "list_resources"}
)
_SAYS = re.compile(
    r"[\ue000]\s*(?:'s)?(?:\s+[a-z]+){0,2}\s+(?:is|isn't|was|are|aren't|looks?|seems?|feels?|keeps?|has|hasn't|went|got|gets|doesn't|won't|can't)\b"
)
_ASKED_FOR = re.compile(
    r"\b(?:show|check|tell|give|list|see|look|what|how|which|whether|let me|get me|find|who|when|where)\b|\?"
)


def _only_said(request: Request, others: list[Request], message: Message) -> bool:
    """ "The rollout looks odd, pause it": what is told before a write is no wish to see it."""
    clause = request.clause
    words = message.masked[clause.start : clause.end] + ("?" if clause.asks else "")
    told = bool(_SAYS.search(words)) and not _ASKED_FOR.search(words)
    return told and any(
        r.cue.writes and r.clause != clause and r.cue.start > request.cue.start for r in others
    )


def _part_of(request: Request, others: list[Request], message: Message) -> bool:
    """Whether its words belong to another verb: bounds of an autoscaling, the ground for a write."""
    if not request.objects and any(bounds(request.cue, r.cue) for r in others):
        return True
    if request.operation == "get_events" and request.cue.text.startswith("warning"):
        return any(r.operation == "get_logs" for r in others)  # "its log, only the warnings"
    return request.operation in _SIGHTS and _only_said(request, others, message)


_LOGS_SAY = re.compile(
    r"日志(?:里面?|中|上)?(?:现在)?(?:全|都|满|老|一直|只|也)*(?:是|在报|在刷|报|刷|有(?!没|什么|啥|哪))"
)


def _logs_told(request: Request, others: list[Request], message: Message) -> bool:
    """「日志里全是 NPE,重启一下」: what logs say, told beside a write; nobody asks for them."""
    if request.operation != "get_logs" or request.clause.asks:
        return False
    clause = message.masked[request.clause.start : request.clause.end]
    told = _LOGS_SAY.search(clause) and not _WANTS.search(clause)
    return bool(told) and any(r.operation in WRITES and r.condition is None for r in others)


def _told(request: Request, explicit: list[Request], message: Message) -> bool:
    """A diagnosis gives way to logs asked for; a state to whatever else is asked of the same object."""
    others = [
        r
        for r in explicit
        if r is not request and (r.objects == request.objects or not r.objects or not request.objects)
    ]
    if _part_of(request, others, message) or _logs_told(request, others, message):
        return True
    if request.operation == "diagnose":
        if not request.objects and any(r.operation == "scan" for r in others):
            return True  # 「扫描一遍,看看有没有毛病」
        return any(r.operation == "get_logs" for r in others) or (
            not _WHY.search(request.cue.text) and any(r.operation in WRITES for r in others)
        )
    if request.operation == "list_resources" and _ERRORS.search(
        message.masked, request.clause.start, request.clause.end
    ):
        return any(r.operation == "get_logs" for r in others)  # 「有啥报错没,看看日志」
    if request.operation == "list_resources" and not request.clause.asks and _STILL.match(request.cue.text):
        return any(r.operation in WRITES for r in others)  # 「上面还有几个 pod 在跑,把它封上」
    if request.operation == "get_usage" and request.cue.text in _MEASURES:
        clause = message.masked[request.clause.start : request.clause.end]
        complained = any(r.operation == "diagnose" for r in others) and not _COUNTED.search(clause)
        return complained or any(r.cue.writes and _only_why(request, r, message) for r in others)
    if request.operation == "get_status":
        clause = message.masked[request.clause.start : request.clause.end] + (
            "?" if request.clause.asks else ""
        )
        return not _ASKING.search(clause) and any(
            r.operation in WRITES and r.cue.start > request.cue.start for r in others
        )
    if request.operation == "rollback" and not request.objects and any(r.operation == "undo" for r in others):
        return True
    if request.operation == "scan":
        return any(r.operation in WRITES or r.operation == "get_logs" for r in others)
    return False
