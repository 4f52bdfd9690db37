"""What every controller may do to the cluster: read what it owns, write, delete, tell events."""

from collections.abc import Callable
from datetime import datetime

from kubesteer.simulator.clock import Clock, read_stamp
from kubesteer.simulator.deletion import Deletion, delete
from kubesteer.simulator.events import Recorder
from kubesteer.simulator.failures import Failure
from kubesteer.simulator.objects import (
    Obj,
    condition,
    condition_is,
    controlled_by,
    controller_of,
    name_of,
    namespace_of,
    uid_of,
)
from kubesteer.simulator.registry import Resource, StoreKey
from kubesteer.simulator.store import Change, ObjectKey, Store
from kubesteer.simulator.writes import Cluster, Writer

PODS: StoreKey = ("", "pods")
NODES: StoreKey = ("", "nodes")
MANAGER = "kube-controller-manager"
CONFLICT, NOT_FOUND = 409, 404


class Access:
    """The cluster as one component sees it, under its manager's name."""

    def __init__(self, cluster: Cluster, recorder: Recorder, component: str, manager: str = MANAGER) -> None:
        self.cluster = cluster
        self.recorder = recorder
        self.component = component
        self._writer = Writer(manager, trusted=True)
        self._status_writer = Writer(manager, "status", trusted=True)
        self._ready: dict[str, datetime] = {}

    @property
    def store(self) -> Store:
        """All objects."""
        return self.cluster.store

    @property
    def clock(self) -> Clock:
        """The cluster's time."""
        return self.cluster.clock

    def resource(self, key: StoreKey) -> Resource:
        """The resource whose objects are kept under a key; raises KeyError."""
        for resource in self.cluster.registry:
            if resource.key == key and resource.stored is None:
                return resource
        raise KeyError(key)

    def owned(self, key: StoreKey, owner: Obj) -> list[Obj]:
        """The objects of a resource that `owner` controls."""
        found = self.store.list(key, namespace_of(owner))
        return [obj for obj in found if controlled_by(obj, owner)]

    def create(self, key: StoreKey, obj: Obj) -> Obj:
        """Create an object in the namespace that it names. Raises Failure."""
        return self.cluster.create(self.resource(key), obj, self._writer, namespace_of(obj))

    def update(self, key: StoreKey, obj: Obj, change: Callable[[Obj], Obj]) -> Obj:
        """Change an object that is stored (the change gets a copy). Raises Failure."""
        return self.cluster.update(self.resource(key), namespace_of(obj), name_of(obj), change, self._writer)

    def finalize(self, key: StoreKey, obj: Obj, change: Callable[[Obj], Obj]) -> Obj:
        """Change `spec.finalizers`, which has a path of its own. Raises Failure."""
        writer = Writer(self._writer.manager, "finalize", trusted=True)
        return self.cluster.update(self.resource(key), namespace_of(obj), name_of(obj), change, writer)

    def set_status(self, key: StoreKey, obj: Obj, status: Obj, annotations: Obj | None = None) -> Obj:
        """Write a status (and annotations, which its path allows too). Raises Failure."""
        if obj.get("status", {}) == status and annotations is None:
            return obj

        def change(stored: Obj) -> Obj:
            if annotations is not None:
                stored["metadata"]["annotations"] = annotations
            return {**stored, "status": status}

        return self.cluster.update(
            self.resource(key), namespace_of(obj), name_of(obj), change, self._status_writer
        )

    def delete(
        self, key: StoreKey, obj: Obj, propagation: str = "Background", grace: int | None = None
    ) -> None:
        """Delete an object; one that is gone or replaced already is none of our business."""
        wanted = Deletion(propagation=propagation, grace=grace, uid=uid_of(obj))
        try:
            delete(self.cluster, self.resource(key), namespace_of(obj), name_of(obj), wanted)
        except Failure as failure:
            if failure.code not in (NOT_FOUND, CONFLICT):
                raise

    def normal(self, obj: Obj, reason: str, message: str) -> None:
        """Tell something ordinary."""
        self.recorder.record(obj, "Normal", reason, message, self.component)

    def warning(self, obj: Obj, reason: str, message: str) -> None:
        """Tell something bad."""
        self.recorder.record(obj, "Warning", reason, message, self.component)

    def ready_for(self, pod: Obj) -> float:
        """Simulated seconds since a pod got ready, 0 while it is not.

        A status carries whole seconds, too coarse for an accelerated clock: so the moment of the first look
        counts where the status says less than a second of wall-clock time.
        """
        if not condition_is(pod, "Ready"):
            self._ready.pop(uid_of(pod), None)
            return 0.0
        now = self.clock.now()
        if uid_of(pod) not in self._ready:
            told = read_stamp((condition(pod, "Ready") or {}).get("lastTransitionTime"), now)
            self._ready[uid_of(pod)] = told if (now - told).total_seconds() >= 1 else now
        return self.clock.elapsed(self._ready[uid_of(pod)])


def own_key(change: Change, key: StoreKey) -> list[ObjectKey]:
    """The changed object itself, where it is of a resource."""
    obj = change.entry.obj
    return [(namespace_of(obj), name_of(obj))] if change.key == key else []


def owner_key(change: Change, key: StoreKey, kind: str) -> list[ObjectKey]:
    """The controllers (now and before) of a changed object of a resource, where they are of a kind."""
    if change.key != key:
        return []
    found = []
    for obj in (change.entry.obj, change.before):
        owner = controller_of(obj) if obj else None
        if obj and owner and owner.get("kind") == kind:
            found.append((namespace_of(obj), str(owner.get("name"))))
    return found
