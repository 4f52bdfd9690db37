"""Which words say where: namespaces that exist, environments, and namespaces that do not exist."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from kubesteer.planners.rules.lexicon.common import ordinary
from kubesteer.planners.rules.lexicon.phrases import Phrases
from kubesteer.planners.rules.lexicon.places import (
    ENVIRONMENT_TAIL,
    ENVIRONMENT_WORDS_EN,
    ENVIRONMENT_WORDS_ZH,
    STRONG_AFTER_EN,
    STRONG_AFTER_ZH,
    STRONG_BEFORE,
)
from kubesteer.planners.rules.linking import Mention
from kubesteer.planners.rules.names import Names
from kubesteer.planners.rules.words import Words

_PLAIN = frozenset({"prod", "production", "prd", "staging", "stg", "uat", "qa", "preprod", "pre-prod"})
_AFTER = re.compile(rf"{STRONG_AFTER_ZH}|{STRONG_AFTER_EN}")
_NAMED_AFTER = re.compile(
    r"\s*(?:这个|那个)?\s*(?:命名空间|名字空间|名称空间|namespace(?![a-z])|ns(?![a-z])|环境|env(?![a-z])|environment)"
)
_NAMED_BEFORE = re.compile(r"(?:-n|--namespace|namespace(?: called| named)?|ns|命名空间)\s*[=:]?\s*$")
_LOOSE_AFTER = re.compile(r"\s*(?:的|那个|这个|'s|,|$|\.|\?|吧|呢)")
_TAIL = re.compile(ENVIRONMENT_TAIL)
_ZH = re.compile("|".join(sorted(ENVIRONMENT_WORDS_ZH, key=len, reverse=True)))
_EN = re.compile(
    rf"(?<![a-z0-9._/-])(?:{'|'.join(sorted(ENVIRONMENT_WORDS_EN, key=len, reverse=True))})(?![a-z0-9_/-]|\.[a-z0-9])"
)
_BEFORE_EN = re.compile(
    r"(?:\b(?:in|on|from|to|for|of|at|inside|within|across)(?: the| our)?|-n|ns[=:]?|namespace|和|与|跟|、|,|在|and|or|not|是|the|but|scan|sweep|check|give|audit|inspect|is|how is|how's|why is|patrol|examine|what's)\s*$"
)
# 「search 预发升到 2.5」: what is done or asked right behind an environment that stands behind a name.
_DONE_THERE = re.compile(
    r"\s*(?:先|也|都|再|又|最近|现在|目前|今天)?\s*(?:重启|扩|缩|回滚|回退|升|换|切|改|删|暂停|停|继续|日志|状态|副本|镜像|内存|cpu|加|减|怎么|为什么|为啥|咋|挂|崩|发(?![现布])|有(?:几|多少|什么|啥|没有)|查|看)"
)
_KIND_NEXT = re.compile(
    r"\s*(?:的)?\s*(?:pods?|deployments?|deploy|services?|svc|sts|statefulsets?|ds|jobs?|cronjobs?|服务|应用|集群|环境|机器|所有|全部|有)"
)


def places(words: Words, mentions: tuple[Mention, ...], names: Names, *, listed: bool) -> tuple[Mention, ...]:
    """The mentions with everything that says where turned into, or added as, places. With `listed`, as in an
    assistant's list of candidates, every namespace counts, marked or not."""
    turned = [_turned(m, words, mentions, names.namespaces, listed=listed) for m in mentions]
    kept = [m for m in turned if m is not None]
    taken = [m for m in kept if m.sure]
    extra = [
        m
        for m in _environments(words, tuple(kept), names)
        if all(m.end <= t.start or t.end <= m.start for t in taken)
    ]
    clear = [m for m in kept if m.sure or all(m.end <= e.start or e.end <= m.start for e in extra)]
    return tuple(sorted([*clear, *extra], key=lambda m: m.start))


def _turned(
    mention: Mention, words: Words, mentions: tuple[Mention, ...], spaces: set[str], *, listed: bool
) -> Mention | None:
    before, after = words.low[: mention.start].rstrip("\"“'‘「"), words.low[mention.end :].lstrip("\"”'’」")
    marked = bool(_AFTER.match(after)) or _ends(STRONG_BEFORE, before)
    if mention.sort == "place" and mention.text in ordinary() - _PLAIN and not marked and not listed:
        return mention if _beside(mention, words, mentions) else None
    if mention.sort == "object" and not mention.sure and mention.text == mention.items[0].ref.name:
        here = mention.text in spaces
        named = _NAMED_AFTER.match(after) or _named_before(before, spaces)
        if named or (here and marked):
            return replace(mention, sort="place", sure=True, namespace=mention.text if here else "", items=())
    named = _NAMED_AFTER.match(after) or _named_before(before, spaces)
    inside = re.match(
        r"(?:'s)?\s+(?:container|sidecar|pod|logs?|deployment|service)\b|\s*(?:容器|日志)", after
    )
    placed = named or (marked and not inside and _zh_place(after, before))
    if mention.sort == "unknown" and not mention.namespace and not mention.kind and placed:
        return replace(mention, sort="place", sure=True)
    return mention


def _named_before(before: str, spaces: set[str]) -> bool:
    """ "namespace x", and not "the ops namespace: x"."""
    match = _NAMED_BEFORE.search(before)
    word = re.search(r"([a-z0-9-]+)\s*$", before[: match.start()]) if match else None
    return match is not None and (word is None or word[1] not in spaces)


def _zh_place(after: str, before: str) -> bool:
    return bool(re.match(r"\s*(?:里|下(?!线|掉|来)|那边|这边|区|里面|上的)", after)) or bool(
        re.search(r"\b(?:in|under|inside|within)(?: the)?\s*$", before)
    )


def _beside(mention: Mention, words: Words, mentions: tuple[Mention, ...]) -> bool:
    """An ordinary word is a place where a name, a kind or a possessive stands beside it."""
    low = words.low
    gap = [
        low[mention.end : m.start]
        for m in mentions
        if m.start >= mention.end and m.sort in ("object", "unknown")
    ]
    back = [
        low[m.end : mention.start]
        for m in mentions
        if m.end <= mention.start and m.sort in ("object", "unknown", "place")
    ]
    after, before = low[mention.end :], low[: mention.start]
    near = any(re.fullmatch(r"[\s的/\"“']*", g) for g in gap) or any(
        re.fullmatch(r"[\s(/,、和与跟@]*(?:and )?", g) for g in back
    )
    if before.endswith("by "):
        return False
    return near or bool(_KIND_NEXT.match(after)) or bool(_BEFORE_EN.search(before)) or _alone(after, before)


def _alone(after: str, before: str) -> bool:
    han = re.search("[\u4e00-\u9fff]", after + before)
    chinese = han and not re.match(r"\s*(?:一?下(?!的)|了|值|一遍)", after)
    return bool(chinese) or (not before.strip() and bool(re.match(r"\s*(?:$|[,.?!;:])", after)))


def _ends(pattern: Phrases, before: str) -> bool:
    tail = before.rstrip()[-24:]
    return any(m.end() == len(tail) for m in pattern.finditer(tail))


def _environments(words: Words, taken: tuple[Mention, ...], names: Names) -> Iterator[Mention]:
    for match in _ZH.finditer(words.low):
        after = words.low[match.end() :]
        named = any(
            re.fullmatch(r"\s*(?:的|上)?\s*[\"“'「]?", words.low[match.end() : m.start])
            for m in taken
            if m.start >= match.end()
        )
        behind = any(
            re.fullmatch(r"\s*的?\s*", words.low[m.end : match.start()])
            for m in taken
            if m.sort == "object" and m.end <= match.start()
        )
        if (
            _TAIL.match(after)
            or named
            or (behind and match[0] != "灰度" and _DONE_THERE.match(after))
            or match[0] in ("线上", "生产")
            or _KIND_NEXT.match(after)
            or re.match("(?:和|与|跟|、)", after)
        ):
            yield _environment(match, ENVIRONMENT_WORDS_ZH[match[0]], names)
    for match in _EN.finditer(words.low):
        if _says_where(match, words, taken):
            yield _environment(match, ENVIRONMENT_WORDS_EN[match[0]], names)


def _says_where(match: re.Match[str], words: Words, taken: tuple[Mention, ...]) -> bool:
    after, before = words.low[match.end() :], words.low[: match.start()]
    if _AFTER.match(after) or _BEFORE_EN.search(before):
        return True
    beside = any(
        re.fullmatch(r"[\s的'’s\"“]*", words.low[match.end() : m.start])
        for m in taken
        if m.start >= match.end()
    )
    behind = any(
        re.fullmatch(r"[\s(@:,]*", words.low[m.end : match.start()]) for m in taken if m.end <= match.start()
    )
    plain = match[0] in _PLAIN or match[0] == "dev"
    return beside or (
        plain
        and (
            behind
            or bool(_KIND_NEXT.match(after))
            or bool(_LOOSE_AFTER.match(after))
            or _alone(after, before)
        )
    )


def _environment(match: re.Match[str], word: str, names: Names) -> Mention:
    exact = match[0] if match[0] in names.namespaces else names.environment(word)
    return Mention(match.start(), match.end(), "place", match[0], namespace=exact or "")
