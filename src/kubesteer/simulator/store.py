"""The objects of the cluster, their resourceVersions, and the recent changes that watches replay.

Everything here happens on one event loop; nothing in it waits.
"""

from bisect import bisect_left, bisect_right, insort
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Literal

import msgspec

from kubesteer.simulator.objects import Obj, name_of, namespace_of
from kubesteer.simulator.registry import StoreKey

ObjectKey = tuple[str, str]
ChangeType = Literal["ADDED", "MODIFIED", "DELETED"]
encode = msgspec.json.Encoder().encode


class Entry:
    """An object as stored, with its JSON form made once."""

    __slots__ = ("_bare", "obj", "rv")

    def __init__(self, obj: Obj, rv: int) -> None:
        self.obj = obj
        self.rv = rv
        self._bare: bytes | None = None

    @property
    def bare(self) -> bytes:
        """The object as JSON without `kind` and `apiVersion`, as the items of a typed list are written."""
        if self._bare is None:
            self._bare = encode({key: self.obj[key] for key in self.obj if key not in ("kind", "apiVersion")})
        return self._bare

    @property
    def encoded(self) -> bytes:
        """The object as JSON."""
        head = b'{"kind":%b,"apiVersion":%b,' % (encode(self.obj["kind"]), encode(self.obj["apiVersion"]))
        return head + self.bare[1:]


@dataclass(frozen=True, slots=True)
class Change:
    """One write, as a watch tells it."""

    type: ChangeType
    key: StoreKey
    entry: Entry
    before: Obj | None


Listener = Callable[[Change], None]


class Bucket:
    """The objects of one resource, in the order of their keys (namespace, name)."""

    def __init__(self, history: int) -> None:
        self.entries: dict[ObjectKey, Entry] = {}
        self.order: list[ObjectKey] = []
        self.changes: deque[Change] = deque(maxlen=history)
        self.forgotten = 0
        """Highest resourceVersion that dropped out of `changes`."""

    def remember(self, change: Change) -> None:
        """Append to the history; the oldest change falls out at its end."""
        if len(self.changes) == self.changes.maxlen:
            self.forgotten = self.changes[0].entry.rv
        self.changes.append(change)

    def rewound(self, rv: int) -> dict[ObjectKey, Entry | None]:
        """What was different at a resourceVersion that is not forgotten: the entries then, None for no object."""
        past: dict[ObjectKey, Entry | None] = {}
        for change in reversed(self.changes):
            if change.entry.rv <= rv:
                break
            place = (namespace_of(change.entry.obj), name_of(change.entry.obj))
            before = change.before
            past[place] = Entry(before, int(before["metadata"]["resourceVersion"])) if before else None
        return past

    def keys(self, namespace: str, after: ObjectKey | None) -> Iterator[ObjectKey]:
        """Keys of a namespace ("" = all), in order, behind `after`."""
        start, end = self.extent(namespace, after)
        return islice(self.order, start, end)

    def extent(self, namespace: str, after: ObjectKey | None) -> tuple[int, int]:
        """Where in `order` the keys of a namespace ("" = all) behind `after` begin and end."""
        start, end = 0, len(self.order)
        if namespace:
            start = bisect_left(self.order, (namespace, ""))
            end = bisect_left(self.order, (namespace + "\0", ""))
        return (max(start, bisect_right(self.order, after)) if after else start), end


class Store:
    """All objects. `history` is how many changes of each resource a watch can go back."""

    def __init__(self, history: int = 4096) -> None:
        self.rv = 1
        self.compacted = 0
        self._history = history
        self._buckets: dict[StoreKey, Bucket] = {}
        self._listeners: list[Listener] = []

    def bucket(self, key: StoreKey) -> Bucket:
        """The objects of one resource."""
        found = self._buckets.get(key)
        if found is None:
            found = self._buckets[key] = Bucket(self._history)
        return found

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Be called with every change from now on; returns how to stop."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def get(self, key: StoreKey, namespace: str, name: str) -> Obj | None:
        """One object (not to be changed in place)."""
        entry = self.bucket(key).entries.get((namespace, name))
        return entry.obj if entry else None

    def entry(self, key: StoreKey, namespace: str, name: str) -> Entry | None:
        """One object with its encoding."""
        return self.bucket(key).entries.get((namespace, name))

    def list(self, key: StoreKey, namespace: str = "") -> list[Obj]:
        """All objects of a resource, in key order (not to be changed in place)."""
        bucket = self.bucket(key)
        return [bucket.entries[found].obj for found in bucket.keys(namespace, None)]

    def put(self, key: StoreKey, obj: Obj) -> Obj:
        """Store an object under a new resourceVersion; the object belongs to the store from then on."""
        bucket = self.bucket(key)
        place = (namespace_of(obj), name_of(obj))
        before = bucket.entries.get(place)
        self.rv += 1
        obj["metadata"]["resourceVersion"] = str(self.rv)
        entry = Entry(obj, self.rv)
        bucket.entries[place] = entry
        if before is None:
            insort(bucket.order, place)
        self._tell(
            bucket, Change("MODIFIED" if before else "ADDED", key, entry, before.obj if before else None)
        )
        return obj

    def remove(self, key: StoreKey, namespace: str, name: str) -> Obj:
        """Forget an object; raises KeyError. Its last form carries the resourceVersion of the deletion."""
        bucket = self.bucket(key)
        place = (namespace, name)
        before = bucket.entries.pop(place)
        del bucket.order[bisect_left(bucket.order, place)]
        self.rv += 1
        last = {**before.obj, "metadata": {**before.obj["metadata"], "resourceVersion": str(self.rv)}}
        self._tell(bucket, Change("DELETED", key, Entry(last, self.rv), before.obj))
        return last

    def compact(self) -> None:
        """Forget all history: older watches and continue tokens get 410 Gone, as after an etcd compaction."""
        self.compacted = self.rv
        for bucket in self._buckets.values():
            bucket.changes.clear()

    def oldest(self, key: StoreKey) -> int:
        """The oldest resourceVersion from which the changes of a resource can still be told."""
        return max(self.compacted, self.bucket(key).forgotten)

    def _tell(self, bucket: Bucket, change: Change) -> None:
        bucket.remember(change)
        for listener in tuple(self._listeners):
            listener(change)
