"""The volume claims of a StatefulSet's pods.

Source: pkg/controller/statefulset/stateful_set_utils.go of the 1.34 release.
"""

from kubesteer.simulator.controllers.access import Access
from kubesteer.simulator.controllers.binding import CLAIMS
from kubesteer.simulator.failures import Failure
from kubesteer.simulator.objects import (
    Obj,
    clone,
    items,
    name_of,
    namespace_of,
    owner_reference,
    section,
    text,
    uid_of,
)


def claim_name(owner: Obj, claim: Obj, ordinal: int) -> str:
    """`data-db-0`."""
    return f"{name_of(claim)}-{name_of(owner)}-{ordinal}"


def volumes_of(owner: Obj, ordinal: int) -> list[Obj]:
    """The volumes that mount the claims of one pod."""
    return [
        {
            "name": name_of(claim),
            "persistentVolumeClaim": {"claimName": claim_name(owner, claim, ordinal)},
        }
        for claim in items(owner, "spec", "volumeClaimTemplates")
    ]


class Claims:
    """Makes claims, and ties their end to that of the set or of a pod where the set says so."""

    def __init__(self, access: Access) -> None:
        self.access = access

    def ensure(self, owner: Obj, ordinal: int, pod: str) -> None:
        """Make the claims of one pod that are missing. Raises Failure, having told it."""
        for template in items(owner, "spec", "volumeClaimTemplates"):
            name = claim_name(owner, template, ordinal)
            if self.access.store.get(CLAIMS, namespace_of(owner), name) is None:
                self._make(owner, template, name, pod)

    def _make(self, owner: Obj, template: Obj, name: str, pod: str) -> None:
        about = f"create Claim {name} Pod {pod} in StatefulSet {name_of(owner)}"
        metadata: Obj = {
            "name": name,
            "namespace": namespace_of(owner),
            "labels": {
                **section(template, "metadata", "labels"),
                **section(owner, "spec", "selector", "matchLabels"),
            },
        }
        if annotations := section(template, "metadata", "annotations"):
            metadata["annotations"] = annotations
        if self._policy(owner, "whenDeleted") == "Delete":
            metadata["ownerReferences"] = [_loose(owner)]
        claim = {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": metadata}
        try:
            self.access.create(CLAIMS, {**claim, "spec": clone(section(template, "spec"))})
        except Failure as failure:
            self.access.warning(owner, "FailedCreate", f"{about} failed error: {failure.message}")
            raise
        self.access.normal(owner, "SuccessfulCreate", f"{about} success")

    def _policy(self, owner: Obj, when: str) -> str:
        return text(owner, "spec", "persistentVolumeClaimRetentionPolicy", when, default="Retain")

    def condemn(self, owner: Obj, ordinal: int, pod: Obj) -> None:
        """A pod goes because the set shrinks: its claims follow it where they are not to be kept."""
        if self._policy(owner, "whenScaled") != "Delete":
            return
        for template in items(owner, "spec", "volumeClaimTemplates"):
            name = claim_name(owner, template, ordinal)
            found = self.access.store.get(CLAIMS, namespace_of(owner), name)
            if found is not None:
                self.access.update(CLAIMS, found, lambda stored: _passed_on(stored, owner, pod))


def _loose(owner: Obj) -> Obj:
    reference = owner_reference(owner)
    return {key: reference[key] for key in ("apiVersion", "kind", "name", "uid")}


def _passed_on(stored: Obj, owner: Obj, pod: Obj) -> Obj:
    """The claim with the pod as its owner instead of the set."""
    both = (uid_of(owner), uid_of(pod))
    held = [one for one in items(stored, "metadata", "ownerReferences") if one.get("uid") not in both]
    stored["metadata"]["ownerReferences"] = [*held, _loose(pod)]
    return stored
