"""What changed: the last rollout of a workload, and whether it can be what made its pods sick."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kubesteer.analyzers import patience
from kubesteer.analyzers.durations import ago
from kubesteer.analyzers.resources.clusters import Event
from kubesteer.analyzers.resources.pods import Pod, PodSpec
from kubesteer.analyzers.resources.shapes import moment
from kubesteer.analyzers.resources.workloads import (
    ControllerRevision,
    DaemonSet,
    Deployment,
    ReplicaSet,
    StatefulSet,
    Workload,
)
from kubesteer.analyzers.world import World
from kubesteer.core.refs import Ref
from kubesteer.core.texts import Text, join

REVISION_LABEL = "controller-revision-hash"


@dataclass(frozen=True, slots=True)
class ImageChange:
    """One container's image before and after."""

    container: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Rollout:
    """The newest revision against the one before it.

    at: when it began, seconds since 1970. healthy: the number of the earlier revision that was healthy, 0
    where none is known. complete: it had become available before the trouble.
    """

    workload: Ref
    at: float
    revision: int
    healthy: int
    complete: bool
    images: tuple[ImageChange, ...]

    def words(self, now: float) -> Text:
        """「2 分钟前更新到版本 3:app 的镜像由 v1 换成 v2」."""
        when = ago(now - self.at)
        head = Text(f"{when.zh}更新到版本 {self.revision}", f"{when.en}: rolled out revision {self.revision}")
        if not self.images:
            return head
        parts = [
            Text(
                f"容器 {each.container} 的镜像由 {each.before} 换成 {each.after}",
                f"image of {each.container} changed from {each.before} to {each.after}",
            )
            for each in self.images
        ]
        return head + Text(":", ": ") + join(parts, Text(";", "; "))


def last_rollout(world: World, owner: Ref) -> Rollout | None:
    """The last rollout of a workload; None where there has been only one revision, or none can be seen."""
    if owner.kind == "Deployment":
        deployment = world.get(Deployment, owner.namespace, owner.name)
        return _of_deployment(world, deployment) if deployment else None
    if owner.kind == "StatefulSet":
        return _of_revisions(world, world.get(StatefulSet, owner.namespace, owner.name))
    if owner.kind == "DaemonSet":
        return _of_revisions(world, world.get(DaemonSet, owner.namespace, owner.name))
    return None


def blamed(world: World, rollout: Rollout, pods: Sequence[Pod], since: float) -> bool:
    """Whether the rollout explains these sick pods: all are of the newest revision, and it either never
    became available or the trouble began soon after it."""
    if not pods or not all(_newest(world, rollout.workload, pod) for pod in pods):
        return False
    return not rollout.complete or (since > 0 and since - rollout.at <= patience.ROLLED)


def _newest(world: World, owner: Ref, pod: Pod) -> bool:
    if owner.kind == "Deployment":
        deployment = world.get(Deployment, owner.namespace, owner.name)
        sets = world.replica_sets_of(deployment) if deployment else []
        return bool(sets) and pod.made_by(sets[0])
    return pod.metadata.labels.get(REVISION_LABEL, "") == _update_revision(world, owner)


def _of_deployment(world: World, deployment: Deployment) -> Rollout | None:
    sets = [item for item in world.replica_sets_of(deployment) if item.revision]
    if len(sets) < 2:
        return None
    newest, before = sets[0], sets[1]
    progressing = deployment.condition("Progressing")
    complete = progressing is not None and progressing.reason == "NewReplicaSetAvailable"
    return Rollout(
        deployment.ref,
        _began(world, deployment, newest, before),
        newest.revision,
        _healthy(sets[1:]),
        complete,
        _image_changes(before.spec.template.spec, newest.spec.template.spec),
    )


def _began(world: World, deployment: Deployment, newest: ReplicaSet, before: ReplicaSet) -> float:
    """When the newest revision was rolled out, seconds since 1970. Going back takes an old ReplicaSet into use
    again, whose age tells nothing: then by what the Deployment last said of its progress, and its events."""
    made = moment(newest.metadata.creation_timestamp)
    if made >= moment(before.metadata.creation_timestamp):
        return made
    progressing = deployment.condition("Progressing")
    said = moment(progressing.last_update_time) if progressing else 0.0
    scaled = (e.last for e in world.events_of(deployment) if _takes_up(e, newest.name))
    return max(made, said, *scaled)


def _takes_up(event: Event, name: str) -> bool:
    """Whether a ReplicaSet's first pods were asked for; an autoscaler's steps are no rollout."""
    words = event.message.split()
    risen = event.reason == "ScalingReplicaSet" and event.message.startswith("Scaled up") and name in words
    return risen and ("from" not in words or "from 0 to" in event.message)


def _healthy(earlier: Sequence[ReplicaSet]) -> int:
    """The newest earlier revision with ready pods; where all are scaled down, the one before the newest."""
    return next((item.revision for item in earlier if item.status.ready_replicas), earlier[0].revision)


def _image_changes(before: PodSpec, after: PodSpec) -> tuple[ImageChange, ...]:
    old = {container.name: container.image for container in before.init_containers + before.containers}
    return tuple(
        ImageChange(container.name, old[container.name], container.image)
        for container in after.init_containers + after.containers
        if container.name in old and old[container.name] != container.image
    )


def _revisions(world: World, workload: Workload) -> list[ControllerRevision]:
    return sorted(world.made_by(ControllerRevision, workload), key=lambda item: item.revision, reverse=True)


def _of_revisions(world: World, workload: StatefulSet | DaemonSet | None) -> Rollout | None:
    revisions = _revisions(world, workload) if workload is not None else []
    if workload is None or len(revisions) < 2:
        return None
    current = workload.status.current_revision
    before = next((item for item in revisions[1:] if item.name == current), revisions[1])
    pods = world.pods_of(workload.ref)
    return Rollout(
        workload.ref,
        moment(revisions[0].metadata.creation_timestamp),
        revisions[0].revision,
        before.revision,
        _replaced(workload, pods),
        _changes_among(pods, workload.spec.template.spec, before),
    )


def _replaced(workload: Workload, pods: Iterable[Pod]) -> bool:
    """Whether every pod of the newest revision has become ready: the rollout went through."""
    if isinstance(workload, StatefulSet):
        return workload.status.current_revision == workload.status.update_revision
    return all(pod.ready for pod in pods)


def _changes_among(
    pods: Iterable[Pod], after: PodSpec, before: ControllerRevision
) -> tuple[ImageChange, ...]:
    """Image changes as far as a pod of the earlier revision is still there to compare with."""
    hash_ = before.metadata.labels.get(REVISION_LABEL, "")
    names = {name for name in (before.name, hash_) if name}
    old = next((pod for pod in pods if pod.metadata.labels.get(REVISION_LABEL) in names), None)
    return _image_changes(old.spec, after) if old is not None else ()


def _update_revision(world: World, owner: Ref) -> str:
    if owner.kind == "StatefulSet":
        workload = world.get(StatefulSet, owner.namespace, owner.name)
        return workload.status.update_revision if workload else ""
    daemon_set = world.get(DaemonSet, owner.namespace, owner.name)
    revisions = _revisions(world, daemon_set) if daemon_set else []
    return revisions[0].metadata.labels.get(REVISION_LABEL, "") if revisions else ""
