"""Which object a face means that names it without words: KIND/NAME, a bare name, with or without a namespace."""

from __future__ import annotations

from kubesteer.core.errors import Ambiguous, NotFound, Unavailable
from kubesteer.core.kinds import KINDS, WORKLOADS, kind_of
from kubesteer.core.names import checked_name
from kubesteer.core.plans import Inventory
from kubesteer.core.refs import Ref
from kubesteer.core.texts import Text


def target_of(inventory: Inventory, target: str, namespace: str = "") -> Ref:
    """The one object that `KIND/NAME` or `NAME` means.

    Raises:
        Unusable: no such kind, or no possible name.
        NotFound: no object of that name.
        Unavailable: none was seen, but not everything could be looked at.
        Ambiguous: several; the candidates are attached.
    """
    word, _, name = target.rpartition("/")
    kind = kind_of(word).name if word else ""
    checked_name(name, kind)
    fits = [item.ref for item in inventory.by_name.get(name, ()) if _fits(item.ref, kind, namespace)]
    if kind and not fits and kind not in {item.ref.kind for item in inventory.items}:
        # Kinds that the inventory does not list at all are left to the API server to find.
        return Ref(kind, namespace if KINDS[kind].namespaced else "", name)
    chosen = _foremost(fits)
    if len(chosen) == 1:
        return chosen[0]
    if chosen:
        raise Ambiguous(
            Text(
                f"有 {len(chosen)} 个 {name},指哪一个?", f"{len(chosen)} objects are named {name}; which one?"
            ),
            tuple(chosen),
        )
    raise _absent(inventory, kind, namespace, name)


def _fits(ref: Ref, kind: str, namespace: str) -> bool:
    return (not kind or ref.kind == kind) and (not namespace or ref.namespace in ("", namespace))


def _foremost(refs: list[Ref]) -> list[Ref]:
    for kinds in (WORKLOADS, ("Pod",)):
        found = [ref for ref in refs if ref.kind in kinds]
        if found:
            return found
    return refs


def _absent(inventory: Inventory, kind: str, namespace: str, name: str) -> NotFound | Unavailable:
    where = (
        Text(f"命名空间 {namespace} 里", f" in namespace {namespace}") if namespace else Text("集群里", "")
    )
    what = f"{kind} {name}" if kind else name
    hidden = sorted(inventory.not_looked_at)
    if hidden:
        return Unavailable(
            Text(
                f"没看到 {what},但这些种类没能查看:{'、'.join(hidden)}。",
                f"{what} was not seen{where.en}, but these kinds could not be looked at: {', '.join(hidden)}.",
            )
        )
    return NotFound(Text(f"{where.zh}没有 {what}。", f"There is no {what}{where.en}."))
