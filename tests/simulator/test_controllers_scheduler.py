"""The scheduler: who goes where, and what is said of who goes nowhere."""

from __future__ import annotations

from typing import Any

import pytest
from cluster_lab import Lab, Obj, pod, reason_of, workload

from kubesteer.simulator.objects import condition


@pytest.fixture
def lab() -> Lab:
    return Lab()


def refused(lab: Lab, name: str = "it") -> str:
    """The message of a pod that was not placed."""
    found = lab.get("Pod", name)
    assert "nodeName" not in found["spec"]
    assert reason_of(found, "PodScheduled") == ("False", "Unschedulable")
    message = (condition(found, "PodScheduled") or {})["message"]
    assert ("FailedScheduling", message) in lab.events("Pod", name)
    return str(message)


def asking(**spec: Any) -> Obj:
    made = pod("it")
    made["spec"].update(spec)
    return made


def requesting(cpu: str, name: str = "it") -> Obj:
    made = pod(name)
    made["spec"]["containers"][0]["resources"] = {"requests": {"cpu": cpu}}
    return made


def test_pods_of_one_owner_are_spread(lab: Lab) -> None:
    lab.add(workload("Deployment", "web", replicas=3))
    lab.run(1)
    assert {found["spec"]["nodeName"] for found in lab.all("Pod")} == {"node-01", "node-02", "node-03"}


def test_more_than_any_node_has(lab: Lab) -> None:
    lab.add(requesting("1000"))
    assert refused(lab) == (
        "0/3 nodes are available: 3 Insufficient cpu. no new claims to deallocate, preemption: 0/3 nodes are available: "
        "3 Preemption is not helpful for scheduling."
    )


def test_more_than_is_left(lab: Lab) -> None:
    for number in range(3):
        lab.add(requesting("6", f"big-{number}"))
    lab.add(requesting("4"))
    assert refused(lab) == (
        "0/3 nodes are available: 3 Insufficient cpu. no new claims to deallocate, preemption: 0/3 nodes are available: "
        "3 No preemption victims found for incoming pod."
    )
    lab.remove("Pod", "big-1")
    lab.run(2)
    assert lab.get("Pod", "it")["spec"]["nodeName"]


def test_reasons_are_counted_and_sorted(lab: Lab) -> None:
    taint = {"key": "gpu", "value": "yes", "effect": "NoSchedule"}
    lab.edit("Node", "node-01", lambda obj: obj["spec"].update(taints=[taint]))
    lab.edit("Node", "node-02", lambda obj: obj["spec"].update(unschedulable=True))
    lab.add(requesting("1000"))
    assert refused(lab).startswith(
        "0/3 nodes are available: 1 Insufficient cpu, 1 node(s) had untolerated taint(s), "
        "1 node(s) were unschedulable. no new claims to deallocate, preemption: "
    )


@pytest.mark.parametrize(
    ("spec", "reason"),
    [
        ({"nodeSelector": {"disk": "ssd"}}, "3 node(s) didn't match Pod's node affinity/selector"),
        (
            {
                "topologySpreadConstraints": [
                    {"maxSkew": 1, "topologyKey": "rack", "whenUnsatisfiable": "DoNotSchedule"}
                ]
            },
            "3 node(s) didn't match pod topology spread constraints (missing required label)",
        ),
        (
            {
                "affinity": {
                    "podAffinity": {
                        "requiredDuringSchedulingIgnoredDuringExecution": [
                            {
                                "labelSelector": {"matchLabels": {"app": "nobody"}},
                                "topologyKey": "kubernetes.io/hostname",
                            }
                        ]
                    }
                }
            },
            "3 node(s) didn't match pod affinity rules",
        ),
    ],
)
def test_a_pod_that_fits_nowhere(lab: Lab, spec: Obj, reason: str) -> None:
    lab.add(asking(**spec))
    assert f"0/3 nodes are available: {reason}." in refused(lab)


def test_anti_affinity_keeps_a_fourth_out(lab: Lab) -> None:
    term = {"labelSelector": {"matchLabels": {"app": "db"}}, "topologyKey": "kubernetes.io/hostname"}
    affinity = {"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [term]}}
    for number in range(4):
        made = asking(affinity=affinity)
        made["metadata"] = {"name": f"db-{number}", "labels": {"app": "db"}}
        lab.add(made)
    assert "3 node(s) didn't match pod anti-affinity rules" in refused(lab, "db-3")


def test_host_ports_are_taken_once_a_node(lab: Lab) -> None:
    for number in range(4):
        made = pod(f"p-{number}")
        made["spec"]["containers"][0]["ports"] = [{"containerPort": 80, "hostPort": 8080}]
        lab.add(made)
    assert "3 node(s) didn't have free ports for the requested pod ports" in refused(lab, "p-3")


def test_a_full_node(lab: Lab) -> None:
    for name in ("node-01", "node-02", "node-03"):
        lab.edit("Node", name, lambda obj: obj["status"]["allocatable"].update(pods="1"), path="status")
    for number in range(4):
        lab.add(pod(f"p-{number}"))
    assert "3 Too many pods" in refused(lab, "p-3")


def test_no_nodes() -> None:
    lab = Lab(nodes=0)
    lab.add(pod("it"))
    assert refused(lab) == "no nodes available to schedule pods"


def test_a_missing_claim(lab: Lab) -> None:
    volume = {"name": "data", "persistentVolumeClaim": {"claimName": "absent"}}
    lab.add(asking(volumes=[volume]))
    assert refused(lab) == '0/3 nodes are available: persistentvolumeclaim "absent" not found. not found'


def test_a_claim_that_no_class_serves(lab: Lab) -> None:
    claim = {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": "data"},
        "spec": {
            "storageClassName": "gold",
            "accessModes": ["ReadWriteOnce"],
            "resources": {"requests": {"storage": "1Gi"}},
        },
    }
    lab.add(claim)
    lab.add(asking(volumes=[{"name": "data", "persistentVolumeClaim": {"claimName": "data"}}]))
    assert "pod has unbound immediate PersistentVolumeClaims" in refused(lab)
    assert ("ProvisioningFailed", 'storageclass.storage.k8s.io "gold" not found') in lab.events(
        "PersistentVolumeClaim"
    )
    gold = {"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "metadata": {"name": "gold"}}
    lab.add({**gold, "provisioner": "example.com/disk"})
    lab.run(5)
    assert lab.get("Pod", "it")["spec"]["nodeName"]


def test_a_claim_that_waits_for_its_first_consumer(lab: Lab) -> None:
    late = {"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "metadata": {"name": "late"}}
    lab.add({**late, "provisioner": "example.com/disk", "volumeBindingMode": "WaitForFirstConsumer"})
    claim = {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "data"}}
    resources = {"requests": {"storage": "1Gi"}}
    spec = {"storageClassName": "late", "accessModes": ["ReadWriteOnce"], "resources": resources}
    lab.add({**claim, "spec": spec})
    lab.run(5)
    assert lab.get("PersistentVolumeClaim", "data")["status"]["phase"] == "Pending"
    lab.add(asking(volumes=[{"name": "data", "persistentVolumeClaim": {"claimName": "data"}}]))
    lab.run(5)
    assert lab.get("PersistentVolumeClaim", "data")["status"]["phase"] == "Bound"
    assert lab.get("Pod", "it")["status"]["phase"] == "Running"


def test_gates_hold_a_pod(lab: Lab) -> None:
    lab.add(asking(schedulingGates=[{"name": "example.com/wait"}]))
    assert reason_of(lab.get("Pod", "it"), "PodScheduled") == ("False", "SchedulingGated")
    lab.edit("Pod", "it", lambda obj: obj["spec"].pop("schedulingGates"))
    lab.run(2)
    assert lab.get("Pod", "it")["spec"]["nodeName"]


def test_another_scheduler_is_left_alone(lab: Lab) -> None:
    lab.add(asking(schedulerName="mine"))
    lab.run(2)
    assert "nodeName" not in lab.get("Pod", "it")["spec"]
    assert lab.events("Pod") == []


def test_a_preference_is_followed_where_it_can_be(lab: Lab) -> None:
    rule = {"key": "kubernetes.io/hostname", "operator": "In", "values": ["node-03"]}
    preferred = {"weight": 10, "preference": {"matchExpressions": [rule]}}
    affinity = {"nodeAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": [preferred]}}
    lab.add(asking(affinity=affinity))
    assert lab.get("Pod", "it")["spec"]["nodeName"] == "node-03"
