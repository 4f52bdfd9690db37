"""Pods and pod templates.

Source: https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/ and
pkg/apis/core/validation of the 1.34 release.
"""

from typing import Any

from kubesteer.simulator.objects import Obj, clone, items, section, text
from kubesteer.simulator.quantities import QUANTITY_RULE, parse_quantity
from kubesteer.simulator.validation.causes import Causes
from kubesteer.simulator.validation.placement import check_placement

ONCE = ("OnFailure", "Never")
"""The restart policies of what ends by itself."""
PROTOCOLS = ("SCTP", "TCP", "UDP")
PROBES = ("livenessProbe", "readinessProbe", "startupProbe")
HANDLERS = ("exec", "httpGet", "tcpSocket", "grpc")
PORT_RULE = "must be between 1 and 65535, inclusive"
IMMUTABLE = (
    "pod updates may not change fields other than `spec.containers[*].image`,"
    "`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing "
    "tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)"
)


def check_pod_spec(spec: Obj, path: str, causes: Causes, *, restart: tuple[str, ...]) -> None:
    """A pod spec; `restart` are the restart policies that its owner allows."""
    names: set[str] = set()
    volumes = {text(volume, "name") for volume in items(spec, "volumes")}
    if not items(spec, "containers"):
        causes.required(f"{path}.containers")
    for kind in ("containers", "initContainers"):
        for index, container in enumerate(items(spec, kind)):
            _check_container(container, f"{path}.{kind}[{index}]", causes, names, volumes)
    if (policy := text(spec, "restartPolicy")) not in restart:
        if restart == ONCE:
            causes.required(f"{path}.restartPolicy", 'valid values: "OnFailure", "Never"')
        else:
            causes.unsupported(f"{path}.restartPolicy", policy, restart)
    check_placement(spec, path, causes)
    _check_volumes(spec, path, causes)


def _check_volumes(spec: Obj, path: str, causes: Causes) -> None:
    seen: set[str] = set()
    for index, volume in enumerate(items(spec, "volumes")):
        at, name = f"{path}.volumes[{index}]", text(volume, "name")
        if not name:
            causes.required(f"{at}.name")
        elif name in seen:
            causes.duplicate(f"{at}.name", name)
        else:
            causes.label_name(f"{at}.name", name)
        seen.add(name)
        if len(set(volume) - {"name"}) > 1:
            causes.forbidden(
                f"{at}.{sorted(set(volume) - {'name'})[1]}", "may not specify more than 1 volume type"
            )


def _check_container(container: Obj, at: str, causes: Causes, names: set[str], volumes: set[str]) -> None:
    name = text(container, "name")
    if not name:
        causes.required(f"{at}.name")
    elif name in names:
        causes.duplicate(f"{at}.name", name)
    else:
        causes.label_name(f"{at}.name", name)
    names.add(name)
    image = container.get("image")
    if not image:
        causes.required(f"{at}.image")
    elif image != image.strip():
        causes.invalid(f"{at}.image", image, "must not have leading or trailing whitespace")
    if (policy := container.get("imagePullPolicy")) not in ("Always", "IfNotPresent", "Never"):
        causes.unsupported(f"{at}.imagePullPolicy", policy, ("Always", "IfNotPresent", "Never"))
    check_resources(section(container, "resources"), f"{at}.resources", causes)
    _check_ports(container, at, causes)
    _check_env(container, at, causes)
    _check_mounts(container, at, causes, volumes)
    for probe in PROBES:
        if isinstance(container.get(probe), dict):
            _check_probe(container[probe], probe, f"{at}.{probe}", causes)


def check_resources(resources: Obj, at: str, causes: Causes) -> None:
    """Requests and limits: quantities, not negative, requests within limits."""
    amounts: dict[tuple[str, str], Any] = {}
    for kind in ("limits", "requests"):
        for resource, value in section(resources, kind).items():
            path = f"{at}.{kind}[{resource}]" if "/" in resource else f"{at}.{kind}.{resource}"
            try:
                amounts[(kind, resource)] = parse_quantity(value)
            except ValueError:
                causes.invalid(path, value, QUANTITY_RULE)
                continue
            if amounts[(kind, resource)] < 0:
                causes.invalid(f"{at}.{kind}[{resource}]", str(value), "must be greater than or equal to 0")
    for resource, value in section(resources, "requests").items():
        limit = amounts.get(("limits", resource))
        asked = amounts.get(("requests", resource))
        if limit is not None and asked is not None and asked > limit:
            shown = section(resources, "limits")[resource]
            detail = f"must be less than or equal to {resource} limit of {shown}"
            causes.invalid(f"{at}.requests", str(value), detail)


def _check_ports(container: Obj, at: str, causes: Causes) -> None:
    for index, port in enumerate(items(container, "ports")):
        number = port.get("containerPort")
        if not number:
            causes.required(f"{at}.ports[{index}].containerPort")
        elif not 0 < number < 65536:
            causes.invalid(f"{at}.ports[{index}].containerPort", number, PORT_RULE)
        if port.get("protocol", "TCP") not in PROTOCOLS:
            causes.unsupported(f"{at}.ports[{index}].protocol", port["protocol"], PROTOCOLS)


def _check_env(container: Obj, at: str, causes: Causes) -> None:
    for index, variable in enumerate(items(container, "env")):
        if not variable.get("name"):
            causes.required(f"{at}.env[{index}].name")
        if variable.get("value") and variable.get("valueFrom"):
            detail = "may not be specified when `value` is not empty"
            causes.invalid(f"{at}.env[{index}].valueFrom", "", detail)


def _check_mounts(container: Obj, at: str, causes: Causes, volumes: set[str]) -> None:
    paths: set[str] = set()
    for index, mount in enumerate(items(container, "volumeMounts")):
        where = f"{at}.volumeMounts[{index}]"
        if not mount.get("name"):
            causes.required(f"{where}.name")
        elif mount["name"] not in volumes:
            causes.found.append(
                {
                    "reason": "FieldValueNotFound",
                    "message": f'Not found: "{mount["name"]}"',
                    "field": f"{where}.name",
                }
            )
        if not mount.get("mountPath"):
            causes.required(f"{where}.mountPath")
        elif mount["mountPath"] in paths:
            causes.invalid(f"{where}.mountPath", mount["mountPath"], "must be unique")
        paths.add(text(mount, "mountPath"))


def _check_probe(probe: Obj, kind: str, at: str, causes: Causes) -> None:
    given = [handler for handler in HANDLERS if handler in probe]
    if not given:
        causes.required(at, "must specify a handler type")
    for extra in given[1:]:
        causes.forbidden(f"{at}.{extra}", "may not specify more than 1 handler type")
    for key in (
        "initialDelaySeconds",
        "timeoutSeconds",
        "periodSeconds",
        "successThreshold",
        "failureThreshold",
    ):
        causes.not_negative(f"{at}.{key}", probe.get(key))
    if kind != "readinessProbe" and probe.get("successThreshold", 1) != 1:
        causes.invalid(f"{at}.successThreshold", probe["successThreshold"], "must be 1")
    port = section(probe, "httpGet").get("port", section(probe, "tcpSocket").get("port"))
    if isinstance(port, int) and not 0 < port < 65536:
        causes.invalid(f"{at}.{given[0]}.port", port, PORT_RULE)


def check_pod_update(before: Obj, after: Obj, causes: Causes) -> None:
    """A running pod's spec is fixed but for images, its deadline and additional tolerations."""
    old, new = clone(before["spec"]), clone(after["spec"])
    for spec in (old, new):
        for free in ("activeDeadlineSeconds", "tolerations", "terminationGracePeriodSeconds"):
            spec.pop(free, None)
        for container in [*items(spec, "containers"), *items(spec, "initContainers")]:
            container.pop("image", None)
    gates = [items(spec, "schedulingGates") for spec in (old, new)]
    if all(gate in gates[0] for gate in gates[1]):  # a gate may be lifted, none put up
        old.pop("schedulingGates", None)
        new.pop("schedulingGates", None)
    if not old.get("nodeName"):
        old.pop("nodeName", None)
        new.pop("nodeName", None)
    if len(items(old, "containers")) != len(items(new, "containers")):
        causes.forbidden("spec.containers", "pod updates may not add or remove containers")
    elif old != new:
        causes.forbidden("spec", IMMUTABLE)
