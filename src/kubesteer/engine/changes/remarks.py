"""Kubernetes Events about a change, so that `kubectl describe` tells the story too. Best effort, and on record."""

from __future__ import annotations

from dataclasses import dataclass

from kubesteer.core.clusters import Actuator, Cluster
from kubesteer.core.errors import ClusterError
from kubesteer.core.ledgers import Ledger, Line, Record, Step
from kubesteer.core.requests import Manifest
from kubesteer.core.texts import Text
from kubesteer.policies.redactions import redacted_text


@dataclass(slots=True)
class Remarks:
    """Writes Events. Where the server refuses, that is noted and nothing else happens."""

    cluster: Cluster
    actuator: Actuator
    ledger: Ledger

    async def applied(self, written: Manifest | None, record: Record, step: Step) -> None:
        """A step's request was carried out on an object."""
        message = f"{step.operation} by {record.asked_by} ({record.id}): {step.explained.en}"
        await self._remark(record, written, "KubesteerApplied", message)

    async def ended(self, record: Record) -> None:
        """The change came to its end."""
        if not any(step.applied for step in record.steps):
            return
        about = record.steps[0].writes[0].about
        try:
            written = await self.cluster.read(about)
        except ClusterError:
            return  # gone, or not to be reached: there is nothing to remark on
        reason = {"done": "KubesteerDone", "undone": "KubesteerUndone"}.get(record.state, "KubesteerFailed")
        warning = record.state != "done"
        await self._remark(record, written, reason, f"{record.id}: {record.outcome.en}", warning=warning)

    async def _remark(
        self, record: Record, about: Manifest | None, reason: str, message: str, *, warning: bool = False
    ) -> None:
        if about is None or not about.get("kind"):
            return
        try:
            await self.actuator.remark(about, reason, redacted_text(message), warning=warning)
        except ClusterError as trouble:
            text = Text("没有写入 Kubernetes 事件:", "no Kubernetes Event was written: ") + trouble.text
        else:
            text = Text(f"已写入 Kubernetes 事件 {reason}", f"wrote the Kubernetes Event {reason}")
        await self.ledger.note(record.id, Line("remark", "kubesteer", text))
