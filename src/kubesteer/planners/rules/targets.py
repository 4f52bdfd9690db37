"""Which objects and places a verb means: its own, those said before it, those the conversation is about."""

from __future__ import annotations

import re
from dataclasses import replace

from kubesteer.core.refs import Ref
from kubesteer.planners.rules.clauses import Clause
from kubesteer.planners.rules.drafts import Target
from kubesteer.planners.rules.kinds import kind_beside
from kubesteer.planners.rules.lexicon import smalltalk
from kubesteer.planners.rules.lexicon.phrases import IMAGE, NAMESPACE, OBJECT, UNKNOWN
from kubesteer.planners.rules.linking import Mention
from kubesteer.planners.rules.requests import Message, Request
from kubesteer.planners.rules.states import State

_CONTRAST = re.compile(
    r"(?:不是|别是|不要|而非|not|instead of|rather than|except|除了|(?<![删移清解排消去免])除)\s*(?:the |in |on |是|要)?[\"“'「]?$"
)


def targets(request: Request, message: Message, state: State) -> tuple[Target, ...]:
    """Every object a verb is about, in the order said; empty where none was named or is known."""
    objects, places = _own(request, message)
    if not objects:
        objects, inherited = _elsewhere(request, message)
        places = places or inherited
    if not objects:
        objects = quoted_names(message, request)
    if objects:
        return tuple(dict.fromkeys(spread(objects, places, message)))
    return _spoken(request, message, state, places)


def quoted_names(message: Message, request: Request) -> list[Mention]:
    """A name that only stands within quoted words: what "it" then means."""
    return [m for m in message.linked.inner if m.start < request.cue.start][-1:]


_LISTED = re.compile(f"[{OBJECT}{UNKNOWN}{NAMESPACE}\\s的和与、]|把|给|将|请|帮我|and|the|please|restart|in")


def _before(request: Request, message: Message) -> list[Mention]:
    """Objects of a clause right before that holds nothing else: 「把 a,b 都重启」."""
    index = message.clauses.index(request.clause)
    previous = message.clauses[index - 1] if index else None
    if (
        previous is None
        or previous.sentence != request.clause.sentence
        or any(r.clause == previous for r in message.requests)
    ):
        return []
    if _LISTED.sub("", message.masked[previous.start : previous.end]):
        return []
    return [
        m for m in message.linked.of("object", "unknown", start=previous.start, end=previous.end) if m.sure
    ]


def _own(request: Request, message: Message) -> tuple[list[Mention], list[Mention]]:
    objects = [m for m in request.objects if not contrasted(m, message) and not _spared(m, message)]
    if objects:
        objects = _meant([*_before(request, message), *objects], request, message)
    if not objects and request.end > request.clause.end:
        objects = [
            m
            for m in message.linked.of("object", "unknown", start=request.clause.end, end=request.end)
            if m.sure
        ]
    places = [m for m in request.places if not contrasted(m, message)]
    if not places:
        places = list(message.linked.of("place", start=request.clause.end, end=request.end))
    return objects, places


def contrasted(mention: Mention, message: Message) -> bool:
    return bool(_CONTRAST.search(message.linked.words.low[: mention.start].rstrip()[-16:] + ""))


_SPARED = re.compile(r"(?:\bleave|\b(?:don't|do not) touch|hands off)(?: the)?$")


def _spared(mention: Mention, message: Message) -> bool:
    """ "Leave x alone and restart y"."""
    return bool(_SPARED.search(message.linked.words.low[: mention.start].rstrip()))


def _elsewhere(request: Request, message: Message) -> tuple[list[Mention], list[Mention]]:
    """Objects of the nearest clause before, else of the clauses behind."""
    index = message.clauses.index(request.clause)
    near = [*reversed(message.clauses[:index]), *message.clauses[index + 1 :]]
    for clause in [*(c for c in near if not _fine(c, request, message)), *near]:
        objects = [
            m
            for m in message.linked.of("object", "unknown", start=clause.start, end=clause.end)
            if m.sure and not contrasted(m, message)
        ]
        if objects:
            return _meant(objects, request, message), list(
                message.linked.of("place", start=clause.start, end=clause.end)
            )
    return [], []


def _fine(clause: Clause, request: Request, message: Message) -> bool:
    """「coupon 已排除」: what was named only to be ruled out."""
    return clause.start < request.clause.start and bool(
        smalltalk.FINE.search(message.masked[clause.start : clause.end])
    )


_JOINED = re.compile(r"\s*(?:和|与|跟|及|、|,|and|&|or|/|还有|以及)\s*(?:the )?")


def _meant(objects: list[Mention], request: Request, message: Message) -> list[Mention]:
    """Without unknown words that are no part of a list of names, and without the node that something runs on."""
    known = [m for m in objects if m.sort == "object"]
    if not known:
        return objects
    kept = [m for m in objects if m.sort == "object" or any(_beside(m, k, message) for k in known)]
    kept = [m for m in kept if not _image_of(m, message)] or kept
    others = [m for m in kept if not all(i.ref.kind == "Node" for i in m.items) or not m.items]
    return others if others and request.operation not in ("cordon", "uncordon", "drain") else kept


def _image_of(mention: Mention, message: Message) -> bool:
    """ "Set x's cache container to redis 7.4": right before a version and behind "to", a name is the image's."""
    head, tail = message.masked[: mention.start], message.masked[mention.end :]
    return bool(
        re.match(f"\\s*:?\\s*{IMAGE}", tail)
        and re.search(rf"[{OBJECT}].*(?:\b(?:to|onto|with|use|image)|成|到|为|用)\s*$", head)
    )


def _beside(one: Mention, other: Mention, message: Message) -> bool:
    first, second = sorted((one, other), key=lambda m: m.start)
    return bool(_JOINED.fullmatch(message.masked[first.end : second.start]))


def spread(objects: list[Mention], places: list[Mention], message: Message) -> list[Target]:
    if len(objects) == 1 and len(places) > 1 and not objects[0].namespace:
        return [_target(objects[0], place, message, firm=True) for place in places]
    found = []
    for mention in objects:
        place, firm = _place_of(mention, places, message)
        found.append(_target(mention, place, message, firm=firm))
    return found


def _place_of(mention: Mention, places: list[Mention], message: Message) -> tuple[Mention | None, bool]:
    """The place said of an object: beside it, else the only one of its clause, else one said earlier (loosely)."""
    if mention.namespace:
        return None, True
    if len(places) == 1:
        return places[0], True
    if places:
        before = [p for p in places if p.end <= mention.start]
        behind = [p for p in places if p.start >= mention.end]
        following = behind[0] if behind else None
        if following and re.fullmatch(
            r"\s*(?:in|on|from|at|\()?\s*(?:the )?", message.masked[mention.end : following.start]
        ):
            return following, True
        return (before[-1] if before else following), True
    earlier = list(message.linked.of("place", end=mention.start))
    if earlier:
        return earlier[-1], False
    later = [p for p in message.linked.of("place", start=mention.end) if not _has_object(p, message)]
    return (later[0], False) if later else (None, False)


def _has_object(place: Mention, message: Message) -> bool:
    clause = next((c for c in message.clauses if c.start <= place.start < c.end), None)
    return clause is not None and bool(
        message.linked.of("object", "unknown", start=clause.start, end=clause.end)
    )


def _target(mention: Mention, place: Mention | None, message: Message, *, firm: bool) -> Target:
    kind = kind_beside(message.linked, mention, max(0, mention.start - 40), mention.end + 30)
    if mention.namespace:
        known = mention.sort == "object"
        return Target(
            mention.text,
            kind,
            mention.namespace if known else "",
            firm=True,
            place="" if known else mention.namespace,
        )
    if place is None:
        return Target(mention.text, kind)
    if not place.namespace:
        return (
            Target(mention.text, kind, "", firm=True, place=place.text)
            if firm
            else Target(mention.text, kind)
        )
    return Target(mention.text, kind, place.namespace, firm=firm)


def _spoken(request: Request, message: Message, state: State, places: list[Mention]) -> tuple[Target, ...]:
    """The object that the conversation is about; in another namespace if one was said."""
    words = message.masked[request.clause.start : request.clause.end]
    if state.listed and not smalltalk.ORDINAL.search(words):
        words = message.masked[: request.clause.end]  # 「第三个,重启」
    refs = pointed(words, state)
    unsettled = "namespace" in state.missing and state.drafts[-1].target.ref is None
    if unsettled and not smalltalk.ORDINAL.search(message.masked):
        refs = ()
    if not refs and state.drafts and state.drafts[-1].target.name:
        pending = state.drafts[-1].target
        if not places:
            return (pending,)
        return tuple(
            replace(pending, namespace=p.namespace, firm=True, place="" if p.namespace else p.text)
            for p in places
        )
    if not refs:
        return ()
    if places:
        return tuple(
            Target(refs[0].name, refs[0].kind, p.namespace, firm=True, place="" if p.namespace else p.text)
            for p in places
        )
    return tuple(Target(ref.name, ref.kind, ref.namespace, ref=ref) for ref in refs)


def pointed(text: str, state: State) -> tuple[Ref, ...]:
    """What "it", "the second one", "both" or nothing at all points to."""
    listed = state.listed or state.focus
    ordinal = smalltalk.ORDINAL.search(text)
    if ordinal and state.listed:
        chosen = at_ordinal(ordinal, len(listed))
        if chosen is not None:
            return (listed[chosen],)
    if smalltalk.ALL_OF_THEM.search(text) and len(_recent(state)) > 1:
        return _recent(state)
    return state.focus[:1]


def _recent(state: State) -> tuple[Ref, ...]:
    count = 3 if state.listed and len(state.listed) > 2 else 2
    return state.listed if len(state.listed) > 1 else tuple(reversed(state.focus[:count]))


def at_ordinal(match: re.Match[str], length: int) -> int | None:
    """The index an ordinal means in a list of that length, or None beyond its end."""
    from kubesteer.planners.rules.lexicon.numerals import whole

    if match["back"] or match["backen"]:
        behind = whole(match["back"]) if match["back"] else smalltalk.ORDINALS[match["backen"]]
        return length - behind if behind and behind <= length else None
    word = next((match[g] for g in ("word", "words", "en") if match[g]), None)
    if (word or "") in ("中间", "居中", "中间的", "居中的", "middle"):
        return length // 2 if length % 2 else None
    number = smalltalk.ORDINALS.get(word) if word else whole(match["zh"] or match["n"] or match["han"] or "")
    if number is None or number == 0 or abs(number) > length:
        return None
    return number - 1 if number > 0 else length + number


NAMED = re.compile(f"[{OBJECT}{UNKNOWN}{NAMESPACE}]")
