"""What a new Job gets from the API server: a selector of its own UID, and pods labelled for it.

Source: pkg/registry/batch/job/strategy.go of the 1.34 release.
"""

from kubesteer.simulator.objects import Obj, ensure, flag, name_of, section, uid_of

JOBS = ("batch", "jobs")


def admit_job(job: Obj) -> None:
    """Generate selector and labels, unless the person manages them (`manualSelector`)."""
    if flag(job, "spec", "manualSelector"):
        return
    labels = ensure(job, "spec", "template", "metadata", "labels")
    for prefix in ("batch.kubernetes.io/", ""):
        labels[f"{prefix}controller-uid"] = uid_of(job)
        labels[f"{prefix}job-name"] = name_of(job)
    if not section(job, "metadata", "labels"):
        job["metadata"]["labels"] = dict(labels)
    selector = {"matchLabels": {"batch.kubernetes.io/controller-uid": uid_of(job)}}
    job["spec"]["selector"] = selector
