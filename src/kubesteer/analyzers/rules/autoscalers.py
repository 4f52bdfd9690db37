"""Autoscalers that cannot scale.

Conditions: autoscaling/v2 (ScalingActive, AbleToScale, ScalingLimited) and the horizontal controller's reasons
(FailedGetResourceMetric, FailedGetScale, InvalidSelector, TooManyReplicas).
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from kubesteer.analyzers import patience
from kubesteer.analyzers.durations import span
from kubesteer.analyzers.matches import Match, Remedy, Rule
from kubesteer.analyzers.near import near_hint
from kubesteer.analyzers.remedies import HEADROOM, mebibytes, only_person, suggest
from kubesteer.analyzers.resources.pods import PodSpec
from kubesteer.analyzers.resources.scaling import HorizontalPodAutoscaler
from kubesteer.analyzers.resources.shapes import moment
from kubesteer.analyzers.rules.quotes import field_quote
from kubesteer.analyzers.world import World
from kubesteer.core.kinds import ROLLING
from kubesteer.core.refs import Ref
from kubesteer.core.texts import Text

METRICS_API = Ref("APIService", "", "v1beta1.metrics.k8s.io")
SCALED = ("Deployment", "StatefulSet", "ReplicaSet")


def target_of(scaler: HorizontalPodAutoscaler) -> Ref:
    """What an autoscaler scales."""
    named = scaler.spec.scale_target_ref
    return Ref(named.kind, scaler.namespace, named.name)


def _find_target(world: World) -> Iterator[Match]:
    for scaler in world.of(HorizontalPodAutoscaler):
        target = target_of(scaler)
        if target.kind not in SCALED or world.exists(target) or not world.saw(target.kind):
            continue
        if world.now - moment(scaler.metadata.creation_timestamp) > patience.CONTROLLER:
            yield Match(
                object=scaler.ref,
                culprit=target,
                values={"target": str(target)},
                evidence=(
                    field_quote("spec.scaleTargetRef", f"{target.kind}/{target.name}"),
                    *near_hint(world, target),
                ),
            )


def unrequested(spec: PodSpec, resource: str) -> str:
    """The first container that requests nothing of a resource; "" where all do."""
    return next(
        (c.name for c in spec.containers if resource not in {**c.resources.limits, **c.resources.requests}),
        "",
    )


def _find_requests(world: World) -> Iterator[Match]:
    for scaler in world.of(HorizontalPodAutoscaler):
        template = world.template_of(target_of(scaler))
        for metric in scaler.spec.metrics if template else ():
            resource = metric.resource
            if template is None or resource is None or resource.target.type not in ("Utilization", ""):
                continue
            pods = world.pods_of(target_of(scaler))
            container = unrequested(pods[0].spec if pods else template.spec, resource.name)
            if container:
                yield Match(
                    object=scaler.ref,
                    subject=target_of(scaler),
                    container=container,
                    values={"target": str(target_of(scaler)), "resource": resource.name},
                    evidence=(
                        field_quote(
                            f"{target_of(scaler)}: {container}: resources.requests.{resource.name}", "-"
                        ),
                    ),
                )


def _requests_remedy(world: World, match: Match) -> Remedy:
    """A request a little above what the container uses now, where that is known."""
    resource = str(match.values["resource"])
    seen = [use for pod in world.pods_of(match.subject or match.object) if (use := world.usage.get(pod.ref))]
    used = max(
        ((u.cpu if resource == "cpu" else u.memory).get(match.container, 0.0) for u in seen), default=0.0
    )
    if not used or match.subject is None or match.subject.kind not in ROLLING:
        return only_person(
            f"容器 {match.container} 需要 {resource} 请求量;合适的数值要看它平时的用量。",
            f"Container {match.container} needs a request for {resource}; its usual consumption tells how much.",
        )
    asked = f"{math.ceil(used * 1000 * HEADROOM)}m" if resource == "cpu" else mebibytes(used * HEADROOM)
    named = {f"{resource}_request": asked}
    return Remedy((suggest("set_resources", match.subject, container=match.container, **named),))


def _find_metrics(world: World) -> Iterator[Match]:
    for scaler in world.of(HorizontalPodAutoscaler):
        active = scaler.condition("ScalingActive")
        if active is None or active.status != "False" or active.reason == "ScalingDisabled":
            continue
        waited = world.now - (
            moment(active.last_transition_time) or moment(scaler.metadata.creation_timestamp)
        )
        if waited < patience.SLOW_START:
            continue
        target = target_of(scaler)
        yield Match(
            object=scaler.ref,
            values={"words": " ".join(active.message.split())[:300] or active.reason, "waited": span(waited)},
            evidence=(
                field_quote("status.conditions[ScalingActive]", f"False {active.reason}: {active.message}"),
            ),
            links=(METRICS_API, target, *(p.ref for p in world.pods_of(target))),
            since=moment(active.last_transition_time),
        )


def _find_maximum(world: World) -> Iterator[Match]:
    for scaler in world.of(HorizontalPodAutoscaler):
        limited, high = scaler.condition("ScalingLimited"), scaler.spec.max_replicas
        if limited is None or limited.status != "True" or limited.reason != "TooManyReplicas":
            continue
        over = _over(scaler)
        long = world.now - moment(limited.last_transition_time) > patience.UNAVAILABLE
        if scaler.status.current_replicas >= high > 0 and over and long:
            name, now, goal = over
            yield Match(
                object=scaler.ref,
                subject=target_of(scaler),
                values={"max": str(high), "metric": name, "now": str(now), "goal": str(goal)},
                evidence=(
                    field_quote("status.currentReplicas", f"{scaler.status.current_replicas} / {high}"),
                    field_quote(f"{name}: averageUtilization", f"{now}% / {goal}%"),
                ),
                links=(target_of(scaler),),
            )


def _over(scaler: HorizontalPodAutoscaler) -> tuple[str, int, int] | None:
    """A metric that stands above its goal by more than the controller's tolerance (0.1)."""
    goals = {
        m.resource.name: m.resource.target.average_utilization
        for m in scaler.spec.metrics
        if m.resource and m.resource.target.average_utilization
    }
    for metric in scaler.status.current_metrics:
        now = metric.resource.current.average_utilization if metric.resource else None
        goal = goals.get(metric.resource.name) if metric.resource else None
        if metric.resource and now is not None and goal and now > goal * 1.1:
            return metric.resource.name, now, goal
    return None


RULES = (
    Rule(
        id="hpa-target-missing",
        group="autoscalers",
        kind="HorizontalPodAutoscaler",
        severity="warning",
        title=Text("自动伸缩的目标不存在", "An autoscaler's target does not exist"),
        summary=Text("{object} 的目标 {target} 不存在。", "{object}: its target {target} does not exist."),
        cause=Text("scaleTargetRef 指向的对象不存在。", "What scaleTargetRef names does not exist."),
        find=_find_target,
    ),
    Rule(
        id="hpa-no-requests",
        group="autoscalers",
        kind="HorizontalPodAutoscaler",
        severity="warning",
        title=Text("自动伸缩的目标没有资源请求量", "An autoscaler's target requests no resources"),
        summary=Text(
            "{object} 无法按使用率伸缩:{target} 的容器 {container} 没有 {resource} 请求量。",
            "{object} cannot scale by utilization: container {container} of {target} requests no {resource}.",
        ),
        cause=Text(
            "使用率是用量与请求量之比,没有请求量就算不出来。",
            "Utilization is consumption over request; without a request there is none.",
        ),
        find=_find_requests,
        remedy=_requests_remedy,
    ),
    Rule(
        id="hpa-no-metrics",
        group="autoscalers",
        kind="HorizontalPodAutoscaler",
        severity="warning",
        title=Text("自动伸缩拿不到指标", "An autoscaler gets no metrics"),
        summary=Text(
            "{object} 已经 {waited}拿不到指标,不会伸缩。",
            "{object} has had no metrics for {waited} and does not scale.",
        ),
        cause=Text("{words}", "{words}"),
        find=_find_metrics,
        causes=frozenset({"hpa-target-missing", "hpa-no-requests"}),
        remote_causes=frozenset({"api-unavailable", "pods", "workloads", "log-causes", "creation"}),
    ),
    Rule(
        id="hpa-at-maximum",
        group="autoscalers",
        kind="HorizontalPodAutoscaler",
        severity="warning",
        title=Text("自动伸缩已到上限而负载仍高", "An autoscaler is at its maximum under load"),
        summary=Text(
            "{object} 已到上限 {max} 个副本,{metric} 使用率仍为 {now}%(目标 {goal}%)。",
            "{object} is at its maximum of {max} replicas and {metric} is still at {now}% (goal {goal}%).",
        ),
        cause=Text(
            "需要的副本比 maxReplicas 允许的多。", "More replicas are needed than maxReplicas allows."
        ),
        find=_find_maximum,
        remote_causes=frozenset({"pods", "workloads", "creation"}),
    ),
)
