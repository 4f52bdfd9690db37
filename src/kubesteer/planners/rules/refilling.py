"""A request that waits, filled again with what newer words give."""

from __future__ import annotations

import re
from dataclasses import replace

from kubesteer.planners.rules import slots
from kubesteer.planners.rules.cues import WRITES
from kubesteer.planners.rules.drafts import Draft
from kubesteer.planners.rules.images import complete
from kubesteer.planners.rules.intents import FILLERS
from kubesteer.planners.rules.lexicon import smalltalk
from kubesteer.planners.rules.names import Names
from kubesteer.planners.rules.requests import Message
from kubesteer.planners.rules.slots import Stretch
from kubesteer.planners.rules.targets import at_ordinal

# 「403 呢」, "and for refused": another text to look for.
_ANOTHER = re.compile(
    r"\s*(?:那么?|还有|换|换成|再看看?|再搜|and|what about|how about|now|also|then|or|for|\s)*[\"“'「]?([\w.:/-]+)[\"”'」]?\s*(?:的|呢|有吗|有没有|也|too|as well|instead|[?。!.\s])*"
)


_NUMBERED = re.compile(r"(?<![\w.])v?\d+(?:\.\d+)+(?:[-.][a-z0-9]+)*(?![\w.])")


def _revision(stretch: Stretch) -> int | None:
    """The only number, 「3 号」, "the third"."""
    low = stretch.message.linked.words.low
    plain = re.findall(r"(?<![\w.])\d{1,5}(?![\w.])", low) or slots.counts(stretch.text)
    if len(plain) == 1:
        return int(plain[0])
    ordinal = smalltalk.ORDINAL.search(low)
    index = at_ordinal(ordinal, 1_000) if ordinal and not plain else None
    return index + 1 if index is not None and index < 100 else None


def refilled(draft: Draft, message: Message, names: Names | None = None) -> Draft:
    filler = FILLERS.get(draft.operation)
    if filler is None:
        return draft
    item = None
    if draft.target.ref is not None and names is not None:
        item = next((i for i in names.of(draft.target.ref.name.lower()) if i.ref == draft.target.ref), None)
    elif names is not None:
        item = next(
            (
                i
                for i in names.of(draft.target.name)
                if not draft.target.namespace or i.ref.namespace == draft.target.namespace
            ),
            None,
        )
    filled = _filled(draft, Stretch(message, 0, len(message.masked), item), filler)
    if filled.trouble is not None:
        return replace(draft, trouble=filled.trouble)
    if not filled.arguments:
        return draft
    base = {
        k: v
        for k, v in draft.arguments.items()
        if not (draft.operation == "scale" and k in ("replicas", "change"))
    }
    if draft.operation not in WRITES and draft.operation != "get_logs":
        base = dict(draft.arguments)
    missing = tuple(m for m in draft.missing if m not in filled.arguments and filled.missing)
    return replace(draft, arguments={**base, **filled.arguments}, missing=missing, trouble=None)


def _filled(draft: Draft, stretch: Stretch, filler: slots.Filler) -> slots.Filled:
    filled = filler(stretch)
    numbers = slots.counts(stretch.text)
    if draft.operation == "set_autoscaling" and "max_replicas" not in filled.arguments:
        rest = [n for n in numbers if n not in filled.arguments.values()]
        if len(rest) == 1:
            return slots.Filled({**filled.arguments, "max_replicas": int(rest[0])})
    if draft.operation == "rollback" and not filled.arguments:
        told = _revision(stretch)
        return slots.Filled({"revision": told}) if told else filled
    if (
        draft.operation == "set_resources"
        and draft.missing
        and len(filled.arguments) == 1
        and draft.missing[0] not in filled.arguments
    ):
        value = next(iter(filled.arguments.values()))
        said = next(iter(filled.arguments))
        if said.split("_")[0] == draft.missing[0].split("_")[0] and not re.search(
            "limit|request|上限|请求", stretch.text
        ):
            return slots.Filled({draft.missing[0]: value})
    if draft.operation == "get_logs" and "contains" in draft.arguments and not filled.arguments:
        another = _ANOTHER.fullmatch(stretch.message.linked.words.low)
        return slots.Filled({"contains": another[1]}) if another else filled
    if draft.operation == "set_image" and filled.missing:
        plain = _NUMBERED.search(stretch.text)
        if plain and draft.missing:
            return slots.Filled({"image": complete(stretch.raw(*plain.span()), stretch.target, None)})
        low = stretch.message.linked.words.low.strip(" .。,!吧")
        if re.fullmatch(r"[a-z0-9][\w.-]{0,60}", low) and re.search(r"\d|latest|stable|main", low):
            return slots.Filled(
                {"image": complete(stretch.message.linked.words.raw.strip(" .。,!吧"), stretch.target, None)}
            )
    return filled
