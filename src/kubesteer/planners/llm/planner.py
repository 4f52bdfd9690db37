"""The planner that asks a model: one step of a turn at a time, within bounds, with the rules to fall back on."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from kubesteer.core.errors import Misconfigured
from kubesteer.core.operations import Operation, Read
from kubesteer.core.plans import Ask, Conversation, Inventory, Message, Plan, Planner, Say
from kubesteer.core.texts import Text
from kubesteer.planners.llm.answers import Live, worded
from kubesteer.planners.llm.bounds import Bounds
from kubesteer.planners.llm.costs import Usage
from kubesteer.planners.llm.endings import bounded, taken_over, unasked
from kubesteer.planners.llm.gates import Unasked, gated
from kubesteer.planners.llm.grounds import Grounds
from kubesteer.planners.llm.observations import LARGEST, shown
from kubesteer.planners.llm.prompts import Exchange, Prompt, Reply, Stream
from kubesteer.planners.llm.questions import asking
from kubesteer.planners.llm.replies import Calls, Question, meaning
from kubesteer.planners.llm.tools import ASK_TOOL, Tool, tool_of, with_condition, within
from kubesteer.planners.llm.transcripts import Step, View, last_prompt, looking_prompt
from kubesteer.planners.llm.troubles import Trouble, Unanswered, nonsense

ATTEMPTS = 2
"""Requests for one step: the first, and one repair."""

SLOWEST_REQUEST = 60.0
"""Seconds that one request may take within the turn's bound."""

TOOLS = 2_500
"""Tokens that all tools together may take; with the instructions the first request stays below 3,000."""

CALLS = 300
"""Tokens that are set aside for a reply of calls."""

ANSWER = 700
"""Tokens that are set aside for the answer that ends a turn."""

REMEMBERED_TURNS = 16


@dataclass
class TurnState:
    """What one turn has taken so far. A turn is known by its conversation's messages."""

    messages: tuple[Message, ...]
    began: float = field(default_factory=time.monotonic)
    steps: list[Step] = field(default_factory=list)
    requests: int = 0
    spent: Usage = field(default_factory=Usage)
    understood: Plan | Ask | Say | None = None
    abandoned: bool = False  # the rules have taken over


class LlmPlanner:
    """Implements `core.plans.Planner`.

    `redact` masks secrets in JSON-like data and in text; it is applied to everything that came from the cluster or
    from a person before it is sent. `stream` receives pieces of text as they arrive; `narrate` a line about what
    goes on, such as that the model is asked once more.
    """

    def __init__(
        self,
        exchange: Exchange,
        operations: Mapping[str, type[Operation]],
        *,
        redact: Callable[[Any], Any],
        fallback: Planner,
        bounds: Bounds | None = None,
        name: str = "model",
        stream: Stream | None = None,
        narrate: Callable[[Text], None] | None = None,
    ) -> None:
        self.name = name
        self.usage = Usage()
        self._exchange = exchange
        self._operations = operations
        self._redact = redact
        self._fallback = fallback
        self._bounds = bounds or Bounds()
        self._stream = stream or _nowhere
        self._narrate = narrate or _nowhere
        self._turns: list[TurnState] = []

    @cached_property
    def _tools(self) -> dict[str, Tool]:
        """Every operation as a tool; made when a model is first asked, for schemas take a while."""
        return {name: tool_of(operation) for name, operation in self._operations.items()}

    @property
    def cost(self) -> Text:
        """What this planner has used so far, in one line, for `--verbose` and the ledger."""
        return self.usage.text(self.name)

    async def aclose(self) -> None:
        """End the connections."""
        await self._exchange.aclose()

    async def next(self, conversation: Conversation, inventory: Inventory) -> Plan | Ask | Say:
        """See `Planner.next`. Never raises for a model's failure: the rules take over, and say so."""
        turn = self._turn(conversation)
        if turn.understood is None:
            turn.understood = await self._fallback.next(replace(conversation, observations=()), inventory)
        if turn.abandoned:
            return turn.understood
        view = View(
            Grounds(conversation, inventory, turn.understood), shown(conversation.observations, self._redact)
        )
        trouble: Trouble | None = None
        for _ in range(ATTEMPTS):
            prompt = self._prompt(turn, view, trouble)
            if isinstance(prompt, Text):
                return bounded(view, prompt)
            outcome = await self._attempt(turn, prompt, view, repaired=trouble is not None)
            if not isinstance(outcome, Trouble):
                return outcome
            trouble = outcome
            if not trouble.again:
                break
            self._narrate(_ONCE_MORE + trouble.text)
            await asyncio.sleep(trouble.after)
        assert trouble is not None
        return self._fall_back(turn, view, trouble)

    def _turn(self, conversation: Conversation) -> TurnState:
        """The state of the turn that this conversation is in; a new one where it has just begun."""
        if conversation.observations:
            for turn in reversed(self._turns):
                if turn.messages is conversation.messages:
                    return turn
        turn = TurnState(conversation.messages)
        self._turns = [*self._turns[1 - REMEMBERED_TURNS :], turn]
        return turn

    def _prompt(self, turn: TurnState, view: View, trouble: Trouble | None) -> Prompt | Text:
        """What to send next: with tools while there is room for another look, else the last request without;
        or the bound that forbids any request."""
        seconds = time.monotonic() - turn.began
        reached = self._bounds.reached(turn.requests, turn.spent, seconds)
        if reached is not None:
            return reached
        left = self._bounds.tokens - turn.spent.tokens
        in_time = min(SLOWEST_REQUEST, self._bounds.seconds - seconds)
        looking = looking_prompt(
            turn.steps, view, self._offered(view.grounds), self._redact, trouble, in_time
        )
        tools = sum(tool.tokens for tool in looking.tools)
        another_look = 2 * looking.tokens - tools + LARGEST + CALLS + ANSWER
        if turn.requests + 1 < self._bounds.steps and another_look <= left:
            return looking
        if not view.seen and looking.tokens + CALLS <= left:
            return looking  # an answer without a single look would be worth nothing
        last = last_prompt(view, self._redact, trouble, in_time)
        return last if last.tokens + ANSWER <= left else self._bounds.tokens_reached

    def _offered(self, grounds: Grounds) -> tuple[Tool, ...]:
        """Reads always; of the writes those that the words ask for, for the gate lets no other through; as many
        as the first request has room for."""
        reads = [t for name, t in self._tools.items() if issubclass(self._operations[name], Read)]
        writes = [t for name, t in self._tools.items() if t not in reads and name in grounds.asked]
        if grounds.conditional:
            writes = [with_condition(tool) for tool in writes]
        return within((*reads, ASK_TOOL, *writes), TOOLS)

    async def _attempt(
        self, turn: TurnState, prompt: Prompt, view: View, *, repaired: bool
    ) -> Plan | Ask | Say | Trouble:
        self._narrate(_ASKING)
        live = Live(self._stream)
        try:
            reply = await self._exchange.ask(prompt, live.feed)
        except Unanswered as failed:
            sent = prompt.tokens if failed.trouble.charged else 0
            self._count(turn, Usage(1, sent, 0, 0.0, estimated=sent > 0))
            return failed.trouble
        except Misconfigured as failed:
            remedy = Text.same(" ") + failed.remedy if failed.remedy else Text("", "")
            return Trouble(failed.text + remedy, again=False)
        finally:
            live.end()
        self._count(turn, reply.usage)
        return self._judged(turn, prompt, reply, view, repaired=repaired)

    def _judged(
        self, turn: TurnState, prompt: Prompt, reply: Reply, view: View, *, repaired: bool
    ) -> Plan | Ask | Say | Trouble:
        conversation = view.grounds.conversation
        found = meaning(reply, self._operations, [o.call for o in conversation.observations])
        if isinstance(found, Trouble):
            return found
        if isinstance(found, str):
            asked = bool(view.grounds.asked_now)
            return Say(worded(found, conversation, view.grounds.inventory, view.seen, asked=asked))
        if isinstance(found, Question):
            return asking(found.missing, Text.same(found.text), found.candidates)
        if found.reads:
            return _looking(turn, prompt, reply, found)
        verdict = gated(found.writes, view.grounds)
        if not isinstance(verdict, Unasked):
            return verdict
        return (
            unasked(verdict, reply, view)
            if repaired or reply.text.strip()
            else Trouble(verdict.text, hint=verdict.hint)
        )

    def _count(self, turn: TurnState, usage: Usage) -> None:
        turn.requests += 1
        turn.spent += usage
        self.usage += usage

    def _fall_back(self, turn: TurnState, view: View, trouble: Trouble) -> Plan | Ask | Say:
        turn.abandoned = True
        note = Text("模型没能用上(", "The model could not be used (") + trouble.text + _RULES_INSTEAD
        assert turn.understood is not None
        turn.understood = taken_over(turn.understood, note, view)
        return turn.understood


def _looking(turn: TurnState, prompt: Prompt, reply: Reply, found: Calls) -> Plan | Trouble:
    if not prompt.tools:
        return nonsense(
            "模型该作答时还要查看", "the model looks on where it must answer", "Answer now, in words."
        )
    # A reply goes back unaltered only if every call of it was run.
    native = reply.native if len(found.wanted) == len(reply.calls) else None
    turn.steps.append((found.wanted, native))
    return Plan(found.reads, more=True)


def _nowhere(_said: object) -> None:
    """Nobody listens."""


_ASKING = Text("询问模型", "asking the model")
_ONCE_MORE = Text("再问模型一次:", "asking the model once more: ")
_RULES_INSTEAD = Text("),改由内置规则处理。", "); the built-in rules take over.")
