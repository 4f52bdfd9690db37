"""Putting a plan on record as a proposal, and anew where the cluster drifted. Nothing is written to the cluster."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from kubesteer.core.errors import AlreadySo, Conflict, Forbidden, Invalid, NotFound, Refused, Unusable
from kubesteer.core.ledgers import Line, Proposal, Record
from kubesteer.core.operations import Change, Risk
from kubesteer.core.texts import Language, Text, join
from kubesteer.engine.changes.clocks import stamp
from kubesteer.engine.changes.drafts import Draft, Drafter, numbered
from kubesteer.engine.changes.identifiers import new_identifier
from kubesteer.engine.changes.particulars import Particulars, binding
from kubesteer.engine.changes.workshops import Workshop

_RISKS = (Risk.LOW, Risk.MEDIUM, Risk.HIGH)


@dataclass(frozen=True, slots=True)
class Wish:
    """Who asked for what, in which words. `undoes` and `replaces` name other changes."""

    changes: Sequence[Change]
    asked_by: str
    words: str
    language: Language
    undoes: str = ""
    replaces: str = ""


@dataclass(slots=True)
class Proposer:
    """Works wishes out."""

    shop: Workshop

    async def propose(self, wish: Wish) -> Proposal:
        """Work a wish out and put it on record."""
        if not wish.changes:
            raise Unusable("operation", Text("没有要做的变更。", "There is nothing to change."))
        identity = await self.shop.whereabouts()
        now = self.shop.clock.now()
        identifier = new_identifier()
        drafter = Drafter(
            self.shop.cluster,
            f"{identifier}/",
            lambda change, before: self.shop.rulebook.judge(change, before, now),
        )
        drafts = await _drafts(drafter, wish.changes)
        record = Record(
            id=identifier,
            state="proposed",
            cluster=identity.uid,
            server=identity.server,
            asked_by=wish.asked_by,
            words=wish.words,
            language=wish.language,
            created_at=stamp(now),
            expires_at=stamp(now + self.shop.rulebook.validity),
            risk=max((change.risk for change in wish.changes), key=_RISKS.index).value,
            steps=numbered(drafts, identifier),
            undoes=wish.undoes,
            replaces=wish.replaces,
        )
        return await self._put_on_record(record, drafts, self.shop.rulebook.automatic(wish.changes))

    async def _put_on_record(
        self, record: Record, drafts: Sequence[Draft], automatic: Text | None
    ) -> Proposal:
        particulars = Particulars(tuple(draft.task for draft in drafts))
        bound = replace(record, digest=binding(record, particulars))
        line = Line("proposed", record.asked_by, join(step.explained for step in record.steps))
        return Proposal(await self.shop.ledger.begin(bound, particulars.encoded(), line), automatic)

    async def propose_anew(self, record: Record, particulars: Particulars) -> tuple[Proposal | None, Text]:
        """The same operations on the cluster as it is now; None, and why, where that makes no sense."""
        wish = Wish(
            [task.verb.change for task in particulars.tasks],
            asked_by=record.asked_by,
            words=record.words,
            language=record.language,
            undoes=record.undoes,
            replaces=record.id,
        )
        try:
            proposal = await self.propose(wish)
        except (Refused, Unusable, NotFound, Forbidden, Invalid, Conflict) as refusal:
            return None, Text("无法重新提出:", "It cannot be proposed anew: ") + refusal.text
        return proposal, Text(
            f"已重新提出为 {proposal.id},请核对新的差异再批准:\n{proposal.diff}",
            f"It is proposed anew as {proposal.id}; look at the new diff before you approve:\n{proposal.diff}",
        )


async def _drafts(drafter: Drafter, changes: Sequence[Change]) -> list[Draft]:
    drafts: list[Draft] = []
    for change in changes:
        try:
            drafts.append(await drafter.draft(change))
        except AlreadySo as already:
            already.step = len(drafts)
            raise
    return drafts
