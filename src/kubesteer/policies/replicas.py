"""How many replicas there may be, and how far one change may go: a slip of the keyboard is one digit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from kubesteer.core.operations import Snapshot
from kubesteer.core.requests import Apply, Create, Patch, Request
from kubesteer.core.texts import Text
from kubesteer.policies.reasons import Reason


@dataclass(frozen=True, slots=True)
class Replicas:
    """`most`: in the end; `step`: added or removed at once, 0 for no limit."""

    most: int = 100
    step: int = 0

    def against(self, requests: Iterable[Request], before: Snapshot) -> Reason | None:
        """Why a number of replicas may not be asked for: `spec.replicas`, or an autoscaler's maximum."""
        for request in requests:
            if isinstance(request, Patch | Create | Apply) and isinstance(request.body, dict):
                reason = self._judge(request.body.get("spec"), before)
                if reason is not None:
                    return reason
        return None

    def _judge(self, spec: Any, before: Snapshot) -> Reason | None:
        wanted = _count(spec, "replicas")
        if wanted is None:
            wanted = _count(spec, "maxReplicas")
            return self._too_many(wanted) if wanted is not None else None
        now = _count((before.target or {}).get("spec"), "replicas")
        return self._too_many(wanted) or self._too_far(wanted, 1 if now is None else now)

    def _too_many(self, wanted: int) -> Reason | None:
        if wanted <= self.most:
            return None
        text = Text(
            f"{wanted} 个副本超过上限 {self.most} 个。",
            f"{wanted} replicas are more than the {self.most} allowed.",
        )
        return Reason(text, f"replicas.most: {self.most}")

    def _too_far(self, wanted: int, now: int) -> Reason | None:
        if not self.step or abs(wanted - now) <= self.step:
            return None
        text = Text(
            f"从 {now} 到 {wanted} 个副本,一次变动超过 {self.step} 个。",
            f"From {now} to {wanted} replicas is more than {self.step} at once.",
        )
        return Reason(text, f"replicas.step: {self.step}")


def _count(spec: Any, key: str) -> int | None:
    value = spec.get(key) if isinstance(spec, dict) else None
    return value if isinstance(value, int) else None
