"""scale: how many replicas a workload has, as a number or relative to now."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from kubesteer.core.errors import AlreadySo, Unusable
from kubesteer.core.operations import Broken, Progress, Snapshot
from kubesteer.core.requests import Patch, Request
from kubesteer.core.texts import Text
from kubesteer.operations import consequences
from kubesteer.operations import workloads as w
from kubesteer.operations.alterations import CHANGED_BACK, Alteration, settled_as

MOST_REPLICAS = 150_000
"""Pods in a whole cluster: Kubernetes documentation, "Considerations for large clusters"."""


class Scale(Alteration):
    """Change the number of replicas."""

    name_ = "scale"
    summary = Text("调整副本数(绝对或相对)", "Set the number of replicas, absolutely or relative to now")
    kinds = ("Deployment", "StatefulSet", "ReplicaSet")
    examples = (
        Text("把 user-service 扩到 5 个副本", "scale user-service to 5 replicas"),
        Text("payment-api 加两个副本", "add 2 replicas to payment-api"),
    )
    replicas: Annotated[int, Field(ge=0, le=MOST_REPLICAS)] | None = Field(
        None, description="how many in the end"
    )
    change: Annotated[int, Field(ge=-MOST_REPLICAS, le=MOST_REPLICAS)] | None = Field(
        None, description="how many more (+2) or fewer (-1) than now, instead of replicas"
    )

    @model_validator(mode="after")
    def _one_of_them(self) -> Self:
        if self.replicas is None and self.change is None:
            raise Unusable("replicas", Text("要调整到几个副本?", "How many replicas should there be?"))
        if self.replicas is not None and self.change is not None:
            raise Unusable(
                "replicas",
                Text("replicas 和 change 只能给一个。", "Give either replicas or change, not both."),
            )
        return self

    def wanted(self, before: Snapshot) -> int:
        """Replicas in the end."""
        if self.replicas is not None:
            return self.replicas
        wanted = present(before) + (self.change or 0)
        if not 0 <= wanted <= MOST_REPLICAS:
            raise Unusable(
                "change",
                Text(
                    f"现在有 {present(before)} 个副本,不能变为 {wanted} 个。",
                    f"There are {present(before)} replicas now; there cannot be {wanted}.",
                ),
            )
        return wanted

    def requests(self, before: Snapshot) -> tuple[Request, ...]:
        """One strategic merge patch of spec.replicas."""
        wanted = self.wanted(before)
        if wanted == present(before):
            raise AlreadySo(
                "replicas",
                Text(f"{self.ref} 已经是 {wanted} 个副本。", f"{self.ref} has {wanted} replicas already."),
            )
        return (Patch(self.ref, {"spec": {"replicas": wanted}}),)

    def explain(self, before: Snapshot) -> Text:
        """From how many to how many, and who will fight it."""
        now, wanted = present(before), self.wanted(before)
        first = Text(
            f"把 {self.ref} 的副本数从 {now} 个调整为 {wanted} 个。",
            f"Scale {self.ref} from {now} to {wanted} replicas.",
        )
        return consequences.sentence(first, _owned(before), *consequences.of_scaling(before, wanted))

    def settled(self, before: Snapshot, now: Snapshot) -> Progress:
        """All replicas are ready, none is left over; an autoscaler's last word is told."""
        was, wanted = present(before), self.wanted(before)
        done = Text(
            f"已将 {self.ref} 的副本数从 {was} 个调整为 {wanted} 个",
            f"{self.ref} is scaled from {was} to {wanted} replicas",
        )
        if now.target is not None and present(now) != wanted:
            hpa = next(iter(now.of("HorizontalPodAutoscaler")), None)
            if hpa is None:
                return Broken(CHANGED_BACK)
            done += Text(
                f",随后 HPA {w.name_of(hpa)} 又调整为 {present(now)} 个",
                f", and the autoscaler {w.name_of(hpa)} has made it {present(now)} since",
            )
        return settled_as(before, now, done, template=False)


def present(before: Snapshot) -> int:
    """Replicas that are asked for now; the API's default is 1."""
    count = w.at(before.object, "spec", "replicas")
    return 1 if count is None else int(count)


def _owned(before: Snapshot) -> Text | None:
    owner = w.controller_of(before.object)
    if not owner:
        return None
    name = f"{owner.get('kind', '')} {owner.get('name', '')}"
    return Text(f"它由 {name} 控制,会被改回。", f"{name} controls it and will change it back.")
