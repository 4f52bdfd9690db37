"""Several objects in one snapshot, and each one's own part of it again."""

from __future__ import annotations

from collections.abc import Iterable

from kubesteer.core.clusters import Cluster
from kubesteer.core.errors import NotFound
from kubesteer.core.operations import Snapshot
from kubesteer.core.refs import Ref
from kubesteer.core.requests import Manifest
from kubesteer.operations import workloads as w
from kubesteer.operations.surroundings import surveyed


async def surveyed_all(cluster: Cluster, refs: Iterable[Ref]) -> Snapshot:
    """All the objects that exist, with what judges each; the first of them, if it exists, is the target."""
    related: dict[str, dict[str, Manifest]] = {}
    unseen: dict[str, str] = {}
    target: Manifest | None = None
    for number, ref in enumerate(refs):
        try:
            part = await surveyed(cluster, ref)
        except NotFound:
            continue
        unseen |= part.not_looked_at
        target = part.target if number == 0 else target
        for each in (part.object, *(one for found in part.related.values() for one in found)):
            related.setdefault(each.get("kind", ""), {})[w.uid_of(each)] = each
    return Snapshot(target, {kind: tuple(each.values()) for kind, each in related.items()}, unseen)


def part_of(snapshot: Snapshot, ref: Ref) -> Snapshot:
    """What concerns one of the objects: itself, what it owns, and what refers to it."""
    found = next((each for each in snapshot.of(ref.kind) if Ref.of(each, ref.kind) == ref), None)
    if found is None:
        return Snapshot(None, not_looked_at=snapshot.not_looked_at, at=snapshot.at)
    uids = {w.uid_of(found)}
    between = ("ReplicaSet", "ControllerRevision", "Job")
    related = {kind: tuple(w.owned(snapshot.of(kind), uids)) for kind in between}
    uids |= {w.uid_of(each) for each in (*related["ReplicaSet"], *related["Job"])}
    related["Pod"] = _pods(snapshot, found, uids)
    related["PodDisruptionBudget"] = _budgets(snapshot, found)
    related["HorizontalPodAutoscaler"] = _autoscalers(snapshot, found)
    return Snapshot(found, related, snapshot.not_looked_at, snapshot.at)


def _pods(snapshot: Snapshot, found: Manifest, uids: set[str]) -> tuple[Manifest, ...]:
    if found.get("kind") == "Pod":
        return (found,)
    return tuple(w.owned(snapshot.of("Pod"), uids))


def _budgets(snapshot: Snapshot, found: Manifest) -> tuple[Manifest, ...]:
    labels, here = w.labels_of(w.template_of(found)), w.at(found, "metadata", "namespace")
    return tuple(
        budget
        for budget in snapshot.of("PodDisruptionBudget")
        if w.at(budget, "metadata", "namespace") == here
        and labels
        and w.selects(w.table_at(budget, "spec", "selector"), labels)
    )


def _autoscalers(snapshot: Snapshot, found: Manifest) -> tuple[Manifest, ...]:
    wanted = (found.get("kind"), w.name_of(found))
    refs = (
        (hpa, w.table_at(hpa, "spec", "scaleTargetRef")) for hpa in snapshot.of("HorizontalPodAutoscaler")
    )
    return tuple(hpa for hpa, ref in refs if (ref.get("kind"), ref.get("name")) == wanted)
