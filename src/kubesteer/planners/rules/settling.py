"""Stage 7, settle: drafts become calls, or the first thing that stands in the way becomes a question or a Say."""

from __future__ import annotations

from dataclasses import dataclass, replace

from kubesteer.core.plans import Ask, Call, Plan, Say
from kubesteer.core.refs import Ref
from kubesteer.planners.rules import wordings
from kubesteer.planners.rules.cues import WRITES
from kubesteer.planners.rules.drafts import KINDLESS, NAMELESS, Draft
from kubesteer.planners.rules.lexicon import smalltalk
from kubesteer.planners.rules.linking import masked_text
from kubesteer.planners.rules.names import Names
from kubesteer.planners.rules.requests import Message
from kubesteer.planners.rules.resolving import Absent, Found, Nameless, Several, Unfit, namespaced, resolved
from kubesteer.planners.rules.states import State

Step = Plan | Ask | Say


@dataclass(frozen=True, slots=True)
class Understood:
    """What one of the person's messages came to."""

    step: Step
    drafts: tuple[Draft, ...] = ()
    refs: tuple[Ref, ...] = ()
    firm: bool = True


def settled(
    found: tuple[Draft, ...], message: Message, state: State, names: Names, hint: str, *, firm: bool
) -> Understood:
    """Look every object up; the first thing missing is asked for."""
    low = message.linked.words.low
    writing = any(d.operation in WRITES for d in found)
    if smalltalk.OUT_OF_SCOPE.search(_with_unknown(message)) and not _explicit(message):
        return Understood(Say(wordings.OUT_OF_SCOPE, "out-of-scope"))
    if writing and smalltalk.INJECTION.search(low):
        return Understood(Say(wordings.BULK, "refused"))
    refs: list[Ref] = []
    steps: list[Call | Step] = []
    done: list[Draft] = []
    for draft in found:
        step, ref = _call(draft, names, (*refs[::-1], *state.focus), hint)
        steps.append(step)
        done.append(_known(draft, ref))
        refs += [ref] if ref is not None else []
    problem = next((s for s in steps if not isinstance(s, Call)), None)
    calls = tuple(_unique([s for s in steps if isinstance(s, Call)]))
    step_taken = problem if problem is not None else Plan(calls, wordings.understood(calls))
    return Understood(_explained(step_taken, message), tuple(done), tuple(refs), firm and problem is None)


def _known(draft: Draft, ref: Ref | None) -> Draft:
    if ref is None:
        return draft
    target = replace(draft.target, name=ref.name, kind=ref.kind, namespace=ref.namespace, ref=ref)
    return replace(draft, target=target)


def _with_unknown(message: Message) -> str:
    """The masked words with unknown words readable: port-forward is no name."""
    linked = message.linked
    return masked_text(linked.words.low, tuple(m for m in linked.mentions if m.sort != "unknown"))


def _explicit(message: Message) -> bool:
    """A verb of ours outside the words that are out of scope."""
    foreign = [m.span() for m in smalltalk.OUT_OF_SCOPE.finditer(_with_unknown(message))]
    asked = [r for r in message.requests if r.mood == "asked" and r.cue.weight >= 2]
    return any(
        all(r.cue.end <= s or e <= r.cue.start for s, e in foreign)
        and not any(r.clause.start <= s < r.clause.end for s, _ in foreign)
        for r in asked
    )


def _unique(calls: list[Call]) -> list[Call]:
    kept: list[Call] = []
    for call in calls:
        if call not in kept:
            kept.append(call)
    return kept


def _explained(step: Step, message: Message) -> Step:
    raw = message.linked.words.raw
    lines = [f"“{raw[r.cue.start : r.cue.end]}” → {r.operation} ({r.mood})" for r in message.requests]
    lines += [
        f"“{raw[m.start : m.end]}” → {m.sort} {m.namespace or m.text}"
        for m in message.linked.mentions
        if m.sure
    ]
    lines += [f"“{raw[p.start : p.end].strip()}” → if {p.means}" for p in message.provisos]
    return replace(step, explanation=tuple(lines))


def _call(draft: Draft, names: Names, known: tuple[Ref, ...], hint: str) -> tuple[Call | Step, Ref | None]:
    if draft.trouble is not None:
        return Say(draft.trouble, "unusable"), None
    if draft.operation == "undo":
        return Call("undo", dict(draft.arguments)), None
    if draft.operation in NAMELESS and not draft.target.name and draft.target.ref is None:
        return _nameless(draft, hint), None
    found = resolved(draft, names, known, hint)
    if isinstance(found, Found):
        return _found(draft, found), found.item.ref
    return _unresolved(draft, found), None


def _found(draft: Draft, found: Found) -> Call | Step:
    if draft.blocked:
        return wordings.asked(("condition",))
    if draft.missing:
        return wordings.asked(draft.missing, draft.operation, found.item.ref.name)
    ref = found.item.ref
    arguments: dict[str, object] = {} if draft.operation in KINDLESS else {"kind": ref.kind}
    if namespaced(ref.kind):
        arguments["namespace"] = ref.namespace
    arguments["name"] = ref.name
    return Call(draft.operation, {**arguments, **draft.arguments}, draft.condition)


def _unresolved(draft: Draft, found: Several | Absent | Unfit | Nameless) -> Step:
    if isinstance(found, Several):
        return wordings.which_namespace(draft.target.name, found.namespaces)
    if isinstance(found, Absent):
        return wordings.absent(found)
    if isinstance(found, Unfit):
        return wordings.unfit(found, draft.operation)
    return Ask(("name",), wordings.BULK) if draft.many else wordings.asked(("name",), draft.operation)


def _nameless(draft: Draft, hint: str) -> Call | Step:
    space = str(draft.arguments.get("namespace", ""))
    if space.startswith("?"):
        return wordings.absent(Absent(space[1:]))
    if draft.missing:
        return wordings.asked(draft.missing, draft.operation)
    arguments = dict(draft.arguments)
    if not namespaced(str(arguments.get("kind", ""))):
        arguments.pop("namespace", None)
    elif not space and hint:
        arguments["namespace"] = hint
    return Call(draft.operation, arguments)
