"""`Actuator` on the Kubernetes API: the only module that changes a cluster."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from typing import Any

from kubesteer.adapters.kubernetes.clusters import KubernetesCluster, outcome
from kubesteer.adapters.kubernetes.exchanges import ApiRequest
from kubesteer.adapters.kubernetes.writes import MANAGER, written
from kubesteer.core.errors import ClusterError, Unusable
from kubesteer.core.kinds import KINDS
from kubesteer.core.names import checked_name
from kubesteer.core.refs import Ref
from kubesteer.core.requests import Create, Manifest, Warrant

LONGEST_MESSAGE = 1024
"""Bytes of an Event's message (k8s.io/kubernetes pkg/apis/core/validation/events.go)."""


class KubernetesActuator:
    """Sends what a warrant allows; implements `core.clusters.Actuator`."""

    def __init__(self, cluster: KubernetesCluster) -> None:
        self._cluster = cluster

    async def send(self, warrant: Warrant) -> Manifest | None:
        """Send a request for real under its precondition, exactly once."""
        request = await self._prepared(warrant)
        return outcome((await self._cluster.client.write(request)).body)

    async def _prepared(self, warrant: Warrant) -> ApiRequest:
        try:
            kind = await self._cluster.kind_for(warrant.request)
        except ClusterError as error:
            error.sent = False  # only discovery was asked
            raise
        return written(warrant.request, kind, warrant.precondition)

    async def remark(self, about: Manifest, reason: str, message: str, *, warning: bool = False) -> None:
        """Write a Kubernetes Event on an object."""
        event = event_about(about, reason, message, warning, datetime.now(UTC))
        metadata = event["metadata"]
        create = Create(Ref("Event", metadata["namespace"], metadata["name"]), event)
        await self._cluster.client.write(written(create, KINDS["Event"]))


def event_about(about: Manifest, reason: str, message: str, warning: bool, now: datetime) -> dict[str, Any]:
    """A core/v1 Event. Those on cluster-scoped objects live in namespace default, as the API demands."""
    metadata = about.get("metadata") or {}
    moment = now.strftime("%Y-%m-%dT%H:%M:%SZ")
    namespace = metadata.get("namespace") or "default"
    return {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {"name": _event_name(about), "namespace": namespace},
        "involvedObject": {
            "apiVersion": about.get("apiVersion", ""),
            "kind": about.get("kind", ""),
            "namespace": metadata.get("namespace", ""),
            "name": metadata.get("name", ""),
            "uid": metadata.get("uid", ""),
            "resourceVersion": metadata.get("resourceVersion", ""),
        },
        "reason": reason,
        "message": message.encode()[:LONGEST_MESSAGE].decode("utf-8", "ignore"),
        "type": "Warning" if warning else "Normal",
        "source": {"component": MANAGER},
        "reportingComponent": MANAGER,
        "reportingInstance": MANAGER,
        "firstTimestamp": moment,
        "lastTimestamp": moment,
        "count": 1,
    }


def _event_name(about: Manifest) -> str:
    # client-go names events NAME.HEX, too; names of RBAC objects may hold what an event's name may not.
    suffix = secrets.token_hex(8)
    name = str((about.get("metadata") or {}).get("name", ""))[:200].rstrip("-.")
    try:
        return checked_name(f"{name}.{suffix}", "Event")
    except Unusable:
        return f"{str(about.get('kind', 'object')).lower()}.{suffix}"
