"""The way back after a failure: the steps that were written, in reverse, worked out on the objects as they are."""

from __future__ import annotations

from dataclasses import dataclass

from kubesteer.core.clusters import Cluster
from kubesteer.core.errors import (
    ClusterError,
    Refused,
    Throttled,
    Unauthenticated,
    Unavailable,
    Unusable,
)
from kubesteer.core.ledgers import Record, Step
from kubesteer.core.texts import Text
from kubesteer.engine.changes.drafts import Draft, Drafter
from kubesteer.engine.changes.particulars import Particulars, Task


@dataclass(frozen=True, slots=True)
class Return:
    """The steps back, with their particulars."""

    steps: tuple[Step, ...]
    tasks: tuple[Task, ...]


@dataclass(frozen=True, slots=True)
class NoReturn:
    """Why there is no way back."""

    text: Text


async def way_back(cluster: Cluster, record: Record, particulars: Particulars) -> Return | NoReturn:
    """Work out how to undo what was written of a change.

    Raises:
        ClusterError: the server cannot be asked at present.
    """
    drafter = Drafter(cluster, f"{record.id}/undo-")
    drafts: list[Draft] = []
    for step, task in reversed(list(zip(record.steps, particulars.tasks, strict=True))):
        if not step.applied:
            continue
        if task.undo is None:
            return NoReturn(step.irreversible or _NONE)
        try:
            drafts.append(await drafter.draft(task.undo.change))
        except Unusable:
            continue  # it is as it was already
        except (Unavailable, Throttled, Unauthenticated):
            raise
        except (Refused, ClusterError) as refusal:
            return NoReturn(_CANNOT + refusal.text)
    if not drafts:
        return NoReturn(_NOTHING)
    return Return(tuple(draft.step for draft in drafts), tuple(draft.task for draft in drafts))


_NONE = Text("没有办法还原。", "There is no way back.")
_NOTHING = Text("没有需要还原的内容。", "There is nothing to put back.")
_CANNOT = Text("无法自动撤销:", "It cannot be undone automatically: ")
