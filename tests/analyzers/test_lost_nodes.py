"""A node that is lost explains everything that stood on it, for as long as it takes."""

from __future__ import annotations

from examples_workloads import daemon_set, stateful
from manifests import (
    Manifest,
    condition,
    deployment,
    node,
    owner,
    pod,
    replica_set,
    running,
    service,
    slice_of,
    well,
)
from worlds import before, findings

LOST = node(
    "n1", condition("Ready", "Unknown", "NodeStatusUnknown", "Kubelet stopped posting node status.", ago=1800)
)


def stranded(name: str, of: list[Manifest], app: str, **more: object) -> Manifest:
    """A pod on the lost node: not ready for half an hour, its containers as they were last seen."""
    unready = [condition("Ready", "False", "NodeNotReady", ago=1780)]
    made = pod(name, running(), of=of, app=app, **more)
    made["status"]["conditions"] = unready
    return made


def test_one_root_for_every_kind_of_workload() -> None:
    leaving = {
        "deletionTimestamp": before(1200),
        "labels": {"app": "cart"},
        "ownerReferences": owner("ReplicaSet", "cart-1"),
    }
    late = condition("Progressing", "False", "ProgressDeadlineExceeded", "timed out", ago=600)
    objects = [
        LOST,
        node("n2"),
        deployment(replicas=2, ready=1, conditions=[late]),
        replica_set(replicas=2, ready=1),
        well("cart-1-b", spec={"nodeName": "n2"}),
        stranded("cart-1-a", owner("ReplicaSet", "cart-1"), "cart"),
        pod("cart-1-z", running(), metadata=leaving),
        stateful(replicas=3, ready=0, made=1),
        service("db", clusterIP="None"),
        slice_of("db", unready=1),
        stranded("db-0", owner("StatefulSet", "db"), "db"),
        daemon_set(desiredNumberScheduled=2, currentNumberScheduled=2, numberReady=1),
        stranded("agent-a", owner("DaemonSet", "agent"), "agent"),
    ]
    assert [(f.rule, f.object.name) for f in findings(*objects)] == [("node-not-ready", "n1")]
