"""Names that were probably meant: the nearest of those that exist."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from kubesteer.analyzers.world import World
from kubesteer.core.refs import Ref
from kubesteer.core.texts import Text


def nearest(name: str, known: Iterable[str]) -> str:
    """The known name that is most like it; "" where none is alike."""
    found = get_close_matches(name, sorted(set(known) - {name}), n=1, cutoff=0.7)
    return found[0] if found else ""


def near_ref(world: World, missing: Ref) -> Ref | None:
    """An object of the same kind and namespace with nearly the same name."""
    names = [ref.name for ref in world.refs(missing.kind) if ref.namespace == missing.namespace]
    name = nearest(missing.name, names)
    return Ref(missing.kind, missing.namespace, name) if name else None


def near_hint(world: World, missing: Ref) -> tuple[Text, ...]:
    """A line of evidence that names the near match, where there is one."""
    near = near_ref(world, missing)
    if near is None:
        return ()
    return (Text(f"名字相近的有:{near}", f"nearly the same name: {near}"),)
