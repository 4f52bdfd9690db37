"""Claims that are not bound, by reason.

Reasons: kubernetes pkg/controller/volume/events (ProvisioningFailed, FailedBinding, WaitForFirstConsumer,
ExternalProvisioning) and the phases of claims and volumes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from kubesteer.analyzers import patience
from kubesteer.analyzers.amounts import quantity
from kubesteer.analyzers.durations import span
from kubesteer.analyzers.matches import Match, Remedy, Rule, no_remedy
from kubesteer.analyzers.near import near_hint
from kubesteer.analyzers.resources.pods import Pod
from kubesteer.analyzers.resources.shapes import moment
from kubesteer.analyzers.resources.volumes import (
    CsiDriver,
    PersistentVolume,
    PersistentVolumeClaim,
    StorageClass,
)
from kubesteer.analyzers.rules.claims_remedies import class_remedy, default_remedy, volume_remedy
from kubesteer.analyzers.rules.quotes import event_quote, field_quote
from kubesteer.analyzers.world import World
from kubesteer.core.quantities import memory_words
from kubesteer.core.refs import Ref
from kubesteer.core.texts import Text

NO_PROVISIONER = "kubernetes.io/no-provisioner"


def _pending(world: World) -> Iterator[PersistentVolumeClaim]:
    for claim in world.of(PersistentVolumeClaim):
        if claim.status.phase == "Pending" and not claim.metadata.deletion_timestamp:
            yield claim


def class_of(world: World, claim: PersistentVolumeClaim) -> StorageClass | None:
    """The class that a claim names or would be given."""
    name = claim.spec.storage_class_name
    if name:
        return world.get(StorageClass, "", name)
    return next((item for item in world.of(StorageClass) if item.default), None) if name is None else None


def variant_of(world: World, claim: PersistentVolumeClaim) -> str:
    """Which rule a pending claim falls under; "" where it only waits as it should."""
    name = claim.spec.storage_class_name
    class_ = class_of(world, claim)
    if name and class_ is None:
        return "claim-class-missing" if not _fitting(world, claim) else ""
    if (
        class_ is not None
        and class_.volume_binding_mode == "WaitForFirstConsumer"
        and not _consumed(world, claim)
    ):
        return ""
    if _failure(world, claim):
        return "claim-provisioning"
    if class_ is None and name is None and not _fitting(world, claim):
        return "claim-no-class"
    if class_ is None or class_.provisioner == NO_PROVISIONER:
        return "claim-no-volume" if not _fitting(world, claim) else ""
    if not _served(world, class_) and _old(world, claim, patience.CLAIM):
        return "claim-no-provisioner"
    return (
        "claim-waiting"
        if _old(world, claim, patience.UNAVAILABLE) and not _waits_for_pod(world, claim)
        else ""
    )


def _consumed(world: World, claim: PersistentVolumeClaim) -> bool:
    return any(
        v.persistent_volume_claim and v.persistent_volume_claim.claim_name == claim.name
        for pod in world.within(Pod, claim.namespace)
        if not pod.finished
        for v in pod.spec.volumes
    )


def _waits_for_pod(world: World, claim: PersistentVolumeClaim) -> bool:
    """Its class waits for the pod, and the pod is not placed: the pod's own trouble comes first."""
    class_ = class_of(world, claim)
    if class_ is None or class_.volume_binding_mode != "WaitForFirstConsumer":
        return False
    annotated = claim.metadata.annotations.get("volume.kubernetes.io/selected-node")
    return not annotated


def _old(world: World, claim: PersistentVolumeClaim, wait: float) -> bool:
    return world.now - moment(claim.metadata.creation_timestamp) > wait


def _failure(world: World, claim: PersistentVolumeClaim) -> str:
    for event in world.events_of(claim):
        if event.reason in ("ProvisioningFailed", "VolumeMismatch") and "not found" not in event.message:
            return event.message
    return ""


def _served(world: World, class_: StorageClass) -> bool:
    """Whether something seems to provision for the class: unknown counts as yes, since not all are CSI drivers."""
    if not world.saw("CSIDriver") or not class_.provisioner.count("."):
        return True
    known = {driver.name for driver in world.of(CsiDriver)}
    return not known or class_.provisioner in known or class_.provisioner.startswith("kubernetes.io/")


def _fitting(world: World, claim: PersistentVolumeClaim) -> bool:
    """Whether an available volume fits."""
    if not world.saw("PersistentVolume"):
        return True
    return any(not mismatch(volume, claim) for volume in world.of(PersistentVolume))


def mismatch(volume: PersistentVolume, claim: PersistentVolumeClaim) -> str:
    """Why a volume does not fit a claim; "" where it does."""
    bound = volume.spec.claim_ref
    if volume.status.phase != "Available" or (
        bound and (bound.namespace, bound.name) != (claim.namespace, claim.name)
    ):
        return "taken"
    if volume.spec.storage_class_name != (claim.spec.storage_class_name or ""):
        return f"class {volume.spec.storage_class_name or '-'}"
    if quantity(volume.spec.capacity, "storage") < quantity(claim.spec.resources.requests, "storage"):
        return f"capacity {memory_words(quantity(volume.spec.capacity, 'storage'))}"
    if not set(claim.spec.access_modes) <= set(volume.spec.access_modes):
        return f"access modes {','.join(volume.spec.access_modes)}"
    if claim.spec.selector is not None and not claim.spec.selector.matches(volume.metadata.labels):
        return "labels"
    return ""


def _find(world: World, variant: str) -> Iterator[Match]:
    for claim in _pending(world):
        if _old(world, claim, patience.CONTROLLER) and variant_of(world, claim) == variant:
            yield _match(world, claim)


def _match(world: World, claim: PersistentVolumeClaim) -> Match:
    name = claim.spec.storage_class_name or "-"
    class_ = Ref("StorageClass", "", name)
    events = [e for e in world.events_of(claim) if e.type == "Warning"] or world.events_of(claim)
    volumes = [
        f"{v.name}: {why}"
        for v in world.of(PersistentVolume)
        if (why := mismatch(v, claim)) not in ("", "taken")
    ]
    known = ", ".join(sorted(item.name for item in world.of(StorageClass))) or "-"
    users = sorted({world.top(pod) for pod in _users(world, claim)})
    return Match(
        object=claim.ref,
        values={
            "class": name,
            "known": known,
            "provisioner": (class_of(world, claim) or StorageClass()).provisioner or "-",
            "words": _failure(world, claim) or (events[0].message if events else "-"),
            "volumes": "; ".join(volumes[:3]) or "-",
            "age": span(world.now - moment(claim.metadata.creation_timestamp)),
        },
        evidence=(
            field_quote("spec.storageClassName", name),
            *(event_quote(e.message, e.reason, e.times) for e in events[:2]),
            *(Text(f"使用者:{ref}", f"used by: {ref}") for ref in users[:3]),
            *(near_hint(world, class_) if claim.spec.storage_class_name else ()),
        ),
        severity="critical" if users and not any(pod.ready for pod in _users(world, claim)) else None,
        since=moment(claim.metadata.creation_timestamp),
    )


def _users(world: World, claim: PersistentVolumeClaim) -> list[Pod]:
    return [
        pod
        for pod in world.within(Pod, claim.namespace)
        if any(
            v.persistent_volume_claim and v.persistent_volume_claim.claim_name == claim.name
            for v in pod.spec.volumes
        )
    ]


def _rule(id_: str, title: Text, cause: Text, remedy: Callable[[World, Match], Remedy] = no_remedy) -> Rule:
    lower = title.en[0].lower() + title.en[1:]
    return Rule(
        id=id_,
        group="claims",
        kind="PersistentVolumeClaim",
        severity="warning",
        title=title,
        summary=Text("{object} 没有绑定:" + title.zh + "。", "{object} is not bound: " + lower + "."),
        cause=cause,
        find=partial(_find, variant=id_),
        needs=("StorageClass", "Pod"),
        remedy=remedy,
    )


RULES = (
    _rule(
        "claim-class-missing",
        Text("它的存储类不存在", "Its storage class does not exist"),
        Text(
            "StorageClass {class} 不存在;现有:{known}。",
            "StorageClass {class} does not exist; there are {known}.",
        ),
        class_remedy,
    ),
    _rule(
        "claim-no-class",
        Text(
            "没有指明存储类,集群也没有默认存储类",
            "It names no storage class, and the cluster has no default one",
        ),
        Text("现有的存储类:{known}。", "The storage classes are {known}."),
        default_remedy,
    ),
    _rule(
        "claim-no-volume",
        Text("没有符合的 PersistentVolume", "No volume fits it"),
        Text("可用的卷都不符合:{volumes}。", "None of the available volumes fits: {volumes}."),
        volume_remedy,
    ),
    _rule(
        "claim-no-provisioner",
        Text("没有东西为它的存储类供应卷", "Nothing provisions volumes of its class"),
        Text("集群里没有 {provisioner} 这个驱动。", "The cluster has no driver {provisioner}."),
    ),
    _rule(
        "claim-provisioning",
        Text("供应卷失败", "Provisioning fails"),
        Text("{provisioner} 报告:{words}", "{provisioner} says: {words}"),
    ),
    _rule(
        "claim-waiting",
        Text("供应器迟迟没有给它卷", "Its provisioner has not given it a volume"),
        Text("已等待 {age}:{words}", "It has been waiting for {age}: {words}"),
    ),
)
