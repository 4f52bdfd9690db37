"""Rules that people set for a cluster: quotas, limits, roles, network policies, classes.

Source: pkg/apis/{core,networking,rbac,scheduling,storage,discovery,coordination}/validation of the 1.34 release.
"""

from typing import Any

from kubesteer.simulator.objects import Obj, dig, items, namespace_of, section, text
from kubesteer.simulator.quantities import amount
from kubesteer.simulator.validation.causes import NOT_NEGATIVE, Causes

STANDARD = frozenset(
    {
        "cpu", "memory", "ephemeral-storage", "requests.cpu", "requests.memory", "requests.storage",
        "requests.ephemeral-storage", "limits.cpu", "limits.memory", "limits.ephemeral-storage", "pods",
        "resourcequotas", "services", "services.nodeports", "services.loadbalancers", "secrets", "configmaps",
        "persistentvolumeclaims", "replicationcontrollers",
    }
)  # fmt: skip
HIGHEST_PRIORITY = 1_000_000_000
POLICY_TYPES = ("Ingress", "Egress")
ROLE_KINDS = ("Role", "ClusterRole")
SUBJECT_KINDS = ("ServiceAccount", "User", "Group")


def check_quota(quota: Obj, causes: Causes) -> None:
    """Known resources, and amounts that are not negative."""
    for resource, value in section(quota, "spec", "hard").items():
        at = f"spec.hard[{resource}]"
        if "/" not in resource and resource not in STANDARD:
            causes.invalid(at, resource, "must be a standard resource type or fully qualified")
            causes.invalid(at, resource, "must be a standard resource for quota")
        if amount(value) < 0:
            causes.invalid(at, str(value), NOT_NEGATIVE)


def check_limit_range(limit_range: Obj, causes: Causes) -> None:
    """No minimum above its maximum or its defaults."""
    for index, limit in enumerate(items(limit_range, "spec", "limits")):
        at = f"spec.limits[{index}]"
        for resource, low in section(limit, "min").items():
            high = section(limit, "max").get(resource)
            if high is not None and amount(low) > amount(high):
                detail = f"min value {low} is greater than max value {high}"
                causes.invalid(f"{at}.min[{resource}]", str(low), detail)
            for key, word in (("defaultRequest", "default request"), ("default", "default")):
                given = section(limit, key).get(resource)
                if given is not None and amount(low) > amount(given):
                    detail = f"min value {low} is greater than {word} value {given}"
                    causes.invalid(f"{at}.{key}[{resource}]", str(given), detail)


def check_role(role: Obj, causes: Causes) -> None:
    """Every rule has verbs, and resources or paths."""
    for index, rule in enumerate(items(role, "rules")):
        at = f"rules[{index}]"
        if not rule.get("verbs"):
            causes.required(f"{at}.verbs", "verbs must contain at least one value")
        if rule.get("nonResourceURLs"):
            continue
        if not rule.get("apiGroups"):
            causes.required(f"{at}.apiGroups", "resource rules must supply at least one api group")
        if not rule.get("resources"):
            causes.required(f"{at}.resources", "resource rules must supply at least one resource")


def check_role_binding(binding: Obj, causes: Causes) -> None:
    """The role and the subjects."""
    kinds = ROLE_KINDS if binding["kind"] == "RoleBinding" else ROLE_KINDS[1:]
    if (kind := text(binding, "roleRef", "kind")) not in kinds:
        causes.unsupported("roleRef.kind", kind, kinds)
    if not text(binding, "roleRef", "name"):
        causes.required("roleRef.name")
    for index, subject in enumerate(items(binding, "subjects")):
        if subject.get("kind") not in SUBJECT_KINDS:
            causes.unsupported(f"subjects[{index}].kind", subject.get("kind"), SUBJECT_KINDS)
        elif not subject.get("name"):
            causes.required(f"subjects[{index}].name")


def check_role_binding_update(before: Obj, after: Obj, causes: Causes) -> None:
    """The role of a binding stays."""
    if section(before, "roleRef") != section(after, "roleRef"):
        causes.invalid("roleRef", section(after, "roleRef"), "cannot change roleRef")


def check_network_policy(policy: Obj, causes: Causes) -> None:
    """Directions."""
    listed: Any = dig(policy, "spec", "policyTypes")
    for index, kind in enumerate(listed if isinstance(listed, list) else []):
        if kind not in POLICY_TYPES:
            causes.unsupported(f"spec.policyTypes[{index}]", kind, POLICY_TYPES)


def check_priority_class(priority: Obj, causes: Causes) -> None:
    """People's priorities stay below those of the system."""
    name, value = text(priority, "metadata", "name"), priority.get("value", 0)
    if isinstance(value, int) and value > HIGHEST_PRIORITY and not name.startswith("system-"):
        detail = f"maximum allowed value of a user defined priority is {HIGHEST_PRIORITY}"
        causes.forbidden("value", detail)


def check_storage_class(storage_class: Obj, causes: Causes) -> None:
    """Who makes the volumes."""
    if not text(storage_class, "provisioner"):
        causes.required("provisioner")


def check_endpoint_slice(endpoints: Obj, causes: Causes) -> None:
    """The family of the addresses."""
    families = ("FQDN", "IPv4", "IPv6")
    if not (family := text(endpoints, "addressType")):
        causes.required("addressType")
    elif family not in families:
        causes.unsupported("addressType", family, families)


def check_lease(lease: Obj, causes: Causes) -> None:
    """How long it is held."""
    seconds = dig(lease, "spec", "leaseDurationSeconds")
    if isinstance(seconds, int) and seconds <= 0:
        causes.invalid("spec.leaseDurationSeconds", seconds, "must be greater than 0")


def check_event(event: Obj, causes: Causes) -> None:
    """An event stands in the namespace of what it is about."""
    about = text(event, "involvedObject", "namespace")
    if about != namespace_of(event) and (about or namespace_of(event) != "default"):
        causes.invalid("involvedObject.namespace", about, "does not match event.namespace")
