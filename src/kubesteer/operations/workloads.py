"""Workloads as objects: their pod template, containers, selectors, and which pods are theirs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from kubesteer.core.requests import Manifest

TEMPLATE_PATHS: Mapping[str, tuple[str, ...]] = {
    "Pod": (),
    "Deployment": ("spec", "template"),
    "StatefulSet": ("spec", "template"),
    "DaemonSet": ("spec", "template"),
    "ReplicaSet": ("spec", "template"),
    "Job": ("spec", "template"),
    "CronJob": ("spec", "jobTemplate", "spec", "template"),
}
"""Where each kind keeps its pod template."""

TEMPLATED = tuple(kind for kind in TEMPLATE_PATHS if kind != "Pod")
"""Kinds that make pods from a template."""

REVISION = "deployment.kubernetes.io/revision"
CHANGE_CAUSE = "kubernetes.io/change-cause"
REVISION_HASH = "controller-revision-hash"
DEFAULT_CONTAINER = "kubectl.kubernetes.io/default-container"


def at(manifest: Manifest, *path: str) -> Any:
    """The value under a path; None where any part of it is missing."""
    value: Any = manifest
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def table_at(manifest: Manifest, *path: str) -> dict[str, Any]:
    """The object under a path, empty where there is none."""
    value = at(manifest, *path)
    return value if isinstance(value, dict) else {}


def items_at(manifest: Manifest, *path: str) -> list[dict[str, Any]]:
    """The list of objects under a path, empty where there is none."""
    value = at(manifest, *path)
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def annotations_of(manifest: Manifest) -> dict[str, str]:
    """An object's annotations."""
    return table_at(manifest, "metadata", "annotations")


def labels_of(manifest: Manifest) -> dict[str, str]:
    """An object's labels."""
    return table_at(manifest, "metadata", "labels")


def name_of(manifest: Manifest) -> str:
    """An object's name."""
    return str(at(manifest, "metadata", "name") or "")


def uid_of(manifest: Manifest) -> str:
    """An object's UID."""
    return str(at(manifest, "metadata", "uid") or "")


def template_of(manifest: Manifest, kind: str = "") -> dict[str, Any]:
    """The pod template (a pod is its own); empty for kinds without one."""
    path = TEMPLATE_PATHS.get(kind or manifest.get("kind", ""))
    return {} if path is None else table_at(manifest, *path) if path else manifest


def pod_spec_of(manifest: Manifest, kind: str = "") -> dict[str, Any]:
    """The pod specification of a pod or of a workload's template."""
    return table_at(template_of(manifest, kind), "spec")


def containers_of(manifest: Manifest, kind: str = "") -> list[dict[str, Any]]:
    """Containers that run while the pod runs; init containers and sidecars declared as such are left out."""
    return items_at(pod_spec_of(manifest, kind), "containers")


def sidecars_of(manifest: Manifest, kind: str = "") -> list[dict[str, Any]]:
    """Init containers that keep running (restartPolicy Always, KEP-753)."""
    inits = items_at(pod_spec_of(manifest, kind), "initContainers")
    return [container for container in inits if container.get("restartPolicy") == "Always"]


def selector_of(manifest: Manifest) -> str:
    """The label selector of a workload, budget or Service, as the API's `labelSelector` takes it; "" for none."""
    selector = table_at(manifest, "spec", "selector")
    if "matchLabels" not in selector and "matchExpressions" not in selector:
        return ",".join(f"{key}={value}" for key, value in sorted(selector.items()) if isinstance(value, str))
    exact = [f"{key}={value}" for key, value in sorted((selector.get("matchLabels") or {}).items())]
    return ",".join([*exact, *map(_requirement, selector.get("matchExpressions") or [])])


def _requirement(expression: Mapping[str, Any]) -> str:
    key, operator = str(expression.get("key", "")), str(expression.get("operator", ""))
    values = ",".join(expression.get("values") or [])
    words = {"In": f"{key} in ({values})", "NotIn": f"{key} notin ({values})", "Exists": key}
    return words.get(operator, f"!{key}")


def selects(selector: Mapping[str, Any], pod_labels: Mapping[str, str]) -> bool:
    """Whether a LabelSelector matches; an empty one matches everything (meta/v1 LabelSelector)."""
    exact = selector.get("matchLabels") or {}
    if any(pod_labels.get(key) != value for key, value in exact.items()):
        return False
    return all(_satisfied(expression, pod_labels) for expression in selector.get("matchExpressions") or [])


def _satisfied(expression: Mapping[str, Any], pod_labels: Mapping[str, str]) -> bool:
    value = pod_labels.get(expression.get("key", ""))
    values = expression.get("values") or []
    match expression.get("operator"):
        case "In":
            return value in values
        case "NotIn":
            return value not in values
        case "Exists":
            return value is not None
        case _:
            return value is None


def controller_of(manifest: Manifest) -> dict[str, Any]:
    """The ownerReference of the controller; empty where nothing controls the object."""
    owners = items_at(manifest, "metadata", "ownerReferences")
    return next((owner for owner in owners if owner.get("controller")), {})


def owned(objects: Iterable[Manifest], uids: Iterable[str]) -> list[Manifest]:
    """The objects controlled by one of these."""
    wanted = set(uids)
    return [each for each in objects if controller_of(each).get("uid") in wanted]


def statuses_of(pod: Manifest) -> Iterator[dict[str, Any]]:
    """A pod's container statuses, init containers first."""
    yield from items_at(pod, "status", "initContainerStatuses")
    yield from items_at(pod, "status", "containerStatuses")


def restarts_of(pod: Manifest) -> int:
    """Restarts of all of a pod's containers together, as `kubectl get pods` counts them."""
    return sum(int(status.get("restartCount") or 0) for status in statuses_of(pod))


def condition(manifest: Manifest, type_: str) -> dict[str, Any]:
    """One condition of an object's status; empty where it is not reported."""
    found = (c for c in items_at(manifest, "status", "conditions") if c.get("type") == type_)
    return next(found, {})


def is_ready(pod: Manifest) -> bool:
    """Whether a pod counts as ready: condition Ready, and not being deleted."""
    return condition(pod, "Ready").get("status") == "True" and not is_going(pod)


def is_going(manifest: Manifest) -> bool:
    """Whether an object is being deleted."""
    return bool(at(manifest, "metadata", "deletionTimestamp"))
