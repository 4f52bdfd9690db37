"""pause_rollout and resume_rollout: hold a Deployment's new revisions back, or let them go on."""

from __future__ import annotations

from kubesteer.core.errors import AlreadySo
from kubesteer.core.operations import Progress, Risk, Settled, Snapshot
from kubesteer.core.requests import Patch, Request
from kubesteer.core.texts import Text
from kubesteer.operations import consequences
from kubesteer.operations import workloads as w
from kubesteer.operations.alterations import STOP, Alteration, missing, settled_as


class PauseRollout(Alteration):
    """Hold new revisions back."""

    name_ = "pause_rollout"
    summary = Text("暂停发布", "Pause the rollout of a Deployment")
    kinds = ("Deployment",)
    examples = (Text("暂停 user-service 的发布", "pause the rollout of user-service"),)
    risk = Risk.LOW
    steady_seconds = 0.0

    def requests(self, before: Snapshot) -> tuple[Request, ...]:
        """One strategic merge patch of spec.paused."""
        if w.at(before.object, "spec", "paused"):
            raise AlreadySo(
                "name", Text(f"{self.ref} 的发布已经暂停。", f"The rollout of {self.ref} is paused already.")
            )
        return (Patch(self.ref, {"spec": {"paused": True}}),)

    def explain(self, before: Snapshot) -> Text:
        """That nothing restarts, but later changes wait."""
        first = Text(
            f"暂停 {self.ref} 的发布:现有 Pod 继续运行,模板的改动在恢复前不会生效。",
            f"Pause the rollout of {self.ref}: its pods keep running, changes of the template wait until it resumes.",
        )
        return consequences.sentence(first, *consequences.of_patching(before))

    def settled(self, before: Snapshot, now: Snapshot) -> Progress:
        """At once."""
        return missing(before, now) or Settled(
            Text(f"{self.ref} 的发布已暂停", f"The rollout of {self.ref} is paused") + STOP
        )


class ResumeRollout(Alteration):
    """Let a paused rollout go on."""

    name_ = "resume_rollout"
    summary = Text("恢复发布", "Resume the paused rollout of a Deployment")
    kinds = ("Deployment",)
    examples = (Text("恢复 user-service 的发布", "resume the rollout of user-service"),)

    def requests(self, before: Snapshot) -> tuple[Request, ...]:
        """One strategic merge patch that removes spec.paused."""
        if not w.at(before.object, "spec", "paused"):
            raise AlreadySo(
                "name", Text(f"{self.ref} 的发布没有暂停。", f"The rollout of {self.ref} is not paused.")
            )
        return (Patch(self.ref, {"spec": {"paused": None}}),)

    def explain(self, before: Snapshot) -> Text:
        """That what has waited takes effect now."""
        first = Text(
            f"恢复 {self.ref} 的发布:暂停期间的改动会开始生效。",
            f"Resume the rollout of {self.ref}: what was changed while it was paused takes effect.",
        )
        return consequences.sentence(first, *consequences.of_patching(before))

    def settled(self, before: Snapshot, now: Snapshot) -> Progress:
        """What has waited has rolled out."""
        done = Text(f"{self.ref} 的发布已恢复并完成", f"The rollout of {self.ref} has resumed and is done")
        return settled_as(before, now, done, template=True)
