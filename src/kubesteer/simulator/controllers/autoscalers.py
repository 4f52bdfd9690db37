"""HorizontalPodAutoscalers: the size of a workload after its usage.

Source: pkg/controller/podautoscaler/horizontal.go of the 1.34 release.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from kubesteer.simulator.controllers.access import PODS, Access, own_key
from kubesteer.simulator.controllers.recommendations import (
    Measure,
    NoMetrics,
    Reading,
    bounded,
    growth_limit,
    read_metric,
)
from kubesteer.simulator.objects import (
    Obj,
    dig,
    items,
    labels_of,
    name_of,
    namespace_of,
    number,
    section,
    text,
    uid_of,
    with_condition,
)
from kubesteer.simulator.registry import StoreKey
from kubesteer.simulator.selectors import matches
from kubesteer.simulator.store import Change, ObjectKey

AUTOSCALERS: StoreKey = ("autoscaling", "horizontalpodautoscalers")
TARGETS: dict[str, StoreKey] = {
    "Deployment": ("apps", "deployments"),
    "StatefulSet": ("apps", "statefulsets"),
    "ReplicaSet": ("apps", "replicasets"),
}
PERIOD_SECONDS = 15.0
STABILIZATION_SECONDS = 300
METRICS_GROUP = "metrics.k8s.io"


@dataclass(slots=True)
class Round:
    """One look at one autoscaler: what is found on the way."""

    autoscaler: Obj
    conditions: list[Obj]
    now: str
    current: int = 0
    desired: int = 0
    metrics: tuple[Obj, ...] = ()
    scaled: bool = False

    def tell(self, kind: str, status: str, reason: str, message: str) -> None:
        """Set a condition."""
        entry = {"type": kind, "status": status, "reason": reason, "message": message}
        self.conditions = with_condition(self.conditions, entry, self.now)


class Autoscalers:
    """The controller."""

    def __init__(self, access: Access, measure: Measure) -> None:
        self.access = access
        self.measure = measure
        self._recommended: dict[str, list[tuple[datetime, int]]] = {}
        """By UID: what was recommended when."""
        self._rounds: dict[str, datetime] = {}

    def concerns(self, change: Change) -> Iterable[ObjectKey]:
        """Autoscalers themselves (their status aside), and those of a workload that comes."""
        if change.key == AUTOSCALERS:
            before = change.before or {}
            if change.entry.obj.get("spec") != before.get("spec"):
                yield from own_key(change, AUTOSCALERS)
        elif change.key in TARGETS.values() and change.type != "MODIFIED":
            for found in self.access.store.list(AUTOSCALERS, namespace_of(change.entry.obj)):
                if text(found, "spec", "scaleTargetRef", "name") == name_of(change.entry.obj):
                    yield namespace_of(found), name_of(found)

    def reconcile(self, key: ObjectKey) -> float | None:
        """One round."""
        autoscaler = self.access.store.get(AUTOSCALERS, *key)
        if autoscaler is None:
            return None
        conditions = items(autoscaler, "status", "conditions")
        look = Round(autoscaler, conditions, self.access.clock.stamp())
        target = self._target(look)
        if target is not None:
            self._judge(look, target)
        self._write(look, target)
        return PERIOD_SECONDS

    def _target(self, look: Round) -> Obj | None:
        wanted = section(look.autoscaler, "spec", "scaleTargetRef")
        kind, name = str(wanted.get("kind")), str(wanted.get("name"))
        key = TARGETS.get(kind)
        found = self.access.store.get(key, namespace_of(look.autoscaler), name) if key else None
        if found is not None:
            succeeded = "the HPA controller was able to get the target's current scale"
            look.tell("AbleToScale", "True", "SucceededGetScale", succeeded)
            return found
        resource = f"{key[1]}.{key[0]}" if key else f"{kind.lower()}s"
        why = f'{resource} "{name}" not found' if key else f"no matches for kind {kind!r}".replace("'", '"')
        message = f"the HPA controller was unable to get the target's current scale: {why}"
        look.tell("AbleToScale", "False", "FailedGetScale", message)
        self.access.warning(look.autoscaler, "FailedGetScale", why)
        return None

    def _judge(self, look: Round, target: Obj) -> None:
        spec = section(look.autoscaler, "spec")
        low, high = number(spec, "minReplicas", default=1), number(spec, "maxReplicas", default=1)
        look.current = look.desired = number(target, "spec", "replicas", default=1)
        if look.current == 0 and low != 0:
            message = "scaling is disabled since the replica count of the target is zero"
            look.tell("ScalingActive", "False", "ScalingDisabled", message)
            return
        reason = ""
        if look.current > high:
            look.desired, reason = high, "Current number of replicas above Spec.MaxReplicas"
        elif look.current < low:
            look.desired, reason = low, "Current number of replicas below Spec.MinReplicas"
        else:
            reason = self._recommend(look, target, low, high)
        if look.desired != look.current:
            self._scale(look, target, reason)

    def _recommend(self, look: Round, target: Obj, low: int, high: int) -> str:
        """Set what is desired by the metrics; the reason for a change."""
        readings = self._readings(look, target)
        if readings is None:
            return ""
        highest = max(readings, key=lambda reading: reading.replicas)
        look.tell(
            "ScalingActive", "True", "ValidMetricFound",
            f"the HPA was able to successfully calculate a replica count from {highest.name}",
        )  # fmt: skip
        wanted = self._stabilized(look, highest.replicas)
        growth = section(look.autoscaler, "spec", "behavior", "scaleUp")
        disabled = growth.get("selectPolicy") == "Disabled"
        most = growth_limit(items(growth, "policies"), look.current, disabled=disabled)
        held = bounded(wanted, look.current, low, high, most)
        look.tell("ScalingLimited", held.status, held.reason, held.message)
        look.desired = held.replicas
        grows = held.replicas > look.current
        return f"{highest.name} above target" if grows else "All metrics below target"

    def _readings(self, look: Round, target: Obj) -> list[Reading] | None:
        """What the metrics say; None (having told it) where one cannot be had and none asks for more."""
        selector = section(target, "spec").get("selector")
        pods = [
            pod
            for pod in self.access.store.list(PODS, namespace_of(target))
            if matches(selector, labels_of(pod))
        ]
        readings, failures = [], []
        for metric in items(look.autoscaler, "spec", "metrics"):
            try:
                readings.append(self._read(metric, pods, look.current))
            except NoMetrics as failure:
                failures.append((metric, str(failure)))
        look.metrics = tuple(reading.status for reading in readings)
        grows = any(reading.replicas > look.current for reading in readings)
        if failures and not grows:
            self._fail(look, failures, len(readings) + len(failures))
            return None
        return readings or None

    def _read(self, metric: Obj, pods: list[Obj], current: int) -> Reading:
        resource = text(metric, "resource", "name")
        if not any(one.group == METRICS_GROUP for one in self.access.cluster.registry):
            raise NoMetrics(
                f"failed to get {resource} utilization: unable to get metrics for resource {resource}: unable "
                "to fetch metrics from resource metrics API: the server could not find the requested resource "
                "(get pods.metrics.k8s.io)"
            )
        return read_metric(metric, pods, current, self.measure)

    def _fail(self, look: Round, failures: list[tuple[Obj, str]], total: int) -> None:
        metric, why = failures[0]
        resource = metric.get("type") == "Resource"
        reason = "FailedGetResourceMetric" if resource else "InvalidMetricSourceType"
        message = f"the HPA was unable to compute the replica count: {why}"
        look.tell("ScalingActive", "False", reason, message)
        self.access.warning(look.autoscaler, reason, why)
        told = f"invalid metrics ({len(failures)} invalid out of {total}), first error is: failed to get "
        told += f"{text(metric, 'resource', 'name')} resource metric value: {why}"
        self.access.warning(look.autoscaler, "FailedComputeMetricsReplicas", told)

    def _stabilized(self, look: Round, wanted: int) -> int:
        """The highest recommendation of the window: sizes do not flap."""
        clock = self.access.clock
        told = dig(look.autoscaler, "spec", "behavior", "scaleDown", "stabilizationWindowSeconds")
        window = told if isinstance(told, int) else STABILIZATION_SECONDS
        kept = self._recommended.setdefault(uid_of(look.autoscaler), [(clock.now(), look.current)])
        kept[:] = [one for one in kept if clock.elapsed(one[0]) < window]
        kept.append((clock.now(), wanted))
        highest = max(replicas for _, replicas in kept)
        disabled = dig(look.autoscaler, "spec", "behavior", "scaleDown", "selectPolicy") == "Disabled"
        if wanted < look.current and (disabled or highest > wanted):
            message = "recent recommendations were higher than current one, applying the highest recent recommendation"
            look.tell("AbleToScale", "True", "ScaleDownStabilized", message)
            return look.current if disabled else min(highest, look.current)
        message = "recommended size matches current size"
        look.tell("AbleToScale", "True", "ReadyForNewScale", message)
        return wanted

    def _scale(self, look: Round, target: Obj, reason: str) -> None:
        def change(stored: Obj) -> Obj:
            stored["spec"]["replicas"] = look.desired
            return stored

        self.access.update(TARGETS[target["kind"]], target, change)
        look.scaled = True
        message = f"the HPA controller was able to update the target scale to {look.desired}"
        look.tell("AbleToScale", "True", "SucceededRescale", message)
        self.access.normal(
            look.autoscaler, "SuccessfulRescale", f"New size: {look.desired}; reason: {reason}"
        )

    def _write(self, look: Round, target: Obj | None) -> None:
        before = section(look.autoscaler, "status")
        status: Obj = {
            "observedGeneration": number(look.autoscaler, "metadata", "generation"),
            "currentReplicas": number(target, "spec", "replicas")
            if target and not look.scaled
            else look.current,
            "desiredReplicas": look.desired,
            "conditions": look.conditions,
        }
        for key in ("observedGeneration", "currentReplicas"):
            if not status[key]:
                del status[key]
        last = look.now if look.scaled else before.get("lastScaleTime")
        if last:
            status["lastScaleTime"] = last
        if look.metrics:
            status["currentMetrics"] = list(look.metrics)
        self.access.set_status(AUTOSCALERS, look.autoscaler, status)
