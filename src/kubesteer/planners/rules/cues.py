"""Stage 3, classify: which words ask for which operation, and which of overlapping wordings holds."""

from __future__ import annotations

import re
from dataclasses import dataclass

from kubesteer.planners.rules.lexicon.by_kind import KIND_WORDINGS
from kubesteer.planners.rules.lexicon.questions import COMPLAINTS, LOOKS, READ_WORDINGS
from kubesteer.planners.rules.lexicon.verbs import GENERIC_WORDINGS, WRITE_WORDINGS, Wording

WRITES = frozenset(w.operation for w in WRITE_WORDINGS)
READS = frozenset(w.operation for w in READ_WORDINGS)

# Weights: whose word counts where two wordings overlap in the same length.
_TABLES: tuple[tuple[int, tuple[Wording, ...]], ...] = (
    (4, WRITE_WORDINGS),
    (3, READ_WORDINGS),
    (2, GENERIC_WORDINGS),
    (1, (COMPLAINTS,)),
    (0, (LOOKS,)),
)


@dataclass(frozen=True, slots=True)
class Cue:
    """One wording found: the operation (or PAUSE, GO_ON, CHANGE, TROUBLE, LOOK) and where it stands."""

    operation: str
    start: int
    end: int
    text: str
    weight: int
    length: int = 0  # characters matched, gaps left out

    @property
    def writes(self) -> bool:
        """Whether it would change something."""
        return self.operation in WRITES or self.operation in ("PAUSE", "GO_ON", "CHANGE")


_WHO = re.compile(r"who |谁|when (?:did|was|were)|哪个人|被谁")
_RESOURCES = re.compile(r"cpu|memory|内存|核|(?<![a-z])mem(?![a-z])|(?<![a-z])ram(?![a-z])|percent|%")


_COUNTED = re.compile(r"replicas?|pods?|instances?|copies|副本|实例")


_SETS_AUTOSCALER = re.compile(
    r"(?:set|put|add|create|configure|give|use|need|want|get)\b.*\b(?:hpa|autoscal\w+)\b"
)


def _of_resources(text: str) -> bool:
    """ "By 50% cpu" is about resources; "50% more replicas" is not; an autoscaler's bounds are no scale."""
    found = _RESOURCES.search(text)
    if _SETS_AUTOSCALER.match(text):
        return True
    return found is not None and not (found[0] in ("%", "percent") and _COUNTED.search(text))


_BOUND = re.compile(r"(?:to|at|on|with|up|down|between|min|max|cpu)\b")


def bounds(cue: Cue, other: Cue) -> bool:
    """ "Autoscale x, 2 to 6 pods, at 60% cpu": figures behind an autoscaling are its bounds, no verb of their own."""
    figures = cue.operation in ("scale", "get_usage", "set_autoscaling") and _BOUND.match(cue.text)
    return other.operation == "set_autoscaling" and cue.start > other.start and bool(figures)


def cues_of_kind(masked: str, kind: str) -> tuple[Cue, ...]:
    """The wordings that only the kind of the object makes clear."""
    return _kept(masked, ((4, KIND_WORDINGS.get(kind, ())),))


def _length(match: re.Match[str]) -> int:
    gaps = sum(_told(group) for group in match.groups() if group)
    return _told(match[0]) - gaps


def _told(text: str) -> int:
    """Characters that are words, not placeholders or spaces."""
    return sum(not (char.isspace() or "\ue000" <= char <= "\ue002") for char in text)


def cues(masked: str) -> tuple[Cue, ...]:
    """The wordings that hold in a masked message, in order; a wording within a longer one is dropped."""
    return _kept(masked, _TABLES)


def _kept(masked: str, tables: tuple[tuple[int, tuple[Wording, ...]], ...]) -> tuple[Cue, ...]:
    han = re.search("[\u4e00-\u9fff]", masked) is not None
    latin = re.search("[a-z+-]", masked) is not None
    found = [
        Cue(wording.operation, *match.span(), match[0], weight, _length(match))
        for weight, wordings in tables
        for wording in wordings
        for match in wording.found(masked, han=han, latin=latin)
        if match[0].strip() and not (wording.operation == "scale" and _of_resources(match[0]))
    ]
    found.sort(key=lambda c: (not _WHO.match(c.text), -c.length, -c.weight, c.start))
    kept: list[Cue] = []
    for cue in found:
        if all(cue.end <= other.start or other.end <= cue.start for other in kept):
            kept.append(cue)
    return tuple(sorted(kept, key=lambda c: c.start))
