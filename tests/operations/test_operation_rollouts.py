"""When a rolling workload has settled, is on its way, or will not become healthy."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from operation_samples import AT, Obj, meta, owned_by, pod, seen, state, workload

from kubesteer.core.operations import Broken, Progress, Settled, Snapshot, Waiting
from kubesteer.core.texts import Text
from kubesteer.operations.rollouts import judged, newest_pods

DONE = Text("完成", "Done")


def made(kind: str = "Deployment", **status: Any) -> Obj:
    target = workload(kind, annotations={"deployment.kubernetes.io/revision": "2"})
    target["status"] |= status
    return target


def replica_set(owner: Obj, revision: int) -> Obj:
    annotations = {"deployment.kubernetes.io/revision": str(revision)}
    labels = {"app": "web", "pod-template-hash": f"hash{revision}"}
    return meta(
        "ReplicaSet",
        f"web-{revision}",
        annotations=annotations,
        labels=labels,
        ownerReferences=owned_by(owner),
    )


def pods(*each: Obj, revision: int = 2) -> list[Obj]:
    for one in each:
        one["metadata"]["labels"] = {"app": "web", "pod-template-hash": f"hash{revision}"}
    return list(each)


def judge(now: Obj, *each: Obj, before: Snapshot | None = None, rolls: bool = True) -> Progress:
    sets = [replica_set(now, 1), replica_set(now, 2)]
    return judged(before or seen(made()), seen(now, Pod=each, ReplicaSet=sets), DONE, rolls=rolls)


def test_all_is_well() -> None:
    assert judge(made()) == Settled(Text("完成,3/3 就绪。", "Done; 3/3 ready."))


@pytest.mark.parametrize(
    ("status", "words", "done"),
    [
        ({"observedGeneration": 0}, "controller", 0),
        ({"updatedReplicas": 1}, "1 of 3 replicas updated", 1),
        ({"availableReplicas": 2}, "2 of 3 replicas ready", 2),
        ({"replicas": 4}, "waiting for 1 old replica to go", 3),
    ],
)
def test_on_its_way(status: Obj, words: str, done: int) -> None:
    progress = judge(made(**status))
    assert isinstance(progress, Waiting)
    assert words in progress.text.en
    assert (progress.done, progress.total) == (done, 3)


def test_what_it_waits_for_is_named() -> None:
    crashing = pod(
        "web-1", ready=False, containerStatuses=[state(restarts=1, waiting={"reason": "CrashLoopBackOff"})]
    )
    progress = judge(made(availableReplicas=2), *pods(crashing))
    assert isinstance(progress, Waiting)
    assert "pod web-1: container app crashed" in progress.text.en


@pytest.mark.parametrize(
    "reason", ["ImagePullBackOff", "ErrImagePull", "InvalidImageName", "CreateContainerConfigError"]
)
def test_what_waiting_does_not_mend(reason: str) -> None:
    waiting = {"reason": reason, "message": "no such thing"}
    stuck = pod("web-1", ready=False, phase="Pending", containerStatuses=[state(waiting=waiting)])
    progress = judge(made(updatedReplicas=1), *pods(stuck))
    assert isinstance(progress, Broken)
    assert reason in progress.text.en
    assert "no such thing" in progress.text.zh


def test_a_crash_loop_is_broken_even_while_it_happens_to_run() -> None:
    last = {"terminated": {"exitCode": 1, "reason": "Error", "finishedAt": AT}}
    flapping = pod(
        "web-1", containerStatuses=[state(restarts=2, ready=True, last=last, running={"startedAt": AT})]
    )
    progress = judge(made(), *pods(flapping))
    assert isinstance(progress, Broken)
    assert "keeps crashing, exit code 1" in progress.text.en


def test_restarts_of_before_do_not_count() -> None:
    last = {"terminated": {"exitCode": 1, "reason": "Error", "finishedAt": AT}}
    old = pod(
        "web-1", containerStatuses=[state(restarts=7, ready=True, last=last, running={"startedAt": AT})]
    )
    before = seen(made(), Pod=[copy.deepcopy(old)])
    assert isinstance(judge(made(), *pods(old), before=before), Settled)


def test_pods_of_an_older_revision_are_not_blamed() -> None:
    stuck = pod("old", ready=False, containerStatuses=[state(waiting={"reason": "ImagePullBackOff"})])
    assert isinstance(judge(made(updatedReplicas=2), *pods(stuck, revision=1)), Waiting)


def test_pods_refused_by_a_quota() -> None:
    message = 'pods "web-x" is forbidden: exceeded quota: few'
    failure = {"type": "ReplicaFailure", "status": "True", "reason": "FailedCreate", "message": message}
    now = made(replicas=1, readyReplicas=1, availableReplicas=1, updatedReplicas=1, conditions=[failure])
    progress = judge(now, rolls=False)
    assert isinstance(progress, Broken)
    assert "exceeded quota" in progress.text.en
    stale = judged(seen(now), seen(now), DONE, rolls=False)
    assert isinstance(stale, Waiting)
    enough = made(conditions=[failure])
    assert isinstance(judge(enough, rolls=False), Settled)


def test_pods_of_a_stateful_set_refused_by_a_quota() -> None:
    now = made("StatefulSet", replicas=1, readyReplicas=1, availableReplicas=1)
    event = {**meta("Event", "e1"), "reason": "FailedCreate", "message": "exceeded quota: few"}
    progress = judged(seen(made("StatefulSet")), seen(now, Event=[event]), DONE, rolls=False)
    assert isinstance(progress, Broken)
    assert "exceeded quota" in progress.text.en


def test_a_deadline_of_this_rollout_counts_and_an_older_one_does_not() -> None:
    late = {
        "type": "Progressing",
        "status": "False",
        "reason": "ProgressDeadlineExceeded",
        "message": "timed out",
    }
    now = made(updatedReplicas=1, conditions=[late])
    assert isinstance(judge(now), Broken)
    assert isinstance(judge(now, before=seen(made(conditions=[late]))), Waiting)


def test_an_object_that_went_or_was_replaced() -> None:
    assert isinstance(judged(seen(made()), Snapshot(None), DONE), Broken)
    going, other = made(), made()
    going["metadata"]["deletionTimestamp"] = AT
    other["metadata"]["uid"] = "another"
    for now in (going, other):
        assert isinstance(judge(now), Broken)


def test_what_does_not_roll_out_by_itself_says_so() -> None:
    paused, on_delete = made(updatedReplicas=0), made("StatefulSet", updatedReplicas=0)
    paused["spec"]["paused"] = True
    on_delete["spec"]["updateStrategy"] = {"type": "OnDelete"}
    for now, word in ((paused, "paused"), (on_delete, "OnDelete")):
        progress = judged(seen(now), seen(now), DONE)
        assert isinstance(progress, Settled)
        assert word in progress.text.en


def test_no_replicas_at_all() -> None:
    nothing = workload(replicas=0)
    assert judged(seen(nothing), seen(nothing), DONE).text.en == "Done; no replica is running."


def test_a_partitioned_stateful_set_is_done_at_its_partition() -> None:
    now = made("StatefulSet", updatedReplicas=1)
    now["spec"]["updateStrategy"] = {"type": "RollingUpdate", "rollingUpdate": {"partition": 2}}
    assert isinstance(judged(seen(now), seen(now), DONE), Settled)


def test_newest_pods_of_each_kind() -> None:
    stateful = made("StatefulSet")
    stateful["status"]["updateRevision"] = "db-2"
    one, two = pod("db-0"), pod("db-1")
    two["metadata"]["labels"] = {"controller-revision-hash": "db-2"}
    assert newest_pods(seen(stateful, Pod=[one, two])) == (two,)
    daemons = made("DaemonSet")
    revision = {
        **meta("ControllerRevision", "ds-2", labels={"controller-revision-hash": "db-2"}),
        "revision": 2,
    }
    assert newest_pods(seen(daemons, Pod=[one, two], ControllerRevision=[revision])) == (two,)
    assert newest_pods(seen(daemons, Pod=[one, two])) == (one, two)
