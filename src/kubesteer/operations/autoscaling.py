"""set_autoscaling: a HorizontalPodAutoscaler for a workload, created or changed."""

from __future__ import annotations

from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from kubesteer.core.clusters import Cluster
from kubesteer.core.errors import AlreadySo, Unusable
from kubesteer.core.operations import Change, NoWayBack, Progress, Settled, Snapshot, Waiting
from kubesteer.core.refs import Ref
from kubesteer.core.requests import Create, Manifest, Patch, Request
from kubesteer.core.texts import Text
from kubesteer.operations import consequences
from kubesteer.operations import workloads as w
from kubesteer.operations.alterations import STOP, missing, way_back
from kubesteer.operations.named import Named
from kubesteer.operations.scaling import MOST_REPLICAS, present
from kubesteer.operations.surroundings import surveyed

DEFAULT_PERCENT = 80
"""Average CPU, as a percentage of the requests, that the API aims at where no metric is given."""

Replicas = Annotated[int, Field(ge=1, le=MOST_REPLICAS)]


class SetAutoscaling(Named, Change):
    """Let the number of replicas follow the CPU load."""

    name_ = "set_autoscaling"
    summary = Text("设置自动伸缩(HPA)", "Create or change a workload's horizontal autoscaler")
    kinds = ("Deployment", "StatefulSet", "ReplicaSet")
    examples = (
        Text(
            "给 user-service 配置自动伸缩,2 到 10 个副本,CPU 70%",
            "autoscale user-service between 2 and 10 replicas at 70% cpu",
        ),
    )
    min_replicas: Replicas | None = Field(None, description="fewest replicas")
    max_replicas: Replicas = Field(description="most replicas")
    cpu_percent: Annotated[int, Field(ge=1, le=1000)] | None = Field(
        None, description="average CPU to aim at, as a percentage of the requests"
    )

    @model_validator(mode="after")
    def _order(self) -> Self:
        if self.min_replicas is not None and self.min_replicas > self.max_replicas:
            raise _crossed(self.min_replicas, self.max_replicas)
        return self

    def target(self) -> Ref:
        """The workload."""
        return self.ref

    async def snapshot(self, cluster: Cluster) -> Snapshot:
        """The workload and the autoscalers that refer to it."""
        return await surveyed(cluster, self.ref)

    def requests(self, before: Snapshot) -> tuple[Request, ...]:
        """A patch of the autoscaler that is there, or a new one under the workload's name."""
        self._check_seen(before)
        existing = _existing(before)
        if existing is None:
            return (Create(self._hpa(before), self._body()),)
        if self.min_replicas is None and (w.at(existing, "spec", "minReplicas") or 1) > self.max_replicas:
            raise _crossed(w.at(existing, "spec", "minReplicas"), self.max_replicas)
        change = self._changes(existing)
        if not change:
            raise AlreadySo(
                "max_replicas", Text("自动伸缩已经是这样设置的。", "The autoscaler is set that way already.")
            )
        return (Patch(self._hpa(before), {"spec": change}),)

    def explain(self, before: Snapshot) -> Text:
        """The range, the goal, and what will not work."""
        existing = _existing(before)
        verb = Text("修改", "Change") if existing else Text("创建", "Create")
        low, percent = self._low(existing), self.cpu_percent or _percent(existing) or DEFAULT_PERCENT
        first = Text(
            f"{verb.zh} {self.ref} 的自动伸缩:{low}–{self.max_replicas} 个副本,CPU 目标 {percent}%。",
            f"{verb.en} the autoscaler of {self.ref}: {low} to {self.max_replicas} replicas at {percent}% CPU.",
        )
        return consequences.sentence(
            first, _no_requests(before), self._moves(before, low), consequences.gitops(existing or {})
        )

    def settled(self, before: Snapshot, now: Snapshot) -> Progress:
        """The autoscaler is there; where it cannot read the load, that is said."""
        lost = missing(before, now)
        if lost:
            return lost
        hpa = _existing(now)
        if hpa is None or w.at(hpa, "spec", "maxReplicas") != self.max_replicas:
            return Waiting(Text("等待自动伸缩器出现", "waiting for the autoscaler to appear"), 0, 1)
        done = Text(f"{self.ref} 的自动伸缩已设置", f"The autoscaler of {self.ref} is set") + STOP
        active = w.condition(hpa, "ScalingActive")
        if active.get("status") == "False":
            reason = active.get("reason", "")
            return Settled(
                done
                + Text(
                    f"注意:它还读不到负载({reason})。", f" Mind that it cannot read the load yet ({reason})."
                )
            )
        return Settled(done)

    def undo(self, before: Snapshot, after: Manifest | None) -> Change | NoWayBack:
        """Put the autoscaler's fields back, or delete the one that was created."""
        return way_back(self._hpa(before), Snapshot(_existing(before)), after)

    def _hpa(self, before: Snapshot) -> Ref:
        existing = _existing(before)
        return Ref("HorizontalPodAutoscaler", self.namespace, w.name_of(existing) if existing else self.name)

    def _low(self, existing: Manifest | None) -> int:
        return self.min_replicas or int(w.at(existing or {}, "spec", "minReplicas") or 1)

    def _body(self) -> Manifest:
        group = "apps/v1"
        return {
            "apiVersion": "autoscaling/v2",
            "kind": "HorizontalPodAutoscaler",
            "metadata": {"name": self.name, "namespace": self.namespace},
            "spec": {
                "scaleTargetRef": {"apiVersion": group, "kind": self.kind, "name": self.name},
                "minReplicas": self.min_replicas or 1,
                "maxReplicas": self.max_replicas,
                "metrics": [_cpu(self.cpu_percent or DEFAULT_PERCENT)],
            },
        }

    def _changes(self, existing: Manifest) -> dict[str, Any]:
        spec = w.table_at(existing, "spec")
        wanted: dict[str, Any] = {"maxReplicas": self.max_replicas}
        if self.min_replicas is not None:
            wanted["minReplicas"] = self.min_replicas
        if self.cpu_percent is not None:
            others = [metric for metric in w.items_at(spec, "metrics") if not _is_cpu(metric)]
            wanted["metrics"] = [_cpu(self.cpu_percent), *others]
            if _percent(existing) == self.cpu_percent:
                del wanted["metrics"]
        return {key: value for key, value in wanted.items() if spec.get(key) != value}

    def _check_seen(self, before: Snapshot) -> None:
        if "HorizontalPodAutoscaler" in before.not_looked_at:
            raise Unusable(
                "name",
                Text(
                    "无权查看现有的自动伸缩器,不能设置。",
                    "Present autoscalers may not be read, so none is set.",
                ),
            )

    def _moves(self, before: Snapshot, low: int) -> Text | None:
        now = present(before)
        if now == 0:
            return Text(
                "现在副本数为 0,自动伸缩要等它不为 0 才会生效。", "At 0 replicas an autoscaler does nothing."
            )
        if low <= now <= self.max_replicas:
            return None
        then = min(max(now, low), self.max_replicas)
        return Text(f"副本数会随即从 {now} 变为 {then}。", f"Replicas go from {now} to {then} at once.")


def _existing(snapshot: Snapshot) -> Manifest | None:
    return next(iter(snapshot.of("HorizontalPodAutoscaler")), None)


def _cpu(percent: int) -> Manifest:
    goal = {"type": "Utilization", "averageUtilization": percent}
    return {"type": "Resource", "resource": {"name": "cpu", "target": goal}}


def _is_cpu(metric: Manifest) -> bool:
    return metric.get("type") == "Resource" and w.at(metric, "resource", "name") == "cpu"


def _percent(hpa: Manifest | None) -> int | None:
    metrics = w.items_at(hpa or {}, "spec", "metrics")
    found = (
        w.at(metric, "resource", "target", "averageUtilization") for metric in metrics if _is_cpu(metric)
    )
    return next((int(value) for value in found if value), None)


def _no_requests(before: Snapshot) -> Text | None:
    lacking = [
        str(container.get("name", ""))
        for container in w.containers_of(before.object)
        if w.at(container, "resources", "requests", "cpu") is None
        and w.at(container, "resources", "limits", "cpu") is None
    ]
    if not lacking:
        return None
    listed = ", ".join(lacking)
    return Text(
        f"注意:容器 {listed} 没有 CPU 请求,自动伸缩无法计算利用率。",
        f"Mind that container {listed} requests no CPU: utilisation cannot be computed.",
    )


def _crossed(low: int, high: int) -> Unusable:
    return Unusable(
        "min_replicas",
        Text(
            f"最少副本数 {low} 大于最多副本数 {high}。",
            f"The fewest replicas, {low}, are more than the most, {high}.",
        ),
    )
