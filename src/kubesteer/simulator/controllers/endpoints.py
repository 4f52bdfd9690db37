"""Endpoints and EndpointSlices: which pods stand behind a Service.

Source: pkg/controller/endpoint and staging/src/k8s.io/endpointslice of the 1.34 release.
"""

from collections.abc import Iterable

from kubesteer.simulator.controllers.access import PODS, Access, own_key
from kubesteer.simulator.controllers.pods import is_ready
from kubesteer.simulator.names import random_suffix
from kubesteer.simulator.objects import (
    Obj,
    flag,
    items,
    labels_of,
    name_of,
    namespace_of,
    owner_reference,
    section,
    terminating,
    text,
    uid_of,
)
from kubesteer.simulator.registry import StoreKey
from kubesteer.simulator.selectors import matches
from kubesteer.simulator.store import Change, ObjectKey

SERVICES: StoreKey = ("", "services")
ENDPOINTS: StoreKey = ("", "endpoints")
SLICES: StoreKey = ("discovery.k8s.io", "endpointslices")
SERVICE_NAME = "kubernetes.io/service-name"
MANAGED_BY = "endpointslice.kubernetes.io/managed-by"
SLICE_CONTROLLER = "endpointslice-controller.k8s.io"


class Endpoints:
    """The controller."""

    def __init__(self, access: Access) -> None:
        self.access = access

    def concerns(self, change: Change) -> Iterable[ObjectKey]:
        """Services, and those that select a pod that changes."""
        yield from own_key(change, SERVICES)
        if change.key != PODS:
            return
        known = [obj for obj in (change.entry.obj, change.before) if obj]
        for service in self.access.store.list(SERVICES, namespace_of(change.entry.obj)):
            selector = section(service, "spec", "selector")
            if selector and any(matches({"matchLabels": selector}, labels_of(pod)) for pod in known):
                yield namespace_of(service), name_of(service)

    def reconcile(self, key: ObjectKey) -> float | None:
        """Write both kinds of lists, or remove those of a Service that is gone."""
        service = self.access.store.get(SERVICES, *key)
        if service is None:
            self._remove(key)
            return None
        selector = section(service, "spec", "selector")
        if not selector or text(service, "spec", "type") == "ExternalName":
            return None
        pods = [
            pod
            for pod in self.access.store.list(PODS, key[0])
            if matches({"matchLabels": selector}, labels_of(pod)) and _has_address(pod)
        ]
        self._write_endpoints(service, pods)
        self._write_slice(service, pods)
        return None

    def _remove(self, key: ObjectKey) -> None:
        found = self.access.store.get(ENDPOINTS, *key)
        if found is not None:
            self.access.delete(ENDPOINTS, found)
        for old in self._slices(*key):
            self.access.delete(SLICES, old)

    def _slices(self, namespace: str, name: str) -> list[Obj]:
        found = self.access.store.list(SLICES, namespace)
        mine = {SERVICE_NAME: name, MANAGED_BY: SLICE_CONTROLLER}
        return [one for one in found if mine.items() <= labels_of(one).items()]

    def _write_endpoints(self, service: Obj, pods: list[Obj]) -> None:
        subsets = _subsets(service, [pod for pod in pods if not terminating(pod)])
        found = self.access.store.get(ENDPOINTS, namespace_of(service), name_of(service))
        labels = dict(labels_of(service))
        if text(service, "spec", "clusterIP") == "None":
            labels["service.kubernetes.io/headless"] = ""
        if found is None:
            metadata = {"name": name_of(service), "namespace": namespace_of(service), "labels": labels}
            made: Obj = {"apiVersion": "v1", "kind": "Endpoints", "metadata": metadata}
            self.access.create(ENDPOINTS, {**made, **({"subsets": subsets} if subsets else {})})
        elif found.get("subsets", []) != subsets:
            self.access.update(ENDPOINTS, found, lambda stored: _with(stored, "subsets", subsets))

    def _write_slice(self, service: Obj, pods: list[Obj]) -> None:
        endpoints, ports = [_endpoint(service, pod) for pod in pods], _slice_ports(service, pods)
        slices = self._slices(namespace_of(service), name_of(service))
        if not slices:
            self.access.create(SLICES, _slice(service, endpoints, ports))
            return
        found = slices[0]
        if (found.get("endpoints") or [], found.get("ports") or []) != (endpoints, ports):
            self.access.update(
                SLICES, found, lambda stored: {**stored, "endpoints": endpoints, "ports": ports}
            )


def _with(stored: Obj, key: str, value: list[Obj]) -> Obj:
    kept = {name: held for name, held in stored.items() if name != key}
    return {**kept, key: value} if value else kept


def _has_address(pod: Obj) -> bool:
    return bool(text(pod, "status", "podIP")) and text(pod, "status", "phase") not in ("Succeeded", "Failed")


def _target_port(service_port: Obj, pod: Obj) -> int | None:
    """The number of a target port; a name is looked up in the pod's containers."""
    target = service_port.get("targetPort", service_port.get("port"))
    if isinstance(target, int):
        return target
    containers = [*items(pod, "spec", "containers"), *items(pod, "spec", "initContainers")]
    for container in containers:
        for port in items(container, "ports"):
            same = port.get("protocol", "TCP") == service_port.get("protocol", "TCP")
            if port.get("name") == target and same:
                return int(port["containerPort"])
    return None


def _ports(service: Obj, pod: Obj) -> list[Obj]:
    found = []
    for port in items(service, "spec", "ports"):
        number = _target_port(port, pod)
        if number is not None:
            named = {"name": port["name"]} if port.get("name") else {}
            found.append({**named, "port": number, "protocol": port.get("protocol", "TCP")})
    return found


def _address(pod: Obj) -> Obj:
    reference = {
        "kind": "Pod",
        "namespace": namespace_of(pod),
        "name": name_of(pod),
        "uid": uid_of(pod),
    }
    return {
        "ip": text(pod, "status", "podIP"),
        "nodeName": text(pod, "spec", "nodeName"),
        "targetRef": reference,
    }


def _published(service: Obj, pod: Obj) -> bool:
    return is_ready(pod) or flag(service, "spec", "publishNotReadyAddresses")


def _subsets(service: Obj, pods: list[Obj]) -> list[Obj]:
    """Addresses grouped by their ports, ready ones apart from the others."""
    groups: dict[str, Obj] = {}
    headless = not items(service, "spec", "ports")
    for pod in pods:
        ports = _ports(service, pod)
        if not ports and not headless:
            continue
        subset = groups.setdefault(repr(ports), {"ports": ports} if ports else {})
        kind = "addresses" if _published(service, pod) else "notReadyAddresses"
        subset.setdefault(kind, []).append(_address(pod))
    return list(groups.values())


def _slice_ports(service: Obj, pods: list[Obj]) -> list[Obj]:
    """A slice's ports: those of its first pod, or the service's own numbers while there is none."""
    found = _ports(service, pods[0]) if pods else []
    return [{"name": port.get("name", ""), **port} for port in found]


def _endpoint(service: Obj, pod: Obj) -> Obj:
    address, going = _address(pod), terminating(pod)
    serving = is_ready(pod)
    ready = _published(service, pod) and not going
    return {
        "addresses": [address["ip"]],
        "conditions": {"ready": ready, "serving": serving, "terminating": going},
        "nodeName": address["nodeName"],
        "targetRef": address["targetRef"],
    }


def _slice(service: Obj, endpoints: list[Obj], ports: list[Obj]) -> Obj:
    labels = {**labels_of(service), SERVICE_NAME: name_of(service), MANAGED_BY: SLICE_CONTROLLER}
    return {
        "apiVersion": "discovery.k8s.io/v1",
        "kind": "EndpointSlice",
        "metadata": {
            "name": f"{name_of(service)}-{random_suffix()}",
            "namespace": namespace_of(service),
            "labels": labels,
            "ownerReferences": [owner_reference(service)],
        },
        "addressType": "IPv4",
        "endpoints": endpoints,
        "ports": ports,
    }
