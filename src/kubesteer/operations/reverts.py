"""The way back from an apply of several objects: each restored, or deleted where it was new."""

from __future__ import annotations

from collections.abc import Iterable

from pydantic import BaseModel, ConfigDict, Field
from typing_extensions import override

from kubesteer.core.clusters import Cluster
from kubesteer.core.errors import AlreadySo
from kubesteer.core.operations import Broken, Change, NoWayBack, Progress, Risk, Settled, Snapshot, Waiting
from kubesteer.core.refs import Ref
from kubesteer.core.requests import Delete as Deletion
from kubesteer.core.requests import Manifest, Patch, PatchType, Request
from kubesteer.core.texts import Text, join
from kubesteer.operations import consequences
from kubesteer.operations import workloads as w
from kubesteer.operations.alterations import Restore
from kubesteer.operations.deletions import Delete
from kubesteer.operations.parts import part_of, surveyed_all
from kubesteer.operations.restorations import FieldBack, json_patch


class Back(BaseModel):
    """One object's way back: its fields, or none where the object was new and goes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: str
    namespace: str = ""
    name: str
    fields: tuple[FieldBack, ...] = ()

    @classmethod
    def of(cls, change: Change) -> Back:
        """A Restore or a Delete as data."""
        ref = change.target()
        fields = change.fields if isinstance(change, Restore) else ()
        return cls(kind=ref.kind, namespace=ref.namespace, name=ref.name, fields=fields)

    @property
    def change(self) -> Restore | Delete:
        """As a change of its own, arguments checked."""
        named = {"kind": self.kind, "namespace": self.namespace, "name": self.name}
        return Restore(**named, fields=self.fields) if self.fields else Delete(**named)


class Revert(Change):
    """Take back a manifest of several objects."""

    name_ = "revert"
    summary = Text("撤销一次应用", "Take back an apply of several objects")
    risk = Risk.HIGH
    steps: tuple[Back, ...] = Field(min_length=1, description="the objects, in the order of going back")

    def target(self) -> Ref:
        """The first object on the way back."""
        return self.steps[0].change.target()

    async def snapshot(self, cluster: Cluster) -> Snapshot:
        """Those of the objects that exist."""
        return await surveyed_all(cluster, [step.change.target() for step in self.steps])

    def requests(self, before: Snapshot) -> tuple[Request, ...]:
        """A JSON patch or a deletion an object; what is back already is left out."""
        found = [
            request for step in self.steps for request in _back(step, part_of(before, step.change.target()))
        ]
        if not found:
            raise AlreadySo("steps", Text("已经是之前的状态。", "All of it is as it was already."))
        return tuple(found)

    @override
    def explain(self, before: Snapshot) -> Text:
        """What goes and what is restored."""
        gone = [step.change.target() for step in self.steps if not step.fields]
        back = [step.change.target() for step in self.steps if step.fields]
        parts = (
            [
                Text(
                    f"恢复 {consequences.listed(map(str, back))}",
                    f"restore {consequences.listed(map(str, back))}",
                )
            ]
            if back
            else []
        )
        parts += (
            [
                Text(
                    f"删除 {consequences.listed(map(str, gone))}",
                    f"delete {consequences.listed(map(str, gone))}",
                )
            ]
            if gone
            else []
        )
        told = join(parts, Text(",", ", "))
        return Text(f"撤销应用:{told.zh}。", f"Take the apply back: {told.en}.")

    def settled(self, before: Snapshot, now: Snapshot) -> Progress:
        """As each step by itself."""
        steps = [(step.change, step.change.target()) for step in self.steps]
        judged = [change.settled(part_of(before, ref), part_of(now, ref)) for change, ref in steps]
        return together(judged, Text("应用已撤销。", "The apply is taken back."))

    @override
    def undo(self, before: Snapshot, after: Manifest | None) -> Change | NoWayBack:
        """There is none, but the manifest can be applied again."""
        return NoWayBack(Text("要再次生效请重新应用清单。", "To have it again, apply the manifest again."))


def together(each: Iterable[Progress], done: Text) -> Progress:
    """Broken if one is, waiting if one is; settled when all are."""
    progress = list(each)
    broken = next((one for one in progress if isinstance(one, Broken)), None)
    if broken is not None:
        return broken
    waiting = [one for one in progress if isinstance(one, Waiting)]
    if waiting:
        return Waiting(waiting[0].text, len(progress) - len(waiting), len(progress))
    return Settled(done)


def _back(step: Back, part: Snapshot) -> list[Request]:
    ref = step.change.target()
    if part.target is None:
        return []
    if not step.fields:
        return [] if w.is_going(part.target) else [Deletion(ref)]
    patch = json_patch(ref, part.target, step.fields)
    return [Patch(ref, patch, PatchType.JSON)] if patch else []
