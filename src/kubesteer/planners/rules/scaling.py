"""How many replicas: to so many, by so many, double, half."""

from __future__ import annotations

import re

from kubesteer.core.texts import Text
from kubesteer.planners.rules.figures import Figure, figures
from kubesteer.planners.rules.slots import Filled, Stretch

MOST_REPLICAS = 10_000
"""Nobody means more in one sentence; a thousand million is a slip."""

_TO = re.compile(
    r"(?:到|成|至|为|剩|留|留下|保留|保持|维持|只要|只留|=|:|回|回到|\bto|\bat|\bof|\bback to|变|设|要|够|-->?|->|=>|→|\bkeep|\brun|\bneed|\bwant|\bhave|\buse|\bwith|replicas|\bjust|\bonly|改|就)\s*(?:只|它|有|exactly|just|only|about)?\s*$"
)
_UP = re.compile(
    r"(?:加(?:上|多|了|个)?|增(?:加)?|添(?:加)?|多(?:给|开|起|跑|来|加|弄|搞|配)?|补(?:充|上)?|再(?:来|起|开|加|跑|给|扩|补|添|弄|上|多|要|拉|整|搞|放|配|塞|招)?|新增|扩(?:容|个|充|大|一?下)?|追加|上调|提高|\+|\badd(?: an(?:other)?)?|\bplus|\banother|\bextra|\badditional|(?:up|out|increase|bump|grow|raise|scale|expand|ramp|beef)[^,]*\bby)\s*(?:它|他|出|上)?\s*$|(?:增加|添加|增添|增|加|补)(?:给|上)?[\s\ue000]+的?\s*$"
)
_DOWN = re.compile(
    r"(?:减(?:少|去|掉|了)?|少(?:开|跑|给)?|砍(?:掉|去)?|去(?:掉)?|撤(?:掉|下)?|缩(?:容|减|掉|一?下)?|下(?:掉|调)?|关(?:掉)?|停(?:掉)?|收|降低|裁(?:掉)?|-|\bremove|\bminus|\bdrop|\bcut|\bkill|\blose|\bshed|\btake|\bpull|\bknock|\bshave|\bcut|\btake (?:away|off)|\bknock off|\bshave off|(?:down|in|decrease|reduce|shrink|lower|scale|trim|cut|drop)[^,]*\bby)\s*(?:它|他)?\s*$|(?:减少|减|砍|去掉|撤掉|裁掉)(?:掉)?[\s\ue000]+的?\s*$"
)
_AWAY = re.compile(r"remove|drop|shed|lose|cut|take")
_MORE = re.compile(r"\s*(?:个|台|份)?\s*(?:more|extra|additional)")
_LESS = re.compile(r"\s*(?:个|台|份)?\s*(?:fewer|less)")
_DOUBLE = re.compile(
    r"(?:扩容?|扩充|增加|加|涨|提升|提高)(?:了|大)?一倍|翻个?倍|翻个番|翻一?番|翻一倍|加倍|加一倍|多一倍|增一倍|双倍|两倍|2\s*倍|\bdouble|twice as many|\b2x\b|\bx2\b"
)
_TRIPLE = re.compile(r"三倍|3\s*倍|翻两番|\btriple|\b3x\b")
_HALVE = re.compile(r"减半|砍半|一半|减一半|折半|对半|\bhalve|\bhalf\b(?! an? (?:core|cpu|hour))")
_ZERO = re.compile(r"归零|清零|缩没|\bscale[^,]*to nothing|全停|停光|一个不留")
_SPAN = re.compile(r"(?:从|from|由)\s*(?:现在的|当前的)?[^,]{0,6}?(?=\d|[一二两三四五六七八九十]|[a-z])")
_RELATIVE_FAR = re.compile(r"(?:up|down|in|out|increase|decrease|reduce|raise|lower|grow|shrink|bump)\b")


_DENIED = re.compile(r"(?:\bnot|\brather than|\binstead of|不是|而不是|不要)\s*$")


def scaling(stretch: Stretch) -> Filled:
    """`replicas` or `change`; neither where no number was said."""
    text = stretch.text
    special = _of_present(text, stretch)
    if special is not None:
        return special
    found = [f for f in _countable(text) if not _DENIED.search(text[: f.start])]
    if len(found) > 1 and re.search(r"还是|\bor\b", text[found[0].end : found[-1].start]):
        return Filled(missing=("replicas",))
    if _SPAN.search(text) and len(found) >= 2:
        found = found[-1:]
    if not found and (
        single := re.search(
            r"\banother\b|\bone more\b|\b(?:add|remove|drop|shed|lose|cut|take away) an? (?:replica|pod|instance|copy)\b|\ban? (?:extra|additional|more)\b|再[来起开加]一个",
            text,
        )
    ):
        return Filled({"change": -1 if _DOWN.search(text[: single.start()]) or _AWAY.match(single[0]) else 1})
    if not found:
        return Filled({"replicas": 0}) if _ZERO.search(text) else Filled(missing=("replicas",))
    meant = {_meant(f, text) for f in found}
    if len(meant) > 1:
        meant = _firm(found, text) or meant
    if len(meant) > 1:
        return Filled(missing=("replicas",))
    key, value = meant.pop()
    return _checked(key, value)


def _countable(text: str) -> list[Figure]:
    """Numbers that can be a count of replicas: no ports, percentages, times, or amounts."""
    return [
        f
        for f in figures(text)
        if not re.match(
            r"\s*(?:个?\s*(?:太|不够|不行|偏|少了|多了)|个\s*(?:都|也|一起|全)|is (?:too|not)|isn't|分|倍|号|小时|qps|rps|k\b|%|点|:\d|月|人|元|块)",
            text[f.end :],
        )
    ]


def _of_present(text: str, stretch: Stretch) -> Filled | None:
    factor = (
        3.0 if _TRIPLE.search(text) else 2.0 if _DOUBLE.search(text) else 0.5 if _HALVE.search(text) else None
    )
    present = stretch.target.replicas if stretch.target else None
    if factor is None:
        return _by_share(text, present)
    if (
        factor == 0.5
        and present
        and re.search(r"(?:加|增|多|添|扩)(?:加|大)?\s*一半|by half again|half as many again", text)
    ):
        return Filled({"change": (present + 1) // 2})
    if present is None or (factor == 0.5 and present % 2):
        return Filled(missing=("replicas",))  # half of an odd number: up or down is the person's to say
    return Filled({"replicas": int(present * factor)})


_SHARE = re.compile(r"(?<![\d.])(\d{1,4})\s*(?:%|percent\b|per cent\b)|百分之\s*(\d{1,4})")
_OF_LOAD = re.compile(r"cpu|负载|内存|memory|\bmem\b|\bload\b|utili[sz]ation|使用率|利用率")
_SHARE_TO = re.compile(r"(?:\bto|\bat|到|成|至|为)\s*(?:原来的|现在的|当前的)?\s*$")
_SHARE_DOWN = re.compile(
    r"\b(?:down|reduce|decrease|cut|shrink|lower|trim|drop|remove|shed|take|fewer|less)\b|减|缩|降|少|砍|裁|撤|去掉"
)


def _by_share(text: str, present: int | None) -> Filled | None:
    """ "Up by 50%", "50% more", "to 150%": worked out from the present number, if that gives a whole number."""
    match = _SHARE.search(text)
    if match is None or _OF_LOAD.search(text):
        return None
    if present is None:
        return Filled(missing=("replicas",))
    share, rest = divmod(present * int(match[1] or match[2]), 100)
    if rest:
        return Filled(missing=("replicas",))
    if _SHARE_TO.search(text[: match.start()]):
        return Filled({"replicas": share})
    down = _SHARE_DOWN.search(text) is not None
    return Filled({"change": -min(share, present) if down else share})


_TAKEN_AWAY = re.compile(r"(?:删除?|去掉|干掉|撤掉|杀掉|砍掉|下掉)[^,;。到成]*$")  # 「删掉 x 的一个副本」


def _meant(figure: Figure, text: str) -> tuple[str, float]:
    before, after = text[: figure.start], text[figure.end :]
    value = figure.value
    if _MORE.match(after) and not re.match(r"\s*more than", after):
        return "change", value
    if _LESS.match(after):
        return "change", -value
    if _TO.search(before):
        return "replicas", value
    if _TAKEN_AWAY.search(before):
        return "change", -value
    if figure.text.startswith("-") or (before.endswith("-") and not before.endswith("--")):
        down = value if value < 0 else -value
        return (
            ("replicas", down)
            if re.search(r"(?:=|:|成|到|为|至|to|replicas)\s*-?$", before)
            else ("change", down)
        )
    if re.search(r"\b(?:down|in|decrease|reduce|shrink|lower|trim|cut|drop)\b[^,]*\bby\s*$", before):
        return "change", -value
    if before.endswith("+") or re.fullmatch(r"\W*by\s*", before) or _UP.search(before):
        return "change", value
    return ("change", -value) if _DOWN.search(before) else ("replicas", value)


def _firm(found: list[Figure], text: str) -> set[tuple[str, float]]:
    """Of several numbers, those that a replica word or "to" stands beside."""
    firm = set()
    for figure in found:
        after = text[figure.end : figure.end + 12]
        beside = re.match(r"\s*(?:个|台|份|副本|实例|replicas?|pods?|instances?|copies|more|fewer)", after)
        if beside or re.search(r"(?:到|成|至|为|=|\bto|->|=>|→)\s*$", text[: figure.start]):
            firm.add(_meant(figure, text))
    return firm


def _checked(key: str, value: float) -> Filled:
    if not float(value).is_integer():
        return Filled(
            trouble=Text(
                f"副本数要是整数,{value:g} 不行。",
                f"A number of replicas is a whole number; {value:g} is not.",
            )
        )
    if key == "replicas" and value < 0:
        return Filled(
            trouble=Text(
                f"副本数不能是负数({value:g})。", f"A number of replicas cannot be negative ({value:g})."
            )
        )
    if abs(value) > MOST_REPLICAS:
        return Filled(
            trouble=Text(
                f"{value:.0f} 个副本太多了,上限是 {MOST_REPLICAS}。",
                f"{value:.0f} replicas are too many; at most {MOST_REPLICAS}.",
            )
        )
    return Filled({key: int(value)}) if key == "replicas" or value else Filled(missing=("replicas",))
