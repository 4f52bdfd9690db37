"""apply: a manifest that somebody gives, by server-side apply; and the way back from it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator
from typing_extensions import override

from kubesteer.core.clusters import Cluster
from kubesteer.core.errors import Unusable
from kubesteer.core.kinds import ROLLING
from kubesteer.core.names import checked_namespace
from kubesteer.core.operations import Broken, Change, NoWayBack, Progress, Risk, Settled, Snapshot, Waiting
from kubesteer.core.refs import Ref
from kubesteer.core.requests import Apply as ServerSideApply
from kubesteer.core.requests import Delete as Deletion
from kubesteer.core.requests import Manifest, Patch, PatchType, Request
from kubesteer.core.texts import Text, join
from kubesteer.operations import consequences
from kubesteer.operations import workloads as w
from kubesteer.operations.alterations import STOP, Restore, settled_as, way_back
from kubesteer.operations.deletions import Delete
from kubesteer.operations.differences import differences
from kubesteer.operations.documents import Document, documents_of
from kubesteer.operations.parts import part_of, surveyed_all
from kubesteer.operations.restorations import FieldBack, json_patch


class Apply(Change):
    """Create or change the objects of a manifest."""

    name_ = "apply"
    summary = Text("应用一份清单(可含多个对象)", "Apply a manifest, of one or several objects")
    examples = (Text("应用这份清单:…", "apply this manifest: …"),)
    risk = Risk.HIGH
    manifest: str = Field(description="YAML or JSON, one or several documents")
    namespace: str = Field("default", description="namespace of objects that name none")
    force: bool = Field(False, description="take fields over that another manager owns")

    @field_validator("manifest", mode="before")
    @classmethod
    def _text(cls, value: Any) -> Any:
        """Objects are taken as well as text: that is how models and programs give them."""
        if isinstance(value, dict | list):
            import json

            return json.dumps(value, ensure_ascii=False)
        return value

    @model_validator(mode="after")
    def _usable(self) -> Self:
        checked_namespace(self.namespace)
        assert self.documents
        return self

    @cached_property
    def documents(self) -> tuple[Document, ...]:
        """The objects, in the manifest's order."""
        return documents_of(self.manifest, self.namespace)

    def target(self) -> Ref:
        """The first object; the others are bound by their own requests."""
        return self.documents[0].ref

    async def snapshot(self, cluster: Cluster) -> Snapshot:
        """Those of the objects that exist, with what judges them."""
        return await surveyed_all(cluster, [document.ref for document in self.documents])

    def requests(self, before: Snapshot) -> tuple[Request, ...]:
        """One server-side apply an object, in the manifest's order."""
        made = {
            d.ref.name for d in self.documents if d.ref.kind == "Namespace" and not _exists(before, d.ref)
        }
        needing = next((d.ref for d in self.documents if d.ref.namespace in made), None)
        if needing is not None:
            raise Unusable(
                "manifest",
                Text(
                    f"命名空间 {needing.namespace} 还不存在,{needing} 无法先试运行。",
                    f"Namespace {needing.namespace} does not exist yet, so {needing} cannot be rehearsed.",
                ),
                Text(
                    "请先单独应用命名空间,再应用其余对象。",
                    "Apply the namespace on its own first, then the rest.",
                ),
            )
        return tuple(ServerSideApply(d.ref, d.body, self.force) for d in self.documents)

    def explain(self, before: Snapshot) -> Text:
        """How many are created and changed, and what restarts."""
        new = [d.ref for d in self.documents if not _exists(before, d.ref)]
        old = [d.ref for d in self.documents if d.ref not in new]
        counts = (
            [
                Text(
                    f"新建 {consequences.listed(map(str, new))}",
                    f"create {consequences.listed(map(str, new))}",
                )
            ]
            if new
            else []
        )
        counts += (
            [
                Text(
                    f"修改 {consequences.listed(map(str, old))}",
                    f"change {consequences.listed(map(str, old))}",
                )
            ]
            if old
            else []
        )
        told = join(counts, Text(",", ", "))
        first = Text(f"应用清单:{told.zh}。", f"Apply the manifest: {told.en}.")
        follows = (text for ref in old for text in self._follows(part_of(before, ref)))
        unique = {text.en: text for text in follows if text}
        forced = Text("会强制接管其他管理者的字段。", "Fields of other managers are taken over by force.")
        return consequences.sentence(first, *unique.values(), forced if self.force else None)

    def settled(self, before: Snapshot, now: Snapshot) -> Progress:
        """Every object is there, and the workloads among them are well."""
        done = (
            Text(f"已应用 {len(self.documents)} 个对象", f"{len(self.documents)} objects are applied") + STOP
        )
        return together(
            [
                _settled(document, part_of(before, document.ref), part_of(now, document.ref))
                for document in self.documents
            ],
            done,
        )

    def undo(self, before: Snapshot, after: Manifest | None) -> Change | NoWayBack:
        """For a single object: restore it, or delete it where it is new."""
        return way_back(self.target(), Snapshot(before.target), after)

    def undo_all(self, before: Snapshot, outcomes: Sequence[Manifest | None]) -> Change | NoWayBack:
        """Restore what was there, delete what is new, the last one first."""
        steps: list[Back] = []
        for document, after in zip(self.documents, outcomes, strict=True):
            part = part_of(before, document.ref)
            if part.target is not None and after is not None and not differences(part.target, after):
                continue  # it is that way already
            back = way_back(document.ref, part, after)
            if isinstance(back, NoWayBack):
                return back
            steps.append(Back.of(back))
        if not steps:
            return NoWayBack(Text("没有改动,无需还原。", "Nothing changes, so there is nothing to undo."))
        return Revert(steps=tuple(reversed(steps)))

    def _follows(self, part: Snapshot) -> tuple[Text | None, ...]:
        if part.object.get("kind") in ROLLING:
            return (
                Text(
                    f"{Ref.of(part.object)} 的模板若有变化,其 Pod 会重启。",
                    f"If the template of {Ref.of(part.object)} changes, its pods restart.",
                ),
                consequences.gitops(part.object),
            )
        return (consequences.gitops(part.object),)


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
            raise Unusable("steps", Text("已经是之前的状态。", "All of it is as it was already."))
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


def _settled(document: Document, before: Snapshot, now: Snapshot) -> Progress:
    if now.target is None and before.target is None:
        return Waiting(Text(f"等待 {document.ref} 出现", f"waiting for {document.ref} to appear"), 0, 1)
    return settled_as(
        before, now, Text(f"{document.ref} 已应用", f"{document.ref} is applied"), template=True
    )


def _back(step: Back, part: Snapshot) -> list[Request]:
    ref = step.change.target()
    if part.target is None:
        return []
    if not step.fields:
        return [] if w.is_going(part.target) else [Deletion(ref)]
    patch = json_patch(ref, part.target, step.fields)
    return [Patch(ref, patch, PatchType.JSON)] if patch else []


def _exists(before: Snapshot, ref: Ref) -> bool:
    return part_of(before, ref).target is not None
