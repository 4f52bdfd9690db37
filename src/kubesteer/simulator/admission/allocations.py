"""What the server allocates for a new Service: a cluster IP and node ports."""

from ipaddress import IPv4Network, ip_address

from kubesteer.simulator.failures import invalid
from kubesteer.simulator.objects import Obj, ensure, items, name_of, text
from kubesteer.simulator.store import Store
from kubesteer.simulator.validation.causes import Causes

SERVICES = ("", "services")
RANGE = IPv4Network("10.96.0.0/16")
NODE_PORTS = range(30000, 32768)


def allocate_service(store: Store, service: Obj) -> None:
    """Set `clusterIP`, `clusterIPs` and node ports. Raises Failure 422 for an address that is taken."""
    spec = ensure(service, "spec")
    if spec.get("type") == "ExternalName":
        return
    others = [
        other for other in store.list(SERVICES) if other["metadata"]["uid"] != service["metadata"].get("uid")
    ]
    if not spec.get("clusterIP"):
        taken = {text(other, "spec", "clusterIP") for other in others}
        spec["clusterIP"] = next(str(ip) for ip in RANGE.hosts() if str(ip) not in taken)
    elif spec["clusterIP"] != "None":
        _refuse_taken(service, others)
    spec["clusterIPs"] = [spec["clusterIP"]]
    if spec.get("type") in ("NodePort", "LoadBalancer"):
        _allocate_node_ports(spec, others)


def _refuse_taken(service: Obj, others: list[Obj]) -> None:
    address = text(service, "spec", "clusterIP")
    causes = Causes()
    if ip_address(address) not in RANGE:
        detail = (
            f"failed to allocate IP {address}: the provided IP ({address}) is not in the valid range. "
            f"The range of valid IPs is {RANGE}"
        )
        causes.invalid("spec.clusterIPs", [address], detail)
        raise invalid("", "Service", name_of(service), causes.found)
    if any(text(other, "spec", "clusterIP") == address for other in others):
        detail = f"failed to allocate IP {address}: provided IP is already allocated"
        causes.invalid("spec.clusterIPs", [address], detail)
        raise invalid("", "Service", name_of(service), causes.found)


def _allocate_node_ports(spec: Obj, others: list[Obj]) -> None:
    taken = {port.get("nodePort") for other in others for port in items(other, "spec", "ports")}
    free = (port for port in NODE_PORTS if port not in taken)
    for port in items(spec, "ports"):
        if not port.get("nodePort"):
            port["nodePort"] = next(free)
