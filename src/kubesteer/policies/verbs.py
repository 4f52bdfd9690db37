"""Operations that nobody may ask for, and those that need no person's approval. None by default."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kubesteer.core.operations import Change
from kubesteer.core.texts import Text
from kubesteer.policies.reasons import Reason


@dataclass(frozen=True, slots=True)
class Verbs:
    """Public names of operations."""

    forbidden: tuple[str, ...] = ()
    automatic_: tuple[str, ...] = ()

    def against(self, change: Change) -> Reason | None:
        """Why an operation may not happen, if it is forbidden."""
        if change.name_ not in self.forbidden:
            return None
        text = Text(f"策略禁止操作 {change.name_}。", f"Policy forbids the operation {change.name_}.")
        return Reason(text, f"operations.forbidden: {change.name_}")

    def automatic(self, changes: Sequence[Change]) -> Text | None:
        """By which line all of these are approved without a person, if they are."""
        names = {change.name_ for change in changes}
        if not names or not names <= set(self.automatic_):
            return None
        listed = ", ".join(sorted(names))
        return Text(
            f"由策略 operations.automatic({listed})批准", f"approved by operations.automatic ({listed})"
        )
