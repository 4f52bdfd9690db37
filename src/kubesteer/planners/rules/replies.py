"""Answers to a question and bare follow-ups: a value, an ordinal, yes, both, another name, another namespace."""

from __future__ import annotations

import re
from dataclasses import replace

from kubesteer.core.refs import Ref
from kubesteer.planners.rules.drafts import Draft, Target
from kubesteer.planners.rules.kinds import kind_listed
from kubesteer.planners.rules.lexicon import smalltalk
from kubesteer.planners.rules.lexicon.numerals import whole
from kubesteer.planners.rules.linking import Mention
from kubesteer.planners.rules.listings import unhealthy
from kubesteer.planners.rules.loglines import logging
from kubesteer.planners.rules.names import Names
from kubesteer.planners.rules.refilling import refilled
from kubesteer.planners.rules.requests import Message
from kubesteer.planners.rules.slots import Stretch
from kubesteer.planners.rules.states import Option, State
from kubesteer.planners.rules.targets import at_ordinal, contrasted, spread


def replied(message: Message, state: State, names: Names) -> tuple[Draft, ...] | None:
    """The last request with what the newest words add, or None where they are no answer to it."""
    if not state.drafts:
        return None
    low = message.linked.words.low
    if smalltalk.YES.match(low) and (state.asked or state.open):
        return agreed(state, names)
    several = smalltalk.BOTH.match(low) or (
        re.search(r"两个|俩|全部|所有|每个|统统|都|一起|一块儿?|\bboth\b|\ball\b", low)
        and not re.search(r"[不没别]|\bnot\b|n't", low)
    )
    mentioned = message.linked.of("object", "unknown", "place")
    if (
        several
        and (state.asked or state.open)
        and not mentioned
        and (smalltalk.BOTH.match(low) or len(state.options) > 1)
    ):
        return _all(state)
    named = _named(message, state, names)
    if named is not None:
        return named
    chosen = _ordinal(low, state)
    if chosen is not None:
        return chosen
    last = state.drafts[-1]
    if last.operation == "list_resources" and not mentioned and unhealthy(message.masked):
        return (replace(last, arguments={**last.arguments, "unhealthy": True}),)
    if state.drafts[-1].operation == "rollback" and smalltalk.PREVIOUS.search(low):
        return tuple(replace(d, arguments={}) for d in state.drafts)
    if smalltalk.SAME_AGAIN.search(low) and not state.asked:
        return state.drafts
    return _valued(message, state, names)


def refines_logs(message: Message, state: State) -> bool:
    """「只要带 timeout 的」 after logs narrows them; 「好慢」 does not."""
    if state.drafts[-1].operation != "get_logs" or any(
        m.sure for m in message.linked.of("object", "unknown")
    ):
        return False
    return bool(logging(Stretch(message, 0, len(message.masked))).arguments)


def agreed(state: State, names: Names) -> tuple[Draft, ...] | None:
    """Yes to what was offered: one neighbour, or the request as proposed."""
    refs = [o.ref for o in state.options if o.ref]
    draft = state.drafts[-1]
    unknown = draft.target.ref is None and (not names.of(draft.target.name) or draft.target.place)
    if unknown and draft.needs_name:
        if len(set(refs)) != 1:
            return None
        return tuple(_taken_to(d, _aim(refs[0]), refs[0].kind) for d in state.drafts)
    if state.missing == ("namespace",) and len(state.options) == 1:
        return _at(state, state.options[0])
    return state.drafts


def _all(state: State) -> tuple[Draft, ...] | None:
    """Both or all of the options, one call each."""
    draft = state.drafts[-1]
    if len(state.options) < 2:
        return state.drafts if len(state.drafts) > 1 else None
    return tuple(d for option in state.options for d in _put(draft, option))


def _named(message: Message, state: State, names: Names) -> tuple[Draft, ...] | None:
    """Names, namespaces and kinds in the answer."""
    objects = [m for m in message.linked.of("object", "unknown") if m.sure and not contrasted(m, message)]
    places = [m for m in message.linked.of("place") if not contrasted(m, message)]
    if not objects and not places:
        kind = kind_listed(message.linked, 0, len(message.masked))
        return _kinded(kind, state) if kind else None
    drafts = _affected(state)
    if not objects and (offered := _offered_there(places, state)):
        return tuple(d for option in offered for d in _at(state, option))
    if objects and (beside := _placed_apart(objects, places, message, state)):
        return (
            *_placed(drafts, beside, message, names),
            *_aimed(drafts, objects, places[1:], message, names),
        )
    if objects:
        return _aimed(drafts, objects, places, message, names)
    return _placed(drafts, places, message, names)


_PARTS = re.compile(r"[,;。、]|还有|以及|另外|再加|和|\band\b|\bplus\b")


def _offered_there(places: list[Mention], state: State) -> list[Option]:
    """「开发环境的那个」 where a name was not found and neighbours were offered: the one that lives there."""
    pending = state.drafts[-1].target
    if pending.ref is not None or not pending.name:
        return []
    spaces = {p.namespace for p in places}
    there = [o for o in state.options if o.ref and o.namespace in spaces and o.ref.name != pending.name]
    return there if len(there) == len(places) else []


def _placed_apart(
    objects: list[Mention], places: list[Mention], message: Message, state: State
) -> list[Mention]:
    """ "prod, and menu-v2 too": the namespace answers the question, the name asks for another object."""
    pending = state.drafts[-1].target
    if "namespace" not in state.missing or not places or not pending.name or pending.ref is not None:
        return []
    first = places[0]
    parted = [m for m in objects if m.start > first.end and m.text != pending.name]
    return (
        [first]
        if len(parted) == len(objects)
        and _PARTS.search(message.masked[first.end : objects[0].start]) is not None
        else []
    )


def _aimed(
    drafts: tuple[Draft, ...],
    objects: list[Mention],
    places: list[Mention],
    message: Message,
    names: Names,
) -> tuple[Draft, ...]:
    aims = spread(objects, places, message)
    kinds = {i.ref.kind for m in objects for i in m.items}
    kind = kinds.pop() if len(kinds) == 1 else ""
    return tuple(refilled(_taken_to(draft, aim, kind), message, names) for draft in drafts for aim in aims)


# What a stop and a going on come to once it is known of what.
_OF_KIND = {
    "CronJob": {"undo": "resume", "resume_rollout": "resume", "pause_rollout": "suspend", "scale": "suspend"},
    "Node": {"undo": "uncordon", "resume": "uncordon", "resume_rollout": "uncordon", "suspend": "cordon", "pause_rollout": "cordon"},
    "": {"undo": "resume_rollout", "resume": "resume_rollout", "suspend": "pause_rollout"},
}  # fmt: skip


def _taken_to(draft: Draft, aim: Target, kind: str) -> Draft:
    """A request on an object that was named for it."""
    table = _OF_KIND.get(kind, _OF_KIND[""])
    operation = table.get(draft.operation, draft.operation)
    arguments = draft.arguments if operation == draft.operation else {}
    left = tuple(m for m in draft.missing if m != "name" and operation == draft.operation)
    return replace(draft, operation=operation, arguments=arguments, missing=left, target=_inherit(aim, draft))


def _placed(
    drafts: tuple[Draft, ...], places: list[Mention], message: Message, names: Names
) -> tuple[Draft, ...]:
    found = []
    for draft in drafts:
        for place in places:
            if draft.operation in ("list_resources", "scan") or not (draft.target.name or draft.target.ref):
                arguments = {**draft.arguments, "namespace": place.namespace or f"?{place.text}"}
                found.append(replace(draft, arguments=arguments))
                continue
            target = replace(
                _bare(draft.target),
                namespace=place.namespace,
                firm=True,
                place="" if place.namespace else place.text,
            )
            found.append(refilled(replace(draft, target=target), message, names))
    return tuple(found)


def _affected(state: State) -> tuple[Draft, ...]:
    return state.drafts if len(state.drafts) == 1 or state.missing else state.drafts[-1:]


def _bare(target: Target) -> Target:
    if target.ref is None:
        return target
    return Target(target.ref.name, target.ref.kind)


def _inherit(aim: Target, draft: Draft) -> Target:
    """A name given for one that was missing keeps the namespace that was said."""
    if aim.namespace or aim.place:
        return aim
    old = draft.target
    if not old.name and old.namespace:
        return replace(aim, namespace=old.namespace, firm=old.firm)
    return aim


def _kinded(kind: str, state: State) -> tuple[Draft, ...] | None:
    draft = state.drafts[-1]
    if draft.operation == "list_resources":
        return (replace(draft, arguments={**draft.arguments, "kind": kind}, missing=()),)
    if "kind" in state.missing or "namespace" in state.missing:
        return (replace(draft, target=replace(draft.target, kind=kind, ref=None)),)
    return None


def _chosen(low: str, state: State) -> list[Option]:
    """ "The first two", 「第一个和第三个」, "1 and 3": several of what was offered."""
    found = list(state.options)
    run = smalltalk.FIRST_OF.search(low)
    if run:
        count = smalltalk.COUNTED[run["n"]]
        if count > len(found):
            return []
        return found[-count:] if run["end"] in smalltalk.FROM_THE_END else found[:count]
    marks = [at_ordinal(m, len(found)) for m in smalltalk.ORDINAL.finditer(low)]
    if smalltalk.NUMBERS.fullmatch(low):
        marks = [int(n) - 1 for n in re.findall(r"\d+", low)]
    if len(marks) < 2 or not all(m is not None and 0 <= m < len(found) for m in marks):
        return []
    return [found[m] for m in marks if m is not None]


def _ordinal(low: str, state: State) -> tuple[Draft, ...] | None:
    if len(state.options) > 1 and (several := _chosen(low, state)):
        return tuple(d for option in several for d in _at(state, option))
    match = smalltalk.ORDINAL.search(low)
    if re.search(r"(?:另(?:外|一)?(?:一)?个|the other)", low) and len(state.options) == 2:
        used = state.drafts[-1].target.ref
        other = [o for o in state.options if o.ref != used or o.ref is None]
        return _at(state, other[-1])
    bare = re.fullmatch(
        r"[\s(]*(?:选|要|就|#|no\.?|number|option|选项)?\s*(\d{1,2}|[一二三四五六])\s*[.)。号吧]*\s*", low
    )
    unsettled = state.drafts[-1].target.ref is None and not state.missing
    if bare and (state.missing in (("namespace",), ("name",)) or unsettled) and state.options:
        index = int(whole(bare[1]) or 0)
        return _at(state, state.options[index - 1]) if 0 < index <= len(state.options) else None
    if match is None or not state.options:
        return None
    chosen = at_ordinal(match, len(state.options))
    return None if chosen is None else _at(state, state.options[chosen])


def _at(state: State, option: Option) -> tuple[Draft, ...]:
    return tuple(d for draft in _affected(state) for d in _put(draft, option))


def _put(draft: Draft, option: Option) -> list[Draft]:
    if draft.operation in ("list_resources", "scan"):
        return [replace(draft, arguments={**draft.arguments, "namespace": option.namespace})]
    if option.ref is not None:
        return [_taken_to(draft, _aim(option.ref), option.ref.kind)]
    return [
        replace(draft, target=replace(_bare(draft.target), namespace=option.namespace, firm=True, place=""))
    ]


def _aim(ref: Ref) -> Target:
    return Target(ref.name, ref.kind, ref.namespace, ref=ref)


def _valued(message: Message, state: State, names: Names) -> tuple[Draft, ...] | None:
    """A value for what is missing, or a new one for what was given."""
    changed = tuple(refilled(draft, message, names) for draft in state.drafts)
    return changed if any(new != old for new, old in zip(changed, state.drafts, strict=True)) else None
