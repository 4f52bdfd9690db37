"""Deleting: preconditions, grace, finalizers and propagation.

Source: https://kubernetes.io/docs/concepts/architecture/garbage-collection/ and
https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-termination
"""

from dataclasses import dataclass
from datetime import timedelta

from kubesteer.simulator.clock import LONGEST_SECONDS, stamp
from kubesteer.simulator.failures import conflict, forbidden, invalid, not_found
from kubesteer.simulator.objects import Obj, clone, ensure, number, section, terminating, text, uid_of
from kubesteer.simulator.registry import Resource
from kubesteer.simulator.validation.causes import NOT_NEGATIVE, Causes
from kubesteer.simulator.writes import Cluster

FOREGROUND, ORPHAN = "foregroundDeletion", "orphan"
POLICIES = ("Background", "Foreground", "Orphan")
LONGEST_GRACE = 10**9
FINALIZERS = {"Foreground": FOREGROUND, "Orphan": ORPHAN}
ENDLESS = frozenset({"default", "kube-system", "kube-public", "kube-node-lease"})


@dataclass(frozen=True, slots=True)
class Deletion:
    """The `DeleteOptions` of a request."""

    propagation: str = "Background"
    grace: int | None = None
    """Seconds; None for what the object itself asks for."""
    uid: str = ""
    resource_version: str = ""
    dry_run: bool = False


def read_deletion(options: Obj, *, dry_run: bool = False) -> Deletion:
    """`DeleteOptions` as a client sends them. Raises Failure 422."""
    orphaning = "Orphan" if options.get("orphanDependents") is True else "Background"
    _check_options(options)
    return Deletion(
        propagation=text(options, "propagationPolicy", default=orphaning),
        grace=options.get("gracePeriodSeconds"),
        uid=text(options, "preconditions", "uid"),
        resource_version=text(options, "preconditions", "resourceVersion"),
        dry_run=dry_run or options.get("dryRun") == ["All"],
    )


def _check_options(options: Obj) -> None:
    causes = Causes()
    policy, grace, dry = (options.get(key) for key in ("propagationPolicy", "gracePeriodSeconds", "dryRun"))
    if policy is not None and policy not in POLICIES:
        causes.unsupported("propagationPolicy", policy, POLICIES)
    if grace is not None and (isinstance(grace, bool) or not isinstance(grace, int) or grace < 0):
        causes.invalid("gracePeriodSeconds", grace, NOT_NEGATIVE)
    if dry not in (None, [], ["All"]):
        causes.unsupported("dryRun", dry, ("All",))
    if causes.found:
        raise invalid("meta.k8s.io", "DeleteOptions", "", causes.found)


def delete(
    cluster: Cluster, resource: Resource, namespace: str, name: str, deletion: Deletion
) -> tuple[Obj, bool]:
    """Delete an object, or mark it where something must happen first.

    Returns its last form and whether it is gone. Raises Failure 404, 409 (preconditions), 403 (a namespace
    that must stay).
    """
    found = cluster.store.get(resource.key, namespace, name)
    if found is None:
        raise not_found(resource.group, resource.plural, name)
    _check_preconditions(resource, found, name, deletion)
    if resource.plural == "namespaces" and not resource.group and name in ENDLESS:
        raise forbidden("", "namespaces", name, "this namespace may not be deleted")
    marked = _marked(cluster, found, deletion)
    if _must_wait(marked):
        if marked != found and not deletion.dry_run:
            cluster.store.put(resource.key, marked)
        return marked, False
    if deletion.dry_run:
        return found, True
    return cluster.store.remove(resource.key, namespace, name), True


def _check_preconditions(resource: Resource, found: Obj, name: str, deletion: Deletion) -> None:
    # Here, and here only, a kube-apiserver calls the object by its kind.
    if deletion.uid and deletion.uid != uid_of(found):
        why = (
            f"the UID in the precondition ({deletion.uid}) does not match the UID in record ({uid_of(found)}). "
            "The object might have been deleted and then recreated"
        )
        raise conflict(resource.group, resource.kind, name, why)
    version = text(found, "metadata", "resourceVersion")
    if deletion.resource_version and deletion.resource_version != version:
        why = (
            f"the ResourceVersion in the precondition ({deletion.resource_version}) does not match the "
            f"ResourceVersion in record ({version}). The object might have been modified"
        )
        raise conflict(resource.group, resource.kind, name, why)


def _grace(found: Obj, deletion: Deletion) -> int:
    """Seconds that a pod has to stop; everything else stops at once."""
    if found["kind"] != "Pod" or not text(found, "spec", "nodeName"):
        return 0
    if text(found, "status", "phase") in ("Succeeded", "Failed"):
        return 0
    own = number(found, "spec", "terminationGracePeriodSeconds")
    return min(max(own if deletion.grace is None else deletion.grace, 0), LONGEST_GRACE)


def _marked(cluster: Cluster, found: Obj, deletion: Deletion) -> Obj:
    """The object with the finalizer of the propagation, a deletion timestamp and its grace."""
    marked: Obj = clone(found)
    metadata = ensure(marked, "metadata")
    if not terminating(found) and (finalizer := FINALIZERS.get(deletion.propagation)):
        metadata["finalizers"] = [*metadata.get("finalizers", []), finalizer]
    grace = _grace(found, deletion)
    if terminating(found) and grace >= number(found, "metadata", "deletionGracePeriodSeconds"):
        return marked
    metadata["deletionTimestamp"] = stamp(
        cluster.clock.now() + timedelta(seconds=min(grace, LONGEST_SECONDS))
    )
    metadata["deletionGracePeriodSeconds"] = grace
    if found["kind"] == "Namespace":
        ensure(marked, "status")["phase"] = "Terminating"
    return marked


def _must_wait(marked: Obj) -> bool:
    metadata = section(marked, "metadata")
    held = bool(metadata.get("finalizers")) or bool(section(marked, "spec").get("finalizers"))
    return held or bool(metadata.get("deletionGracePeriodSeconds"))
