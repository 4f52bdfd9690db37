"""suspend, resume and trigger: when a CronJob runs."""

from __future__ import annotations

from kubesteer.core.errors import AlreadySo
from kubesteer.core.operations import Broken, Change, NoWayBack, Progress, Risk, Settled, Snapshot, Waiting
from kubesteer.core.refs import Ref
from kubesteer.core.requests import Create, Manifest, Patch, Request
from kubesteer.core.texts import Text
from kubesteer.operations import consequences
from kubesteer.operations import workloads as w
from kubesteer.operations.alterations import STOP, Reversible, missing
from kubesteer.operations.deletions import Delete
from kubesteer.operations.healths import health_of
from kubesteer.operations.named import Scoped
from kubesteer.operations.pods import trouble_of

_LONGEST_STEM = 40
"""Characters of the CronJob's name in a Job's, which must stay below 63 with `-manual-` and a time of 14 digits."""


class CronJobChange(Scoped, Reversible):
    """A change of one CronJob."""

    def target(self) -> Ref:
        """The CronJob."""
        return Ref("CronJob", self.namespace, self.name)


class Suspend(CronJobChange):
    """Start no further runs."""

    name_ = "suspend"
    summary = Text("暂停定时任务", "Suspend a CronJob")
    examples = (Text("暂停 nightly-backup 这个定时任务", "suspend the cronjob nightly-backup"),)
    risk = Risk.LOW
    steady_seconds = 0.0

    def requests(self, before: Snapshot) -> tuple[Request, ...]:
        """One strategic merge patch of spec.suspend."""
        if w.at(before.object, "spec", "suspend"):
            raise AlreadySo(
                "name", Text(f"{self.target()} 已经暂停。", f"{self.target()} is suspended already.")
            )
        return (Patch(self.target(), {"spec": {"suspend": True}}),)

    def explain(self, before: Snapshot) -> Text:
        """That runs under way go on."""
        first = Text(
            f"暂停 {self.target()}:不再开始新的运行,进行中的不受影响。",
            f"Suspend {self.target()}: no new runs start; those under way go on.",
        )
        return consequences.sentence(first, *consequences.of_patching(before))

    def settled(self, before: Snapshot, now: Snapshot) -> Progress:
        """At once."""
        done = Text(f"{self.target()} 已暂停", f"{self.target()} is suspended")
        return missing(before, now) or Settled(done + STOP)


class Resume(CronJobChange):
    """Start runs again at their times."""

    name_ = "resume"
    summary = Text("恢复定时任务", "Resume a suspended CronJob")
    examples = (Text("恢复 nightly-backup 定时任务", "resume the cronjob nightly-backup"),)
    risk = Risk.LOW
    steady_seconds = 0.0

    def requests(self, before: Snapshot) -> tuple[Request, ...]:
        """One strategic merge patch of spec.suspend."""
        if not w.at(before.object, "spec", "suspend"):
            raise AlreadySo("name", Text(f"{self.target()} 没有暂停。", f"{self.target()} is not suspended."))
        return (Patch(self.target(), {"spec": {"suspend": False}}),)

    def explain(self, before: Snapshot) -> Text:
        """When it runs again, and that a missed run may start at once."""
        schedule = w.at(before.object, "spec", "schedule")
        first = Text(
            f"恢复 {self.target()},时间表 {schedule}。", f"Resume {self.target()}, schedule {schedule}."
        )
        missed = Text("错过的一次运行可能立即补上。", "A run that was missed may start at once.")
        deadline = w.at(before.object, "spec", "startingDeadlineSeconds")
        return consequences.sentence(
            first, missed if deadline is None else None, *consequences.of_patching(before)
        )

    def settled(self, before: Snapshot, now: Snapshot) -> Progress:
        """At once."""
        done = Text(f"{self.target()} 已恢复", f"{self.target()} is resumed")
        return missing(before, now) or Settled(done + STOP)


class Trigger(CronJobChange):
    """Run a CronJob's job once, now, as `kubectl create job --from` does."""

    name_ = "trigger"
    summary = Text("立即运行一次定时任务", "Run a CronJob once now")
    examples = (Text("立即执行一次 nightly-backup", "run nightly-backup now"),)

    def requests(self, before: Snapshot) -> tuple[Request, ...]:
        """One Job, made from the CronJob's template, under a name that tells when."""
        job = self._job(before)
        template = w.table_at(before.object, "spec", "jobTemplate")
        own = w.table_at(template, "metadata")
        annotations = {**(own.get("annotations") or {}), "cronjob.kubernetes.io/instantiate": "manual"}
        body: Manifest = {
            "apiVersion": "batch/v1",
            "kind": "Job",
            "metadata": {
                "name": job.name,
                "namespace": job.namespace,
                "labels": dict(own.get("labels") or {}),
                "annotations": annotations,
                "ownerReferences": [_owner(before.object)],
            },
            "spec": w.table_at(template, "spec"),
        }
        return (Create(job, body),)

    def explain(self, before: Snapshot) -> Text:
        """What is created, and whether another run is under way."""
        first = Text(
            f"立即运行一次 {self.target()}(创建 {self._job(before)})。",
            f"Run {self.target()} once now (creates {self._job(before)}).",
        )
        running = len(w.items_at(before.object, "status", "active"))
        busy = Text(f"现在还有 {running} 次运行未结束。", f"{running} runs are still under way.")
        return consequences.sentence(first, busy if running else None)

    def settled(self, before: Snapshot, now: Snapshot) -> Progress:
        """The Job has finished, or its pod runs; whether a long run ends well is not waited for."""
        wanted = self._job(before)
        job = next((each for each in now.of("Job") if w.name_of(each) == wanted.name), None)
        if job is None and "Job" in now.not_looked_at:
            return Settled(
                Text(
                    f"{wanted} 已创建;无权查看它的运行情况。",
                    f"{wanted} is created; how it goes may not be seen.",
                )
            )
        if job is None:
            return Waiting(Text("等待 Job 出现", "waiting for the job to appear"), 0, 1)
        health = health_of(job)
        if health.state == "Complete":
            return Settled(Text(f"{wanted} 已成功完成。", f"{wanted} has completed."))
        if health.state == "Failed":
            return Broken((health.trouble or Text("任务失败", "the job failed")) + STOP)
        return _running(wanted, job, now)

    def undo(self, before: Snapshot, after: Manifest | None) -> Change | NoWayBack:
        """Delete the Job; what it did elsewhere stays done."""
        if after is None:
            return NoWayBack(Text("没有可撤销的 Job。", "There is no job to take back."))
        job = self._job(before)
        return Delete(kind="Job", namespace=job.namespace, name=job.name)

    def _job(self, before: Snapshot) -> Ref:
        moment = "".join(char for char in before.at if char.isdigit())[:14]
        return Ref("Job", self.namespace, f"{self.name[:_LONGEST_STEM].rstrip('-.')}-manual-{moment}")


def _owner(cronjob: Manifest) -> Manifest:
    return {
        "apiVersion": "batch/v1",
        "kind": "CronJob",
        "name": w.name_of(cronjob),
        "uid": w.uid_of(cronjob),
        "controller": True,
    }


def _running(ref: Ref, job: Manifest, now: Snapshot) -> Progress:
    pods = w.owned(now.of("Pod"), [w.uid_of(job)])
    for pod in pods:
        trouble = trouble_of(pod)
        if trouble and trouble.hopeless:
            return Broken(Text(f"Pod {w.name_of(pod)}:", f"Pod {w.name_of(pod)}: ") + trouble.text + STOP)
    if any(w.at(pod, "status", "phase") == "Running" for pod in pods):
        return Settled(Text(f"{ref} 已开始运行。", f"{ref} is running."))
    return Waiting(Text(f"等待 {ref} 的 Pod 启动", f"waiting for the pod of {ref} to start"), 0, 1)
