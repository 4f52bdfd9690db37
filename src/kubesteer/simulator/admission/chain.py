"""The order in which admission looks at a new object."""

from kubesteer.simulator.admission.allocations import SERVICES, allocate_service
from kubesteer.simulator.admission.jobs import JOBS, admit_job
from kubesteer.simulator.admission.limits import admit_limits
from kubesteer.simulator.admission.priorities import admit_priority
from kubesteer.simulator.admission.quotas import PODS, admit_quota
from kubesteer.simulator.admission.service_accounts import admit_service_account
from kubesteer.simulator.objects import Obj, ensure, name_of, text
from kubesteer.simulator.registry import Resource
from kubesteer.simulator.store import Store

CLAIMS = ("", "persistentvolumeclaims")
STORAGE_CLASSES = ("storage.k8s.io", "storageclasses")
DEFAULT_CLASS = "storageclass.kubernetes.io/is-default-class"
DEFAULT_TOLERATIONS = ("node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable")


def admit(store: Store, resource: Resource, obj: Obj) -> None:
    """Complete a new object from its surroundings, or refuse it. Raises Failure 403 or 422."""
    if resource.key == PODS:
        admit_service_account(store, obj)
        admit_limits(store, obj)
        admit_priority(store, obj)
        _default_tolerations(obj)
    elif resource.key == SERVICES:
        allocate_service(store, obj)
    elif resource.key == JOBS:
        admit_job(obj)
    elif resource.key == CLAIMS:
        _default_storage_class(store, obj)
    if resource.namespaced:
        admit_quota(store, resource, obj)


def _default_tolerations(pod: Obj) -> None:
    """A pod bears the loss of its node for five minutes."""
    held = pod["spec"].setdefault("tolerations", [])
    known = {toleration.get("key") for toleration in held}
    for key in DEFAULT_TOLERATIONS:
        if key not in known and None not in known:
            held.append({"key": key, "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 300})


def _default_storage_class(store: Store, claim: Obj) -> None:
    if "storageClassName" in ensure(claim, "spec"):
        return
    for storage_class in store.list(STORAGE_CLASSES):
        if text(storage_class, "metadata", "annotations", DEFAULT_CLASS) == "true":
            claim["spec"]["storageClassName"] = name_of(storage_class)
