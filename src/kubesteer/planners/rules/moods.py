"""Stage 4, judge each verb's mood: only a request is acted on."""

from __future__ import annotations

import re
from typing import Literal

from kubesteer.planners.rules.cues import Cue
from kubesteer.planners.rules.lexicon import moods
from kubesteer.planners.rules.lexicon.phrases import OBJECT, QUOTE

Mood = Literal["asked", "negated", "past", "question", "advice", "reported", "future"]

_NEAR = 24
_BARE_MODAL = re.compile(r"(?:可以|能|能够|可|能不能|可不可以|能否|可否|行不行)\s*$")
_STATED = re.compile(r"(?:was|is|has|have|did|does|are|were)\b")
_WHICH = re.compile(
    r"^\s*(?:and |so |ok |hey |but )?(?:which|who|whose|what|where|when (?:did|was|were|has)|how (?:many|much|often))\b(?!.*(?:,| then | and ))|(?:谁|哪些|哪个|哪一个)(?!.*(?:就|都给|全))"
)
_QUOTING = re.compile(
    rf"日志(?:里面?|中|上)?(?:都|还|又|一直|老|在)?(?:打印|打|写|显示|提示|输出|说|报|刷)(?:了|着|的是|出)?(?:一?[行句条段])?\s*[:\"“「'‘]*{QUOTE}"
)
_PART_ASKED = re.compile(
    rf"[{OBJECT}]\s*[^,;。!?]{{0,8}}?的?\s*(?:内容|contents?|data|image|tag|status|state|域名|地址|ip|端口|镜像|版本|状态|节点|容量|大小|名字|副本数?|上下?限|策略|配置|表达式|时间)\s*(?:现在|目前|当前)?(?:是|叫)(?:什么|啥)"
)
_WHY = re.compile(r"什么原因|啥原因|为什么|为啥|为何|干嘛|\bwhy\b|how come")
_DONE_OR_NOT = re.compile(r"\s*了\s*(?:吗|没|么)")
_MEASURED = re.compile(
    r"\s*[\d\ue003\ue006零一二两三四五六七八九十]*\s*(?:个|台|份|副本|实例)*\s*了\s*(?:$|[,。;])"
)
_FIGURED = re.compile(r"[\d\ue003\ue006零一二两三四五六七八九十]")
# Nouns, amounts and prepositions: no verb of writing begins so, and with "is" or "has" it is a statement.
_BARE = re.compile(
    r"(?:to|at|on|with|by|of|up|down|back|memory|mem|ram|cpu|limits?|requests?|image|tag|version|replicas?|pods?|one)\b"
    r"|[\ue000\ue002\ue003\ue006\ue009\d]"
)
_ENOUGH = re.compile(r"enough|plenty|will do|is fine|should be|needs? to be|must be")
_FAILED = re.compile(
    r"^[^,;.]{0,40}?\s(?:failed|fails|failing|is (?:stuck|broken|failing|slow)|hangs|hung|took|takes|went wrong)\b"
)
_UNSURE = re.compile(r"\b(?:maybe|perhaps|possibly)\b|也许|或许|可能")
_ALSO_NOUNS = frozenset(
    [
        "restart",
        "rollback",
        "delete",
        "drain",
        "cordon",
        "uncordon",
        "suspend",
        "resume",
        "trigger",
        "pause_rollout",
        "undo",
        "fix",
        "PAUSE",
    ]
)
_DID = re.compile(r"^(?!.*\b(?:needs?|wants?|like)\b).*\b[a-z]{3,}ed\b")
_LENT = re.compile(
    r"\b(?:do|does|needs?|give|gives|want|wants|perform|start|trigger|run|have|use|get|make|force|execute|go for)\b[^,]*\b(?:a|an|another|the|its|one)\s+$"
)
_HANDED = re.compile(r"把|请|给|帮|麻烦|将")
_MODAL = re.compile(r"能|可以|可否|可不可以|想|要|需要|麻烦")
_HOW_MANY = re.compile(r"\s*(?:到|成)?了?\s*(?:多少|几(?!天|周|日|小时|个月|个星期|个礼拜|分钟|个小时))")
_ASKS = re.compile(r"(?:吗|么|不|嘛|\?)\s*[?!。]*$")


# "Restart or roll back x?" wants to be told which.
_OR = re.compile(
    r"\b(?:restart|roll ?back|scale|delete|drain|cordon|bounce|undo|redeploy|revert|wait|leave it)\b[^,;.]{0,30}\bor\b(?: just| rather)? (?:restart|roll|scale|delete|drain|cordon|bounce|undo|redeploy|revert|wait|leave|do nothing)"
)


def mood(clause: str, cue: Cue, start: int, *, asked: bool = False) -> Mood:
    """How one verb is meant, given its clause (masked) that begins at `start`; `asked` if a question mark ends it."""
    before, after = clause[: cue.start - start], clause[cue.end - start :]
    if _reported(before):
        return "reported"
    if _negated(before, cue):
        return "negated"
    if cue.operation == "get_status" and _STATED.match(cue.text) and re.search(f"[{OBJECT}]", before):
        return "past"
    if cue.writes and described(clause, before, after, cue, asked=asked):
        return "past"
    if cue.writes and (_WHICH.search(before) or _DONE_OR_NOT.match(after)):
        return "past"
    if cue.writes and _HOW_MANY.match(after):
        return "past" if "了" in after else "question"
    if cue.writes and asked and _OR.search(clause):
        return "advice"
    if cue.writes and _WHY.search(before):
        return "question"
    if cue.writes:
        return _written(clause, before, after, cue)
    return _read(clause, before, cue)


def _read(clause: str, before: str, cue: Cue) -> Mood:
    if cue.operation == "get_logs" and _QUOTING.search(clause):
        return "reported"
    if _PART_ASKED.search(clause):
        return "asked"
    manner_only = cue.operation in ("diagnose", "TROUBLE")
    return "question" if _how_to(clause, before, defined=manner_only) else "asked"


def described(clause: str, before: str, after: str, cue: Cue, *, asked: bool) -> bool:
    """Whether a verb of writing only describes: a noun (重启原因), a state (卡在删除中), a question (封锁了吗)."""
    noun = not cue.text.startswith("可以") and moods.DESCRIBED_BEFORE.search(before)
    noun = noun if not _ROLLOUT_OF.match(cue.text) else None
    noun = noun or (cue.operation in _ALSO_NOUNS and _noun_like(cue) and moods.DETERMINED.search(before))
    if moods.NOUN_AFTER.match(after) or (noun and not _LENT.search(before)):
        return True
    if moods.QUESTION_EN.match(clause) and not moods.POLITE.search(clause):
        return True
    measured = _MEASURED.match(after)
    if measured and _FIGURED.search(cue.text + measured[0]) and not _HANDED.search(before):
        return True
    stated = moods.STATED_EN.search(clause) or _DID.search(before)
    if _BARE.match(cue.text.strip()) and stated and not _ENOUGH.search(clause):
        return True
    if (
        re.search(rf"[{OBJECT}]|\b(?:the|a|an)\b", before)
        and not _LENT.search(before)
        and _FAILED.search(after)
    ):
        return True
    if _EITHER.search(clause):
        return True
    if _UNSURE.search(before) and _ASKS.search(clause.strip() + ("?" if asked else "")):
        return True
    asks = _ASKS.search(clause.strip()) and not moods.POLITE.search(clause) and not _MODAL.search(before)
    return bool(asks) and not re.search("一下|下吗|吧|好吗|行吗", clause)


_EITHER = re.compile(r"是[^,;。把给到]{1,10}还是[^,;。到]{1,10}$")  # 「现在是启用还是停用」
_ROLLOUT_OF = re.compile("(?:发布|上线|更新|部署|发版|升级|灰度|滚动|rollout).{2}")  # 「这次发布先停住」


def _noun_like(cue: Cue) -> bool:
    """One word alone may be a noun (重启, restart); a whole phrase is a verb."""
    return len(cue.text) <= 2 or cue.text.isascii()


def _written(clause: str, before: str, after: str, cue: Cue) -> Mood:
    polite = bool(moods.POLITE.search(clause))
    if _how_to(clause, before) and not _ordered(before):
        return "question"
    if moods.STRONG_ADVICE.search(clause) or (moods.ADVICE.search(clause) and not polite):
        return "advice"
    if _permission(before, clause) and not polite:
        return "advice"
    if _past(before, after, cue):
        return "past"
    if _later(clause, len(before), len(clause) - len(after)) and not _span_ago(clause):
        return "future"
    return "asked"


def _later(clause: str, start: int, end: int) -> bool:
    """A time to come, outside the verb's own words ("want it at 4")."""
    return any(m.start() < start or m.end() > end for m in moods.FUTURE.finditer(clause))


def _span_ago(clause: str) -> bool:
    return bool(re.search(r"分钟前|小时前|天前|\bago\b", clause)) and not re.search(
        r"tonight|tomorrow|今晚|明", clause
    )


def _ordered(before: str) -> bool:
    return bool(re.search(r"(?:直接|马上|立刻|赶紧|快)\s*$", before))


def _reported(before: str) -> bool:
    found = [m for m in moods.REPORTED.finditer(before) if not _addressed(before, m)]
    return bool(found) and not re.search(
        r"(?:请|帮我|麻烦|所以|那就|但|不过|你先|给我)|\b(?:so|please|pls|but|just|now|can you|could you)\b",
        before[found[-1].end() :],
    )


_ASKED_OF = re.compile(r"(?:麻烦|请|拜托|劳烦|劳驾|有劳|辛苦|求)\s*(?:各位|哪位|这位)?\s*$")


def _addressed(before: str, match: re.Match[str]) -> bool:
    """「麻烦运维把 x 重启」 asks whoever is called; 「运维把 x 重启」 tells what was done."""
    called = match[0].endswith("把") and not re.search("刚|昨|上周|之前|一直|已", match[0])
    return called and (match[0].startswith("大佬") or bool(_ASKED_OF.search(before[: match.start()])))


def _negated(before: str, cue: Cue) -> bool:
    for match in reversed(list(moods.NEGATIONS.finditer(before))):
        between = before[match.end() :]
        if (
            len(between) <= _NEAR
            and not _SPARED.match(before[match.start() :])
            and not moods.BUT.search(between)
            and not _double(before, match)
        ):
            return True
    return cue.writes and bool(
        re.search(
            r"(?<![要能会可行])[不没未](?:再|先)?\s*$|\b(?:not|never)\s+(?:to\s+)?$|(?:没有|无法|没法|没能|未能|不是我们?)\s*(?:再|去|把|主动)?\s*$",
            before,
        )
    )


# "Leave x alone and …", "don't touch x but …": what follows is asked for.
_SPARED = re.compile(
    rf"(?:leave (?:the )?[{OBJECT}]+[a-z\s]*\b(?:alone|be|untouched|as is|as it is)|(?:don't|do not) touch (?:the )?[{OBJECT}]+)\s*(?:and|but|then)\b"
)


def _double(before: str, match: re.Match[str]) -> bool:
    """别忘了 and "don't forget to" ask for it; 要不要 and 能不能 are questions, not refusals."""
    tail, head = before[match.end() :], before[: match.start()]
    return bool(re.match(r"\s*(?:忘|forget|hesitate|只|光|just|only)", tail)) or head.endswith(
        ("要", "用", "能", "想", "为什么", "怎么", "干嘛")
    )


def _how_to(clause: str, before: str, *, defined: bool = False) -> bool:
    """Whether it is asked how or what; with `defined`, 怎么 and how alone do not count (they ask for a cause)."""
    for match in moods.HOW_TO.finditer(clause):
        if defined and re.match(r"怎|如何|咋|how|what if|what (?:happen|is|'s)", match[0]):
            continue
        if (
            not re.match(r"怎|如何|咋", match[0])
            or len(before) >= match.end()
            or re.search("操作|弄|实现|做法", clause[match.start() : match.start() + 6])
        ):
            return True
    return False


def _permission(before: str, clause: str) -> bool:
    """「X 可以重启吗」 asks for leave; 「可以重启一下 X 吗」 and 「能不能重启 X」 ask for the thing."""
    if not _ASKS.search(clause.strip()) or re.search("一下|下吗|吧", clause):
        return False
    modal = _BARE_MODAL.search(before)
    if modal is None:
        return bool(re.search(r"(?:可以|行|好|成|没事|没问题|ok|可)(?:吗|么|不)\s*\??$", clause.strip()))
    return modal[0].strip() in ("可以", "能", "能够", "可") and (
        before[: modal.start()].strip(" ,") != "" and not before.startswith("你")
    )


_JUST_NOW = re.compile(
    r"(?:刚才|刚刚|刚|之前|前面|先前|上次|昨天|早上|上午)[^把给对,;]{1,8}的(?:[^,;]{0,14}?(?:可以|请|帮|给我|现在|再|先|能)|\s*$)|(?:刚才|刚刚|刚|之前|前面|先前|上次)\s*(?:我)?(?:的|那|这)"
)  # 「把刚才的改回来」


def _past(before: str, after: str, cue: Cue) -> bool:
    first = re.match(r"[a-z-]+", cue.text)
    word = first[0] if first else ""
    if word.endswith("ed") and re.search(
        r"\b(?:needs?|wants?|like|please have)\b[^,]*$|\b(?:has|have|had better|must|ought|is|are|got|should|better)(?: to)? be (?:now )?$|^\s*(?:please |pls |can you |could you )?get\b[^,]*$",
        before,
    ):
        return False
    if word.endswith("ed") and word not in (
        "need",
        "speed",
        "proceed",
        "shed",
        "feed",
        "seed",
        "embed",
        "exceed",
    ):
        return True
    if (
        word.endswith("ing")
        and cue.operation != "set_autoscaling"
        and word not in ("rolling", "bring", "ping", "nothing", "anything", "something")
        and not moods.GERUND_OK.search(before[-12:])
    ):
        return True
    if cue.text.endswith("back") and re.match(r"rolled", cue.text):
        return True
    earlier = [m for m in moods.PAST_BEFORE.finditer(before) if not _JUST_NOW.match(before, m.start())]
    if any(len(before) - m.end() <= 14 for m in earlier):
        return not re.search(r"(?:请|麻烦|帮我|再|please|now)[^,]*$", before) or bool(
            re.search(r"(?:刚|已经?)[^,]{0,4}$", before)
        )
    if cue.operation == "fix" and after.startswith("了"):
        return True
    return bool(moods.PAST_AFTER_ZH.match(after))
