"""What a conversation has come to: the last requests, what is pending, what was offered, what was spoken of."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from kubesteer.core.plans import Item
from kubesteer.core.plans import Message as Said
from kubesteer.core.refs import Ref
from kubesteer.planners.rules.drafts import Draft
from kubesteer.planners.rules.linking import Linked, Mention, linked
from kubesteer.planners.rules.names import Names
from kubesteer.planners.rules.words import normalised


@dataclass(frozen=True, slots=True)
class Option:
    """One thing an assistant's message names: an object (where one is settled), or a namespace."""

    namespace: str = ""
    ref: Ref | None = None
    name: str = ""


@dataclass(frozen=True, slots=True)
class State:
    """The conversation before the newest words. `drafts` are the last requests; `missing` what was asked for;
    `open` while a request waits for an answer; `focus` objects spoken of, newest first."""

    drafts: tuple[Draft, ...] = ()
    missing: tuple[str, ...] = ()
    open: bool = False
    asked: bool = False
    focus: tuple[Ref, ...] = ()
    listed: tuple[Ref, ...] = ()
    options: tuple[Option, ...] = ()
    namespace: str = ""
    changes: tuple[str, ...] = ()
    started: bool = False


_ID = re.compile(
    r"(?<![a-z0-9-])[a-z]{1,8}[-_#]\d[\w-]*|(?<![a-z0-9-])#\d+|(?<![a-z0-9])[a-z]+-[0-9a-f]{6,}(?![\w-])"
)
_QUESTION = re.compile(
    r"\?|吗|呢|哪|请(?:确认|问|选|指|说|提供|告)|确认|apply|confirm|which|y/n|几个|多少|是否|要不要|proceed|approve|批准|即将|将(?:删|重|扩|缩|回|把|要)|proposed|pending|dry run"
)
# 「还有什么需要吗」 asks for the next request and offers nothing.
_MORE = re.compile(
    r"(?:还有|还需要|需要)?(?:什么|别的|其他|其它|啥)(?:的)?(?:需要|可以|能|要|事|问题|吩咐|我能)?[^,;。!?]{0,10}(?:吗|么|呢|\?)|(?:is there )?(?:anything|something|what) else[^.!?]*\??|how (?:can|may) i help[^.!?]*\??|what (?:can|would you like me to|should i) do[^.!?]*\??"
)
_DONE = re.compile(
    r"\bdone\b|已(?:经)?(?:完成|重启|扩|缩|回滚|删除|暂停|恢复|更新|调|封|排|撤|设|触发|继续)|完成了?|成功|restarted|scaled|deleted|paused|resumed|rolled back|updated|completed|applied|verified"
)


def heard(state: State, said: Said, names: Names) -> State:
    """The state after an assistant's message."""
    found = linked(normalised(said.content), names, listed=True)
    low = found.words.low
    objects = found.of("object")
    pending = names.of(state.drafts[-1].target.name) if "namespace" in state.missing and state.drafts else ()
    options = _options(found, state.namespace, pending)
    asks = bool(_QUESTION.search(_MORE.sub(" ", low))) and not (_DONE.search(low) and "?" not in low)
    refs = tuple(o.ref for o in options if o.ref)
    ids = tuple(i for i in _ID.findall(low) if not names.of(i) and not _part(i, objects))
    spoken = state.focus
    if refs and (len(refs) > 1 or not state.focus or asks) and not _undecided(state, refs):
        spoken = (*refs, *(f for f in state.focus if f not in refs))
    return replace(
        state,
        asked=asks,
        open=(asks and bool(state.drafts)) or (state.open and not _DONE.search(low)),
        options=options if options or asks else state.options,
        listed=refs if refs else state.listed,
        focus=spoken,
        changes=(*state.changes, *ids),
    )


def _undecided(state: State, refs: tuple[Ref, ...]) -> bool:
    """Whether they are the places of one name, of which none was chosen yet."""
    return "namespace" in state.missing and len(refs) > 1 and len({r.name for r in refs}) == 1


def _part(text: str, objects: tuple[Mention, ...]) -> bool:
    return any(text in m.text for m in objects)


def _parted(found: Linked, pending: tuple[Item, ...]) -> tuple[list[Mention], list[Mention]]:
    """Objects and namespaces; where the pending object lives in a namespace, its name means the namespace."""
    objects = found.of("object")
    others = [i for m in objects for i in m.items]
    spaces = {i.ref.namespace for i in (*pending, *others)}
    homes = [m for m in objects if m.text in spaces and len({o.text for o in objects} - {m.text}) <= 1]
    homes = [
        m
        for m in homes
        if any(i.ref.namespace == m.text and i.ref.name != m.text for i in (*pending, *others))
    ]
    turned = [replace(m, sort="place", namespace=m.text, items=()) for m in homes]
    places = sorted([*(p for p in found.of("place") if p.namespace), *turned], key=lambda p: p.start)
    return [m for m in objects if m not in homes], places


def _options(found: Linked, spoken: str, pending: tuple[Item, ...] = ()) -> tuple[Option, ...]:
    """Objects and namespaces in the order named; a namespace beside an object belongs to it."""
    objects, places = _parted(found, pending)
    if not objects:
        return _unique([Option(p.namespace) for p in places])
    if len({m.text for m in objects}) == 1 and len({p.namespace for p in places}) > 1:
        here = {i.ref.namespace for i in objects[0].items}
        return _unique([_at(objects[0], p.namespace) for p in places if p.namespace in here])
    options = []
    for mention in objects:
        near = sorted(places, key=lambda p: abs(p.start - mention.start))
        space = mention.namespace or next((p.namespace for p in near if _lives(mention, p.namespace)), "")
        space = space or (spoken if _lives(mention, spoken) else "")
        options.append(_at(mention, space))
    return _unique(options)


def _lives(mention: Mention, namespace: str) -> bool:
    return any(i.ref.namespace == namespace for i in mention.items)


def _at(mention: Mention, namespace: str) -> Option:
    items = [i for i in mention.items if i.ref.namespace == namespace] if namespace else list(mention.items)
    kinded = [i for i in items if i.ref.kind == mention.kind] or items
    ref = kinded[0].ref if kinded and (namespace or len({i.ref.namespace for i in kinded}) == 1) else None
    return Option(namespace or (ref.namespace if ref else ""), ref, mention.text)


def _unique(options: list[Option]) -> tuple[Option, ...]:
    return tuple(dict.fromkeys(options))
