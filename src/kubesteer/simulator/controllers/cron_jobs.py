"""CronJobs: a Job whenever the schedule says so.

Source: pkg/controller/cronjob of the 1.34 release.
"""

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from kubesteer.simulator.controllers.access import Access, own_key, owner_key
from kubesteer.simulator.controllers.job_tallies import finished
from kubesteer.simulator.controllers.jobs import JOBS
from kubesteer.simulator.failures import Failure
from kubesteer.simulator.objects import (
    Obj,
    clone,
    condition_is,
    controlled_by,
    flag,
    items,
    name_of,
    namespace_of,
    owner_reference,
    section,
    terminating,
    text,
    uid_of,
)
from kubesteer.simulator.registry import StoreKey
from kubesteer.simulator.schedules import Schedule, parse_schedule
from kubesteer.simulator.store import Change, ObjectKey

CRON_JOBS: StoreKey = ("batch", "cronjobs")
SCHEDULED = "batch.kubernetes.io/cronjob-scheduled-timestamp"
EXISTS = 409


class CronJobs:
    """The controller. Schedules are read on the accelerated calendar of the clock."""

    def __init__(self, access: Access) -> None:
        self.access = access
        self._due: dict[str, tuple[str, datetime | None]] = {}
        """By UID: the schedule that was read, and when it is due next."""

    def concerns(self, change: Change) -> Iterable[ObjectKey]:
        """CronJobs and the owners of Jobs."""
        yield from own_key(change, CRON_JOBS)
        yield from owner_key(change, JOBS, "CronJob")

    def reconcile(self, key: ObjectKey) -> float | None:
        """Tidy up, and start what is due."""
        cron_job = self.access.store.get(CRON_JOBS, *key)
        if cron_job is None or terminating(cron_job):
            return None
        cron_job = self._track(cron_job)
        self._prune(cron_job)
        try:
            schedule, zone = parse_schedule(_schedule_of(cron_job)), _zone(cron_job)
        except (ValueError, OSError, ZoneInfoNotFoundError) as error:
            self.access.warning(cron_job, "UnparseableSchedule", f"unparseable schedule: {error}")
            return None
        return self._tick(cron_job, schedule, zone)

    def _tick(self, cron_job: Obj, schedule: Schedule, zone: ZoneInfo) -> float | None:
        now = self.access.clock.virtual().astimezone(zone)
        text_of, due = self._due.get(uid_of(cron_job), ("", None))
        if text_of != _schedule_of(cron_job):
            due = schedule.next(now)
        elif due is not None and due <= now:
            if not flag(cron_job, "spec", "suspend"):
                self._run(cron_job, due)
            due = schedule.next(now)
        self._due[uid_of(cron_job)] = (_schedule_of(cron_job), due)
        return (due - now).total_seconds() if due else None

    def _run(self, cron_job: Obj, due: datetime) -> None:
        active = [job for job in self.access.owned(JOBS, cron_job) if not finished(job)]
        policy = text(cron_job, "spec", "concurrencyPolicy", default="Allow")
        if active and policy == "Forbid":
            message = "Not starting job because prior execution is running and concurrency policy is Forbid"
            self.access.normal(cron_job, "JobAlreadyActive", message)
            return
        if policy == "Replace":
            for job in active:
                self.access.delete(JOBS, job)
                self.access.normal(cron_job, "SuccessfulDelete", f"Deleted job {name_of(job)}")
        self._create(cron_job, due)

    def _create(self, cron_job: Obj, due: datetime) -> None:
        try:
            made = self.access.create(JOBS, job_of(cron_job, due))
        except Failure as failure:
            if failure.code != EXISTS:
                self.access.warning(cron_job, "FailedCreate", f"Error creating job: {failure.message}")
            return
        self.access.normal(cron_job, "SuccessfulCreate", f"Created job {name_of(made)}")
        current = self.access.store.get(CRON_JOBS, namespace_of(cron_job), name_of(cron_job)) or cron_job
        active = [*items(current, "status", "active"), _reference(made)]
        status = {
            **section(current, "status"),
            "active": active,
            "lastScheduleTime": self.access.clock.stamp(),
        }
        self.access.set_status(CRON_JOBS, current, status)

    def _track(self, cron_job: Obj) -> Obj:
        """Drop Jobs that have finished, or are gone, from `status.active`."""
        status, kept = section(cron_job, "status"), []
        last = status.get("lastSuccessfulTime")
        for reference in items(status, "active"):
            job = self.access.store.get(JOBS, namespace_of(cron_job), str(reference.get("name")))
            if job is None or uid_of(job) != reference.get("uid"):
                message = f"Active job went missing: {reference.get('name')}"
                self.access.normal(cron_job, "MissingJob", message)
            elif finished(job):
                word = "Complete" if condition_is(job, "Complete") else "Failed"
                message = f"Saw completed job: {name_of(job)}, condition: {word}"
                self.access.normal(cron_job, "SawCompletedJob", message)
                last = text(job, "status", "completionTime") or last
            else:
                kept.append(reference)
        fresh = {key: value for key, value in status.items() if key != "active"}
        fresh |= {"active": kept} if kept else {}
        fresh |= {"lastSuccessfulTime": last} if last else {}
        return self.access.set_status(CRON_JOBS, cron_job, fresh)

    def _prune(self, cron_job: Obj) -> None:
        """Delete finished Jobs beyond the history limits, the oldest first."""
        ended = [
            job
            for job in self.access.owned(JOBS, cron_job)
            if finished(job) and controlled_by(job, cron_job) and not terminating(job)
        ]
        ended.sort(key=lambda job: (text(job, "status", "startTime"), name_of(job)))
        for kind, limit in (("Complete", "successfulJobsHistoryLimit"), ("Failed", "failedJobsHistoryLimit")):
            found = [job for job in ended if condition_is(job, kind)]
            most = section(cron_job, "spec").get(limit)
            if isinstance(most, int):
                for job in found[: max(len(found) - most, 0)]:
                    self.access.delete(JOBS, job)
                    self.access.normal(cron_job, "SuccessfulDelete", f"Deleted job {name_of(job)}")


def job_of(cron_job: Obj, due: datetime) -> Obj:
    """The Job of one scheduled time, named after the minute."""
    template = section(cron_job, "spec", "jobTemplate")
    metadata = clone(section(template, "metadata"))
    annotations = {**metadata.get("annotations", {}), SCHEDULED: due.isoformat()}
    labels = {"labels": metadata["labels"]} if metadata.get("labels") else {}
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {
            "name": f"{name_of(cron_job)}-{int(due.timestamp() // 60)}",
            "namespace": namespace_of(cron_job),
            **labels,
            "annotations": annotations,
            "ownerReferences": [owner_reference(cron_job)],
        },
        "spec": clone(section(template, "spec")),
    }


def _schedule_of(cron_job: Obj) -> str:
    return text(cron_job, "spec", "schedule")


def _zone(cron_job: Obj) -> ZoneInfo:
    """The time zone; raises ZoneInfoNotFoundError for an unknown one."""
    return ZoneInfo(text(cron_job, "spec", "timeZone") or "UTC")


def _reference(job: Obj) -> Obj:
    return {
        "kind": "Job",
        "namespace": namespace_of(job),
        "name": name_of(job),
        "uid": uid_of(job),
        "apiVersion": "batch/v1",
        "resourceVersion": job["metadata"]["resourceVersion"],
    }
