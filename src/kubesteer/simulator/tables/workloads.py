"""Columns of workloads.

Source: pkg/printers/internalversion/printers.go of the 1.34 release.
"""

from datetime import datetime

from kubesteer.simulator.clock import parse_stamp
from kubesteer.simulator.objects import Obj, condition_is, dig, items, number, section, text
from kubesteer.simulator.selectors import selector_text
from kubesteer.simulator.tables.cells import NONE, UNKNOWN, age, duration, images, name, names, pairs, since
from kubesteer.simulator.tables.definitions import Cell, Column

JOB_TEMPLATE = ("spec", "jobTemplate", "spec", "template", "spec", "containers")
TEMPLATE = ("spec", "template", "spec", "containers")


def _count(*path: str) -> Cell:
    return lambda obj, _now: number(obj, *path)


def _text(*path: str) -> Cell:
    return lambda obj, _now: text(obj, *path, default=NONE)


def _selector(obj: Obj, _now: datetime) -> str:
    return selector_text(section(obj, "spec", "selector")) or NONE


CONTAINERS = (
    Column("Containers", lambda obj, _now: names(obj, *TEMPLATE), wide=True),
    Column("Images", lambda obj, _now: images(obj, *TEMPLATE), wide=True),
)


def _job_status(job: Obj, _now: datetime) -> str:
    for word, kind in (("Complete", "Complete"), ("Failed", "Failed"), ("Suspended", "Suspended")):
        if condition_is(job, kind):
            return word
    return "Terminating" if text(job, "metadata", "deletionTimestamp") else "Running"


def _job_completions(job: Obj, _now: datetime) -> str:
    wanted = dig(job, "spec", "completions")
    done = number(job, "status", "succeeded")
    return f"{done}/{wanted}" if wanted is not None else f"{done}/1 of {number(job, 'spec', 'parallelism')}"


def _job_duration(job: Obj, now: datetime) -> str:
    start, end = text(job, "status", "startTime"), text(job, "status", "completionTime")
    if not start:
        return ""
    try:
        return duration((parse_stamp(end) if end else now) - parse_stamp(start))
    except ValueError:
        return UNKNOWN


def _targets(autoscaler: Obj, _now: datetime) -> str:
    shown = []
    current = {section(m, "resource").get("name"): m for m in items(autoscaler, "status", "currentMetrics")}
    for metric in items(autoscaler, "spec", "metrics"):
        resource = section(metric, "resource")
        wanted = section(resource, "target")
        now = section(current.get(resource.get("name")), "resource", "current")
        if "averageUtilization" in wanted:
            have = f"{now['averageUtilization']}%" if "averageUtilization" in now else UNKNOWN
            shown.append(f"{resource.get('name')}: {have}/{wanted['averageUtilization']}%")
        else:
            shown.append(f"{now.get('averageValue', UNKNOWN)}/{wanted.get('averageValue')}")
    return ", ".join(shown) or NONE


def _reference(autoscaler: Obj, _now: datetime) -> str:
    target = section(autoscaler, "spec", "scaleTargetRef")
    return f"{target.get('kind')}/{target.get('name')}"


def _last_schedule(cron_job: Obj, now: datetime) -> str:
    last = text(cron_job, "status", "lastScheduleTime")
    return since(last, now) if last else NONE


def _job_selector(cron_job: Obj, _now: datetime) -> str:
    return selector_text(section(cron_job, "spec", "jobTemplate", "spec", "selector")) or NONE


def _bound(key: str) -> Cell:
    return lambda obj, _now: str(section(obj, "spec").get(key, "N/A"))


WORKLOADS: dict[str, tuple[Column, ...]] = {
    "Deployment": (
        Column("Name", name),
        Column(
            "Ready",
            lambda obj, _now: f"{number(obj, 'status', 'readyReplicas')}/{number(obj, 'spec', 'replicas')}",
        ),
        Column("Up-to-date", _count("status", "updatedReplicas")),
        Column("Available", _count("status", "availableReplicas")),
        Column("Age", age),
        *CONTAINERS,
        Column("Selector", _selector, wide=True),
    ),
    "ReplicaSet": (
        Column("Name", name),
        Column("Desired", _count("spec", "replicas"), type="integer"),
        Column("Current", _count("status", "replicas"), type="integer"),
        Column("Ready", _count("status", "readyReplicas"), type="integer"),
        Column("Age", age),
        *CONTAINERS,
        Column("Selector", _selector, wide=True),
    ),
    "ReplicationController": (
        Column("Name", name),
        Column("Desired", _count("spec", "replicas"), type="integer"),
        Column("Current", _count("status", "replicas"), type="integer"),
        Column("Ready", _count("status", "readyReplicas"), type="integer"),
        Column("Age", age),
        *CONTAINERS,
        Column("Selector", lambda obj, _now: pairs(section(obj, "spec", "selector")), wide=True),
    ),
    "StatefulSet": (
        Column("Name", name),
        Column(
            "Ready",
            lambda obj, _now: f"{number(obj, 'status', 'readyReplicas')}/{number(obj, 'spec', 'replicas')}",
        ),
        Column("Age", age),
        *CONTAINERS,
    ),
    "DaemonSet": (
        Column("Name", name),
        Column("Desired", _count("status", "desiredNumberScheduled"), type="integer"),
        Column("Current", _count("status", "currentNumberScheduled"), type="integer"),
        Column("Ready", _count("status", "numberReady"), type="integer"),
        Column("Up-to-date", _count("status", "updatedNumberScheduled"), type="integer"),
        Column("Available", _count("status", "numberAvailable"), type="integer"),
        Column(
            "Node Selector", lambda obj, _now: pairs(section(obj, "spec", "template", "spec", "nodeSelector"))
        ),
        Column("Age", age),
        *CONTAINERS,
        Column("Selector", _selector, wide=True),
    ),
    "Job": (
        Column("Name", name),
        Column("Status", _job_status),
        Column("Completions", _job_completions),
        Column("Duration", _job_duration),
        Column("Age", age),
        *CONTAINERS,
        Column("Selector", _selector, wide=True),
    ),
    "CronJob": (
        Column("Name", name),
        Column("Schedule", _text("spec", "schedule")),
        Column("Timezone", _text("spec", "timeZone")),
        Column("Suspend", lambda obj, _now: str(bool(dig(obj, "spec", "suspend"))), type="boolean"),
        Column("Active", lambda obj, _now: len(items(obj, "status", "active")), type="integer"),
        Column("Last Schedule", _last_schedule),
        Column("Age", age),
        Column("Containers", lambda obj, _now: names(obj, *JOB_TEMPLATE), wide=True),
        Column("Images", lambda obj, _now: images(obj, *JOB_TEMPLATE), wide=True),
        Column("Selector", _job_selector, wide=True),
    ),
    "HorizontalPodAutoscaler": (
        Column("Name", name),
        Column("Reference", _reference),
        Column("Targets", _targets),
        Column("MinPods", lambda obj, _now: str(number(obj, "spec", "minReplicas", default=1))),
        Column("MaxPods", _count("spec", "maxReplicas")),
        Column("Replicas", _count("status", "currentReplicas")),
        Column("Age", age),
    ),
    "PodDisruptionBudget": (
        Column("Name", name),
        Column("Min Available", _bound("minAvailable")),
        Column("Max Unavailable", _bound("maxUnavailable")),
        Column("Allowed Disruptions", _count("status", "disruptionsAllowed"), type="integer"),
        Column("Age", age),
    ),
    "ControllerRevision": (
        Column("Name", name),
        Column(
            "Controller",
            lambda obj, _now: (
                "/".join(
                    str(owner.get(key))
                    for owner in items(obj, "metadata", "ownerReferences")[:1]
                    for key in ("kind", "name")
                )
                or NONE
            ),
        ),
        Column("Revision", _count("revision")),
        Column("Age", age),
    ),
}
