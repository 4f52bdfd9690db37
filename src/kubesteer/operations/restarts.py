"""restart: replace a workload's pods, one after the other; or one pod, by its controller."""

from __future__ import annotations

from kubesteer.core.errors import Unusable
from kubesteer.core.kinds import ROLLING
from kubesteer.core.operations import Broken, Change, NoWayBack, Progress, Settled, Snapshot, Waiting
from kubesteer.core.requests import Evict, Manifest, Request
from kubesteer.core.texts import Text
from kubesteer.operations import consequences
from kubesteer.operations import workloads as w
from kubesteer.operations.alterations import CHANGED_BACK, STEADY_SECONDS, Alteration, settled_as, way_back
from kubesteer.operations.templates import template_patch

RESTARTED_AT = "kubectl.kubernetes.io/restartedAt"
"""The annotation that `kubectl rollout restart` writes."""


class Restart(Alteration):
    """A rolling restart, as `kubectl rollout restart` does it. A single pod is evicted, so that its
    controller makes a new one and disruption budgets are heeded."""

    name_ = "restart"
    summary = Text(
        "滚动重启一个工作负载(或重建一个 Pod)", "Restart a workload's pods one after the other, or one pod"
    )
    kinds = (*ROLLING, "Pod")
    steady_seconds = STEADY_SECONDS
    examples = (
        Text("帮我重启一下生产环境的 user-service", "restart user-service in production"),
        Text("把 staging 的 payment-api 重启一下", "please bounce payment-api in staging"),
    )

    def requests(self, before: Snapshot) -> tuple[Request, ...]:
        """One strategic merge patch of the restartedAt annotation; for a pod, its eviction."""
        if self.kind == "Pod":
            _check_controlled(before.object)
            return (Evict(self.ref),)
        if self.kind == "Deployment" and w.at(before.object, "spec", "paused"):
            raise Unusable(
                "name",
                Text(
                    f"{self.ref} 的发布已暂停,重启不会生效。",
                    f"The rollout of {self.ref} is paused: no restart.",
                ),
                Text("请先恢复发布(resume_rollout)。", "Resume the rollout first (resume_rollout)."),
            )
        return (template_patch(self.ref, {"metadata": {"annotations": {RESTARTED_AT: before.at}}}),)

    def explain(self, before: Snapshot) -> Text:
        """How many pods restart, and whether that is an outage."""
        if self.kind == "Pod":
            return consequences.sentence(
                Text(
                    f"驱逐 {self.ref},由它的控制器重建(遵守 PDB)。",
                    f"Evict {self.ref}, heeding disruption budgets; its controller makes a new one.",
                )
            )
        return consequences.sentence(
            Text(f"滚动重启 {self.ref}。", f"Restart {self.ref}, pod by pod."),
            *consequences.of_restarting(before),
        )

    def settled(self, before: Snapshot, now: Snapshot) -> Progress:
        """Every pod is new, ready and staying so."""
        if self.kind != "Pod":
            if now.target is not None and _restarted_at(now.target) < before.at:
                return Broken(CHANGED_BACK)
            done = Text(f"{self.ref} 已滚动重启完成", f"{self.ref} is restarted")
            return settled_as(before, now, done, template=True)
        gone = now.target is None or w.uid_of(now.target) != w.uid_of(before.object)
        if not gone:
            return Waiting(Text("等待旧 Pod 退出", "waiting for the old pod to go"), 0, 1)
        return Settled(
            Text(f"{self.ref} 已被驱逐,控制器会重建。", f"{self.ref} is evicted; its controller replaces it.")
        )

    def undo(self, before: Snapshot, after: Manifest | None) -> Change | NoWayBack:
        """Return to the pod template of before; an evicted pod does not come back."""
        if self.kind == "Pod":
            return NoWayBack(Text("被驱逐的 Pod 无法还原。", "An evicted pod does not come back."))
        return way_back(self.ref, before, after)


def _restarted_at(workload: Manifest) -> str:
    return w.annotations_of(w.template_of(workload)).get(RESTARTED_AT, "")


def _check_controlled(pod: Manifest) -> None:
    owner = w.controller_of(pod)
    if not owner or owner.get("kind") == "Node":
        raise Unusable(
            "name",
            Text(
                f"Pod {w.name_of(pod)} 没有控制器,删除后不会重建,因此不能重启。",
                f"Nothing controls pod {w.name_of(pod)}: once gone it would not come back, so it cannot be restarted.",
            ),
            Text("确实要删除请用 delete。", "If it is to go, say delete."),
        )
