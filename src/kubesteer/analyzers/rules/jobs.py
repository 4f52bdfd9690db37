"""Jobs that have failed, and CronJobs that do not run or keep failing."""

from __future__ import annotations

from collections.abc import Iterator

from kubesteer.analyzers import patience
from kubesteer.analyzers.crons import parsed, zone_of
from kubesteer.analyzers.durations import ago
from kubesteer.analyzers.matches import LogWish, Match, Remedy, Rule
from kubesteer.analyzers.remedies import only_person
from kubesteer.analyzers.resources.shapes import moment
from kubesteer.analyzers.resources.workloads import CronJob, Job
from kubesteer.analyzers.rules.pods_states import ending
from kubesteer.analyzers.rules.quotes import field_quote, log_quote
from kubesteer.analyzers.runs import due, failed_jobs, failing_run, last_pod
from kubesteer.analyzers.world import World
from kubesteer.core.texts import Text


def _find_failed(world: World) -> Iterator[Match]:
    for job in failed_jobs(world):
        ended = job.ended("Failed")
        if ended is None:
            continue
        evidence = [
            field_quote("status.conditions[Failed]", f"{ended.reason}: {ended.message}"),
            *_ends(world, job),
        ]
        yield Match(
            object=job.ref,
            values={"why": _why(ended.reason), "failed": str(job.status.failed)},
            evidence=tuple(evidence),
            links=tuple(pod.ref for pod in world.pods_under(job)),
            since=moment(ended.last_transition_time),
        )


def _why(reason: str) -> Text:
    if reason == "DeadlineExceeded":
        return Text("它没有在 activeDeadlineSeconds 内完成", "It did not finish within activeDeadlineSeconds")
    if reason == "BackoffLimitExceeded":
        return Text(
            "它的 Pod 失败次数超过了 backoffLimit", "Its pods failed more often than backoffLimit allows"
        )
    return Text(f"它以 {reason or '未知原因'} 失败", f"It failed: {reason or 'reason unknown'}")


def _ends(world: World, job: Job) -> Iterator[Text]:
    """How its last pod ended."""
    pod = last_pod(world, job)
    for status in pod.statuses if pod else ():
        end = status.last_end
        if pod is not None and end is not None and (end.exit_code != 0 or end.reason == "OOMKilled"):
            yield Text.same(f"{pod.name}/{status.name}: ") + ending(end)
            yield from (log_quote(line) for line in world.logs.get((world.top(job), status.name), ())[-6:])


# -- CronJobs ------------------------------------------------------------------------------------------------


def _find_failing(world: World) -> Iterator[Match]:
    for cron_job in world.of(CronJob):
        job = failing_run(world, cron_job) if not cron_job.spec.suspend else None
        ended = job.ended("Failed") if job else None
        if job is None or ended is None:
            continue
        success = moment(cron_job.status.last_successful_time)
        last = ago(world.now - success) if success else Text("从来没有", "never")
        yield Match(
            object=cron_job.ref,
            subject=job.ref,
            values={"last": last, "why": _why(ended.reason)},
            evidence=(
                field_quote(f"{job.name}: status.conditions[Failed]", f"{ended.reason}: {ended.message}"),
                Text("上次成功:", "last success: ") + last,
                *_ends(world, job),
            ),
            links=tuple(pod.ref for pod in world.pods_under(job)),
            since=success,
        )


def _find_missed(world: World) -> Iterator[Match]:
    for cron_job in world.of(CronJob):
        if cron_job.spec.suspend or cron_job.metadata.deletion_timestamp or _busy(world, cron_job):
            continue
        last = moment(cron_job.status.last_schedule_time)
        if last and not due(cron_job, last - 60, last + 59):
            continue  # it does not run by the clock that we assume: that of its controller is not UTC
        after = max(last, moment(cron_job.metadata.creation_timestamp))
        missed = due(cron_job, after, world.now - patience.UNAVAILABLE)
        if len(missed) >= patience.MISSED_RUNS:
            yield Match(
                object=cron_job.ref,
                values={
                    "count": f"{len(missed)}{'+' if len(missed) == 50 else ''}",
                    "schedule": cron_job.spec.schedule,
                },
                evidence=(
                    field_quote("spec.schedule", cron_job.spec.schedule),
                    field_quote("status.lastScheduleTime", cron_job.status.last_schedule_time or "-"),
                ),
                since=missed[0],
            )


def _busy(world: World, cron_job: CronJob) -> bool:
    """A run is under way and another may not start beside it."""
    running = any(
        not job.status.conditions and not job.status.completion_time for job in world.jobs_of(cron_job)
    )
    return running and cron_job.spec.concurrency_policy in ("Forbid", "Replace")


def _find_schedule(world: World) -> Iterator[Match]:
    for cron_job in world.of(CronJob):
        words = cron_job.spec.schedule.strip()
        if cron_job.spec.suspend or not words or words.startswith(("@every", "TZ=", "CRON_TZ=")):
            continue
        try:
            parsed(words)
            zone_of(cron_job.spec.time_zone)
        except ValueError as error:
            yield Match(
                object=cron_job.ref,
                values={"words": str(error)},
                evidence=(
                    field_quote("spec.schedule", words),
                    field_quote("spec.timeZone", cron_job.spec.time_zone),
                ),
            )


def wishes(world: World) -> Iterator[LogWish]:
    """Logs of the last pod of Jobs that failed."""
    failing = (failing_run(world, cron_job) for cron_job in world.of(CronJob))
    for job in (*failed_jobs(world), *(job for job in failing if job is not None)):
        pod = last_pod(world, job)
        for status in pod.statuses if pod else ():
            if pod is not None and status.last_end is not None and status.last_end.exit_code:
                yield LogWish(pod=pod.ref, owner=world.top(job), container=status.name, previous=False)


# -- remedies ------------------------------------------------------------------------------------------------


def _read_log(world: World, job: Job) -> Text:
    """Where to look for why a run failed: the log of its last pod, or what became of it."""
    pod = last_pod(world, job)
    if pod is None:
        return Text(
            f"{job.name} 的 Pod 已不在,只能看它的事件", f"the pods of {job.name} are gone: look at its events"
        )
    return Text(f"先看 Pod {pod.name} 的日志", f"look at the log of pod {pod.name}")


def _job_remedy(world: World, match: Match) -> Remedy:
    job = world.get(Job, match.object.namespace, match.object.name)
    if job is None:
        return Remedy()
    look = _read_log(world, job)
    return only_person(
        f"{look.zh};Job 的模板不能修改,改好后要删除 {job.name} 再建。",
        f"{look.en[0].upper()}{look.en[1:]}; a Job's template cannot be changed: once it is put right, delete "
        f"{job.name} and create it again.",
    )


def _cron_remedy(world: World, match: Match) -> Remedy:
    job = world.get(Job, match.subject.namespace, match.subject.name) if match.subject else None
    if job is None:
        return Remedy()
    look = _read_log(world, job)
    return only_person(
        f"{look.zh};再改 {match.object} 的模板,并手动触发一次确认。",
        f"{look.en[0].upper()}{look.en[1:]}; then change the template of {match.object} and trigger a run to see.",
    )


def _schedule_remedy(world: World, match: Match) -> Remedy:
    del world
    return only_person(
        f"{match.object} 需要一个有效的 schedule 与时区。",
        f"{match.object} needs a valid schedule and time zone.",
    )


_PODS = frozenset({"pods", "log-causes", "creation"})

RULES = (
    Rule(
        id="job-failed",
        group="jobs",
        kind="Job",
        severity="warning",
        title=Text("Job 失败了", "A Job has failed"),
        summary=Text("{object} 失败了。", "{object} has failed."),
        cause=Text("{why}。", "{why}."),
        find=_find_failed,
        remedy=_job_remedy,
        causes=_PODS,
        remote_causes=_PODS,
    ),
    Rule(
        id="cronjob-failing",
        group="jobs",
        kind="CronJob",
        severity="warning",
        title=Text("CronJob 接连失败", "A CronJob keeps failing"),
        summary=Text(
            "{object} 的任务接连失败(上次成功:{last})。",
            "{object}: its runs keep failing (last success: {last}).",
        ),
        cause=Text("{why}。", "{why}."),
        find=_find_failing,
        remedy=_cron_remedy,
        needs=("Job",),
        causes=_PODS,
        remote_causes=_PODS,
    ),
    Rule(
        id="cronjob-missed",
        group="jobs",
        kind="CronJob",
        severity="warning",
        title=Text("CronJob 没有按计划运行", "A CronJob misses its runs"),
        summary=Text(
            "{object} 已错过 {count} 次计划运行({schedule})。",
            "{object} has missed {count} scheduled runs ({schedule}).",
        ),
        cause=Text(
            "到了时间却没有创建 Job:控制器没有运行、被拒绝,或 startingDeadlineSeconds 太短。",
            "No Job was created when it was due: its controller does not run or is refused, or "
            "startingDeadlineSeconds is too short.",
        ),
        find=_find_missed,
        causes=frozenset({"creation", "cronjob-failing"}),
    ),
    Rule(
        id="cronjob-schedule",
        group="jobs",
        kind="CronJob",
        severity="warning",
        title=Text("CronJob 的计划无效", "A CronJob's schedule is not valid"),
        summary=Text("{object} 的计划或时区无效。", "{object}: its schedule or time zone is not valid."),
        cause=Text("{words}", "{words}"),
        find=_find_schedule,
        remedy=_schedule_remedy,
    ),
)
