"""Services that lead nowhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from kubesteer.analyzers import patience
from kubesteer.analyzers.endpoints import ready_endpoints
from kubesteer.analyzers.matches import Match, Remedy, Rule
from kubesteer.analyzers.near import nearest
from kubesteer.analyzers.remedies import only_person
from kubesteer.analyzers.resources.networks import Service
from kubesteer.analyzers.resources.pods import Pod, PodTemplate
from kubesteer.analyzers.resources.shapes import Object, moment
from kubesteer.analyzers.rules.quotes import field_quote
from kubesteer.analyzers.world import World
from kubesteer.core.findings import Suggestion
from kubesteer.core.refs import Ref
from kubesteer.core.texts import Text

POD_FAULTS = frozenset({"pods", "workloads", "jobs"})
VOLATILE = frozenset({"pod-template-hash", "controller-revision-hash", "statefulset.kubernetes.io/pod-name"})


def selecting(world: World) -> Iterator[Service]:
    """Services that select pods and that their controllers have had time to see."""
    for service in world.of(Service):
        settled = world.now - moment(service.metadata.creation_timestamp) > patience.CONTROLLER
        if service.spec.selector and service.spec.type != "ExternalName" and settled:
            yield service


def selected_workloads(world: World, service: Service) -> list[tuple[Object, PodTemplate]]:
    """Workloads whose pods a Service would select, by their templates: also those that have no pods now."""
    wanted = service.spec.selector.items()
    return [
        (owner, template)
        for owner, template in world.templates_in(service.namespace)
        if wanted <= template.metadata.labels.items()
    ]


# -- a selector that selects nothing -------------------------------------------------------------------------


def _find_unmatched(world: World) -> Iterator[Match]:
    for service in selecting(world):
        if world.selected(service.namespace, service.spec.selector) or selected_workloads(world, service):
            continue
        meant = meant_workload(world, service)
        evidence = [field_quote("spec.selector", _labels(service.spec.selector))]
        if meant is not None:
            evidence.append(field_quote(f"{meant[0].ref}: labels", _labels(meant[1])))
        yield Match(
            object=service.ref,
            values={
                "selector": _labels(service.spec.selector),
                "near": Text(f";可能想选的是 {meant[0].ref}", f"; {meant[0].ref} was probably meant")
                if meant
                else Text("", ""),
            },
            evidence=tuple(evidence),
            severity="info" if meant is None and service.spec.cluster_ip == "None" else None,
        )


def meant_workload(world: World, service: Service) -> tuple[Object, dict[str, str]] | None:
    """The one workload that a selector narrowly misses: its name, or all labels but one, are the Service's."""
    scored = [
        (score, owner, dict(template.metadata.labels))
        for owner, template in world.templates_in(service.namespace)
        if (score := _likeness(service, owner, template.metadata.labels)) > 0
    ]
    if not scored:
        return None
    best = max(score for score, _, _ in scored)
    winners = [(owner, labels) for score, owner, labels in scored if score == best]
    return winners[0] if len(winners) == 1 else None


def _likeness(service: Service, owner: Object, labels: Mapping[str, str]) -> float:
    """How nearly a selector means a workload: 0 where nothing speaks for it."""
    selector = service.spec.selector
    same = sum(labels.get(key) == value for key, value in selector.items())
    alike = sum(
        1
        for key, value in selector.items()
        if nearest(value, [labels[key]] if key in labels else labels.values())
    )
    named = 2.0 if owner.name == service.name else 0.0
    kept = same / len(selector) if len(selector) > 1 else 0.0
    return named + (kept if same >= len(selector) - 1 else 0.0) + 0.5 * alike


def _unmatched_remedy(world: World, match: Match) -> Remedy:
    service = world.get(Service, match.object.namespace, match.object.name)
    meant = meant_workload(world, service) if service else None
    if service is None or meant is None:
        return only_person(
            f"命名空间 {match.object.namespace} 里没有标签相近的 Pod:要么选择器写错,要么工作负载还没部署。",
            f"No pod in namespace {match.object.namespace} has similar labels: the selector is wrong, or the "
            "workload has not been deployed.",
        )
    selector = corrected_selector(service.spec.selector, meant[1])
    return Remedy((changed(match.object, selector=selector),)) if selector else Remedy()


def corrected_selector(selector: Mapping[str, str], labels: Mapping[str, str]) -> dict[str, str]:
    """The selector with every pair replaced by what the pods have; keys that they lack are renamed or left out."""
    fixed: dict[str, str] = {}
    for key, value in selector.items():
        if key in labels:
            fixed[key] = labels[key]
            continue
        same = next((k for k, v in labels.items() if v == value and k not in VOLATILE), "")
        if same:
            fixed[same] = value
    if fixed:
        return fixed
    stable = {key: value for key, value in labels.items() if key not in VOLATILE}
    first = next((k for k in ("app", "app.kubernetes.io/name", "k8s-app") if k in stable), None)
    return {first: stable[first]} if first else stable


def changed(ref: Ref, **arguments: object) -> Suggestion:
    """A change of a Service."""
    return Suggestion("set_service", {"namespace": ref.namespace, "name": ref.name, **arguments})


def _labels(labels: Mapping[str, str]) -> str:
    return ",".join(f"{key}={value}" for key, value in sorted(labels.items()) if key not in VOLATILE)


# -- no ready endpoints --------------------------------------------------------------------------------------


def _find_unready(world: World) -> Iterator[Match]:
    for service in selecting(world):
        if service.spec.publish_not_ready_addresses:
            continue
        pods = [pod for pod in world.selected(service.namespace, service.spec.selector) if not pod.finished]
        if not pods or any(pod.ready and not pod.metadata.deletion_timestamp for pod in pods):
            continue
        if ready_endpoints(world, service):
            continue
        since = min(_unready_since(pod) for pod in pods)
        owners = sorted({world.top(pod) for pod in pods})
        yield Match(
            object=service.ref,
            values={"pods": str(len(pods)), "owners": ", ".join(map(str, owners[:3]))},
            evidence=(Text(f"选中 {len(pods)} 个 Pod,就绪 0 个", f"{len(pods)} pods selected, 0 ready"),),
            links=(*owners, *(pod.ref for pod in pods)),
            severity="info" if world.now - since < patience.SLOW_START else None,
            since=since,
        )


def _unready_since(pod: Pod) -> float:
    ready = pod.condition("Ready")
    return moment(ready.last_transition_time if ready else "") or moment(pod.metadata.creation_timestamp)


RULES = (
    Rule(
        id="service-selector",
        group="services",
        kind="Service",
        severity="warning",
        title=Text("Service 的选择器选不到任何 Pod", "A Service's selector matches no pod"),
        summary=Text(
            "{object} 的选择器 {selector} 选不到任何 Pod{near}。",
            "{object}: selector {selector} matches no pod{near}.",
        ),
        cause=Text(
            "没有任何 Pod 或工作负载模板带有这些标签。",
            "No pod and no workload's template carries these labels.",
        ),
        find=_find_unmatched,
        needs=("Pod", "Deployment", "StatefulSet"),
        remedy=_unmatched_remedy,
    ),
    Rule(
        id="service-no-endpoints",
        group="services",
        kind="Service",
        severity="warning",
        vague=True,
        title=Text("Service 没有就绪的端点", "A Service has no ready endpoints"),
        summary=Text(
            "{object} 没有就绪的端点:{owners} 的 {pods} 个 Pod 都未就绪。",
            "{object} has no ready endpoints: none of the {pods} pods of {owners} is ready.",
        ),
        cause=Text("它选中的 Pod 都未就绪。", "None of the pods that it selects is ready."),
        find=_find_unready,
        needs=("Pod",),
        remote_causes=POD_FAULTS,
    ),
)
