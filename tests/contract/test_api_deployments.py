"""Deployments as their controller moves them, until they are done or stuck."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest
from clusters import Cluster, eventually
from clusters.cluster import said
from clusters.workloads import IMAGE, deployment, template

Obj = dict[str, Any]
DEPLOYMENTS = "apps/v1/deployments"
REPLICASETS = "apps/v1/replicasets"
STRATEGIC = {"Content-Type": "application/strategic-merge-patch+json"}
REVISION = "deployment.kubernetes.io/revision"
V2 = "registry.example.com/app:v2"


def complete(obj: Obj) -> bool:
    """What `kubectl rollout status` waits for."""
    wanted, status = obj["spec"]["replicas"], obj["status"]
    return (
        status.get("observedGeneration", 0) >= obj["metadata"]["generation"]
        and status.get("updatedReplicas", 0) == wanted
        and status.get("replicas", 0) == wanted
        and status.get("availableReplicas", 0) == wanted
    )


def condition(obj: Obj, kind: str) -> Obj:
    found = [each for each in obj["status"].get("conditions", []) if each["type"] == kind]
    return found[0] if found else {}


def sets(cluster: Cluster, name: str) -> dict[str, Obj]:
    """The ReplicaSets of a Deployment by revision."""
    found = cluster.list(REPLICASETS, labelSelector=f"app={name}")["items"]
    return {each["metadata"]["annotations"][REVISION]: each for each in found}


def set_image(cluster: Cluster, name: str, image: str) -> Obj:
    change = {"spec": {"template": {"spec": {"containers": [{"name": "app", "image": image}]}}}}
    return said(cluster.admin.patch(cluster.path(DEPLOYMENTS, name), json=change, headers=STRATEGIC))


@pytest.fixture
def web(cluster: Cluster) -> Obj:
    """A Deployment of three that is complete."""
    cluster.create(DEPLOYMENTS, deployment("web", replicas=3))
    return cluster.until(DEPLOYMENTS, "web", complete)


class TestFirstRollout:
    def test_status(self, web: Obj) -> None:
        status = web["status"]
        assert status["observedGeneration"] == web["metadata"]["generation"] == 1
        counts = {"replicas", "updatedReplicas", "readyReplicas", "availableReplicas"}
        assert {status[each] for each in counts} == {3}
        assert "unavailableReplicas" not in status
        assert web["metadata"]["annotations"][REVISION] == "1"

    @pytest.mark.usefixtures("web")
    def test_conditions(self, cluster: Cluster) -> None:
        def done(it: Obj) -> bool:
            return condition(it, "Progressing").get("reason") == "NewReplicaSetAvailable"

        seen = cluster.until(DEPLOYMENTS, "web", done)
        available, progressing = condition(seen, "Available"), condition(seen, "Progressing")
        assert (available["status"], available["reason"]) == ("True", "MinimumReplicasAvailable")
        assert available["message"] == "Deployment has minimum availability."
        assert progressing["status"] == "True"
        name = sets(cluster, "web")["1"]["metadata"]["name"]
        assert progressing["message"] == f'ReplicaSet "{name}" has successfully progressed.'
        assert {"lastUpdateTime", "lastTransitionTime"} <= progressing.keys()

    def test_the_chain_of_owners(self, cluster: Cluster, web: Obj) -> None:
        owned = sets(cluster, "web")["1"]
        hashed = owned["metadata"]["labels"]["pod-template-hash"]
        assert owned["metadata"]["name"] == f"web-{hashed}"
        assert owned["spec"]["selector"]["matchLabels"] == {"app": "web", "pod-template-hash": hashed}
        reference = owned["metadata"]["ownerReferences"][0]
        assert (reference["kind"], reference["name"], reference["controller"]) == ("Deployment", "web", True)
        assert reference["uid"] == web["metadata"]["uid"]
        for each in cluster.list("pods", labelSelector="app=web")["items"]:
            assert each["metadata"]["name"].startswith(f"web-{hashed}-")
            assert each["metadata"]["ownerReferences"][0]["uid"] == owned["metadata"]["uid"]

    @pytest.mark.usefixtures("web")
    def test_pods(self, cluster: Cluster) -> None:
        pods = cluster.list("pods", labelSelector="app=web")["items"]
        assert len(pods) == 3
        for each in pods:
            assert each["spec"]["nodeName"]
            status = each["status"]
            assert (status["phase"], status["qosClass"]) == ("Running", "BestEffort")
            assert status["podIP"]
            assert status["podIPs"][0]["ip"] == status["podIP"]
            ready = {said_["type"]: said_["status"] for said_ in status["conditions"]}
            needed = {"PodScheduled", "Initialized", "ContainersReady", "Ready"}
            assert needed <= ready.keys()
            assert {ready[kind] for kind in needed} == {"True"}
            container = status["containerStatuses"][0]
            assert (container["name"], container["ready"], container["restartCount"]) == ("app", True, 0)
            assert container["state"]["running"]["startedAt"]

    @pytest.mark.usefixtures("web")
    def test_events(self, cluster: Cluster) -> None:
        query = {"fieldSelector": "involvedObject.kind=Deployment,involvedObject.name=web"}
        found = eventually(lambda: cluster.list("events", **query)["items"], bool, "an event")
        assert (found[0]["type"], found[0]["reason"]) == ("Normal", "ScalingReplicaSet")
        name = sets(cluster, "web")["1"]["metadata"]["name"]
        assert found[0]["message"] == f"Scaled up replica set {name} from 0 to 3"
        made = cluster.list(
            "events", fieldSelector=f"involvedObject.kind=ReplicaSet,involvedObject.name={name}"
        )
        assert {each["reason"] for each in made["items"]} == {"SuccessfulCreate"}


class TestUpdate:
    @pytest.mark.usefixtures("web")
    def test_a_new_template_is_rolled_out(self, cluster: Cluster) -> None:
        sent = set_image(cluster, "web", V2)
        assert sent["metadata"]["generation"] == 2
        assert not complete(sent)
        now = cluster.until(DEPLOYMENTS, "web", complete)
        assert now["metadata"]["annotations"][REVISION] == "2"
        assert now["status"]["observedGeneration"] == 2
        history = sets(cluster, "web")
        assert history.keys() == {"1", "2"}
        assert (history["1"]["spec"]["replicas"], history["2"]["spec"]["replicas"]) == (0, 3)
        assert history["1"]["spec"]["template"]["spec"]["containers"][0]["image"] == IMAGE
        assert history["2"]["spec"]["template"]["spec"]["containers"][0]["image"] == V2

        def images() -> list[str]:
            return [each["spec"]["containers"][0]["image"] for each in cluster.list("pods")["items"]]

        eventually(images, lambda them: them == [V2] * 3, "new pods alone")

    @pytest.mark.usefixtures("web")
    def test_a_restart_is_a_revision(self, cluster: Cluster) -> None:
        before = {each["metadata"]["uid"] for each in cluster.list("pods")["items"]}
        stamp = {"kubectl.kubernetes.io/restartedAt": "2026-01-02T03:04:05Z"}
        change = {"spec": {"template": {"metadata": {"annotations": stamp}}}}
        said(cluster.admin.patch(cluster.path(DEPLOYMENTS, "web"), json=change, headers=STRATEGIC))
        cluster.until(DEPLOYMENTS, "web", complete)
        eventually(lambda: len(cluster.list("pods")["items"]), lambda count: count == 3, "three pods")
        after = {each["metadata"]["uid"] for each in cluster.list("pods")["items"]}
        assert not before & after
        assert sets(cluster, "web").keys() == {"1", "2"}

    @pytest.mark.usefixtures("web")
    def test_what_is_no_part_of_the_template_rolls_nothing(self, cluster: Cluster) -> None:
        # Annotations count as a new generation, because they are copied to the ReplicaSet; labels do not.
        labelled = cluster.merge(DEPLOYMENTS, "web", {"metadata": {"labels": {"note": "hello"}}})
        assert labelled["metadata"]["generation"] == 1
        annotated = cluster.merge(DEPLOYMENTS, "web", {"metadata": {"annotations": {"note": "hello"}}})
        assert annotated["metadata"]["generation"] == 2
        assert cluster.merge(DEPLOYMENTS, "web", {"spec": {"replicas": 2}})["metadata"]["generation"] == 3
        cluster.until(DEPLOYMENTS, "web", complete)
        assert sets(cluster, "web").keys() == {"1"}

    @pytest.mark.usefixtures("web")
    def test_back_to_an_old_template_takes_its_replicaset_again(self, cluster: Cluster) -> None:
        set_image(cluster, "web", V2)
        cluster.until(DEPLOYMENTS, "web", complete)
        first = sets(cluster, "web")["1"]
        back = first["spec"]["template"]
        del back["metadata"]["labels"]["pod-template-hash"]
        steps = [{"op": "replace", "path": "/spec/template", "value": back}]
        headers = {"Content-Type": "application/json-patch+json"}
        said(cluster.admin.patch(cluster.path(DEPLOYMENTS, "web"), json=steps, headers=headers))
        now = cluster.until(DEPLOYMENTS, "web", complete)
        assert now["metadata"]["annotations"][REVISION] == "3"
        history = sets(cluster, "web")
        assert history.keys() == {"2", "3"}
        assert history["3"]["metadata"]["uid"] == first["metadata"]["uid"]
        assert history["3"]["metadata"]["annotations"]["deployment.kubernetes.io/revision-history"] == "1"

    @pytest.mark.usefixtures("web")
    def test_change_cause_goes_with_the_revision(self, cluster: Cluster) -> None:
        cause = {"metadata": {"annotations": {"kubernetes.io/change-cause": "because"}}}
        cluster.merge(DEPLOYMENTS, "web", cause)
        set_image(cluster, "web", V2)
        cluster.until(DEPLOYMENTS, "web", complete)
        newest = sets(cluster, "web")["2"]["metadata"]["annotations"]
        assert newest["kubernetes.io/change-cause"] == "because"

    def test_old_replicasets_beyond_the_limit_are_removed(self, cluster: Cluster) -> None:
        cluster.create(DEPLOYMENTS, deployment("web", replicas=1, revisionHistoryLimit=1))
        for tag in ("v1", "v2", "v3", "v4"):
            set_image(cluster, "web", f"registry.example.com/app:{tag}")
            cluster.until(DEPLOYMENTS, "web", complete)
        eventually(lambda: sets(cluster, "web").keys(), lambda them: them == {"3", "4"}, "two left")

    def test_recreate_stops_the_old_before_the_new(self, cluster: Cluster) -> None:
        cluster.create(DEPLOYMENTS, deployment("web", replicas=2, strategy={"type": "Recreate"}))
        cluster.until(DEPLOYMENTS, "web", complete)
        set_image(cluster, "web", V2)
        now = cluster.until(DEPLOYMENTS, "web", complete)
        assert now["status"]["updatedReplicas"] == 2
        assert {each["spec"]["containers"][0]["image"] for each in cluster.list("pods")["items"]} == {V2}


class TestScale:
    @pytest.mark.parametrize("replicas", [5, 1, 0])
    @pytest.mark.usefixtures("web")
    def test_up_and_down(self, cluster: Cluster, replicas: int) -> None:
        cluster.merge(DEPLOYMENTS, "web", {"spec": {"replicas": replicas}})
        cluster.until(DEPLOYMENTS, "web", complete)
        left = eventually(lambda: cluster.list("pods")["items"], lambda it: len(it) == replicas, "the pods")
        assert all(each["status"]["phase"] == "Running" for each in left)
        assert sets(cluster, "web")["1"]["spec"]["replicas"] == replicas

    @pytest.mark.usefixtures("web")
    def test_the_scale_subresource_reads_and_writes(self, cluster: Cluster) -> None:
        path = cluster.path(DEPLOYMENTS, "web", "scale")
        scale = said(cluster.admin.get(path))
        assert (scale["spec"]["replicas"], scale["status"]["replicas"]) == (3, 3)
        scale["spec"]["replicas"] = 4
        assert said(cluster.admin.put(path, json=scale))["spec"]["replicas"] == 4
        cluster.until(DEPLOYMENTS, "web", complete)

    @pytest.mark.usefixtures("web")
    def test_a_pod_that_is_deleted_is_replaced(self, cluster: Cluster) -> None:
        victim = cluster.list("pods")["items"][0]["metadata"]
        said(cluster.admin.delete(cluster.path("pods", victim["name"])))

        def whole(them: list[Obj]) -> bool:
            return len(them) == 3 and victim["uid"] not in {each["metadata"]["uid"] for each in them}

        eventually(lambda: cluster.list("pods")["items"], whole, "a replacement")
        cluster.until(DEPLOYMENTS, "web", complete)


class TestPaused:
    @pytest.mark.usefixtures("web")
    def test_nothing_moves_until_it_is_resumed(self, cluster: Cluster) -> None:
        cluster.merge(DEPLOYMENTS, "web", {"spec": {"paused": True}})
        set_image(cluster, "web", V2)

        def observed(it: Obj) -> bool:
            return it["status"]["observedGeneration"] == it["metadata"]["generation"]

        held = cluster.until(DEPLOYMENTS, "web", observed)
        assert condition(held, "Progressing")["reason"] == "DeploymentPaused"
        assert condition(held, "Progressing")["status"] == "Unknown"
        assert sets(cluster, "web").keys() == {"1"}
        cluster.merge(DEPLOYMENTS, "web", {"spec": {"paused": None}})
        now = cluster.until(DEPLOYMENTS, "web", complete)
        assert "paused" not in now["spec"]
        assert sets(cluster, "web").keys() == {"1", "2"}

    @pytest.mark.usefixtures("web")
    def test_a_paused_one_still_scales(self, cluster: Cluster) -> None:
        cluster.merge(DEPLOYMENTS, "web", {"spec": {"paused": True, "replicas": 4}})
        cluster.until(DEPLOYMENTS, "web", lambda it: it["status"].get("readyReplicas") == 4)


class TestStuck:
    NEVER_READY: ClassVar[dict[str, str]] = {"simulator.kubesteer.io/fail-readiness": "true"}
    PROBE: ClassVar[Obj] = {"tcpSocket": {"port": 8080}}

    def template(self, annotations: Obj, probe: Obj | None) -> Obj:
        containers = [{"name": "app", "readinessProbe": probe}]
        return {
            "spec": {
                "template": {"metadata": {"annotations": annotations}, "spec": {"containers": containers}}
            }
        }

    def roll_out_what_never_gets_ready(self, cluster: Cluster) -> Obj:
        cluster.create(DEPLOYMENTS, deployment("web", replicas=2, progressDeadlineSeconds=2))
        cluster.until(DEPLOYMENTS, "web", complete)
        change = self.template(self.NEVER_READY, self.PROBE)
        said(cluster.admin.patch(cluster.path(DEPLOYMENTS, "web"), json=change, headers=STRATEGIC))

        def expired(it: Obj) -> bool:
            return condition(it, "Progressing").get("reason") == "ProgressDeadlineExceeded"

        return cluster.until(DEPLOYMENTS, "web", expired)

    def test_the_deadline_is_told_and_the_old_pods_stay(self, cluster: Cluster) -> None:
        now = self.roll_out_what_never_gets_ready(cluster)
        progressing = condition(now, "Progressing")
        name = sets(cluster, "web")["2"]["metadata"]["name"]
        assert progressing["status"] == "False"
        assert progressing["message"] == f'ReplicaSet "{name}" has timed out progressing.'
        assert condition(now, "Available")["status"] == "True"
        status = now["status"]
        # 25 % of 2: one more than wanted may be there, none may be missing.
        assert (status["updatedReplicas"], status["availableReplicas"], status["replicas"]) == (1, 2, 3)
        assert status["unavailableReplicas"] == 1

    def test_the_new_pod_runs_and_is_not_ready(self, cluster: Cluster) -> None:
        self.roll_out_what_never_gets_ready(cluster)
        hashed = sets(cluster, "web")["2"]["metadata"]["labels"]["pod-template-hash"]
        new = cluster.list("pods", labelSelector=f"pod-template-hash={hashed}")["items"][0]
        assert new["status"]["phase"] == "Running"
        assert new["status"]["containerStatuses"][0]["ready"] is False
        ready = next(each for each in new["status"]["conditions"] if each["type"] == "Ready")
        assert (ready["status"], ready["reason"]) == ("False", "ContainersNotReady")

    def test_going_back_makes_it_whole(self, cluster: Cluster) -> None:
        self.roll_out_what_never_gets_ready(cluster)
        undo = self.template(dict.fromkeys(self.NEVER_READY), None)
        said(cluster.admin.patch(cluster.path(DEPLOYMENTS, "web"), json=undo, headers=STRATEGIC))
        now = cluster.until(DEPLOYMENTS, "web", complete)
        assert now["metadata"]["annotations"][REVISION] == "3"

    def test_a_template_that_asks_for_more_than_any_node_has(self, cluster: Cluster) -> None:
        pods = template("web")
        pods["spec"]["containers"][0]["resources"] = {"requests": {"cpu": "1000"}}
        cluster.create(DEPLOYMENTS, deployment("web", replicas=1, template=pods))

        def waiting(them: list[Obj]) -> bool:
            return bool(them) and bool(condition(them[0], "PodScheduled"))

        held = eventually(lambda: cluster.list("pods")["items"], waiting, "a waiting pod")[0]
        scheduled = condition(held, "PodScheduled")
        assert (scheduled["status"], scheduled["reason"]) == ("False", "Unschedulable")
        assert scheduled["message"].startswith("0/3 nodes are available: 3 Insufficient cpu.")
        assert held["status"]["phase"] == "Pending"
        assert "nodeName" not in held["spec"]
        wanted = f"involvedObject.name={held['metadata']['name']},reason=FailedScheduling"
        eventually(
            lambda: cluster.list("events", fieldSelector=wanted)["items"], bool, "the scheduler's event"
        )


def test_a_template_without_its_last_annotation_is_the_one_before(cluster: Cluster) -> None:
    """An empty map is not kept: going back finds the ReplicaSet that ran that template."""
    cluster.create("apps/v1/deployments", deployment("web", 1))
    cluster.until("apps/v1/deployments", "web", lambda o: o.get("status", {}).get("readyReplicas") == 1)
    template = {"spec": {"template": {"metadata": {"annotations": {"note": "x"}}}}}
    cluster.merge("apps/v1/deployments", "web", template)
    cluster.until("apps/v1/deployments", "web", lambda o: revision(o) == "2")
    template["spec"]["template"]["metadata"]["annotations"]["note"] = None  # type: ignore[assignment]

    back = cluster.merge("apps/v1/deployments", "web", template)

    assert "annotations" not in back["spec"]["template"]["metadata"]
    cluster.until("apps/v1/deployments", "web", lambda o: revision(o) == "3")
    assert len(cluster.list("apps/v1/replicasets")["items"]) == 2


def revision(found: dict[str, Any]) -> str:
    """The revision that the controller has numbered."""
    return str(found["metadata"]["annotations"].get("deployment.kubernetes.io/revision"))
