"""The garbage collector: what is owned goes with its owner, before it or not at all.

Source: https://kubernetes.io/docs/concepts/architecture/garbage-collection/
"""

from collections.abc import Iterable, Iterator
from functools import partial

from kubesteer.simulator.controllers.access import Access
from kubesteer.simulator.deletion import FOREGROUND, ORPHAN
from kubesteer.simulator.objects import Obj, items, name_of, namespace_of, section, terminating, uid_of
from kubesteer.simulator.registry import StoreKey
from kubesteer.simulator.store import Change, ObjectKey

GONE = "gone"
Where = tuple[StoreKey, str, str]


class GarbageCollector:
    """The controller. Its keys are ("gone", UID) for an owner that is no more, and (UID, "") for objects."""

    def __init__(self, access: Access) -> None:
        self.access = access
        self._places: dict[str, Where] = {}
        self._owned: dict[str, set[str]] = {}
        """UIDs of what an owner (by UID) owns."""

    def concerns(self, change: Change) -> Iterable[ObjectKey]:
        """What is gone, what is being deleted, what has owners."""
        obj, uid = change.entry.obj, uid_of(change.entry.obj)
        for reference in items(change.before or {}, "metadata", "ownerReferences"):
            self._owned.get(str(reference.get("uid")), set()).discard(uid)
        owners = [str(one.get("uid")) for one in items(obj, "metadata", "ownerReferences")]
        if change.type == "DELETED":
            self._places.pop(uid, None)
            if self._owned.get(uid):
                yield GONE, uid
            yield from ((owner, "") for owner in owners if owner in self._places)
            return
        self._places[uid] = (change.key, namespace_of(obj), name_of(obj))
        for owner in owners:
            self._owned.setdefault(owner, set()).add(uid)
        if owners or terminating(obj):
            yield uid, ""

    def reconcile(self, key: ObjectKey) -> float | None:
        """Follow one object, or the end of one owner."""
        first, second = key
        if first == GONE:
            for key_of_child, child in list(self._children(second)):
                self._follow(key_of_child, child)
            return None
        where = self._places.get(first)
        obj = self.access.store.get(*where) if where else None
        if where is None or obj is None or uid_of(obj) != first:
            return None
        if terminating(obj):
            self._finalize(where[0], obj)
        elif items(obj, "metadata", "ownerReferences"):
            self._follow(where[0], obj)
        return None

    def _children(self, uid: str) -> Iterator[tuple[StoreKey, Obj]]:
        for child in sorted(self._owned.get(uid, set())):
            where = self._places.get(child)
            obj = self.access.store.get(*where) if where else None
            if where is not None and obj is not None:
                yield where[0], obj

    def _follow(self, key: StoreKey, obj: Obj) -> None:
        """Delete an object whose owners are all gone; otherwise forget those that are."""
        if terminating(obj):
            return
        owners = items(obj, "metadata", "ownerReferences")
        living = [one for one in owners if str(one.get("uid")) in self._places]
        if not living:
            waits = any(one.get("blockOwnerDeletion") for _, one in self._blocking(obj))
            self.access.delete(key, obj, "Foreground" if waits else "Background")
        elif len(living) < len(owners):
            self.access.update(key, obj, partial(_with_owners, owners=living))

    def _blocking(self, obj: Obj) -> Iterator[tuple[Obj, Obj]]:
        """Children (with their reference) that are waiting to be deleted before their owner."""
        for _, child in self._children(uid_of(obj)):
            for reference in items(child, "metadata", "ownerReferences"):
                if reference.get("uid") == uid_of(obj) and FOREGROUND in _finalizers(obj):
                    yield child, reference

    def _finalize(self, key: StoreKey, obj: Obj) -> None:
        finalizers = _finalizers(obj)
        if ORPHAN in finalizers:
            for child_key, child in list(self._children(uid_of(obj))):
                owners = items(child, "metadata", "ownerReferences")
                left = [one for one in owners if one.get("uid") != uid_of(obj)]
                self.access.update(child_key, child, partial(_with_owners, owners=left))
            self.access.update(key, obj, lambda stored: _without_finalizer(stored, ORPHAN))
        elif FOREGROUND in finalizers:
            self._delete_children(obj)
            if not any(reference.get("blockOwnerDeletion") for _, reference in self._blocking(obj)):
                self.access.update(key, obj, lambda stored: _without_finalizer(stored, FOREGROUND))

    def _delete_children(self, obj: Obj) -> None:
        for key, child in list(self._children(uid_of(obj))):
            others = [
                one
                for one in items(child, "metadata", "ownerReferences")
                if one.get("uid") != uid_of(obj) and str(one.get("uid")) in self._places
            ]
            if not others and not terminating(child):
                self.access.delete(key, child, "Foreground")


def _finalizers(obj: Obj) -> list[str]:
    found = section(obj, "metadata").get("finalizers")
    return list(found) if isinstance(found, list) else []


def _with_owners(stored: Obj, owners: list[Obj]) -> Obj:
    if owners:
        stored["metadata"]["ownerReferences"] = owners
    else:
        stored["metadata"].pop("ownerReferences", None)
    return stored


def _without_finalizer(stored: Obj, finalizer: str) -> Obj:
    left = [one for one in _finalizers(stored) if one != finalizer]
    if left:
        stored["metadata"]["finalizers"] = left
    else:
        stored["metadata"].pop("finalizers", None)
    return stored
