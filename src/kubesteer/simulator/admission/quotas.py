"""ResourceQuota: what a namespace may use in all.

Source: https://kubernetes.io/docs/concepts/policy/resource-quotas/
"""

from collections.abc import Callable, Mapping
from decimal import Decimal

from kubesteer.simulator.failures import forbidden
from kubesteer.simulator.objects import Obj, items, name_of, namespace_of, section, text
from kubesteer.simulator.quantities import amount, quantity_text
from kubesteer.simulator.registry import Resource, StoreKey
from kubesteer.simulator.store import Store

QUOTAS = ("", "resourcequotas")
PODS = ("", "pods")
COUNTED: Mapping[str, StoreKey] = {
    "services": ("", "services"),
    "configmaps": ("", "configmaps"),
    "secrets": ("", "secrets"),
    "persistentvolumeclaims": ("", "persistentvolumeclaims"),
    "count/deployments.apps": ("apps", "deployments"),
    "count/jobs.batch": ("batch", "jobs"),
    "count/cronjobs.batch": ("batch", "cronjobs"),
    "count/services": ("", "services"),
    "count/configmaps": ("", "configmaps"),
    "count/secrets": ("", "secrets"),
}
NAMES: Mapping[str, tuple[str, str]] = {
    "cpu": ("requests", "cpu"),
    "memory": ("requests", "memory"),
    "requests.cpu": ("requests", "cpu"),
    "requests.memory": ("requests", "memory"),
    "limits.cpu": ("limits", "cpu"),
    "limits.memory": ("limits", "memory"),
}


def pod_total(pod: Obj, kind: str, resource: str) -> Decimal:
    """The sum over a pod's containers, or its largest init container if that is more."""
    running = [
        amount(section(c, "resources", kind).get(resource, 0)) for c in items(pod, "spec", "containers")
    ]
    first = [
        amount(section(c, "resources", kind).get(resource, 0)) for c in items(pod, "spec", "initContainers")
    ]
    return max([sum(running, Decimal(0)), *first])


def qos_class(pod: Obj) -> str:
    """`Guaranteed`, `Burstable` or `BestEffort`, from the containers' requests and limits."""
    containers = [*items(pod, "spec", "containers"), *items(pod, "spec", "initContainers")]
    pairs = [
        (section(c, "resources", "requests").get(resource), section(c, "resources", "limits").get(resource))
        for c in containers
        for resource in ("cpu", "memory")
    ]
    if all(request is None and limit is None for request, limit in pairs):
        return "BestEffort"
    whole = all(limit is not None and amount(request or limit) == amount(limit) for request, limit in pairs)
    return "Guaranteed" if whole else "Burstable"


def _counts(pod: Obj) -> bool:
    return text(pod, "status", "phase") not in ("Succeeded", "Failed")


def _costs(name: str) -> Callable[[Obj], Decimal] | None:
    """How much of a quota's resource a pod takes, None where pods take none."""
    if name in ("pods", "count/pods"):
        return lambda _pod: Decimal(1)
    if name not in NAMES:
        return None
    kind, resource = NAMES[name]
    return lambda pod: pod_total(pod, kind, resource)


def used(store: Store, namespace: str, name: str) -> Decimal:
    """How much of a quota's resource a namespace uses now."""
    if name in COUNTED:
        return Decimal(len(store.list(COUNTED[name], namespace)))
    if name == "requests.storage":
        claims = store.list(("", "persistentvolumeclaims"), namespace)
        return sum(
            (amount(section(c, "spec", "resources", "requests").get("storage", 0)) for c in claims),
            Decimal(0),
        )
    cost = _costs(name)
    if cost is None:
        return Decimal(0)
    return sum((cost(pod) for pod in store.list(PODS, namespace) if _counts(pod)), Decimal(0))


def admit_quota(store: Store, resource: Resource, obj: Obj) -> None:
    """Refuse what would exceed a quota, or what a quota needs to know and is not said. Raises Failure 403."""
    for quota in store.list(QUOTAS, namespace_of(obj)):
        hard = section(quota, "spec", "hard")
        if resource.key == PODS:
            _refuse_unspecified(quota, hard, obj)
        _refuse_excess(store, resource, quota, hard, obj)


def _refuse_unspecified(quota: Obj, hard: Obj, pod: Obj) -> None:
    missing = []
    for name, (kind, resource) in NAMES.items():
        if name in hard:
            lacking = [
                c["name"]
                for c in items(pod, "spec", "containers")
                if resource not in section(c, "resources", kind)
            ]
            if lacking:
                missing.append(f"{name} for: {','.join(lacking)}")
    if missing:
        why = f"failed quota: {name_of(quota)}: must specify {'; '.join(sorted(missing))}"
        raise forbidden("", "pods", name_of(pod), why)


def _cost_of(resource: Resource, name: str, obj: Obj) -> Decimal:
    if resource.key == PODS:
        cost = _costs(name)
        return cost(obj) if cost else Decimal(0)
    return Decimal(1) if COUNTED.get(name) == resource.key else Decimal(0)


def _refuse_excess(store: Store, resource: Resource, quota: Obj, hard: Obj, obj: Obj) -> None:
    exceeded = []
    for name, limit in sorted(hard.items()):
        wanted = _cost_of(resource, name, obj)
        now = used(store, namespace_of(obj), name) if wanted else Decimal(0)
        if wanted and now + wanted > amount(limit):
            exceeded.append((name, wanted, now, limit))
    if not exceeded:
        return
    asked = ",".join(f"{name}={quantity_text(name, wanted)}" for name, wanted, _, _ in exceeded)
    before = ",".join(f"{name}={quantity_text(name, now)}" for name, _, now, _ in exceeded)
    bound = ",".join(f"{name}={limit}" for name, _, _, limit in exceeded)
    why = f"exceeded quota: {name_of(quota)}, requested: {asked}, used: {before}, limited: {bound}"
    raise forbidden(resource.group, resource.plural, name_of(obj), why)
