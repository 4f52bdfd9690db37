"""Messages without a verb: a name alone, a kind alone, a question in words that no table has."""

from __future__ import annotations

import re

from kubesteer.planners.rules.drafts import Draft, Target
from kubesteer.planners.rules.kinds import kind_listed, kinds_in, kinds_joined
from kubesteer.planners.rules.lexicon import moods
from kubesteer.planners.rules.linking import Mention
from kubesteer.planners.rules.listings import unhealthy
from kubesteer.planners.rules.requests import Message
from kubesteer.planners.rules.states import State
from kubesteer.planners.rules.targets import spread

_ONLY_KIND = re.compile(
    r"[\ue000\ue001\ue002\s\"“”'‘’?!。,./()的里]|里面|那边|环境|命名空间|服务|现在|now|please|pls|the|in|of|on|my|our|all|namespace|for|呢|and|和|与|、"
)


_WONDERS = re.compile(
    r"(?:没有?|吗|么|不|呢|嘛|几个了|多少了|\?)\s*[?!。.~]*$|^\s*(?:is|are|has|have|did|does|was)\b|([\u4e00-\u9fff])[不没]\1"
)


_OF_IT = re.compile(r"^\s*(?:[\ue001]+\s*的?\s*)?[\ue000]+\s*的\s*[^,;。!?]{1,12}$")  # 「x 的 ClusterIP」


def unspoken(message: Message) -> tuple[Draft, ...]:
    """Nothing but an object or a kind: its state, or the list."""
    if message.requests or moods.COMPARED.search(message.masked):
        return ()
    start, end = 0, len(message.masked)
    kinds = kinds_in(message.linked, start, end)
    rest = message.masked
    for first, last, _, _ in kinds:
        rest = rest[:first] + " " * (last - first) + rest[last:]
    objects = [m for m in message.linked.of("object") if m.sure]
    if [k for *_, k, _ in kinds] == ["Pod"] and _nodes_only(objects):
        return (Draft("list_resources", arguments={"kind": "Pod"}),)
    listed = kinds and not objects and (unhealthy(message.masked) or _WONDERS.search(rest.strip()))
    if _ONLY_KIND.sub("", rest) and not listed and not (len(objects) == 1 and _OF_IT.match(message.masked)):
        return ()
    return _state_or_list(objects, message)


def _nodes_only(objects: list[Mention]) -> bool:
    return bool(objects) and all(i.ref.kind == "Node" for m in objects for i in m.items)


def _state_or_list(objects: list[Mention], message: Message) -> tuple[Draft, ...]:
    places = message.linked.of("place")
    if len(objects) == 1:
        return tuple(Draft("get_status", t) for t in spread(objects, list(places), message))
    kind = kind_listed(message.linked, 0, len(message.masked))
    if objects or not kind:
        return ()
    spaces = [p.namespace or f"?{p.text}" for p in places] or [""]
    bad = {"unhealthy": True} if unhealthy(message.masked) else {}
    kinds = kinds_joined(message.linked, 0, len(message.masked)) or [kind]
    return tuple(
        Draft("list_resources", arguments={"kind": k, **({"namespace": s} if s else {}), **bad})
        for s in spaces
        for k in kinds
    )


def wondered_of(message: Message, state: State) -> tuple[Draft, ...]:
    """「生效了吗」 after something was done: the state of what it was done to."""
    low = message.linked.words.low
    told = any(m.sure for m in message.linked.of("object", "unknown", "place"))
    if not state.focus or told or len(low) > 12 or not _SETTLED.search(low):
        return ()
    ref = state.focus[0]
    return (Draft("get_status", Target(ref.name, ref.kind, ref.namespace, ref=ref)),)


_SETTLED = re.compile(r"(?:完|好|成|效|齐|够|起来|结束|成功|完成|到位)了?(?:没有?|吗|么)\s*[?!。]*$")


def wondered(message: Message) -> tuple[Draft, ...]:
    """A question about one named object in words that no table has: its state (README rule 9)."""
    objects = [m for m in message.linked.of("object") if m.sure]
    if (
        len(objects) != 1
        or not _WONDERS.search(message.masked.strip())
        or any(r.mood not in ("asked", "past") for r in message.requests)
    ):
        return ()
    if moods.HOW_TO.search(message.masked) or moods.ADVICE.search(message.masked):
        return ()
    places = list(message.linked.of("place"))
    return tuple(Draft("get_status", t) for t in spread(objects, places, message))
