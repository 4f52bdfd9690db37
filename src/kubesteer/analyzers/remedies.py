"""Operations that would mend a fault, worked out from the cluster alone. Names and arguments are the contract's."""

from __future__ import annotations

from collections.abc import Iterable

from kubesteer.analyzers.amounts import quantity
from kubesteer.analyzers.matches import Match, Remedy
from kubesteer.analyzers.resources.clusters import Node
from kubesteer.analyzers.resources.pods import Container
from kubesteer.analyzers.resources.workloads import Deployment
from kubesteer.analyzers.world import World
from kubesteer.core.findings import Suggestion
from kubesteer.core.kinds import ROLLING
from kubesteer.core.refs import Ref
from kubesteer.core.texts import Text

HEADROOM = 2.0
"""How far a new request or limit stands above what was used: what was used when it was killed is all that is
known, and the kernel does not say how much more was wanted."""

LEAST_MORE = 192 * 2**20
"""Bytes by which a memory limit is raised at least: the vertical autoscaler adds 100 Mi after each kill, and we
want to ask a person once, not twice."""


def suggest(operation: str, target: Ref, **arguments: object) -> Suggestion:
    """A suggestion on one object; arguments that are None or empty are left out."""
    given = {key: value for key, value in arguments.items() if value not in (None, "", {})}
    named = {"kind": target.kind, "namespace": target.namespace, "name": target.name}
    return Suggestion(operation, {**{key: value for key, value in named.items() if value}, **given})


def only_person(zh: str, en: str) -> Remedy:
    """What only a person can supply."""
    return Remedy(missing=Text(zh, en))


def running_image(world: World, match: Match) -> str | None:
    """The same repository's image that another revision of the workload or a sibling runs, and is ready with."""
    pods = world.pods_of(match.object)
    broken = next((c.image for pod in pods if (c := pod.container(match.container))), "")
    if not broken:
        return None
    own = _revision_images(world, match)
    return next(
        (image for image in (*own, *_sibling_images(world, match.object)) if _same_repository(image, broken)),
        None,
    )


def _revision_images(world: World, match: Match) -> Iterable[str]:
    owner = match.object
    deployment = world.get(Deployment, owner.namespace, owner.name) if owner.kind == "Deployment" else None
    for replica_set in world.replica_sets_of(deployment)[1:] if deployment else ():
        for container in replica_set.spec.template.spec.containers:
            if container.name == match.container:
                yield container.image


def _sibling_images(world: World, owner: Ref) -> Iterable[str]:
    nearest = sorted(world.rolling, key=lambda each: (each.namespace != owner.namespace, each.ref))
    for workload in nearest:
        ready = workload.status.ready_replicas or workload.status.number_ready
        if workload.ref != owner and ready:
            yield from (container.image for container in workload.spec.template.spec.containers)


def _same_repository(image: str, broken: str) -> bool:
    return image != broken and repository(image) == repository(broken)


def repository(image: str) -> str:
    """An image's name without tag and digest."""
    name = image.split("@", 1)[0]
    head, slash, last = name.rpartition("/")
    return head + slash + last.split(":", 1)[0]


def correct_image(world: World, match: Match) -> Remedy:
    """The tag that another revision or sibling runs, where one does."""
    image = running_image(world, match) if match.object.kind in ROLLING else None
    if image is None:
        return only_person(
            f"需要一个存在的镜像:集群里没有其他版本或同类工作负载在运行 {match.values.get('image', '')} 的别的标签。",
            f"An image that exists is needed: no other revision or workload here runs another tag of "
            f"{match.values.get('image', '')}.",
        )
    return Remedy((suggest("set_image", match.object, image=image, container=match.container),))


def more_memory(world: World, match: Match) -> Remedy:
    """A memory limit above the present one, which it had reached when it was killed."""
    container = container_of(world, match)
    limit = quantity(container.resources.limits, "memory") if container else 0.0
    if not limit or match.object.kind not in ROLLING:
        return Remedy()
    raised = max(limit * HEADROOM, limit + LEAST_MORE)
    room = max((quantity(node.status.allocatable, "memory") for node in world.of(Node)), default=raised)
    if raised > room:
        return only_person(
            f"最大的节点只有 {mebibytes(room)} 内存:需要更大的节点,或减少程序的用量。",
            f"The largest node has only {mebibytes(room)} of memory: a larger node is needed, or a program that uses less.",
        )
    change = suggest("set_resources", match.object, container=match.container, memory_limit=mebibytes(raised))
    return Remedy((change,))


def container_of(world: World, match: Match) -> Container | None:
    """The container that a match is about, as a pod of the workload has it."""
    for pod in world.pods_of(match.object):
        if match.subject in (None, pod.ref) and (container := pod.container(match.container)):
            return container
    return None


def mebibytes(size: float) -> str:
    """Bytes rounded up to whole mebibytes, as a quantity."""
    return f"{-int(-size // 2**20)}Mi"
