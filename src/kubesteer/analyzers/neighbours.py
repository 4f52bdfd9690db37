"""Which objects concern one object: its pods and owners, what they stand on, what leads to them."""

from __future__ import annotations

from collections.abc import Iterator

from kubesteer.analyzers.resources.clusters import Node
from kubesteer.analyzers.resources.networks import Ingress, Service
from kubesteer.analyzers.resources.pods import Pod, PodSpec
from kubesteer.analyzers.resources.scaling import HorizontalPodAutoscaler
from kubesteer.analyzers.world import World
from kubesteer.core.refs import Ref


def neighbours(world: World, ref: Ref) -> frozenset[Ref]:
    """The object itself and everything whose fault would be its fault, or is seen on it."""
    found = {ref}
    for pod in _pods(world, ref):
        found |= {pod.ref, world.top(pod)}
        if ref.kind != "Node" and pod.spec.node_name:
            found.add(Ref("Node", "", pod.spec.node_name))
        found |= set(_used(pod.namespace, pod.spec))
    template = world.template_of(ref)
    if template is not None:
        found |= set(_used(ref.namespace, template.spec))
        found |= set(_leading(world, ref, dict(template.metadata.labels)))
    if ref.kind == "Ingress":
        found |= set(_behind(world, ref))
    if ref.kind == "HorizontalPodAutoscaler":
        found |= set(_targets(world, ref))
    found |= {owned.ref for owned in world.of(HorizontalPodAutoscaler) if _scales(owned, ref)}
    return frozenset(found)


SHARED = ("Node", "ServiceAccount", "PersistentVolumeClaim", "ConfigMap", "Secret", "StorageClass")
"""Kinds that many workloads stand on: trouble of one is not the trouble of the others, nor of what they share."""


def own(world: World, ref: Ref) -> frozenset[Ref]:
    """The part of the neighbours in which a fault is the object's own or the root of it."""
    if ref.kind in SHARED:
        return frozenset({ref})
    return frozenset(each for each in neighbours(world, ref) if each == ref or each.kind not in SHARED)


def _scales(scaler: HorizontalPodAutoscaler, ref: Ref) -> bool:
    target = scaler.spec.scale_target_ref
    return (target.kind, scaler.namespace, target.name) == (ref.kind, ref.namespace, ref.name)


def _targets(world: World, ref: Ref) -> Iterator[Ref]:
    """What an autoscaler scales."""
    scaler = world.get(HorizontalPodAutoscaler, ref.namespace, ref.name)
    if scaler is not None:
        target = scaler.spec.scale_target_ref
        yield Ref(target.kind, ref.namespace, target.name)


def _mounting(world: World, ref: Ref) -> list[Pod]:
    """Pods that use a claim."""
    return [pod for pod in world.within(Pod, ref.namespace) if ref in _used(ref.namespace, pod.spec)]


def _pods(world: World, ref: Ref) -> list[Pod]:
    """Pods that an object stands for."""
    if ref.kind == "Pod":
        pod = world.get(Pod, ref.namespace, ref.name)
        return [pod] if pod else []
    if ref.kind == "Node":
        node = world.get(Node, "", ref.name)
        return world.pods_on(node) if node else []
    if ref.kind == "Service":
        service = world.get(Service, ref.namespace, ref.name)
        return (
            world.selected(ref.namespace, service.spec.selector) if service and service.spec.selector else []
        )
    if ref.kind == "HorizontalPodAutoscaler":
        return [pod for target in _targets(world, ref) for pod in world.pods_of(target)]
    if ref.kind == "PersistentVolumeClaim":
        return _mounting(world, ref)
    if ref.kind == "Namespace":
        return world.within(Pod, ref.name)
    return world.pods_of(ref) or [p for p in world.within(Pod, ref.namespace) if _owned(p, ref)]


def _owned(pod: Pod, ref: Ref) -> bool:
    return pod.owner is not None and (pod.owner.kind, pod.owner.name) == (ref.kind, ref.name)


def _used(namespace: str, spec: PodSpec) -> Iterator[Ref]:
    """Claims and the ServiceAccount that a pod needs."""
    for volume in spec.volumes:
        if volume.persistent_volume_claim is not None:
            yield Ref("PersistentVolumeClaim", namespace, volume.persistent_volume_claim.claim_name)
    if spec.service_account_name:
        yield Ref("ServiceAccount", namespace, spec.service_account_name)


def _leading(world: World, ref: Ref, labels: dict[str, str]) -> Iterator[Ref]:
    """Services that select a workload's pods or bear its name, and Ingresses that lead to them."""
    services = {
        service.name
        for service in world.of(Service)
        if service.namespace == ref.namespace
        and (
            service.name == ref.name
            or (service.spec.selector and service.spec.selector.items() <= labels.items())
        )
    }
    yield from (Ref("Service", ref.namespace, name) for name in services)
    for ingress in world.of(Ingress):
        if ingress.namespace == ref.namespace and services & set(_backends(ingress)):
            yield ingress.ref


def _backends(ingress: Ingress) -> Iterator[str]:
    backends = [path.backend for rule in ingress.spec.rules for path in rule.http.paths]
    for backend in [*backends, ingress.spec.default_backend]:
        if backend is not None and backend.service is not None:
            yield backend.service.name


def _behind(world: World, ref: Ref) -> Iterator[Ref]:
    ingress = world.get(Ingress, ref.namespace, ref.name)
    for name in _backends(ingress) if ingress else ():
        service = Ref("Service", ref.namespace, name)
        yield service
        yield from (world.top(pod) for pod in _pods(world, service))
