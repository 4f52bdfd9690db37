"""Namespaces: what a new one is given, and how one is emptied.

Source: pkg/controller/namespace and pkg/controller/serviceaccount of the 1.34 release.
"""

from collections.abc import Iterable

from kubesteer.simulator.controllers.access import Access, own_key
from kubesteer.simulator.objects import (
    Obj,
    items,
    name_of,
    namespace_of,
    section,
    terminating,
    with_condition,
)
from kubesteer.simulator.registry import Resource, StoreKey
from kubesteer.simulator.store import Change, ObjectKey

NAMESPACES: StoreKey = ("", "namespaces")
SERVICE_ACCOUNTS: StoreKey = ("", "serviceaccounts")
CONFIG_MAPS: StoreKey = ("", "configmaps")
ACCOUNT, ROOT_CA = "default", "kube-root-ca.crt"
GIVEN = {SERVICE_ACCOUNTS: ACCOUNT, CONFIG_MAPS: ROOT_CA}
CERTIFICATE = "-----BEGIN CERTIFICATE-----\nc2ltdWxhdGVk\n-----END CERTIFICATE-----\n"


class Namespaces:
    """The controller."""

    def __init__(self, access: Access) -> None:
        self.access = access
        self._ending: set[str] = set()

    def concerns(self, change: Change) -> Iterable[ObjectKey]:
        """Namespaces; the things given to them, when those go; anything in one that is being emptied."""
        yield from own_key(change, NAMESPACES)
        obj = change.entry.obj
        taken = GIVEN.get(change.key) == name_of(obj) and change.type == "DELETED"
        if taken or namespace_of(obj) in self._ending:
            yield "", namespace_of(obj)

    def reconcile(self, key: ObjectKey) -> float | None:
        """Give or take."""
        namespace = self.access.store.get(NAMESPACES, *key)
        if namespace is None:
            self._ending.discard(key[1])
            return None
        if terminating(namespace):
            self._ending.add(key[1])
            self._empty(namespace)
        else:
            self._furnish(key[1])
        return None

    def _furnish(self, name: str) -> None:
        metadata = {"namespace": name}
        if self.access.store.get(SERVICE_ACCOUNTS, name, ACCOUNT) is None:
            account = {
                "apiVersion": "v1",
                "kind": "ServiceAccount",
                "metadata": {"name": ACCOUNT, **metadata},
            }
            self.access.create(SERVICE_ACCOUNTS, account)
        if self.access.store.get(CONFIG_MAPS, name, ROOT_CA) is None:
            made: Obj = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": ROOT_CA, **metadata}}
            self.access.create(CONFIG_MAPS, {**made, "data": {"ca.crt": CERTIFICATE}})

    def _kept_here(self) -> list[Resource]:
        """Every namespaced resource that keeps objects of its own, pods last (their owners go first)."""
        found = [one for one in self.access.cluster.registry if one.namespaced and one.stored is None]
        return sorted(found, key=lambda one: one.plural == "pods")

    def _empty(self, namespace: Obj) -> None:
        """Delete all there is; when nothing is left, let the namespace go."""
        name, left = name_of(namespace), {}
        for resource in self._kept_here():
            if resource.key in left or resource.group == "metrics.k8s.io":
                continue
            for obj in self.access.store.list(resource.key, name):
                if not terminating(obj):
                    self.access.delete(resource.key, obj)
            if rest := self.access.store.list(resource.key, name):
                left[resource.key] = rest
        if left:
            self._tell(namespace, left)
        else:
            self.access.finalize(NAMESPACES, namespace, _let_go)

    def _tell(self, namespace: Obj, left: dict[StoreKey, list[Obj]]) -> None:
        now = self.access.clock.stamp()
        conditions = items(namespace, "status", "conditions")
        for entry in _conditions(left):
            conditions = with_condition(conditions, entry, now)
        status = {**section(namespace, "status"), "phase": "Terminating", "conditions": conditions}
        self.access.set_status(NAMESPACES, namespace, status)


def _let_go(stored: Obj) -> Obj:
    section(stored, "spec").pop("finalizers", None)
    return stored


FINE = (
    ("DiscoveryFailure", "ResourcesDiscovered", "All resources successfully discovered"),
    ("GroupVersionParsingFailure", "ParsedGroupVersions", "All legacy kube types successfully parsed"),
    (
        "ContentFailure",
        "ContentDeleted",
        "All content successfully deleted, may be waiting on finalization",
    ),
)
"""What never goes wrong here, as (end of the type, reason, message)."""


def _conditions(left: dict[StoreKey, list[Obj]]) -> list[Obj]:
    """What a namespace says while something is left in it."""
    remaining = ", ".join(
        f"{plural}.{group} has {len(found)} resource instances"
        for (group, plural), found in sorted(left.items())
    )
    held: dict[str, int] = {}
    for found in left.values():
        for obj in found:
            for finalizer in section(obj, "metadata").get("finalizers") or []:
                held[finalizer] = held.get(finalizer, 0) + 1
    return [
        *(_condition(f"NamespaceDeletion{end}", "False", reason, message) for end, reason, message in FINE),
        _condition(
            "NamespaceContentRemaining",
            "True",
            "SomeResourcesRemain",
            f"Some resources are remaining: {remaining}",
        ),
        _finalizers(held),
    ]


def _finalizers(held: dict[str, int]) -> Obj:
    kind = "NamespaceFinalizersRemaining"
    if not held:
        message = "All content-preserving finalizers finished"
        return _condition(kind, "False", "ContentHasNoFinalizers", message)
    told = ", ".join(f"{name} in {count} resource instances" for name, count in sorted(held.items()))
    message = f"Some content in the namespace has finalizers remaining: {told}"
    return _condition(kind, "True", "SomeFinalizersRemain", message)


def _condition(kind: str, status: str, reason: str, message: str) -> Obj:
    return {"type": kind, "status": status, "reason": reason, "message": message}
