"""What a condition is judged by: samples of usage, terminations, readiness and log lines of one workload.

CPU is set against requests, as the HorizontalPodAutoscaler does ("Horizontal Pod Autoscaling", algorithm
details); against limits where no container requests any. Memory is set against limits, where the
out-of-memory killer strikes; against requests where there are none.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Literal

from kubesteer.core.clusters import Cluster, LogQuery, Usage
from kubesteer.core.errors import ClusterError
from kubesteer.core.log_templates import severity_of
from kubesteer.core.quantities import amount
from kubesteer.core.refs import Ref
from kubesteer.core.requests import Manifest
from kubesteer.core.texts import Text
from kubesteer.engine.progress import Narrator
from kubesteer.operations import workloads as w
from kubesteer.operations.times import instant
from kubesteer.policies.decisions import ENOUGH_SAMPLES

POLL_SECONDS = 2.0
LONGEST_SAMPLING = 75.0
"""Seconds after which sampling ends with what there is: five times the usual resolution."""
LOG_PODS = 10
LOG_LINES = 500
"""Newest lines that are read of each of at most LOG_PODS pods."""

Pause = Callable[[float], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Sample:
    """One moment's load of all pods together, as fractions of what they request or may use."""

    at: str  # RFC 3339
    window: float  # seconds the figures are averaged over
    cpu: float | None
    memory: float | None
    memory_bytes: float  # of the hungriest pod's hungriest container


@dataclass(frozen=True, slots=True)
class Load:
    """Samples in their order. `why_not` tells why there are none."""

    samples: tuple[Sample, ...] = ()
    cpu_of: str = ""  # "request", "limit" or "" where neither is set
    memory_of: str = ""
    why_not: Text | None = None

    @property
    def seconds(self) -> float:
        """The span that the samples cover."""
        if not self.samples:
            return 0.0
        first, last = instant(self.samples[0].at), instant(self.samples[-1].at)
        between = (last - first).total_seconds() if first and last else 0.0
        return between + self.samples[0].window

    @property
    def sustained(self) -> bool:
        """Whether there are enough samples to speak of more than a moment."""
        return len(self.samples) >= ENOUGH_SAMPLES


@dataclass(frozen=True, slots=True)
class Lines:
    """What the logs hold: how many lines were read, how many tell of errors, and of exhausted memory."""

    read: int = 0
    errors: int = 0
    out_of_memory: int = 0
    worst: str = ""  # the newest error line
    not_read: tuple[str, ...] = ()  # pods whose log could not be read


async def pods_of(cluster: Cluster, workload: Manifest, ref: Ref) -> list[Manifest]:
    """The pods of a workload; a pod is its own."""
    if ref.kind == "Pod":
        return [workload]
    selector = w.selector_of(workload)
    listing = await cluster.collect("Pod", ref.namespace, labels=selector, shape=dict[str, Any])
    return [pod for pod in listing.items if not w.is_going(pod)]


async def load_of(
    cluster: Cluster,
    workload: Manifest,
    ref: Ref,
    resource: Literal["cpu", "memory"],
    narrate: Narrator,
    pause: Pause = asyncio.sleep,
) -> Load:
    """Sample a workload's usage until it can be called sustained, or the time for it is over.

    Not at all where `resource` is neither requested nor limited: there is nothing to set it against.
    """
    cpu_of, memory_of = _basis(workload, ref.kind, "cpu"), _basis(workload, ref.kind, "memory")
    if not {"cpu": cpu_of, "memory": memory_of}[resource]:
        return Load((), cpu_of, memory_of)
    samples: dict[str, Sample] = {}
    waited = 0.0
    while True:
        try:
            sample = await _sample(cluster, workload, ref, cpu_of, memory_of)
        except ClusterError as trouble:
            return Load(tuple(samples.values()), cpu_of, memory_of, trouble.text)
        if sample is not None:
            samples[sample.at] = sample
        if len(samples) >= ENOUGH_SAMPLES or waited >= LONGEST_SAMPLING:
            return Load(tuple(samples.values()), cpu_of, memory_of, None if samples else _NO_METRICS)
        narrate(Text("采样 CPU 与内存", "sampling CPU and memory"), len(samples), ENOUGH_SAMPLES)
        await pause(POLL_SECONDS)
        waited += POLL_SECONDS


async def _sample(
    cluster: Cluster, workload: Manifest, ref: Ref, cpu_of: str, memory_of: str
) -> Sample | None:
    pods = {w.name_of(pod): pod for pod in await pods_of(cluster, workload, ref)}
    found = await cluster.usage("Pod", ref.namespace, labels=w.selector_of(workload))
    used = [usage for usage in found if usage.ref.name in pods]
    if not used:
        return None
    measured = [pods[usage.ref.name] for usage in used]
    return Sample(
        at=min(usage.timestamp for usage in used),
        window=used[0].window,
        cpu=_fraction(sum(sum(u.cpu.values()) for u in used), _granted(measured, "cpu", cpu_of)),
        memory=_worst_memory(used, pods, memory_of),
        memory_bytes=max((b for u in used for b in u.memory.values()), default=0.0),
    )


def _worst_memory(used: Iterable[Usage], pods: dict[str, Manifest], basis: str) -> float | None:
    """The fullest pod counts: one that is killed is not helped by others that have room."""
    shares = [
        _fraction(sum(usage.memory.values()), _granted([pods[usage.ref.name]], "memory", basis))
        for usage in used
    ]
    return max((share for share in shares if share is not None), default=None)


def _fraction(used: float, granted: float) -> float | None:
    return used / granted if granted > 0 else None


def _granted(pods: Iterable[Manifest], resource: str, basis: str) -> float:
    """What the pods' containers together request (or may use), in cores or bytes."""
    if not basis:
        return 0.0
    quantities = (
        w.table_at(container, "resources", f"{basis}s").get(resource)
        for pod in pods
        for container in w.containers_of(pod, "Pod")
    )
    return sum(amount(str(quantity)) for quantity in quantities if quantity is not None)


def _basis(workload: Manifest, kind: str, resource: str) -> str:
    order = ("request", "limit") if resource == "cpu" else ("limit", "request")
    containers = w.containers_of(workload, kind)
    for basis in order:
        if any(resource in w.table_at(container, "resources", f"{basis}s") for container in containers):
            return basis
    return ""


async def lines_of(cluster: Cluster, pods: Sequence[Manifest], ref: Ref) -> Lines:
    """Read the newest lines of every pod, at most LOG_PODS of them, and count what they tell."""
    chosen = sorted(pods, key=w.name_of)[:LOG_PODS]
    parts = await asyncio.gather(*(_lines_of_pod(cluster, pod, ref.namespace) for pod in chosen))
    return Lines(
        read=sum(part.read for part in parts),
        errors=sum(part.errors for part in parts),
        out_of_memory=sum(part.out_of_memory for part in parts),
        worst=next((part.worst for part in parts if part.worst), ""),
        not_read=tuple(name for part in parts for name in part.not_read),
    )


async def _lines_of_pod(cluster: Cluster, pod: Manifest, namespace: str) -> Lines:
    name = w.name_of(pod)
    containers = w.containers_of(pod, "Pod")
    container = str(containers[0].get("name", "")) if containers else ""
    try:
        lines = await _read(cluster.logs(Ref("Pod", namespace, name), LogQuery(container, tail=LOG_LINES)))
    except ClusterError:
        return Lines(not_read=(name,))
    errors = [line for line in lines if severity_of(line) == "error"]
    exhausted = sum(1 for line in lines if _tells_of_memory(line))
    return Lines(len(lines), len(errors), exhausted, errors[-1] if errors else "")


async def _read(stream: AsyncIterator[str]) -> list[str]:
    kept = [line async for line in stream]
    return list(islice(kept, LOG_LINES))


def _tells_of_memory(line: str) -> bool:
    lowered = line.lower()
    return "outofmemoryerror" in lowered or "out of memory" in lowered or "oomkilled" in lowered


_NO_METRICS = Text("metrics.k8s.io 没有这些 Pod 的数据。", "metrics.k8s.io has no figures for these pods.")
