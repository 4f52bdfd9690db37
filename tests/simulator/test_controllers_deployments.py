"""Deployments and ReplicaSets, with a clock that the test moves."""

from __future__ import annotations

import pytest
from cluster_lab import Lab, Obj, names, reason_of, status_of, template, workload

from kubesteer.simulator.controllers.rollouts import Rollout, rescale, share, shrink

REVISION = "deployment.kubernetes.io/revision"


@pytest.fixture
def lab() -> Lab:
    return Lab()


def done(lab: Lab, name: str = "web") -> bool:
    """What `kubectl rollout status` waits for."""
    found = lab.get("Deployment", name)
    wanted, status = found["spec"]["replicas"], status_of(found)
    observed = status.get("observedGeneration") == found["metadata"]["generation"]
    counts = {status.get(key, 0) for key in ("replicas", "updatedReplicas", "availableReplicas")}
    return observed and counts == {wanted}


def set_image(lab: Lab, image: str, name: str = "web") -> None:
    lab.edit(
        "Deployment", name, lambda obj: obj["spec"]["template"]["spec"]["containers"][0].update(image=image)
    )


def revisions(lab: Lab) -> dict[str, Obj]:
    return {found["metadata"]["annotations"][REVISION]: found for found in lab.all("ReplicaSet")}


def deploy(lab: Lab, template_: Obj | None = None, **spec: object) -> None:
    lab.add(workload("Deployment", "web", template_, **{"replicas": 3, **spec}))
    lab.until(lambda: done(lab))


def test_a_rollout_never_falls_below_what_may_be_missing(lab: Lab) -> None:
    deploy(lab, strategy={"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}})
    set_image(lab, "app:v2")
    seen = []

    def look() -> bool:
        status = status_of(lab.get("Deployment", "web"))
        seen.append((status.get("availableReplicas", 0), status.get("replicas", 0)))
        return done(lab)

    lab.until(look)
    assert min(available for available, _ in seen) == 3
    assert max(total for _, total in seen) == 4
    assert revisions(lab).keys() == {"1", "2"}


def test_recreate_has_a_moment_without_pods(lab: Lab) -> None:
    deploy(lab, strategy={"type": "Recreate"})
    set_image(lab, "app:v2")
    lab.until(lambda: status_of(lab.get("Deployment", "web")).get("replicas", 0) == 0)
    lab.until(lambda: done(lab))
    images = {pod["spec"]["containers"][0]["image"] for pod in lab.all("Pod")}
    assert images == {"app:v2"}


def test_min_ready_seconds_hold_a_rollout_back(lab: Lab) -> None:
    lab.add(workload("Deployment", "web", replicas=1, minReadySeconds=20))
    lab.run(10)
    assert status_of(lab.get("Deployment", "web")).get("readyReplicas") == 1
    assert "availableReplicas" not in status_of(lab.get("Deployment", "web"))
    lab.run(15)
    assert done(lab)


def test_a_deadline_passes_and_a_rollback_heals(lab: Lab) -> None:
    deploy(lab, progressDeadlineSeconds=30)
    behaviour = {"simulator.kubesteer.io/fail-readiness": "true"}
    lab.edit(
        "Deployment",
        "web",
        lambda obj: obj["spec"]["template"]["metadata"].update(annotations=behaviour),
    )
    lab.run(29)
    assert reason_of(lab.get("Deployment", "web"), "Progressing")[1] == "ReplicaSetUpdated"
    lab.run(10)
    assert reason_of(lab.get("Deployment", "web"), "Progressing") == ("False", "ProgressDeadlineExceeded")
    assert reason_of(lab.get("Deployment", "web"), "Available")[0] == "True"
    lab.edit("Deployment", "web", lambda obj: obj["spec"]["template"]["metadata"].pop("annotations"))
    lab.until(lambda: done(lab))
    assert reason_of(lab.get("Deployment", "web"), "Progressing") == ("True", "NewReplicaSetAvailable")
    assert revisions(lab).keys() == {"2", "3"}
    assert revisions(lab)["3"]["metadata"]["annotations"]["deployment.kubernetes.io/revision-history"] == "1"


def test_paused_it_scales_but_does_not_roll(lab: Lab) -> None:
    deploy(lab)
    lab.edit("Deployment", "web", lambda obj: obj["spec"].update(paused=True, replicas=5))
    set_image(lab, "app:v2")
    lab.run(10)
    assert len(lab.all("Pod")) == 5
    assert revisions(lab).keys() == {"1"}
    assert reason_of(lab.get("Deployment", "web"), "Progressing") == ("Unknown", "DeploymentPaused")
    lab.edit("Deployment", "web", lambda obj: obj["spec"].pop("paused"))
    lab.until(lambda: done(lab))
    assert revisions(lab).keys() == {"1", "2"}


def test_history_is_pruned(lab: Lab) -> None:
    deploy(lab, revisionHistoryLimit=1)
    for tag in ("v2", "v3", "v4"):
        set_image(lab, f"app:{tag}")
        lab.until(lambda: done(lab))
    lab.run(1)
    assert revisions(lab).keys() == {"3", "4"}


def test_a_name_that_is_taken_is_counted_as_a_collision(lab: Lab) -> None:
    deploy(lab)
    name = lab.all("ReplicaSet")[0]["metadata"]["name"]
    lab.remove("Deployment", "web")
    lab.run(2)
    squatter = workload("ReplicaSet", name, template("other"), replicas=0)
    squatter["spec"]["selector"] = {"matchLabels": {"app": "other"}}
    lab.add(squatter)
    deploy(lab)
    assert status_of(lab.get("Deployment", "web"))["collisionCount"] == 1
    assert len(lab.all("ReplicaSet")) == 2


def test_orphaned_replica_sets_are_adopted_again(lab: Lab) -> None:
    deploy(lab)
    pods = names(lab.all("Pod"))
    lab.remove("Deployment", "web", "Orphan")
    lab.run(1)
    assert lab.find("Deployment", "web") is None
    deploy(lab)
    assert names(lab.all("Pod")) == pods


def test_a_pod_that_leaves_its_selector_is_replaced_and_kept(lab: Lab) -> None:
    deploy(lab)
    lost = names(lab.all("Pod"))[0]
    lab.edit("Pod", lost, lambda obj: obj["metadata"]["labels"].update(app="quarantine"))
    lab.run(5)
    assert "ownerReferences" not in lab.get("Pod", lost)["metadata"]
    assert len(lab.all("Pod")) == 4


def test_scaling_down_takes_the_unready_first(lab: Lab) -> None:
    deploy(lab)
    sick = names(lab.all("Pod"))[1]
    lab.edit(
        "Pod",
        sick,
        lambda obj: obj["metadata"].update(annotations={"simulator.kubesteer.io/fail-readiness": "true"}),
    )
    lab.run(1)
    lab.edit("Deployment", "web", lambda obj: obj["spec"].update(replicas=2))
    lab.run(5)
    assert sick not in names(lab.all("Pod"))


def test_a_quota_becomes_a_condition(lab: Lab) -> None:
    quota = {"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "few"}}
    lab.add({**quota, "spec": {"hard": {"pods": "2"}}})
    lab.add(workload("Deployment", "web", replicas=3))
    lab.run(3)
    assert reason_of(lab.get("Deployment", "web"), "ReplicaFailure") == ("True", "FailedCreate")
    assert any("exceeded quota: few" in message for _, message in lab.events("ReplicaSet"))
    lab.edit("ResourceQuota", "few", lambda obj: obj["spec"].update(hard={"pods": "9"}))
    lab.until(lambda: done(lab))
    assert reason_of(lab.get("Deployment", "web"), "ReplicaFailure") == ("", "")


@pytest.mark.parametrize(
    ("value", "total", "up", "expected"),
    [("25%", 2, True, 1), ("25%", 2, False, 0), (3, 10, True, 3), ("100%", 4, False, 4), (None, 4, True, 0)],
)
def test_shares(value: object, total: int, up: bool, expected: int) -> None:
    assert share(value, total, up=up) == expected


def replica_set(name: str, wanted: int, available: int, **annotations: str) -> Obj:
    return {
        "metadata": {"name": name, "annotations": annotations},
        "spec": {"replicas": wanted},
        "status": {"replicas": wanted, "availableReplicas": available},
    }


def rollout(new: Obj, *old: Obj, replicas: int = 10) -> Rollout:
    rolling = {"maxSurge": 3, "maxUnavailable": 2}
    spec = {"replicas": replicas, "strategy": {"type": "RollingUpdate", "rollingUpdate": rolling}}
    return Rollout({"metadata": {"name": "web"}, "spec": spec}, new, old)


def test_unhealthy_old_pods_go_first() -> None:
    found = shrink(rollout(replica_set("new", 3, 0), replica_set("old", 10, 6)))
    assert found == {"old": 8}


def test_nothing_shrinks_while_too_few_are_available() -> None:
    assert shrink(rollout(replica_set("new", 5, 0), replica_set("old", 8, 8))) == {}


def test_scaling_in_a_rollout_is_proportional() -> None:
    sized = {"deployment.kubernetes.io/max-replicas": "13"}
    found = rescale(
        rollout(replica_set("new", 5, 2, **sized), replica_set("old", 8, 8, **sized), replicas=20)
    )
    assert found == {"old": 14, "new": 9}
    assert sum(found.values()) == 23


@pytest.mark.parametrize("kind", ["ReplicaSet", "StatefulSet"])
def test_two_billion_replicas_do_not_drown_the_cluster(lab: Lab, kind: str) -> None:
    more = {} if kind == "ReplicaSet" else {"podManagementPolicy": "Parallel", "serviceName": "web"}
    held = template("web")
    held["spec"]["nodeSelector"] = {"nowhere": "yes"}
    lab.add(workload(kind, "web", held, replicas=2_000_000_000, **more))
    assert len(lab.all("Pod")) == 300
