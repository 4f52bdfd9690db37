"""Present consumption from metrics.k8s.io/v1beta1 (kubernetes-sigs/metrics-server)."""

from __future__ import annotations

import re

import msgspec

from kubesteer.adapters.kubernetes.decoders import Metadata, unreadable
from kubesteer.core.clusters import Usage
from kubesteer.core.quantities import amount
from kubesteer.core.refs import Ref

_PART = re.compile(r"(\d+(?:\.\d+)?)(h|ms|µs|us|ns|m|s)")
_SECONDS = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 1e-3, "µs": 1e-6, "us": 1e-6, "ns": 1e-9}


class ContainerMetrics(msgspec.Struct):
    """One container of a PodMetrics."""

    name: str
    usage: dict[str, str]


class Metrics(msgspec.Struct):
    """A PodMetrics, or a NodeMetrics, which has `usage` instead of containers."""

    metadata: Metadata
    timestamp: str
    window: str
    containers: list[ContainerMetrics] | None = None
    usage: dict[str, str] | None = None


def usage_of(kind: str, metrics: Metrics) -> Usage:
    """The figures in cores and bytes.

    Raises:
        Unavailable: a figure is no quantity.
    """
    by_container = {c.name: c.usage for c in metrics.containers or ()}
    if metrics.usage is not None:
        by_container = {"": metrics.usage}
    try:
        return Usage(
            Ref(kind, metrics.metadata.namespace, metrics.metadata.name),
            metrics.timestamp,
            seconds(metrics.window),
            {name: amount(usage["cpu"]) for name, usage in by_container.items() if "cpu" in usage},
            {name: amount(usage["memory"]) for name, usage in by_container.items() if "memory" in usage},
        )
    except ValueError as error:
        raise unreadable(error) from error


def seconds(duration: str) -> float:
    """A Go duration such as `30s` or `1m2.5s` in seconds.

    Raises:
        ValueError: it is not one.
    """
    parts = _PART.findall(duration)
    if not parts or "".join(number + unit for number, unit in parts) != duration:
        raise ValueError(f"not a duration: {duration[:40]!r}")
    return sum(float(number) * _SECONDS[unit] for number, unit in parts)
