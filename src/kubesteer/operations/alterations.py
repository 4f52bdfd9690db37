"""What most changes have in common: one object, a look around it, and a way back that needs no thought.

A verb that patches one object extends `Alteration` and says what it sends, what that means and when it has
settled. Its way back restores, field by field, what the dry run showed it would change.
"""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import Field

from kubesteer.core.clusters import Cluster
from kubesteer.core.errors import AlreadySo
from kubesteer.core.kinds import KINDS, ROLLING
from kubesteer.core.operations import Broken, Change, NoWayBack, Progress, Settled, Snapshot
from kubesteer.core.refs import Ref
from kubesteer.core.requests import Delete as Deletion
from kubesteer.core.requests import Manifest, Patch, PatchType, Request
from kubesteer.core.texts import Text, join
from kubesteer.operations import consequences
from kubesteer.operations import workloads as w
from kubesteer.operations.deletions import Delete
from kubesteer.operations.differences import FieldChange, differences, path_words
from kubesteer.operations.named import Named
from kubesteer.operations.restorations import FieldBack, json_patch
from kubesteer.operations.rollouts import blocked, blocking, judged
from kubesteer.operations.surroundings import surveyed

STOP = Text("。", ".")

STEADY_SECONDS = 6.0
"""How long new pods must stay ready. A program that dies five seconds after its start is caught in time."""


CHANGED_BACK = Text(
    "改动随后被别人改回(可能有 GitOps 控制器或其他管理者)。",
    "The change was reverted by somebody else, perhaps a GitOps controller.",
)


class Reversible(Change):
    """A change of one object that exists, whose way back is to put back what the dry run changed."""

    async def snapshot(self, cluster: Cluster) -> Snapshot:
        """The object and what judges it: pods, revisions, autoscalers, budgets."""
        return await surveyed(cluster, self.target())

    def undo(self, before: Snapshot, after: Manifest | None) -> Change | NoWayBack:
        """Put back every field that the dry run changed."""
        return way_back(self.target(), before, after)


class Alteration(Named, Reversible):
    """A reversible change of an object named by kind, namespace and name."""

    def target(self) -> Ref:
        """The object meant."""
        return self.ref


class Restore(Alteration):
    """Put fields back to what they were before a change, unless somebody changed them since."""

    name_ = "restore"
    summary = Text("把字段恢复为变更前的值", "Put fields back to what they were before a change")
    steady_seconds = STEADY_SECONDS
    fields: tuple[FieldBack, ...] = Field(min_length=1, description="fields to put back")

    def requests(self, before: Snapshot) -> tuple[Request, ...]:
        """A JSON patch that tests each field before it restores it; pods that block the way go."""
        patch = json_patch(self.ref, before.object, self.fields)
        if not patch:
            raise AlreadySo("fields", Text("已经是之前的值,无需恢复。", "All of it is as it was already."))
        stuck = blocking(before) if self._rolls else ()
        return (Patch(self.ref, patch, PatchType.JSON), *(Deletion(Ref.of(pod)) for pod in stuck))

    def explain(self, before: Snapshot) -> Text:
        """Which fields go back, and what follows."""
        places = consequences.listed(map(_told, self._changes()))
        first = Text(f"把 {self.ref} 的 {places} 恢复为之前的值。", f"Restore {places} of {self.ref}.")
        more = consequences.of_restarting if self._rolls else consequences.of_patching
        return consequences.sentence(first, *more(before), blocked(before) if self._rolls else None)

    def settled(self, before: Snapshot, now: Snapshot) -> Progress:
        """As for the change that is taken back."""
        done = Text(f"{self.ref} 已恢复为之前的值", f"{self.ref} is as it was before")
        return settled_as(before, now, done, template=self._rolls)

    @property
    def _rolls(self) -> bool:
        return any(change.path[:2] == ("spec", "template") for change in self._changes())

    def _changes(self) -> Iterator[FieldChange]:
        return (field.change for field in self.fields)


def _told(change: FieldChange) -> str:
    """The field, and its values where they are numbers; of other values the diff tells, without its secrets."""
    words = path_words(change.path)
    if isinstance(change.old, int) and isinstance(change.new, int):
        return f"{words} ({change.old} → {change.new})"
    return words


def way_back(ref: Ref, before: Snapshot, after: Manifest | None) -> Change | NoWayBack:
    """The change that undoes what a dry run showed: restore the fields, or delete what was created."""
    if after is None:
        return NoWayBack(
            Text("试运行没有给出结果,无法算出还原方法。", "The dry run shows no outcome to return from.")
        )
    if ref.kind not in KINDS:
        return NoWayBack(
            Text(f"不支持撤销对 {ref.kind} 的改动。", f"Changes of a {ref.kind} cannot be undone here.")
        )
    if before.target is None:
        return Delete(kind=ref.kind, namespace=ref.namespace, name=ref.name)
    changes = differences(before.target, after)
    if not changes:
        return NoWayBack(Text("没有改动,无需还原。", "Nothing changes, so there is nothing to undo."))
    if ref.kind == "Secret" and any(change.path[:1] in _CONFIDENTIAL for change in changes):
        return NoWayBack(
            Text(
                "Secret 的旧值不会被记录,无法自动还原。",
                "The old values of a Secret are not kept, so they cannot be restored.",
            )
        )
    fields = tuple(map(FieldBack.of, changes))
    return Restore(kind=ref.kind, namespace=ref.namespace, name=ref.name, fields=fields)


def settled_as(before: Snapshot, now: Snapshot, done: Text, *, template: bool) -> Progress:
    """Whether an object of any kind has taken a change up. `template`: the pod template was changed."""
    kind = (before.target or now.target or {}).get("kind", "")
    if kind in ROLLING or (kind == "ReplicaSet" and not template):
        return judged(before, now, done, rolls=template)
    lost = missing(before, now)
    if lost:
        return lost
    later = _LATER.get(kind) if template else None
    return Settled(join([done + STOP, *([later] if later else [])], Text("", " ")))


def missing(before: Snapshot, now: Snapshot) -> Broken | None:
    """The target went away, or another took its name."""
    if now.target is None or w.is_going(now.target):
        return Broken(Text("对象已被删除。", "The object is being deleted or gone."))
    if before.target is not None and w.uid_of(before.target) != w.uid_of(now.target):
        return Broken(Text("对象已被删除并重新创建。", "The object was deleted and created anew."))
    return None


_CONFIDENTIAL: frozenset[tuple[str, ...]] = frozenset({("data",), ("stringData",), ()})
_LATER: dict[str, Text] = {
    "ReplicaSet": Text(
        "现有 Pod 不变,之后新建的 Pod 才会使用。", "Existing pods stay as they are; new ones will have it."
    ),
    "CronJob": Text("下次运行时生效。", "It takes effect at the next run."),
}
