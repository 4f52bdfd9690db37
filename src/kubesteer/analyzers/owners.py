"""What a pod tells of itself without the rest of the World: its owner's name, and whether it is worth a look."""

from __future__ import annotations

from kubesteer.analyzers.resources.pods import Pod
from kubesteer.analyzers.resources.shapes import Object
from kubesteer.core.refs import Ref


def unseen_owner(item: Object) -> Ref | None:
    """The Deployment of a pod whose ReplicaSet was not seen: its name less the pod-template-hash."""
    owner, hash_ = item.owner, item.metadata.labels.get("pod-template-hash")
    if owner is None or owner.kind != "ReplicaSet" or not hash_ or not owner.name.endswith(f"-{hash_}"):
        return None
    return Ref("Deployment", item.namespace, owner.name.removesuffix(f"-{hash_}"))


def untroubled(pod: Pod) -> bool:
    """Whether a pod finished well or runs as it should, and always has."""
    if pod.status.phase == "Succeeded":
        return True
    if pod.metadata.deletion_timestamp or pod.status.phase != "Running" or not pod.ready:
        return False
    return all(status.ready and not status.restart_count for status in pod.status.container_statuses)
