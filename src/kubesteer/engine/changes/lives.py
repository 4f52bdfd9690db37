"""`Changes`: the life of a change, for whoever proposes, approves, carries out, undoes or looks it up."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from kubesteer.core.clusters import Actuator, Cluster, Identity
from kubesteer.core.errors import Forbidden, Invalid, NotFound, Refused, Unusable
from kubesteer.core.ledgers import OPEN, Ledger, Line, Proposal, Record, Verdict
from kubesteer.core.operations import Change, Risk
from kubesteer.core.texts import Language, Text, join
from kubesteer.engine.changes.approvals import check_binding, check_cluster, check_standing, lapsed
from kubesteer.engine.changes.clocks import Clock, SystemClock, stamp
from kubesteer.engine.changes.discretion import DiscreetLedger
from kubesteer.engine.changes.drafts import Draft, Drafter, numbered
from kubesteer.engine.changes.drifts import Drifted, check_drift, standing_object
from kubesteer.engine.changes.executions import Execution
from kubesteer.engine.changes.heartbeats import Heartbeat
from kubesteer.engine.changes.identifiers import checked_identifier, new_identifier
from kubesteer.engine.changes.particulars import Particulars, binding
from kubesteer.engine.changes.undos import change_to_undo, ways_back
from kubesteer.engine.progress import Narrator, silent
from kubesteer.policies.rulebooks import Rulebook

_RISKS = (Risk.LOW, Risk.MEDIUM, Risk.HIGH)


class Changes:
    """The only way to change a cluster: what was proposed, by whom it was approved, once, and verified."""

    def __init__(
        self,
        *,
        cluster: Cluster,
        actuator: Actuator,
        ledger: Ledger,
        rulebook: Rulebook | None = None,
        clock: Clock | None = None,
    ) -> None:
        self._cluster = cluster
        self._actuator = actuator
        self._ledger: Ledger = DiscreetLedger(ledger)
        self._rulebook = rulebook or Rulebook()
        self._clock = clock or SystemClock()
        self._identity: Identity | None = None

    async def propose(
        self,
        changes: Sequence[Change],
        *,
        asked_by: str,
        words: str,
        language: Language,
        undoes: str = "",
        replaces: str = "",
    ) -> Proposal:
        """Work a plan out and put it on record as a proposal. Nothing is written to the cluster.

        Raises:
            Unusable: an operation makes no sense for its object.
            Refused: a policy forbids it.
            Forbidden: the server would not let us.
            ClusterError, StoreError: it could not be worked out, or not be put on record.
        """
        identity = await self._whereabouts()
        now = self._clock.now()
        identifier = new_identifier()
        drafter = Drafter(
            self._cluster, f"{identifier}/", lambda change, before: self._rulebook.judge(change, before, now)
        )
        drafts = [await drafter.draft(change) for change in changes]
        record = Record(
            id=identifier,
            state="proposed",
            cluster=identity.uid,
            server=identity.server,
            asked_by=asked_by,
            words=words,
            language=language,
            created_at=stamp(now),
            expires_at=stamp(now + self._rulebook.validity),
            risk=max((change.risk for change in changes), key=_RISKS.index).value,
            steps=numbered(drafts, identifier),
            undoes=undoes,
            replaces=replaces,
        )
        return await self._put_on_record(record, drafts, self._rulebook.automatic(changes))

    async def _put_on_record(
        self, record: Record, drafts: Sequence[Draft], automatic: Text | None
    ) -> Proposal:
        particulars = Particulars(tuple(draft.task for draft in drafts))
        bound = replace(record, digest=binding(record, particulars))
        line = Line("proposed", record.asked_by, join(step.explained for step in record.steps))
        kept = await self._ledger.begin(bound, particulars.encoded(), line)
        return Proposal(kept, automatic)

    async def approve(self, identifier: str, *, by: str, digest: str = "") -> Record:
        """A person agrees. Without a digest, to what the ledger holds under that id.

        Raises:
            Drifted: the cluster changed; the exception carries the new proposal.
            Refused: the approval does not hold, or another was faster; it is put on record.
        """
        record = await self._ledger.record(checked_identifier(identifier))
        try:
            return await self._approve(record, by, digest)
        except Drifted:
            raise
        except Refused as refusal:
            await self._ledger.note(record.id, Line("approval-refused", by, refusal.text))
            raise

    async def _approve(self, record: Record, by: str, digest: str) -> Record:
        check_standing(record)
        particulars = Particulars.decoded(await self._ledger.particulars(record.id))
        check_binding(record, particulars, digest)
        automatic = self._rulebook.automatic([task.verb.change for task in particulars.tasks])
        self._rulebook.check_approver(
            by, asked_by=record.asked_by, risk=Risk(record.risk), automatic=automatic is not None
        )
        check_cluster(record, await self._whereabouts())
        await self._expire(record)
        await self._check_drift(record, particulars)
        approved = replace(record, state="approved", approved_by=(*record.approved_by, by))
        return await self._ledger.advance(approved, Line("approved", by, automatic or _APPROVED))

    async def _expire(self, record: Record) -> None:
        """Raises Refused, and puts it on record, where the time for an approval is over."""
        why = lapsed(record, self._clock.now())
        if why is not None:
            expired = replace(record, state="expired", outcome=why, ended_at=stamp(self._clock.now()))
            await self._ledger.advance(expired, Line("expired", "kubesteer", why))
            raise Refused(why, _ASK_AGAIN)

    async def _check_drift(self, record: Record, particulars: Particulars) -> None:
        """Raises Drifted, with a new proposal, where the approved diff is not what would happen now."""
        seen = set()
        for step, task in zip(record.steps, particulars.tasks, strict=True):
            for write, sending in zip(step.writes, task.sendings, strict=True):
                if write.about in seen:
                    continue  # a later step finds what the earlier one leaves
                seen.add(write.about)
                current = await standing_object(self._cluster, write.about)
                try:
                    await check_drift(self._cluster, sending, write, current)
                except Drifted as drift:
                    raise await self._drifted(record, particulars, drift) from drift

    async def _drifted(self, record: Record, particulars: Particulars, drift: Drifted) -> Drifted:
        proposal, told = await self._propose_anew(record, particulars)
        text = join([drift.text, told])
        expired = replace(record, state="expired", outcome=text, ended_at=stamp(self._clock.now()))
        await self._ledger.advance(expired, Line("drifted", "kubesteer", text))
        return Drifted(drift.text, told, proposal)

    async def _propose_anew(self, record: Record, particulars: Particulars) -> tuple[Proposal | None, Text]:
        """The same operations on the cluster as it is now; None, and why, where that makes no sense."""
        try:
            proposal = await self.propose(
                [task.verb.change for task in particulars.tasks],
                asked_by=record.asked_by,
                words=record.words,
                language=record.language,
                undoes=record.undoes,
                replaces=record.id,
            )
        except (Refused, Unusable, NotFound, Forbidden, Invalid) as refusal:
            return None, Text("无法重新提出:", "It cannot be proposed anew: ") + refusal.text
        return proposal, Text(
            f"已重新提出为 {proposal.id},请核对新的差异再批准:\n{proposal.diff}",
            f"It is proposed anew as {proposal.id}; look at the new diff before you approve:\n{proposal.diff}",
        )

    async def reject(self, identifier: str, *, by: str) -> Record:
        """A person says no. Raises Refused where there is nothing to reject any more."""
        record = await self._ledger.record(checked_identifier(identifier))
        check_standing(record)
        self._rulebook.check_approver(by, asked_by=record.asked_by, risk=Risk.LOW)
        rejected = replace(record, state="rejected", outcome=_REJECTED, ended_at=stamp(self._clock.now()))
        return await self._ledger.advance(rejected, Line("rejected", by, _REJECTED))

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
        check_cluster(record, await self._whereabouts())
        particulars = Particulars.decoded(await self._ledger.particulars(record.id))
        check_binding(record, particulars, record.digest)
        if record.state == "approved":
            await self._expire(record)

        async def propose_anew(_why: Text) -> Text:
            return (await self._propose_anew(record, particulars))[1]

        execution = Execution(
            record=record,
            particulars=particulars,
            cluster=self._cluster,
            actuator=self._actuator,
            ledger=self._ledger,
            clock=self._clock,
            narrate=progress,
            undo_on_regression=self._rulebook.undo_on_regression,
            propose_anew=propose_anew,
        )
        return await execution.run()

    async def resume(self, progress: Narrator = silent) -> list[Record]:
        """Finish what a crash, Ctrl-C or a silent server interrupted. Gives back what it looked at, as it is
        now; a change of another cluster, or one that a living process is at, is left as it is."""
        here = (await self._whereabouts()).uid
        return [
            await self._resume(record, progress) if record.cluster == here else record
            for record in reversed(await self._ledger.records(limit=10_000, states=OPEN))
        ]

    async def _resume(self, record: Record, progress: Narrator) -> Record:
        progress(Text(f"继续 {record.id}", f"going on with {record.id}"))
        try:
            return await self.execute(record.id, progress=progress)
        except Refused as refusal:
            progress(refusal.text)
            return await self._ledger.record(record.id)

    async def undo(
        self, identifier: str | None = None, *, asked_by: str, words: str, language: Language
    ) -> Proposal:
        """Propose taking back a change: the last one, one by id, or the last of that operation."""
        here = (await self._whereabouts()).uid
        record = await change_to_undo(self._ledger, identifier or "", cluster=here, asked_by=asked_by)
        particulars = Particulars.decoded(await self._ledger.particulars(record.id))
        return await self.propose(
            ways_back(record, particulars),
            asked_by=asked_by,
            words=words,
            language=language,
            undoes=record.id,
        )

    async def history(self, *, limit: int = 50) -> list[Record]:
        """Changes, newest first."""
        records = await self._ledger.records(limit=limit)
        return [self._as_of_now(record) for record in records]

    async def show(self, identifier: str) -> Record:
        """One change with its lines of the history."""
        record = await self._ledger.record(checked_identifier(identifier))
        return replace(self._as_of_now(record), audit=tuple(await self._ledger.entries(record.id)))

    def _as_of_now(self, record: Record) -> Record:
        why = lapsed(record, self._clock.now()) if record.state == "proposed" else None
        return record if why is None else replace(record, state="expired", outcome=why)

    async def verify_history(self) -> Verdict:
        """Whether any line of the history was altered or is missing."""
        return await self._ledger.verify()

    async def close(self) -> None:
        """Let go of the ledger."""
        await self._ledger.close()

    async def _whereabouts(self) -> Identity:
        if self._identity is None:
            self._identity = await self._cluster.identity()
        return self._identity


def _busy(identifier: str) -> Text:
    return Text(f"另一个进程正在执行 {identifier}。", f"Another process is carrying out {identifier}.")


def _how_to_resume(identifier: str) -> Text:
    return Text(
        f"已中断。{identifier} 的进度已记录,用 `kubesteer resume` 继续。",
        f"Interrupted. How far {identifier} got is on record; `kubesteer resume` goes on with it.",
    )


_APPROVED = Text("已批准", "approved")
_REJECTED = Text("已拒绝,没有做任何改动。", "It was rejected; nothing was changed.")
_ASK_AGAIN = Text("请重新提出。", "Please ask for it again.")
