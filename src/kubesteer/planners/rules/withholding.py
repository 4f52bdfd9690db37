"""What holds a whole message back, whatever verbs stand in it: help wanted, taken back, only wondered, for a while."""

from __future__ import annotations

from kubesteer.core.plans import Say
from kubesteer.planners.rules import wordings
from kubesteer.planners.rules.lexicon import holds
from kubesteer.planners.rules.requests import Message, Request


def withheld(message: Message) -> Say | None:
    """Why nothing of a message is done, or None where nothing holds it back."""
    if holds.HELP.fullmatch(message.linked.words.low):
        return Say(wordings.ABILITIES, "help")
    writes = [r for r in message.requests if r.cue.writes and r.mood not in ("reported", "past")]
    if writes and _taken_back(message, writes):
        return Say(wordings.CANCELLED, "cancelled")
    if any(_whole_namespace(r, message) for r in writes):
        return Say(wordings.NAMESPACE, "refused")
    if any(_wondered(r, message) for r in writes):
        return Say(wordings.ADVICE, "answer")
    if any(_for_a_while(r, message) for r in writes):
        return Say(wordings.FOR_A_WHILE, "refused")
    return None


def _whole_namespace(request: Request, message: Message) -> bool:
    """ "Delete namespace x": all that is in it goes, which is a vague many (README rule 22)."""
    if request.operation != "delete" or request.mood != "asked" or request.objects or not request.places:
        return False
    start, end = request.clause.start, request.clause.end
    return holds.A_NAMESPACE.search(message.masked, start, end) is not None


def _taken_back(message: Message, writes: list[Request]) -> bool:
    """ "Restart x. Actually, never mind.": the last words take everything before them back."""
    text, first = message.masked, min(r.cue.end for r in writes)
    stops = all(r.operation in _STOPS for r in writes)  # 「歇几天,先别跑」 says the same twice
    for pattern in (holds.TAKEN_BACK,) if stops else (holds.TAKEN_BACK, holds.TAKEN_BACK_APART):
        match = pattern.search(text, first)
        if match and not holds.OTHERWISE.search(text[: match.start() + 1].rstrip(" ,;。.…!-")):
            return not holds.SETTLES.search(text)
    return False


_STOPS = frozenset({"suspend", "pause_rollout", "PAUSE", "cordon"})


def _wondered(request: Request, message: Message) -> bool:
    """ "What happens if I delete x": the question stands in the verb's own sentence."""
    own = [c for c in message.clauses if c.sentence == request.clause.sentence]
    start, end = min(c.start for c in own), max(c.end for c in own) + 1
    found = holds.WHAT_WOULD_COME.search(message.masked, start, end)
    return found is not None and _beside(request, found.start(), message)


def _beside(request: Request, at: int, message: Message) -> bool:
    """Whether no other clause with a verb of its own asks: 「看看有没有影响,然后重启」 is another matter."""
    there = next((c for c in message.clauses if c.start <= at < c.end), None)
    if there is None or there == request.clause:
        return True
    return not any(r.clause == there and r.objects and r.cue.weight >= 2 for r in message.requests)


# "Paused for some days" is a pause now (README rule 24); a number of replicas for a while wants a change later.
_SPANNED = frozenset({"scale", "CHANGE", "set_resources", "set_autoscaling", "set_image", "set_env"})


def _for_a_while(request: Request, message: Message) -> bool:
    if request.operation not in _SPANNED or request.mood != "asked":
        return False
    text = message.masked
    if holds.BACK_LATER.search(text, request.cue.end):
        return True
    span = holds.FOR_A_WHILE.search(text, request.cue.end, request.end)
    if span is None:
        return False
    # "Scale it to 5, it has been slow for an hour" tells of the past.
    return span.start() < request.clause.whole[1] or not span[0].startswith("for")
