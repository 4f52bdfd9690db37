"""The server's time, which may differ from ours by hours."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from kubesteer.analyzers.resources.clusters import Event, Node
from kubesteer.analyzers.resources.pods import Pod
from kubesteer.analyzers.resources.shapes import moment
from kubesteer.core.clusters import Usage

Clock = Callable[[], float]
"""Seconds since 1970."""

AHEAD = 60.0
"""A stamp this far in our future (seconds) proves that our clock is behind the server's."""

BEHIND = 1800.0
"""Live signs this old (seconds) prove that our clock is ahead: a ready node's kubelet reports every five
minutes at the latest (nodeStatusReportFrequency), metrics are a minute old."""


def server_time(objects: Mapping[str, list[Any]], usage: Iterable[Usage], clock: Clock | None) -> float:
    """What the server's clock says: ours, unless what the cluster stamped proves ours wrong."""
    here = clock() if clock is not None else time.time()
    live = max(_live(objects, usage), default=0.0)
    newest = max(live, max(_stamps(objects), default=0.0))
    if newest > here + AHEAD or (live and here - live > BEHIND):
        return newest
    return here


def _live(objects: Mapping[str, list[Any]], usage: Iterable[Usage]) -> Iterable[float]:
    nodes: list[Node] = objects.get("Node", [])
    for node in nodes:
        ready = node.condition("Ready")
        if ready is not None and ready.status == "True":
            yield moment(ready.last_heartbeat_time)
    for each in usage:
        yield moment(each.timestamp)


def _stamps(objects: Mapping[str, list[Any]]) -> Iterable[float]:
    events: list[Event] = objects.get("Event", [])
    yield from (event.last for event in events)
    pods: list[Pod] = objects.get("Pod", [])
    for pod in pods:
        yield moment(pod.metadata.creation_timestamp)
        yield from (moment(condition.last_transition_time) for condition in pod.status.conditions)
