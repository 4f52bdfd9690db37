"""Defaults of services, ingresses and network policies.

Source: https://kubernetes.io/docs/reference/kubernetes-api/service-resources/
"""

from kubesteer.simulator.objects import Obj, ensure, items


def default_service(service: Obj) -> None:
    """Type, ports, affinity and traffic policies (the cluster IP is allocated on creation)."""
    spec = ensure(service, "spec")
    spec.setdefault("type", "ClusterIP")
    spec.setdefault("sessionAffinity", "None")
    if spec["type"] != "ExternalName":
        spec.setdefault("internalTrafficPolicy", "Cluster")
        spec.setdefault("ipFamilies", ["IPv4"])
        spec.setdefault("ipFamilyPolicy", "SingleStack")
    if spec["type"] in ("NodePort", "LoadBalancer"):
        spec.setdefault("externalTrafficPolicy", "Cluster")
    if spec["type"] == "LoadBalancer":
        spec.setdefault("allocateLoadBalancerNodePorts", True)
    for port in items(spec, "ports"):
        port.setdefault("protocol", "TCP")
        port.setdefault("targetPort", port.get("port"))
    ensure(service, "status").setdefault("loadBalancer", {})


def default_ingress(ingress: Obj) -> None:
    """The (empty) load balancer status."""
    ensure(ingress, "status").setdefault("loadBalancer", {})


def default_network_policy(policy: Obj) -> None:
    """Policy types follow from the rules that are there; ports are TCP."""
    spec = ensure(policy, "spec")
    spec.setdefault("podSelector", {})
    spec.setdefault("policyTypes", ["Ingress", "Egress"] if spec.get("egress") else ["Ingress"])
    for rule in [*items(spec, "ingress"), *items(spec, "egress")]:
        for port in items(rule, "ports"):
            port.setdefault("protocol", "TCP")
