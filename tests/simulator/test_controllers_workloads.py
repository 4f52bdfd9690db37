"""StatefulSets and DaemonSets, with a clock that the test moves."""

from __future__ import annotations

import pytest
from cluster_lab import Lab, Obj, names, status_of, template, workload

CLAIM = {
    "metadata": {"name": "data"},
    "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}},
}


@pytest.fixture
def lab() -> Lab:
    return Lab()


def stateful(lab: Lab, template_: Obj | None = None, **spec: object) -> None:
    made = {"replicas": 3, "serviceName": "db", **spec}
    lab.add(workload("StatefulSet", "db", template_ or template("db"), **made))


def images(lab: Lab) -> dict[str, str]:
    return {pod["metadata"]["name"]: pod["spec"]["containers"][0]["image"] for pod in lab.all("Pod")}


def set_image(lab: Lab, kind: str, name: str, image: str = "app:v2") -> None:
    lab.edit(kind, name, lambda obj: obj["spec"]["template"]["spec"]["containers"][0].update(image=image))


def complete(lab: Lab) -> bool:
    status = status_of(lab.get("StatefulSet", "db"))
    whole = status.get("readyReplicas") == status.get("replicas") == 3
    return whole and status["currentRevision"] == status["updateRevision"]


class TestStatefulSet:
    def test_pods_come_one_after_another(self, lab: Lab) -> None:
        stateful(lab)
        assert names(lab.all("Pod")) == ["db-0"]
        lab.until(lambda: complete(lab))
        assert names(lab.all("Pod")) == ["db-0", "db-1", "db-2"]

    def test_or_all_at_once(self, lab: Lab) -> None:
        stateful(lab, podManagementPolicy="Parallel")
        assert names(lab.all("Pod")) == ["db-0", "db-1", "db-2"]

    def test_an_unready_one_holds_the_next_back(self, lab: Lab) -> None:
        stateful(lab, template("db", fail_readiness="true"))
        lab.run(60)
        assert names(lab.all("Pod")) == ["db-0"]

    def test_an_update_goes_from_the_highest_down_to_the_partition(self, lab: Lab) -> None:
        stateful(lab, updateStrategy={"type": "RollingUpdate", "rollingUpdate": {"partition": 1}})
        lab.until(lambda: complete(lab))
        set_image(lab, "StatefulSet", "db")
        lab.run(30)
        assert images(lab) == {"db-0": "app:v1", "db-1": "app:v2", "db-2": "app:v2"}
        lab.remove("Pod", "db-0")
        lab.run(10)
        assert images(lab)["db-0"] == "app:v1"

    def test_on_delete_waits_for_the_person(self, lab: Lab) -> None:
        stateful(lab, updateStrategy={"type": "OnDelete"})
        lab.run(10)
        set_image(lab, "StatefulSet", "db")
        lab.run(10)
        assert set(images(lab).values()) == {"app:v1"}
        lab.remove("Pod", "db-1")
        lab.run(10)
        assert images(lab)["db-1"] == "app:v2"

    def test_claims_outlive_a_scale_down(self, lab: Lab) -> None:
        stateful(lab, volumeClaimTemplates=[CLAIM])
        lab.until(lambda: complete(lab))
        claim = lab.get("PersistentVolumeClaim", "data-db-2")
        assert status_of(claim)["phase"] == "Bound"
        mounted = lab.get("Pod", "db-2")["spec"]["volumes"][0]
        assert mounted["persistentVolumeClaim"]["claimName"] == "data-db-2"
        lab.edit("StatefulSet", "db", lambda obj: obj["spec"].update(replicas=1))
        lab.run(10)
        assert names(lab.all("Pod")) == ["db-0"]
        assert len(lab.all("PersistentVolumeClaim")) == 3

    def test_claims_go_where_the_set_says_so(self, lab: Lab) -> None:
        policy = {"whenDeleted": "Delete", "whenScaled": "Delete"}
        stateful(lab, volumeClaimTemplates=[CLAIM], persistentVolumeClaimRetentionPolicy=policy)
        lab.until(lambda: complete(lab))
        lab.edit("StatefulSet", "db", lambda obj: obj["spec"].update(replicas=1))
        lab.run(10)
        assert names(lab.all("PersistentVolumeClaim")) == ["data-db-0"]
        lab.remove("StatefulSet", "db")
        lab.run(10)
        assert lab.all("PersistentVolumeClaim") == []
        assert lab.all("PersistentVolume") == []

    def test_going_back_makes_an_old_revision_the_newest(self, lab: Lab) -> None:
        stateful(lab)
        lab.until(lambda: complete(lab))
        first = status_of(lab.get("StatefulSet", "db"))["updateRevision"]
        for image in ("app:v2", "app:v1"):
            set_image(lab, "StatefulSet", "db", image)
            lab.run(1)
            lab.until(lambda: complete(lab))
        numbers = {r["metadata"]["name"]: r["revision"] for r in lab.all("ControllerRevision")}
        assert status_of(lab.get("StatefulSet", "db"))["updateRevision"] == first
        assert numbers[first] == 3


class TestDaemonSet:
    def daemon(self, lab: Lab, template_: Obj | None = None, **spec: object) -> None:
        lab.add(workload("DaemonSet", "agent", template_ or template("agent"), **spec))
        lab.run(3)

    def places(self, lab: Lab) -> list[str]:
        return sorted(pod["spec"].get("nodeName", "") for pod in lab.all("Pod"))

    def test_one_a_node_cordoned_or_not(self, lab: Lab) -> None:
        lab.edit("Node", "node-02", lambda obj: obj["spec"].update(unschedulable=True))
        self.daemon(lab)
        assert self.places(lab) == ["node-01", "node-02", "node-03"]

    def test_a_selector_chooses(self, lab: Lab) -> None:
        chosen = template("agent")
        chosen["spec"]["nodeSelector"] = {"disk": "ssd"}
        self.daemon(lab, chosen)
        assert self.places(lab) == []
        lab.edit("Node", "node-03", lambda obj: obj["metadata"]["labels"].update(disk="ssd"))
        lab.run(3)
        assert self.places(lab) == ["node-03"]
        lab.edit("Node", "node-03", lambda obj: obj["metadata"]["labels"].pop("disk"))
        lab.run(3)
        assert self.places(lab) == []
        assert status_of(lab.get("DaemonSet", "agent"))["desiredNumberScheduled"] == 0

    def test_a_taint_that_it_does_not_bear_keeps_it_away(self, lab: Lab) -> None:
        taint = {"key": "gpu", "value": "yes", "effect": "NoSchedule"}
        lab.edit("Node", "node-01", lambda obj: obj["spec"].update(taints=[taint]))
        self.daemon(lab)
        assert self.places(lab) == ["node-02", "node-03"]

    def test_an_update_spares_all_but_one(self, lab: Lab) -> None:
        self.daemon(lab)
        lowest = [3]
        set_image(lab, "DaemonSet", "agent")

        def look() -> bool:
            status = status_of(lab.get("DaemonSet", "agent"))
            lowest.append(status.get("numberAvailable", 0))
            return status.get("updatedNumberScheduled") == 3 and status.get("numberAvailable") == 3

        lab.until(look)
        assert min(lowest) == 2
        assert set(images(lab).values()) == {"app:v2"}

    def test_a_surge_starts_the_new_beside_the_old(self, lab: Lab) -> None:
        rolling = {"maxSurge": 1, "maxUnavailable": 0}
        self.daemon(lab, updateStrategy={"type": "RollingUpdate", "rollingUpdate": rolling})
        lowest = [3]
        set_image(lab, "DaemonSet", "agent")

        def look() -> bool:
            status = status_of(lab.get("DaemonSet", "agent"))
            lowest.append(status.get("numberAvailable", 0))
            return set(images(lab).values()) == {"app:v2"} and len(lab.all("Pod")) == 3

        lab.until(look)
        assert min(lowest) == 3

    def test_on_delete_leaves_the_old(self, lab: Lab) -> None:
        self.daemon(lab, updateStrategy={"type": "OnDelete"})
        set_image(lab, "DaemonSet", "agent")
        lab.run(5)
        assert set(images(lab).values()) == {"app:v1"}
        lab.remove("Pod", names(lab.all("Pod"))[0])
        lab.run(5)
        assert sorted(images(lab).values()) == ["app:v1", "app:v1", "app:v2"]
