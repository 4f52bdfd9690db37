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
from kubesteer.simulator.objects import Obj, ensure, name_of


def default_secret(secret: Obj) -> None:
    """`type`; `stringData` is write-only and folded into `data` before this."""
    secret.setdefault("type", "Opaque")


def default_namespace(namespace: Obj) -> None:
    """The name label, the finalizer and the phase."""
    ensure(namespace, "metadata", "labels")["kubernetes.io/metadata.name"] = name_of(namespace)
    namespace.setdefault("spec", {}).setdefault("finalizers", ["kubernetes"])
    ensure(namespace, "status").setdefault("phase", "Active")


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
    "CustomResourceDefinition": establish,
}


def fill_defaults(obj: Obj) -> None:
    """Complete an object in place by its kind; kinds without defaults stay as they are."""
    if default := DEFAULTS.get(obj["kind"]):
        default(obj)
