"""Evictions and the budgets that limit them.

Source: https://kubernetes.io/docs/concepts/scheduling-eviction/api-eviction/
"""

from kubesteer.simulator.deletion import delete, read_deletion
from kubesteer.simulator.failures import Failure
from kubesteer.simulator.objects import (
    Obj,
    condition_is,
    labels_of,
    name_of,
    namespace_of,
    number,
    section,
    terminating,
    text,
)
from kubesteer.simulator.registry import Resource
from kubesteer.simulator.selectors import matches
from kubesteer.simulator.writes import Cluster

BUDGETS = ("policy", "poddisruptionbudgets")


def budgets_of(cluster: Cluster, pod: Obj) -> list[Obj]:
    """The budgets whose selector matches a pod."""
    found = cluster.store.list(BUDGETS, namespace_of(pod))
    return [b for b in found if matches(section(b, "spec").get("selector"), labels_of(pod))]


def evict(cluster: Cluster, resource: Resource, pod: Obj, options: Obj, *, dry_run: bool) -> None:
    """Delete a pod if its budget allows it. Raises Failure 429 otherwise, 500 for several budgets."""
    budgets = budgets_of(cluster, pod)
    if len(budgets) > 1:
        message = (
            "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support."
        )
        raise Failure(500, "InternalError", message)
    if budgets and _counts(budgets[0], pod):
        _spend(cluster, budgets[0], pod, dry_run=dry_run)
    delete(cluster, resource, namespace_of(pod), name_of(pod), read_deletion(options, dry_run=dry_run))


def _counts(budget: Obj, pod: Obj) -> bool:
    """Whether the loss of a pod is the budget's business.

    An unready pod is spared while the others keep the budget, or always if `unhealthyPodEvictionPolicy` says so.
    """
    if text(pod, "status", "phase") != "Running" or terminating(pod):
        return False
    if condition_is(pod, "Ready"):
        return True
    if text(budget, "spec", "unhealthyPodEvictionPolicy") == "AlwaysAllow":
        return False
    status = section(budget, "status")
    needed = number(status, "desiredHealthy")
    return not 0 < needed <= number(status, "currentHealthy")


def _spend(cluster: Cluster, budget: Obj, pod: Obj, *, dry_run: bool) -> None:
    status = section(budget, "status")
    allowed = number(status, "disruptionsAllowed")
    if allowed < 1:
        needed, have = number(status, "desiredHealthy"), number(status, "currentHealthy")
        cause = {
            "reason": "DisruptionBudget",
            "message": (
                f"The disruption budget {name_of(budget)} needs {needed} healthy pods and has {have} currently"
            ),
        }
        message = "Cannot evict pod as it would violate the pod's disruption budget."
        raise Failure(429, "TooManyRequests", message, {"causes": [cause]})
    if not dry_run:
        disrupted = {**section(status, "disruptedPods"), name_of(pod): cluster.clock.stamp()}
        spent = {**status, "disruptionsAllowed": allowed - 1, "disruptedPods": disrupted}
        cluster.store.put(BUDGETS, {**budget, "metadata": dict(budget["metadata"]), "status": spent})
