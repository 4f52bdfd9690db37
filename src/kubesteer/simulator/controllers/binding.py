"""What the scheduler knows of volumes: claims that are missing, unbound, or bound to other places.

Source: pkg/scheduler/framework/plugins/volumebinding of the 1.34 release.
"""

from kubesteer.simulator.controllers.access import Access
from kubesteer.simulator.controllers.fits import Refusal
from kubesteer.simulator.objects import (
    Obj,
    annotations_of,
    items,
    labels_of,
    name_of,
    namespace_of,
    section,
    terminating,
    text,
)
from kubesteer.simulator.registry import StoreKey
from kubesteer.simulator.selectors import matches_expressions

CLAIMS: StoreKey = ("", "persistentvolumeclaims")
VOLUMES: StoreKey = ("", "persistentvolumes")
CLASSES: StoreKey = ("storage.k8s.io", "storageclasses")
SELECTED_NODE = "volume.kubernetes.io/selected-node"
NO_PROVISIONER = "kubernetes.io/no-provisioner"


def claim_names(pod: Obj) -> list[str]:
    """The claims that a pod mounts (those of ephemeral volumes are named after the pod)."""
    found = []
    for volume in items(pod, "spec", "volumes"):
        if name := text(volume, "persistentVolumeClaim", "claimName"):
            found.append(name)
        elif "ephemeral" in volume:
            found.append(f"{name_of(pod)}-{volume['name']}")
    return found


class VolumeBinding:
    """Answers for the claims of a pod."""

    def __init__(self, access: Access) -> None:
        self.access = access

    def _claims(self, pod: Obj) -> list[Obj]:
        found = (self.access.store.get(CLAIMS, namespace_of(pod), name) for name in claim_names(pod))
        return [claim for claim in found if claim is not None]

    def missing(self, pod: Obj) -> str | None:
        """What is wrong with the claims wherever the pod would go."""
        for name in claim_names(pod):
            claim = self.access.store.get(CLAIMS, namespace_of(pod), name)
            if claim is None:
                return f'persistentvolumeclaim "{name}" not found'
            if text(claim, "status", "phase") == "Lost":
                volume = text(claim, "spec", "volumeName")
                return f'persistentvolumeclaim "{name}" bound to non-existent persistentvolume "{volume}"'
            if terminating(claim):
                return f'persistentvolumeclaim "{name}" is being deleted'
        if any(not _bound(claim) and not self.waits(claim) for claim in self._claims(pod)):
            return "pod has unbound immediate PersistentVolumeClaims"
        return None

    def waits(self, claim: Obj) -> bool:
        """Whether a claim is bound only when a pod is placed (`WaitForFirstConsumer`)."""
        found = self.access.store.get(CLASSES, "", text(claim, "spec", "storageClassName"))
        return found is not None and found.get("volumeBindingMode") == "WaitForFirstConsumer"

    def refusal(self, pod: Obj, node: Obj) -> Refusal | None:
        """Why the volumes keep the pod from a node."""
        for claim in self._claims(pod):
            if _bound(claim):
                volume = self.access.store.get(VOLUMES, "", text(claim, "spec", "volumeName"))
                if volume is not None and not reachable(volume, node):
                    return Refusal(("node(s) had volume node affinity conflict",))
            elif not self._can_come(claim, node):
                return Refusal(("node(s) didn't find available persistent volumes to bind",))
        return None

    def _can_come(self, claim: Obj, node: Obj) -> bool:
        found = self.access.store.get(CLASSES, "", text(claim, "spec", "storageClassName")) or {}
        if text(found, "provisioner") not in ("", NO_PROVISIONER):
            return True
        free = self.access.store.list(VOLUMES)
        return any(reachable(volume, node) and _suits(volume, claim) for volume in free)

    def await_binding(self, pod: Obj, node: Obj) -> bool:
        """Ask for the unbound claims on a node; whether there are any to wait for."""
        unbound = [claim for claim in self._claims(pod) if not _bound(claim)]
        for claim in unbound:
            if annotations_of(claim).get(SELECTED_NODE) != name_of(node):
                self._select(claim, name_of(node))
        return bool(unbound)

    def _select(self, claim: Obj, node: str) -> None:
        def change(stored: Obj) -> Obj:
            stored["metadata"].setdefault("annotations", {})[SELECTED_NODE] = node
            return stored

        self.access.update(CLAIMS, claim, change)


def _bound(claim: Obj) -> bool:
    return text(claim, "status", "phase") == "Bound"


def _suits(volume: Obj, claim: Obj) -> bool:
    same = text(volume, "spec", "storageClassName") == text(claim, "spec", "storageClassName")
    return same and text(volume, "status", "phase") == "Available"


def reachable(volume: Obj, node: Obj) -> bool:
    """Whether a volume's node affinity allows a node."""
    required = section(volume, "spec", "nodeAffinity", "required")
    terms = items(required, "nodeSelectorTerms")
    return not terms or any(
        matches_expressions(items(term, "matchExpressions"), labels_of(node)) for term in terms
    )
