"""Stage 5, fill: the arguments that a verb's own words give, per operation."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from kubesteer.core.plans import Item
from kubesteer.core.texts import Text
from kubesteer.planners.rules.figures import figures, quantity
from kubesteer.planners.rules.lexicon.numerals import whole
from kubesteer.planners.rules.lexicon.phrases import AMOUNT, HAN_NUMERAL, NUMBER
from kubesteer.planners.rules.requests import Message


@dataclass(frozen=True, slots=True)
class Filled:
    """Arguments found, names of those still missing, and what is unusable about what was said."""

    arguments: Mapping[str, Any] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    trouble: Text | None = None


@dataclass(frozen=True, slots=True)
class Stretch:
    """The words that may fill arguments: masked text with conditions blanked, and the target if known."""

    message: Message
    start: int
    end: int
    target: Item | None = None

    @property
    def text(self) -> str:
        """The masked words."""
        chars = list(self.message.masked[self.start : self.end])
        for proviso in self.message.provisos:
            for at in range(max(proviso.start, self.start), min(proviso.end, self.end)):
                chars[at - self.start] = " "
        return "".join(chars)

    def raw(self, start: int, end: int) -> str:
        """What was typed there; offsets are those of `text`."""
        return self.message.linked.words.raw[self.start + start : self.start + end]


Filler = Callable[[Stretch], Filled]


# "Roll back to two days ago": which revision that was, its history tells.
_AT_A_TIME = re.compile(
    rf"(?:\bto|\bas of|到|回)\s*(?:the |what it was |how it was |where it was |(?:version|state|revision|image|one) (?:of |from |it had )?)*(?:(?:an?|a few|a couple of|{NUMBER}|半|几)\s*个?半?\s*(?:minutes?|hours?|days?|weeks?|months?|分钟|小时|钟头|天|周|星期|礼拜|月)\s*(?:ago|earlier|之前|以前|前)|yesterday|last (?:week|month|night)|昨[天晚]|前天|上周|上个?(?:星期|礼拜|月))"
)


def revision(stretch: Stretch) -> Filled:
    """`revision N`, 第 N 版."""
    match = re.search(
        rf"(?:revision|rev\.?|修订版?|版本号?|--to-revision)\s*(?:号|number|no\.?|#|为|是|=|:)?\s*({NUMBER})|第\s*({NUMBER})\s*(?:个)?(?:版|次发布|revision)|(?<=[到回第])\s*({NUMBER})\s*(?:号版本|版(?!本数))|\br(\d+)\b|#\s*(\d+)",
        stretch.text,
    )
    if match is None:
        match = re.search(r"(?:到|to|back to|回)\s*(\d{1,5})(?![\d.:]|\s*(?:个|分|小时|天))", stretch.text)
    if match is None:
        return Filled(missing=("revision",)) if _AT_A_TIME.search(stretch.text) else Filled()
    found = whole(next(g for g in match.groups() if g))
    if found is None or found < 0:
        return Filled(trouble=Text("版本号(revision)要是正整数。", "A revision is a positive whole number."))
    return Filled({"revision": found} if found else {})


_RANGE = re.compile(
    rf"({NUMBER}|\d+)\s*(?:个|副本|台|replicas?|pods?)?\s*(?:…|-|~|到|至|to|and|和|--?>)\s*({NUMBER}|\d+)(?!\s*(?:%|percent))"
)
_LEAST = re.compile(
    rf"(?:最少|最小(?:值)?|至少|不少于|下限|保底|min(?:imum|_replicas)?|at least|--min|minreplicas|no (?:less|fewer) than|floor)(?: of| at| is)?\s*(?:副本)?(?:数)?\s*(?:改|调|设|提|升|拉|降|加|放|定|弄|搞|扩|抬)?(?:整|高|大|低)?(?:成|到|为|是|=|:|给|留|跑|至|在)?\s*({NUMBER}|\d+)|({NUMBER})\s*(?:个)?(?:起步|起|保底|(?:minimum|min)\b(?!\s*\d))"
)
_MOST = re.compile(
    rf"(?:最多|最大(?:值)?|至多|不超过|上限|封顶|顶多|max(?:imum|_replicas)?|at most|up to|--max|maxreplicas|no more than|cap(?:ped)?(?: at)?|ceiling|limit)(?: of| at| is)?\s*(?:副本)?(?:数)?\s*(?:改|调|设|提|升|拉|降|加|放|定|弄|搞|扩|抬)?(?:整|高|大|低)?(?:成|到|为|是|=|:|给|留|跑|至|在)?\s*({NUMBER}|\d+)|({NUMBER})\s*(?:个)?(?:封顶|为上限|max(?:imum)?\b(?!\s*\d)|tops)"
)
_PERCENT = re.compile(
    rf"({NUMBER}|\d+)\s*(?:%|percent|pct|个?百分点)|百分之\s*({HAN_NUMERAL}+|\d+)|([一二三四五六七八九])成|cpu(?:-percent|_percent)?\s*(?:目标|target|阈值|使用率|利用率|usage|utilization)?\s*(?:=|:|是|为|at|到|of)?\s*(\d+)(?![\d.]*\s*(?:个|核|g|m|c\b))"
)


_BEHIND = re.compile(r"(\d+)\s*min(?:imum)?\b[\s,、and/]*(\d+)\s*max(?:imum)?\b")  # "4 min 10 max"


def autoscaling(stretch: Stretch) -> Filled:
    """Bounds and the CPU target."""
    low = stretch.message.linked.words.low[stretch.start : stretch.end]
    text = "".join(b if a == AMOUNT else a for a, b in zip(stretch.text, low, strict=False))  # "max 6 cpu 50"
    found: dict[str, Any] = {}
    percent = _PERCENT.search(text)
    if percent:
        found["cpu_percent"] = whole(next(g for g in percent.groups() if g))
        if percent[3]:
            found["cpu_percent"] *= 10
        text = text[: percent.start()] + " " * len(percent[0]) + text[percent.end() :]
    span = _RANGE.search(text)
    behind = _BEHIND.search(text)
    if behind:
        found |= {"min_replicas": whole(behind[1]), "max_replicas": whole(behind[2])}
        return _checked_bounds(found)
    least, most = _LEAST.search(text), _MOST.search(text)
    if least:
        found["min_replicas"] = whole(next(g for g in least.groups() if g))
    if most:
        found["max_replicas"] = whole(next(g for g in most.groups() if g))
    if span and not (least and most):
        found.setdefault("min_replicas", whole(span[1]))
        found.setdefault("max_replicas", whole(span[2]))
    return _checked_bounds(found)


def _checked_bounds(found: dict[str, Any]) -> Filled:
    low, high = found.get("min_replicas"), found.get("max_replicas")
    if low is not None and high is not None and low > high:
        return Filled(
            trouble=Text(
                f"最少 {low} 个多于最多 {high} 个。", f"The minimum {low} exceeds the maximum {high}."
            )
        )
    if (percent := found.get("cpu_percent")) is not None and not 0 < percent <= 1000:
        return Filled(
            trouble=Text(f"CPU 目标 {percent}% 不可用。", f"A CPU target of {percent}% is unusable.")
        )
    return Filled(
        {k: v for k, v in found.items() if v is not None}, () if high is not None else ("max_replicas",)
    )


_ROLES = (("request", re.compile(r"request|requests|请求|申请|预留|reserve|保底|guarantee|至少|最少|at least")), ("limit", re.compile(r"limit|上限|限制|限额|cap(?!acity)|at most|max|封顶|最多|最高|顶多|超过|别超|不超|限到|ceiling|up to|(?<!no )more than|exceed|\\bover\\b|above|beyond|限")))  # fmt: skip
_RESOURCES = (
    ("memory", re.compile(r"内存|memory|\bmem\b|\bram\b")),
    ("cpu", re.compile(r"cpu|核|\bcores?\b|处理器")),
)
_BARE = re.compile(
    r"cpu\s*(?:的)?\s*(?:(?:上限|限制|请求|limits?|requests?)\s*(?:=|:|为|是|到|成|给|改成|调到|设为|设成|to|of|at)?|(?:=|:|为|到|成|给|改成|调到|设为|设成|to|at))"
    r"\s*(\d+(?:\.\d+)?)(?![\d.]*\s*(?:%|个g|g|m|核|c|\d))"
)
_ADDS = re.compile(
    r"(?:再)?(?:加|增加|多给|多分|追加|(?<![最至不])多)\s*$|\b(?:by|another|additional|extra)\s*$"
)


_ODD_UNIT = re.compile(
    r"\d+(?:\.\d+)?\s*(?:斤|米|升|块|元|px|miles?|kg|lbs?|bananas?|km|volts?|watts?|hz|ghz|mhz|[a-z]{3,9}bytes?|[xyzqw]b)(?![a-z])"
)


def resources(stretch: Stretch) -> Filled:
    """CPU and memory, requests and limits; an amount with neither word is a limit."""
    text, offset = stretch.text, stretch.start
    amounts = [
        (m.start - offset, m.end - offset, m.text)
        for m in stretch.message.linked.of("amount", start=offset, end=stretch.end)
    ]
    amounts = [a for a in amounts if text[a[0]].strip()]
    amounts += [(m.start(1), m.end(1), f"{m[1]} cores") for m in _BARE.finditer(text)]
    amounts.sort()
    found: dict[str, Any] = {}
    for index, (start, end, raw) in enumerate(amounts):
        left = amounts[index - 1][1] if index else 0
        right = amounts[index + 1][0] if index + 1 < len(amounts) else len(text)
        if _ADDS.search(text[left:start]) or re.match(r"\s*(?:more|extra|additional)", text[end:right]):
            continue
        _resource(
            text[left:start], text[end:right], raw, found, last=index + 1 == len(amounts), first=index == 0
        )
    if not found and (odd := _ODD_UNIT.search(text)):
        return Filled(
            trouble=Text(
                f"“{odd[0].strip()}”里的单位我不认识,内存用 Mi、Gi,CPU 用 m 或核。",
                f"I do not know the unit in “{odd[0].strip()}”: memory takes Mi or Gi, CPU takes m or cores.",
            )
        )
    if not found:
        around = text if _named(text, _RESOURCES) else stretch.message.masked[: stretch.end]
        resource = (
            "cpu" if _RESOURCES[1][1].search(around) and not _RESOURCES[0][1].search(around) else "memory"
        )
        role = "request" if _ROLES[0][1].search(text) and not _ROLES[1][1].search(text) else "limit"
        return Filled(missing=(f"{resource}_{role}",))
    if trailing := _TRAILING.search(text):  # "250m cpu and 300Mi memory as requests"
        found = {f"{k.split('_')[0]}_{trailing[1]}": v for k, v in found.items()}
    return Filled(_with_container(found, stretch))


_TRAILING = re.compile(r"\b(?:as|for|in) (?:the |its |their )?(request|limit)s?\s*$")


_ADJACENT = re.compile(r"(?:cpu|内存|memory|mem|ram|核)\s*(?:=|:|为|到|成|给)?\s*$")


def _resource(before: str, after: str, raw: str, found: dict[str, Any], *, last: bool, first: bool) -> None:
    parsed = quantity(raw)
    if parsed is None:
        return
    resource, amount = parsed
    if resource == "either":
        beside = re.match(r"\s*(?:of |的)?\s*(cpu|memory|mem|ram|内存|核)", after)
        named = _named(before, _RESOURCES) or _named(after, _RESOURCES) or ["cpu"]
        resource = named[-1] if _named(before, _RESOURCES) else named[0]
        if beside and not _ADJACENT.search(before):
            resource = "cpu" if beside[1] in ("cpu", "核") else "memory"
        amount = f"{amount[:-1]}Mi" if resource == "memory" else amount
    roles = _named(before, _ROLES)
    if not roles and (last or first):
        roles = _named(re.split(r"[,;。!?]", after)[0], _ROLES)[:1]
    if not roles and not first and found:
        roles = [next(reversed(found)).split("_")[1]]
    both = len(set(roles)) == 2 and re.search(r"都|both|和|与|and|跟|、|/", before)
    for role in set(roles) if both else {roles[-1] if roles else "limit"}:
        found[f"{resource}_{role}"] = amount


def _named(text: str, table: tuple[tuple[str, re.Pattern[str]], ...]) -> list[str]:
    """The table's names in the order their words stand."""
    hits = sorted((m.start(), name) for name, pattern in table for m in pattern.finditer(text))
    return [name for _, name in hits]


_CONTAINER = re.compile(
    r"(?<![a-z0-9])(?:容器(?:名)?(?:是|为|:|叫)?|container|sidecar|-c|--container[= ])\s*[:=]?\s*[\"“'「]?([a-z0-9][a-z0-9-]*)|([a-z0-9][a-z0-9-]*)[\"”'」]?\s*(?:这个|那个)?\s*(?:容器|container|sidecar|边车)(?!组)"
)


def container(stretch: Stretch) -> str | None:
    """The container that was named, if any."""
    low = stretch.message.linked.words.low
    for match in _CONTAINER.finditer(low, stretch.start, stretch.end):
        name = match[1] or match[2]
        itself = (
            stretch.target is not None
            and name == stretch.target.ref.name
            and name not in stretch.target.images
        )
        if name not in _NO_CONTAINER and not itself:
            return name
    known = stretch.target.images if stretch.target else {}
    for name in known:
        if len(known) > 1 and re.search(
            rf"(?<![a-z0-9-]){re.escape(name.lower())}(?![a-z0-9-])", stretch.text
        ):
            return name
    return None


_NO_CONTAINER = frozenset(
    """
    the its this that a an log logs last previous old each every which crashed prior restart before was is in of for from and died dead 's s with has
    """.split()  # noqa: SIM905
)


def _with_container(found: dict[str, Any], stretch: Stretch) -> dict[str, Any]:
    named = container(stretch)
    return {**found, "container": named} if named else found


def only_container(stretch: Stretch) -> Filled:
    """For verbs that take a container and nothing else of interest."""
    return Filled(_with_container({}, stretch))


def nothing(_: Stretch) -> Filled:
    """For verbs that need only their object."""
    return Filled()


def counts(text: str) -> list[float]:
    """The plain numbers in a text."""
    return [f.value for f in figures(text)]
