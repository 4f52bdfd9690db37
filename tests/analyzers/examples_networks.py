"""Sick and healthy examples of the rules on Services, Ingresses, policies and gateways."""

from __future__ import annotations

from manifests import (
    Example,
    Manifest,
    condition,
    container,
    deployment,
    env,
    healthy,
    owner,
    pod,
    running,
    service,
    slice_of,
    thing,
    well,
)
from worlds import before

CART = [*healthy(), slice_of(ready=1)]
CALLER = [
    deployment("web", containers=[container(env=env(CART_URL="http://cart:80/"))]),
    well("web-1", app="web", of=[]),
]
UNREADY = pod("cart-1-a", running(ready=False, ago=1800), of=owner("ReplicaSet", "cart-1"), age=1800)


def old(manifest: Manifest) -> Manifest:
    """With the readiness that it has had for an hour."""
    return manifest


def ingress(
    backend: str = "cart",
    port: int = 80,
    name: str = "front",
    host: str = "a.example",
    tls: str = "",
    **spec: object,
) -> Manifest:
    """An Ingress with one path."""
    target = {"service": {"name": backend, "port": {"number": port}}}
    paths = [{"path": "/", "pathType": "Prefix", "backend": target}]
    more = {"tls": [{"hosts": [host], "secretName": tls}]} if tls else {}
    return thing("Ingress", name, spec={"rules": [{"host": host, "http": {"paths": paths}}], **more, **spec})


def policy(name: str = "deny", *, app: str = "cart", **spec: object) -> Manifest:
    """A NetworkPolicy on app=APP."""
    return thing("NetworkPolicy", name, spec={"podSelector": {"matchLabels": {"app": app}}, **spec})


FROM_WEB = [{"from": [{"podSelector": {"matchLabels": {"app": "web"}}}], "ports": [{"port": 8080}]}]
TO_CART = [
    {"to": [{"podSelector": {"matchLabels": {"app": "cart"}}}]},
    {"ports": [{"port": 53, "protocol": "UDP"}]},
]
CLASS = thing("IngressClass", "nginx")


def route(backend: str = "cart", port: int = 80, gateway: str = "edge") -> Manifest:
    """An HTTPRoute with one backend."""
    return thing(
        "HTTPRoute",
        "r",
        spec={
            "parentRefs": [{"name": gateway}],
            "rules": [{"backendRefs": [{"name": backend, "port": port}]}],
        },
    )


GATEWAY = [
    thing("GatewayClass", "any"),
    thing(
        "Gateway", "edge", spec={"gatewayClassName": "any"}, status={"conditions": [condition("Programmed")]}
    ),
]

EXAMPLES = [
    Example("service-selector", "Service/cart", [service(selector={"app": "kart"}), *healthy()], [service(), *CART], suggests="set_service"),
    Example("service-target-port", "Service/cart", [service(target=9999), *CART], [service(target="http"), *CART], suggests="set_service"),
    Example(
        "service-no-endpoints", "Service/cart",
        [service(), pod("lonely", running(ready=False, ago=1800), age=1800), slice_of(unready=1)],
        [service(), pod("lonely", running(ready=False, ago=20), age=25), slice_of(unready=1)],
    ),
    Example(
        "balancer-pending", "Service/cart",
        [service(type="LoadBalancer"), *CART],
        [service(type="LoadBalancer", status={"loadBalancer": {"ingress": [{"ip": "203.0.113.1"}]}}), *CART],
    ),
    Example(
        "external-name", "Service/alias",
        [thing("Service", "alias", spec={"type": "ExternalName", "externalName": "gone.shop.svc.cluster.local"})],
        [thing("Service", "alias", spec={"type": "ExternalName", "externalName": "cart.shop.svc.cluster.local"}), service(), *CART],
    ),
    Example("ingress-backend-missing", "Ingress/front", [ingress("kart"), service(), *CART], [ingress(), service(), *CART]),
    Example("ingress-port-missing", "Ingress/front", [ingress(port=8088), service(), *CART], [ingress(), service(), *CART]),
    Example(
        "ingress-class-missing", "Ingress/front",
        [ingress(ingressClassName="ngin"), CLASS, service(), *CART],
        [ingress(ingressClassName="nginx"), CLASS, service(), *CART],
    ),
    Example(
        "ingress-tls-missing", "Ingress/front",
        [ingress(tls="a-tls"), service(), *CART],
        [ingress(tls="a-tls"), thing("Secret", "a-tls"), service(), *CART],
    ),
    Example(
        "ingress-conflict", "Ingress/other",
        [ingress(), {**ingress("web", name="other"), "metadata": {"name": "other", "namespace": "shop", "creationTimestamp": before(600)}},
         service(), service("web"), *CART, deployment("web"), well("web-1", app="web", of=[])],
        [ingress(), ingress("web", name="other", host="b.example"), service(), service("web"), *CART, deployment("web"), well("web-1", app="web", of=[])],
    ),
    Example(
        "policy-isolates", "NetworkPolicy/deny",
        [policy(policyTypes=["Ingress"]), service(), *CART, *CALLER],
        [policy(policyTypes=["Ingress"], ingress=FROM_WEB), service(), *CART, *CALLER],
    ),
    Example(
        "policy-egress", "NetworkPolicy/shut",
        [policy("shut", app="web", policyTypes=["Egress"], egress=TO_CART[1:]), service(), *CART, *CALLER],
        [policy("shut", app="web", policyTypes=["Egress"], egress=TO_CART), service(), *CART, *CALLER],
    ),
    Example("policy-selects-nothing", "NetworkPolicy/deny", [policy(app="carts", ingress=[{}]), *healthy()], [policy(ingress=[{}]), *healthy()]),
    Example(
        "gateway-not-programmed", "Gateway/edge",
        [thing("Gateway", "edge", spec={"gatewayClassName": "none"})],
        GATEWAY,
    ),
    Example("route-backend-missing", "HTTPRoute/r", [*GATEWAY, route("kart"), service(), *CART], [*GATEWAY, route(), service(), *CART]),
    Example("route-not-accepted", "HTTPRoute/r", [*GATEWAY, route(gateway="gone"), service(), *CART], [*GATEWAY, route(), service(), *CART]),
]  # fmt: skip
