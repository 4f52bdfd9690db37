"""Priority: a pod's priority number comes from its class."""

from kubesteer.simulator.failures import forbidden
from kubesteer.simulator.objects import Obj, name_of, number, text
from kubesteer.simulator.store import Store

PRIORITY_CLASSES = ("scheduling.k8s.io", "priorityclasses")


def admit_priority(store: Store, pod: Obj) -> None:
    """Set `priority` and `preemptionPolicy`. Raises Failure 403 for a class that does not exist."""
    spec = pod["spec"]
    classes = store.list(PRIORITY_CLASSES)
    name = text(spec, "priorityClassName")
    found = next((c for c in classes if name_of(c) == name or (not name and c.get("globalDefault"))), None)
    if name and found is None:
        raise forbidden("", "pods", name_of(pod), f"no PriorityClass with name {name} was found")
    spec["priority"] = number(found, "value")
    spec.setdefault("preemptionPolicy", text(found, "preemptionPolicy", default="PreemptLowerPriority"))
