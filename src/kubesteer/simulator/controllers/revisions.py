"""ControllerRevisions: the templates that a StatefulSet or DaemonSet has had.

Source: pkg/controller/history of the 1.34 release.
"""

from collections.abc import Callable
from dataclasses import dataclass

from kubesteer.simulator.controllers.access import Access
from kubesteer.simulator.names import template_hash
from kubesteer.simulator.objects import (
    Obj,
    clone,
    labels_of,
    name_of,
    namespace_of,
    number,
    owner_reference,
    section,
)
from kubesteer.simulator.registry import StoreKey

REVISIONS: StoreKey = ("apps", "controllerrevisions")
POD_HASH = "controller-revision-hash"


def template_of(revision: Obj) -> Obj:
    """The pod template that a revision recorded."""
    recorded: Obj = clone(section(revision, "data", "spec", "template"))
    recorded.pop("$patch", None)
    return recorded


@dataclass(frozen=True, slots=True)
class History:
    """The revisions of one workload, oldest first; the last of them is that of its present template."""

    past: tuple[Obj, ...]
    present: Obj

    def named(self, name: str) -> Obj | None:
        """A revision by its name."""
        return next((one for one in (*self.past, self.present) if name_of(one) == name), None)


class Revisions:
    """Reads, makes and prunes revisions. `label` is the key under which a revision carries its hash."""

    def __init__(self, access: Access, label: str) -> None:
        self.access = access
        self.label = label

    def of(self, owner: Obj) -> History:
        """The history with the present template recorded in it. Raises Failure."""
        found = sorted(self.access.owned(REVISIONS, owner), key=lambda one: number(one, "revision"))
        template = section(owner, "spec", "template")
        same = next((one for one in reversed(found) if template_of(one) == template), None)
        newest = number(found[-1], "revision") if found else 0
        if same is None:
            same = self._make(owner, newest + 1)
        elif number(same, "revision") < newest:
            same = self.access.update(REVISIONS, same, lambda stored: {**stored, "revision": newest + 1})
        return History(tuple(one for one in found if name_of(one) != name_of(same)), same)

    def _make(self, owner: Obj, revision: int) -> Obj:
        template: Obj = clone(section(owner, "spec", "template"))
        digest = template_hash(template, number(owner, "status", "collisionCount"))
        recorded = {"spec": {"template": {**template, "$patch": "replace"}}}
        labels = {**section(template, "metadata", "labels"), self.label: digest}
        return self.access.create(
            REVISIONS,
            {
                "apiVersion": "apps/v1",
                "kind": "ControllerRevision",
                "metadata": {
                    "name": f"{name_of(owner)}-{digest}",
                    "namespace": namespace_of(owner),
                    "labels": labels,
                    "ownerReferences": [owner_reference(owner)],
                },
                "data": recorded,
                "revision": revision,
            },
        )

    def hash_of(self, revision: Obj) -> str:
        """The hash of a revision's template."""
        return labels_of(revision).get(self.label, "")

    def prune(self, owner: Obj, history: History, live: Callable[[Obj], bool]) -> None:
        """Delete past revisions beyond `revisionHistoryLimit` that no pod is of, the oldest first."""
        dead = [one for one in history.past if not live(one)]
        for old in dead[: max(len(dead) - number(owner, "spec", "revisionHistoryLimit", default=10), 0)]:
            self.access.delete(REVISIONS, old)
