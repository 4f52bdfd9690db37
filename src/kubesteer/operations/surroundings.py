"""What belongs to a workload, fetched: its pods, revisions, autoscaler and disruption budgets.

A related kind that the server will not show is noted, not fatal: the change is then judged without it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from kubesteer.core.clusters import Cluster
from kubesteer.core.errors import Forbidden, NotFound, Unsupported
from kubesteer.core.kinds import KINDS
from kubesteer.core.operations import Snapshot
from kubesteer.core.refs import Ref
from kubesteer.core.requests import Manifest
from kubesteer.core.texts import Text
from kubesteer.operations import workloads as w


@dataclass(slots=True)
class Surveyor:
    """Lists related objects, remembering what it was not allowed to see. The refusal of a kind that is `needed`
    is raised: without it there is no answer."""

    cluster: Cluster
    not_looked_at: dict[str, str] = field(default_factory=dict)
    needed: frozenset[str] = frozenset()

    async def list(self, kind: str, namespace: str, *, labels: str = "", fields: str = "") -> list[Manifest]:
        """The objects, without their managedFields; empty and noted where they may not be seen."""
        try:
            listing = await self.cluster.collect(kind, namespace, labels=labels, fields=fields, shape=dict)
        except (Forbidden, Unsupported, NotFound) as trouble:
            if kind in self.needed:
                raise
            self.not_looked_at[kind] = "forbidden" if isinstance(trouble, Forbidden) else "absent"
            return []
        return [_slim(item, kind) for item in listing.items]


def unseen(not_looked_at: Mapping[str, str]) -> Text:
    """A last line that says what could not be looked at; nothing where all was."""
    if not not_looked_at:
        return Text("", "")
    kinds = ", ".join(f"{kind} ({why})" for kind, why in sorted(not_looked_at.items()))
    return Text(f"\n(未能查看:{kinds}。)", f"\n(Could not look at: {kinds}.)")


def _slim(manifest: Manifest, kind: str) -> Manifest:
    """Items of a list carry no type; managedFields are half of their bytes and no business of ours."""
    metadata = {key: value for key, value in manifest["metadata"].items() if key != "managedFields"}
    return {"apiVersion": KINDS[kind].api_version, "kind": kind, **manifest, "metadata": metadata}


async def surveyed(cluster: Cluster, ref: Ref) -> Snapshot:
    """A workload with everything that judges a change of it."""
    target = await cluster.read(ref)
    surveyor = Surveyor(cluster)
    related = await relatives(surveyor, target)
    if ref.kind in ("Deployment", "StatefulSet", "ReplicaSet", "DaemonSet"):
        related["HorizontalPodAutoscaler"] = await autoscalers(surveyor, target)
        related["PodDisruptionBudget"] = await budgets(surveyor, target)
    if ref.kind in ("StatefulSet", "DaemonSet"):
        related["Event"] = await refusals(surveyor, target)
    return Snapshot(target, {kind: tuple(found) for kind, found in related.items()}, surveyor.not_looked_at)


async def relatives(surveyor: Surveyor, target: Manifest) -> dict[str, list[Manifest]]:
    """An object's pods ("Pod") and what stands between it and them (ReplicaSets, ControllerRevisions, Jobs)."""
    find = _FINDERS.get(target.get("kind", ""))
    return await find(surveyor, target) if find else {}


async def pods_of(surveyor: Surveyor, target: Manifest) -> list[Manifest]:
    """The pods of a workload, Service or Node; a pod's own self."""
    return (await relatives(surveyor, target)).get("Pod", [])


async def autoscalers(surveyor: Surveyor, target: Manifest) -> list[Manifest]:
    """The autoscalers whose scaleTargetRef is this workload."""
    found = await surveyor.list("HorizontalPodAutoscaler", _namespace(target))
    wanted = (target.get("kind"), w.name_of(target))
    refs = ((hpa, w.table_at(hpa, "spec", "scaleTargetRef")) for hpa in found)
    return [hpa for hpa, ref in refs if (ref.get("kind"), ref.get("name")) == wanted]


async def budgets(surveyor: Surveyor, target: Manifest) -> list[Manifest]:
    """The disruption budgets that select this workload's pods."""
    found = await surveyor.list("PodDisruptionBudget", _namespace(target))
    labels = w.table_at(w.template_of(target), "metadata", "labels")
    return [pdb for pdb in found if w.selects(w.table_at(pdb, "spec", "selector"), labels)]


async def refusals(surveyor: Surveyor, target: Manifest) -> list[Manifest]:
    """Events that tell why pods of a workload were not created: its status has no condition for that."""
    fields = f"involvedObject.kind={target.get('kind')},involvedObject.name={w.name_of(target)},reason=FailedCreate"
    found = await surveyor.list("Event", _namespace(target), fields=fields)
    return [each for each in found if w.at(each, "involvedObject", "uid") == w.uid_of(target)]


async def _pod(_: Surveyor, target: Manifest) -> dict[str, list[Manifest]]:
    return {"Pod": [target]}


async def _deployment(surveyor: Surveyor, target: Manifest) -> dict[str, list[Manifest]]:
    selector, namespace = w.selector_of(target), _namespace(target)
    sets = w.owned(await surveyor.list("ReplicaSet", namespace, labels=selector), [w.uid_of(target)])
    pods = await surveyor.list("Pod", namespace, labels=selector)
    if "ReplicaSet" not in surveyor.not_looked_at:
        pods = w.owned(pods, map(w.uid_of, sets))
    return {"ReplicaSet": sets, "Pod": pods}


async def _revised(surveyor: Surveyor, target: Manifest) -> dict[str, list[Manifest]]:
    selector, namespace = w.selector_of(target), _namespace(target)
    revisions = await surveyor.list("ControllerRevision", namespace, labels=selector)
    pods = await surveyor.list("Pod", namespace, labels=selector)
    uid = [w.uid_of(target)]
    return {"ControllerRevision": w.owned(revisions, uid), "Pod": w.owned(pods, uid)}


async def _direct(surveyor: Surveyor, target: Manifest) -> dict[str, list[Manifest]]:
    pods = await surveyor.list("Pod", _namespace(target), labels=w.selector_of(target))
    return {"Pod": w.owned(pods, [w.uid_of(target)])}


async def _cronjob(surveyor: Surveyor, target: Manifest) -> dict[str, list[Manifest]]:
    jobs = w.owned(await surveyor.list("Job", _namespace(target)), [w.uid_of(target)])
    if not jobs:
        return {"Job": [], "Pod": []}
    pods = await surveyor.list("Pod", _namespace(target), labels="batch.kubernetes.io/job-name")
    return {"Job": jobs, "Pod": w.owned(pods, map(w.uid_of, jobs))}


async def _service(surveyor: Surveyor, target: Manifest) -> dict[str, list[Manifest]]:
    selector = w.selector_of(target)
    return {"Pod": await surveyor.list("Pod", _namespace(target), labels=selector) if selector else []}


async def _node(surveyor: Surveyor, target: Manifest) -> dict[str, list[Manifest]]:
    return {"Pod": await surveyor.list("Pod", "", fields=f"spec.nodeName={w.name_of(target)}")}


def _namespace(target: Manifest) -> str:
    return str(w.at(target, "metadata", "namespace") or "")


_Finder = Callable[[Surveyor, Manifest], Awaitable[dict[str, list[Manifest]]]]

_FINDERS: dict[str, _Finder] = {
    "Pod": _pod,
    "Deployment": _deployment,
    "StatefulSet": _revised,
    "DaemonSet": _revised,
    "ReplicaSet": _direct,
    "Job": _direct,
    "CronJob": _cronjob,
    "Service": _service,
    "Node": _node,
}
