"""The write gate: a model's proposal is put forward only where the person's own words ask for it.

Whatever stands in a log, an event, a name or an annotation can make a model propose anything. So a proposal
rests on `Grounds` alone: the verb, the object, the place and every value must come from the person. What is
missing is asked, with the model's idea as a candidate; what was not asked for is told, never proposed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from kubesteer.core.plans import Ask, Call, Plan
from kubesteer.core.refs import Ref
from kubesteer.core.texts import Text, join
from kubesteer.planners.llm.clauses import own
from kubesteer.planners.llm.grounds import Grounds
from kubesteer.planners.llm.mentions import holds, mentions, numbers_in, relative
from kubesteer.planners.llm.questions import asking

_PLACES = frozenset({"kind", "namespace", "name"})
_FREE = frozenset({"apply", "undo", "fix"})
"""Writes that need no object of the inventory: it is in the manifest, in the ledger, or found by diagnosis."""

_TAKING = frozenset({"delete", "drain", "cordon"})
_SPOKEN = {"liveness": ("存活",), "readiness": ("就绪", "ready"), "startup": ("启动",)}
MOST_FOLDED = 4
"""A proportion (double, a half) explains a number of replicas up to this many times the present one."""


@dataclass(frozen=True, slots=True)
class Unasked:
    """A proposal that the words do not ask for. `hint` tells the model, `text` the person."""

    text: Text
    hint: str


def gated(calls: Sequence[Call], grounds: Grounds) -> Plan | Ask | Unasked:
    """The proposal as a plan, a question about what is missing, or why it is not put forward."""
    for call in calls:
        verdict = _objection(call, grounds)
        if verdict is not None:
            return verdict
    understood = join([_described(call) for call in calls], Text(";", "; "))
    return Plan(tuple(calls), understood=understood)


def _objection(call: Call, grounds: Grounds) -> Ask | Unasked | None:
    if grounds.planned(call):
        return None
    if call.operation not in grounds.asked or not _meant_here(call, grounds):
        return _unasked(call)
    if call.condition is None and grounds.conditional:
        return asking(("condition",), _WHICH_CONDITION + _described(call))
    return _object_objection(call, grounds) or _value_objection(call, grounds)


def _meant_here(call: Call, grounds: Grounds) -> bool:
    """Whether the wish is for this object: where the rules tell several apart, theirs; what takes something away
    must stand in one clause with what it takes."""
    if grounds.pairs is not None and (call.operation, _name(call)) not in grounds.pairs:
        return call.operation in _FREE
    return call.operation not in _TAKING or grounds.points_at(call.operation, _name(call))


def _object_objection(call: Call, grounds: Grounds) -> Ask | Unasked | None:
    name = str(call.arguments.get("name") or "")
    if not name:
        return None if call.operation in _FREE else asking(("name",), Text("对哪个对象?", "Which object?"))
    existing = _existing(call, grounds)
    if not existing and call.operation not in _FREE:
        near = tuple(sorted({i.ref.name for i in grounds.inventory.items if _alike(i.ref.name, name)}))[:3]
        return asking(
            ("name",),
            Text(f"没有找到 {name}。是哪个对象?", f"{name} was not found. Which object is it?"),
            near,
        )
    if not _named(name, existing, grounds):
        return asking(
            ("name",),
            Text(f"请写出对象的名字:是 {name} 吗?", f"Please name the object: is it {name}?"),
            (name,),
        )
    return _place_objection(call, existing, grounds)


def _place_objection(call: Call, existing: Sequence[Ref], grounds: Grounds) -> Ask | None:
    places = {ref.namespace for ref in existing} - {""}
    wanted = str(call.arguments.get("namespace") or "")
    if not places:
        return None
    said = grounds.namespaces() - {str(call.arguments.get("name"))}
    hint = grounds.conversation.namespace
    meant = said or ({hint} if hint in places else places)
    if meant == {wanted} and wanted in places:
        return None
    where = tuple(sorted(places))
    text = Text("在哪个命名空间?", "In which namespace?")
    return asking(
        ("namespace",), Text.same(f"{call.operation} {_name(call)}") + Text(":", ": ") + text, where
    )


def _value_objection(call: Call, grounds: Grounds) -> Ask | None:
    for key, value in call.arguments.items():
        if key in _PLACES or value is None or _grounded(call, key, value, grounds):
            continue
        text = Text(
            f"模型想把 {key} 设为 {_short(value)},但您没有说过。就设为 {_short(value)} 吗?",
            f"The model's idea for {key} is {_short(value)}, which you did not say. Set it to {_short(value)}?",
        )
        return asking((key,), _described(call, with_values=False) + Text(":", ": ") + text, (_short(value),))
    return None


def _grounded(call: Call, key: str, value: Any, grounds: Grounds) -> bool:
    words = f"{own(grounds.words)}\n{grounds.agreed}\n{grounds.picked}"
    if call.operation not in grounds.asked_now:
        words += f"\n{own(grounds.before)}"
    if holds(words, value) or any(spoken in words for spoken in _SPOKEN.get(str(value), ())):
        return True
    if key == "container":
        return any(str(value) in item.images for item in grounds.inventory.by_name.get(_name(call), ()))
    if key == "image":
        return _same_repository(call, str(value), words, grounds)
    if key == "manifest":
        return _names_its_object(value, f"{grounds.words}\n{words}")
    return key in ("replicas", "change") and _in_proportion(call, value, words, grounds)


def _same_repository(call: Call, image: str, words: str, grounds: Grounds) -> bool:
    """A tag alone was named ("upgrade cart to 1.4"): the repository must be the present one."""
    repository, _, tag = image.rpartition(":")
    present = {i for item in grounds.inventory.by_name.get(_name(call), ()) for i in item.images.values()}
    return (
        bool(tag)
        and mentions(words, tag)
        and repository in {i.partition("@")[0].rpartition(":")[0] for i in present}
    )


def _in_proportion(call: Call, value: Any, words: str, grounds: Grounds) -> bool:
    if not relative(words) or isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    now = [item.replicas for item in grounds.inventory.by_name.get(_name(call), ()) if item.replicas]
    return (
        bool(now)
        and abs(value) <= MOST_FOLDED * max(now)
        and not numbers_in(words) - {0.0, 1.0, 2.0, 3.0, 0.5}
    )


def _names_its_object(manifest: Any, words: str) -> bool:
    """A manifest that a model wrote: whatever it creates must be called what the person called it."""
    try:
        documents = list(yaml.safe_load_all(manifest)) if isinstance(manifest, str) else [manifest]
    except yaml.YAMLError:
        return False
    named = [d.get("metadata") for d in documents if isinstance(d, Mapping)]
    names = [str(m.get("name") or "") for m in named if isinstance(m, Mapping)]
    return bool(names) and len(names) == len(documents) and all(mentions(words, name) for name in names)


def _existing(call: Call, grounds: Grounds) -> tuple[Ref, ...]:
    kind = call.arguments.get("kind") or _KIND_OF.get(call.operation)
    found = (item.ref for item in grounds.inventory.by_name.get(_name(call), ()))
    return tuple(ref for ref in found if kind is None or ref.kind == kind)


_KIND_OF = {
    "cordon": "Node", "uncordon": "Node", "drain": "Node", "suspend": "CronJob", "resume": "CronJob",
    "trigger": "CronJob", "set_service": "Service", "resize_volume": "PersistentVolumeClaim",
}  # fmt: skip


def _named(name: str, existing: Sequence[Ref], grounds: Grounds) -> bool:
    """Named by itself; a pod also by the workload that its name begins with."""
    if grounds.names(name):
        return True
    if not any(ref.kind == "Pod" for ref in existing):
        return False
    owners = [name.rsplit("-", cut)[0] for cut in (1, 2)]
    return any(owner in grounds.inventory.by_name and grounds.names(owner) for owner in owners)


def _name(call: Call) -> str:
    return str(call.arguments.get("name") or "")


def _alike(one: str, other: str) -> bool:
    return one.startswith(other[:3]) and abs(len(one) - len(other)) <= 4


def _unasked(call: Call) -> Unasked:
    described = _described(call)
    text = Text(
        f"模型想执行“{described.zh}”,但您没有要求这个变更,所以没有提出。需要的话请直接说出来。",
        f"The model wanted “{described.en}”, which you did not ask for, so it is not proposed. Say so if you want it.",
    )
    hint = f"The person did not ask for {call.operation}. Propose no change: answer from the observations."
    return Unasked(text, hint)


def _described(call: Call, *, with_values: bool = True) -> Text:
    """A call in one line: `scale Deployment shop/cart replicas=3`."""
    place = "/".join(str(call.arguments[key]) for key in ("namespace", "name") if call.arguments.get(key))
    values = [
        f"{key}={_short(value)}"
        for key, value in call.arguments.items()
        if key not in _PLACES and value is not None
    ]
    words = [call.operation, str(call.arguments.get("kind") or ""), place, *(values if with_values else [])]
    if call.condition:
        words.append(f"if {call.condition}")
    return Text.same(" ".join(word for word in words if word))


def _short(value: Any) -> str:
    shown = "".join(char if char.isprintable() else " " for char in str(value))
    return shown if len(shown) <= 80 else f"{shown[:79]}…"


_WHICH_CONDITION = Text(
    "您说了条件,模型没有带上。条件是什么?", "You named a condition that the model left out. Which one is it? "
)
