"""delete: remove one object for good."""

from __future__ import annotations

from typing_extensions import override

from kubesteer.core.clusters import Cluster
from kubesteer.core.errors import NotFound, Unusable
from kubesteer.core.kinds import KINDS
from kubesteer.core.operations import Change, NoWayBack, Progress, Risk, Settled, Snapshot, Waiting
from kubesteer.core.refs import Ref
from kubesteer.core.requests import Delete as Deletion
from kubesteer.core.requests import Manifest, Request
from kubesteer.core.texts import Text
from kubesteer.operations import consequences
from kubesteer.operations import workloads as w
from kubesteer.operations.counts import counted
from kubesteer.operations.named import Named
from kubesteer.operations.rollouts import rollout_of
from kubesteer.operations.surroundings import surveyed


class Delete(Named, Change):
    """Delete one object; what it owns goes with it."""

    name_ = "delete"
    summary = Text("删除一个对象,无法撤销", "Delete one object; there is no way back")
    kinds = tuple(kind for kind in KINDS if kind != "Event")
    examples = (Text("删除 dev 的 old-job 这个 Job", "delete the job old-job in dev"),)
    risk = Risk.HIGH
    steady_seconds = 0.0

    def target(self) -> Ref:
        """The object meant."""
        return self.ref

    async def snapshot(self, cluster: Cluster) -> Snapshot:
        """The object and what hangs on it; no target once it is gone."""
        try:
            return await surveyed(cluster, self.ref)
        except NotFound:
            return Snapshot(None)

    def requests(self, before: Snapshot) -> tuple[Request, ...]:
        """One DELETE, dependents in the background."""
        if before.target is None:
            raise Unusable("name", Text(f"{self.ref} 不存在。", f"{self.ref} does not exist."))
        if w.is_going(before.object):
            raise Unusable("name", Text(f"{self.ref} 已在删除中。", f"{self.ref} is being deleted already."))
        return (Deletion(self.ref),)

    def explain(self, before: Snapshot) -> Text:
        """That it is for good, and what goes with it or comes back."""
        first = Text(f"永久删除 {self.ref},无法撤销。", f"Delete {self.ref} for good: this cannot be undone.")
        gone = before.target or {}
        follows = (_dependents(gone, before), _remade(gone), _content(self.kind), consequences.gitops(gone))
        return consequences.sentence(first, *follows)

    def settled(self, before: Snapshot, now: Snapshot) -> Progress:
        """Gone, or another object has taken its name."""
        if now.target is None:
            return Settled(Text(f"{self.ref} 已删除。", f"{self.ref} is deleted."))
        if before.target is not None and w.uid_of(now.target) != w.uid_of(before.target):
            return Settled(
                Text(
                    f"{self.ref} 已删除,其控制器已重新创建。",
                    f"{self.ref} is deleted; its controller made a new one.",
                )
            )
        holding = ", ".join(w.at(now.target, "metadata", "finalizers") or [])
        if holding:
            return Waiting(
                Text(f"等待清理完成(finalizers:{holding})", f"waiting for its finalizers: {holding}"), 0, 1
            )
        return Waiting(Text("等待对象退出", "waiting for it to go"), 0, 1)

    @override
    def undo(self, before: Snapshot, after: Manifest | None) -> Change | NoWayBack:
        """There is none."""
        return NoWayBack(Text("删除无法撤销。", "A deletion cannot be undone."))


def _dependents(target: Manifest, before: Snapshot) -> Text | None:
    kind = target.get("kind", "")
    if kind == "Namespace":
        return Text("其中的所有对象都会被删除。", "Everything in it is deleted with it.")
    if kind == "Node":
        return Text(
            "只删除集群中的登记,机器本身不会关闭。", "Only its registration goes; the machine keeps running."
        )
    pods = len(before.of("Pod"))
    if kind in w.TEMPLATED and pods:
        desired = rollout_of(target).desired if kind not in ("Job", "CronJob") else pods
        return Text(
            f"它的 {max(pods, desired)} 个 Pod 会一并删除。",
            f"It takes {counted(max(pods, desired), 'pod')} with it.",
        )
    if kind == "Service" and pods:
        return Text(
            f"{pods} 个 Pod 将不再经由它访问。",
            f"{counted(pods, 'pod')} can no longer be reached through it.",
        )
    return None


def _remade(target: Manifest) -> Text | None:
    owner = w.controller_of(target)
    if not owner:
        if target.get("kind") == "Pod":
            return Text("它没有控制器,不会被重建。", "Nothing controls it, so nothing will make it again.")
        return None
    if owner.get("kind") not in _REPLACING:
        return None
    name = f"{owner.get('kind', '')} {owner.get('name', '')}"
    return Text(f"它的控制器({name})会重新创建一个。", f"Its controller ({name}) will make a new one.")


def _content(kind: str) -> Text | None:
    if kind in ("PersistentVolumeClaim", "PersistentVolume"):
        return Text(
            "回收策略为 Delete 时,数据会一并丢失。",
            "Where the reclaim policy is Delete, the data are lost with it.",
        )
    if kind == "CustomResourceDefinition":
        return Text("该类型的所有对象都会被删除。", "All objects of that kind are deleted with it.")
    return None


_REPLACING = frozenset(
    {"Deployment", "ReplicaSet", "ReplicationController", "StatefulSet", "DaemonSet", "Job"}
)
"""Controllers that make a new object for one that goes; a CronJob does not."""
