"""Volumes of pods, claims and what stands behind them."""

# ruff: noqa: RUF012 (msgspec copies empty defaults for every object)
from __future__ import annotations

from typing import ClassVar

from kubesteer.analyzers.resources.affinities import NodeSelector
from kubesteer.analyzers.resources.shapes import Condition, Object, Selector, Shape


class ConfigMapVolume(Shape, frozen=True, gc=False):
    """volumes[].configMap."""

    name: str = ""
    optional: bool = False


class SecretVolume(Shape, frozen=True, gc=False):
    """volumes[].secret."""

    secret_name: str = ""
    optional: bool = False


class ClaimVolume(Shape, frozen=True, gc=False):
    """volumes[].persistentVolumeClaim."""

    claim_name: str = ""


class Volume(Shape, frozen=True, gc=False):
    """volumes[]: the sources that name another object. `ephemeral` only tells that there is one."""

    name: str = ""
    config_map: ConfigMapVolume | None = None
    secret: SecretVolume | None = None
    persistent_volume_claim: ClaimVolume | None = None
    ephemeral: dict[str, object] | None = None


class ClaimResources(Shape, frozen=True, gc=False):
    """spec.resources of a claim."""

    requests: dict[str, str | int | float] = {}


class ClaimSpec(Shape, frozen=True, gc=False):
    """spec of a claim; the class is None where the default applies and "" where none may be used."""

    storage_class_name: str | None = None
    volume_name: str = ""
    access_modes: list[str] = []
    resources: ClaimResources = ClaimResources()
    selector: Selector | None = None
    volume_mode: str = "Filesystem"


class ClaimStatus(Shape, frozen=True, gc=False):
    """status of a claim."""

    phase: str = ""
    capacity: dict[str, str | int | float] = {}
    conditions: list[Condition] = []


class PersistentVolumeClaim(Object, frozen=True, gc=False):
    """v1 PersistentVolumeClaim."""

    kind: ClassVar[str] = "PersistentVolumeClaim"

    spec: ClaimSpec = ClaimSpec()
    status: ClaimStatus = ClaimStatus()


class ClaimReference(Shape, frozen=True, gc=False):
    """spec.claimRef of a volume."""

    namespace: str = ""
    name: str = ""
    uid: str = ""


class VolumeAffinity(Shape, frozen=True, gc=False):
    """spec.nodeAffinity of a volume."""

    required: NodeSelector | None = None


class PersistentVolumeSpec(Shape, frozen=True, gc=False):
    """spec of a volume."""

    capacity: dict[str, str | int | float] = {}
    access_modes: list[str] = []
    storage_class_name: str = ""
    claim_ref: ClaimReference | None = None
    persistent_volume_reclaim_policy: str = ""
    node_affinity: VolumeAffinity | None = None
    volume_mode: str = "Filesystem"


class PersistentVolumeStatus(Shape, frozen=True, gc=False):
    """status of a volume."""

    phase: str = ""
    reason: str = ""
    message: str = ""


class PersistentVolume(Object, frozen=True, gc=False):
    """v1 PersistentVolume."""

    kind: ClassVar[str] = "PersistentVolume"

    spec: PersistentVolumeSpec = PersistentVolumeSpec()
    status: PersistentVolumeStatus = PersistentVolumeStatus()


class StorageClass(Object, frozen=True, gc=False):
    """storage.k8s.io/v1 StorageClass: its fields stand at the top level."""

    kind: ClassVar[str] = "StorageClass"

    provisioner: str = ""
    volume_binding_mode: str = "Immediate"
    allow_volume_expansion: bool = False
    reclaim_policy: str = ""
    parameters: dict[str, str] = {}

    @property
    def default(self) -> bool:
        """Marked as the class of claims that name none."""
        return self.metadata.annotations.get("storageclass.kubernetes.io/is-default-class") == "true"


class VolumeAttachmentSource(Shape, frozen=True, gc=False):
    """spec.source of an attachment."""

    persistent_volume_name: str = ""


class VolumeAttachmentSpec(Shape, frozen=True, gc=False):
    """spec of an attachment."""

    attacher: str = ""
    node_name: str = ""
    source: VolumeAttachmentSource = VolumeAttachmentSource()


class VolumeError(Shape, frozen=True, gc=False):
    """status.attachError and status.detachError."""

    message: str = ""
    time: str = ""


class VolumeAttachmentStatus(Shape, frozen=True, gc=False):
    """status of an attachment."""

    attached: bool = False
    attach_error: VolumeError | None = None
    detach_error: VolumeError | None = None


class VolumeAttachment(Object, frozen=True, gc=False):
    """storage.k8s.io/v1 VolumeAttachment."""

    kind: ClassVar[str] = "VolumeAttachment"

    spec: VolumeAttachmentSpec = VolumeAttachmentSpec()
    status: VolumeAttachmentStatus = VolumeAttachmentStatus()


class CsiDriver(Object, frozen=True, gc=False):
    """storage.k8s.io/v1 CSIDriver: only that it is there."""

    kind: ClassVar[str] = "CSIDriver"
