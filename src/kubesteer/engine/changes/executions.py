"""Carrying out an approved change: step by step, each verified; on a failure the way back, in reverse.

Every transition is on record before the next thing happens, so another process can go on from any point.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from kubesteer.core.drifts import Drifted
from kubesteer.core.ledgers import Line, Record, State, Step, Write
from kubesteer.core.operations import Settled
from kubesteer.core.texts import Text, join
from kubesteer.engine.changes.deliveries import Delivery, Undeliverable
from kubesteer.engine.changes.particulars import Particulars, Sending, Task
from kubesteer.engine.changes.proposers import Proposer
from kubesteer.engine.changes.remarks import Remarks
from kubesteer.engine.changes.returns import NoReturn, Return, way_back
from kubesteer.engine.changes.verifications import Verification, was_down
from kubesteer.engine.changes.workshops import Workshop
from kubesteer.engine.progress import Narrator


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a step did not come to a good end.

    `drifted`: nothing was sent, because the approval no longer fits. `lost` is false where nothing was well
    before either, so that going back would mend nothing.
    """

    text: Text
    drifted: bool = False
    lost: bool = True


@dataclass(slots=True)
class Execution:
    """One approved change being carried out by the one process that has claimed it."""

    record: Record
    particulars: Particulars
    shop: Workshop
    proposer: Proposer
    narrate: Narrator

    async def run(self) -> None:
        """Go on from wherever it stands, to its end; `record` tells how it ended.

        Raises:
            ClusterError, StoreError: it cannot go on now; `resume` will.
        """
        if not self.record.going_back:
            failure = await self._carry_out(self.particulars.tasks)
            if failure is None:
                await self._mark_undone()
                await self._end("done", join(step.outcome for step in self.record.steps), True)
                return
            await self._turn_round(failure)
        if self.record.going_back:
            await self._go_back()

    @property
    def _remarks(self) -> Remarks:
        return Remarks(self.shop.cluster, self.shop.actuator, self.shop.ledger)

    @property
    def _steps(self) -> tuple[Step, ...]:
        return self.record.back if self.record.going_back else self.record.steps

    async def _carry_out(self, tasks: tuple[Task, ...]) -> Failure | None:
        for index, task in enumerate(tasks):
            if self._steps[index].settled:
                continue
            if len(tasks) > 1:
                self.narrate(_step_words(index, self._steps), index, len(tasks))
            failure = await self._step(index, task)
            if failure is not None:
                return failure
        return None

    async def _step(self, index: int, task: Task) -> Failure | None:
        try:
            await self._send_all(index, task)
        except Drifted as drift:
            return Failure(drift.text, drifted=True)
        except Undeliverable as refusal:
            return Failure(refusal.text)
        await self._enter("verifying", _VERIFYING)
        check = Verification(task.verb.change, task.before, self.shop.cluster, self.shop.clock, self.narrate)
        outcome = await check.outcome()
        if not isinstance(outcome, Settled) and not self._judged_later(index, task):
            return Failure(outcome.text, lost=not was_down(task.before))
        settled = replace(self._steps[index], settled=True, outcome=outcome.text)
        await self._put(index, settled, Line("settled", "kubesteer", outcome.text))
        return None

    def _judged_later(self, index: int, task: Task) -> bool:
        """Whether a later step goes on mending the same object, which was down before: the last one is judged."""
        if not was_down(task.before) or self.record.going_back:
            return False
        later = self.particulars.tasks[index + 1 :]
        return any(each.verb.change.target() == task.verb.change.target() for each in later)

    async def _send_all(self, index: int, task: Task) -> None:
        for number, sending in enumerate(task.sendings):
            write = self._steps[index].writes[number]
            if write.state == "applied":
                continue
            if write.state == "refused":
                raise Undeliverable(write.note)
            await self._enter("executing", _EXECUTING)
            written = await self._delivery(index, number, sending, write).deliver()
            await self._remarks.applied(written, self.record, self._steps[index])

    def _delivery(self, index: int, number: int, sending: Sending, write: Write) -> Delivery:
        async def keep(changed: Write, line: Line) -> None:
            writes = list(self._steps[index].writes)
            writes[number] = changed
            await self._put(index, replace(self._steps[index], writes=tuple(writes)), line)

        return Delivery(
            change=self.record.id,
            sending=sending,
            write=write,
            shop=self.shop,
            narrate=self.narrate,
            keep=keep,
        )

    async def _turn_round(self, failure: Failure) -> None:
        """Decide what follows from a failure: an end, or the way back."""
        states = {write.state for step in self.record.steps for write in step.writes}
        if not states & {"applied", "intended"}:
            await self._end_unwritten(failure)
        elif not failure.lost:
            await self._end("failed", join([failure.text, _DOWN_BEFORE, self._advice()]), False)
        elif not self.shop.rulebook.undo_on_regression:
            await self._end("failed", join([failure.text, self._advice()]), False)
        else:
            self.narrate(_GOING_BACK + failure.text)
            found = await way_back(self.shop.cluster, self.record, self.particulars)
            await self._begin_return(failure, found)

    def _advice(self) -> Text:
        return Text(
            f"要还原请用 kubesteer undo {self.record.id}。", f"To go back: kubesteer undo {self.record.id}"
        )

    async def _end_unwritten(self, failure: Failure) -> None:
        if failure.drifted:
            _, more = await self.proposer.propose_anew(self.record, self.particulars)
            await self._end("expired", join([failure.text, more]), None)
        else:
            await self._end("failed", join([failure.text, _NOTHING_WRITTEN]), None)

    async def _begin_return(self, failure: Failure, found: Return | NoReturn) -> None:
        if isinstance(found, NoReturn):
            await self._end("failed", join([failure.text, found.text]), False)
            return
        self.particulars = replace(self.particulars, back=found.tasks)
        changed = replace(
            self.record, going_back=True, back=found.steps, outcome=failure.text, state="executing"
        )
        line = Line("regressed", "kubesteer", failure.text)
        sealed = self.particulars.encoded()
        self.record = await self.shop.ledger.advance(changed, line, claimed=True, particulars=sealed)

    async def _go_back(self) -> None:
        trouble = self.record.outcome
        failure = await self._carry_out(self.particulars.back)
        if failure is not None:
            await self._end("failed", join([trouble, _NOT_BACK + failure.text]), False)
        else:
            await self._end("undone", join([trouble, _UNDONE]), False)

    async def _mark_undone(self) -> None:
        """Where this change takes another back, that one is undone now."""
        if not self.record.undoes:
            return
        original = await self.shop.ledger.record(self.record.undoes)
        if original.state in ("done", "failed"):
            undone = replace(original, state="undone", undone_by=self.record.id)
            text = Text(f"已由 {self.record.id} 撤销", f"undone by {self.record.id}")
            await self.shop.ledger.advance(undone, Line("undone", self.record.asked_by, text))

    async def _enter(self, state: State, text: Text) -> None:
        if self.record.state != state:
            await self._keep(replace(self.record, state=state), Line(state, "kubesteer", text))

    async def _put(self, index: int, step: Step, line: Line) -> None:
        steps = tuple(step if number == index else each for number, each in enumerate(self._steps))
        back = self.record.going_back
        await self._keep(
            replace(self.record, back=steps) if back else replace(self.record, steps=steps), line
        )

    async def _keep(self, changed: Record, line: Line) -> None:
        self.record = await self.shop.ledger.advance(changed, line, claimed=True)

    async def _end(self, state: State, outcome: Text, verified: bool | None) -> None:
        ended = replace(
            self.record, state=state, outcome=outcome, verified=verified, ended_at=self.shop.stamp()
        )
        await self._keep(ended, Line(state, "kubesteer", outcome))
        await self._remarks.ended(self.record)


def _step_words(index: int, steps: tuple[Step, ...]) -> Text:
    number, name = f"{index + 1}/{len(steps)}", steps[index].operation
    return Text(f"第 {number} 步:{name}", f"step {number}: {name}")


_EXECUTING = Text("开始写入", "carrying it out")
_VERIFYING = Text("已全部写入,开始验证", "all of it is written; verifying")
_GOING_BACK = Text("没有成功,正在还原:", "It did not work out; going back: ")
_NOTHING_WRITTEN = Text("没有做任何改动。", "Nothing was changed.")
_UNDONE = Text("已自动撤销,恢复到变更之前。", "It was undone: everything is as it was before the change.")
_DOWN_BEFORE = Text(
    "变更之前也没有就绪的副本,还原没有用处,所以保留了这次变更。",
    "No replica was ready before the change either; going back would mend nothing, so the change stays.",
)
_NOT_BACK = Text("自动撤销没有成功:", "Undoing it did not succeed: ")
