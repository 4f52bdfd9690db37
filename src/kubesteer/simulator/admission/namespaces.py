"""NamespaceLifecycle: nothing is made in a namespace that is missing or going away."""

from kubesteer.simulator.failures import Failure, forbidden, not_found
from kubesteer.simulator.objects import name_of, terminating
from kubesteer.simulator.registry import Resource
from kubesteer.simulator.store import Store

NAMESPACES = ("", "namespaces")
KEPT = frozenset({"default", "kube-system", "kube-public", "kube-node-lease"})


def admit_namespace(store: Store, resource: Resource, namespace: str, name: str) -> None:
    """Raises Failure 404 for a missing namespace, 403 for one that is being terminated."""
    if not resource.namespaced:
        return
    found = store.get(NAMESPACES, "", namespace)
    if found is None:
        raise not_found("", "namespaces", namespace)
    if terminating(found):
        why = f"unable to create new content in namespace {name_of(found)} because it is being terminated"
        failure = forbidden(resource.group, resource.plural, name, why)
        cause = {
            "reason": "NamespaceTerminating",
            "message": f"namespace {name_of(found)} is being terminated",
            "field": "metadata.namespace",
        }
        raise Failure(403, "Forbidden", failure.message, {**(failure.details or {}), "causes": [cause]})
