"""Stage 3, classify: which words ask for which operation, and which of overlapping wordings holds."""

from __future__ import annotations

from dataclasses import dataclass

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

    @property
    def writes(self) -> bool:
        """Whether it would change something."""
        return self.operation in WRITES or self.operation in ("PAUSE", "GO_ON", "CHANGE")


def cues(masked: str) -> tuple[Cue, ...]:
    """The wordings that hold in a masked message, in order; a wording within a longer one is dropped."""
    found = [
        Cue(wording.operation, *match.span(), match[0], weight)
        for weight, wordings in _TABLES
        for wording in wordings
        for match in wording.pattern.finditer(masked)
        if match[0].strip()
    ]
    found.sort(key=lambda c: (-(c.end - c.start), -c.weight, c.start))
    kept: list[Cue] = []
    for cue in found:
        if all(cue.end <= other.start or other.end <= cue.start for other in kept):
            kept.append(cue)
    return tuple(sorted(kept, key=lambda c: c.start))
