"""Workloads that were stopped on purpose, and what StatefulSets and DaemonSets alone can lack."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from kubesteer.analyzers import patience
from kubesteer.analyzers.clues import LAST
from kubesteer.analyzers.dependencies import callers
from kubesteer.analyzers.endpoints import behind
from kubesteer.analyzers.matches import Match, Remedy, Rule
from kubesteer.analyzers.near import near_hint
from kubesteer.analyzers.remedies import suggest
from kubesteer.analyzers.resources.networks import Ingress, Service
from kubesteer.analyzers.resources.scaling import HorizontalPodAutoscaler
from kubesteer.analyzers.resources.shapes import moment
from kubesteer.analyzers.resources.workloads import DaemonSet, Deployment, StatefulSet, Workload
from kubesteer.analyzers.rules.ingresses import backends
from kubesteer.analyzers.rules.quotes import field_quote
from kubesteer.analyzers.rules.workloads import UNDERNEATH, missing_since, standing
from kubesteer.analyzers.world import World
from kubesteer.core.findings import Suggestion
from kubesteer.core.refs import Ref
from kubesteer.core.texts import Text

# -- stopped on purpose, perhaps -----------------------------------------------------------------------------


def _find_paused(world: World) -> Iterator[Match]:
    """A paused rollout that has not gone through: somebody may have forgotten it."""
    for deployment in world.of(Deployment):
        if not deployment.spec.paused or not deployment.spec.replicas:
            continue
        behind = deployment.status.updated_replicas < deployment.spec.replicas
        progressing = deployment.condition("Progressing")
        since = moment(progressing.last_transition_time if progressing else "")
        long = world.now - since > patience.PAUSED
        yield Match(
            object=deployment.ref,
            values={"updated": f"{deployment.status.updated_replicas}/{deployment.spec.replicas}"},
            evidence=(field_quote("spec.paused", "true"),),
            severity=None if behind and long else "info",
            since=since,
        )


def _resume(world: World, match: Match) -> Remedy:
    del world
    return Remedy((suggest("resume_rollout", match.object),))


def _find_zero(world: World) -> Iterator[Match]:
    for workload in (*world.of(Deployment), *world.of(StatefulSet)):
        if workload.spec.replicas or workload.metadata.deletion_timestamp:
            continue
        labels = workload.spec.template.metadata.labels
        for service in world.within(Service, workload.namespace):
            selector = service.spec.selector
            if not selector or not selector.items() <= labels.items() or _others(world, service, workload):
                continue
            users = _users(world, service)
            if users:
                yield Match(
                    object=workload.ref,
                    subject=service.ref,
                    values={"service": service.name, "users": ", ".join(map(str, users[:4]))},
                    evidence=(
                        field_quote("spec.replicas", 0),
                        *(
                            Text(f"{ref} 在使用 {service.ref}", f"{ref} uses {service.ref}")
                            for ref in users[:4]
                        ),
                    ),
                )
                break


def _others(world: World, service: Service, workload: Workload) -> bool:
    """Whether the Service has other pods or workloads behind it."""
    return any(owner != workload.ref for owner in behind(world, service.ref)) or bool(
        world.selected(service.namespace, service.spec.selector)
    )


def _users(world: World, service: Service) -> list[Ref]:
    """Who uses a Service: Ingresses that lead to it, and running workloads that name it."""
    found = [
        i.ref
        for i in world.of(Ingress)
        for _, b in backends(i)
        if (i.namespace, b.name) == (service.namespace, service.name)
    ]
    found += [ref for ref in callers(world, service) if _runs(world, ref)]
    return found + [ref for ref in _complaining(world, service) if ref not in found]


def _complaining(world: World, service: Service) -> list[Ref]:
    """Workloads whose last words name the Service."""
    name = re.compile(rf"(?<![\w.-]){re.escape(service.name)}(?=[.:]|\b(?!-))")
    return [
        owner
        for (owner, _), lines in world.logs.items()
        if owner.namespace == service.namespace and any(name.search(line) for line in lines[-LAST:])
    ]


def _runs(world: World, ref: Ref) -> bool:
    return any(not pod.finished for pod in world.pods_of(ref)) or ref.kind == "CronJob"


def _wake(world: World, match: Match) -> Remedy:
    least = [
        scaler.spec.min_replicas
        for scaler in world.of(HorizontalPodAutoscaler)
        if scaler.namespace == match.object.namespace
        and scaler.spec.scale_target_ref.name == match.object.name
    ]
    return Remedy((suggest("scale", match.object, replicas=max([1, *least])),))


# -- StatefulSets and DaemonSets -----------------------------------------------------------------------------


def _find_headless(world: World) -> Iterator[Match]:
    for workload in world.of(StatefulSet):
        name = workload.spec.service_name
        ref = Ref("Service", workload.namespace, name)
        settled = world.now - moment(workload.metadata.creation_timestamp) > patience.CONTROLLER
        if name and settled and workload.spec.replicas and not world.exists(ref):
            yield Match(
                object=workload.ref,
                culprit=ref,
                values={"service": name},
                evidence=(field_quote("spec.serviceName", name), *near_hint(world, ref)),
            )


def _headless_remedy(world: World, match: Match) -> Remedy:
    """The governing Service, all of which its StatefulSet determines."""
    workload = world.get(StatefulSet, match.object.namespace, match.object.name)
    if workload is None or not workload.spec.selector.match_labels:
        return Remedy()
    ports = [
        {"name": p.name or f"port-{p.container_port}", "port": p.container_port}
        for c in workload.spec.template.spec.containers
        for p in c.ports
    ]
    spec = {
        "clusterIP": "None",
        "selector": workload.spec.selector.match_labels,
        **({"ports": ports} if ports else {}),
    }
    manifest = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": workload.spec.service_name, "namespace": workload.namespace},
        "spec": spec,
    }
    return Remedy((Suggestion("apply", {"manifest": json.dumps(manifest, ensure_ascii=False)}),))


def _find_ordinal(world: World) -> Iterator[Match]:
    """An ordered StatefulSet that waits for one pod before it makes the next."""
    for workload in world.of(StatefulSet):
        if (
            workload.spec.pod_management_policy == "Parallel"
            or workload.status.replicas >= workload.spec.replicas
        ):
            continue
        stuck = next(
            (p for p in sorted(world.pods_under(workload), key=lambda p: p.name) if not p.ready), None
        )
        if stuck is not None and world.now - missing_since(world, workload) > patience.UNAVAILABLE:
            yield Match(
                object=workload.ref,
                subject=stuck.ref,
                links=standing(world, workload),
                values={"pod": stuck.name, "have": f"{workload.status.replicas}/{workload.spec.replicas}"},
                evidence=(field_quote(f"{stuck.name}: Ready", "False"),),
            )


def _find_misscheduled(world: World) -> Iterator[Match]:
    for workload in world.of(DaemonSet):
        count = workload.status.number_misscheduled
        if count:
            yield Match(
                object=workload.ref,
                values={"count": str(count)},
                evidence=(field_quote("status.numberMisscheduled", count),),
            )


RULES = (
    Rule(
        id="rollout-paused",
        group="workloads",
        kind="Deployment",
        severity="warning",
        title=Text("发布被暂停而没有完成", "A rollout is paused before it is complete"),
        summary=Text(
            "{object} 的发布被暂停,只更新了 {updated}。",
            "{object}: the rollout is paused with {updated} replicas updated.",
        ),
        cause=Text("有人暂停了发布而没有继续。", "Somebody paused the rollout and has not resumed it."),
        find=_find_paused,
        remedy=_resume,
    ),
    Rule(
        id="scaled-to-zero",
        group="workloads",
        kind="Deployment",
        severity="critical",
        title=Text("缩到了零,而它的 Service 有人使用", "Scaled to zero while its Service is used"),
        summary=Text(
            "{object} 缩到了零,而 {users} 在使用它的 Service {service}。",
            "{object} is scaled to zero while {users} use its Service {service}.",
        ),
        cause=Text(
            "replicas 为 0,Service 背后没有 Pod。", "replicas is 0: there is no pod behind the Service."
        ),
        find=_find_zero,
        needs=("Service", "Pod"),
        remedy=_wake,
    ),
    Rule(
        id="statefulset-service-missing",
        group="workloads",
        kind="StatefulSet",
        severity="warning",
        title=Text(
            "StatefulSet 的 headless Service 不存在", "A StatefulSet's headless Service does not exist"
        ),
        summary=Text(
            "{object} 的 Service {service} 不存在,它的 Pod 没有稳定的域名。",
            "{object}: its Service {service} does not exist; its pods have no stable names.",
        ),
        cause=Text(
            "spec.serviceName 指向的 Service 不存在。",
            "The Service that spec.serviceName names does not exist.",
        ),
        find=_find_headless,
        needs=("Service",),
        remedy=_headless_remedy,
    ),
    Rule(
        id="statefulset-stuck",
        group="workloads",
        kind="StatefulSet",
        severity="warning",
        outage=True,
        rollback=True,
        vague=True,
        title=Text("StatefulSet 卡在一个 Pod 上", "A StatefulSet is stuck at one pod"),
        summary=Text(
            "{object} 卡在 {pod}(已有 {have}):它就绪之前不会建后面的 Pod。",
            "{object} is stuck at {pod} ({have}): the next pods are not made until it is ready.",
        ),
        cause=Text("{pod} 没有就绪。", "{pod} is not ready."),
        find=_find_ordinal,
        causes=UNDERNEATH,
        remote_causes=UNDERNEATH,
    ),
    Rule(
        id="daemonset-misscheduled",
        group="workloads",
        kind="DaemonSet",
        severity="info",
        title=Text(
            "DaemonSet 的 Pod 在不该在的节点上", "A DaemonSet has pods on nodes where they should not be"
        ),
        summary=Text(
            "{object} 有 {count} 个 Pod 在不该在的节点上。",
            "{object} has {count} pods on nodes where they should not be.",
        ),
        cause=Text("节点的标签或污点变了。", "Labels or taints of nodes have changed."),
        find=_find_misscheduled,
    ),
)
