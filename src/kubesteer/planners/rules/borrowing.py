"""Whether a verb may take the object of another clause: only through a pronoun or where it has none of its own.

"Restart x and delete it" deletes x; "restart x and delete the old files" deletes nothing that has a name here.
"""

from __future__ import annotations

import re

from kubesteer.planners.rules.cues import WRITES
from kubesteer.planners.rules.drafts import Target
from kubesteer.planners.rules.kinds import kinds_in
from kubesteer.planners.rules.lexicon.phrases import OBJECT, UNKNOWN
from kubesteer.planners.rules.names import Names
from kubesteer.planners.rules.requests import Message, Request

_PRONOUN = re.compile(
    r"\b(?:it|them|both|these two|this one|that one|those two|the (?:first|second|third|last|other|former|latter)(?: one)?)(?![a-z'])|\b(?:this|that|these|those)(?=\s*(?:$|[,.;!?]|too|now|as well|please|again|first))"
    r"|它们?(?!们?的)|他(?!们|的)|(?:这|那)(?:俩|两个|个|台)?(?=\s*(?:$|[,。;!?也都给删清干移去])|东西|玩意)|第[一二三四两\d]+个|前者|后者|两个都|俩都"
)
# What stands around a verb without being its object.
_AROUND = re.compile(
    r"\b(?:please|pls|plz|kindly|can|could|would|will|you|we|i|i'd|let's|lets|let|us|want|need|like|to|just|now|then|and|also|too|as|well|again|after|afterwards|that|first|finally|next|later|instead|right|away"
    r"|immediately|quickly|completely|entirely|safely|gracefully|for|me|ok|okay|so|yes|yeah|sure|go|ahead|off|up|out|down|from|in|on|at|the|a|an|same|one|thing|cluster|here|there|my|our|once|done|when|finished|altogether|straight|afterward|by|hand|force|forcefully|kubectl|k)\b"
    r"|帮我?忙?|麻烦|劳烦|请|给我?|你|您|我们?|咱们?|把|将|也|都|就|再|先|然后|接着|顺便|顺手|顺带|一起|一并|一下|直接|现在|马上|立刻|赶紧|最后|之后|以后|完了?|后|了|吧|啊|呢|哈|掉|的|可以|能|要|想|吗|么|好|行|对|嗯|那|这|它|可|该|来|去|得|干脆|彻底|全|个|没用|没人用|用不着|用不上|不用|不要|不需要|需要|用完|跑完|在|里|上|中|从|集群|一|旧"
)
_KINDS = re.compile(
    r"\b(?:service|app|application|workload|deployment|deploy|statefulset|sts|daemonset|pod|job|cronjob|configmap|secret|pvc|ingress|svc|hpa|node|autoscaler)(?![a-z])|服务|应用|任务|工作负载"
)
_LEFT = re.compile(rf"[a-z一-鿿{UNKNOWN}]")
# What other verbs are said of that no cluster object is.
_NO_OBJECT = re.compile(
    r"\b(?:the|my|our|your|this|that|all|old|its) (?:[a-z]+ )?(?:namespaces?|cluster|databases?|db|disks?|cache|machines?|servers?|hosts?|files?|network|router|proxy|load ?balancer|queues?|world|laptop|computer)(?![a-z])"
    r"|(?:整个|这个|那个|把|一?下)(?:命名空间|集群|数据库|磁盘|硬盘|缓存|机器|服务器|主机|文件|网络|路由器|电脑)"
)
# 「node-01 上的磁盘」, "the disk on node-01", "x's cache": something of an object is not the object.
_THING = r"(?!(?:deployment|deploy|statefulset|daemonset|pod|job|cronjob|configmap|secret|pvc|ingress|service|svc|hpa|node|one|rid|care)\b)[a-z]+"
_PART_OF = re.compile(
    rf"\b(?:the|all|old|every|some|any|this|that|its|leftover|stale|unused)\s+(?:[a-z]+\s+)?{_THING}\s+(?:on|of|from|for|in|inside|under|off|at)\s+(?:the |my |our )?[{OBJECT}]|[{OBJECT}]'s\s+{_THING}\b"
    rf"|^\s*(?:up |out )?{_THING}\s+(?:on|of|from|inside)\s+(?:the |my |our )?[{OBJECT}]"
    rf"|[{OBJECT}]\s*(?:上面?|里面?|中|下面?)?\s*的?\s*(?:所有的?|全部的?|旧的?|临时的?|多余的?|过期的?)?\s*(?:磁盘|硬盘|空间|文件|临时文件|目录|垃圾|旧?版本|历史|标签|注解|环境变量|变量|端口|探针|告警|报错|限制|污点|namespace|label|annotation|env|taint)"
)


# 「重启 x 之后把旧镜像清掉」: what is handed to the verb is no cluster object.
_HANDED = re.compile(rf"[把将]([^把将{OBJECT}{UNKNOWN}]{{1,14}})$")
# "Delete everything but x" names what is spared.
_ALL_BUT = re.compile(
    rf"\b(?:everything|anything|all|every|the rest|others?)\b[^,;.{OBJECT}]{{0,24}}\b(?:but|except|excepting|apart from|other than|besides|save)\b|除了?\s*[{OBJECT}][^,;。]{{0,4}}(?:以|之)?外?[^。;]{{0,6}}(?:都|全|其他|其它|其余|别的)"
)


def foreign(request: Request, message: Message) -> bool:
    """Whether a write has an object of its own that is no cluster object, and so may not take another's."""
    if request.operation not in WRITES:
        return False
    if _ALL_BUT.search(message.masked, request.clause.start, request.clause.end):
        return True
    if request.operation == "delete" and _of_a_part(request, message):
        return True
    if request.objects or (request.end > request.clause.end and _named_behind(request, message)):
        return False
    words = _around(request, message)
    if request.operation != "delete":
        return _NO_OBJECT.search(words) is not None
    if _PRONOUN.search(words):
        return False
    if any(
        kind == "Namespace"
        for *_, kind, _ in kinds_in(message.linked, request.clause.start, request.clause.end)
    ):
        return True
    return _LEFT.search(_AROUND.sub(" ", _KINDS.sub(" ", words))) is not None


def unlike(request: Request, message: Message, aims: tuple[Target, ...], names: Names) -> bool:
    """ "Restart x and delete the configmap": the kind that was said is none of the borrowed object's."""
    if request.operation != "delete" or request.objects:
        return False
    said = {
        k
        for *_, k, word in kinds_in(message.linked, request.clause.start, request.clause.end)
        if word not in _LOOSE
    }
    if not said or _named_behind(request, message):
        return False
    kinds = {i.ref.kind for aim in aims for i in names.of((aim.ref.name if aim.ref else aim.name).lower())}
    return bool(aims) and not said & kinds


_LOOSE = frozenset({"服务", "service", "任务", "作业", "job"})


def _of_a_part(request: Request, message: Message) -> bool:
    start, end = request.clause.start, request.clause.end
    behind = message.masked[request.cue.end : end]
    handed = _HANDED.search(message.masked[start : request.cue.start])
    if (
        handed
        and not _PRONOUN.search(handed[1])
        and _LEFT.search(_AROUND.sub(" ", _KINDS.sub(" ", handed[1])))
    ):
        return True
    return bool(_PART_OF.search(behind)) or bool(_PART_OF.search(message.masked, start, end))


def _named_behind(request: Request, message: Message) -> bool:
    return any(
        m.sure for m in message.linked.of("object", "unknown", start=request.clause.end, end=request.end)
    )


def _around(request: Request, message: Message) -> str:
    """The words of a verb's clause without the verb and without conditions."""
    start, end = request.clause.start, request.clause.end
    chars = list(message.masked[start:end])
    blank = [(request.cue.start, request.cue.end), *((p.start, p.end) for p in message.provisos)]
    for first, last in blank:
        for at in range(max(first, start), min(last, end)):
            chars[at - start] = " "
    return "".join(chars)
