"""cordon, uncordon and drain: what moves, what stays, what is lost."""

from __future__ import annotations

from typing import Any

from operation_requests import change, patched, refused
from operation_samples import Obj, meta, pod, seen, workload

from kubesteer.core.operations import Settled, Snapshot, Waiting
from kubesteer.core.refs import Ref
from kubesteer.core.requests import Evict, Patch


def node(**spec: Any) -> Obj:
    return {**meta("Node", "n1", ""), "spec": spec}


def test_cordon_and_uncordon() -> None:
    assert patched(change("cordon", name="n1"), node()) == {"spec": {"unschedulable": True}}
    assert patched(change("uncordon", name="n1"), node(unschedulable=True)) == {
        "spec": {"unschedulable": None}
    }
    refused(change("cordon", name="n1"), node(unschedulable=True), "already")
    refused(change("uncordon", name="n1"), node(), "not cordoned")


def test_drain_leaves_daemons_and_mirrors_alone_and_warns() -> None:
    movable, daemon, mirror, alone = (
        pod(f"p{n}", workload(kind))
        for n, kind in enumerate(("ReplicaSet", "DaemonSet", "ReplicaSet", "ReplicaSet"))
    )
    mirror["metadata"]["annotations"] = {"kubernetes.io/config.mirror": "x"}
    del alone["metadata"]["ownerReferences"]
    movable["spec"]["volumes"] = [{"name": "cache", "emptyDir": {}}]
    before = seen(node(), Pod=[movable, daemon, mirror, alone])
    drain = change("drain", name="n1")
    cordon, *evictions = drain.requests(before)
    assert isinstance(cordon, Patch)
    assert evictions == [Evict(Ref("Pod", "shop", "p0")), Evict(Ref("Pod", "shop", "p3"))]
    told = drain.explain(before).en
    assert "emptyDir volumes are lost: p0" in told
    assert "Nothing controls these pods, so nothing makes them again: p3" in told
    assert "2 pods of DaemonSets or static pods stay" in told
    budget = {**meta("PodDisruptionBudget", "pdb"), "spec": {"selector": {"matchLabels": {"app": "web"}}}}
    budget["status"] = {"disruptionsAllowed": 0}
    held = seen(node(), Pod=[movable], PodDisruptionBudget=[budget])
    assert "budget pdb allows no disruption now" in drain.explain(held).en
    left = drain.settled(before, seen(node(unschedulable=True), Pod=[daemon, mirror, alone]))
    assert isinstance(left, Waiting)
    assert (left.done, left.total) == (1, 2)
    assert isinstance(drain.settled(before, seen(node(unschedulable=True), Pod=[daemon, mirror])), Settled)
    assert drain.undo_all(before, [node(unschedulable=True), None, None]) == change("uncordon", name="n1")


def test_drain_goes_on_where_it_stopped() -> None:
    half = seen(node(unschedulable=True), Pod=[pod("p1", workload("ReplicaSet"))])
    assert change("drain", name="n1").requests(half) == (Evict(Ref("Pod", "shop", "p1")),)
    refused(change("drain", name="n1"), seen(node(unschedulable=True)), "drained already")
    blind = Snapshot(node(), not_looked_at={"Pod": "forbidden"})
    refused(change("drain", name="n1"), blind, "may not be read")
