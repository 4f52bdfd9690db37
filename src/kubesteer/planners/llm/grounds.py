"""What a proposal can rest on: the person's own words, in this message and before, and nothing that was read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from kubesteer.core.plans import Ask, Call, Conversation, Inventory, Plan, Say
from kubesteer.planners.llm.clauses import affirmed, conditional, last_question, own, plain
from kubesteer.planners.llm.intents import Wish, offered_in, wishes_in
from kubesteer.planners.llm.mentions import mentions, namespaces_in
from kubesteer.planners.llm.questions import picked, question_of
from kubesteer.planners.rules.lexicon.phrases import OBJECT

REMEMBERED = 8
"""Messages of the person that a follow-up can lean on."""

_YES = re.compile(
    r"\W*(?:yes|yep|yeah|ok(?:ay)?|sure|do it|go ahead|go on|please do|confirm(?:ed)?|y|是的?|对的?|好的?|行|可以|嗯|确认|同意"
    r"|执行吧?|做吧|就这样|没错|来吧|去做吧?|继续)(?:[\s,,。.!!吧啊呀]|please|请|执行|做|就)*",
    re.IGNORECASE,
)
_TOKEN = re.compile(r"[a-z0-9](?:[-.a-z0-9]*[a-z0-9])?", re.IGNORECASE | re.ASCII)
_PRONOUN = re.compile(
    r"\b(?:it|its|them|that|this|those|these)\b|它|他|上面|这[个些]?|那[个些]?", re.IGNORECASE
)
_VETOES = frozenset({"greeting", "thanks", "help", "refused", "not-found", "cancelled"})


@dataclass(frozen=True)
class Grounds:
    """The evidence of one conversation. `understood` is what the rules make of the same words."""

    conversation: Conversation
    inventory: Inventory
    understood: Plan | Ask | Say

    @cached_property
    def spoken(self) -> tuple[str, ...]:
        """The person's messages, newest first."""
        said = [message.content for message in self.conversation.messages if message.role == "user"]
        return tuple(reversed(said[-REMEMBERED:]))

    @property
    def words(self) -> str:
        """The newest words."""
        return self.conversation.words

    @cached_property
    def agreed(self) -> str:
        """What the person said yes to: the question that the assistant's last message ends with, where the newest
        words are a plain yes. Whatever else stood in that message was told, not asked."""
        earlier = self.conversation.messages[:-1]
        if earlier and earlier[-1].role == "assistant" and _YES.fullmatch(plain(self.words).strip()):
            return last_question(question_of(earlier[-1].content))
        return ""

    @cached_property
    def picked(self) -> str:
        """The candidate of the assistant's last message that the newest words pick by its number."""
        earlier = self.conversation.messages[:-1]
        return picked(self.words, earlier[-1].content) if earlier and earlier[-1].role == "assistant" else ""

    @cached_property
    def asked(self) -> frozenset[str]:
        """The writes that the words ask for; those of the message before, where these only answer a question."""
        if self._vetoed:
            return frozenset()
        found = self.asked_now | self._planned
        return found if found or not self._answers else _united(self._earlier)

    @cached_property
    def asked_now(self) -> frozenset[str]:
        """The writes that the newest words ask for by themselves."""
        return _united(self._now)

    @cached_property
    def _now(self) -> tuple[Wish, ...]:
        return wishes_in(self.words, self._hide)

    @cached_property
    def _earlier(self) -> tuple[Wish, ...]:
        """What the question that the newest words answer was about."""
        agreed = (offered_in(self.agreed, self._hide),) if self.agreed else ()
        return (*agreed, *wishes_in(self.before, self._hide))

    @property
    def before(self) -> str:
        """The person's message before the newest."""
        return self.spoken[1] if len(self.spoken) > 1 else ""

    @property
    def conditional(self) -> bool:
        """Whether the words make it depend on something."""
        return conditional(self.words) or (self._answers and conditional(self.before))

    @property
    def pairs(self) -> frozenset[tuple[str, str]] | None:
        """Which write on which object the rules understand; None where they understand no write."""
        if not isinstance(self.understood, Plan) or not self._planned:
            return None
        return frozenset((c.operation, str(c.arguments.get("name") or "")) for c in self.understood.calls)

    def points_at(self, operation: str, name: str) -> bool:
        """Whether the wish stands in one clause with its object, by name or by a pronoun."""
        wishes = [*self._now, *(self._earlier if self._answers else ())]
        owners = {name, *(name.rsplit("-", cut)[0] for cut in (1, 2))}
        near = [wish.clause for wish in wishes if operation in wish.writes]
        return any(_PRONOUN.search(c.masked) or any(mentions(c.text, o) for o in owners) for c in near)

    def planned(self, call: Call) -> bool:
        """Whether the rules understand the very same call."""
        if not isinstance(self.understood, Plan):
            return False
        return any(_same(call, other) for other in self.understood.calls)

    def names(self, name: str) -> bool:
        """Whether the person named this object; by a follow-up, where the newest words name none."""
        if mentions(affirmed(self.words), name):
            return True
        if self._names_something(self.words):
            return False
        if mentions(self.agreed, name) or mentions(self.picked, name):
            return True
        earlier = next((said for said in self.spoken[1:] if self._names_something(said)), "")
        return mentions(affirmed(earlier), name) or name in self._handled

    def namespaces(self) -> frozenset[str]:
        """Namespaces that the newest words mention; of the nearest message that mentions any, where they do not."""
        for words in (self.words, self.picked, self.agreed, *self.spoken[1:]):
            found = namespaces_in(affirmed(words), self.inventory.namespaces)
            if found:
                return found
        return frozenset()

    @cached_property
    def _vetoed(self) -> bool:
        """The rules understood the words, and as something that changes nothing."""
        if isinstance(self.understood, Say):
            return self.understood.reason in _VETOES
        return isinstance(self.understood, Plan) and not self._planned

    @cached_property
    def _planned(self) -> frozenset[str]:
        if not isinstance(self.understood, Plan):
            return frozenset()
        return frozenset(call.operation for call in self.understood.calls) - READS

    @property
    def _answers(self) -> bool:
        """Whether the newest words answer a question rather than ask for something of their own."""
        before = self.conversation.messages[:-1]
        asked = (
            bool(before) and before[-1].role == "assistant" and last_question(question_of(before[-1].content))
        )
        return bool(asked) and len(plain(self.words).split()) <= 6

    @cached_property
    def _handled(self) -> frozenset[str]:
        """Objects of the assistant's last message, where we know what it was about."""
        for message in reversed(self.conversation.messages[:-1]):
            if message.role == "assistant" and message.calls:
                return frozenset(str(call.arguments.get("name", "")) for call in message.calls)
        return frozenset()

    def _names_something(self, words: str) -> bool:
        """Whether they name any object; a namespace alone says where, not what."""
        found = (self.inventory.by_name.get(token, ()) for token in _TOKEN.findall(plain(own(words))))
        return any(item.ref.kind != "Namespace" for items in found for item in items)

    def _hide(self, text: str) -> str:
        """The text with every existing name in it masked, as the lexicon of the rules expects it."""
        names = self.inventory.by_name

        def masked(match: re.Match[str]) -> str:
            return OBJECT * len(match[0]) if match[0] in names else match[0]

        return _TOKEN.sub(masked, text)


def _united(wishes: tuple[Wish, ...]) -> frozenset[str]:
    return frozenset().union(*(wish.writes for wish in wishes))


READS = frozenset(
    {
        "get_status", "get_logs", "list_resources", "get_events", "get_usage", "get_rollout", "get_manifest",
        "diagnose", "scan",
    }
)  # fmt: skip
"""Operations that change nothing (the contract's list)."""


def _same(call: Call, other: Call) -> bool:
    return (
        call.operation == other.operation
        and dict(call.arguments) == dict(other.arguments)
        and call.condition == other.condition
    )
