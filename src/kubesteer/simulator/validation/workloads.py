"""Workloads and their autoscalers.

Source: pkg/apis/{apps,batch,autoscaling,policy}/validation of the 1.34 release.
"""

from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from kubesteer.simulator.objects import Obj, dig, flag, items, name_of, number, section, text
from kubesteer.simulator.schedules import parse_schedule
from kubesteer.simulator.selectors import matches
from kubesteer.simulator.validation.causes import Causes
from kubesteer.simulator.validation.pods import ONCE, check_pod_spec

ALWAYS = ("Always",)
FIXED = "field is immutable"
STRATEGIES = ("RollingUpdate", "OnDelete")
MISMATCH = "`selector` does not match template `labels`"


def check_template(
    workload: Obj, causes: Causes, path: str = "spec", restart: tuple[str, ...] = ALWAYS
) -> None:
    """The pod template, and that the selector selects it."""
    template = dig(workload, *path.split("."), "template") or {}
    causes.labels(f"{path}.template.labels", section(template, "metadata", "labels"))
    spec = section(template, "spec")
    claimed = [{"name": name_of(claim)} for claim in items(workload, "spec", "volumeClaimTemplates")]
    if claimed:  # these are volumes too, once there is a pod
        spec = {**spec, "volumes": [*items(spec, "volumes"), *claimed]}
    check_pod_spec(spec, f"{path}.template.spec", causes, restart=restart)


def _check_selector(workload: Obj, causes: Causes) -> None:
    selector = section(workload, "spec").get("selector")
    if not isinstance(selector, dict):
        causes.required("spec.selector")
    elif not (selector.get("matchLabels") or selector.get("matchExpressions")):
        causes.invalid("spec.selector", selector, "empty selector is invalid for deployment")
    labels = section(workload, "spec", "template", "metadata", "labels")
    if not matches(selector, labels):
        causes.invalid("spec.template.metadata.labels", labels, MISMATCH)


def check_replicated(workload: Obj, causes: Causes) -> None:
    """Deployment, ReplicaSet and StatefulSet."""
    causes.not_negative("spec.replicas", dig(workload, "spec", "replicas"))
    causes.not_negative("spec.minReadySeconds", dig(workload, "spec", "minReadySeconds"))
    causes.not_negative("spec.revisionHistoryLimit", dig(workload, "spec", "revisionHistoryLimit"))
    _check_selector(workload, causes)
    check_template(workload, causes)


def check_deployment(deployment: Obj, causes: Causes) -> None:
    """What replicated workloads share, and the strategy."""
    check_replicated(deployment, causes)
    deadline, ready = (number(deployment, "spec", k) for k in ("progressDeadlineSeconds", "minReadySeconds"))
    if deadline <= ready:
        causes.invalid("spec.progressDeadlineSeconds", deadline, "must be greater than minReadySeconds")
    strategy = section(deployment, "spec", "strategy")
    if strategy.get("type") not in ("Recreate", "RollingUpdate"):
        causes.unsupported("spec.strategy", strategy.get("type"), ("Recreate", "RollingUpdate"))
    if strategy.get("type") == "Recreate" and strategy.get("rollingUpdate"):
        causes.forbidden(
            "spec.strategy.rollingUpdate", "may not be specified when strategy `type` is 'Recreate'"
        )
    rolling = section(strategy, "rollingUpdate")
    for key, most in (("maxUnavailable", 100), ("maxSurge", None)):
        causes.int_or_percent(f"spec.strategy.rollingUpdate.{key}", rolling.get(key), most=most)
    if rolling and _is_zero(rolling.get("maxSurge")) and _is_zero(rolling.get("maxUnavailable")):
        causes.invalid(
            "spec.strategy.rollingUpdate.maxUnavailable",
            rolling.get("maxUnavailable"),
            "may not be 0 when `maxSurge` is 0",
        )


def _is_zero(value: Any) -> bool:
    return value in (0, "0", "0%")


def check_stateful_set(stateful_set: Obj, causes: Causes) -> None:
    """What replicated workloads share, and how pods are made and replaced."""
    check_replicated(stateful_set, causes)
    spec = section(stateful_set, "spec")
    strategy = section(spec, "updateStrategy")
    if strategy.get("type") not in STRATEGIES:
        causes.invalid("spec.updateStrategy", strategy, "must be 'RollingUpdate' or 'OnDelete'")
    if (policy := spec.get("podManagementPolicy")) not in ("OrderedReady", "Parallel"):
        causes.invalid("spec.podManagementPolicy", policy, "must be 'OrderedReady' or 'Parallel'")


def check_daemon_set(daemon_set: Obj, causes: Causes) -> None:
    """Selector, template and how pods are replaced."""
    strategy = section(daemon_set, "spec", "updateStrategy").get("type")
    if strategy not in STRATEGIES:
        causes.unsupported("spec.updateStrategy", strategy, STRATEGIES)
    _check_selector(daemon_set, causes)
    check_template(daemon_set, causes)


def check_job(job: Obj, causes: Causes, path: str = "spec") -> None:
    """Counts and the template."""
    spec = dig(job, *path.split(".")) or {}
    for key in ("parallelism", "completions", "backoffLimit", "activeDeadlineSeconds"):
        causes.not_negative(f"{path}.{key}", spec.get(key))
    check_template(job, causes, path, ONCE)


def check_cron_job(cron_job: Obj, causes: Causes) -> None:
    """The schedule and the job's template."""
    schedule = dig(cron_job, "spec", "schedule")
    if not schedule:
        causes.required("spec.schedule")
    else:
        _check_schedule(schedule, causes)
    policy = dig(cron_job, "spec", "concurrencyPolicy")
    if (zone := dig(cron_job, "spec", "timeZone")) is not None and not _is_zone(zone):
        causes.invalid("spec.timeZone", zone, f"unknown time zone {zone}")
    if policy not in ("Allow", "Forbid", "Replace"):
        causes.unsupported("spec.concurrencyPolicy", policy, ("Allow", "Forbid", "Replace"))
    check_job(cron_job, causes, "spec.jobTemplate.spec")


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def _check_schedule(schedule: str, causes: Causes) -> None:
    try:
        parse_schedule(schedule)
    except ValueError as error:
        causes.invalid("spec.schedule", schedule, str(error))


def check_autoscaler(autoscaler: Obj, causes: Causes) -> None:
    """Bounds and the target."""
    spec = section(autoscaler, "spec")
    low, high = spec.get("minReplicas", 1), spec.get("maxReplicas", 0)
    if low < 1:
        causes.invalid("spec.minReplicas", low, "must be greater than or equal to 1")
    if high < 1:
        causes.invalid("spec.maxReplicas", high, "must be greater than 0")
    if high < low:
        causes.invalid("spec.maxReplicas", high, "must be greater than or equal to `minReplicas`")
    for key in ("kind", "name"):
        if not dig(spec, "scaleTargetRef", key):
            causes.required(f"spec.scaleTargetRef.{key}")
    if "/" not in text(spec, "scaleTargetRef", "apiVersion"):
        detail = "apiVersion must specify API group"
        causes.invalid("spec.scaleTargetRef.apiVersion", text(spec, "scaleTargetRef", "apiVersion"), detail)
    for index, metric in enumerate(items(spec, "metrics")):
        if metric.get("type") == "Resource" and not metric.get("resource"):
            detail = "must populate information for the given metric source"
            causes.required(f"spec.metrics[{index}].resource", detail)
        target = section(metric, "resource", "target")
        if (percent := target.get("averageUtilization", 1)) < 1:
            path = f"spec.metrics[{index}].resource.target.averageUtilization"
            causes.invalid(path, percent, "must be greater than 0")


def check_budget(budget: Obj, causes: Causes) -> None:
    """One bound only."""
    spec = section(budget, "spec")
    if "minAvailable" in spec and "maxUnavailable" in spec:
        causes.invalid("spec", spec, "minAvailable and maxUnavailable cannot be both set")
    for key in ("minAvailable", "maxUnavailable"):
        causes.int_or_percent(f"spec.{key}", spec.get(key), most=100)


def check_fixed_selector(before: Obj, after: Obj, causes: Causes) -> None:
    """`spec.selector` of Deployment, ReplicaSet and DaemonSet."""
    selector = dig(after, "spec", "selector")
    if dig(before, "spec", "selector") != selector:
        causes.invalid("spec.selector", selector, FIXED)


STATEFUL_FREE = (
    "replicas", "template", "updateStrategy", "persistentVolumeClaimRetentionPolicy", "minReadySeconds",
    "ordinals", "revisionHistoryLimit",
)  # fmt: skip


def check_stateful_update(before: Obj, after: Obj, causes: Causes) -> None:
    """A StatefulSet's spec is fixed but for a few fields."""
    old, new = (
        {key: value for key, value in section(obj, "spec").items() if key not in STATEFUL_FREE}
        for obj in (before, after)
    )
    if old != new:
        causes.forbidden(
            "spec",
            "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', "
            "'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and "
            "'minReadySeconds' are forbidden",
        )


def check_job_update(before: Obj, after: Obj, causes: Causes) -> None:
    """A job's selector, completions and template are fixed; while it is suspended, where its pods go is not."""
    for key in ("selector", "completions"):
        if dig(before, "spec", key) != dig(after, "spec", key):
            causes.invalid(f"spec.{key}", dig(after, "spec", key), FIXED)
    old, new = section(before, "spec", "template"), section(after, "spec", "template")
    if flag(before, "spec", "suspend"):
        old, new = _unplaced(old), _unplaced(new)
    if old != new:
        causes.invalid("spec.template", new, FIXED)


PLACING = ("nodeSelector", "affinity", "tolerations", "schedulingGates")


def _unplaced(template: Obj) -> Obj:
    """A template without labels, annotations and what chooses its node."""
    spec = {key: value for key, value in section(template, "spec").items() if key not in PLACING}
    return {"spec": spec}
