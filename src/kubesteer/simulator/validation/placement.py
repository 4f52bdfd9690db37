"""Where and as whom a pod may run.

Source: pkg/apis/core/validation of the 1.34 release.
"""

from typing import Any

from kubesteer.simulator.objects import Obj, dig, items, section, text
from kubesteer.simulator.validation.causes import Causes

DNS_POLICIES = ("ClusterFirstWithHostNet", "ClusterFirst", "Default", "None")
OPERATORS = ("Equal", "Exists")
UNSATISFIABLE = ("DoNotSchedule", "ScheduleAnyway")
LARGEST = 2**31 - 1
REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"


def check_placement(spec: Obj, path: str, causes: Causes) -> None:
    """Node, tolerations, affinity, spread, DNS, deadline and users."""
    if name := text(spec, "nodeName"):
        causes.subdomain(f"{path}.nodeName", name)
    causes.labels(f"{path}.nodeSelector", section(spec, "nodeSelector"))
    if (policy := spec.get("dnsPolicy")) not in DNS_POLICIES:
        causes.unsupported(f"{path}.dnsPolicy", policy, DNS_POLICIES)
    _within(spec.get("activeDeadlineSeconds"), 1, f"{path}.activeDeadlineSeconds", causes)
    for index, toleration in enumerate(items(spec, "tolerations")):
        if toleration.get("operator", "Equal") not in ("", *OPERATORS):
            causes.unsupported(f"{path}.tolerations[{index}].operator", toleration["operator"], OPERATORS)
    _check_affinity(spec, path, causes)
    _check_spread(spec, path, causes)
    _check_users(section(spec, "securityContext"), f"{path}.securityContext", causes)
    for kind in ("containers", "initContainers"):
        for index, container in enumerate(items(spec, kind)):
            at = f"{path}.{kind}[{index}]"
            _check_users(section(container, "securityContext"), f"{at}.securityContext", causes)
            if spec.get("hostNetwork"):
                _check_host_ports(container, at, causes)


def _within(value: Any, low: int, path: str, causes: Causes) -> None:
    if isinstance(value, int) and not low <= value <= LARGEST:
        causes.invalid(path, value, f"must be between {low} and {LARGEST}, inclusive")


def _check_users(context: Obj, path: str, causes: Causes) -> None:
    for key in ("runAsUser", "runAsGroup", "fsGroup"):
        _within(context.get(key), 0, f"{path}.{key}", causes)


def _check_host_ports(container: Obj, at: str, causes: Causes) -> None:
    for index, port in enumerate(items(container, "ports")):
        if port.get("hostPort", port.get("containerPort")) != port.get("containerPort"):
            detail = "must match `containerPort` when `hostNetwork` is true"
            causes.invalid(f"{at}.ports[{index}].hostPort", port["hostPort"], detail)


def _check_affinity(spec: Obj, path: str, causes: Causes) -> None:
    required = dig(spec, "affinity", "nodeAffinity", REQUIRED)
    if isinstance(required, dict) and not items(required, "nodeSelectorTerms"):
        at = f"{path}.affinity.nodeAffinity.{REQUIRED}.nodeSelectorTerms"
        causes.required(at, "must have at least one node selector term")


def _check_spread(spec: Obj, path: str, causes: Causes) -> None:
    for index, rule in enumerate(items(spec, "topologySpreadConstraints")):
        at = f"{path}.topologySpreadConstraints[{index}]"
        if rule.get("maxSkew", 0) < 1:
            causes.invalid(f"{at}.maxSkew", rule.get("maxSkew", 0), "must be greater than zero")
        if not rule.get("topologyKey"):
            causes.required(f"{at}.topologyKey", "can not be empty")
        if rule.get("whenUnsatisfiable") not in UNSATISFIABLE:
            causes.unsupported(f"{at}.whenUnsatisfiable", rule.get("whenUnsatisfiable"), UNSATISFIABLE)
