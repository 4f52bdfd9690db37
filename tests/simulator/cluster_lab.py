"""A cluster without HTTP, whose clock moves only when a test says so."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import yaml

from kubesteer.simulator.clock import Clock
from kubesteer.simulator.controllers.loop import Loop
from kubesteer.simulator.controllers.registry import controllers
from kubesteer.simulator.deletion import Deletion, delete
from kubesteer.simulator.events import Recorder
from kubesteer.simulator.kubelet.loads import Loads
from kubesteer.simulator.objects import condition, name_of, section
from kubesteer.simulator.registry import Registry
from kubesteer.simulator.resources import BUILT_IN
from kubesteer.simulator.seeds import add, seed
from kubesteer.simulator.store import Store
from kubesteer.simulator.writes import Cluster, Writer

Obj = dict[str, Any]
START = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)
TESTER = Writer("tester", validation="Ignore")


class Lab:
    """Objects by kind and name; everything is in the namespace `default` unless said otherwise."""

    def __init__(self, nodes: int = 3) -> None:
        self.now = START
        self.clock = Clock(lambda: self.now)
        self.store = Store()
        self.cluster = Cluster(self.store, Registry(BUILT_IN), self.clock)
        self.loads = Loads(self.store, self.clock)
        self.loop = Loop(
            self.store,
            self.clock,
            controllers(self.cluster, Recorder(self.store, self.clock), self.loads),
            0.0,
        )
        seed(self.cluster, nodes)
        self.settle()

    def settle(self, rounds: int = 300) -> None:
        """Let the controllers work until nothing is due at this moment."""
        for _ in range(rounds):
            worked = self.loop.step()
            assert self.loop.broken is None, f"a controller broke: {self.loop.broken!r}"
            if not worked:
                return
        raise AssertionError("the controllers do not come to rest")

    def run(self, seconds: float) -> None:
        """Let time pass, from one due moment to the next."""
        end = self.now + timedelta(seconds=seconds)
        self.settle()
        while (due := self.loop.next_due()) is not None and due <= end:
            self.now = max(due, self.now)
            self.settle()
        self.now = end
        self.settle()

    def until(self, holds: Callable[[], Any], seconds: float = 120.0) -> Any:
        """Let time pass until something holds; returns it."""
        end = self.now + timedelta(seconds=seconds)
        self.settle()
        while not (found := holds()):
            due = self.loop.next_due()
            assert due is not None, "nothing happens any more"
            assert due <= end, "it does not come about in time"
            self.now = max(due, self.now)
            self.settle()
        return found

    def add(self, manifest: Obj | str, namespace: str = "default") -> Obj:
        """Create an object (or the documents of a YAML text), and let the controllers see it."""
        documents = list(yaml.safe_load_all(manifest)) if isinstance(manifest, str) else [manifest]
        made: Obj = {}
        for document in documents:
            resource = self.cluster.registry.of_kind(document["apiVersion"], document["kind"])
            assert resource is not None
            if resource.namespaced:
                document["metadata"].setdefault("namespace", namespace)
            made = add(self.cluster, document)
        self.settle()
        return made

    def _place(self, kind: str, namespace: str) -> tuple[tuple[str, str], str]:
        resource = self.cluster.registry.named(kind)
        return resource.key, namespace if resource.namespaced else ""

    def find(self, kind: str, name: str, namespace: str = "default") -> Obj | None:
        """An object, None where it is not there."""
        key, where = self._place(kind, namespace)
        return self.store.get(key, where, name)

    def get(self, kind: str, name: str, namespace: str = "default") -> Obj:
        """An object that must be there."""
        found = self.find(kind, name, namespace)
        assert found is not None, f"no {kind} {name}"
        return found

    def all(self, kind: str, namespace: str = "default") -> list[Obj]:
        """All objects of a kind."""
        return self.store.list(*self._place(kind, namespace))

    def edit(
        self, kind: str, name: str, change: Callable[[Obj], Any], namespace: str = "default", path: str = ""
    ) -> Obj:
        """Change an object in place, through a subresource if `path` names one."""
        resource = self.cluster.registry.named(kind)
        where = namespace if resource.namespaced else ""

        def transform(stored: Obj) -> Obj:
            change(stored)
            return stored

        made = self.cluster.update(
            resource, where, name, transform, Writer("tester", path, validation="Ignore")
        )
        self.settle()
        return made

    def remove(
        self, kind: str, name: str, propagation: str = "Background", namespace: str = "default"
    ) -> None:
        """Ask for the deletion of an object."""
        resource = self.cluster.registry.named(kind)
        where = namespace if resource.namespaced else ""
        delete(self.cluster, resource, where, name, Deletion(propagation=propagation))
        self.settle()

    def events(self, kind: str, name: str = "") -> list[tuple[str, str]]:
        """(reason, message) of the events about an object, oldest first."""
        found = [
            event
            for event in self.store.list(("", "events"))
            if event["involvedObject"]["kind"] == kind and event["involvedObject"]["name"].startswith(name)
        ]
        found.sort(key=lambda event: int(event["metadata"]["resourceVersion"]))
        return [(event["reason"], event["message"]) for event in found]


def names(found: list[Obj]) -> list[str]:
    """The names of objects."""
    return [name_of(obj) for obj in found]


def reason_of(obj: Obj, kind: str) -> tuple[str, str]:
    """(status, reason) of a condition, empty where it is not there."""
    entry = condition(obj, kind) or {}
    return entry.get("status", ""), entry.get("reason", "")


def status_of(obj: Obj) -> Obj:
    """The status."""
    return section(obj, "status")


def template(name: str, image: str = "app:v1", **behaviour: str) -> Obj:
    """A pod template of one container `app`, with simulated behaviour by key (`_` for `-`)."""
    annotations = {
        f"simulator.kubesteer.io/{key.replace('_', '-')}": value for key, value in behaviour.items()
    }
    metadata: Obj = {"labels": {"app": name}, **({"annotations": annotations} if annotations else {})}
    return {"metadata": metadata, "spec": {"containers": [{"name": "app", "image": image}]}}


def pod(name: str, image: str = "app:v1", **behaviour: str) -> Obj:
    """A pod of its own."""
    made = template(name, image, **behaviour)
    made["metadata"]["name"] = name
    return {"apiVersion": "v1", "kind": "Pod", **made}


def workload(kind: str, name: str, template_: Obj | None = None, **spec: Any) -> Obj:
    """A workload of group apps."""
    own: Obj = {"selector": {"matchLabels": {"app": name}}, "template": template_ or template(name)}
    return {"apiVersion": "apps/v1", "kind": kind, "metadata": {"name": name}, "spec": own | spec}
