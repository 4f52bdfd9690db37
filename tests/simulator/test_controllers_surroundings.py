"""Garbage, namespaces, nodes, budgets, quotas, endpoints and volumes."""

from __future__ import annotations

import pytest
from cluster_lab import Lab, Obj, names, pod, reason_of, status_of, template, workload

from kubesteer.simulator.disruption import evict
from kubesteer.simulator.failures import Failure

KEY = "unhealthyPodEvictionPolicy"
SERVICE = """
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{name: http, port: 80, targetPort: web}]}
"""


@pytest.fixture
def lab() -> Lab:
    return Lab()


def serving(name: str = "web", **behaviour: str) -> Obj:
    made = template(name, **behaviour)
    made["spec"]["containers"][0]["ports"] = [{"name": "web", "containerPort": 8080}]
    return made


class TestGarbage:
    @pytest.fixture
    def web(self, lab: Lab) -> Lab:
        lab.add(workload("Deployment", "web", replicas=2))
        lab.run(2)
        return lab

    def test_background(self, web: Lab) -> None:
        web.remove("Deployment", "web")
        assert web.find("Deployment", "web") is None
        web.run(2)
        assert web.all("ReplicaSet") == web.all("Pod") == []

    def test_foreground(self, web: Lab) -> None:
        web.remove("Deployment", "web", "Foreground")
        assert web.find("Deployment", "web")
        assert all("deletionTimestamp" in found["metadata"] for found in web.all("Pod"))
        web.run(2)
        assert web.find("Deployment", "web") is None
        assert web.all("ReplicaSet") == []

    def test_orphan(self, web: Lab) -> None:
        web.remove("Deployment", "web", "Orphan")
        web.run(2)
        assert web.find("Deployment", "web") is None
        assert "ownerReferences" not in web.all("ReplicaSet")[0]["metadata"]
        assert len(web.all("Pod")) == 2

    def test_one_of_two_owners(self, lab: Lab) -> None:
        owners = []
        for name in ("a", "b"):
            made = lab.add({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}})
            reference = {"apiVersion": "v1", "kind": "ConfigMap", "name": name}
            owners.append({**reference, "uid": made["metadata"]["uid"]})
        child = {"name": "child", "ownerReferences": owners}
        lab.add({"apiVersion": "v1", "kind": "ConfigMap", "metadata": child})
        lab.remove("ConfigMap", "a")
        assert lab.get("ConfigMap", "child")["metadata"]["ownerReferences"] == owners[1:]
        lab.remove("ConfigMap", "b")
        assert lab.find("ConfigMap", "child") is None

    def test_an_owner_that_never_was(self, lab: Lab) -> None:
        reference = {"apiVersion": "v1", "kind": "ConfigMap", "name": "ghost", "uid": "no-such-uid"}
        metadata = {"name": "child", "ownerReferences": [reference]}
        lab.add({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata})
        assert lab.find("ConfigMap", "child") is None


class TestNamespaces:
    def test_a_new_one_is_furnished(self, lab: Lab) -> None:
        lab.add({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "new"}})
        assert names(lab.all("ServiceAccount", "new")) == ["default"]
        assert names(lab.all("ConfigMap", "new")) == ["kube-root-ca.crt"]
        lab.remove("ServiceAccount", "default", namespace="new")
        assert names(lab.all("ServiceAccount", "new")) == ["default"]

    def test_one_is_emptied_before_it_goes(self, lab: Lab) -> None:
        lab.add({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "old"}})
        lab.add(workload("Deployment", "web", template("web", stop_after="5"), replicas=2), "old")
        lab.run(2)
        lab.remove("Namespace", "old")
        found = lab.get("Namespace", "old")
        assert status_of(found)["phase"] == "Terminating"
        assert reason_of(found, "NamespaceContentRemaining") == ("True", "SomeResourcesRemain")
        lab.run(10)
        assert lab.find("Namespace", "old") is None
        assert lab.all("Pod", "old") == lab.all("ConfigMap", "old") == []

    def test_a_finalizer_holds_it(self, lab: Lab) -> None:
        lab.add({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "old"}})
        metadata = {"name": "held", "finalizers": ["example.com/hold"]}
        lab.add({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata}, "old")
        lab.remove("Namespace", "old")
        lab.run(60)
        found = lab.get("Namespace", "old")
        assert reason_of(found, "NamespaceFinalizersRemaining") == ("True", "SomeFinalizersRemain")
        lab.edit("ConfigMap", "held", lambda obj: obj["metadata"].pop("finalizers"), "old")
        lab.run(1)
        assert lab.find("Namespace", "old") is None


def lose(node: Obj, status: str = "Unknown") -> None:
    """The node's kubelet stops answering."""
    for entry in node["status"]["conditions"]:
        if entry["type"] == "Ready":
            entry.update(status=status, reason="NodeStatusUnknown")


class TestNodes:
    def test_a_cordon_is_a_taint(self, lab: Lab) -> None:
        lab.edit("Node", "node-01", lambda obj: obj["spec"].update(unschedulable=True))
        taints = lab.get("Node", "node-01")["spec"]["taints"]
        assert [(t["key"], t["effect"]) for t in taints] == [
            ("node.kubernetes.io/unschedulable", "NoSchedule")
        ]
        lab.edit("Node", "node-01", lambda obj: obj["spec"].pop("unschedulable"))
        assert "taints" not in lab.get("Node", "node-01")["spec"]

    def test_a_lost_node_loses_its_pods_after_five_minutes(self, lab: Lab) -> None:
        lab.add(workload("Deployment", "web", replicas=3))
        lab.run(2)
        victim = next(p for p in lab.all("Pod") if p["spec"]["nodeName"] == "node-02")["metadata"]["name"]
        lab.edit("Node", "node-02", lose, path="status")
        assert reason_of(lab.get("Pod", victim), "Ready")[0] == "False"
        assert ("NodeNotReady", "Node is not ready") in lab.events("Pod", victim)
        lab.run(299)
        assert "deletionTimestamp" not in lab.get("Pod", victim)["metadata"]
        lab.run(5)
        assert "deletionTimestamp" in lab.get("Pod", victim)["metadata"]
        assert status_of(lab.get("Deployment", "web"))["readyReplicas"] == 3
        lab.edit("Node", "node-02", lambda obj: lose(obj, "True"), path="status")
        lab.run(2)
        assert lab.find("Pod", victim) is None

    def test_one_that_comes_back_in_time_keeps_them(self, lab: Lab) -> None:
        lab.add(workload("Deployment", "web", replicas=3))
        lab.run(2)
        before = names(lab.all("Pod"))
        lab.edit("Node", "node-02", lose, path="status")
        lab.run(100)
        lab.edit("Node", "node-02", lambda obj: lose(obj, "True"), path="status")
        lab.run(300)
        assert names(lab.all("Pod")) == before
        assert {reason_of(found, "Ready")[0] for found in lab.all("Pod")} == {"True"}

    def test_a_node_that_is_deleted_takes_its_pods(self, lab: Lab) -> None:
        lab.add(workload("Deployment", "web", replicas=3))
        lab.run(2)
        lab.remove("Node", "node-02")
        lab.run(3)
        assert {found["spec"]["nodeName"] for found in lab.all("Pod")} == {"node-01", "node-03"}
        assert len(lab.all("Pod")) == 3

    def test_no_execute_drives_out_who_does_not_bear_it(self, lab: Lab) -> None:
        lab.add(pod("it"))
        lab.run(1)
        node = lab.get("Pod", "it")["spec"]["nodeName"]
        taint = {"key": "maintenance", "effect": "NoExecute"}
        lab.edit("Node", node, lambda obj: obj["spec"].update(taints=[taint]))
        lab.run(1)
        assert lab.find("Pod", "it") is None
        assert ("TaintManagerEviction", "Marking for deletion Pod default/it") in lab.events("Pod")


class TestBudgets:
    def budget(self, lab: Lab, **spec: object) -> Obj:
        lab.add(workload("Deployment", "web", replicas=3))
        lab.run(2)
        own = {"selector": {"matchLabels": {"app": "web"}}, **spec}
        kind = {"apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": {"name": "web"}}
        lab.add({**kind, "spec": own})
        return status_of(lab.get("PodDisruptionBudget", "web"))

    @pytest.mark.parametrize(
        ("spec", "allowed", "desired"),
        [
            ({"minAvailable": 2}, 1, 2),
            ({"minAvailable": 3}, 0, 3),
            ({"maxUnavailable": 1}, 1, 2),
            ({"maxUnavailable": "50%"}, 2, 1),
            ({"minAvailable": "50%"}, 1, 2),
        ],
    )
    def test_status(self, lab: Lab, spec: Obj, allowed: int, desired: int) -> None:
        status = self.budget(lab, **spec)
        assert (status["disruptionsAllowed"], status["desiredHealthy"]) == (allowed, desired)
        assert (status["currentHealthy"], status["expectedPods"]) == (3, 3)

    def test_an_eviction_spends_it_until_the_next_pod_is_ready(self, lab: Lab) -> None:
        self.budget(lab, maxUnavailable=1)
        resource = lab.cluster.registry.named("pods")
        first, second = lab.all("Pod")[:2]
        evict(lab.cluster, resource, first, {}, dry_run=False)
        with pytest.raises(Failure) as refused:
            evict(lab.cluster, resource, second, {}, dry_run=False)
        assert refused.value.code == 429
        lab.run(3)
        assert status_of(lab.get("PodDisruptionBudget", "web"))["disruptionsAllowed"] == 1
        evict(lab.cluster, resource, second, {}, dry_run=False)

    @pytest.mark.parametrize(
        ("policy", "least", "allowed"),
        [("IfHealthyBudget", 2, False), ("AlwaysAllow", 2, True), ("IfHealthyBudget", 1, True)],
    )
    def test_unready_pods(self, lab: Lab, policy: str, least: int, allowed: bool) -> None:
        lab.add(workload("Deployment", "web", template("web"), replicas=1))
        sickly = workload("Deployment", "sick", template("web", fail_readiness="true"), replicas=1)
        sickly["spec"]["selector"]["matchLabels"] = {"app": "web", "health": "poor"}
        sickly["spec"]["template"]["metadata"]["labels"]["health"] = "poor"
        lab.add(sickly)
        lab.run(2)
        kind = {"apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": {"name": "web"}}
        selector = {"matchLabels": {"app": "web"}}
        lab.add({**kind, "spec": {"selector": selector, "minAvailable": least, **{KEY: policy}}})
        sick = next(pod for pod in lab.all("Pod") if reason_of(pod, "Ready")[0] == "False")
        resource = lab.cluster.registry.named("pods")
        if allowed:
            evict(lab.cluster, resource, sick, {}, dry_run=False)
            return
        with pytest.raises(Failure, match="would violate the pod's disruption budget"):
            evict(lab.cluster, resource, sick, {}, dry_run=False)


class TestEndpoints:
    def test_ready_pods_by_the_port_s_name(self, lab: Lab) -> None:
        lab.add(SERVICE)
        lab.add(workload("Deployment", "web", serving(), replicas=2))
        lab.run(2)
        subset = lab.get("Endpoints", "web")["subsets"][0]
        assert [port["port"] for port in subset["ports"]] == [8080]
        assert {a["ip"] for a in subset["addresses"]} == {p["status"]["podIP"] for p in lab.all("Pod")}
        sliced = next(s for s in lab.all("EndpointSlice") if s["metadata"]["name"].startswith("web-"))
        assert [endpoint["conditions"]["ready"] for endpoint in sliced["endpoints"]] == [True, True]
        assert sliced["ports"] == [{"name": "http", "port": 8080, "protocol": "TCP"}]

    def test_unready_pods_are_listed_as_such(self, lab: Lab) -> None:
        lab.add(SERVICE)
        lab.add(workload("Deployment", "web", serving(fail_readiness="true"), replicas=1))
        lab.run(2)
        subset = lab.get("Endpoints", "web")["subsets"][0]
        assert "addresses" not in subset
        assert len(subset["notReadyAddresses"]) == 1

    def test_a_service_that_selects_nothing(self, lab: Lab) -> None:
        lab.add(SERVICE)
        assert "subsets" not in lab.get("Endpoints", "web")
        lab.remove("Service", "web")
        assert lab.find("Endpoints", "web") is None
        assert not [s for s in lab.all("EndpointSlice") if s["metadata"]["name"].startswith("web-")]


class TestVolumes:
    def claim(self, lab: Lab, **spec: object) -> None:
        resources = {"requests": {"storage": "2Gi"}}
        own = {"accessModes": ["ReadWriteOnce"], "resources": resources, **spec}
        kind = {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "data"}}
        lab.add({**kind, "spec": own})

    def volume(self, lab: Lab, name: str, size: str, **spec: object) -> None:
        own = {
            "capacity": {"storage": size},
            "accessModes": ["ReadWriteOnce"],
            "hostPath": {"path": "/srv"},
            **spec,
        }
        kind = {"apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": name}}
        lab.add({**kind, "spec": own})

    def test_the_smallest_that_suffices(self, lab: Lab) -> None:
        for name, size in (("large", "50Gi"), ("fitting", "5Gi"), ("small", "1Gi")):
            self.volume(lab, name, size)
        self.claim(lab, storageClassName="")
        assert lab.get("PersistentVolumeClaim", "data")["spec"]["volumeName"] == "fitting"
        assert status_of(lab.get("PersistentVolume", "fitting"))["phase"] == "Bound"
        assert status_of(lab.get("PersistentVolume", "large"))["phase"] == "Available"

    def test_none_and_no_class(self, lab: Lab) -> None:
        self.claim(lab, storageClassName="")
        assert status_of(lab.get("PersistentVolumeClaim", "data"))["phase"] == "Pending"
        assert lab.events("PersistentVolumeClaim")[0][0] == "FailedBinding"

    def test_a_claim_in_use_stays(self, lab: Lab) -> None:
        self.claim(lab)
        user = pod("user")
        user["spec"]["volumes"] = [{"name": "data", "persistentVolumeClaim": {"claimName": "data"}}]
        lab.add(user)
        lab.run(2)
        volume = lab.get("PersistentVolumeClaim", "data")["spec"]["volumeName"]
        lab.remove("PersistentVolumeClaim", "data")
        lab.run(10)
        assert lab.find("PersistentVolumeClaim", "data")
        lab.remove("Pod", "user")
        lab.run(2)
        assert lab.find("PersistentVolumeClaim", "data") is None
        assert lab.find("PersistentVolume", volume) is None

    def test_a_retained_volume_is_released(self, lab: Lab) -> None:
        self.volume(lab, "kept", "5Gi", persistentVolumeReclaimPolicy="Retain")
        self.claim(lab, storageClassName="")
        lab.remove("PersistentVolumeClaim", "data")
        assert status_of(lab.get("PersistentVolume", "kept"))["phase"] == "Released"


def test_a_quota_shows_what_is_used(lab: Lab) -> None:
    hard = {"pods": "5", "requests.cpu": "2", "configmaps": "10"}
    kind = {"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "all"}}
    lab.add({**kind, "spec": {"hard": hard}})
    made = pod("it")
    made["spec"]["containers"][0]["resources"] = {"requests": {"cpu": "250m"}}
    lab.add(made)
    used = status_of(lab.get("ResourceQuota", "all"))["used"]
    assert used == {"pods": "1", "requests.cpu": "250m", "configmaps": "1"}
    lab.remove("Pod", "it")
    lab.run(2)
    assert status_of(lab.get("ResourceQuota", "all"))["used"]["pods"] == "0"
