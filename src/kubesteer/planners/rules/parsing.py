"""One message taken apart in the light of the conversation before it."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial

from kubesteer.core.refs import Ref
from kubesteer.planners.rules.linking import linked
from kubesteer.planners.rules.names import Names
from kubesteer.planners.rules.naming import named_words
from kubesteer.planners.rules.requests import Message, taken_apart
from kubesteer.planners.rules.states import State
from kubesteer.planners.rules.words import Words


def parsed(words: Words, names: Names, state: State) -> Message:
    """The message; a word that is both a name and a namespace is what the conversation makes likely."""
    spoken = state.focus[0].kind if state.focus else ""
    found = linked(words, names, frozenset(state.changes))
    for mention in found.of("object"):
        if not mention.sure and mention.text in _homes(words, state, names):
            place = replace(mention, sort="place", sure=True, namespace=mention.text, items=())
            found = found.turned(mention, place)
    return named_words(found, partial(taken_apart, spoken=spoken), names.namespaces)


_ALSO_IN = re.compile(
    r"(?:那么?|还有|换|再|看|and|what about|how about|now|then|same for|in|for|\s)*([a-z0-9-]+)\s*(?:里|那边|的|下|上|也|看|一下|呢|too|as well|[?。!.\s])*"
)


def _homes(words: Words, state: State, names: Names) -> set[str]:
    """Namespaces that a word most likely means, although an object is called so too: those that were asked for,
    or that the last list was of."""
    last = state.drafts[-1] if state.drafts else None
    if last is None:
        return set()
    if last.operation in ("list_resources", "scan") and (also := _ALSO_IN.fullmatch(words.low)):
        return {also[1]} & names.namespaces
    asked = state.missing == ("namespace",) and (state.asked or state.open)
    return {i.ref.namespace for i in names.of(last.target.name)} if asked else set()


def mentioned(message: Message) -> tuple[Ref, ...]:
    """Objects that words spoke of without asking for anything: a follow-up may mean them."""
    found = [{i.ref for i in m.items} for m in message.linked.of("object") if m.sure]
    return tuple(refs.pop() for refs in found if len(refs) == 1)
