"""Kinds that are never changed, whoever asks. None by default."""

from __future__ import annotations

from dataclasses import dataclass

from kubesteer.core.operations import Change
from kubesteer.core.texts import Text
from kubesteer.policies.reasons import Reason


@dataclass(frozen=True, slots=True)
class Untouchables:
    """`never`: kinds in CamelCase."""

    never: tuple[str, ...] = ()

    def against(self, change: Change) -> Reason | None:
        """Why a change may not happen, if its object is of such a kind."""
        kind = change.target().kind
        if kind not in self.never:
            return None
        text = Text(f"策略规定不改动任何 {kind}。", f"Policy says that no {kind} is ever changed.")
        return Reason(text, f"kinds.never: {kind}")
