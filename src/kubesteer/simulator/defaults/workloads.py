"""Defaults of workloads and their autoscalers.

Source: https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/
"""

from kubesteer.simulator.defaults.pods import default_template
from kubesteer.simulator.objects import Obj, ensure, items


def _template(workload: Obj) -> Obj:
    spec = ensure(workload, "spec")
    if isinstance(spec.get("template"), dict):
        default_template(spec["template"])
    return spec


def default_deployment(deployment: Obj) -> None:
    """Replicas, strategy, history and deadline."""
    spec = _template(deployment)
    spec.setdefault("replicas", 1)
    spec.setdefault("revisionHistoryLimit", 10)
    spec.setdefault("progressDeadlineSeconds", 600)
    strategy = ensure(spec, "strategy")
    strategy.setdefault("type", "RollingUpdate")
    if strategy["type"] == "RollingUpdate":
        rolling = ensure(strategy, "rollingUpdate")
        rolling.setdefault("maxUnavailable", "25%")
        rolling.setdefault("maxSurge", "25%")


def default_replica_set(replica_set: Obj) -> None:
    """Replicas."""
    _template(replica_set).setdefault("replicas", 1)


def default_stateful_set(stateful_set: Obj) -> None:
    """Replicas, pod management, update strategy, history and claim retention."""
    spec = _template(stateful_set)
    spec.setdefault("replicas", 1)
    spec.setdefault("podManagementPolicy", "OrderedReady")
    spec.setdefault("revisionHistoryLimit", 10)
    spec.setdefault("persistentVolumeClaimRetentionPolicy", {"whenDeleted": "Retain", "whenScaled": "Retain"})
    strategy = ensure(spec, "updateStrategy")
    strategy.setdefault("type", "RollingUpdate")
    if strategy["type"] == "RollingUpdate":
        ensure(strategy, "rollingUpdate").setdefault("partition", 0)
    for claim in items(spec, "volumeClaimTemplates"):
        claim.setdefault("apiVersion", "v1")
        claim.setdefault("kind", "PersistentVolumeClaim")
        ensure(claim, "spec").setdefault("volumeMode", "Filesystem")
        claim.setdefault("status", {"phase": "Pending"})


def default_daemon_set(daemon_set: Obj) -> None:
    """Update strategy and history."""
    spec = _template(daemon_set)
    spec.setdefault("revisionHistoryLimit", 10)
    strategy = ensure(spec, "updateStrategy")
    strategy.setdefault("type", "RollingUpdate")
    if strategy["type"] == "RollingUpdate":
        rolling = ensure(strategy, "rollingUpdate")
        rolling.setdefault("maxUnavailable", 1)
        rolling.setdefault("maxSurge", 0)


def default_job_spec(spec: Obj) -> None:
    """A job's spec, also inside of a CronJob's template."""
    if isinstance(spec.get("template"), dict):
        default_template(spec["template"])
    if "completions" not in spec and "parallelism" not in spec:
        spec["completions"] = 1
    spec.setdefault("parallelism", 1)
    spec.setdefault("backoffLimit", 6)
    spec.setdefault("completionMode", "NonIndexed")
    spec.setdefault("suspend", False)
    spec.setdefault("manualSelector", False)
    spec.setdefault("podReplacementPolicy", "TerminatingOrFailed")


def default_job(job: Obj) -> None:
    """Completions, parallelism and back-off."""
    default_job_spec(ensure(job, "spec"))
    if job["spec"]["manualSelector"] is False:
        del job["spec"]["manualSelector"]


def default_cron_job(cron_job: Obj) -> None:
    """Concurrency, suspension and history limits."""
    spec = ensure(cron_job, "spec")
    spec.setdefault("concurrencyPolicy", "Allow")
    spec.setdefault("suspend", False)
    spec.setdefault("successfulJobsHistoryLimit", 3)
    spec.setdefault("failedJobsHistoryLimit", 1)
    if isinstance(template := spec.get("jobTemplate"), dict):
        template.setdefault("metadata", {})
        inner = ensure(template, "spec")
        if isinstance(inner.get("template"), dict):
            default_template(inner["template"])


def default_autoscaler(autoscaler: Obj) -> None:
    """`minReplicas`, and 80 % CPU where no metric is named."""
    spec = ensure(autoscaler, "spec")
    spec.setdefault("minReplicas", 1)
    if not spec.get("metrics"):
        target = {"type": "Utilization", "averageUtilization": 80}
        spec["metrics"] = [{"type": "Resource", "resource": {"name": "cpu", "target": target}}]
