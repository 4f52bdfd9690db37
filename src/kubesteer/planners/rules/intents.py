"""From a message's verbs to drafts: which verbs count, what the objects make of them, what they take along."""

from __future__ import annotations

import re
from dataclasses import replace

from kubesteer.core.plans import Item
from kubesteer.planners.rules import slots
from kubesteer.planners.rules.cues import WRITES
from kubesteer.planners.rules.drafts import KINDS_OF, Draft, Target
from kubesteer.planners.rules.further import annotating, enving, probing, servicing, volume
from kubesteer.planners.rules.images import imaging
from kubesteer.planners.rules.kinds import kind_listed, kinds_in
from kubesteer.planners.rules.lexicon import moods
from kubesteer.planners.rules.lexicon.places import EVERYWHERE
from kubesteer.planners.rules.listings import listing, unhealthy
from kubesteer.planners.rules.loglines import logging
from kubesteer.planners.rules.names import Names
from kubesteer.planners.rules.requests import Message, Request
from kubesteer.planners.rules.resolving import Found, resolved
from kubesteer.planners.rules.scaling import scaling
from kubesteer.planners.rules.selecting import selected
from kubesteer.planners.rules.slots import Filled, Filler, Stretch
from kubesteer.planners.rules.states import State
from kubesteer.planners.rules.targets import spread, targets

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
    return _merged(found)


_ONLY_KIND = re.compile(
    r"[\ue000\ue001\ue002\s\"“”'‘’?!。,./()的里]|里面|那边|环境|命名空间|服务|现在|now|please|pls|the|in|of|on|my|our|all|namespace|for|呢"
)


_WONDERS = re.compile(r"(?:没有?|吗|么|不|呢|嘛|\?)\s*[?!。.~]*$")


def unspoken(message: Message) -> tuple[Draft, ...]:
    """Nothing but an object or a kind: its state, or the list."""
    if message.requests:
        return ()
    start, end = 0, len(message.masked)
    kinds = kinds_in(message.linked, start, end)
    rest = message.masked
    for first, last, _, _ in kinds:
        rest = rest[:first] + " " * (last - first) + rest[last:]
    objects = [m for m in message.linked.of("object") if m.sure]
    if (
        [k for *_, k, _ in kinds] == ["Pod"]
        and objects
        and all(i.ref.kind == "Node" for m in objects for i in m.items)
    ):
        return (Draft("list_resources", arguments={"kind": "Pod"}),)
    listed = kinds and not objects and (unhealthy(message.masked) or _WONDERS.search(rest.strip()))
    if _ONLY_KIND.sub("", rest) and not listed:
        return ()
    places = message.linked.of("place")
    if len(objects) == 1:
        return tuple(Draft("get_status", t) for t in spread(objects, list(places), message))
    kind = kind_listed(message.linked, start, end)
    if objects or not kind:
        return ()
    spaces = [p.namespace or f"?{p.text}" for p in places] or [""]
    bad = {"unhealthy": True} if unhealthy(message.masked) else {}
    return tuple(
        Draft("list_resources", arguments={"kind": kind, **({"namespace": s} if s else {}), **bad})
        for s in spaces
    )


def wondered(message: Message, state: State, names: Names) -> tuple[Draft, ...]:
    """A question about one named object in words that no table has: its state (README rule 9)."""
    objects = [m for m in message.linked.of("object") if m.sure]
    if (
        len(objects) != 1
        or not _WONDERS.search(message.masked.strip())
        or any(r.mood != "asked" for r in message.requests)
    ):
        return ()
    if moods.HOW_TO.search(message.masked) or moods.ADVICE.search(message.masked):
        return ()
    places = list(message.linked.of("place"))
    return tuple(Draft("get_status", t) for t in spread(objects, places, message))


def _drafts(request: Request, message: Message, state: State, names: Names, hint: str) -> list[Draft]:
    nameless = listing(request, message, state)
    if nameless is not None:
        return list(nameless)
    if request.operation == "undo":
        return [_undone(message)]
    aims = targets(request, message, state)
    if (
        not aims
        and request.cue.writes
        and moods.EVERYTHING.search(message.masked, request.clause.start, request.end)
    ):
        return [Draft(request.operation, missing=("name",), words=request.cue.text)]
    return [_draft(request, aim, message, state, names, hint) for aim in aims or (Target(),)]


def _undone(message: Message) -> Draft:
    ids = message.linked.of("change")
    return Draft("undo", arguments={"operation": ids[-1].text} if ids else {})


def _draft(request: Request, aim: Target, message: Message, state: State, names: Names, hint: str) -> Draft:
    probe = Draft(request.operation, aim)
    item = _item(probe, names, state, hint)
    operation = _decided(request, item, message, state)
    if operation == "set_autoscaling" and aim.kind == "HorizontalPodAutoscaler":
        aim = replace(aim, kind="")  # the workload is named, not its autoscaler (README rule 18)
    draft = Draft(operation, aim, words=request.cue.text)
    item = _item(draft, names, state, hint) or item
    stretch = Stretch(message, request.start, request.end, item)
    filled = FILLERS.get(operation, slots.nothing)(stretch)
    if operation == "ASK_REPLICAS":
        draft, filled = replace(draft, operation="scale"), Filled(missing=("replicas",))
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


def _item(draft: Draft, names: Names, state: State, hint: str) -> Item | None:
    found = resolved(draft, names, state.focus, hint)
    if isinstance(found, Found):
        return found.item
    items = names.of(draft.target.name)
    allowed = KINDS_OF.get(draft.operation)
    fitting = [i for i in items if allowed is None or i.ref.kind in allowed]
    return (fitting or list(items) or [None])[0] if items else None


_ROLLOUTS = re.compile(r"发布|上线|滚动|rollout|更新|部署|灰度|发版|升级|deploy|release|推进|roll")
_STOPS = re.compile(r"停掉|停了|关|shut|turn|switch|^停$|stop")


def _decided(request: Request, item: Item | None, message: Message, state: State) -> str:
    """A generic verb becomes an operation by its object, its amounts, or what was done last."""
    operation, kind = request.operation, item.ref.kind if item else ""
    text = message.masked[request.clause.start : request.end]
    last = state.drafts[-1].operation if state.drafts else ""
    if operation in ("PAUSE", "suspend", "pause_rollout"):
        return _stopped(operation, kind, text, request, last)
    if operation in ("GO_ON", "resume", "resume_rollout"):
        return _resumed(operation, kind, text, last)
    if operation == "cordon" and kind == "CronJob":
        return "suspend"
    if operation == "uncordon" and kind == "CronJob":
        return "resume"
    if operation == "CHANGE":
        return _changed(text, message, request, last)
    if operation == "restart" and kind == "CronJob":
        return "trigger"
    if operation == "list_resources":
        return "get_manifest" if kind in ("ConfigMap", "Secret") else "get_status"
    if operation == "scan":
        return "diagnose"
    if operation == "LOOK":
        return "get_manifest" if kind in ("ConfigMap", "Secret") and "里" in text else "get_status"
    if operation == "TROUBLE":
        return "get_status" if _wonders_whether(request, message) else "diagnose"
    return operation


_WHETHER = re.compile(r"\s*(?:了|过|掉)*\s*(?:没有?|吗|么|不|嘛)\s*(?:[,?!。]|$)")
_IS_IT = re.compile(r"\s*(?:is|are|was|has|have|did|does|do|any chance)\b|.*?是不是|.*?有没有|.*?是否")


def _wonders_whether(request: Request, message: Message) -> bool:
    """「挂了没」 and "is it down?" ask for the state, not for the cause (README rule 9)."""
    clause = message.masked[request.clause.start : request.clause.end]
    after = message.masked[request.cue.end : request.clause.end + 2]
    return bool(_WHETHER.match(after)) or (
        bool(_IS_IT.match(clause)) and not re.search(r"keeps?|so\b|老|一直", clause)
    )


def _stopped(operation: str, kind: str, text: str, request: Request, last: str) -> str:
    if kind == "CronJob":
        return "suspend"
    if kind == "Node":
        return "cordon" if operation != "PAUSE" else operation
    if operation == "pause_rollout" or last in ("pause_rollout", "resume_rollout") or _ROLLOUTS.search(text):
        return "pause_rollout"
    return "ASK_REPLICAS" if _STOPS.search(request.cue.text) or operation == "suspend" else "pause_rollout"


def _resumed(operation: str, kind: str, text: str, last: str) -> str:
    if kind == "CronJob":
        return "resume"
    if kind == "Node":
        return "uncordon"
    if operation == "resume_rollout" or last in ("pause_rollout", "resume_rollout") or _ROLLOUTS.search(text):
        return "resume_rollout"
    if re.search(r"恢复|restore|back", text) and last in WRITES:
        return "undo"
    return "resume_rollout"


def _changed(text: str, message: Message, request: Request, last: str) -> str:
    linked = message.linked
    if linked.of("image", start=request.start, end=request.end):
        return "set_image"
    around = text if slots.counts(text) else message.masked[: request.end]
    if linked.of("amount", start=request.start, end=request.end) or re.search(r"内存|memory|cpu", around):
        return "set_resources"
    if re.search(r"镜像|image|tag", text):
        return "set_image"
    return "scale" if slots.counts(text) else (last if last in WRITES else "scale")


def _merged(found: list[Draft]) -> tuple[Draft, ...]:
    """Drafts of one operation on one object are one; disagreeing values become a question."""
    kept: list[Draft] = []
    for draft in found:
        twin = next(
            (
                i
                for i, k in enumerate(kept)
                if (k.operation, k.target) == (draft.operation, draft.target) or _same(k, draft)
            ),
            None,
        )
        if twin is None:
            kept.append(draft)
        else:
            kept[twin] = _both(kept[twin], draft)
    return tuple(kept)


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
    if one.operation == "scale" and re.match(r"(?:to|at|on|with|by|up|down|back)\b", one.words) and other.arguments:
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


__all__ = ["EVERYWHERE", "drafts", "kind_listed", "unhealthy"]
