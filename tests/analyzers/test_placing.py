"""Which nodes a pod may run on, and what stands in the way of the others."""

from __future__ import annotations

from typing import Any

from manifests import Manifest, condition, container, node, stack, unplaced
from worlds import before, findings

from kubesteer.core.findings import Finding

DEDICATED = {"key": "dedicated", "value": "batch", "effect": "NoSchedule"}
UNREACHABLE = "node.kubernetes.io/unreachable"


def asking(words: str, *nodes: Manifest, **spec: Any) -> Finding:
    """The one finding for pods of a Deployment that no node takes."""
    containers = spec.get("containers") or [container()]
    pending = unplaced(words, spec={"containers": containers, **spec})
    found = findings(*stack(pending, containers=containers), *nodes)
    assert len(found) == 1, [(f.rule, str(f.object)) for f in found]
    return found[0]


def test_a_node_that_matches_is_not_blamed_for_its_labels() -> None:
    words = (
        "0/2 nodes are available: 1 node(s) didn't match Pod's node affinity/selector, "
        "1 node(s) had untolerated taint {dedicated: batch}."
    )
    pinned = {"kubernetes.io/hostname": "n1"}
    found = asking(words, node("n1", taints=[DEDICATED]), node("n2"), nodeSelector=pinned)
    assert found.rule == "unschedulable-taint"
    assert "n1" in found.cause.en
    assert "dedicated=batch:NoSchedule" in found.cause.en
    assert "kubernetes.io/hostname=n1" in found.cause.zh
    assert found.missing is not None
    assert "label" not in found.missing.en


def test_a_node_of_the_control_plane_that_matches_is_not_blamed_for_its_labels() -> None:
    words = (
        "0/2 nodes are available: 1 node(s) didn't match Pod's node affinity/selector, "
        "1 node(s) had untolerated taint {node-role.kubernetes.io/control-plane: }."
    )
    role = {"key": "node-role.kubernetes.io/control-plane", "effect": "NoSchedule"}
    pinned = {"kubernetes.io/hostname": "n1"}
    found = asking(words, node("n1", taints=[role]), node("n2"), nodeSelector=pinned)
    assert found.rule == "unschedulable-taint"


def test_the_first_obstacle_does_not_count_for_all_nodes() -> None:
    words = "0/9 nodes are available: 1 node(s) had untolerated taint {dedicated: batch}, 8 Insufficient cpu."
    found = asking(words, node("n1", taints=[DEDICATED]), node("n2"))
    assert found.rule == "unschedulable-cpu"


def test_a_cordoned_node_that_matches_is_cordoned() -> None:
    words = (
        "0/2 nodes are available: 1 node(s) didn't match Pod's node affinity/selector, "
        "1 node(s) were unschedulable."
    )
    pinned = {"kubernetes.io/hostname": "n1"}
    found = asking(words, node("n1", unschedulable=True), node("n2"), nodeSelector=pinned)
    assert (found.rule, found.object.name) == ("node-cordoned", "n1")


def test_a_selector_that_no_node_satisfies_is_still_blamed() -> None:
    words = (
        "0/2 nodes are available: 1 node(s) had untolerated taint {dedicated: batch}, "
        "1 node(s) didn't match Pod's node affinity/selector."
    )
    found = asking(words, node("n1", taints=[DEDICATED]), node("n2"), nodeSelector={"disk": "ssd"})
    assert found.rule == "unschedulable-selector"


def test_only_nodes_that_it_may_run_on_are_measured() -> None:
    words = (
        "0/2 nodes are available: 1 Insufficient cpu, 1 node(s) had untolerated taint "
        "{node-role.kubernetes.io/control-plane: }."
    )
    role = {"key": "node-role.kubernetes.io/control-plane", "effect": "NoSchedule"}
    greedy = [container(resources={"requests": {"cpu": "16"}})]
    found = asking(words, node("n1", cpu="4", taints=[role]), node("n2", cpu="2"), containers=greedy)
    assert found.rule == "unschedulable-cpu"
    assert "only 2 CPU" in found.cause.en
    assert found.suggestions[0].arguments["cpu_request"] == "1600m"


def test_a_taint_is_not_to_blame_where_its_node_would_be_too_small_without_it() -> None:
    words = "0/2 nodes are available: 1 Insufficient cpu, 1 node(s) had untolerated taint(s)."
    nodes = [node("n1", cpu="4", taints=[DEDICATED]), node("n2", cpu="2")]
    greedy = [container(resources={"requests": {"cpu": "16"}})]
    assert asking(words, *nodes, containers=greedy).rule == "unschedulable-cpu"
    modest = [container(resources={"requests": {"cpu": "3"}})]
    assert asking(words, *nodes, containers=modest).rule == "unschedulable-taint"


def test_a_selector_a_cordon_and_a_toleration_count_too() -> None:
    words = "0/4 nodes are available: 1 node(s) were unschedulable, 2 Insufficient cpu."
    greedy = [container(resources={"requests": {"cpu": "16"}})]
    nodes = [
        node("n1", cpu="8", labels={"pool": "a"}, unschedulable=True),
        node("n2", cpu="6", labels={"pool": "b"}),
        node("n3", cpu="2", labels={"pool": "a"}),
        node("n4", cpu="3", labels={"pool": "a"}, taints=[DEDICATED]),
    ]
    tolerant = [{"key": "dedicated", "operator": "Exists"}]
    found = asking(words, *nodes, containers=greedy, nodeSelector={"pool": "a"}, tolerations=tolerant)
    assert found.suggestions[0].arguments["cpu_request"] == "2400m"


def lost(name: str, **more: Any) -> Manifest:
    """A node whose status says nothing of readiness; its lifecycle controller has tainted it."""
    taints = [
        {"key": UNREACHABLE, "effect": effect, "timeAdded": before(900)}
        for effect in ("NoSchedule", "NoExecute")
    ]
    memory = condition("MemoryPressure", "Unknown", "NodeStatusUnknown", ago=900)
    return node(name, memory, **{"taints": taints, **more})


def test_nodes_without_a_ready_condition_are_lost_where_their_taints_say_so() -> None:
    words = f"0/2 nodes are available: 2 node(s) had untolerated taint {{{UNREACHABLE}: }}."
    found = findings(*stack(unplaced(words)), lost("n1"), lost("n2"))
    assert {(f.rule, f.object.name) for f in found} == {("node-not-ready", "n1"), ("node-not-ready", "n2")}


def test_a_fresh_node_without_a_ready_condition_is_left_alone() -> None:
    taint = {"key": "node.kubernetes.io/not-ready", "effect": "NoSchedule"}
    assert findings(node("n1", age=30, taints=[taint]), *stack()) == []


def test_nobody_calls_a_fresh_node_unreachable_without_reason() -> None:
    found = findings(lost("n1", age=100, taints=[{"key": UNREACHABLE, "effect": "NoSchedule"}]))
    assert [(f.rule, f.object.name) for f in found] == [("node-not-ready", "n1")]


def test_nobody_is_told_to_tolerate_what_the_control_plane_sets() -> None:
    taint = {"key": "node.kubernetes.io/disk-pressure", "effect": "NoSchedule"}
    words = "0/1 nodes are available: 1 node(s) had untolerated taint {node.kubernetes.io/disk-pressure: }."
    found = asking(words, node("n1", taints=[taint]))
    assert found.missing is not None
    assert "olerates" not in found.missing.en
    assert "容忍" not in found.missing.zh
    assert "n1" in found.missing.en
