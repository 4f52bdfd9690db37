"""Autoscalers, disruption budgets, quotas and limits."""

# ruff: noqa: RUF012 (msgspec copies empty defaults for every object)
from __future__ import annotations

from typing import ClassVar

from kubesteer.analyzers.resources.shapes import Condition, Object, Selector, Shape


class ScaleTarget(Shape, frozen=True, gc=False):
    """spec.scaleTargetRef."""

    kind: str = ""
    name: str = ""
    api_version: str = ""


class MetricTarget(Shape, frozen=True, gc=False):
    """target of a metric: a percentage of requests where `type` is Utilization."""

    type: str = ""
    average_utilization: int | None = None


class ResourceMetric(Shape, frozen=True, gc=False):
    """metrics[].resource."""

    name: str = ""
    target: MetricTarget = MetricTarget()


class CurrentMetricValue(Shape, frozen=True, gc=False):
    """status.currentMetrics[].resource.current."""

    average_utilization: int | None = None


class CurrentResource(Shape, frozen=True, gc=False):
    """status.currentMetrics[].resource."""

    name: str = ""
    current: CurrentMetricValue = CurrentMetricValue()


class Metric(Shape, frozen=True, gc=False):
    """spec.metrics[]."""

    type: str = ""
    resource: ResourceMetric | None = None


class CurrentMetric(Shape, frozen=True, gc=False):
    """status.currentMetrics[]."""

    type: str = ""
    resource: CurrentResource | None = None


class AutoscalerSpec(Shape, frozen=True, gc=False):
    """spec of an autoscaler."""

    scale_target_ref: ScaleTarget = ScaleTarget()
    min_replicas: int = 1
    max_replicas: int = 0
    metrics: list[Metric] = []


class AutoscalerStatus(Shape, frozen=True, gc=False):
    """status of an autoscaler."""

    current_replicas: int = 0
    desired_replicas: int = 0
    current_metrics: list[CurrentMetric] = []
    conditions: list[Condition] = []


class HorizontalPodAutoscaler(Object, frozen=True, gc=False):
    """autoscaling/v2 HorizontalPodAutoscaler."""

    kind: ClassVar[str] = "HorizontalPodAutoscaler"

    spec: AutoscalerSpec = AutoscalerSpec()
    status: AutoscalerStatus = AutoscalerStatus()

    def condition(self, type_: str) -> Condition | None:
        """One condition by its type."""
        return next((c for c in self.status.conditions if c.type == type_), None)


class BudgetSpec(Shape, frozen=True, gc=False):
    """spec of a disruption budget; numbers or percentages."""

    min_available: int | str | None = None
    max_unavailable: int | str | None = None
    selector: Selector | None = None


class BudgetStatus(Shape, frozen=True, gc=False):
    """status of a disruption budget."""

    disruptions_allowed: int = 0
    current_healthy: int = 0
    desired_healthy: int = 0
    expected_pods: int = 0
    observed_generation: int = 0
    conditions: list[Condition] = []


class PodDisruptionBudget(Object, frozen=True, gc=False):
    """policy/v1 PodDisruptionBudget."""

    kind: ClassVar[str] = "PodDisruptionBudget"

    spec: BudgetSpec = BudgetSpec()
    status: BudgetStatus = BudgetStatus()


class QuotaStatus(Shape, frozen=True, gc=False):
    """status of a quota: quantities by resource name."""

    hard: dict[str, str | int | float] = {}
    used: dict[str, str | int | float] = {}


class ResourceQuota(Object, frozen=True, gc=False):
    """v1 ResourceQuota."""

    kind: ClassVar[str] = "ResourceQuota"

    status: QuotaStatus = QuotaStatus()


class Limit(Shape, frozen=True, gc=False):
    """spec.limits[] of a LimitRange."""

    type: str = ""
    max: dict[str, str | int | float] = {}
    min: dict[str, str | int | float] = {}


class LimitRangeSpec(Shape, frozen=True, gc=False):
    """spec of a LimitRange."""

    limits: list[Limit] = []


class LimitRange(Object, frozen=True, gc=False):
    """v1 LimitRange."""

    kind: ClassVar[str] = "LimitRange"

    spec: LimitRangeSpec = LimitRangeSpec()
