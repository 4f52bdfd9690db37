"""Services, configuration, storage, ingress and the metadata that all kinds share.

Source: pkg/apis/{core,networking,storage}/validation of the 1.34 release.
"""

import base64
import re
from ipaddress import ip_address

from kubesteer.simulator.objects import Obj, annotations_of, dig, items, labels_of, name_of, section, text
from kubesteer.simulator.quantities import parse_quantity
from kubesteer.simulator.validation.causes import Causes
from kubesteer.simulator.validation.pods import PORT_RULE, PROTOCOLS
from kubesteer.simulator.validation.workloads import FIXED

LABEL_NAMED = frozenset({"Service", "Namespace"})
PATH_NAMED = frozenset({"Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding"})
PORT_NAME = re.compile(r"(?=.*[a-z])[a-z0-9]([-a-z0-9]{0,13}[a-z0-9])?")
PORT_NAME_RULE = "must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)"
ACCESS_MODES = ("ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod")
PATH_TYPES = ("Exact", "ImplementationSpecific", "Prefix")
TLS_KEYS = ("tls.crt", "tls.key")
SERVICE_TYPES = ("ClusterIP", "ExternalName", "LoadBalancer", "NodePort")


def check_metadata(obj: Obj, causes: Causes) -> None:
    """Name, labels and annotations."""
    name, kind = name_of(obj), obj["kind"]
    if not name:
        causes.required("metadata.name", "name or generateName is required")
    elif kind in LABEL_NAMED:
        causes.label_name("metadata.name", name)
    elif kind in PATH_NAMED:
        if name in (".", "..") or "/" in name or "%" in name:
            causes.invalid("metadata.name", name, "may not contain '/' or '%' and not be '.' or '..'")
    else:
        causes.subdomain("metadata.name", name)
    causes.labels("metadata.labels", labels_of(obj))
    for key in annotations_of(obj):
        causes.qualified("metadata.annotations", key.lower())


def check_service(service: Obj, causes: Causes) -> None:
    """Type, ports and the external name."""
    spec = section(service, "spec")
    kind = text(spec, "type")
    if kind not in SERVICE_TYPES:
        causes.unsupported("spec.type", kind, SERVICE_TYPES)
    if kind == "ExternalName" and not spec.get("externalName"):
        causes.required("spec.externalName")
    if (affinity := spec.get("sessionAffinity", "None")) not in ("ClientIP", "None"):
        causes.unsupported("spec.sessionAffinity", affinity, ("ClientIP", "None"))
    _check_address(text(spec, "clusterIP"), causes)
    ports = items(spec, "ports")
    if not ports and kind != "ExternalName" and spec.get("clusterIP") != "None":
        causes.required("spec.ports")
    seen: set[str] = set()
    for index, port in enumerate(ports):
        _check_port(port, f"spec.ports[{index}]", len(ports) > 1, seen, causes)


def _check_address(address: str, causes: Causes) -> None:
    if address in ("", "None"):
        return
    try:
        ip_address(address)
    except ValueError:
        detail = "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"
        causes.invalid("spec.clusterIPs[0]", address, detail)


def _check_port(port: Obj, at: str, several: bool, seen: set[str], causes: Causes) -> None:
    number, name = port.get("port"), text(port, "name")
    if not isinstance(number, int) or not 0 < number < 65536:
        causes.invalid(f"{at}.port", number, PORT_RULE)
    target = port.get("targetPort")
    if isinstance(target, int) and not 0 < target < 65536:
        causes.invalid(f"{at}.targetPort", target, PORT_RULE)
    if port.get("protocol", "TCP") not in PROTOCOLS:
        causes.unsupported(f"{at}.protocol", port["protocol"], PROTOCOLS)
    if name:
        causes.label_name(f"{at}.name", name)
    elif several:
        causes.required(f"{at}.name")
    if isinstance(target, str) and not PORT_NAME.fullmatch(target):
        causes.invalid(f"{at}.targetPort", target, PORT_NAME_RULE)
    if name and name in seen:
        causes.duplicate(f"{at}.name", name)
    seen.add(name)


def check_service_update(before: Obj, after: Obj, causes: Causes) -> None:
    """A cluster IP stays."""
    old, new = text(before, "spec", "clusterIP"), text(after, "spec", "clusterIP")
    if old and new != old and text(after, "spec", "type") != "ExternalName":
        causes.invalid("spec.clusterIPs[0]", [new] if new else None, "may not change once set")


def check_data(obj: Obj, causes: Causes) -> None:
    """Keys of a ConfigMap or Secret, and those that a type demands."""
    for key in section(obj, "data"):
        if not key or not all(c.isascii() and (c.isalnum() or c in "-_.") for c in key):
            detail = "a valid config key must consist of alphanumeric characters, '-', '_' or '.'"
            causes.invalid(f"data[{key}]", key, detail)
        if len(key) > 253:
            causes.invalid(f"data[{key}]", key, "must be no more than 253 characters")
    if obj.get("type") == "kubernetes.io/tls":
        for key in TLS_KEYS:
            if key not in section(obj, "data"):
                causes.required(f"data[{key}]")


def undecodable_data(obj: Obj) -> str | None:
    """Why a Secret's or ConfigMap's bytes cannot be read, None where they can."""
    for value in (section(obj, "data") if obj["kind"] == "Secret" else section(obj, "binaryData")).values():
        try:
            base64.b64decode(value if isinstance(value, str) else "", validate=True)
        except ValueError:
            kind = obj["kind"]
            return f'{kind} in version "v1" cannot be handled as a {kind}: illegal base64 data'
    return None


def check_data_update(before: Obj, after: Obj, causes: Causes) -> None:
    """What is marked immutable stays; a Secret's type always does."""
    if before.get("immutable") and section(before, "data") != section(after, "data"):
        causes.forbidden("data", "field is immutable when `immutable` is set")
    if before["kind"] == "Secret" and before.get("type") != after.get("type"):
        causes.invalid("type", after.get("type"), FIXED)


def check_claim(claim: Obj, causes: Causes) -> None:
    """Access modes and the size."""
    if not dig(claim, "spec", "accessModes"):
        causes.required("spec.accessModes", "at least 1 access mode is required")
    for mode in dig(claim, "spec", "accessModes") or []:
        if mode not in ACCESS_MODES:
            causes.unsupported("spec.accessModes", mode, ACCESS_MODES)
    size = section(claim, "spec", "resources", "requests").get("storage")
    if size is None:
        causes.required("spec.resources[storage]")
        return
    try:
        if parse_quantity(size) <= 0:
            causes.invalid("spec.resources[storage]", size, "must be greater than zero")
    except ValueError:
        causes.invalid("spec.resources[storage]", size, "not a quantity")


CLAIM_RULE = "spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims"


def check_claim_update(before: Obj, after: Obj, causes: Causes) -> None:
    """Only the size may change, and only upwards."""
    old, new = dict(section(before, "spec")), dict(section(after, "spec"))
    sizes = [dig(spec, "resources", "requests", "storage") for spec in (old, new)]
    for spec in (old, new):
        spec.pop("resources", None)
    if not old.get("volumeName"):
        old.pop("volumeName", None)
        new.pop("volumeName", None)
    if old.get("storageClassName") is None:
        new.pop("storageClassName", None)
    if old != new:
        causes.forbidden("spec", CLAIM_RULE)
    if sizes[0] is not None and sizes[1] is not None and parse_quantity(sizes[1]) < parse_quantity(sizes[0]):
        causes.forbidden("spec.resources.requests.storage", "field can not be less than status.capacity")


def check_ingress(ingress: Obj, causes: Causes) -> None:
    """Rules or a default backend, and path types."""
    spec = section(ingress, "spec")
    if not spec.get("rules") and not spec.get("defaultBackend"):
        causes.invalid("spec", spec, "either `defaultBackend` or `rules` must be specified")
    for r, rule in enumerate(items(spec, "rules")):
        if (host := text(rule, "host")) and not host.startswith("*."):
            causes.subdomain(f"spec.rules[{r}].host", host)
        for p, path in enumerate(items(rule, "http", "paths")):
            _check_path(path, f"spec.rules[{r}].http.paths[{p}]", causes)


def _check_path(path: Obj, at: str, causes: Causes) -> None:
    kind, written = path.get("pathType"), text(path, "path")
    if not kind:
        causes.required(f"{at}.pathType", "pathType must be specified")
        return
    if kind not in PATH_TYPES:
        causes.unsupported(f"{at}.pathType", kind, PATH_TYPES)
    elif kind != "ImplementationSpecific" and not written.startswith("/"):
        causes.invalid(f"{at}.path", written, "must be an absolute path")
    service, resource = section(path, "backend", "service"), dig(path, "backend", "resource")
    if service and not section(service, "port"):
        causes.required(f"{at}.backend", "port name or number is required")
    elif not service and not resource:
        causes.required(f"{at}.backend", "must specify a backend")
