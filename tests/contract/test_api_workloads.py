"""StatefulSets and DaemonSets as their controllers move them."""

from __future__ import annotations

from typing import Any

import pytest
from clusters import Cluster, eventually
from clusters.cluster import said
from clusters.workloads import daemonset, statefulset

Obj = dict[str, Any]
STATEFULSETS = "apps/v1/statefulsets"
DAEMONSETS = "apps/v1/daemonsets"
REVISIONS = "apps/v1/controllerrevisions"
STRATEGIC = {"Content-Type": "application/strategic-merge-patch+json"}
V2 = "registry.example.com/app:v2"


def set_image(cluster: Cluster, resource: str, name: str) -> Obj:
    change = {"spec": {"template": {"spec": {"containers": [{"name": "app", "image": V2}]}}}}
    return said(cluster.admin.patch(cluster.path(resource, name), json=change, headers=STRATEGIC))


def images(cluster: Cluster) -> dict[str, str]:
    return {
        each["metadata"]["name"]: each["spec"]["containers"][0]["image"]
        for each in cluster.list("pods")["items"]
    }


def stateful_complete(it: Obj) -> bool:
    """Observed, every pod ready, and every pod of the newest revision."""
    status, wanted = it["status"], it["spec"]["replicas"]
    return (
        status.get("observedGeneration", 0) >= it["metadata"]["generation"]
        and status.get("readyReplicas", 0) == wanted
        and status.get("replicas") == wanted
        and status.get("currentRevision") == status.get("updateRevision")
    )


def daemon_complete(it: Obj) -> bool:
    status = it["status"]
    wanted = status.get("desiredNumberScheduled", 0)
    return (
        status.get("observedGeneration", 0) >= it["metadata"]["generation"]
        and wanted > 0
        and status.get("updatedNumberScheduled", 0) == wanted
        and status.get("numberAvailable", 0) == wanted
    )


class TestStatefulSet:
    @pytest.fixture
    def db(self, cluster: Cluster) -> Obj:
        cluster.create(STATEFULSETS, statefulset("db", replicas=2))
        return cluster.until(STATEFULSETS, "db", stateful_complete)

    def test_pods_are_numbered(self, cluster: Cluster, db: Obj) -> None:
        pods = {each["metadata"]["name"]: each["metadata"] for each in cluster.list("pods")["items"]}
        assert pods.keys() == {"db-0", "db-1"}
        labels = pods["db-1"]["labels"]
        assert labels["statefulset.kubernetes.io/pod-name"] == "db-1"
        assert labels["apps.kubernetes.io/pod-index"] == "1"
        assert labels["controller-revision-hash"] == db["status"]["updateRevision"]
        assert pods["db-0"]["ownerReferences"][0]["uid"] == db["metadata"]["uid"]

    def test_status(self, db: Obj) -> None:
        status = db["status"]
        assert {status[each] for each in ("replicas", "readyReplicas", "currentReplicas")} == {2}
        assert status["availableReplicas"] == 2
        assert status["updateRevision"].startswith("db-")

    def test_an_update_keeps_names_and_makes_a_revision(self, cluster: Cluster, db: Obj) -> None:
        sent = set_image(cluster, STATEFULSETS, "db")
        assert sent["metadata"]["generation"] == 2
        now = cluster.until(STATEFULSETS, "db", stateful_complete)
        assert images(cluster) == {"db-0": V2, "db-1": V2}
        assert now["status"]["updateRevision"] != db["status"]["updateRevision"]
        kept = cluster.list(REVISIONS, labelSelector="app=db")["items"]
        numbers = {each["metadata"]["name"]: each["revision"] for each in kept}
        assert numbers == {db["status"]["updateRevision"]: 1, now["status"]["updateRevision"]: 2}
        old = next(each for each in kept if each["revision"] == 1)
        container = old["data"]["spec"]["template"]["spec"]["containers"][0]
        assert container["image"] != V2
        assert old["data"]["spec"]["template"]["$patch"] == "replace"

    def test_a_partition_holds_the_lower_ones_back(self, cluster: Cluster, db: Obj) -> None:
        strategy = {"type": "RollingUpdate", "rollingUpdate": {"partition": 1}}
        cluster.merge(STATEFULSETS, "db", {"spec": {"updateStrategy": strategy}})
        set_image(cluster, STATEFULSETS, "db")
        cluster.until(STATEFULSETS, "db", lambda it: it["status"].get("updatedReplicas") == 1)
        old = db["spec"]["template"]["spec"]["containers"][0]["image"]
        eventually(lambda: images(cluster), lambda them: them == {"db-0": old, "db-1": V2}, "db-1 alone")

    @pytest.mark.usefixtures("db")
    def test_scale(self, cluster: Cluster) -> None:
        path = cluster.path(STATEFULSETS, "db", "scale")
        headers = {"Content-Type": "application/merge-patch+json"}
        said(cluster.admin.patch(path, json={"spec": {"replicas": 3}}, headers=headers))
        cluster.until(STATEFULSETS, "db", stateful_complete)
        assert images(cluster).keys() == {"db-0", "db-1", "db-2"}
        said(cluster.admin.patch(path, json={"spec": {"replicas": 1}}, headers=headers))
        eventually(lambda: images(cluster).keys(), lambda them: them == {"db-0"}, "the highest go first")

    @pytest.mark.usefixtures("db")
    def test_most_of_the_spec_cannot_be_changed(self, cluster: Cluster) -> None:
        change = {"spec": {"serviceName": "other"}}
        answer = cluster.admin.patch(cluster.path(STATEFULSETS, "db"), json=change, headers=STRATEGIC)
        assert (answer.status_code, answer.json()["reason"]) == (422, "Invalid")
        assert "updates to statefulset spec for fields other than" in answer.json()["message"]

    def test_an_unready_one_holds_the_next_back(self, cluster: Cluster) -> None:
        stuck = statefulset("db", replicas=2)
        annotations = {"simulator.kubesteer.io/fail-readiness": "true"}
        stuck["spec"]["template"]["metadata"]["annotations"] = annotations
        cluster.create(STATEFULSETS, stuck)

        def first_runs(it: Obj) -> bool:
            return it["status"].get("phase") == "Running"

        eventually(lambda: images(cluster).keys(), lambda them: "db-0" in them, "the first pod")
        cluster.until("pods", "db-0", first_runs)
        assert images(cluster).keys() == {"db-0"}
        now = cluster.until(STATEFULSETS, "db", lambda it: it["status"].get("replicas") == 1)
        assert now["status"].get("readyReplicas", 0) == 0


class TestDaemonSet:
    @pytest.fixture
    def agent(self, cluster: Cluster) -> Obj:
        cluster.create(DAEMONSETS, daemonset("agent"))
        return cluster.until(DAEMONSETS, "agent", daemon_complete)

    def test_one_pod_a_node(self, cluster: Cluster, agent: Obj) -> None:
        pods = cluster.list("pods")["items"]
        nodes = {each["metadata"]["name"] for each in said(cluster.admin.get("/api/v1/nodes"))["items"]}
        assert sorted(each["spec"]["nodeName"] for each in pods) == sorted(nodes)
        status = agent["status"]
        counts = ("desiredNumberScheduled", "currentNumberScheduled", "numberReady", "numberAvailable")
        assert {status[each] for each in counts} == {3}
        assert (status["numberMisscheduled"], status["updatedNumberScheduled"]) == (0, 3)
        assert agent["metadata"]["annotations"]["deprecated.daemonset.template.generation"] == "1"

    @pytest.mark.usefixtures("agent")
    def test_an_update_replaces_all_of_them(self, cluster: Cluster) -> None:
        set_image(cluster, DAEMONSETS, "agent")
        cluster.until(DAEMONSETS, "agent", daemon_complete)
        eventually(lambda: list(images(cluster).values()), lambda them: them == [V2] * 3, "three new pods")
        revisions = [each["revision"] for each in cluster.list(REVISIONS, labelSelector="app=agent")["items"]]
        assert sorted(revisions) == [1, 2]

    def test_on_delete_waits_for_the_person(self, cluster: Cluster) -> None:
        cluster.create(DAEMONSETS, daemonset("agent", updateStrategy={"type": "OnDelete"}))
        cluster.until(DAEMONSETS, "agent", daemon_complete)
        before = images(cluster)
        set_image(cluster, DAEMONSETS, "agent")

        def observed(it: Obj) -> bool:
            return it["status"]["observedGeneration"] == 2 and "updatedNumberScheduled" not in it["status"]

        cluster.until(DAEMONSETS, "agent", observed)
        assert images(cluster) == before

    @pytest.mark.usefixtures("agent")
    def test_it_has_no_scale(self, cluster: Cluster) -> None:
        assert cluster.admin.get(cluster.path(DAEMONSETS, "agent", "scale")).status_code == 404
