"""suspend, resume and trigger."""

from __future__ import annotations

from typing import Any

from operation_requests import change, patched, refused, sent
from operation_samples import AT, Obj, meta, pod, seen, state, template

from kubesteer.core.operations import Broken, Settled, Snapshot, Waiting
from kubesteer.core.refs import Ref
from kubesteer.core.requests import Create


def cron(**spec: Any) -> Obj:
    made = {"metadata": {"labels": {"a": "b"}}, "spec": {"backoffLimit": 1, "template": template()}}
    return {**meta("CronJob", "nightly"), "spec": {"schedule": "0 4 * * *", "jobTemplate": made, **spec}}


def test_suspend_and_resume() -> None:
    assert patched(change("suspend", namespace="shop", name="nightly"), cron()) == {"spec": {"suspend": True}}
    resumed = patched(change("resume", namespace="shop", name="nightly"), cron(suspend=True))
    assert resumed == {"spec": {"suspend": False}}
    refused(change("suspend", namespace="shop", name="nightly"), cron(suspend=True), "already")
    refused(change("resume", namespace="shop", name="nightly"), cron(), "not suspended")


def test_trigger_makes_a_job_that_belongs_to_the_cronjob() -> None:
    trigger = change("trigger", namespace="shop", name="nightly")
    request = sent(trigger, seen(cron()))
    assert isinstance(request, Create)
    assert request.ref == Ref("Job", "shop", "nightly-manual-20260102030405")
    assert request.body["spec"] == {"backoffLimit": 1, "template": template()}
    assert request.body["metadata"]["ownerReferences"][0]["uid"] == "CronJob-nightly"
    assert request.body["metadata"]["annotations"]["cronjob.kubernetes.io/instantiate"] == "manual"
    assert trigger.undo(seen(cron()), {}) == change(
        "delete", kind="Job", namespace="shop", name=request.ref.name
    )


def test_a_triggered_run_is_watched_until_it_starts_or_fails() -> None:
    trigger = change("trigger", namespace="shop", name="nightly")
    before, name = seen(cron()), "nightly-manual-20260102030405"

    def judged(pods: list[Obj] | None = None, **status: Any) -> Any:
        job = {**meta("Job", name), "status": status}
        return trigger.settled(before, seen(cron(), Job=[job], Pod=pods or []))

    job = meta("Job", name)
    assert isinstance(trigger.settled(before, seen(cron())), Waiting)
    assert isinstance(judged(), Waiting)
    blind = trigger.settled(before, Snapshot(cron(), not_looked_at={"Job": "forbidden"}, at=AT))
    assert "may not be seen" in blind.text.en
    assert isinstance(judged([pod("run", job)]), Settled)
    assert isinstance(judged(conditions=[{"type": "Complete", "status": "True"}]), Settled)
    assert isinstance(
        judged(conditions=[{"type": "Failed", "status": "True", "message": "too often"}]), Broken
    )
    stuck = pod(
        "run",
        job,
        ready=False,
        phase="Pending",
        containerStatuses=[state(waiting={"reason": "ImagePullBackOff"})],
    )
    assert isinstance(judged([stuck]), Broken)
