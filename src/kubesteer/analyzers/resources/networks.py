"""Services, what stands behind them and what leads to them."""

# ruff: noqa: RUF012 (msgspec copies empty defaults for every object)
from __future__ import annotations

from typing import ClassVar

import msgspec

from kubesteer.analyzers.resources.shapes import Condition, Object, Selector, Shape


class ServicePort(Shape, frozen=True, gc=False):
    """spec.ports[] of a Service."""

    name: str = ""
    port: int = 0
    target_port: int | str = 0
    protocol: str = "TCP"


class ServiceSpec(Shape, frozen=True, gc=False):
    """spec of a Service."""

    type: str = "ClusterIP"
    cluster_ip: str = msgspec.field(default="", name="clusterIP")
    external_name: str = ""
    selector: dict[str, str] = {}
    ports: list[ServicePort] = []
    publish_not_ready_addresses: bool = False
    load_balancer_class: str = ""


class BalancerIngress(Shape, frozen=True, gc=False):
    """status.loadBalancer.ingress[]."""

    ip: str = ""
    hostname: str = ""


class Balancer(Shape, frozen=True, gc=False):
    """status.loadBalancer."""

    ingress: list[BalancerIngress] = []


class ServiceStatus(Shape, frozen=True, gc=False):
    """status of a Service or an Ingress."""

    load_balancer: Balancer = Balancer()


class Service(Object, frozen=True, gc=False):
    """v1 Service."""

    kind: ClassVar[str] = "Service"

    spec: ServiceSpec = ServiceSpec()
    status: ServiceStatus = ServiceStatus()


class EndpointConditions(Shape, frozen=True, gc=False):
    """endpoints[].conditions; unknown readiness counts as ready (EndpointSlice API)."""

    ready: bool = True


class Endpoint(Shape, frozen=True, gc=False):
    """endpoints[] of a slice."""

    addresses: list[str] = []
    conditions: EndpointConditions = EndpointConditions()


class EndpointSlice(Object, frozen=True, gc=False):
    """discovery.k8s.io/v1 EndpointSlice."""

    kind: ClassVar[str] = "EndpointSlice"

    endpoints: list[Endpoint] = []

    @property
    def service(self) -> str:
        """The Service that it belongs to."""
        return self.metadata.labels.get("kubernetes.io/service-name", "")


class BackendPort(Shape, frozen=True, gc=False):
    """A Service's port by number or by name."""

    number: int = 0
    name: str = ""


class ServiceBackend(Shape, frozen=True, gc=False):
    """backend.service of an Ingress."""

    name: str = ""
    port: BackendPort = BackendPort()


class Backend(Shape, frozen=True, gc=False):
    """backend of an Ingress; None for a resource backend."""

    service: ServiceBackend | None = None


class IngressPath(Shape, frozen=True, gc=False):
    """rules[].http.paths[]."""

    path: str = "/"
    path_type: str = ""
    backend: Backend = Backend()


class IngressHttp(Shape, frozen=True, gc=False):
    """rules[].http."""

    paths: list[IngressPath] = []


class IngressRule(Shape, frozen=True, gc=False):
    """rules[]."""

    host: str = ""
    http: IngressHttp = IngressHttp()


class IngressTls(Shape, frozen=True, gc=False):
    """tls[]."""

    hosts: list[str] = []
    secret_name: str = ""


class IngressSpec(Shape, frozen=True, gc=False):
    """spec of an Ingress."""

    ingress_class_name: str = ""
    default_backend: Backend | None = None
    rules: list[IngressRule] = []
    tls: list[IngressTls] = []


class Ingress(Object, frozen=True, gc=False):
    """networking.k8s.io/v1 Ingress."""

    kind: ClassVar[str] = "Ingress"

    spec: IngressSpec = IngressSpec()
    status: ServiceStatus = ServiceStatus()


class IngressClass(Object, frozen=True, gc=False):
    """networking.k8s.io/v1 IngressClass."""

    kind: ClassVar[str] = "IngressClass"

    @property
    def default(self) -> bool:
        """Marked as the class of Ingresses that name none."""
        return self.metadata.annotations.get("ingressclass.kubernetes.io/is-default-class") == "true"


class PolicyPeer(Shape, frozen=True, gc=False):
    """from[] and to[] of a NetworkPolicy."""

    pod_selector: Selector | None = None
    namespace_selector: Selector | None = None
    ip_block: dict[str, object] | None = None


class PolicyPort(Shape, frozen=True, gc=False):
    """ports[] of a NetworkPolicy rule."""

    port: int | str | None = None
    end_port: int | None = None
    protocol: str = "TCP"


class PolicyRule(Shape, frozen=True, gc=False):
    """ingress[] and egress[]; no peers or no ports means all of them."""

    peers_from: list[PolicyPeer] = msgspec.field(default_factory=list, name="from")
    peers_to: list[PolicyPeer] = msgspec.field(default_factory=list, name="to")
    ports: list[PolicyPort] = []


class PolicySpec(Shape, frozen=True, gc=False):
    """spec of a NetworkPolicy."""

    pod_selector: Selector = Selector()
    policy_types: list[str] = []
    ingress: list[PolicyRule] = []
    egress: list[PolicyRule] = []


class NetworkPolicy(Object, frozen=True, gc=False):
    """networking.k8s.io/v1 NetworkPolicy."""

    kind: ClassVar[str] = "NetworkPolicy"

    spec: PolicySpec = PolicySpec()


class ParentReference(Shape, frozen=True, gc=False):
    """parentRefs[] of a route."""

    kind: str = "Gateway"
    namespace: str = ""
    name: str = ""
    section_name: str = ""


class BackendReference(Shape, frozen=True, gc=False):
    """backendRefs[] of a route."""

    kind: str = "Service"
    namespace: str = ""
    name: str = ""
    port: int = 0


class RouteRule(Shape, frozen=True, gc=False):
    """rules[] of a route."""

    backend_refs: list[BackendReference] = []


class RouteSpec(Shape, frozen=True, gc=False):
    """spec of a route."""

    parent_refs: list[ParentReference] = []
    hostnames: list[str] = []
    rules: list[RouteRule] = []


class RouteParent(Shape, frozen=True, gc=False):
    """status.parents[] of a route."""

    parent_ref: ParentReference = ParentReference()
    conditions: list[Condition] = []


class RouteStatus(Shape, frozen=True, gc=False):
    """status of a route."""

    parents: list[RouteParent] = []


class HttpRoute(Object, frozen=True, gc=False):
    """gateway.networking.k8s.io/v1 HTTPRoute."""

    kind: ClassVar[str] = "HTTPRoute"

    spec: RouteSpec = RouteSpec()
    status: RouteStatus = RouteStatus()


class GatewaySpec(Shape, frozen=True, gc=False):
    """spec of a Gateway."""

    gateway_class_name: str = ""


class ConditionsOnly(Shape, frozen=True, gc=False):
    """A status of which only the conditions matter."""

    conditions: list[Condition] = []


class Gateway(Object, frozen=True, gc=False):
    """gateway.networking.k8s.io/v1 Gateway."""

    kind: ClassVar[str] = "Gateway"

    spec: GatewaySpec = GatewaySpec()
    status: ConditionsOnly = ConditionsOnly()


class GatewayClass(Object, frozen=True, gc=False):
    """gateway.networking.k8s.io/v1 GatewayClass."""

    kind: ClassVar[str] = "GatewayClass"

    status: ConditionsOnly = ConditionsOnly()
