"""Jobs and CronJobs, with a clock that the test moves."""

from __future__ import annotations

import pytest
from cluster_lab import Lab, Obj, names, reason_of, status_of, template

from kubesteer.simulator.controllers.job_tallies import spans


@pytest.fixture
def lab() -> Lab:
    return Lab()


def job_spec(restart: str = "Never", behaviour: dict[str, str] | None = None, **spec: object) -> Obj:
    made = template("once", **(behaviour or {}))
    made["spec"]["restartPolicy"] = restart
    return {"template": made, **spec}


def add_job(
    lab: Lab, restart: str = "Never", behaviour: dict[str, str] | None = None, **spec: object
) -> None:
    wanted = job_spec(restart, behaviour, **spec)
    lab.add({"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "once"}, "spec": wanted})


class TestJob:
    def test_completions_and_parallelism(self, lab: Lab) -> None:
        add_job(lab, completions=5, parallelism=2)
        most = 0

        def look() -> bool:
            nonlocal most
            status = status_of(lab.get("Job", "once"))
            most = max(most, status.get("active", 0))
            return reason_of(lab.get("Job", "once"), "Complete")[0] == "True"

        lab.until(look)
        assert most == 2
        assert status_of(lab.get("Job", "once"))["succeeded"] == 5
        assert len(lab.all("Pod")) == 5

    def test_it_gives_up_after_its_back_off(self, lab: Lab) -> None:
        add_job(lab, behaviour={"crash": "{code: 3, after: 1}"}, backoffLimit=2)
        lab.run(300)
        found = lab.get("Job", "once")
        assert reason_of(found, "Failed") == ("True", "BackoffLimitExceeded")
        assert status_of(found)["failed"] == 3
        assert ("BackoffLimitExceeded", "Job has reached the specified backoff limit") in lab.events("Job")

    def test_failures_are_spaced_out(self, lab: Lab) -> None:
        add_job(lab, behaviour={"crash": "{code: 3, after: 1}"})
        lab.run(8)
        assert len(lab.all("Pod")) == 1
        lab.run(8)
        assert len(lab.all("Pod")) == 2

    def test_restarts_count_against_the_limit_too(self, lab: Lab) -> None:
        add_job(lab, "OnFailure", {"crash": "{code: 3, after: 1}"}, backoffLimit=2)
        lab.run(60)
        assert reason_of(lab.get("Job", "once"), "Failed") == ("True", "BackoffLimitExceeded")
        assert lab.all("Pod") == []

    def test_a_deadline(self, lab: Lab) -> None:
        add_job(lab, behaviour={"exit_after": "1h"}, activeDeadlineSeconds=30)
        lab.run(29)
        assert reason_of(lab.get("Job", "once"), "Failed") == ("", "")
        lab.run(5)
        assert reason_of(lab.get("Job", "once"), "Failed") == ("True", "DeadlineExceeded")
        assert lab.all("Pod") == []

    def test_suspend_stops_its_pods_and_resume_starts_new_ones(self, lab: Lab) -> None:
        add_job(lab, behaviour={"exit_after": "20"})
        lab.run(5)
        lab.edit("Job", "once", lambda obj: obj["spec"].update(suspend=True))
        lab.run(5)
        assert lab.all("Pod") == []
        assert reason_of(lab.get("Job", "once"), "Suspended") == ("True", "JobSuspended")
        assert "startTime" not in status_of(lab.get("Job", "once"))
        lab.edit("Job", "once", lambda obj: obj["spec"].update(suspend=False))
        lab.run(30)
        assert reason_of(lab.get("Job", "once"), "Complete")[0] == "True"
        assert reason_of(lab.get("Job", "once"), "Suspended") == ("False", "JobResumed")

    def test_it_is_removed_after_its_time(self, lab: Lab) -> None:
        add_job(lab, ttlSecondsAfterFinished=10)
        lab.run(8)
        assert reason_of(lab.get("Job", "once"), "Complete")[0] == "True"
        lab.run(5)
        assert lab.find("Job", "once") is None
        assert lab.all("Pod") == []

    def test_each_index_succeeds_once(self, lab: Lab) -> None:
        add_job(lab, completions=3, parallelism=3, completionMode="Indexed")
        lab.run(10)
        assert status_of(lab.get("Job", "once"))["completedIndexes"] == "0-2"
        assert sorted(pod["spec"]["hostname"] for pod in lab.all("Pod")) == ["once-0", "once-1", "once-2"]

    def test_spans(self) -> None:
        assert spans(frozenset({0, 1, 2, 5, 7, 8})) == "0-2,5,7-8"


class TestCronJob:
    def cron(
        self, lab: Lab, schedule: str = "*/5 * * * *", behaviour: dict[str, str] | None = None, **spec: object
    ) -> None:
        made = {"schedule": schedule, "jobTemplate": {"spec": job_spec(behaviour=behaviour)}, **spec}
        lab.add({"apiVersion": "batch/v1", "kind": "CronJob", "metadata": {"name": "tidy"}, "spec": made})

    def test_it_runs_on_time_and_keeps_three(self, lab: Lab) -> None:
        self.cron(lab)
        lab.run(299)
        assert lab.all("Job") == []
        lab.run(5)
        assert len(lab.all("Job")) == 1
        assert status_of(lab.get("CronJob", "tidy"))["lastScheduleTime"] == "2026-01-01T12:05:00Z"
        lab.run(5 * 300)
        assert len(lab.all("Job")) == 3
        assert "active" not in status_of(lab.get("CronJob", "tidy"))

    def test_suspended_it_does_not(self, lab: Lab) -> None:
        self.cron(lab, suspend=True)
        lab.run(900)
        assert lab.all("Job") == []

    def test_forbid_skips(self, lab: Lab) -> None:
        self.cron(lab, concurrencyPolicy="Forbid", behaviour={"exit_after": "8m"})
        lab.run(650)
        assert len(lab.all("Job")) == 1
        assert any(reason == "JobAlreadyActive" for reason, _ in lab.events("CronJob"))

    def test_replace_deletes(self, lab: Lab) -> None:
        self.cron(lab, concurrencyPolicy="Replace", behaviour={"exit_after": "8m"})
        lab.run(302)
        first = names(lab.all("Job"))
        lab.run(302)
        assert len(lab.all("Job")) == 1
        assert names(lab.all("Job")) != first

    def test_a_time_zone(self, lab: Lab) -> None:
        self.cron(lab, "0 21 * * *", timeZone="Asia/Shanghai")  # 13:00 UTC
        lab.run(3599)
        assert lab.all("Job") == []
        lab.run(2)
        assert len(lab.all("Job")) == 1

    def test_a_job_by_hand_belongs_to_it(self, lab: Lab) -> None:
        self.cron(lab, schedule="0 0 1 1 *")
        owner = lab.get("CronJob", "tidy")
        reference = {
            "apiVersion": "batch/v1",
            "kind": "CronJob",
            "name": "tidy",
            "uid": owner["metadata"]["uid"],
            "controller": True,
        }
        metadata = {"name": "tidy-now", "ownerReferences": [reference]}
        lab.add({"apiVersion": "batch/v1", "kind": "Job", "metadata": metadata, "spec": job_spec()})
        lab.run(10)
        assert reason_of(lab.get("Job", "tidy-now"), "Complete")[0] == "True"
        lab.remove("CronJob", "tidy")
        lab.run(2)
        assert lab.all("Job") == []
