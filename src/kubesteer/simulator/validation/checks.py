"""The table of checks by kind, for an object alone and for an object against its stored form."""

from collections.abc import Callable, Mapping

from kubesteer.simulator.failures import invalid
from kubesteer.simulator.objects import Obj, name_of, section
from kubesteer.simulator.validation.causes import Causes
from kubesteer.simulator.validation.others import (
    check_claim,
    check_claim_update,
    check_data,
    check_data_update,
    check_ingress,
    check_metadata,
    check_service,
    check_service_update,
)
from kubesteer.simulator.validation.pods import check_pod_spec, check_pod_update
from kubesteer.simulator.validation.policies import (
    check_endpoint_slice,
    check_event,
    check_lease,
    check_limit_range,
    check_network_policy,
    check_priority_class,
    check_quota,
    check_role,
    check_role_binding,
    check_role_binding_update,
    check_storage_class,
)
from kubesteer.simulator.validation.workloads import (
    check_autoscaler,
    check_budget,
    check_cron_job,
    check_daemon_set,
    check_deployment,
    check_fixed_selector,
    check_job,
    check_job_update,
    check_replicated,
    check_stateful_set,
    check_stateful_update,
)

Check = Callable[[Obj, Causes], None]
Comparison = Callable[[Obj, Obj, Causes], None]


def _check_pod(pod: Obj, causes: Causes) -> None:
    check_pod_spec(section(pod, "spec"), "spec", causes, restart=("Always", "OnFailure", "Never"))


CHECKS: Mapping[str, Check] = {
    "Pod": _check_pod,
    "Deployment": check_deployment,
    "ReplicaSet": check_replicated,
    "StatefulSet": check_stateful_set,
    "DaemonSet": check_daemon_set,
    "Job": check_job,
    "CronJob": check_cron_job,
    "HorizontalPodAutoscaler": check_autoscaler,
    "PodDisruptionBudget": check_budget,
    "Service": check_service,
    "ConfigMap": check_data,
    "Secret": check_data,
    "PersistentVolumeClaim": check_claim,
    "Ingress": check_ingress,
    "NetworkPolicy": check_network_policy,
    "ResourceQuota": check_quota,
    "LimitRange": check_limit_range,
    "Role": check_role,
    "ClusterRole": check_role,
    "RoleBinding": check_role_binding,
    "ClusterRoleBinding": check_role_binding,
    "PriorityClass": check_priority_class,
    "StorageClass": check_storage_class,
    "EndpointSlice": check_endpoint_slice,
    "Lease": check_lease,
    "Event": check_event,
}
COMPARISONS: Mapping[str, Comparison] = {
    "Pod": check_pod_update,
    "Deployment": check_fixed_selector,
    "ReplicaSet": check_fixed_selector,
    "DaemonSet": check_fixed_selector,
    "StatefulSet": check_stateful_update,
    "Job": check_job_update,
    "Service": check_service_update,
    "ConfigMap": check_data_update,
    "Secret": check_data_update,
    "PersistentVolumeClaim": check_claim_update,
    "RoleBinding": check_role_binding_update,
    "ClusterRoleBinding": check_role_binding_update,
}


def validate(group: str, obj: Obj, before: Obj | None = None) -> None:
    """Refuse an object that the API server would refuse. Raises Failure 422 naming every cause."""
    causes = Causes()
    check_metadata(obj, causes)
    if check := CHECKS.get(obj["kind"]):
        check(obj, causes)
    if before is not None and (compare := COMPARISONS.get(obj["kind"])):
        compare(before, obj, causes)
    if causes.found:
        raise invalid(group, obj["kind"], name_of(obj), causes.found)
