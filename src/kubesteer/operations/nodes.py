"""cordon and uncordon: whether a node takes new pods."""

from __future__ import annotations

from pydantic import Field

from kubesteer.core.errors import AlreadySo
from kubesteer.core.operations import Progress, Risk, Settled, Snapshot, Waiting
from kubesteer.core.refs import Ref
from kubesteer.core.requests import Manifest, Patch, Request
from kubesteer.core.texts import Text
from kubesteer.operations import consequences
from kubesteer.operations import workloads as w
from kubesteer.operations.alterations import Reversible, missing
from kubesteer.operations.counts import counted


class NodeChange(Reversible):
    """A change of one node."""

    name: str = Field(description="name of the node")

    def target(self) -> Ref:
        """The node."""
        return Ref("Node", "", self.name)


class Cordon(NodeChange):
    """Take no new pods."""

    name_ = "cordon"
    summary = Text("停止向节点调度新 Pod", "Stop scheduling new pods on to a node")
    examples = (Text("把 node-01 设为不可调度", "cordon node-01"),)
    risk = Risk.LOW
    steady_seconds = 0.0

    def requests(self, before: Snapshot) -> tuple[Request, ...]:
        """One strategic merge patch of spec.unschedulable."""
        if unschedulable(before.object):
            raise AlreadySo(
                "name", Text(f"节点 {self.name} 已经不可调度。", f"Node {self.name} is cordoned already.")
            )
        return (cordoning(self.target()),)

    def explain(self, before: Snapshot) -> Text:
        """That its pods keep running."""
        known = "Pod" not in before.not_looked_at
        count = len(before.of("Pod"))
        zh, en = (f" {count} 个", counted(count, "pod")) if known else ("", "the pods")
        first = Text(
            f"节点 {self.name} 不再接受新 Pod,现有{zh} Pod 继续运行。",
            f"Node {self.name} takes no new pods; {en} on it keep running.",
        )
        return consequences.sentence(first, *consequences.of_patching(before))

    def settled(self, before: Snapshot, now: Snapshot) -> Progress:
        """At once."""
        return missing(before, now) or _marked(
            now, True, Text(f"节点 {self.name} 已不可调度。", f"Node {self.name} is cordoned.")
        )


class Uncordon(NodeChange):
    """Take new pods again."""

    name_ = "uncordon"
    summary = Text("恢复向节点调度 Pod", "Let a node take new pods again")
    examples = (Text("恢复 node-01 的调度", "uncordon node-01"),)
    risk = Risk.LOW
    steady_seconds = 0.0

    def requests(self, before: Snapshot) -> tuple[Request, ...]:
        """One strategic merge patch that removes spec.unschedulable."""
        if not unschedulable(before.object):
            raise AlreadySo(
                "name", Text(f"节点 {self.name} 本来就可调度。", f"Node {self.name} is not cordoned.")
            )
        return (Patch(self.target(), {"spec": {"unschedulable": None}}),)

    def explain(self, before: Snapshot) -> Text:
        """That new pods may come."""
        first = Text(f"节点 {self.name} 重新接受新 Pod。", f"Node {self.name} takes new pods again.")
        return consequences.sentence(first, *consequences.of_patching(before))

    def settled(self, before: Snapshot, now: Snapshot) -> Progress:
        """At once."""
        return missing(before, now) or _marked(
            now, False, Text(f"节点 {self.name} 已恢复调度。", f"Node {self.name} is schedulable again.")
        )


def unschedulable(node: Manifest) -> bool:
    """Whether a node takes no new pods."""
    return bool(w.at(node, "spec", "unschedulable"))


def cordoning(node: Ref) -> Patch:
    """The patch that cordons a node."""
    return Patch(node, {"spec": {"unschedulable": True}})


def _marked(now: Snapshot, wanted: bool, done: Text) -> Progress:
    if unschedulable(now.object) == wanted:
        return Settled(done)
    return Waiting(Text("等待节点状态更新", "waiting for the node to show it"), 0, 1)
