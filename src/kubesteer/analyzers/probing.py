"""Probes: what they ask, and what the kubelet says of them.

Messages: kubernetes pkg/kubelet/prober and pkg/probe ("Liveness probe failed: HTTP probe failed with
statuscode: 404", "… connect: connection refused", "Container app failed liveness probe, will be restarted").
"""

from __future__ import annotations

import re

from kubesteer.analyzers.resources.clusters import Event
from kubesteer.analyzers.resources.pods import Container, Pod, Probe
from kubesteer.analyzers.world import World

PROBES = ("liveness", "readiness", "startup")
REFUSED = re.compile(r"connection refused|no route to host|unable to connect", re.IGNORECASE)
STATUS = re.compile(r"statuscode: (\d+)", re.IGNORECASE)
WRONG_PATH = frozenset({"400", "404", "405"})
SLOW = re.compile(r"deadline exceeded|timeout|timed out", re.IGNORECASE)


def probe_of(container: Container, kind: str) -> Probe | None:
    """A container's probe by its kind."""
    probe: Probe | None = getattr(container, f"{kind}_probe")
    return probe


def told(world: World, pod: Pod, container: str, kind: str) -> Event | None:
    """The newest event of a probe's failure."""
    head = f"{kind} probe "
    for event in world.events_of(pod):
        path = event.involved_object.field_path
        if event.reason not in ("Unhealthy", "ProbeError") or not event.message.lower().startswith(head):
            continue
        recent = world.recent(event.last)
        if recent and (not path or "{" + container + "}" in path or len(pod.spec.containers) == 1):
            return event
    return None


def kills(world: World, pod: Pod, container: str, kind: str) -> bool:
    """Whether the kubelet says that it restarts the container for this probe."""
    words = f"failed {kind} probe"
    return any(
        event.reason == "Killing" and words in event.message and container in event.message
        for event in world.events_of(pod)
        if world.recent(event.last)
    )


def scheme(probe: Probe) -> str:
    """How it asks."""
    if probe.http_get:
        return "HTTP"
    if probe.tcp_socket:
        return "TCP"
    if probe.grpc:
        return "gRPC"
    return "exec " + " ".join(probe.exec.command) if probe.exec else ""


def path_of(probe: Probe) -> str:
    """The path that it asks for, "" where it asks for none."""
    return (probe.http_get.path or "/") if probe.http_get else ""


def wrong_port(container: Container, probe: Probe) -> bool:
    """Whether a probe asks a port that its container does not declare, though it declares some."""
    port = probe.port
    if port is None or not container.ports or port == 0:
        return False
    return port not in {p.container_port for p in container.ports} | {
        p.name for p in container.ports if p.name
    }
