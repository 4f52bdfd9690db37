"""get_rollout and rollback: how far a rollout is, and the way back to an earlier revision."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated

from pydantic import Field

from kubesteer.core.clusters import Cluster
from kubesteer.core.errors import AlreadySo, Unusable
from kubesteer.core.findings import Coverage
from kubesteer.core.kinds import ROLLING
from kubesteer.core.operations import (
    Answer,
    Broken,
    Change,
    NoWayBack,
    Progress,
    Read,
    Settled,
    Snapshot,
    Waiting,
)
from kubesteer.core.refs import Ref
from kubesteer.core.requests import Delete, Manifest, Patch, PatchType, Request
from kubesteer.core.texts import Text, join
from kubesteer.operations import consequences
from kubesteer.operations import workloads as w
from kubesteer.operations.alterations import STEADY_SECONDS, Alteration, settled_as
from kubesteer.operations.differences import differences
from kubesteer.operations.named import Named
from kubesteer.operations.revisions import Revision, revisions_of
from kubesteer.operations.rollouts import blocked, blocking, judged, rollout_of
from kubesteer.operations.surroundings import surveyed, unseen
from kubesteer.operations.tables import table
from kubesteer.operations.times import age


class GetRollout(Named, Read):
    """Progress of the present rollout, and the history of revisions."""

    name_ = "get_rollout"
    summary = Text("查看发布进度和历史版本", "Show a rollout's progress and the history of revisions")
    kinds = ROLLING
    examples = (
        Text("user-service 发布到哪一步了", "how far is the rollout of user-service"),
        Text("看看 cart 的历史版本", "revision history of cart"),
    )

    async def look(self, cluster: Cluster) -> Answer:
        """A line on the progress, then the revisions, newest first."""
        snapshot = await surveyed(cluster, self.ref)
        done = Text(f"{self.ref} 的发布已完成", f"The rollout of {self.ref} is done")
        progress = judged(_unjudged(snapshot), snapshot, done)
        history = revisions_of(snapshot)
        words = [_progress_words(progress), *([_history(history)] if history else [])]
        numbers = rollout_of(snapshot.object)
        data = {
            "state": {Settled: "done", Waiting: "progressing", Broken: "stuck"}[type(progress)],
            "message": progress.text.en,
            "desired": numbers.desired,
            "updated": numbers.updated,
            "ready": numbers.ready,
            "available": numbers.available,
            "paused": bool(w.at(snapshot.object, "spec", "paused")),
            "revisions": [each.to_json() for each in history],
        }
        looked = {self.kind: 1, **{kind: len(found) for kind, found in snapshot.related.items()}}
        text = join(words) + unseen(snapshot.not_looked_at)
        return Answer(text, data, Coverage(looked, snapshot.not_looked_at))


class Rollback(Alteration):
    """Put the pod template of an earlier revision back."""

    name_ = "rollback"
    summary = Text("回滚到上一个或指定的版本", "Roll back to the previous or a given revision")
    kinds = ROLLING
    steady_seconds = STEADY_SECONDS
    examples = (
        Text("把 cart 回滚到上一个版本", "roll cart back"),
        Text("user-service 回退到版本 3", "roll user-service back to revision 3"),
    )
    revision: Annotated[int, Field(ge=1)] | None = Field(
        None, description="revision number; the previous one if left out"
    )

    def requests(self, before: Snapshot) -> tuple[Request, ...]:
        """One JSON patch that replaces the template as a whole; pods that block the way go."""
        if self.kind == "Deployment" and w.at(before.object, "spec", "paused"):
            raise Unusable(
                "name",
                Text(
                    f"{self.ref} 的发布已暂停,不能回滚。",
                    f"The rollout of {self.ref} is paused: no rollback.",
                ),
                Text("请先恢复发布(resume_rollout)。", "Resume the rollout first (resume_rollout)."),
            )
        wanted = self.chosen(before)
        place = {"op": "replace", "path": "/spec/template", "value": wanted.template}
        return (Patch(self.ref, [place], PatchType.JSON), *(Delete(Ref.of(pod)) for pod in blocking(before)))

    def explain(self, before: Snapshot) -> Text:
        """Which revision, with which images, and what restarts."""
        wanted = self.chosen(before)
        images = ", ".join(wanted.images)
        first = Text(
            f"把 {self.ref} 回滚到版本 {wanted.number}({images})。",
            f"Roll {self.ref} back to revision {wanted.number} ({images}).",
        )
        return consequences.sentence(first, *consequences.of_restarting(before), blocked(before))

    def undo_all(self, before: Snapshot, outcomes: Sequence[Manifest | None]) -> Change | NoWayBack:
        """The template of before; the pods that went are made again anyway."""
        return self.undo(before, outcomes[0])

    def settled(self, before: Snapshot, now: Snapshot) -> Progress:
        """The old template has rolled out and is well."""
        done = Text(f"{self.ref} 已回滚", f"{self.ref} is rolled back")
        return settled_as(before, now, done, template=True)

    def chosen(self, before: Snapshot) -> Revision:
        """The revision meant.

        Raises:
            Unusable: there is none such, or it is the one that runs already.
        """
        history = revisions_of(before)
        kind = "ReplicaSet" if self.kind == "Deployment" else "ControllerRevision"
        if not history and kind in before.not_looked_at:
            raise Unusable(
                "revision",
                Text(
                    f"无权查看 {kind},无法得知历史版本。",
                    f"{kind}s may not be read, so the revisions are unknown.",
                ),
            )
        if self.revision is None:
            return self._previous(before, history)
        found = next((each for each in history if each.number == self.revision), None)
        if found is None:
            raise self._unknown(history)
        if found.current:
            raise AlreadySo(
                "revision",
                Text(
                    f"{self.ref} 现在就是版本 {found.number}。",
                    f"{self.ref} is at revision {found.number} already.",
                ),
            )
        return found

    def _previous(self, before: Snapshot, history: list[Revision]) -> Revision:
        """The newest earlier revision whose template is not the present one."""
        current = next((each.number for each in history if each.current), 0)
        template = w.template_of(before.object)
        for each in history:
            if each.number < current and differences(each.template, template):
                return each
        raise Unusable(
            "revision",
            Text(f"{self.ref} 没有更早的版本可以回滚。", f"{self.ref} has no earlier revision to return to."),
        )

    def _unknown(self, history: list[Revision]) -> Unusable:
        kept = ", ".join(str(each.number) for each in history)
        return Unusable(
            "revision",
            Text(f"{self.ref} 没有版本 {self.revision}。", f"{self.ref} has no revision {self.revision}."),
            Text(f"现有版本:{kept or '无'}。", f"It has: {kept or 'none'}."),
        )


def _unjudged(snapshot: Snapshot) -> Snapshot:
    """The same moment without what the controller says of it: then all that it says counts as news."""
    bare = {key: value for key, value in snapshot.object.items() if key != "status"}
    return Snapshot(bare, {"Pod": snapshot.of("Pod")}, snapshot.not_looked_at, snapshot.at)


def _progress_words(progress: Progress) -> Text:
    if isinstance(progress, Broken):
        return Text("发布受阻:", "The rollout is stuck: ") + progress.text
    if isinstance(progress, Waiting):
        return Text("发布进行中:", "The rollout is under way: ") + progress.text + Text("。", ".")
    return progress.text


def _history(history: list[Revision]) -> Text:
    header = (
        Text("版本", "REVISION"),
        Text("镜像", "IMAGES"),
        Text("距今", "AGE"),
        Text("原因", "CAUSE"),
    )
    now = datetime.now(UTC)
    rows = [
        (f"{'* ' if r.current else ''}{r.number}", ", ".join(r.images), age(r.created, now), r.cause or "-")
        for r in history
    ]
    return table(header, rows, 20)
