"""CronJobs and Jobs."""

from __future__ import annotations

from typing import Any

from clusters import Cluster, eventually
from clusters.cluster import said
from clusters.workloads import cronjob, job_spec

Obj = dict[str, Any]
CRONJOBS = "batch/v1/cronjobs"
JOBS = "batch/v1/jobs"


def condition(obj: Obj, kind: str) -> Obj:
    found = [each for each in obj["status"].get("conditions", []) if each["type"] == kind]
    return found[0] if found else {}


def test_a_cronjob_has_defaults(cluster: Cluster) -> None:
    spec = cluster.create(CRONJOBS, cronjob("tidy"))["spec"]
    assert spec["suspend"] is False
    assert spec["concurrencyPolicy"] == "Allow"
    assert (spec["successfulJobsHistoryLimit"], spec["failedJobsHistoryLimit"]) == (3, 1)


def test_suspend_and_resume(cluster: Cluster) -> None:
    cluster.create(CRONJOBS, cronjob("tidy"))
    assert cluster.merge(CRONJOBS, "tidy", {"spec": {"suspend": True}})["spec"]["suspend"] is True
    assert cluster.merge(CRONJOBS, "tidy", {"spec": {"suspend": False}})["spec"]["suspend"] is False


def test_a_schedule_that_is_none(cluster: Cluster) -> None:
    answer = cluster.admin.post(cluster.path(CRONJOBS), json=cronjob("tidy", schedule="whenever"))
    assert (answer.status_code, answer.json()["reason"]) == (422, "Invalid")
    assert answer.json()["details"]["causes"][0]["field"] == "spec.schedule"


def test_a_job_made_from_a_cronjob_completes(cluster: Cluster) -> None:
    owner = cluster.create(CRONJOBS, cronjob("tidy"))
    reference = {
        "apiVersion": "batch/v1",
        "kind": "CronJob",
        "name": "tidy",
        "uid": owner["metadata"]["uid"],
        "controller": True,
    }
    metadata = {
        "name": "tidy-by-hand",
        "annotations": {"cronjob.kubernetes.io/instantiate": "manual"},
        "ownerReferences": [reference],
    }
    cluster.create(JOBS, {"metadata": metadata, "spec": owner["spec"]["jobTemplate"]["spec"]})
    done = cluster.until(JOBS, "tidy-by-hand", lambda it: condition(it, "Complete"))
    assert condition(done, "Complete")["status"] == "True"
    assert done["status"]["succeeded"] == 1
    assert done["status"]["completionTime"] >= done["status"]["startTime"]
    pods = cluster.list("pods", labelSelector="batch.kubernetes.io/job-name=tidy-by-hand")["items"]
    assert [each["status"]["phase"] for each in pods] == ["Succeeded"]
    assert pods[0]["status"]["containerStatuses"][0]["state"]["terminated"]["reason"] == "Completed"
    assert pods[0]["metadata"]["ownerReferences"][0]["kind"] == "Job"


def test_a_jobs_selector_is_its_uid(cluster: Cluster) -> None:
    made = cluster.create(JOBS, {"metadata": {"name": "once"}, "spec": job_spec("once")})
    uid = made["metadata"]["uid"]
    assert made["spec"]["selector"]["matchLabels"] == {"batch.kubernetes.io/controller-uid": uid}
    labels = made["spec"]["template"]["metadata"]["labels"]
    assert labels["batch.kubernetes.io/job-name"] == labels["job-name"] == "once"
    assert (made["spec"]["parallelism"], made["spec"]["completions"], made["spec"]["backoffLimit"]) == (
        1,
        1,
        6,
    )


def test_a_job_that_fails_gives_up(cluster: Cluster) -> None:
    failing = job_spec("once", backoffLimit=0)
    failing["template"]["spec"]["containers"][0]["image"] = "registry.example.com/app:crash"
    cluster.create(JOBS, {"metadata": {"name": "once"}, "spec": failing})
    done = cluster.until(JOBS, "once", lambda it: condition(it, "Failed"))
    assert condition(done, "Failed")["reason"] == "BackoffLimitExceeded"
    assert condition(done, "Failed")["message"] == "Job has reached the specified backoff limit"
    assert done["status"]["failed"] == 1


def test_a_suspended_job_starts_no_pods(cluster: Cluster) -> None:
    cluster.create(JOBS, {"metadata": {"name": "later"}, "spec": job_spec("later", suspend=True)})
    cluster.until(JOBS, "later", lambda it: condition(it, "Suspended").get("status") == "True")
    assert cluster.list("pods")["items"] == []
    cluster.merge(JOBS, "later", {"spec": {"suspend": False}})
    cluster.until(JOBS, "later", lambda it: condition(it, "Complete"))


def test_a_jobs_template_cannot_be_changed(cluster: Cluster) -> None:
    cluster.create(JOBS, {"metadata": {"name": "later"}, "spec": job_spec("later", suspend=True)})
    image = [{"op": "replace", "path": "/spec/template/spec/containers/0/image", "value": "other:1"}]
    headers = {"Content-Type": "application/json-patch+json"}
    answer = cluster.admin.patch(cluster.path(JOBS, "later"), json=image, headers=headers)
    assert (answer.status_code, answer.json()["reason"]) == (422, "Invalid")
    assert answer.json()["details"]["causes"][0]["field"] == "spec.template"


def test_deleting_a_job_takes_its_pods(cluster: Cluster) -> None:
    cluster.create(JOBS, {"metadata": {"name": "once"}, "spec": job_spec("once")})
    cluster.until(JOBS, "once", lambda it: condition(it, "Complete"))
    query = {"propagationPolicy": "Background"}
    said(cluster.admin.delete(cluster.path(JOBS, "once"), params=query))
    eventually(lambda: cluster.list("pods")["items"], lambda them: not them, "no pods")
