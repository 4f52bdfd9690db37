"""Defaults of claims, volumes and storage classes.

Source: https://kubernetes.io/docs/reference/kubernetes-api/config-and-storage-resources/
"""

from kubesteer.simulator.objects import Obj, ensure


def default_claim(claim: Obj) -> None:
    """Volume mode and phase."""
    ensure(claim, "spec").setdefault("volumeMode", "Filesystem")
    ensure(claim, "status").setdefault("phase", "Pending")


def default_volume(volume: Obj) -> None:
    """Volume mode, reclaim policy and phase."""
    spec = ensure(volume, "spec")
    spec.setdefault("volumeMode", "Filesystem")
    spec.setdefault("persistentVolumeReclaimPolicy", "Retain")
    ensure(volume, "status").setdefault("phase", "Pending")


def default_storage_class(storage_class: Obj) -> None:
    """Reclaim policy and binding mode."""
    storage_class.setdefault("reclaimPolicy", "Delete")
    storage_class.setdefault("volumeBindingMode", "Immediate")
