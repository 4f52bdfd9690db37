"""Names that are ordinary words: they are the name where the sentence needs one (README rule 3)."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence, Set
from dataclasses import replace

from kubesteer.planners.rules.drafts import NAMELESS
from kubesteer.planners.rules.kinds import kind_beside
from kubesteer.planners.rules.linking import Linked, Mention
from kubesteer.planners.rules.requests import Message, Request

_AFTER_VERB = re.compile(r"(?:the|my|our|of|for|on|to|with|in|把|给|让|the)\s*$")
_POSSESSED = re.compile(r"\s*(?:的|'s|这个|那个|服务|应用)|$")


def named_words(found: Linked, parse: Callable[[Linked], Message], spaces: Set[str] = frozenset()) -> Message:
    """The message, with unsure words taken for names where that makes a better sentence. `spaces`: namespaces."""
    message = parse(found)
    for mention in found.of("object"):
        if mention.text in spaces and not mention.sure and _surveyed(message):
            place = replace(mention, sort="place", sure=True, namespace=mention.text, items=())
            found = found.turned(mention, place)
            message = parse(found)
    for mention in sorted(found.of("object", "unknown"), key=lambda m: not _owner(m, found)):
        if mention.sure:
            continue
        candidate = parse(message.linked.turned(mention, replace(mention, sure=True)))
        if _better(candidate, message, mention):
            message = candidate
    return message


def _surveyed(message: Message) -> bool:
    """Whether a scan or a list is asked for and nothing is named: what is both a name and a namespace is the place."""
    asked = {r.operation for r in message.requests if r.mood == "asked" and r.cue.weight >= 2}
    named = any(m.sure for m in message.linked.of("object", "unknown"))
    return bool(asked) and asked <= {"scan", "list_resources"} and not named


def _owner(mention: Mention, found: Linked) -> bool:
    """Whether it stands where a name stands: "status of logs", 「logs 的状态」."""
    before, after = found.words.low[: mention.start], found.words.low[mention.end :]
    return bool(re.search(r"\b(?:of|for)(?: the)? $", before) or re.match(r"\s*的|'s", after))


def _better(candidate: Message, message: Message, mention: Mention) -> bool:
    clause = next((c for c in candidate.clauses if c.start <= mention.start < c.end), None)
    if clause is None:
        return False
    others = [m for m in candidate.linked.of("object", "unknown") if m.sure and m.start != mention.start]
    beside = mention.sort == "object" and bool(
        kind_beside(candidate.linked, mention, clause.start, clause.end)
    )
    if _verb_of(mention, message) or _ITS.search(message.linked.words.low[: mention.start]):
        return False
    named = _singled(candidate, mention) or any(_joined(candidate, m, mention) for m in others)
    if mention.sort == "object" and named:
        return True
    if any(clause.start <= m.start < clause.end for m in others):
        return (
            beside
            and mention.sort == "object"
            and not any(kind_beside(candidate.linked, m, clause.start, clause.end) for m in others)
        )
    asked = [r for r in candidate.requests if r.mood == "asked" and r.clause == clause]
    explicit = [r for r in asked if r.cue.weight >= 3 and r.operation != "list_resources"]
    if mention.sort == "unknown" and any(c.start <= mention.start < c.end for c in message.cues):
        return False
    if mention.sort == "unknown":
        return bool(explicit or asked) and not others and _wants_name(explicit or asked, message, mention)
    if (
        mention.sort == "object"
        and asked
        and _SUBJECT.match(candidate.masked[mention.end :])
        and not candidate.masked[clause.start : mention.start].strip()
    ):
        return True  # "manifests is stuck"
    spoken = [c for c in message.cues if c.start <= mention.start < c.end]
    if not spoken:
        return bool(asked) or beside or not others
    if asked and all(c.weight <= 1 for c in spoken):
        return True  # 「watch 有报错吗」: the question is in other words
    return beside or bool(explicit) or _quoted(message, mention) or _possessor(candidate, mention, asked)


_ITS = re.compile(r"(?:\b(?:its|their)\s+(?:[a-z]+\s+){0,2}|[它他]们?的?\s*)$")  # "its rollout history"


_DETERMINED = re.compile(r"\s+(?:the|my|our|that|this|its)\s+")
_SUBJECT = re.compile(
    r"\s+(?:is|isn't|keeps|looks|seems|feels|hasn't|won't|doesn't|crashed|died|hangs|went|got)\b"
)
_MANY = re.compile(
    r"\s+(?:deployments|pods|nodes|jobs|cronjobs|statefulsets|services|workloads|things|apps)\b"
)


def _verb_of(mention: Mention, message: Message) -> bool:
    """ "watch its logs": at the head of the sentence and before what it acts on, it is the verb."""
    head, tail = message.linked.words.low[: mention.start], message.linked.words.low[mention.end :]
    if re.search(r"\b(?:you|we|i|to)\s+$", head) and _MANY.match(tail):
        return True
    if not head.strip() and any(
        _DETERMINED.fullmatch(tail[: m.start - mention.end])
        for m in message.linked.of("object", start=mention.end)
    ):
        return True
    return not head.strip() and bool(re.match(r"\s+(?:it|its|them|their|this|that|these|those)\b", tail))


def _joined(candidate: Message, one: Mention, other: Mention) -> bool:
    first, second = sorted((one, other), key=lambda m: m.start)
    return bool(
        re.fullmatch(
            r"\s*(?:和|与|跟|及|、|,|and|&|or|/)\s*(?:the )?", candidate.masked[first.end : second.start]
        )
    )


# 「list 呢」, 「是 list」, "i meant list": a name and nothing else.
_SINGLED = re.compile(
    r"(?:.*[,;。!?\s])?\0\s?(?:呢|也).?|.*(?:(?<![不还])是|叫|指|\b(?:called|named|mean|meant|it's|it is|make that))\s*\0[\s,。.!]*",
    re.S,
)


def _singled(candidate: Message, mention: Mention) -> bool:
    before, after = candidate.masked[: mention.start], candidate.masked[mention.end :]
    return bool(_SINGLED.fullmatch(before[-12:] + "\0" + after[:2]))


def _possessor(candidate: Message, mention: Mention, asked: Sequence[Request]) -> bool:
    before, after = candidate.masked[: mention.start], candidate.masked[mention.end :]
    return bool(asked) and bool(
        re.match(r"\s*(?:的|这个|那个|怎么样|好像|服务|应用|接口)", after)
        or re.search(r"(?:的|那个|这个)\s*$", before)
    )


def _quoted(message: Message, mention: Mention) -> bool:
    low = message.linked.words.low
    return low[mention.start - 1 : mention.start] in "\"“'‘「`" and mention.start > 0


# 「只看带 timeout 的」: what follows is a text to look for.
_TEXT_NEXT = re.compile(
    r"(?:带有?|含有?|包括|出现过?|搜索?|过滤出?|筛选?出?|匹配|关键[字词]|提到|grep|里有|containing|mentioning|matching)\s*[\"“'「]?\s*$"
)


# "tug status": a word at the head of such a question is a name.
_OF_NAME = re.compile(
    r"\s+(?:status|logs?|events|usage|yaml|manifest|rollout|restart|rollback|health)\s*(?:$|[?,.!]|please|pls)"
)


def _wants_name(requests: Sequence[Request], message: Message, mention: Mention) -> bool:
    """An unknown plain word is a name only where a name belongs and none is known."""
    low, masked = message.linked.words.low, message.masked
    if any(r.operation in NAMELESS - {"get_usage", "get_events"} for r in requests):
        return False
    chinese = bool(re.search(r"[\u4e00-\u9fff]", low))
    before, after = masked[: mention.start], masked[mention.end :]
    if _TEXT_NEXT.search(before):
        return False
    if chinese or (not before.strip() and _OF_NAME.match(after)):
        return True
    if re.search(
        r"(?:\bof|\bfor|\bon|\bthe|\bmy|\bour|\bis|\bwhy is|restart|scale|delete|drain|cordon|uncordon|status|logs?|describe|bounce|diagnose|check|rollback|back|undo|suspend|resume|trigger|pause|remove|kill)\s*$",
        before,
    ):
        return bool(
            re.match(
                r"\s*(?:$|[,.?!;:]|to\b|in\b|on\b|by\b|from\b|back\b|please|pls|'s|and\b|is\b|has\b|if\b|again|now|deployment|pod|service|healthy|ok|alive|[a-z]+ing\b|slow\b|down\b|broken|stuck|unhealthy|dead|not\b|keeps?\b|always|still|up\b|running|status|logs?|for\b|with\b|so\b|for)",
                after,
            )
        )
    return False
