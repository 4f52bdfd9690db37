"""How many replicas an autoscaler asks for; pure.

Source: pkg/controller/podautoscaler/{horizontal,replica_calculator}.go of the 1.34 release and
https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#algorithm-details
"""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal

from kubesteer.simulator.controllers.pods import is_active, is_ready
from kubesteer.simulator.objects import Obj, dig, items, name_of, section, text
from kubesteer.simulator.quantities import amount, cpu_text, memory_text

TOLERANCE = 0.1
"""A usage this near to the target changes nothing."""
Measure = Callable[[Obj, str], tuple[Decimal, Decimal] | None]


class NoMetrics(Exception):
    """A metric that cannot be had; the text is the controller's."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What one metric says: the replicas it asks for, its current value, and what it is called."""

    replicas: int
    status: Obj
    name: str
    above: bool


def read_metric(metric: Obj, pods: list[Obj], current: int, measure: Measure) -> Reading:
    """Judge one `Resource` metric. Raises NoMetrics."""
    resource = text(metric, "resource", "name")
    target = section(metric, "resource", "target")
    if metric.get("type") != "Resource" or resource not in ("cpu", "memory"):
        raise NoMetrics(f"unable to get {metric.get('type')} metric: no such metrics API is served")
    try:
        return _read_resource(resource, target, pods, current, measure)
    except NoMetrics as error:
        raise NoMetrics(f"failed to get {resource} {_kind(target)}: {error}") from None


def _kind(target: Obj) -> str:
    return "utilization" if target.get("type") == "Utilization" else "usage"


def _read_resource(resource: str, target: Obj, pods: list[Obj], current: int, measure: Measure) -> Reading:
    live = [pod for pod in pods if is_active(pod)]
    used = {name_of(pod): usage for pod in live if (usage := _usage(pod, resource, measure)) is not None}
    ready = [pod for pod in live if is_ready(pod) and name_of(pod) in used]
    if not used:
        raise NoMetrics(
            f"unable to get metrics for resource {resource}: no metrics returned from resource metrics API"
        )
    if target.get("type") == "Utilization":
        return _by_utilization(resource, target, live, ready, used, current)
    return _by_value(resource, target, live, ready, used, current)


def _usage(pod: Obj, resource: str, measure: Measure) -> Decimal | None:
    index = 0 if resource == "cpu" else 1
    found = [measure(pod, container["name"]) for container in items(pod, "spec", "containers")]
    return sum((one[index] for one in found if one), Decimal(0)) if all(found) else None


def _request(pod: Obj, resource: str) -> Decimal:
    total = Decimal(0)
    for container in items(pod, "spec", "containers"):
        asked = dig(container, "resources", "requests", resource)
        if asked is None:
            raise NoMetrics(
                f"missing request for {resource} in container {container['name']} of Pod {name_of(pod)}"
            )
        total += amount(asked)
    return total


def _by_utilization(
    resource: str, target: Obj, live: list[Obj], ready: list[Obj], used: dict[str, Decimal], current: int
) -> Reading:
    requests = {name_of(pod): _request(pod, resource) for pod in live}
    asked = sum((requests[name_of(pod)] for pod in ready), Decimal(0))
    total = sum((used[name_of(pod)] for pod in ready), Decimal(0))
    percent = int(total * 100 / asked) if asked else 0
    wanted = int(target.get("averageUtilization") or 80)
    average = total / len(ready) if ready else Decimal(0)
    status = {"averageUtilization": percent, "averageValue": _written(resource, average)}
    replicas = _replicas(percent / wanted, live, ready, current)
    return Reading(
        replicas, _metric_status(resource, status), f"{resource} resource utilization (percentage of request)",
        percent > wanted,
    )  # fmt: skip


def _by_value(
    resource: str, target: Obj, live: list[Obj], ready: list[Obj], used: dict[str, Decimal], current: int
) -> Reading:
    total = sum((used[name_of(pod)] for pod in ready), Decimal(0))
    average = total / len(ready) if ready else Decimal(0)
    wanted = amount(target.get("averageValue") or 0) or Decimal(1)
    status = {"averageValue": _written(resource, average)}
    replicas = _replicas(float(average / wanted), live, ready, current)
    return Reading(replicas, _metric_status(resource, status), f"{resource} resource", average > wanted)


def _replicas(ratio: float, live: list[Obj], ready: list[Obj], current: int) -> int:
    """Pods that are not ready yet count as idle when growing, so that a start-up is not answered twice."""
    if abs(ratio - 1) <= TOLERANCE or not ready:
        return current
    unready = len(live) - len(ready)
    if ratio > 1 and unready:
        diluted = ratio * len(ready) / len(live)
        return current if diluted <= 1 + TOLERANCE else math.ceil(round(diluted * len(live), 6))
    return math.ceil(round(ratio * len(ready), 6))


def _written(resource: str, value: Decimal) -> str:
    return cpu_text(value) if resource == "cpu" else memory_text(value)


def _metric_status(resource: str, current: Obj) -> Obj:
    return {"type": "Resource", "resource": {"name": resource, "current": current}}


@dataclass(frozen=True, slots=True)
class Bounded:
    """A recommendation within the limits, and the condition that tells which limit held it."""

    replicas: int
    status: str
    reason: str
    message: str


def bounded(wanted: int, current: int, low: int, high: int, most: int) -> Bounded:
    """Hold a recommendation to the bounds; `most` is what the scale-up policies allow at once."""
    if wanted > current and wanted > most and most < high:
        message = "the desired replica count is increasing faster than the maximum scale rate"
        return Bounded(most, "True", "ScaleUpLimit", message)
    if wanted > high:
        message = "the desired replica count is more than the maximum replica count"
        return Bounded(high, "True", "TooManyReplicas", message)
    if wanted < low:
        message = "the desired replica count is less than the minimum replica count"
        return Bounded(low, "True", "TooFewReplicas", message)
    return Bounded(wanted, "False", "DesiredWithinRange", "the desired count is within the acceptable range")


def growth_limit(policies: Iterable[Obj], current: int, *, disabled: bool) -> int:
    """Replicas that may be reached in one period: the largest that a policy allows."""
    if disabled:
        return current
    reach = [
        current + int(one.get("value") or 0)
        if one.get("type") == "Pods"
        else math.ceil(current * (1 + int(one.get("value") or 0) / 100))
        for one in policies
    ]
    return max(reach, default=max(2 * current, current + 4))
