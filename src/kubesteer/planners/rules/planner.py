"""RulesPlanner: the stages in order, and the conversation folded message by message."""

from __future__ import annotations

import re
from dataclasses import replace

from kubesteer.core.plans import Ask, Conversation, Inventory, Plan, Say
from kubesteer.core.plans import Message as Said
from kubesteer.planners.rules import wordings
from kubesteer.planners.rules.bareness import bare, no_verb
from kubesteer.planners.rules.drafts import Draft
from kubesteer.planners.rules.intents import drafts
from kubesteer.planners.rules.lexicon import smalltalk
from kubesteer.planners.rules.lexicon.holds import WHAT_WOULD_COME
from kubesteer.planners.rules.names import Names
from kubesteer.planners.rules.parsing import mentioned, parsed
from kubesteer.planners.rules.replies import agreed, refines_logs, replied
from kubesteer.planners.rules.requests import Message, Request
from kubesteer.planners.rules.settling import Step, Understood, settled
from kubesteer.planners.rules.states import State, heard
from kubesteer.planners.rules.unspoken import unspoken, wondered, wondered_of
from kubesteer.planners.rules.withholding import withheld
from kubesteer.planners.rules.words import LONGEST, Words, mended, normalised


class RulesPlanner:
    """Understands by grammar alone: pure, offline, and asking rather than guessing."""

    def __init__(self) -> None:
        self._names: Names | None = None

    async def next(self, conversation: Conversation, inventory: Inventory) -> Step:
        """What the newest words ask for."""
        return self._understood(conversation, inventory).step

    def certain(self, conversation: Conversation, inventory: Inventory) -> bool:
        """Whether the words left nothing to a model: verbs, names and values were all found."""
        found = self._understood(conversation, inventory)
        if isinstance(found.step, Say):
            return found.step.reason in ("greeting", "thanks", "cancelled")
        return found.firm and isinstance(found.step, Plan)

    def _understood(self, conversation: Conversation, inventory: Inventory) -> Understood:
        names = self._indexed(inventory)
        state = State()
        for said in conversation.messages[:-1]:
            if said.role == "assistant":
                state = heard(state, said, names)
            else:
                state = _after(state, _hear(said.content, state, names, conversation.namespace))
        last = conversation.messages[-1] if conversation.messages else Said("user", "")
        return _hear(last.content, state, names, conversation.namespace)

    def _indexed(self, inventory: Inventory) -> Names:
        if self._names is None or self._names.inventory is not inventory:
            self._names = Names(inventory)
        return self._names


def _after(state: State, outcome: Understood) -> State:
    """The state once the person's message was understood."""
    waiting = isinstance(outcome.step, Ask)
    if isinstance(outcome.step, Say) and outcome.step.reason in ("cancelled", "greeting", "thanks"):
        return replace(state, open=False, asked=False, missing=())
    if not outcome.drafts:
        return replace(state, asked=False, focus=(*outcome.refs, *state.focus))
    refs = outcome.refs
    space = refs[-1].namespace if refs else str(outcome.drafts[-1].arguments.get("namespace", ""))
    return replace(
        state,
        drafts=outcome.drafts,
        missing=outcome.step.missing if isinstance(outcome.step, Ask) else (),
        open=waiting,
        asked=False,
        options=(),
        focus=(*reversed(refs), *(f for f in state.focus if f not in refs)),
        listed=refs if len(refs) > 1 else (() if refs else state.listed),
        namespace=space.lstrip("?"),
        started=True,
    )


def _hear(content: str, state: State, names: Names, hint: str) -> Understood:
    if len(content) > LONGEST:
        return Understood(Say(wordings.TOO_LONG, "unusable"))
    words = mended(normalised(content), names)
    if not words.low:
        return Understood(
            Say(wordings.EMPTY if not content.strip() else wordings.NOT_UNDERSTOOD, "not-understood")
        )
    message = parsed(words, names, state)
    outcome = _outcome(message, words, state, names, hint)
    return outcome if outcome.drafts else replace(outcome, refs=mentioned(message))


def _outcome(message: Message, words: Words, state: State, names: Names, hint: str) -> Understood:
    small = _small_talk(words, message, state) or withheld(message)
    if small is not None:
        return Understood(small)
    words, message, state, head = _assented(words, message, state, names)
    answered = _followed(message, state, names) if bare(message, state) else _repeated(message, state, names)
    head = head or (_answer_first(message, words, state, names) if answered is None else ())
    found = answered if answered is not None else _corrected(message, words, state, names, hint)
    if not found and answered is None and not head and not _refused(message):
        found = (
            replied(message, state, names)
            or unspoken(message)
            or wondered(message)
            or wondered_of(message, state)
        )
    found = (*head, *found)
    if not found:
        return Understood(_spoken_only(message))
    return settled(found, message, state, names, hint, firm=not bare(message))


def _refused(message: Message) -> bool:
    """「orbit-calc 别停」: what is refused is no answer and repeats nothing."""
    return any(r.cue.writes and r.mood == "negated" for r in message.requests)


def _followed(message: Message, state: State, names: Names) -> tuple[Draft, ...] | None:
    """Words without a verb: an answer to the question, or the last request on something else."""
    if not state.drafts:
        return None
    waits = state.asked or state.open
    low = message.linked.words.low
    again = smalltalk.AGAIN.search(low) is not None or smalltalk.CORRECTION.search(low) is not None
    short = len(low) <= 60
    troubled = any(r.operation == "TROUBLE" and r.mood == "asked" for r in message.requests)
    if not waits and message.requests and refines_logs(message, state):
        return replied(message, state, names)
    if troubled and not waits:
        return None
    if (waits or again or (short and not message.requests)) and short:
        return replied(message, state, names)
    return None


def _repeated(message: Message, state: State, names: Names) -> tuple[Draft, ...] | None:
    """An answer that says the pending verb again (「prod 和 uat 都扩」) is an answer all the same."""
    if not (state.asked or state.open) or not state.missing or not state.drafts:
        return None
    verbs = [r for r in message.requests if r.cue.weight >= 2 and not no_verb(r, message, state)]
    said = {r.operation for r in verbs if r.mood == "asked"}
    named = [m for m in message.linked.of("object", "unknown") if m.sure]
    if said - {state.drafts[-1].operation, "CHANGE"} or named or not said:
        return None
    return replied(message, state, names)


def _assented(
    words: Words, message: Message, state: State, names: Names
) -> tuple[Words, Message, State, tuple[Draft, ...]]:
    """「对,顺便看下日志」: what was offered, then the rest of the words; "yes, but 6": what was offered, changed."""
    yes = smalltalk.YES_HEAD.match(words.low)
    rest = words.low[yes.end() :].strip(" ,.!。吧") if yes else ""
    taken = agreed(state, names) if rest and state.asked and state.drafts else None
    if yes is None or not taken:
        return words, message, state, ()
    own = {r.operation for r in message.requests if r.cue.weight >= 2 and not r.objects}
    if yes["also"] is None or own & {taken[-1].operation, "CHANGE"}:
        return words, message, replace(state, drafts=taken), ()
    refs = tuple(d.target.ref for d in taken if d.target.ref)
    after = _after(state, Understood(Say(wordings.HELP), taken, refs))
    left = words.cut(yes.start("also"), len(words.low))
    return left, parsed(left, names, after), after, taken


def _answer_first(message: Message, words: Words, state: State, names: Names) -> tuple[Draft, ...]:
    """「production 的,再重启 grafana」: the answer to the question stands before a new request."""
    if not state.missing or len(message.clauses) < 2:
        return ()
    first = message.clauses[0]
    told = message.linked.of("place", "object", start=first.start, end=first.end)
    chosen = told or smalltalk.ORDINAL.search(message.masked, 0, first.end)
    others = [r for r in message.requests if r.objects]
    also = smalltalk.ALSO.match(message.masked[first.end :])
    others = others or [r for r in message.requests if also and r.cue.weight >= 2 and r.mood == "asked"]
    if not chosen or not others or any(r.clause == first for r in message.requests):
        return ()
    return replied(parsed(words.cut(first.start, first.end), names, state), state, names) or ()


def _corrected(message: Message, words: Words, state: State, names: Names, hint: str) -> tuple[Draft, ...]:
    """A correction within a message counts with its last version only."""
    marks = list(smalltalk.CORRECTION.finditer(message.masked))
    for mark in reversed(marks):
        head, tail = words.cut(0, mark.start()), words.cut(mark.end(), len(words.low))
        if not head.low.strip(" ,.;…!-") or not tail.low.strip(" ,.;…!?-"):
            continue
        first = parsed(head, names, state)
        before = drafts(first, state, names, hint)
        if not before:
            message = _placed_anew(message, first, parsed(tail, names, state), words, names, state)
            continue
        after = parsed(tail, names, state)
        later = (
            drafts(after, _after(state, Understood(Say(wordings.HELP), before)), names, hint)
            if not bare(after)
            else ()
        )
        if later:
            return tuple(_completed(d, before[-1]) for d in later)
        told = replied(after, replace(state, drafts=before, missing=(), options=()), names)
        return told or before
    return drafts(message, state, names, hint)


def _placed_anew(
    message: Message, first: Message, after: Message, words: Words, names: Names, state: State
) -> Message:
    """「x 在 pre,更正,在 test,重启」: of two places the corrected one holds."""
    wrong = first.linked.of("place")
    if not wrong or not after.linked.of("place") or first.requests or bare(after):
        return message
    for place in wrong:
        words = words.replaced(place.start, place.end, " " * (place.end - place.start))
    return parsed(words, names, state)


def _completed(draft: Draft, before: Draft) -> Draft:
    if draft.needs_name and not draft.target.name and draft.target.ref is None:
        return replace(draft, target=before.target)
    if draft.target.name == before.target.name and not draft.target.namespace and before.target.namespace:
        return replace(draft, target=before.target)
    return draft


def _cancels(low: str, message: Message, state: State) -> bool:
    """Whether the words end what waits, and ask for nothing else."""
    waits = state.asked or state.open
    end = smalltalk.CANCEL.match(low)
    if end is None or (low.startswith("撤") and not waits):
        return False
    if waits and re.search(r"\d|[一二两三四五六七八九十]个", low[end.end() :]):
        return False  # "on second thought, keep 2"
    return not any(
        r.mood == "asked" and r.cue.weight >= 2 and not (waits and _ends_it(r, state))
        for r in message.requests
    )


def _small_talk(words: Words, message: Message, state: State) -> Say | None:
    low = words.low
    waits = state.asked or state.open
    cancels = _cancels(low, message, state)
    if smalltalk.GREETING.match(low):
        return Say(wordings.GREETING, "greeting")
    if smalltalk.THANKS.match(low) and not (state.asked and smalltalk.YES.match(low)):
        return Say(wordings.THANKS, "thanks")
    if smalltalk.NO.match(low) or (cancels and len(low) < 60):
        return Say(wordings.CANCELLED, "cancelled") if waits or cancels else Say(wordings.HELP, "answer")
    if smalltalk.INDIFFERENT.match(low):
        return Say(wordings.HELP, "answer")
    if smalltalk.YES.match(low) and not state.asked and bare(message):
        return Say(wordings.HELP, "answer")
    return None


_STOPPING = frozenset({"suspend", "pause_rollout", "cordon"})  # 「停吧」 then means yes


def _ends_it(request: Request, state: State) -> bool:
    """ "Stop" and 「先不要执行」 after a question end what waits; they stop nothing that runs."""
    taken_back = request.operation == "undo" and request.cue.text.startswith("撤了")
    stopping = bool(state.drafts) and state.drafts[-1].operation in _STOPPING
    stops = request.operation in ("PAUSE", "pause_rollout", "suspend") and not stopping
    return (stops or taken_back) and not request.objects


def _spoken_only(message: Message) -> Say:
    """Why nothing is called."""
    seen = {r.mood for r in message.requests}
    if "advice" in seen or WHAT_WOULD_COME.search(message.masked):
        return Say(wordings.ADVICE, "answer")
    if "question" in seen:
        return Say(wordings.HELP, "help")
    if "future" in seen:
        return Say(wordings.LATER, "refused")
    if seen & {"reported", "past", "negated"}:
        return Say(wordings.REPORTED, "answer")
    return Say(wordings.NOT_UNDERSTOOD, "not-understood")
