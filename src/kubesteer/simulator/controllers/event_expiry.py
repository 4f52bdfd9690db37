"""Events are forgotten an hour after they last happened, as an API server's `--event-ttl` has it."""

from collections.abc import Iterable

from kubesteer.simulator.clock import read_stamp
from kubesteer.simulator.controllers.access import Access, own_key
from kubesteer.simulator.events import EVENTS
from kubesteer.simulator.objects import Obj, text
from kubesteer.simulator.store import Change, ObjectKey

LIFE_SECONDS = 3600.0


class EventExpiry:
    """The controller."""

    def __init__(self, access: Access) -> None:
        self.access = access

    def concerns(self, change: Change) -> Iterable[ObjectKey]:
        """New events, whose time is looked at again when it is over."""
        return own_key(change, EVENTS) if change.type == "ADDED" else []

    def reconcile(self, key: ObjectKey) -> float | None:
        """Forget an event, or say when to look again."""
        event = self.access.store.get(EVENTS, *key)
        if event is None:
            return None
        clock = self.access.clock
        left = LIFE_SECONDS - clock.elapsed(read_stamp(_last(event), clock.now()))
        if left > 0:
            return left
        self.access.store.remove(EVENTS, *key)
        return None


def _last(event: Obj) -> str:
    """When an event last happened; when it was made, for one that does not say."""
    told = text(event, "series", "lastObservedTime") or text(event, "lastTimestamp")
    return told or text(event, "eventTime") or text(event, "metadata", "creationTimestamp")
