"""apply: a manifest that somebody gives, by server-side apply; and the way back from it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any, Self

from pydantic import Field, field_validator, model_validator

from kubesteer.core.clusters import Cluster
from kubesteer.core.errors import AlreadySo, Unusable
from kubesteer.core.kinds import ROLLING
from kubesteer.core.names import checked_namespace
from kubesteer.core.operations import Change, NoWayBack, Progress, Risk, Snapshot, Waiting
from kubesteer.core.refs import Ref
from kubesteer.core.requests import Apply as ServerSideApply
from kubesteer.core.requests import Manifest, Request
from kubesteer.core.texts import Text, join
from kubesteer.operations import consequences
from kubesteer.operations import workloads as w
from kubesteer.operations.alterations import STOP, settled_as, way_back
from kubesteer.operations.counts import counted
from kubesteer.operations.differences import differences
from kubesteer.operations.documents import Document, documents_of
from kubesteer.operations.ownership import contested_by_us_alone, is_in_effect
from kubesteer.operations.parts import part_of, surveyed_all
from kubesteer.operations.reverts import Back, Revert, together


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
        """One server-side apply for each object that differs, in the manifest's order."""
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
        pending = self._pending(before)
        if not pending:
            raise AlreadySo(
                "manifest",
                Text("集群与清单一致,没有要改的。", "The cluster is as the manifest says already."),
            )
        return tuple(ServerSideApply(d.ref, d.body, self._forced(d, before)) for d in pending)

    def _pending(self, before: Snapshot) -> list[Document]:
        """The objects that are not yet as the manifest says."""
        found = [(document, part_of(before, document.ref).target) for document in self.documents]
        return [d for d, live in found if live is None or not is_in_effect(live, d.body)]

    def _forced(self, document: Document, before: Snapshot) -> bool:
        """Our own earlier patches are no other manager, whatever the server thinks."""
        live = part_of(before, document.ref).target
        return self.force or (live is not None and contested_by_us_alone(live, document.body))

    def explain(self, before: Snapshot) -> Text:
        """What is created and changed, and what follows for each object that exists."""
        pending = self._pending(before)
        new = [document for document in pending if not _exists(before, document.ref)]
        old = [document for document in pending if document not in new]
        told = join([*_listed("新建", "create", new), *_listed("修改", "change", old)], Text(",", ", "))
        first = Text(f"应用清单:{told.zh}。", f"Apply the manifest: {told.en}.")
        forced = Text("会强制接管其他管理者的字段。", "Fields of other managers are taken over by force.")
        follows = [_follows(document, before) for document in old]
        return consequences.sentence(first, *follows, forced if self.force else None)

    def settled(self, before: Snapshot, now: Snapshot) -> Progress:
        """Every object is there, and the workloads among them are well."""
        count = len(self.documents)
        done = Text(f"已应用 {count} 个对象", f"Applied: {counted(count, 'object')}") + STOP
        return together(
            [
                _settled(document, part_of(before, document.ref), part_of(now, document.ref))
                for document in self.documents
            ],
            done,
        )

    def undo(self, before: Snapshot, after: Manifest | None) -> Change | NoWayBack:
        """For a single object: restore it, or delete it where it is new."""
        pending = self._pending(before)
        ref = pending[0].ref if pending else self.target()
        return way_back(ref, Snapshot(part_of(before, ref).target), after)

    def undo_all(self, before: Snapshot, outcomes: Sequence[Manifest | None]) -> Change | NoWayBack:
        """Restore what was there, delete what is new, the last one first."""
        steps: list[Back] = []
        for document, after in zip(self._pending(before), outcomes, strict=True):
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


def _listed(zh: str, en: str, documents: Sequence[Document]) -> list[Text]:
    names = consequences.listed(str(document.ref) for document in documents)
    return [Text(f"{zh} {names}", f"{en} {names}")] if documents else []


def _follows(document: Document, before: Snapshot) -> Text | None:
    """What follows for one object that exists: its pods restart where its template changes."""
    part = part_of(before, document.ref)
    template, live = w.template_of(document.body), w.template_of(part.object)
    rolls = document.ref.kind in ROLLING and template and not is_in_effect(live, template)
    found = consequences.of_restarting(part) if rolls else consequences.of_patching(part)
    named = Text(f"{document.ref}:", f"{document.ref}:")
    return consequences.sentence(named, *found) if any(found) else None


def _settled(document: Document, before: Snapshot, now: Snapshot) -> Progress:
    if now.target is None and before.target is None:
        return Waiting(Text(f"等待 {document.ref} 出现", f"waiting for {document.ref} to appear"), 0, 1)
    return settled_as(
        before, now, Text(f"{document.ref} 已应用", f"{document.ref} is applied"), template=True
    )


def _exists(before: Snapshot, ref: Ref) -> bool:
    return part_of(before, ref).target is not None
