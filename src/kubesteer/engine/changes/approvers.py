"""Taking a person's yes or no. Whatever is refused is put on record too."""

from __future__ import annotations

from dataclasses import dataclass, replace

from kubesteer.core.drifts import Drifted
from kubesteer.core.errors import Refused
from kubesteer.core.ledgers import Line, Record, Step
from kubesteer.core.operations import Risk
from kubesteer.core.refs import Ref
from kubesteer.core.requests import Evict
from kubesteer.core.texts import Text, join
from kubesteer.engine.changes.approvals import check_binding, check_cluster, check_standing, lapsed
from kubesteer.engine.changes.drifts import check_drift, check_leavers, standing_object
from kubesteer.engine.changes.particulars import Particulars, Task
from kubesteer.engine.changes.proposers import Proposer
from kubesteer.engine.changes.workshops import Workshop


@dataclass(slots=True)
class Approver:
    """Judges approvals and puts them on record; exactly one of many wins, by the record's version."""

    shop: Workshop
    proposer: Proposer

    async def approve(self, record: Record, by: str, digest: str) -> Record:
        """Approve what stands in the record; with a digest, only if it is what the digest binds."""
        try:
            return await self._approve(record, by, digest)
        except Drifted:
            raise  # on record with its new proposal
        except Refused as refusal:
            await self.shop.ledger.note(record.id, Line("approval-refused", by, refusal.text))
            raise

    async def reject(self, record: Record, by: str) -> Record:
        """Reject a proposal."""
        check_standing(record)
        self.shop.rulebook.check_approver(by, asked_by=record.asked_by, risk=Risk.LOW)
        rejected = replace(record, state="rejected", outcome=_REJECTED, ended_at=self.shop.stamp())
        return await self.shop.ledger.advance(rejected, Line("rejected", by, _REJECTED))

    async def expire(self, record: Record) -> None:
        """Raises Refused, and puts it on record, where the time for an approval is over."""
        why = lapsed(record, self.shop.clock.now())
        if why is not None:
            expired = replace(record, state="expired", outcome=why, ended_at=self.shop.stamp())
            await self.shop.ledger.advance(expired, Line("expired", "kubesteer", why))
            raise Refused(why, _ASK_AGAIN)

    async def _approve(self, record: Record, by: str, digest: str) -> Record:
        check_standing(record)
        particulars = Particulars.decoded(await self.shop.ledger.particulars(record.id))
        check_binding(record, particulars, digest)
        rulebook = self.shop.rulebook
        automatic = rulebook.automatic([task.verb.change for task in particulars.tasks])
        rulebook.check_approver(
            by, asked_by=record.asked_by, risk=Risk(record.risk), automatic=automatic is not None
        )
        check_cluster(record, await self.shop.whereabouts())
        await self.expire(record)
        await self._check_drift(record, particulars)
        approved = replace(record, state="approved", approved_by=(*record.approved_by, by))
        return await self.shop.ledger.advance(approved, Line("approved", by, automatic or _APPROVED))

    async def _check_drift(self, record: Record, particulars: Particulars) -> None:
        """Raises Drifted, with a new proposal, where the approved diff is not what would happen now."""
        seen: set[Ref] = set()
        try:
            for step, task in zip(record.steps, particulars.tasks, strict=True):
                await check_leavers(self.shop.cluster, task)
                await self._check_step(step, task, seen)
        except Drifted as drift:
            raise await self._drifted(record, particulars, drift) from drift

    async def _check_step(self, step: Step, task: Task, seen: set[Ref]) -> None:
        for write, sending in zip(step.writes, task.sendings, strict=True):
            if write.about in seen or isinstance(sending.request, Evict):
                continue  # a later step finds what the earlier one leaves
            seen.add(write.about)
            current = await standing_object(self.shop.cluster, write.about)
            await check_drift(self.shop.cluster, sending, write, current)

    async def _drifted(self, record: Record, particulars: Particulars, drift: Drifted) -> Drifted:
        proposal, told = await self.proposer.propose_anew(record, particulars)
        text = join([drift.text, told])
        expired = replace(record, state="expired", outcome=text, ended_at=self.shop.stamp())
        await self.shop.ledger.advance(expired, Line("drifted", "kubesteer", text))
        return Drifted(drift.text, told, proposal)


_APPROVED = Text("已批准", "approved")
_REJECTED = Text("已拒绝,没有做任何改动。", "It was rejected; nothing was changed.")
_ASK_AGAIN = Text("请重新提出。", "Please ask for it again.")
