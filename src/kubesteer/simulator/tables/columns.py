"""Columns of everything that is neither pod nor workload.

Source: pkg/printers/internalversion/printers.go of the 1.34 release.
"""

from datetime import datetime
from typing import Any

from kubesteer.simulator.objects import (
    Obj,
    condition,
    dig,
    items,
    labels_of,
    number,
    section,
    terminating,
    text,
)
from kubesteer.simulator.selectors import selector_text
from kubesteer.simulator.tables.cells import NONE, UNKNOWN, age, joined, name, pairs, since
from kubesteer.simulator.tables.definitions import Cell, Column

ROLE = "node-role.kubernetes.io/"
MODES = {
    "ReadWriteOnce": "RWO",
    "ReadOnlyMany": "ROX",
    "ReadWriteMany": "RWX",
    "ReadWriteOncePod": "RWOP",
}


def _text(*path: str, default: str = "") -> Cell:
    return lambda obj, _now: text(obj, *path, default=default)


def _node_status(node: Obj, _now: datetime) -> str:
    ready = condition(node, "Ready")
    word = "Unknown" if ready is None else ("Ready" if ready.get("status") == "True" else "NotReady")
    return f"{word},SchedulingDisabled" if dig(node, "spec", "unschedulable") else word


def _node_roles(node: Obj, _now: datetime) -> str:
    return joined([key.removeprefix(ROLE) for key in labels_of(node) if key.startswith(ROLE)])


def _node_address(kind: str) -> Cell:
    def cell(node: Obj, _now: datetime) -> str:
        found = (
            text(a, "address", default=NONE)
            for a in items(node, "status", "addresses")
            if a.get("type") == kind
        )
        return next(found, NONE)

    return cell


def _event_last_seen(event: Obj, now: datetime) -> str:
    last = event.get("lastTimestamp") or event.get("eventTime") or dig(event, "metadata", "creationTimestamp")
    return since(last, now)


def _event_object(event: Obj, _now: datetime) -> str:
    about = section(event, "involvedObject") or section(event, "regarding")
    return f"{str(about.get('kind', '')).lower()}/{about.get('name', '')}"


def _service_ports(service: Obj, _now: datetime) -> str:
    shown = []
    for port in items(service, "spec", "ports"):
        at = f"{port.get('port')}:{port['nodePort']}" if port.get("nodePort") else str(port.get("port"))
        shown.append(f"{at}/{port.get('protocol', 'TCP')}")
    return joined(shown)


def _external_ip(service: Obj, _now: datetime) -> str:
    kind = text(service, "spec", "type")
    if kind == "ExternalName":
        return text(service, "spec", "externalName")
    if kind == "LoadBalancer":
        found = [
            i.get("ip") or i.get("hostname") for i in items(service, "status", "loadBalancer", "ingress")
        ]
        return joined([str(address) for address in found]) if found else "<pending>"
    return joined(list(section(service, "spec").get("externalIPs") or []))


def _endpoints(obj: Obj, _now: datetime) -> str:
    shown = []
    for subset in items(obj, "subsets"):
        ports = [port.get("port") for port in items(subset, "ports")] or [None]
        for port in ports:
            shown += [
                f"{text(a, 'ip')}:{port}" if port else text(a, "ip") for a in items(subset, "addresses")
            ]
    more = f" + {len(shown) - 3} more..." if len(shown) > 3 else ""
    return joined(shown[:3]) + more


def _slice_addresses(obj: Obj, _now: datetime) -> str:
    return joined([str(a) for e in items(obj, "endpoints") for a in e.get("addresses") or []][:3])


def _slice_ports(obj: Obj, _now: datetime) -> str:
    return joined([str(port.get("port")) for port in items(obj, "ports")])


def _claim_status(claim: Obj, _now: datetime) -> str:
    return "Terminating" if terminating(claim) else text(claim, "status", "phase")


def _modes(*path: str) -> Cell:
    def cell(obj: Obj, _now: datetime) -> str:
        return ",".join(MODES.get(mode, mode) for mode in dig(obj, *path) or [])

    return cell


def _claim_of(volume: Obj, _now: datetime) -> str:
    claim = section(volume, "spec", "claimRef")
    return f"{text(claim, 'namespace')}/{text(claim, 'name')}" if claim else ""


def _capacity(*path: str) -> Cell:
    return lambda obj, _now: str(section(obj, *path).get("storage", ""))


def _data_count(obj: Obj, _now: datetime) -> int:
    return len(section(obj, "data")) + len(section(obj, "binaryData"))


def _hosts(ingress: Obj, _now: datetime) -> str:
    return ",".join(str(rule.get("host", "*")) for rule in items(ingress, "spec", "rules")) or "*"


def _quota(kind: str) -> Cell:
    def cell(quota: Obj, _now: datetime) -> str:
        hard, now = section(quota, "status", "hard"), section(quota, "status", "used")
        wanted = [key for key in sorted(hard) if key.startswith("limits.") is (kind == "limits")]
        return ", ".join(f"{key}: {now.get(key, 0)}/{hard.get(key)}" for key in wanted)

    return cell


def _role_reference(binding: Obj, _now: datetime) -> str:
    return f"{dig(binding, 'roleRef', 'kind')}/{dig(binding, 'roleRef', 'name')}"


def _created(obj: Obj, _now: datetime) -> Any:
    return dig(obj, "metadata", "creationTimestamp")


NAME, AGE = Column("Name", name), Column("Age", age)
ROLES = (NAME, Column("Created At", _created, type="date"))


def _subjects(kind: str) -> Cell:
    return lambda obj, _now: ", ".join(
        f"{text(s, 'namespace')}/{text(s, 'name')}" if kind == "ServiceAccount" else text(s, "name")
        for s in items(obj, "subjects")
        if s.get("kind") == kind
    )


BINDINGS = (
    NAME,
    Column("Role", _role_reference),
    AGE,
    Column("Users", _subjects("User"), wide=True),
    Column("Groups", _subjects("Group"), wide=True),
    Column("ServiceAccounts", _subjects("ServiceAccount"), wide=True),
)
VOLUME_MODE = Column("VolumeMode", _text("spec", "volumeMode"), wide=True)
WEBHOOKS = (NAME, Column("Webhooks", lambda obj, _now: len(items(obj, "webhooks")), type="integer"), AGE)

CLUSTER: dict[str, tuple[Column, ...]] = {
    "Node": (
        NAME,
        Column("Status", _node_status),
        Column("Roles", _node_roles),
        AGE,
        Column("Version", _text("status", "nodeInfo", "kubeletVersion")),
        Column("Internal-IP", _node_address("InternalIP"), wide=True),
        Column("External-IP", _node_address("ExternalIP"), wide=True),
        Column("OS-Image", _text("status", "nodeInfo", "osImage", default=UNKNOWN), wide=True),
        Column("Kernel-Version", _text("status", "nodeInfo", "kernelVersion", default=UNKNOWN), wide=True),
        Column("Container-Runtime", _text("status", "nodeInfo", "containerRuntimeVersion"), wide=True),
    ),
    "Namespace": (NAME, Column("Status", _text("status", "phase")), AGE),
    "Event": (
        Column("Last Seen", _event_last_seen),
        Column("Type", _text("type")),
        Column("Reason", _text("reason")),
        Column("Object", _event_object),
        Column("Subobject", _text("involvedObject", "fieldPath"), wide=True),
        Column("Source", _text("source", "component"), wide=True),
        Column("Message", lambda obj, _now: text(obj, "message") or text(obj, "note")),
        Column("First Seen", lambda obj, now: since(obj.get("firstTimestamp"), now), wide=True),
        Column("Count", lambda obj, _now: number(obj, "count", default=1), wide=True),
        Column("Name", name, wide=True),
    ),
    "Service": (
        NAME,
        Column("Type", _text("spec", "type")),
        Column("Cluster-IP", _text("spec", "clusterIP", default=NONE)),
        Column("External-IP", _external_ip),
        Column("Port(s)", _service_ports),
        AGE,
        Column("Selector", lambda obj, _now: pairs(dig(obj, "spec", "selector")), wide=True),
    ),
    "Endpoints": (NAME, Column("Endpoints", _endpoints), AGE),
    "EndpointSlice": (
        NAME,
        Column("AddressType", _text("addressType")),
        Column("Ports", _slice_ports),
        Column("Endpoints", _slice_addresses),
        AGE,
    ),
    "ConfigMap": (NAME, Column("Data", _data_count), AGE),
    "Secret": (NAME, Column("Type", _text("type")), Column("Data", _data_count), AGE),
    "ServiceAccount": (
        NAME,
        Column("Secrets", lambda obj, _now: len(items(obj, "secrets"))),
        AGE,
    ),
    "PersistentVolumeClaim": (
        NAME,
        Column("Status", _claim_status),
        Column("Volume", _text("spec", "volumeName")),
        Column("Capacity", _capacity("status", "capacity")),
        Column("Access Modes", _modes("status", "accessModes")),
        Column("StorageClass", _text("spec", "storageClassName")),
        Column("VolumeAttributesClass", lambda _obj, _now: "<unset>"),
        AGE,
        VOLUME_MODE,
    ),
    "PersistentVolume": (
        NAME,
        Column("Capacity", _capacity("spec", "capacity")),
        Column("Access Modes", _modes("spec", "accessModes")),
        Column("Reclaim Policy", _text("spec", "persistentVolumeReclaimPolicy")),
        Column("Status", _claim_status),
        Column("Claim", _claim_of),
        Column("StorageClass", _text("spec", "storageClassName")),
        Column("VolumeAttributesClass", lambda _obj, _now: "<unset>"),
        Column("Reason", _text("status", "reason")),
        AGE,
        VOLUME_MODE,
    ),
    "StorageClass": (
        NAME,
        Column("Provisioner", _text("provisioner")),
        Column("ReclaimPolicy", _text("reclaimPolicy")),
        Column("VolumeBindingMode", _text("volumeBindingMode")),
        Column("AllowVolumeExpansion", lambda obj, _now: bool(obj.get("allowVolumeExpansion"))),
        AGE,
    ),
    "Ingress": (
        NAME,
        Column("Class", _text("spec", "ingressClassName", default=NONE)),
        Column("Hosts", _hosts),
        Column(
            "Address",
            lambda obj, _now: ",".join(
                str(i.get("ip") or i.get("hostname")) for i in items(obj, "status", "loadBalancer", "ingress")
            ),
        ),
        Column("Ports", lambda obj, _now: "80, 443" if items(obj, "spec", "tls") else "80"),
        AGE,
    ),
    "IngressClass": (
        NAME,
        Column("Controller", _text("spec", "controller")),
        Column("Parameters", lambda obj, _now: text(obj, "spec", "parameters", "name", default=NONE)),
        AGE,
    ),
    "NetworkPolicy": (
        NAME,
        Column("Pod-Selector", lambda obj, _now: selector_text(section(obj, "spec", "podSelector")) or NONE),
        AGE,
    ),
    "ResourceQuota": (NAME, Column("Request", _quota("requests")), Column("Limit", _quota("limits")), AGE),
    "LimitRange": ROLES,
    "Role": ROLES,
    "ClusterRole": ROLES,
    "RoleBinding": BINDINGS,
    "ClusterRoleBinding": BINDINGS,
    "Lease": (NAME, Column("Holder", _text("spec", "holderIdentity")), AGE),
    "PriorityClass": (
        NAME,
        Column("Value", lambda obj, _now: number(obj, "value"), type="integer"),
        Column("Global-Default", lambda obj, _now: bool(obj.get("globalDefault")), type="boolean"),
        AGE,
        Column("PreemptionPolicy", _text("preemptionPolicy")),
    ),
    "ValidatingWebhookConfiguration": WEBHOOKS,
    "MutatingWebhookConfiguration": WEBHOOKS,
}
