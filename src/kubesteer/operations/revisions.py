"""A workload's earlier pod templates, read from its ReplicaSets or ControllerRevisions. Pure.

Source: `kubectl rollout history`; the documentation pages "Deployments" (Rolling Back) and "Perform a Rollback
on a DaemonSet".
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from kubesteer.core.operations import Snapshot
from kubesteer.core.requests import Manifest
from kubesteer.operations import workloads as w
from kubesteer.operations.rollouts import revision_of


@dataclass(frozen=True, slots=True)
class Revision:
    """One pod template that a workload has had. `created` is RFC 3339."""

    number: int
    template: Manifest
    created: str
    cause: str
    current: bool

    @property
    def images(self) -> tuple[str, ...]:
        """The images of its containers."""
        return tuple(str(c.get("image", "")) for c in w.items_at(self.template, "spec", "containers"))

    def to_json(self) -> dict[str, Any]:
        """As data of an answer."""
        return {
            "revision": self.number,
            "images": list(self.images),
            "created": self.created,
            "cause": self.cause,
            "current": self.current,
        }


def revisions_of(snapshot: Snapshot) -> list[Revision]:
    """All revisions that are still kept, the newest first."""
    deployment = snapshot.object.get("kind") == "Deployment"
    kept = snapshot.of("ReplicaSet" if deployment else "ControllerRevision")
    numbered = sorted((each for each in kept if revision_of(each)), key=revision_of, reverse=True)
    current = _current(snapshot, numbered)
    return [_revision(each, current, deployment) for each in numbered]


def _current(snapshot: Snapshot, newest_first: list[Manifest]) -> int:
    workload = snapshot.object
    told = w.annotations_of(workload).get(w.REVISION, "")
    if workload.get("kind") == "Deployment" and told.isdigit():
        return int(told)
    name = w.at(workload, "status", "updateRevision")
    by_name = {w.name_of(each): revision_of(each) for each in newest_first}
    return by_name.get(str(name), revision_of(newest_first[0]) if newest_first else 0)


def _revision(kept: Manifest, current: int, deployment: bool) -> Revision:
    template = (
        w.table_at(kept, "spec", "template") if deployment else w.table_at(kept, "data", "spec", "template")
    )
    number = revision_of(kept)
    return Revision(
        number=number,
        template=_clean(template),
        created=str(w.at(kept, "metadata", "creationTimestamp") or ""),
        cause=w.annotations_of(kept).get(w.CHANGE_CAUSE, ""),
        current=number == current,
    )


def _clean(template: Manifest) -> Manifest:
    """The template as the workload had it: without the controller's hash and the patch's directive."""
    clean = deepcopy(template)
    clean.pop("$patch", None)
    labels = w.labels_of(clean)
    labels.pop("pod-template-hash", None)
    return clean
