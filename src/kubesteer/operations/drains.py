"""drain: empty a node through the Eviction API, so that disruption budgets are heeded.

Source: `kubectl drain` (which pods it leaves alone) and the documentation page "Safely Drain a Node".
"""

from __future__ import annotations

from dataclasses import replace

from kubesteer.core.clusters import Cluster
from kubesteer.core.errors import AlreadySo, Unusable
from kubesteer.core.operations import Change, NoWayBack, Progress, Risk, Settled, Snapshot, Waiting
from kubesteer.core.refs import Ref
from kubesteer.core.requests import Evict, Manifest, Request
from kubesteer.core.texts import Text
from kubesteer.operations import consequences
from kubesteer.operations import workloads as w
from kubesteer.operations.alterations import missing
from kubesteer.operations.counts import counted
from kubesteer.operations.nodes import NodeChange, Uncordon, cordoning, unschedulable
from kubesteer.operations.surroundings import Surveyor, surveyed

MIRROR = "kubernetes.io/config.mirror"
"""The annotation of a static pod's shadow: the API server cannot evict what the kubelet runs from a file."""


class Drain(NodeChange):
    """Cordon a node and evict every pod that can run elsewhere."""

    name_ = "drain"
    summary = Text(
        "排空节点:停止调度并驱逐其上的 Pod", "Drain a node: cordon it and evict its pods, heeding budgets"
    )
    examples = (Text("排空 node-02", "drain node-02"),)
    risk = Risk.HIGH
    steady_seconds = 0.0

    async def snapshot(self, cluster: Cluster) -> Snapshot:
        """The node, its pods, the budgets over them, and the namespaces that are being deleted."""
        found = await surveyed(cluster, self.target())
        surveyor = Surveyor(cluster, dict(found.not_looked_at))
        ending = [each for each in await surveyor.list("Namespace", "") if w.is_going(each)]
        budgets = await surveyor.list("PodDisruptionBudget", "")
        more = {"Namespace": tuple(ending), "PodDisruptionBudget": tuple(budgets)}
        return replace(found, related={**found.related, **more}, not_looked_at=surveyor.not_looked_at)

    def requests(self, before: Snapshot) -> tuple[Request, ...]:
        """The cordon, where it is not yet there, then one eviction a pod."""
        if "Pod" in before.not_looked_at:
            raise Unusable(
                "name",
                Text(
                    "无权查看节点上的 Pod,不能排空。",
                    "The node's pods may not be read, so it cannot be drained.",
                ),
            )
        cordon = () if unschedulable(before.object) else (cordoning(self.target()),)
        evictions = tuple(Evict(Ref.of(pod, "Pod")) for pod in leaving(before))
        if not (cordon or evictions):
            raise AlreadySo(
                "name", Text(f"节点 {self.name} 已经排空。", f"Node {self.name} is drained already.")
            )
        return (*cordon, *evictions)

    def explain(self, before: Snapshot) -> Text:
        """How many pods move, which stay, and what is lost."""
        pods = leaving(before)
        first = Text(
            f"排空节点 {self.name}:停止调度,并逐个驱逐 {len(pods)} 个 Pod(遵守 PDB)。",
            f"Drain node {self.name}: cordon it and evict {counted(len(pods), 'pod')}, heeding disruption budgets.",
        )
        return consequences.sentence(
            first, _staying(before), _held_back(before, pods), _lost_data(pods), _lost_pods(pods)
        )

    def settled(self, before: Snapshot, now: Snapshot) -> Progress:
        """No pod is left that could run elsewhere."""
        lost = missing(before, now)
        if lost:
            return lost
        left, total = _still_there(now), max(1, len(leaving(before)))
        if left:
            shown = consequences.names(left, 3)
            return Waiting(
                Text(
                    f"还有 {len(left)} 个 Pod 未退出:{shown}",
                    f"{counted(len(left), 'pod')} still there: {shown}",
                ),
                total - len(left),
                total,
            )
        return Settled(Text(f"节点 {self.name} 已排空。", f"Node {self.name} is drained."))

    def undo(self, before: Snapshot, after: Manifest | None) -> Change | NoWayBack:
        """Take pods again; those that moved stay where they are."""
        if unschedulable(before.object) or after is None:
            return NoWayBack(Text("被驱逐的 Pod 不会自动迁回。", "Evicted pods do not move back."))
        return Uncordon(name=self.name)


def leaving(snapshot: Snapshot) -> list[Manifest]:
    """The node's pods that a drain evicts: all but those of DaemonSets, mirror pods, and pods on their way out.

    The server refuses evictions in a namespace that is being deleted: its pods go by themselves.
    """
    ending = {w.name_of(each) for each in snapshot.of("Namespace")}
    return [
        pod
        for pod in snapshot.of("Pod")
        if _evictable(pod) and not w.is_going(pod) and w.at(pod, "metadata", "namespace") not in ending
    ]


def _still_there(snapshot: Snapshot) -> list[Manifest]:
    return [pod for pod in snapshot.of("Pod") if _evictable(pod)]


def _evictable(pod: Manifest) -> bool:
    return w.controller_of(pod).get("kind") != "DaemonSet" and MIRROR not in w.annotations_of(pod)


def _staying(before: Snapshot) -> Text | None:
    staying = [pod for pod in before.of("Pod") if not _evictable(pod)]
    if not staying:
        return None
    return Text(
        f"{len(staying)} 个 DaemonSet 或静态 Pod 会留下。",
        f"{counted(len(staying), 'pod')} of DaemonSets or static pods stay.",
    )


def _held_back(before: Snapshot, pods: list[Manifest]) -> Text | None:
    """Budgets that allow no disruption at present: their pods are evicted once there is room."""
    tight = [
        each for each in before.of("PodDisruptionBudget") if w.at(each, "status", "disruptionsAllowed") == 0
    ]
    holding = [budget for budget in tight if any(_covers(budget, pod) for pod in pods)]
    if not holding:
        return None
    shown = consequences.names(holding)
    return Text(
        f"PDB {shown} 目前不允许中断,相关 Pod 要等到有余量才会被驱逐。",
        f"The budget {shown} allows no disruption now: its pods are evicted once there is room.",
    )


def _covers(budget: Manifest, pod: Manifest) -> bool:
    same = w.at(budget, "metadata", "namespace") == w.at(pod, "metadata", "namespace")
    return same and w.selects(w.table_at(budget, "spec", "selector"), w.labels_of(pod))


def _lost_data(pods: list[Manifest]) -> Text | None:
    holding = [pod for pod in pods if any("emptyDir" in v for v in w.items_at(pod, "spec", "volumes"))]
    if not holding:
        return None
    shown = consequences.names(holding)
    return Text(f"以下 Pod 的 emptyDir 数据会丢失:{shown}。", f"Data in emptyDir volumes are lost: {shown}.")


def _lost_pods(pods: list[Manifest]) -> Text | None:
    alone = [pod for pod in pods if not w.controller_of(pod)]
    if not alone:
        return None
    shown = consequences.names(alone)
    return Text(
        f"以下 Pod 没有控制器,驱逐后不会重建:{shown}。",
        f"Nothing controls these pods, so nothing makes them again: {shown}.",
    )
