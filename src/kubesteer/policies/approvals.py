"""Who may approve, for how long a proposal may be approved, and which risks need a second person."""

from __future__ import annotations

from dataclasses import dataclass

from kubesteer.core.operations import Risk
from kubesteer.core.texts import Text
from kubesteer.policies.reasons import Reason


@dataclass(frozen=True, slots=True)
class Approval:
    """`approvers`: who may approve besides the asker, `*` for anyone. `two_persons`: risks at which the asker
    may not approve alone. `valid_minutes`: how long a proposal may be approved."""

    approvers: tuple[str, ...] = ()
    two_persons: tuple[Risk, ...] = ()
    valid_minutes: float = 60.0

    def against(self, by: str, *, asked_by: str, risk: Risk) -> Reason | None:
        """Why this person may not approve."""
        if by == asked_by and risk in self.two_persons:
            text = Text(
                f"风险为 {risk.value} 的变更需要另一个人批准。",
                f"A change of {risk.value} risk needs the approval of a second person.",
            )
            return Reason(text, f"approval.two_persons: {risk.value}")
        if by == asked_by or by in self.approvers or "*" in self.approvers:
            return None
        text = Text(
            f"这是 {asked_by} 提出的变更,{by} 无权批准。",
            f"{asked_by} asked for this change, and {by} may not approve it.",
        )
        return Reason(text, f"approval.approvers: {', '.join(self.approvers) or '[]'}")
