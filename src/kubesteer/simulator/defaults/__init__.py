"""What the API server fills in where a manifest says nothing, one module per family of kinds.

Belongs here: pure functions that complete an object in place. Does not belong here: values that need the
rest of the cluster (cluster IPs, service accounts, limits of a namespace): those are admission's.
"""

from collections.abc import Callable, Mapping

from kubesteer.simulator.custom import establish
from kubesteer.simulator.defaults.network import default_ingress, default_network_policy, default_service
from kubesteer.simulator.defaults.pods import default_pod
from kubesteer.simulator.defaults.storage import default_claim, default_storage_class, default_volume
from kubesteer.simulator.defaults.workloads import (
    default_autoscaler,
    default_cron_job,
    default_daemon_set,
    default_deployment,
    default_job,
    default_replica_set,
    default_stateful_set,
)
from kubesteer.simulator.objects import Obj, ensure, items, name_of, section


def default_secret(secret: Obj) -> None:
    """`type`; `stringData` is write-only and folded into `data` before this."""
    secret.setdefault("type", "Opaque")


def default_namespace(namespace: Obj) -> None:
    """The name label, the finalizer and the phase."""
    ensure(namespace, "metadata", "labels")["kubernetes.io/metadata.name"] = name_of(namespace)
    namespace.setdefault("spec", {}).setdefault("finalizers", ["kubernetes"])
    ensure(namespace, "status").setdefault("phase", "Active")


def default_limit_range(limit_range: Obj) -> None:
    """What a container may have at most is what it gets, and asks for, unless something else is said."""
    for limit in items(limit_range, "spec", "limits"):
        if limit.get("type") == "Container":
            for resource, value in section(limit, "max").items():
                ensure(limit, "default").setdefault(resource, value)
            for key in ("default", "min"):
                for resource, value in section(limit, key).items():
                    ensure(limit, "defaultRequest").setdefault(resource, value)


def default_priority_class(priority: Obj) -> None:
    """That it may push others out."""
    priority.setdefault("preemptionPolicy", "PreemptLowerPriority")


DEFAULTS: Mapping[str, Callable[[Obj], None]] = {
    "Pod": default_pod,
    "Deployment": default_deployment,
    "ReplicaSet": default_replica_set,
    "StatefulSet": default_stateful_set,
    "DaemonSet": default_daemon_set,
    "Job": default_job,
    "CronJob": default_cron_job,
    "HorizontalPodAutoscaler": default_autoscaler,
    "Service": default_service,
    "Ingress": default_ingress,
    "NetworkPolicy": default_network_policy,
    "PersistentVolumeClaim": default_claim,
    "PersistentVolume": default_volume,
    "StorageClass": default_storage_class,
    "Secret": default_secret,
    "Namespace": default_namespace,
    "LimitRange": default_limit_range,
    "PriorityClass": default_priority_class,
    "CustomResourceDefinition": establish,
}


def fill_defaults(obj: Obj) -> None:
    """Complete an object in place by its kind; kinds without defaults stay as they are."""
    if default := DEFAULTS.get(obj["kind"]):
        default(obj)
