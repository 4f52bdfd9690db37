"""Stage 4, what is asked for: each verb with its own objects, places, condition and stretch of words."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from kubesteer.planners.rules.clauses import Clause, clauses
from kubesteer.planners.rules.conditions import Judged, Proviso, provisos
from kubesteer.planners.rules.cues import Cue, bounds, cues, cues_of_kind
from kubesteer.planners.rules.lexicon.moods import COMPARED, SPEAKERS
from kubesteer.planners.rules.lexicon.phrases import AMOUNT, IMAGE, NAMESPACE, OBJECT, UNKNOWN, worded
from kubesteer.planners.rules.linking import Linked, Mention
from kubesteer.planners.rules.moods import Mood, mood


@dataclass(frozen=True, slots=True)
class Request:
    """One verb that a message holds. `start` and `end` bound the words that may fill its arguments."""

    cue: Cue
    mood: Mood
    clause: Clause
    start: int
    end: int
    objects: tuple[Mention, ...] = ()
    places: tuple[Mention, ...] = ()
    condition: Judged | None = None

    @property
    def operation(self) -> str:
        """The operation, or the generic verb that the objects will decide."""
        return self.cue.operation


@dataclass(frozen=True, slots=True)
class Message:
    """A message taken apart."""

    linked: Linked
    clauses: tuple[Clause, ...]
    cues: tuple[Cue, ...]
    provisos: tuple[Proviso, ...]
    requests: tuple[Request, ...] = field(default=())

    @property
    def masked(self) -> str:
        """The words with placeholders."""
        return self.linked.masked


def taken_apart(linked: Linked, spoken: str = "") -> Message:
    """Every verb of a message with its mood, its own objects and its condition. `spoken`: the kind of the object
    that the conversation is about, where the message names none."""
    found = cues(worded(linked.masked))
    parts = clauses(linked.masked, found)
    found = _with_kinds(linked, parts, found, spoken)
    conditions = provisos(linked.masked, parts, found)
    message = Message(linked, parts, found, conditions)
    kept = _without_figures(_with_ellipses(message), message)
    return replace(message, requests=tuple(_conditioned(_stretched(kept, message), message)))


def _with_kinds(
    linked: Linked, parts: tuple[Clause, ...], found: tuple[Cue, ...], spoken: str
) -> tuple[Cue, ...]:
    """In clauses without a verb, what a node's or a CronJob's own wordings say."""
    more = []
    spoken = "" if any(m.sure for m in linked.of("object", "unknown")) else spoken
    for index, clause in enumerate(parts):
        if any(
            clause.start <= c.start < clause.end and c.weight >= 3 and c.operation != "list_resources"
            for c in found
        ):
            continue
        kind = _only_kind(linked, clause) or (_only_kind(linked, parts[index - 1]) if index else "") or spoken
        more += [
            replace(c, start=c.start + clause.start, end=c.end + clause.start)
            for c in cues_of_kind(worded(linked.masked[clause.start : clause.end]), kind)
        ]
    kept = [c for c in found if all(c.end <= m.start or m.end <= c.start for m in more)]
    return tuple(sorted([*kept, *more], key=lambda c: c.start))


def _only_kind(linked: Linked, clause: Clause) -> str:
    """The kind of a clause's objects, where it is a node's or a CronJob's and no other."""
    objects = [m for m in linked.of("object", start=clause.start, end=clause.end) if m.sure]
    kinds = {i.ref.kind for m in objects for i in m.items}
    return kinds.pop() if len(kinds) == 1 else ""


_ELLIPSIS = re.compile(
    rf"[{OBJECT}{UNKNOWN}{NAMESPACE}{AMOUNT}{IMAGE}\s\d\"“”'‘’一二两三四五六七八九十个台份的到成至为也要用]|还有|以及|副本"
    r"|\b(?:to|and|also|at|by|in|the|as well|too|replicas?|pods?|with)\b"
)


def _with_ellipses(message: Message) -> list[Request]:
    """Every clause's verbs; a clause of another object and its figures alone repeats the verb before it."""
    kept: list[Request] = []
    for clause in message.clauses:
        here = _of_clause(message, clause)
        if not here and kept:
            here = _repeated(kept[-1], clause, message)
        kept.extend(here)
    return kept


def _repeated(last: Request, clause: Clause, message: Message) -> list[Request]:
    words = message.masked[clause.start : clause.end]
    if not last.objects or last.mood != "asked" or last.cue.weight < 2 or _ELLIPSIS.sub("", words):
        return []
    objects = tuple(
        m for m in message.linked.of("object", "unknown", start=clause.start, end=clause.end) if m.sure
    )
    if not objects or {m.text for m in objects} & {m.text for m in last.objects}:
        return []
    places = message.linked.of("place", start=clause.start, end=clause.end)
    return [Request(last.cue, last.mood, clause, clause.start, clause.end, objects, places)]


FIGURE = re.compile(rf"%|percent|{AMOUNT}|\d|[一二三四五六七八九]成")


def _without_figures(requests: list[Request], message: Message) -> list[Request]:
    """「最多 9 个,cpu 65%」: a figure about CPU behind a change of limits is its argument, not a question."""
    kept: list[Request] = []
    for request in requests:
        continued = request.operation == "set_resources" and not request.objects
        if continued and any(
            r.operation == "set_resources" and r.mood == "asked" and r.objects for r in kept
        ):
            continue
        setting = any(
            r.operation in ("set_autoscaling", "set_resources", "scale") and r.mood == "asked" for r in kept
        )
        words = message.masked[request.clause.start : request.clause.end]
        if request.operation == "get_usage" and not request.objects and setting and FIGURE.search(words):
            continue
        scaled = any(
            r.operation == "set_autoscaling" and r.mood == "asked" and r.clause != request.clause
            for r in kept
        )
        if request.operation in ("scale", "CHANGE") and not request.objects and scaled:
            continue
        kept.append(request)
    return kept


def _speaker(message: Message, clause: Clause) -> bool:
    """Whether a clause is what somebody else said: 「张三: 重启 chat」."""
    before = message.masked[: clause.start].rstrip()
    head = re.split(r"[,;。!?\n]", before[:-1])[-1].strip() if before.endswith(":") else ""
    found = SPEAKERS.match(head) if head else None
    return found is not None and found.end() == len(head)


def _unconditional(message: Message) -> str:
    """The masked words with conditions blanked: their words say nothing about a verb's mood."""
    text = message.masked
    for proviso in message.provisos:
        text = text[: proviso.start] + " " * (proviso.end - proviso.start) + text[proviso.end :]
    return text


def _of_clause(message: Message, clause: Clause) -> list[Request]:
    text = worded(_unconditional(message)[clause.start : clause.end])
    inner = [c for c in message.cues if clause.start <= c.start < clause.end]
    inner = [c for c in inner if not any(p.start <= c.start < p.end for p in message.provisos)]
    objects = message.linked.of("object", "unknown", start=clause.start, end=clause.end)
    objects = tuple(
        m
        for m in objects
        if m.sure and not any(p.start <= m.start < p.end for p in message.provisos if len(objects) > 1)
    )
    places = message.linked.of("place", start=clause.start, end=clause.end)
    spoken_by = _speaker(message, clause)
    compared = COMPARED.search(message.masked, *clause.whole) is not None
    requests = [
        Request(
            c,
            "question"
            if compared
            else "reported"
            if spoken_by and c.writes
            else mood(text, c, clause.start, asked=clause.asks),
            clause,
            clause.start,
            clause.end,
            objects,
            places,
        )
        for c in inner
    ]
    return _paired(_of_one_mood(requests))


def _of_one_mood(requests: list[Request]) -> list[Request]:
    """Words for one write in one clause are meant alike: "scaled x to 0" is past as a whole."""
    moods = {r.operation: r.mood for r in reversed(requests) if r.cue.writes and r.mood != "asked"}
    return [replace(r, mood=moods.get(r.operation, r.mood)) for r in requests]


def _paired(requests: list[Request]) -> list[Request]:
    """Within one clause, as many objects as explicit verbs, taking turns: each verb keeps its own."""
    strong = [r for r in requests if r.cue.weight >= 3]
    objects = strong[0].objects if strong else ()
    if len(strong) < 2 or len(objects) != len(strong):
        return requests
    order = sorted([*((r.cue.start, "v") for r in strong), *((m.start, "o") for m in objects)])
    letters = "".join(letter for _, letter in order)
    if letters not in ("vo" * len(strong), "ov" * len(strong)):
        return requests
    own = {id(r): (m,) for r, m in zip(strong, objects, strict=True)}
    bounds = [m.start for m in objects] if letters[0] == "o" else [r.cue.start for r in strong]
    ends = [*bounds[1:], strong[-1].clause.end]
    spans = {id(r): (b, e) for r, b, e in zip(strong, bounds, ends, strict=True)}
    return [
        replace(r, objects=own[id(r)], start=spans[id(r)][0], end=spans[id(r)][1]) if id(r) in own else r
        for r in requests
    ]


def _stretched(requests: list[Request], message: Message) -> list[Request]:
    """A verb's words reach over following clauses that have no verb of their own."""
    out = []
    for request in requests:
        end = request.end
        if end == request.clause.end:
            for clause in message.clauses[message.clauses.index(request.clause) + 1 :]:
                inner = [
                    r
                    for r in requests
                    if r.clause == clause
                    and r is not request
                    and (r.cue.weight >= 2 or r.mood != "asked")
                    and (r.objects or not bounds(r.cue, request.cue))
                ]
                if inner or any(p.start == clause.start for p in message.provisos):
                    break
                end = clause.end
        out.append(replace(request, end=end))
    return out


def _conditioned(requests: list[Request], message: Message) -> list[Request]:
    return [replace(r, condition=_condition(r, requests, message)) for r in requests]


def _condition(request: Request, requests: list[Request], message: Message) -> Judged | None:
    """The proviso that holds for a verb: one before it in its sentence, or one right behind it."""
    provisos = [p for p in message.provisos if not _only_ends(p, request, message)]
    own = [p for p in provisos if p.sentence == request.clause.sentence]
    before = [p for p in own if p.end <= request.cue.start and p.leads]
    if before:
        return before[-1].means
    for proviso in provisos:
        later = [
            r
            for r in requests
            if r.clause.sentence == proviso.sentence and r.cue.start >= proviso.end and r.cue.writes
        ]
        trailing = proviso.start >= request.cue.end and proviso.sentence in (
            request.clause.sentence,
            request.clause.sentence + 1,
        )
        if (
            trailing
            and (not later or not proviso.leads or proviso.start < request.clause.end)
            and _nearest(request, proviso, requests)
        ):
            return proviso.means
    return None


def _only_ends(proviso: Proviso, request: Request, message: Message) -> bool:
    """ "Hold it until I say so" holds it now (README rule 24)."""
    stops = request.operation in ("suspend", "pause_rollout", "PAUSE", "cordon")
    return stops and bool(re.match(r"\s*(?:until|till|直到)", message.masked[proviso.start : proviso.end]))


def _nearest(request: Request, proviso: Proviso, requests: list[Request]) -> bool:
    between = [
        r for r in requests if r.cue.writes and request.cue.end <= r.cue.start and r.cue.end <= proviso.start
    ]
    return not between or request.clause.sentence == proviso.sentence
