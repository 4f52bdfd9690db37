"""The names that exist, indexed for linking: whole names, namespaces, environments, near misses."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cached_property

from kubesteer.core.plans import Inventory, Item
from kubesteer.planners.rules.lexicon.places import ENVIRONMENTS

# Letters of other scripts that look like Latin ones. Source: Unicode Technical Standard 39, confusables.
_LOOKALIKES = str.maketrans("аеорсухіјѕԁһԛԝкмтвнαορνικτυχѵɡıӏʟ", "aeopcyxijsdhqwkmtbhaopviktuxvgill")


class Names:
    """An index over one inventory; built once and kept by the planner."""

    def __init__(self, inventory: Inventory) -> None:
        self.inventory = inventory
        self.items: dict[str, tuple[Item, ...]] = {
            name.lower(): tuple(i for i in items if i.ref.kind != "Namespace")
            for name, items in inventory.by_name.items()
            if any(i.ref.kind != "Namespace" for i in items)
        }
        self.namespaces = {name.lower() for name in inventory.namespaces}

    def of(self, name: str) -> tuple[Item, ...]:
        """Every object of that name, whatever its kind and namespace."""
        return self.items.get(name, ())

    def environment(self, word: str) -> str | None:
        """The namespace behind an environment (`production`), if one exists."""
        return next((n for n in ENVIRONMENTS[word] if n in self.namespaces), None)

    def near(self, name: str, most: int = 3, kinds: Sequence[str] | None = None) -> tuple[str, ...]:
        """Names spelled much like one that does not exist, nearest first; with `kinds`, only names of those."""
        wanted = _bigrams(name)
        shared: dict[str, int] = defaultdict(int)
        for gram in wanted:
            for other in self._by_bigram.get(gram, ()):
                shared[other] += 1
        likeness = {
            o: 2 * n / (len(wanted) + len(_bigrams(o))) for o, n in shared.items() if n * 3 >= len(wanted)
        }
        best = sorted(likeness, key=lambda o: (-likeness[o], o))
        if kinds is not None:
            best = [o for o in best if any(i.ref.kind in kinds for i in self.items[o])]
        return tuple(o for o in best[:most] if likeness[o] >= 0.45)

    def lookalike(self, name: str) -> str | None:
        """The existing name that this one imitates with letters of another script."""
        skeleton = name.translate(_LOOKALIKES)
        return (
            skeleton if skeleton != name and (skeleton in self.items or skeleton in self.namespaces) else None
        )

    @cached_property
    def _by_bigram(self) -> dict[str, list[str]]:
        index: dict[str, list[str]] = defaultdict(list)
        for name in self.items:
            for gram in _bigrams(name):
                index[gram].append(name)
        return index


def odd_letter(name: str) -> str:
    """The Unicode name of the first letter in a name that is not ASCII."""
    odd = next((char for char in name if not char.isascii()), "")
    return unicodedata.name(odd, f"U+{ord(odd):04X}") if odd else ""


def kinds_of(items: Iterable[Item]) -> tuple[str, ...]:
    """The kinds among items, each once, in order."""
    return tuple(dict.fromkeys(item.ref.kind for item in items))


def namespaces_of(items: Sequence[Item]) -> tuple[str, ...]:
    """The namespaces among items, each once, in order."""
    return tuple(dict.fromkeys(item.ref.namespace for item in items))


def _bigrams(name: str) -> set[str]:
    padded = f"^{name}$"
    return {padded[i : i + 2] for i in range(len(padded) - 1)}
