"""Taking back a change on request: which one is meant, and which operations lead back."""

from __future__ import annotations

from kubesteer.core.clusters import Identity
from kubesteer.core.errors import Refused, Unusable
from kubesteer.core.ledgers import Ledger, Record, State
from kubesteer.core.operations import Change
from kubesteer.core.texts import Text
from kubesteer.engine.changes.approvals import is_here
from kubesteer.engine.changes.identifiers import is_identifier
from kubesteer.engine.changes.particulars import Particulars

_DONE: frozenset[State] = frozenset({"done"})


async def change_to_undo(ledger: Ledger, named: str, *, here: Identity, asked_by: str) -> Record:
    """The change that is meant: by id; else the last one of that operation, of the same person if there is one.

    Raises:
        Refused: there is none, or it cannot be undone as it stands.
    """
    if is_identifier(named):
        return _checked(await ledger.record(named), here)
    all_done = await ledger.records(limit=1000, states=_DONE)
    done = [record for record in all_done if is_here(record, here) and not record.undoes]
    fitting = [r for r in done if not named or any(step.operation == named for step in r.steps)]
    own = [r for r in fitting if r.asked_by == asked_by]
    if not (own or fitting):
        raise Refused(_nothing(named))
    return (own or fitting)[0]


def ways_back(record: Record, particulars: Particulars) -> list[Change]:
    """The operations that undo what was written, in reverse order.

    Raises:
        Refused: part of it cannot be undone.
    """
    back: list[Change] = []
    for step, task in reversed(list(zip(record.steps, particulars.tasks, strict=True))):
        if not step.applied:
            continue
        if task.undo is None:
            why = step.irreversible or Text("没有办法还原。", "There is no way back.")
            raise Refused(Text(f"无法撤销 {record.id}:", f"{record.id} cannot be undone: ") + why)
        back.append(task.undo.change)
    if not back:
        raise Unusable(
            "operation",
            Text(f"{record.id} 没有写入任何东西。", f"Nothing was written by {record.id}."),
        )
    return back


def _checked(record: Record, here: Identity) -> Record:
    if not is_here(record, here):
        raise Refused(
            Text(f"{record.id} 属于另一个集群。", f"{record.id} belongs to another cluster."),
            Text("请切换到那个集群的 context。", "Switch to that cluster's context."),
        )
    if record.state not in ("done", "failed"):
        states = {"undone": Text("它已被撤销。", "It was undone already.")}
        why = states.get(record.state, Text(f"它的状态是 {record.state}。", f"Its state is {record.state}."))
        raise Refused(Text(f"无法撤销 {record.id}:", f"{record.id} cannot be undone: ") + why)
    return record


def _nothing(named: str) -> Text:
    shown = named[:60]
    if named:
        return Text(f"没有可以撤销的“{shown}”。", f"There is no “{shown}” to undo.")
    return Text("没有可以撤销的变更。", "There is no change to undo.")
