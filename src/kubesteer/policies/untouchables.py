"""Kinds that are never changed, whoever asks. None by default."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from kubesteer.core.refs import Ref
from kubesteer.core.texts import Text
from kubesteer.policies.reasons import Reason


@dataclass(frozen=True, slots=True)
class Untouchables:
    """`never`: kinds in CamelCase."""

    never: tuple[str, ...] = ()

    def against(self, objects: Iterable[Ref]) -> Reason | None:
        """Why objects may not be changed, if one is of such a kind."""
        kind = next((ref.kind for ref in objects if ref.kind in self.never), None)
        if kind is None:
            return None
        text = Text(f"策略规定不改动任何 {kind}。", f"Policy says that no {kind} is ever changed.")
        return Reason(text, f"kinds.never: {kind}")
