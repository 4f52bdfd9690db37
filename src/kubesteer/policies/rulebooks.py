"""All policies together, as a policy file states them; every one has a default that needs no file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from kubesteer.core.errors import Refused
from kubesteer.core.operations import Change, Risk, Snapshot
from kubesteer.core.requests import Evict
from kubesteer.core.texts import Text
from kubesteer.policies.approvals import Approval
from kubesteer.policies.namespaces import Namespaces
from kubesteer.policies.regressions import Regression
from kubesteer.policies.replicas import Replicas
from kubesteer.policies.untouchables import Untouchables
from kubesteer.policies.verbs import Verbs
from kubesteer.policies.windows import Windows


@dataclass(frozen=True, slots=True)
class Rulebook:
    """What may happen. `place` names the file, for the remedy of a refusal."""

    namespaces: Namespaces = field(default_factory=Namespaces)
    operations: Verbs = field(default_factory=Verbs)
    kinds: Untouchables = field(default_factory=Untouchables)
    replicas: Replicas = field(default_factory=Replicas)
    windows: Windows = field(default_factory=Windows)
    approval: Approval = field(default_factory=Approval)
    regression: Regression = field(default_factory=Regression)
    place: str = ""

    def judge(self, change: Change, before: Snapshot, now: datetime) -> None:
        """Whether a change may be proposed at all.

        Raises:
            Refused: a policy forbids it; names the policy and the line to change.
        """
        requests = change.requests(before)
        # Pods that a drain evicts are not changed: they move.
        objects = {change.target(), *(request.ref for request in requests if not isinstance(request, Evict))}
        reasons = (
            self.namespaces.against(objects),
            self.operations.against(change),
            self.kinds.against(objects),
            self.replicas.against(requests, before),
            self.windows.against(objects, now),
        )
        for reason in reasons:
            if reason is not None:
                raise Refused(reason.text, self._remedy(reason.line))

    def check_approver(self, by: str, *, asked_by: str, risk: Risk, automatic: bool = False) -> None:
        """Whether this person may approve.

        Raises:
            Refused: not theirs to approve, or a second person is needed.
        """
        reason = None if automatic else self.approval.against(by, asked_by=asked_by, risk=risk)
        if reason is not None:
            raise Refused(reason.text, self._remedy(reason.line))

    def automatic(self, changes: Sequence[Change]) -> Text | None:
        """The policy by which all of these need no person, if there is one."""
        return self.operations.automatic(changes)

    @property
    def most_replicas(self) -> int:
        """The greatest number of replicas that may be asked for."""
        return self.replicas.most

    @property
    def undo_on_regression(self) -> bool:
        """Whether a change that does not become healthy is taken back by itself."""
        return self.regression.action == "undo"

    @property
    def validity(self) -> timedelta:
        """How long a proposal may be approved."""
        return timedelta(minutes=self.approval.valid_minutes)

    def _remedy(self, line: str) -> Text:
        where = self.place or "policy.yaml (KUBESTEER_POLICY)"
        return Text(f"策略文件 {where} 中的 `{line}` 决定这一点。", f"`{line}` in {where} decides this.")
