"""Taking the inventory: the names that exist, which understanding rests on.

A list of each kind, a few at a time; the number of requests grows with kinds and pages, never with objects. Of
workloads it takes images and replicas too, of everything else names alone. A kind that could not be listed is
recorded with the reason, so that nobody is told that its objects do not exist.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

import msgspec

from kubesteer.core.clusters import Cluster
from kubesteer.core.coverages import AT_ONCE, reason_of
from kubesteer.core.errors import ClusterError, Forbidden, Unauthenticated, Unavailable
from kubesteer.core.kinds import KINDS, WORKLOADS
from kubesteer.core.plans import Inventory, Item
from kubesteer.core.refs import Ref
from kubesteer.core.texts import Text, join
from kubesteer.engine.places import namespaces_in

T = TypeVar("T")

NAMED = (
    "Pod",
    "Service",
    "ConfigMap",
    "Node",
    "Namespace",
    "Ingress",
    "ReplicaSet",
    "PersistentVolumeClaim",
    "PersistentVolume",
    "HorizontalPodAutoscaler",
    "PodDisruptionBudget",
    "NetworkPolicy",
    "Secret",
)
"""Kinds of which names are enough; of Secrets nothing else is ever asked for here."""

PARTIAL = "forbidden outside namespace"
"""How the reason begins where a kind could be listed in some namespaces only; their names follow."""


_NAME_ONE = Text(
    "如果只能看其中一个命名空间,请用 -n 指明它。", "If you may look into one namespace only, name it with -n."
)


class Metadata(msgspec.Struct):
    """As much of an object's metadata as names it."""

    name: str
    namespace: str = ""


class Container(msgspec.Struct):
    """A container of a pod template."""

    name: str
    image: str = ""


class PodSpec(msgspec.Struct):
    """The spec of a pod template."""

    containers: list[Container] | None = None


class Template(msgspec.Struct):
    """A pod template."""

    spec: PodSpec = msgspec.field(default_factory=PodSpec)


class JobSpec(msgspec.Struct):
    """The spec of a CronJob's job template."""

    template: Template = msgspec.field(default_factory=Template)


class JobTemplate(msgspec.Struct):
    """What a CronJob makes its Jobs from."""

    spec: JobSpec = msgspec.field(default_factory=JobSpec)


class Spec(msgspec.Struct):
    """The spec of any workload; a CronJob's template stands deeper."""

    replicas: int | None = None
    template: Template | None = None
    jobTemplate: JobTemplate | None = None


class Workload(msgspec.Struct):
    """A Deployment, StatefulSet, DaemonSet, CronJob or Job."""

    metadata: Metadata
    spec: Spec = msgspec.field(default_factory=Spec)

    @property
    def images(self) -> Mapping[str, str]:
        """Container name to image."""
        template = self.spec.template or (self.spec.jobTemplate or JobTemplate()).spec.template
        return {container.name: container.image for container in template.spec.containers or ()}


@dataclass(frozen=True, slots=True)
class _Shelf:
    """What came of one kind: its items, or the trouble; with both, the items are of the namespaces in `partial`."""

    items: tuple[Item, ...] = ()
    trouble: ClusterError | None = None
    partial: tuple[str, ...] = ()


async def take_inventory(cluster: Cluster, namespace: str = "", words: str = "") -> Inventory:
    """The names that exist now, workloads first. What may not be listed in all namespaces is looked for in
    `namespace`, "" for none, and in those that `words` name.

    Raises:
        ClusterError: the server does not answer or does not know us, or not one kind could be listed.
    """
    kinds = (*WORKLOADS, *NAMED)
    found = await _together([partial(_shelf, cluster, kind) for kind in kinds])
    shelves = dict(zip(kinds, found, strict=True))
    for place in await _places(cluster, shelves["Deployment"], namespace, words):
        hidden = [kind for kind, shelf in shelves.items() if _may_be_partial(kind, shelf)]
        found = await _together([partial(_shelf_of, cluster, kind, place, shelves[kind]) for kind in hidden])
        shelves.update(zip(hidden, found, strict=True))
    _raise_if_nothing(shelves, namespace)
    missing = {kind: _reason(shelf) for kind, shelf in shelves.items() if shelf.trouble is not None}
    return Inventory.of((item for shelf in shelves.values() for item in shelf.items), missing)


async def _places(cluster: Cluster, deployments: _Shelf, namespace: str, words: str) -> list[str]:
    """The namespaces to look into one by one. A word is taken for one where it may be looked into; whoever
    may look into all of them never needs that, and would find any word to be one."""
    home = [namespace] if namespace else []
    if not isinstance(deployments.trouble, Forbidden):
        return home
    candidates = [word for word in namespaces_in(words) if word != namespace]
    seen = await _together([partial(_may_look, cluster, word) for word in candidates])
    return home + [word for word, may in zip(candidates, seen, strict=True) if may]


async def _may_look(cluster: Cluster, namespace: str) -> bool:
    for kind in ("Deployment", "Pod"):
        try:
            await cluster.names(kind, namespace)
        except ClusterError as trouble:
            _bearable(trouble)
        else:
            return True
    return False


async def _shelf(cluster: Cluster, kind: str) -> _Shelf:
    try:
        return _Shelf(await _items(cluster, kind))
    except ClusterError as trouble:
        return _Shelf(trouble=_bearable(trouble))


def _may_be_partial(kind: str, shelf: _Shelf) -> bool:
    return isinstance(shelf.trouble, Forbidden) and (KINDS[kind].namespaced or kind == "Namespace")


async def _shelf_of(cluster: Cluster, kind: str, namespace: str, so_far: _Shelf) -> _Shelf:
    """The shelf with what one more namespace holds."""
    try:
        namespaced = kind != "Namespace"
        items = await _items(cluster, kind, namespace) if namespaced else (Item(Ref(kind, "", namespace)),)
    except ClusterError as trouble:
        return so_far if so_far.partial else _Shelf(trouble=_bearable(trouble))
    return _Shelf((*so_far.items, *items), so_far.trouble, (*so_far.partial, namespace))


def _bearable(trouble: ClusterError) -> ClusterError:
    """The trouble, if the other kinds may fare better; raised where nobody answers or nobody knows us."""
    if isinstance(trouble, Unauthenticated) or (isinstance(trouble, Unavailable) and not trouble.status):
        raise trouble
    return trouble


async def _items(cluster: Cluster, kind: str, namespace: str = "") -> tuple[Item, ...]:
    if kind not in WORKLOADS:
        return tuple(Item(ref) for ref in await cluster.names(kind, namespace))
    listing = await cluster.collect(kind, namespace, shape=Workload)
    return tuple(
        Item(Ref(kind, each.metadata.namespace, each.metadata.name), each.images, each.spec.replicas)
        for each in listing.items
    )


async def _together(looks: Sequence[Callable[[], Awaitable[T]]]) -> list[T]:
    """A few at a time; the first that raises ends the others, which would only wait for the same server."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(look: Callable[[], Awaitable[T]]) -> T:
        async with gate:
            return await look()

    tasks = [asyncio.ensure_future(one(look)) for look in looks]
    try:
        return await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _raise_if_nothing(shelves: Mapping[str, _Shelf], namespace: str) -> None:
    # That the namespace exists was assumed where it could not be listed, not seen.
    if any(not s.trouble or (s.partial and kind != "Namespace") for kind, s in shelves.items()):
        return
    trouble = next(found.trouble for found in shelves.values() if found.trouble is not None)
    if isinstance(trouble, Forbidden) and not namespace:
        remedy = _NAME_ONE if trouble.remedy is None else join([_NAME_ONE, trouble.remedy])
        raise Forbidden(trouble.text, remedy, status=trouble.status) from trouble
    raise trouble


def _reason(found: _Shelf) -> str:
    assert found.trouble is not None
    return f"{PARTIAL} {', '.join(found.partial)}" if found.partial else reason_of(found.trouble)
