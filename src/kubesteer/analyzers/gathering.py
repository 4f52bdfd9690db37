"""One snapshot of a cluster: every kind that rules need, by paged lists, a few at a time.

The number of requests grows with kinds and pages, never with objects.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Literal

from kubesteer.analyzers.clocks import Clock, server_time
from kubesteer.analyzers.resources import clusters, networks, pods, scaling, volumes, workloads
from kubesteer.analyzers.resources.shapes import Object
from kubesteer.analyzers.world import World
from kubesteer.core.clusters import Cluster, Usage
from kubesteer.core.coverages import AT_ONCE, reason_of
from kubesteer.core.errors import ClusterError
from kubesteer.core.findings import Coverage
from kubesteer.core.kinds import KINDS
from kubesteer.core.refs import Ref

SHAPES: tuple[type[Object], ...] = (
    pods.Pod,
    clusters.Event,
    workloads.ReplicaSet,
    workloads.Deployment,
    workloads.StatefulSet,
    workloads.DaemonSet,
    workloads.ControllerRevision,
    workloads.Job,
    workloads.CronJob,
    networks.Service,
    networks.EndpointSlice,
    networks.Ingress,
    networks.IngressClass,
    networks.NetworkPolicy,
    networks.Gateway,
    networks.GatewayClass,
    networks.HttpRoute,
    volumes.PersistentVolumeClaim,
    volumes.PersistentVolume,
    volumes.StorageClass,
    volumes.VolumeAttachment,
    volumes.CsiDriver,
    scaling.HorizontalPodAutoscaler,
    scaling.PodDisruptionBudget,
    scaling.ResourceQuota,
    scaling.LimitRange,
    clusters.Node,
    clusters.Namespace,
    clusters.ValidatingWebhookConfiguration,
    clusters.MutatingWebhookConfiguration,
    clusters.ApiService,
)
"""Kinds listed in full, the largest first so that the long lists start early."""

NAMED = ("ConfigMap", "Secret", "ServiceAccount")
"""Kinds of which only names matter: their content is large, or secret, and no rule reads it."""

LISTED = (*(shape.kind for shape in SHAPES), *NAMED, "PodMetrics", "NodeMetrics")
"""Every kind that a scan lists: the rights that it takes to be complete."""

Progress = Callable[[str, int, int], None]
"""Told the kind that was just listed, how many kinds are done, and of how many."""


@dataclass(slots=True)
class _Haul:
    objects: dict[str, list[Any]] = field(default_factory=dict)
    names: dict[str, frozenset[Ref]] = field(default_factory=dict)
    usage: dict[Ref, Usage] = field(default_factory=dict)
    looked_at: dict[str, int] = field(default_factory=dict)
    not_looked_at: dict[str, str] = field(default_factory=dict)
    troubles: dict[str, ClusterError] = field(default_factory=dict)


async def gather(
    cluster: Cluster,
    namespace: str = "",
    *,
    progress: Progress | None = None,
    clock: Clock | None = None,
) -> World:
    """The World of a namespace ("" for the whole cluster). Cluster-scoped kinds are listed in either case.

    Raises:
        ClusterError: not even one kind could be listed (credentials, connection): the first such error.
    """
    haul, gate = _Haul(), asyncio.Semaphore(AT_ONCE)
    total = len(SHAPES) + len(NAMED) + 2

    async def one(kind: str, fetch: Callable[[], Any]) -> None:
        async with gate:
            try:
                await fetch()
            except ClusterError as error:
                haul.not_looked_at[kind], haul.troubles[kind] = reason_of(error), error
        if progress is not None:
            progress(kind, len(haul.looked_at) + len(haul.not_looked_at), total)

    fetches = _fetches(cluster, namespace, haul)
    await asyncio.gather(*(one(kind, fetch) for kind, fetch in fetches.items()))
    if not haul.looked_at and haul.troubles:
        raise next(iter(haul.troubles.values()))
    coverage = Coverage(haul.looked_at, haul.not_looked_at)
    now = server_time(haul.objects, haul.usage.values(), clock)
    return World(haul.objects, coverage, now, namespace, haul.names, haul.usage)


def _fetches(cluster: Cluster, namespace: str, haul: _Haul) -> dict[str, Callable[[], Any]]:
    async def collect(shape: type[Object]) -> None:
        where = namespace if KINDS[shape.kind].namespaced else ""
        listing = await cluster.collect(shape.kind, where, shape=shape)
        haul.objects[shape.kind] = listing.items
        haul.looked_at[shape.kind] = len(listing.items)

    async def names(kind: str) -> None:
        haul.names[kind] = frozenset(await cluster.names(kind, namespace))
        haul.looked_at[kind] = len(haul.names[kind])

    async def usage(kind: Literal["Pod", "Node"]) -> None:
        found = await cluster.usage(kind, namespace if kind == "Pod" else "")
        haul.usage.update({each.ref: each for each in found})
        haul.looked_at[f"{kind}Metrics"] = len(found)

    fetches: dict[str, Callable[[], Any]] = {shape.kind: partial(collect, shape) for shape in SHAPES}
    fetches |= {kind: partial(names, kind) for kind in NAMED}
    fetches["PodMetrics"] = partial(usage, "Pod")
    fetches["NodeMetrics"] = partial(usage, "Node")
    return fetches
