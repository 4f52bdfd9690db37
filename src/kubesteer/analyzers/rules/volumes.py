"""Claims that are missing or have lost their volume, and volumes that could not be reclaimed.

Phases: Kubernetes documentation, "Persistent Volumes".
"""

from __future__ import annotations

from collections.abc import Iterator

from kubesteer.analyzers import patience
from kubesteer.analyzers.matches import Match, Remedy, Rule
from kubesteer.analyzers.near import near_hint
from kubesteer.analyzers.remedies import only_person
from kubesteer.analyzers.resources.shapes import moment
from kubesteer.analyzers.resources.volumes import PersistentVolume, PersistentVolumeClaim
from kubesteer.analyzers.rules.quotes import field_quote
from kubesteer.analyzers.world import World
from kubesteer.core.refs import Ref
from kubesteer.core.texts import Text


def _find_lost(world: World) -> Iterator[Match]:
    for claim in world.of(PersistentVolumeClaim):
        if claim.status.phase == "Lost":
            yield Match(
                object=claim.ref,
                values={"volume": claim.spec.volume_name or "-"},
                evidence=(
                    field_quote("status.phase", "Lost"),
                    field_quote("spec.volumeName", claim.spec.volume_name),
                ),
            )


def _find_failed(world: World) -> Iterator[Match]:
    for volume in world.of(PersistentVolume):
        if volume.status.phase in ("Failed", "Released"):
            kept = volume.status.phase == "Released"
            yield Match(
                object=volume.ref,
                values={
                    "phase": volume.status.phase,
                    "words": volume.status.message or volume.status.reason or "-",
                },
                evidence=(
                    field_quote("status.phase", f"{volume.status.phase} {volume.status.message}".strip()),
                ),
                severity="info" if kept else None,
            )


def _find_missing(world: World) -> Iterator[Match]:
    """Pods that wait for a claim which does not exist."""
    for pod in world.troubled:
        if pod.finished or pod.status.phase != "Pending":
            continue
        for volume in pod.spec.volumes:
            claim = volume.persistent_volume_claim
            ref = Ref("PersistentVolumeClaim", pod.namespace, claim.claim_name if claim else "")
            if (
                claim is None
                or world.exists(ref)
                or world.now - moment(pod.metadata.creation_timestamp) < patience.CONTROLLER
            ):
                continue
            yield Match(
                object=world.top(pod),
                subject=pod.ref,
                culprit=ref,
                values={"claim": ref.name},
                evidence=(
                    field_quote(f"{pod.name}: volumes[{volume.name}].claimName", ref.name),
                    *near_hint(world, ref),
                ),
            )


def _missing_remedy(world: World, match: Match) -> Remedy:
    del world
    ref = match.culprit
    return only_person(
        f"命名空间 {match.object.namespace} 里缺少 PersistentVolumeClaim {ref.name if ref else ''}。",
        f"PersistentVolumeClaim {ref.name if ref else ''} is missing in namespace {match.object.namespace}.",
    )


RULES = (
    Rule(
        id="claim-missing",
        group="claims",
        kind="Pod",
        severity="warning",
        outage=True,
        rollback=True,
        title=Text("Pod 要用的 PersistentVolumeClaim 不存在", "A claim that pods need does not exist"),
        summary=Text(
            "{object} 起不来:缺少 PersistentVolumeClaim {claim}。",
            "{object} cannot start: PersistentVolumeClaim {claim} does not exist.",
        ),
        cause=Text("命名空间里没有这个存储声明。", "There is no such claim in the namespace."),
        find=_find_missing,
        needs=("PersistentVolumeClaim",),
        remedy=_missing_remedy,
        remote_causes=frozenset({"creation"}),
    ),
    Rule(
        id="claim-lost",
        group="claims",
        kind="PersistentVolumeClaim",
        severity="critical",
        title=Text("存储声明失去了它的卷", "A claim has lost its volume"),
        summary=Text("{object} 失去了它的卷 {volume}。", "{object} has lost its volume {volume}."),
        cause=Text(
            "它绑定的 PersistentVolume 已不存在。",
            "The PersistentVolume that it was bound to no longer exists.",
        ),
        find=_find_lost,
    ),
    Rule(
        id="volume-failed",
        group="volumes",
        kind="PersistentVolume",
        severity="warning",
        title=Text("卷回收失败或未被回收", "A volume could not be reclaimed, or waits to be"),
        summary=Text("{object} 处于 {phase}。", "{object} is {phase}."),
        cause=Text("{words}", "{words}"),
        find=_find_failed,
    ),
)
