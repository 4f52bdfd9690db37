"""From a message's verbs to drafts: which verbs count, what the objects make of them, what they take along."""

from __future__ import annotations

import re
from dataclasses import replace

from kubesteer.core.plans import Item
from kubesteer.planners.rules import slots
from kubesteer.planners.rules.borrowing import foreign, unlike
from kubesteer.planners.rules.cues import WRITES
from kubesteer.planners.rules.deciding import decided
from kubesteer.planners.rules.drafts import KINDS_OF, Draft, Target
from kubesteer.planners.rules.further import annotating, enving, probing, servicing, volume
from kubesteer.planners.rules.images import imaging
from kubesteer.planners.rules.lexicon import moods
from kubesteer.planners.rules.listings import listing
from kubesteer.planners.rules.loglines import logging
from kubesteer.planners.rules.names import Names
from kubesteer.planners.rules.requests import Message, Request
from kubesteer.planners.rules.resolving import Found, resolved
from kubesteer.planners.rules.scaling import scaling
from kubesteer.planners.rules.selecting import selected
from kubesteer.planners.rules.slots import Filled, Filler, Stretch
from kubesteer.planners.rules.states import State
from kubesteer.planners.rules.targets import targets

FILLERS: dict[str, Filler] = {
    "scale": scaling, "rollback": slots.revision, "set_image": imaging, "set_resources": slots.resources,
    "set_autoscaling": slots.autoscaling, "get_logs": logging, "set_env": enving, "set_probe": probing,
    "set_service": servicing, "resize_volume": volume, "label": annotating, "annotate": annotating,
}  # fmt: skip


def drafts(message: Message, state: State, names: Names, hint: str = "") -> tuple[Draft, ...]:
    """What a message asks for, in order, merged where several words ask for the same thing."""
    found: list[Draft] = []
    for request in selected(message):
        found.extend(_drafts(request, message, state, names, hint))
    return _merged(_without_runs(found, names))


def _without_runs(found: list[Draft], names: Names) -> list[Draft]:
    """「来一下日志」 runs nothing: a run of what is no CronJob gives way to whatever else was asked."""
    found = [d for d in found if not _rolls_no_node(d, names)] or found
    runs = [d for d in found if d.operation == "trigger" and d.target.name and not _is_cron_job(d, names)]
    return [d for d in found if d not in runs] if len(runs) < len(found) else found


def _rolls_no_node(draft: Draft, names: Names) -> bool:
    """「node-1 换完内存了,放开」: a node has no rollout, what was done to it is only told."""
    items = names.of(draft.target.name) if draft.operation == "get_rollout" else ()
    return bool(items) and all(i.ref.kind == "Node" for i in items)


def _is_cron_job(draft: Draft, names: Names) -> bool:
    return any(i.ref.kind == "CronJob" for i in names.of(draft.target.name))


def _drafts(request: Request, message: Message, state: State, names: Names, hint: str) -> list[Draft]:
    nameless = listing(request, message, state)
    if nameless is not None:
        return list(nameless)
    if request.operation == "undo" or _taken_back(request, message, state):
        return [_undone(message)]
    if foreign(request, message):
        return [Draft(request.operation, missing=("name",), words=request.cue.text)]
    aims = targets(request, message, state)
    if unlike(request, message, aims, names):
        return [Draft(request.operation, missing=("name",), words=request.cue.text)]
    if (
        not aims
        and request.cue.writes
        and moods.EVERYTHING.search(message.masked, request.clause.start, request.end)
    ):
        return [Draft(request.operation, missing=("name",), words=request.cue.text, many=True)]
    if request.operation == "delete" and _PARTS.search(message.masked, request.clause.start, request.end):
        return [Draft(request.operation, missing=("name",), words=request.cue.text)]
    return [_draft(request, aim, message, state, names, hint) for aim in aims or (Target(),)]


# Something of an object is not the object: deleting x's pods or logs never deletes x.
_PARTS = re.compile(
    r"[\ue000]\s*(?:的|'s)\s*(?:所有|全部|那个|那些|旧|历史|old |all )?\s*(?:pods?|日志|logs?|数据|data|缓存|cache|镜像|images?|事件|events?|副本|replicas?|实例|卷|pvc|volumes?|配置|config|容器|containers?)(?![a-z])"
    r"|[\ue000]\s+(?:pods|logs?|data|caches?|images|events|replicas|instances|volumes|containers|files)(?![a-z])"
    r"|\b(?:pods?|logs?|data|caches?|images?|events?|replicas?|volumes?|containers?|files?)\s+(?:of|from|for|in)\s+(?:the )?[\ue000]"
)


def _taken_back(request: Request, message: Message, state: State) -> bool:
    """「撤掉」 without an object, after a change: the change, not the object."""
    plain = request.operation == "delete" and request.cue.text.startswith("撤") and not request.objects
    return plain and (bool(message.linked.of("change")) or _last(state) in WRITES)


def _undone(message: Message) -> Draft:
    ids = message.linked.of("change")
    return Draft("undo", arguments={"operation": ids[-1].text} if ids else {})


def _draft(request: Request, aim: Target, message: Message, state: State, names: Names, hint: str) -> Draft:
    probe = Draft(request.operation, aim)
    item = _item(probe, names, state, hint)
    operation = decided(request, item, message, state)
    if operation == "set_autoscaling" and aim.kind == "HorizontalPodAutoscaler":
        aim = replace(aim, kind="")  # the workload is named, not its autoscaler (README rule 18)
    if item is not None and item.ref.kind == "HorizontalPodAutoscaler":
        operation, aim = _of_autoscaler(
            operation, aim, item, message.masked[request.start : request.end], names
        )
    draft = Draft(operation, aim, words=request.cue.text)
    item = _item(draft, names, state, hint) or item
    narrowed = operation in _NARROWED and not request.objects and _last(state) == operation
    stretch = Stretch(message, 0 if narrowed else _beginning(operation, request, message), request.end, item)
    filled = FILLERS.get(operation, slots.nothing)(stretch)
    if operation == "ASK_REPLICAS":
        draft, filled = replace(draft, operation="scale"), _none_left(stretch)
    filled = _on_top(filled, draft, request, state, stretch.text)
    condition = request.condition if operation in WRITES else None
    missing = filled.missing
    if condition not in (None, "unknown") and operation == "scale" and missing == ("replicas",):
        missing = ()
    return replace(
        draft,
        arguments=filled.arguments,
        missing=missing,
        trouble=filled.trouble,
        condition=None if condition == "unknown" else condition,
        blocked=condition == "unknown",
    )


_BOUNDS = re.compile(
    r"上限|下限|最[多少大小]|max|min|cpu|%|\b(?:up to|at most|at least|between|ceiling|floor)\b"
)


def _of_autoscaler(operation: str, aim: Target, item: Item, text: str, names: Names) -> tuple[str, Target]:
    """The bounds of `web-hpa` are those of the workload `web` (README rule 18)."""
    if operation not in ("set_autoscaling", "scale", "set_resources") or not _BOUNDS.search(text):
        return operation, aim
    plain = re.sub(r"^hpa-|-(?:hpa|autoscaler|autoscaling)$", "", item.ref.name.lower())
    here = [i.ref for i in names.of(plain) if i.ref.namespace == item.ref.namespace]
    here = [r for r in here if r.kind in KINDS_OF["set_autoscaling"]]
    return ("set_autoscaling", Target(plain, "", item.ref.namespace, firm=True)) if here else (operation, aim)


# What newer words without a name only add to: all of them count.
_NARROWED = frozenset({"get_logs", "set_resources", "set_autoscaling"})


def _beginning(operation: str, request: Request, message: Message) -> int:
    """「x 最近一小时老报错,日志给我」: logs without an object take the span from what was told right before."""
    index = message.clauses.index(request.clause)
    if operation != "get_logs" or request.objects or not index:
        return request.start
    before = message.clauses[index - 1]
    busy = any(r.clause == before and r.operation not in _TOLD for r in message.requests)
    told = before.sentence == request.clause.sentence and not busy
    return before.start if told else request.start


_TOLD = frozenset({"TROUBLE", "LOOK", "list_resources", "diagnose"})


def _none_left(stretch: Stretch) -> Filled:
    """ "Stop x, zero replicas" tells how many are left; "stop x" does not."""
    said = re.search(r"副本|实例|replica|\bpods?\b|instance|\bzero\b", stretch.text)
    return scaling(stretch) if said else Filled(missing=("replicas",))


_ALIKE = re.compile(r"也|同样|一样|再给|顺便|\b(?:too|also|as well|same|likewise)\b")


def _same_again(filled: Filled, draft: Draft, request: Request, state: State, said: str) -> bool:
    """「console 也扩」: the figures of the last request hold for another object."""
    if not state.drafts or not filled.missing or filled.arguments or not request.objects:
        return False
    last = state.drafts[-1]
    alike = _ALIKE.search(said) is not None
    return alike and last.operation == draft.operation and not last.missing and draft.operation != "set_image"


def _on_top(filled: Filled, draft: Draft, request: Request, state: State, said: str) -> Filled:
    """A new value for what waits for approval leaves its other values as they were."""
    if _same_again(filled, draft, request, state, said):
        return Filled(state.drafts[-1].arguments)
    waits = bool(state.drafts) and (state.open or state.asked) and not request.objects
    if not waits or request.operation != draft.operation or filled.trouble:
        return filled
    pending = state.drafts[-1]
    if pending.operation != draft.operation or pending.missing or pending.target.name != draft.target.name:
        return filled
    if not filled.arguments and slots.counts(said):
        return filled  # figures that disagree
    if filled.arguments and draft.operation not in ("set_autoscaling", "set_resources"):
        return filled
    return Filled({**pending.arguments, **filled.arguments}, (), filled.trouble)


def _last(state: State) -> str:
    return state.drafts[-1].operation if state.drafts else ""


def _item(draft: Draft, names: Names, state: State, hint: str) -> Item | None:
    found = resolved(draft, names, state.focus, hint)
    if isinstance(found, Found):
        return found.item
    items = names.of(draft.target.name)
    allowed = KINDS_OF.get(draft.operation)
    fitting = [i for i in items if allowed is None or i.ref.kind in allowed]
    chosen = fitting or list(items)
    return chosen[0] if chosen else None


def _merged(found: list[Draft]) -> tuple[Draft, ...]:
    """Drafts of one operation on one object are one; disagreeing values become a question."""
    kept: list[Draft] = []
    for draft in found:
        twin = next(
            (i for i, k in enumerate(kept) if _twins(k, draft)),
            None,
        )
        if twin is None:
            kept.append(draft)
        else:
            kept[twin] = _both(kept[twin], draft)
    return tuple(kept)


def _twins(one: Draft, other: Draft) -> bool:
    if not one.target.name and one.target.ref is None and one.operation not in WRITES:
        return (one.operation, one.target, one.arguments) == (other.operation, other.target, other.arguments)
    return (one.operation, one.target) == (other.operation, other.target) or _same(one, other)


def _same(one: Draft, other: Draft) -> bool:
    a, b = one.target, other.target
    if one.operation != other.operation or (
        one.operation not in WRITES and one.operation in ("list_resources", "scan")
    ):
        return False
    return (
        bool(a.name)
        and a.name == b.name
        and (not a.namespace or not b.namespace or a.namespace == b.namespace)
    )


def _both(one: Draft, other: Draft) -> Draft:
    if (
        one.operation == "scale"
        and re.match(r"(?:to|at|on|with|by|up|down|back)\b", one.words)
        and other.arguments
    ):
        return other  # "down to one pod, bring it to 4": the first only describes
    clash = [k for k in one.arguments if k in other.arguments and one.arguments[k] != other.arguments[k]]
    crossed = {"replicas", "change"} <= {*one.arguments, *other.arguments}
    if one.operation in WRITES and (clash or crossed):
        return replace(one, missing=(clash[0] if clash else "replicas",), arguments={})
    arguments = {**one.arguments, **other.arguments}
    missing = (
        tuple(m for m in one.missing if m in other.missing)
        if other.arguments or one.arguments
        else one.missing
    )
    target = one.target if one.target.namespace or not other.target.namespace else other.target
    return replace(
        one,
        target=target,
        arguments=arguments,
        missing=missing,
        trouble=one.trouble or other.trouble,
        condition=one.condition or other.condition,
        blocked=one.blocked or other.blocked,
    )
