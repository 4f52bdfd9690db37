"""Nodes, namespaces, events and the API server's own configuration."""

# ruff: noqa: RUF012 (msgspec copies empty defaults for every object)
from __future__ import annotations

from typing import ClassVar

from kubesteer.analyzers.resources.affinities import Taint
from kubesteer.analyzers.resources.shapes import Condition, Object, Selector, Shape, moment
from kubesteer.core.refs import Ref

LOST = ("node.kubernetes.io/unreachable", "node.kubernetes.io/not-ready")
"""Taints of a node that is not ready, by its status or for want of any."""


class NodeSpec(Shape, frozen=True, gc=False):
    """spec of a node."""

    unschedulable: bool = False
    taints: list[Taint] = []


class NodeInfo(Shape, frozen=True, gc=False):
    """status.nodeInfo."""

    kubelet_version: str = ""


class NodeStatus(Shape, frozen=True, gc=False):
    """status of a node."""

    allocatable: dict[str, str | int | float] = {}
    capacity: dict[str, str | int | float] = {}
    conditions: list[Condition] = []
    node_info: NodeInfo = NodeInfo()


class Node(Object, frozen=True, gc=False):
    """v1 Node."""

    kind: ClassVar[str] = "Node"

    spec: NodeSpec = NodeSpec()
    status: NodeStatus = NodeStatus()

    def condition(self, type_: str) -> Condition | None:
        """One condition by its type."""
        return next((c for c in self.status.conditions if c.type == type_), None)

    @property
    def lost(self) -> Taint | None:
        """The taint by which the node lifecycle controller says that the node is not ready or not heard of."""
        return next((taint for taint in self.spec.taints if taint.key in LOST), None)

    @property
    def unready(self) -> bool:
        """Condition Ready is not True; where the status has none, its taints say so."""
        ready = self.condition("Ready")
        return ready.status != "True" if ready is not None else self.lost is not None


class Involved(Shape, frozen=True, gc=False):
    """involvedObject of an event."""

    kind: str = ""
    namespace: str = ""
    name: str = ""
    uid: str = ""
    field_path: str = ""


class Series(Shape, frozen=True, gc=False):
    """series of an event of events.k8s.io."""

    count: int = 0
    last_observed_time: str = ""


class Event(Object, frozen=True, gc=False):
    """v1 Event."""

    kind: ClassVar[str] = "Event"

    involved_object: Involved = Involved()
    type: str = ""
    reason: str = ""
    message: str = ""
    count: int = 1
    first_timestamp: str = ""
    last_timestamp: str = ""
    event_time: str = ""
    series: Series | None = None

    @property
    def last(self) -> float:
        """When it happened last, seconds since 1970."""
        observed = self.series.last_observed_time if self.series else ""
        return moment(observed or self.last_timestamp or self.event_time or self.metadata.creation_timestamp)

    @property
    def first(self) -> float:
        """When it happened first, seconds since 1970."""
        return moment(self.first_timestamp or self.event_time or self.metadata.creation_timestamp)

    @property
    def times(self) -> int:
        """How often it happened."""
        return max(self.count, self.series.count if self.series else 0)

    @property
    def about(self) -> Ref:
        """The object it is about."""
        return Ref(self.involved_object.kind, self.involved_object.namespace, self.involved_object.name)


class NamespaceStatus(Shape, frozen=True, gc=False):
    """status of a namespace."""

    phase: str = ""
    conditions: list[Condition] = []


class Namespace(Object, frozen=True, gc=False):
    """v1 Namespace."""

    kind: ClassVar[str] = "Namespace"

    status: NamespaceStatus = NamespaceStatus()


class ServiceReference(Shape, frozen=True, gc=False):
    """A Service named by a webhook or an APIService."""

    namespace: str = ""
    name: str = ""
    port: int = 443


class WebhookClient(Shape, frozen=True, gc=False):
    """clientConfig of a webhook; `service` is None where a URL is called."""

    service: ServiceReference | None = None


class WebhookScope(Shape, frozen=True, gc=False):
    """rules[] of a webhook."""

    operations: list[str] = []
    resources: list[str] = []


class Webhook(Shape, frozen=True, gc=False):
    """webhooks[] of either configuration."""

    name: str = ""
    failure_policy: str = "Fail"
    client_config: WebhookClient = WebhookClient()
    rules: list[WebhookScope] = []
    namespace_selector: Selector = Selector()


class WebhookConfiguration(Object, frozen=True, gc=False):
    """Base of both configurations."""

    webhooks: list[Webhook] = []


class ValidatingWebhookConfiguration(WebhookConfiguration, frozen=True, gc=False):
    """admissionregistration.k8s.io/v1 ValidatingWebhookConfiguration."""

    kind: ClassVar[str] = "ValidatingWebhookConfiguration"


class MutatingWebhookConfiguration(WebhookConfiguration, frozen=True, gc=False):
    """admissionregistration.k8s.io/v1 MutatingWebhookConfiguration."""

    kind: ClassVar[str] = "MutatingWebhookConfiguration"


class ApiServiceSpec(Shape, frozen=True, gc=False):
    """spec of an APIService; `service` is None for those that the API server serves itself."""

    service: ServiceReference | None = None
    group: str = ""
    version: str = ""


class ApiServiceStatus(Shape, frozen=True, gc=False):
    """status of an APIService."""

    conditions: list[Condition] = []


class ApiService(Object, frozen=True, gc=False):
    """apiregistration.k8s.io/v1 APIService."""

    kind: ClassVar[str] = "APIService"

    spec: ApiServiceSpec = ApiServiceSpec()
    status: ApiServiceStatus = ApiServiceStatus()
