"""One Deployment with its ReplicaSets, and the numbers that a rolling update moves by; all pure.

Source: pkg/controller/deployment/{rolling,sync}.go and util/deployment_util.go of the 1.34 release.
"""

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from kubesteer.simulator.objects import Obj, annotations_of, clone, name_of, number, section, text

HASH = "pod-template-hash"
PERCENT = re.compile(r"([0-9]{1,9})%")
REVISION = "deployment.kubernetes.io/revision"
HISTORY = "deployment.kubernetes.io/revision-history"
DESIRED = "deployment.kubernetes.io/desired-replicas"
MOST = "deployment.kubernetes.io/max-replicas"


def share(value: Any, total: int, *, up: bool) -> int:
    """An IntOrString: `2`, or `"25%"` of a total, rounded up or down; 0 for what is neither."""
    if isinstance(value, int):
        return int(value)
    found = PERCENT.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        return 0
    part = int(found[1]) * total
    return math.ceil(part / 100) if up else part // 100


def wanted_of(workload: Obj) -> int:
    """`spec.replicas`."""
    return number(workload, "spec", "replicas", default=1)


def revision_of(replica_set: Obj) -> int:
    """The revision that a ReplicaSet stands for, 0 where it says none."""
    told = annotations_of(replica_set).get(REVISION, "")
    return int(told) if told.isdecimal() else 0


def bare_template(workload: Obj) -> Obj:
    """The pod template without the hash that its ReplicaSet adds."""
    template: Obj = clone(section(workload, "spec", "template"))
    section(template, "metadata", "labels").pop(HASH, None)
    if not template.get("metadata", {}).get("labels", True):
        template["metadata"].pop("labels")
    return template


@dataclass(frozen=True, slots=True)
class Rollout:
    """A Deployment, the ReplicaSet of its present template (if there), and all others by age."""

    deployment: Obj
    new: Obj | None
    old: tuple[Obj, ...]

    @property
    def all(self) -> list[Obj]:
        """Old ones first."""
        return [*self.old, *([self.new] if self.new else [])]

    @property
    def wanted(self) -> int:
        """Pods that are wanted."""
        return wanted_of(self.deployment)

    @property
    def rolling(self) -> bool:
        """Whether the old is replaced step by step."""
        return text(self.deployment, "spec", "strategy", "type") != "Recreate"

    @property
    def surge(self) -> int:
        """Pods beyond the wanted that may be there."""
        rolling = section(self.deployment, "spec", "strategy", "rollingUpdate")
        return share(rolling.get("maxSurge", 0), self.wanted, up=True) if self.rolling else 0

    @property
    def spared(self) -> int:
        """Pods of the wanted that may be missing."""
        if not self.rolling:
            return 0
        rolling = section(self.deployment, "spec", "strategy", "rollingUpdate")
        found = share(rolling.get("maxUnavailable", 0), self.wanted, up=False)
        if not found and not self.surge:
            found = 1
        return min(found, self.wanted)

    @property
    def most(self) -> int:
        """Pods that may be there at most."""
        return self.wanted + self.surge


def made(sets: Iterable[Obj]) -> int:
    """Pods that ReplicaSets ask for."""
    return sum(wanted_of(found) for found in sets)


def counted(sets: Iterable[Obj], what: str) -> int:
    """Pods that ReplicaSets have, by a field of their status."""
    return sum(number(found, "status", what) for found in sets)


def first_size(rollout: Rollout) -> int:
    """How many pods the new ReplicaSet should have next, growing only."""
    present = wanted_of(rollout.new) if rollout.new else 0
    if not rollout.rolling:
        return rollout.wanted
    room = rollout.most - made(rollout.all)
    return present + max(min(room, rollout.wanted - present), 0)


def grow(rollout: Rollout) -> dict[str, int]:
    """Sizes (by name) of the step that grows, or trims, the new ReplicaSet; empty for none."""
    if rollout.new is None or wanted_of(rollout.new) == rollout.wanted:
        return {}
    size = min(first_size(rollout), rollout.wanted)
    return {name_of(rollout.new): size} if size != wanted_of(rollout.new) else {}


def shrink(rollout: Rollout) -> dict[str, int]:
    """Sizes of the step that shrinks old ReplicaSets: unhealthy pods first, then as many as may be spared."""
    new = [rollout.new] if rollout.new else []
    needed = rollout.wanted - rollout.spared
    unready = made(new) - counted(new, "availableReplicas")
    most = made(rollout.all) - needed - unready
    sizes: dict[str, int] = {}
    if most <= 0:
        return sizes
    for found in rollout.old:
        sick = wanted_of(found) - number(found, "status", "availableReplicas")
        gone = min(most, max(sick, 0))
        most -= gone
        sizes[name_of(found)] = wanted_of(found) - gone
    spare = counted(rollout.all, "availableReplicas") - needed
    for found in rollout.old:
        gone = max(min(spare, sizes[name_of(found)]), 0)
        spare -= gone
        sizes[name_of(found)] -= gone
    return {name_of(f): sizes[name_of(f)] for f in rollout.old if sizes[name_of(f)] != wanted_of(f)}


def rescale(rollout: Rollout) -> dict[str, int]:
    """Sizes after the wanted number was changed: all on one ReplicaSet, or in proportion during a rollout."""
    active = [found for found in rollout.all if wanted_of(found)]
    if len(active) <= 1:
        only = active[0] if active else (rollout.new or (rollout.old[-1] if rollout.old else None))
        return {name_of(only): rollout.wanted} if only else {}
    if rollout.new and _saturated(rollout.new, rollout.wanted):
        return {name_of(found): 0 for found in rollout.old if wanted_of(found)}
    return _in_proportion(rollout, active) if rollout.rolling else {}


def _saturated(new: Obj, wanted: int) -> bool:
    desired = annotations_of(new).get(DESIRED)
    full = wanted_of(new) == number(new, "status", "availableReplicas") == wanted
    return full and desired == str(wanted)


def _in_proportion(rollout: Rollout, active: list[Obj]) -> dict[str, int]:
    total = made(active)
    to_add = (rollout.most if rollout.wanted else 0) - total
    ordered = sorted(active, key=lambda one: (wanted_of(one), text(one, "metadata", "creationTimestamp")))
    sizes, added = {}, 0
    for found in reversed(ordered):
        part = _fraction(found, rollout, to_add, added) if to_add else 0
        sizes[name_of(found)] = wanted_of(found) + part
        added += part
    largest = name_of(ordered[-1])
    sizes[largest] = max(sizes[largest] + to_add - added, 0)
    return sizes


def _fraction(found: Obj, rollout: Rollout, to_add: int, added: int) -> int:
    told = annotations_of(found).get(MOST, "")
    before = int(told) if told.isdecimal() and int(told) else rollout.most
    part = round(wanted_of(found) * rollout.most / before) - wanted_of(found)
    left = to_add - added
    return min(part, left) if to_add > 0 else max(part, left)
