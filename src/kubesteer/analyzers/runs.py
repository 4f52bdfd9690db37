"""Runs of Jobs and CronJobs: which of them count as failures."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from kubesteer.analyzers import patience
from kubesteer.analyzers.crons import parsed, runs, zone_of
from kubesteer.analyzers.resources.pods import Pod
from kubesteer.analyzers.resources.shapes import moment
from kubesteer.analyzers.resources.workloads import CronJob, Job
from kubesteer.analyzers.world import World

DAY = 86400.0
"""Seconds after which a failed Job is history: its owner has seen it or does not care."""


def failed_jobs(world: World) -> Iterator[Job]:
    """Jobs that stand alone and have failed within the day."""
    for job in world.of(Job):
        ended = job.ended("Failed")
        if job.owner is None and ended is not None and world.now - moment(ended.last_transition_time) <= DAY:
            yield job


def last_pod(world: World, job: Job) -> Pod | None:
    """The youngest of a Job's pods that are still there."""
    return max(world.pods_under(job), key=lambda pod: pod.metadata.creation_timestamp, default=None)


def failing_run(world: World, cron_job: CronJob) -> Job | None:
    """The last finished run, where it failed and is not the first in a row to do so."""
    finished = [job for job in world.jobs_of(cron_job) if job.ended("Failed") or job.ended("Complete")]
    finished.sort(key=lambda job: (job.metadata.creation_timestamp, job.name), reverse=True)
    row = 0
    for job in finished:
        if not job.ended("Failed"):
            break
        row += 1
    if not row:
        return None
    if row >= patience.FAILED_RUNS or (row == len(finished) and _more_failed(world, cron_job, finished[0])):
        return finished[0]
    return None


def _more_failed(world: World, cron_job: CronJob, last: Job) -> bool:
    """Whether runs before the last one kept must have failed too: failedJobsHistoryLimit is 1 by default, so
    that only the time of the last success tells."""
    success = moment(cron_job.status.last_successful_time)
    failed_at = scheduled_at(last)
    since = success or moment(cron_job.metadata.creation_timestamp)
    if world.now - failed_at > 2 * DAY * 7:
        return False
    return len(due(cron_job, since, failed_at)) >= patience.FAILED_RUNS


def scheduled_at(job: Job) -> float:
    """When a run was due, seconds since 1970: its controller notes it, and names it by the minute."""
    noted = job.metadata.annotations.get("batch.kubernetes.io/cronjob-scheduled-timestamp", "")
    minutes = job.name.rpartition("-")[2]
    named = int(minutes) * 60.0 if minutes.isdecimal() and len(minutes) == 8 else 0.0
    return moment(noted) or named or moment(job.metadata.creation_timestamp)


def due(cron_job: CronJob, after: float, until: float, most: int = 50) -> list[float]:
    """Times at which a CronJob should have run, at most so many; none where its schedule is not valid."""
    try:
        schedule, zone = parsed(cron_job.spec.schedule), zone_of(cron_job.spec.time_zone)
    except ValueError:
        return []
    return list(islice(runs(schedule, zone, after, until), most))


def failed_for_good(world: World, pod: Pod) -> bool:
    """Whether a pod of a Job belongs to a run that counts as a failure; while it is retried, nothing is wrong."""
    job = next((j for j in failed_jobs(world) if pod.made_by(j)), None)
    if job is not None:
        return True
    failing = (failing_run(world, cron_job) for cron_job in world.of(CronJob) if not cron_job.spec.suspend)
    return any(pod.made_by(run) for run in failing if run is not None)
