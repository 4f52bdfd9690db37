"""ResourceQuota: what is used of it, for people to see.

Source: pkg/controller/resourcequota of the 1.34 release.
"""

from collections.abc import Iterable

from kubesteer.simulator.admission.quotas import COUNTED, QUOTAS, used
from kubesteer.simulator.controllers.access import PODS, Access, own_key
from kubesteer.simulator.objects import name_of, namespace_of, section
from kubesteer.simulator.quantities import quantity_text
from kubesteer.simulator.store import Change, ObjectKey

COUNTED_RESOURCES = frozenset({*COUNTED.values(), PODS})


class Quotas:
    """The controller."""

    def __init__(self, access: Access) -> None:
        self.access = access

    def concerns(self, change: Change) -> Iterable[ObjectKey]:
        """Quotas, and those of a namespace in which something that counts changes."""
        yield from own_key(change, QUOTAS)
        if change.key in COUNTED_RESOURCES:
            for quota in self.access.store.list(QUOTAS, namespace_of(change.entry.obj)):
                yield namespace_of(quota), name_of(quota)

    def reconcile(self, key: ObjectKey) -> float | None:
        """Count what is used."""
        quota = self.access.store.get(QUOTAS, *key)
        if quota is None:
            return None
        hard = section(quota, "spec", "hard")
        taken = {name: quantity_text(name, used(self.access.store, key[0], name)) for name in hard}
        self.access.set_status(QUOTAS, quota, {"hard": dict(hard), "used": taken})
        return None
