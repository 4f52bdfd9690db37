"""The one loop: words are understood, reads answered, changes proposed; after approval, applied and verified.

Every face drives it the same way: `hear` a conversation; while the turn is pending, `approve` or `decline`;
print the answer.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from itertools import takewhile
from typing import TYPE_CHECKING

from kubesteer.core.clusters import Cluster
from kubesteer.core.drifts import Drifted
from kubesteer.core.errors import AlreadySo, KubesteerError, Unusable
from kubesteer.core.ledgers import Proposal
from kubesteer.core.operations import Change, Indirect, Read
from kubesteer.core.plans import Ask, Call, Conversation, Inventory, Observation, Plan, Planner, Say
from kubesteer.core.texts import Text
from kubesteer.engine.conditions import Conditions
from kubesteer.engine.observations import observed
from kubesteer.engine.progress import Narrator, silent
from kubesteer.engine.remedies import Remedies
from kubesteer.engine.turns import Outcome, Report, Turn, reports_of
from kubesteer.operations.registry import REGISTRY, operation

if TYPE_CHECKING:
    from kubesteer.engine.changes import Changes

LONGEST_TURN = 12
"""Planner steps; a model that still wants to look after that many has lost its way."""

_OUTCOME: dict[str, Outcome] = {
    "refused": "refused",
    "out-of-scope": "refused",
    "not-found": "failed",
    "unusable": "failed",
    "not-understood": "ask",
}


class Agent:
    """Understands one person on one cluster. Holds no conversation: the caller keeps that."""

    def __init__(
        self,
        *,
        cluster: Cluster,
        planner: Planner,
        changes: Callable[[], Changes],
        conditions: Conditions,
        remedies: Remedies,
        inventory: Callable[[str], Awaitable[Inventory]],
        asked_by: str,
        narrate: Narrator = silent,
        cost: Callable[[], Text | None] = lambda: None,
    ) -> None:
        self._cluster = cluster
        self._planner = planner
        self._changes_of = changes  # made, and its libraries imported, when a change is first proposed
        self._conditions = conditions
        self._remedies = remedies
        self._inventory = inventory
        self._asked_by = asked_by
        self._narrate = narrate
        self._cost = cost

    @property
    def _changes(self) -> Changes:
        return self._changes_of()

    async def hear(self, conversation: Conversation) -> Turn:
        """Understand the newest words and go as far as possible without an approval."""
        turn = Turn(conversation)
        try:
            inventory = await self._inventory(_said(conversation))
            for _ in range(LONGEST_TURN):
                step = await self._planner.next(turn.conversation, inventory)
                if not isinstance(step, Plan):
                    return _spoken(turn, step)
                turn = await self._follow(turn, step)
                if not step.more or turn.outcome != "done":
                    return turn
        except KubesteerError as trouble:
            return turn.failed(trouble)
        return turn.saying(_LOST).ended("failed")

    async def run(self, conversation: Conversation, calls: Sequence[Call]) -> Turn:
        """Do what a face was told by name instead of in words, with the same safety."""
        try:
            return await self._go_on(Turn(conversation, rest=tuple(calls)))
        except KubesteerError as trouble:
            return Turn(conversation).failed(trouble)

    async def approve(self, turn: Turn, *, by: str = "") -> Turn:
        """A person agreed to the pending proposal: apply it, verify it, and go on with the rest."""
        assert turn.proposal is not None
        try:
            identifier = turn.proposal.id
            await self._changes.approve(identifier, by=by or self._asked_by, digest=turn.proposal.digest)
            return await self._execute(turn, identifier)
        except Drifted as drifted:
            turn = turn.failed(drifted)
            if drifted.proposal is None:
                return turn
            return replace(_pending(turn, drifted.proposal), unasked=True)  # nobody has seen that diff yet
        except KubesteerError as trouble:
            return turn.failed(trouble)

    async def _execute(self, turn: Turn, identifier: str) -> Turn:
        record = await self._changes.execute(identifier, progress=self._narrate)
        turn = turn.saying(record.outcome).reporting(*reports_of(record))
        turn = replace(turn, outcome="done", proposal=None)
        if record.state == "done":
            return await self._go_on(turn)
        # No further change after one that failed; but what was to be looked at is worth knowing all the more.
        reads = tuple(call for call in turn.rest if call.condition is None and _is_read(call))
        return (await self._go_on(replace(turn, rest=reads))).ended("failed")

    async def decline(self, turn: Turn, *, by: str = "") -> Turn:
        """A person said no to the pending proposal."""
        assert turn.proposal is not None
        try:
            record = await self._changes.reject(turn.proposal.id, by=by or self._asked_by)
        except KubesteerError as trouble:
            return turn.failed(trouble)
        return turn.reporting(*reports_of(record)).saying(_DECLINED).ended("refused")

    async def _follow(self, turn: Turn, plan: Plan) -> Turn:
        if plan.note is not None:
            turn = turn.saying(plan.note)
        if not plan.more:
            if plan.understood is not None and any(map(_may_change, plan.calls)):
                self._narrate(_UNDERSTOOD + plan.understood)
            return await self._go_on(replace(turn, rest=plan.calls))
        for call in plan.calls:
            turn = await self._observe(turn, call)
        return turn

    async def _observe(self, turn: Turn, call: Call) -> Turn:
        """Run a read for a model to see: its trouble is an observation, not the end of the turn."""
        try:
            looked = await self._look(turn, call)
            content, failed = observed(looked.reports[-1].data, looked.said[-1]), False
            turn = turn.reporting(looked.reports[-1])
        except KubesteerError as trouble:
            content, failed = trouble.say("en"), True
        seen = (*turn.conversation.observations, Observation(call, content, failed))
        return replace(turn, conversation=replace(turn.conversation, observations=seen))

    async def _go_on(self, turn: Turn) -> Turn:
        """Run the calls that are left, up to the first that needs an approval or fails; what was said stays."""
        while turn.rest:
            call = turn.rest[0]
            try:
                turn = await self._step(turn, call)
            except KubesteerError as trouble:
                if not _is_evidence(call, turn.rest[1:]):
                    return turn.failed(trouble)
                # The condition looks for itself, and says what it could not see.
                turn = replace(turn.saying(trouble.text), rest=turn.rest[1:])
            if turn.outcome != "done":
                return turn
        return turn

    async def _step(self, turn: Turn, call: Call) -> Turn:
        if call.condition is not None:
            return await self._judge(turn, call)
        verb = operation(call.operation, call.arguments)
        if isinstance(verb, Read):
            return await self._look(replace(turn, rest=turn.rest[1:]), call)
        if isinstance(verb, Indirect):
            return await self._resolve(replace(turn, rest=turn.rest[1:]), verb)
        return await self._propose_next(turn)

    async def _look(self, turn: Turn, call: Call) -> Turn:
        verb = operation(call.operation, call.arguments)
        if not isinstance(verb, Read):
            raise Unusable("operation", _NOT_A_READ)
        self._narrate(Text(f"查看 {_about(call)}", f"looking: {_about(call)}"))
        answer = await verb.look(self._cluster)
        data = {**answer.data, "coverage": answer.coverage.to_json()}
        report = Report(call.operation, dict(call.arguments), "done", data=data)
        return turn.saying(answer.text).reporting(report)

    async def _resolve(self, turn: Turn, verb: Indirect) -> Turn:
        if verb.meaning == "undo":
            named = verb.arguments().get("operation")
            try:
                proposal = await self._changes.undo(
                    named, asked_by=self._asked_by, words=self._words(turn), language=turn.language
                )
            except AlreadySo as already:
                return turn.saying(already.text)
            return _pending(turn, proposal)
        remedy = await self._remedies.find(verb.arguments())
        turn = turn.saying(*remedy.said)
        if not remedy.calls:
            return turn.ended(remedy.outcome)
        return replace(turn, rest=(*remedy.calls, *turn.rest))

    async def _judge(self, turn: Turn, call: Call) -> Turn:
        """A condition is looked into first; its change goes on only where it holds."""
        verdict = await self._conditions.judge(call, self._narrate)
        turn = replace(turn.saying(verdict.text), rest=turn.rest[1:])
        if verdict.call is None:
            return turn if verdict.looked else turn.ended("failed")
        return await self._propose(replace(turn, unasked=verdict.unasked), [verdict.call])

    async def _propose_next(self, turn: Turn) -> Turn:
        """Propose the next run of changes as one plan."""
        wanted = list(takewhile(lambda call: call.condition is None and _is_change(call), turn.rest))
        return await self._propose(replace(turn, rest=turn.rest[len(wanted) :], unasked=False), wanted)

    def _words(self, turn: Turn) -> str:
        """What the ledger keeps: the person's own words, and what it has cost a model to understand them."""
        cost = self._cost()
        return turn.conversation.words if cost is None else f"{turn.conversation.words} [{cost.en}]"

    async def _propose(self, turn: Turn, calls: Sequence[Call]) -> Turn:
        """Propose what is not so already; where all of it is, nothing needs an approval and the turn goes on."""
        if not calls:
            return turn
        changes = [c for call in calls if isinstance(c := operation(call.operation, call.arguments), Change)]
        self._narrate(Text("核对权限并试运行", "checking permissions, and a dry run"))
        try:
            proposal = await self._changes.propose(
                changes, asked_by=self._asked_by, words=self._words(turn), language=turn.language
            )
        except AlreadySo as already:
            left = [call for index, call in enumerate(calls) if index != already.step]
            return await self._propose(turn.saying(already.text), left)
        turn = _pending(turn, proposal)
        if proposal.automatic is None or turn.unasked:
            return turn
        return await self.approve(turn.saying(proposal.automatic))


def _said(conversation: Conversation) -> str:
    """All that the person said, the newest last: any of it may name where to look."""
    return "\n".join(message.content for message in conversation.messages if message.role == "user")


def _pending(turn: Turn, proposal: Proposal) -> Turn:
    return replace(turn, outcome="pending", proposal=proposal).reporting(*reports_of(proposal.record))


def _is_evidence(call: Call, later: Sequence[Call]) -> bool:
    """Whether a call only looks at an object that a condition will be judged on."""
    judged = [each.arguments.get("name") for each in later if each.condition is not None]
    return not _may_change(call) and call.arguments.get("name") in judged


def _may_change(call: Call) -> bool:
    verb = REGISTRY.get(call.operation)
    return verb is not None and not issubclass(verb, Read)


def _is_change(call: Call) -> bool:
    return isinstance(operation(call.operation, call.arguments), Change)


def _is_read(call: Call) -> bool:
    return isinstance(operation(call.operation, call.arguments), Read)


def _spoken(turn: Turn, step: Ask | Say) -> Turn:
    turn = turn.saying(step.text)
    if isinstance(step, Ask):
        return replace(turn.ended("ask"), missing=step.missing, candidates=step.candidates)
    return turn.ended(_OUTCOME.get(step.reason, "done"))


def _about(call: Call) -> str:
    named = [str(call.arguments[key]) for key in ("kind", "namespace", "name") if call.arguments.get(key)]
    return " ".join([call.operation, *named])


_UNDERSTOOD = Text("理解为:", "understood as: ")
_DECLINED = Text("好的,没有做任何改动。", "All right, nothing was changed.")
_LOST = Text("步骤太多,仍没有结论。", "Too many steps, and still no conclusion.")
_NOT_A_READ = Text("这里只能查看。", "Only reads are possible here.")
