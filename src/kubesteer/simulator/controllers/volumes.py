"""Volumes: claims are bound, volumes are provisioned, and neither goes while it is in use.

Source: pkg/controller/volume/{persistentvolume,pvcprotection} of the 1.34 release.
"""

from collections.abc import Iterable

from kubesteer.simulator.controllers.access import PODS, Access, own_key
from kubesteer.simulator.controllers.binding import (
    CLAIMS,
    CLASSES,
    NO_PROVISIONER,
    SELECTED_NODE,
    VOLUMES,
    claim_names,
)
from kubesteer.simulator.objects import (
    Obj,
    annotations_of,
    dig,
    name_of,
    namespace_of,
    section,
    terminating,
    text,
    uid_of,
)
from kubesteer.simulator.quantities import amount
from kubesteer.simulator.store import Change, ObjectKey

CLAIM_PROTECTION = "kubernetes.io/pvc-protection"
VOLUME_PROTECTION = "kubernetes.io/pv-protection"
PROVISIONED_BY = "pv.kubernetes.io/provisioned-by"
BOUND_MARKS = ("pv.kubernetes.io/bind-completed", "pv.kubernetes.io/bound-by-controller")
OVER = ("Succeeded", "Failed")


class Volumes:
    """The controller. A key with a namespace is a claim's, one without is a volume's."""

    def __init__(self, access: Access) -> None:
        self.access = access

    def concerns(self, change: Change) -> Iterable[ObjectKey]:
        """Claims and volumes; all claims that wait when a class or a volume comes; the claims of pods."""
        yield from own_key(change, CLAIMS)
        yield from own_key(change, VOLUMES)
        obj = change.entry.obj
        if change.key == PODS:
            yield from ((namespace_of(obj), name) for name in claim_names(obj))
        elif change.key in (CLASSES, VOLUMES):
            for claim in self.access.store.list(CLAIMS):
                if text(claim, "status", "phase") != "Bound" or change.type == "DELETED":
                    yield namespace_of(claim), name_of(claim)
        elif change.key == CLAIMS and change.type == "DELETED" and text(obj, "spec", "volumeName"):
            yield "", text(obj, "spec", "volumeName")

    def reconcile(self, key: ObjectKey) -> float | None:
        """Look after one claim or volume."""
        if key[0]:
            claim = self.access.store.get(CLAIMS, *key)
            if claim is not None:
                self._look_after(claim)
        else:
            volume = self.access.store.get(VOLUMES, *key)
            if volume is not None:
                self._keep(volume)
        return None

    def _look_after(self, claim: Obj) -> None:
        if terminating(claim):
            if not self._users(claim):
                self._drop_finalizer(CLAIMS, claim, CLAIM_PROTECTION)
            return
        claim = self._protect(CLAIMS, claim, CLAIM_PROTECTION)
        if text(claim, "spec", "volumeName"):
            self._confirm(claim)
        elif text(claim, "status", "phase") != "Bound":
            self._bind(claim)

    def _protect(self, key: tuple[str, str], obj: Obj, finalizer: str) -> Obj:
        held = section(obj, "metadata").get("finalizers") or []
        if finalizer in held:
            return obj

        def change(stored: Obj) -> Obj:
            stored["metadata"]["finalizers"] = [*held, finalizer]
            return stored

        return self.access.update(key, obj, change)

    def _drop_finalizer(self, key: tuple[str, str], obj: Obj, finalizer: str) -> None:
        held = section(obj, "metadata").get("finalizers") or []
        if finalizer not in held:
            return

        def change(stored: Obj) -> Obj:
            stored["metadata"]["finalizers"] = [one for one in held if one != finalizer]
            return stored

        self.access.update(key, obj, change)

    def _users(self, claim: Obj) -> list[Obj]:
        """Pods that mount a claim and are not over."""
        return [
            pod
            for pod in self.access.store.list(PODS, namespace_of(claim))
            if name_of(claim) in claim_names(pod) and text(pod, "status", "phase") not in OVER
        ]

    def _bind(self, claim: Obj) -> None:
        """Bind a volume that fits, provision one, or say what is missing."""
        wanted = text(claim, "spec", "storageClassName")
        free = [one for one in self.access.store.list(VOLUMES) if _fits(one, claim)]
        storage_class = self.access.store.get(CLASSES, "", wanted) if wanted else None
        late = storage_class is not None and storage_class.get("volumeBindingMode") == "WaitForFirstConsumer"
        if late and SELECTED_NODE not in annotations_of(claim):
            self._wait_for_consumer(claim)
        elif free:
            self._tie(min(free, key=_capacity), claim)
        elif storage_class is not None and text(storage_class, "provisioner") != NO_PROVISIONER:
            self._tie(self._provision(claim, storage_class), claim)
        else:
            self._tell_unbound(claim, wanted, storage_class)

    def _wait_for_consumer(self, claim: Obj) -> None:
        waiting = next((name_of(pod) for pod in self._users(claim)), None)
        if waiting is None:
            message = "waiting for first consumer to be created before binding"
            self.access.normal(claim, "WaitForFirstConsumer", message)
        else:
            message = f"waiting for pod {waiting} to be scheduled"
            self.access.normal(claim, "WaitForPodScheduled", message)

    def _tell_unbound(self, claim: Obj, wanted: str, storage_class: Obj | None) -> None:
        """Say why nothing is bound."""
        if storage_class is not None:
            message = f"no volume plugin matched name: {text(storage_class, 'provisioner')}"
            self.access.warning(claim, "ProvisioningFailed", message)
        elif wanted:
            message = f'storageclass.storage.k8s.io "{wanted}" not found'
            self.access.warning(claim, "ProvisioningFailed", message)
        else:
            message = "no persistent volumes available for this claim and no storage class is set"
            self.access.normal(claim, "FailedBinding", message)

    def _provision(self, claim: Obj, storage_class: Obj) -> Obj:
        name = f"pvc-{uid_of(claim)}"
        driver = text(storage_class, "provisioner")
        spec: Obj = {
            "capacity": {"storage": dig(claim, "spec", "resources", "requests", "storage") or "1Gi"},
            "accessModes": section(claim, "spec").get("accessModes") or ["ReadWriteOnce"],
            "persistentVolumeReclaimPolicy": storage_class.get("reclaimPolicy", "Delete"),
            "storageClassName": name_of(storage_class),
            "volumeMode": text(claim, "spec", "volumeMode", default="Filesystem"),
            "csi": {"driver": driver, "volumeHandle": name},
        }
        metadata = {"name": name, "annotations": {PROVISIONED_BY: driver}}
        made = {"apiVersion": "v1", "kind": "PersistentVolume", "metadata": metadata, "spec": spec}
        volume = self.access.create(VOLUMES, made)
        message = f"Successfully provisioned volume {name}"
        self.access.normal(claim, "ProvisioningSucceeded", message)
        return volume

    def _tie(self, volume: Obj, claim: Obj) -> None:
        reference = {
            "kind": "PersistentVolumeClaim",
            "apiVersion": "v1",
            "namespace": namespace_of(claim),
            "name": name_of(claim),
            "uid": uid_of(claim),
        }

        def point(stored: Obj) -> Obj:
            stored["spec"]["claimRef"] = reference
            return stored

        def name(stored: Obj) -> Obj:
            stored["spec"]["volumeName"] = name_of(volume)
            stored["metadata"].setdefault("annotations", {}).update(dict.fromkeys(BOUND_MARKS, "yes"))
            return stored

        volume = self.access.update(VOLUMES, volume, point)
        self.access.set_status(VOLUMES, volume, {**section(volume, "status"), "phase": "Bound"})
        self._confirm(self.access.update(CLAIMS, claim, name))

    def _confirm(self, claim: Obj) -> None:
        """A claim that names its volume is bound to it, waits for it, or has lost it."""
        volume = self.access.store.get(VOLUMES, "", text(claim, "spec", "volumeName"))
        was = text(claim, "status", "phase")
        if volume is None:
            if was == "Bound":
                message = "Bound claim has lost its PersistentVolume. Data on the volume is lost!"
                self.access.warning(claim, "ClaimLost", message)
                self.access.set_status(CLAIMS, claim, {**section(claim, "status"), "phase": "Lost"})
            return
        held = text(volume, "spec", "claimRef", "uid")
        if not held:
            self._tie(volume, claim)
        elif held == uid_of(claim) and was != "Bound":
            spec = section(volume, "spec")
            told = {"accessModes": spec.get("accessModes"), "capacity": spec.get("capacity")}
            self.access.set_status(CLAIMS, claim, {"phase": "Bound", **told})

    def _keep(self, volume: Obj) -> None:
        """A volume whose claim is gone is released, and deleted if its policy says so."""
        if terminating(volume):
            if text(volume, "status", "phase") != "Bound":
                self._drop_finalizer(VOLUMES, volume, VOLUME_PROTECTION)
            return
        volume = self._protect(VOLUMES, volume, VOLUME_PROTECTION)
        reference = section(volume, "spec", "claimRef")
        phase = text(volume, "status", "phase")
        if not reference.get("uid"):
            if phase not in ("Available", "Bound"):
                self.access.set_status(VOLUMES, volume, {**section(volume, "status"), "phase": "Available"})
            return
        claim = self.access.store.get(CLAIMS, str(reference.get("namespace")), str(reference.get("name")))
        if claim is not None and uid_of(claim) == reference["uid"]:
            return
        if phase != "Released":
            volume = self.access.set_status(
                VOLUMES, volume, {**section(volume, "status"), "phase": "Released"}
            )
        if text(volume, "spec", "persistentVolumeReclaimPolicy") == "Delete":
            self.access.delete(VOLUMES, volume)


def _capacity(volume: Obj) -> tuple[int, str]:
    return int(amount(dig(volume, "spec", "capacity", "storage") or 0)), name_of(volume)


def _fits(volume: Obj, claim: Obj) -> bool:
    """Whether a volume may serve a claim."""
    reference = section(volume, "spec", "claimRef")
    if reference:
        mine = (reference.get("namespace"), reference.get("name")) == (namespace_of(claim), name_of(claim))
        return mine and not reference.get("uid")
    if terminating(volume) or text(volume, "status", "phase") not in ("", "Pending", "Available"):
        return False
    same = text(volume, "spec", "storageClassName") == text(claim, "spec", "storageClassName")
    needed = amount(dig(claim, "spec", "resources", "requests", "storage") or 0)
    modes = set(section(claim, "spec").get("accessModes") or [])
    offered = set(section(volume, "spec").get("accessModes") or [])
    return same and modes <= offered and _capacity(volume)[0] >= needed
