"""Stage 6, resolve: which object of the cluster a target is. It asks or says so rather than guess."""

from __future__ import annotations

from dataclasses import dataclass, replace

from kubesteer.core.kinds import KINDS, WORKLOADS
from kubesteer.core.plans import Item
from kubesteer.core.refs import Ref
from kubesteer.planners.rules.cues import WRITES
from kubesteer.planners.rules.drafts import KINDS_OF, Draft, Target
from kubesteer.planners.rules.names import Names, namespaces_of


@dataclass(frozen=True, slots=True)
class Found:
    """The object."""

    item: Item


@dataclass(frozen=True, slots=True)
class Several:
    """Namespaces that all have it; asked for in this order."""

    namespaces: tuple[str, ...]
    kinds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Absent:
    """Nothing is called that (there): near names, places where the name does exist, and a Latin lookalike."""

    name: str
    near: tuple[str, ...] = ()
    elsewhere: tuple[str, ...] = ()
    place: str = ""
    lookalike: str = ""
    unseen: tuple[
        tuple[str, str], ...
    ] = ()  # kinds that may have it and could not be listed, with the reason


@dataclass(frozen=True, slots=True)
class Unfit:
    """It exists, and the verb does not apply to its kind."""

    item: Item


@dataclass(frozen=True, slots=True)
class Nameless:
    """No name was said."""


Resolved = Found | Several | Absent | Unfit | Nameless


def resolved(draft: Draft, names: Names, known: tuple[Ref, ...] = (), hint: str = "") -> Resolved:
    """The object behind a draft's target. `known`: objects of the conversation, newest first."""
    target = draft.target
    if target.ref is not None:
        items = [i for i in names.of(target.ref.name.lower()) if i.ref == target.ref]
        return (
            _fit(items[0], draft) if items else _absent(replace(target, name=target.ref.name), draft, names)
        )
    if not target.name:
        return Nameless()
    items = list(names.of(target.name))
    if not items or target.place:
        return _absent(target, draft, names)
    matching = _of_kind(items, target.kind, reads=draft.operation not in WRITES)
    here = (
        [i for i in matching if i.ref.namespace == target.namespace or not i.ref.namespace]
        if target.namespace
        else matching
    )
    if not here and not target.firm:
        here = matching
    if not here:
        return _absent(target, draft, names)
    return _chosen(here, draft, known, hint)


def _of_kind(items: list[Item], kind: str, *, reads: bool) -> list[Item]:
    if not kind:
        return items
    same = [i for i in items if i.ref.kind == kind]
    if kind == "Node" and not same and reads:
        return items  # "x 在哪台主机": where it runs, not what it is
    if kind == "Pod" and not same and reads:
        return [i for i in items if i.ref.kind in WORKLOADS]  # its pods: a look at the workload shows them
    if same or kind != "Job":
        return same
    return [i for i in items if i.ref.kind == "CronJob"]  # people say "job" of both


def _chosen(items: list[Item], draft: Draft, known: tuple[Ref, ...], hint: str) -> Resolved:
    allowed = KINDS_OF.get(draft.operation)
    fitting = [i for i in items if allowed is None or i.ref.kind in allowed]
    best = _first_tier(fitting or items)
    spaces = namespaces_of(best)
    if len(spaces) > 1:
        spoken = [r for r in known if any(i.ref == r for i in best)]
        if spoken:
            return _fit(next(i for i in best if i.ref == spoken[0]), draft)
        if hint in spaces:
            best = [i for i in best if i.ref.namespace == hint]
        else:
            return Several(spaces)
    return _fit(sorted(best, key=_rank)[0], draft)


def _first_tier(items: list[Item]) -> list[Item]:
    """Workloads, else Pods, else what there is."""
    workloads = [i for i in items if i.ref.kind in WORKLOADS]
    return workloads or [i for i in items if i.ref.kind == "Pod"] or items


def _rank(item: Item) -> int:
    return WORKLOADS.index(item.ref.kind) if item.ref.kind in WORKLOADS else len(WORKLOADS)


def _fit(item: Item, draft: Draft) -> Resolved:
    allowed = KINDS_OF.get(draft.operation)
    if draft.operation in WRITES and allowed is not None and item.ref.kind not in allowed:
        return Unfit(item)
    return Found(item)


def _absent(target: Target, draft: Draft, names: Names) -> Absent:
    items = names.of(target.name)
    elsewhere = namespaces_of([i for i in items if not target.kind or i.ref.kind == target.kind])
    allowed = KINDS_OF.get(draft.operation) if draft.operation in WRITES else None
    near = tuple(n for n in names.near(target.name, kinds=allowed) if n != target.name)
    where = target.place or target.namespace
    unseen = () if items else _unseen(target, draft, names)
    return Absent(target.name, near, elsewhere, where, names.lookalike(target.name) or "", unseen)


def _unseen(target: Target, draft: Draft, names: Names) -> tuple[tuple[str, str], ...]:
    """Kinds that may hold the name and could not be listed: that it is absent is then not known."""
    blind = names.inventory.not_looked_at
    allowed = KINDS_OF.get(draft.operation)
    kinds = (target.kind,) if target.kind else allowed or tuple(blind)
    return tuple((kind, blind[kind]) for kind in kinds if kind in blind)


def namespaced(kind: str) -> bool:
    """Whether objects of a kind live in a namespace."""
    return KINDS[kind].namespaced if kind in KINDS else True
