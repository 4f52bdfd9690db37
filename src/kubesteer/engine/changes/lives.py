"""`Changes`: the life of a change, for whoever proposes, approves, carries out, undoes or looks it up."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cached_property

from kubesteer.core.clusters import Actuator, Cluster
from kubesteer.core.errors import KubesteerError, Refused
from kubesteer.core.ledgers import OPEN, Ledger, Proposal, Record, Verdict
from kubesteer.core.operations import Change
from kubesteer.core.runners import Runner
from kubesteer.core.texts import Language, Text
from kubesteer.engine.changes.approvals import check_binding, check_cluster, is_here, lapsed
from kubesteer.engine.changes.approvers import Approver
from kubesteer.engine.changes.clocks import Clock, SystemClock
from kubesteer.engine.changes.discretion import DiscreetLedger
from kubesteer.engine.changes.executions import Execution
from kubesteer.engine.changes.heartbeats import Heartbeat
from kubesteer.engine.changes.identifiers import checked_identifier
from kubesteer.engine.changes.particulars import Particulars
from kubesteer.engine.changes.proposers import Proposer, Wish
from kubesteer.engine.changes.runners import InlineRunner
from kubesteer.engine.changes.undos import change_to_undo, ways_back
from kubesteer.engine.changes.workshops import Workshop
from kubesteer.engine.progress import Narrator, silent
from kubesteer.policies.rulebooks import Rulebook


class Changes:
    """The only way to change a cluster: what was proposed, by whom it was approved, once, and verified.

    `ledger` and `runner` are opened at their first use; without a runner the work is done at once.
    """

    def __init__(
        self,
        *,
        cluster: Cluster,
        actuator: Actuator,
        ledger: Callable[[], Ledger],
        rulebook: Rulebook | None = None,
        clock: Clock | None = None,
        runner: Callable[[], Runner] = InlineRunner,
    ) -> None:
        self._open_runner = runner
        self._ledger: Ledger = DiscreetLedger(ledger)
        self._shop = Workshop(cluster, actuator, self._ledger, rulebook or Rulebook(), clock or SystemClock())
        self._proposer = Proposer(self._shop)
        self._approver = Approver(self._shop, self._proposer)

    async def propose(
        self, changes: Sequence[Change], *, asked_by: str, words: str, language: Language
    ) -> Proposal:
        """Work a plan out and put it on record as a proposal. Nothing is written to the cluster.

        Raises:
            Unusable: an operation makes no sense for its object.
            Refused: a policy forbids it.
            Forbidden: the server would not let us.
            ClusterError, StoreError: it could not be worked out, or not be put on record.
        """
        return await self._proposer.propose(Wish(changes, asked_by, words, language))

    async def approve(self, identifier: str, *, by: str, digest: str = "") -> Record:
        """A person agrees. Without a digest, to what the ledger holds under that id.

        Raises:
            Drifted: the cluster changed; the exception carries the new proposal.
            Refused: the approval does not hold, or another was faster; it is put on record.
        """
        record = await self._ledger.record(checked_identifier(identifier))
        return await self._approver.approve(record, by, digest)

    async def reject(self, identifier: str, *, by: str) -> Record:
        """A person says no. Raises Refused where there is nothing to reject any more."""
        record = await self._ledger.record(checked_identifier(identifier))
        return await self._approver.reject(record, by)

    async def execute(self, identifier: str, *, progress: Narrator = silent) -> Record:
        """Carry out an approved change, verify it, and take it back where it does not become healthy.

        Raises:
            Refused: it is not approved, or another process is at it.
            ClusterError, StoreError: it cannot go on now; `resume` will.
        """
        if not await self._ledger.claim(checked_identifier(identifier)):
            raise Refused(_busy(identifier))
        try:
            async with Heartbeat(self._ledger, identifier):
                return await self._carry_out(await self._ledger.record(identifier), progress)
        except asyncio.CancelledError:
            progress(_how_to_resume(identifier))
            raise
        finally:
            await self._ledger.release(identifier)

    async def _carry_out(self, record: Record, progress: Narrator) -> Record:
        if record.state == "proposed":
            raise Refused(Text(f"{record.id} 还没有被批准。", f"{record.id} is not approved yet."))
        if record.state not in OPEN:
            return record
        check_cluster(record, await self._shop.whereabouts())
        particulars = Particulars.decoded(await self._ledger.particulars(record.id))
        check_binding(record, particulars, record.digest)
        if record.state == "approved":
            await self._approver.expire(record)
        execution = Execution(record, particulars, self._shop, self._proposer, progress)
        await self._runner.run(record.id, execution.run)
        return execution.record

    async def resume(self, *, progress: Narrator = silent) -> list[Record]:
        """Finish what a crash, Ctrl-C or a silent server interrupted. Gives back what it looked at, as it is
        now; a change of another cluster, or one that a living process is at, is left as it is."""
        here = await self._shop.whereabouts()
        return [
            await self._resume(record, progress) if is_here(record, here) else record
            for record in reversed(await self._ledger.records(limit=10_000, states=OPEN))
        ]

    async def _resume(self, record: Record, progress: Narrator) -> Record:
        progress(Text(f"继续 {record.id}", f"going on with {record.id}"))
        try:
            return await self.execute(record.id, progress=progress)
        except KubesteerError as trouble:  # the others shall be finished all the same
            progress(trouble.text)
            return await self._ledger.record(record.id)

    async def undo(
        self, identifier: str | None = None, *, asked_by: str, words: str, language: Language
    ) -> Proposal:
        """Propose taking back a change: the last one, one by id, or the last of that operation."""
        here = await self._shop.whereabouts()
        record = await change_to_undo(self._ledger, identifier or "", here=here, asked_by=asked_by)
        particulars = Particulars.decoded(await self._ledger.particulars(record.id))
        back = ways_back(record, particulars)
        return await self._proposer.propose(Wish(back, asked_by, words, language, undoes=record.id))

    async def history(self, *, limit: int = 50) -> list[Record]:
        """Changes, newest first."""
        return [self._as_of_now(record) for record in await self._ledger.records(limit=limit)]

    async def show(self, identifier: str) -> Record:
        """One change with its lines of the history."""
        record = await self._ledger.record(checked_identifier(identifier))
        return replace(self._as_of_now(record), audit=tuple(await self._ledger.entries(record.id)))

    def _as_of_now(self, record: Record) -> Record:
        why = lapsed(record, self._shop.clock.now()) if record.state == "proposed" else None
        return record if why is None else replace(record, state="expired", outcome=why)

    async def verify_history(self) -> Verdict:
        """Whether any line of the history was altered or is missing."""
        return await self._ledger.verify()

    async def close(self) -> None:
        """Let go of the ledger."""
        if "_runner" in vars(self):
            await self._runner.close()
        await self._ledger.close()

    @cached_property
    def _runner(self) -> Runner:
        return self._open_runner()


def _busy(identifier: str) -> Text:
    return Text(f"另一个进程正在执行 {identifier}。", f"Another process is carrying out {identifier}.")


def _how_to_resume(identifier: str) -> Text:
    return Text(
        f"已中断。{identifier} 的进度已记录,用 `kubesteer resume` 继续。",
        f"Interrupted. How far {identifier} got is on record; `kubesteer resume` goes on with it.",
    )
