"""What containers use, by declared load: the numbers behind metrics and out-of-memory kills."""

from collections.abc import Mapping
from decimal import Decimal

from kubesteer.simulator.behaviour import PREFIX, Behaviour, series
from kubesteer.simulator.clock import Clock, read_stamp
from kubesteer.simulator.objects import (
    Obj,
    annotations_of,
    condition_is,
    dig,
    items,
    labels_of,
    namespace_of,
    section,
)
from kubesteer.simulator.quantities import amount
from kubesteer.simulator.store import Store

PODS = ("", "pods")
HASHES = frozenset(
    {
        "pod-template-hash",
        "controller-revision-hash",
        "statefulset.kubernetes.io/pod-name",
        "apps.kubernetes.io/pod-index",
    }
)
TOTAL = f"{PREFIX}cpu-total"
IDLE_CPU, IDLE_MEMORY = Decimal("0.003"), Decimal(24 * 2**20)
CPU_SHARE, MEMORY_SHARE = Decimal("0.1"), Decimal(1) / 3


def _family(pod: Obj) -> tuple[str, frozenset[tuple[str, str]]]:
    """What the pods of one workload have in common."""
    return namespace_of(pod), frozenset((k, v) for k, v in labels_of(pod).items() if k not in HASHES)


class Loads:
    """Answers what a container uses now."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store = store
        self.clock = clock

    def usage(self, pod: Obj, name: str) -> tuple[Decimal, Decimal] | None:
        """Cores and bytes; None while the container does not run."""
        started = next(
            (
                dig(status, "state", "running", "startedAt")
                for status in items(pod, "status", "containerStatuses")
                if status.get("name") == name
            ),
            None,
        )
        container = next((c for c in items(pod, "spec", "containers") if c["name"] == name), None)
        if started is None or container is None:
            return None
        elapsed = max(self.clock.elapsed(read_stamp(started, self.clock.now())), 0.0)
        behaviour = Behaviour(pod, container)
        resources = section(container, "resources")
        return self._cpu(pod, behaviour, resources, elapsed), _memory(behaviour, resources, elapsed)

    def _cpu(self, pod: Obj, behaviour: Behaviour, resources: Mapping[str, Obj], elapsed: float) -> Decimal:
        limit = section(resources, "limits").get("cpu")
        if declared := behaviour.series("cpu"):
            used = declared.at(elapsed)
        elif total := series(annotations_of(pod).get(TOTAL)):
            used = total.at(elapsed) / self._sharers(pod)
        else:
            used = amount(section(resources, "requests").get("cpu", 0)) * CPU_SHARE or IDLE_CPU
        return min(used, amount(limit)) if limit is not None else used

    def _sharers(self, pod: Obj) -> int:
        family = _family(pod)
        found = self.store.list(PODS, namespace_of(pod))
        return max(1, sum(1 for other in found if _family(other) == family and condition_is(other, "Ready")))


def _memory(behaviour: Behaviour, resources: Mapping[str, Obj], elapsed: float) -> Decimal:
    limit = section(resources, "limits").get("memory")
    if declared := behaviour.series("memory"):
        used = declared.at(elapsed)
    else:
        used = amount(section(resources, "requests").get("memory", 0)) * MEMORY_SHARE or IDLE_MEMORY
    return min(used, amount(limit)) if limit is not None else used
