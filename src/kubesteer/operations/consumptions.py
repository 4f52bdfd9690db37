"""What containers use now beside what they asked for and may take. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from kubesteer.core.clusters import Usage
from kubesteer.core.quantities import amount
from kubesteer.core.requests import Manifest
from kubesteer.operations import workloads as w

Resource = Literal["cpu", "memory"]


@dataclass(frozen=True, slots=True)
class Consumption:
    """One resource of one thing: cores or bytes. `request` and `limit` are None where not every container
    has one, so that a percentage would mean nothing."""

    used: float
    request: float | None = None
    limit: float | None = None

    def percent(self, of: Literal["request", "limit"]) -> float | None:
        """Used as a percentage of the request or the limit; None without one."""
        whole = self.request if of == "request" else self.limit
        return None if not whole else 100 * self.used / whole

    def __add__(self, other: Consumption) -> Consumption:
        return Consumption(
            self.used + other.used, _sum(self.request, other.request), _sum(self.limit, other.limit)
        )

    def to_json(self) -> dict[str, Any]:
        """As data of an answer; percentages with one decimal."""
        shape = {"used": self.used, "request": self.request, "limit": self.limit}
        for which in ("request", "limit"):
            percent = self.percent("request" if which == "request" else "limit")
            shape[f"percent_of_{which}"] = None if percent is None else round(percent, 1)
        return shape


def of_pod(pod: Manifest, usage: Usage) -> dict[Resource, Consumption]:
    """CPU and memory of a pod, all containers together."""
    return {"cpu": _of(pod, usage.cpu, "cpu"), "memory": _of(pod, usage.memory, "memory")}


def of_node(node: Manifest, usage: Usage) -> dict[Resource, Consumption]:
    """CPU and memory of a node; its limit is what it can allocate to pods."""
    room = w.table_at(node, "status", "allocatable")
    return {
        "cpu": Consumption(sum(usage.cpu.values()), None, _amount(room.get("cpu"))),
        "memory": Consumption(sum(usage.memory.values()), None, _amount(room.get("memory"))),
    }


def together(each: Iterable[Mapping[Resource, Consumption]]) -> dict[Resource, Consumption] | None:
    """The sum of several; None of none."""
    total: dict[Resource, Consumption] | None = None
    for one in each:
        total = dict(one) if total is None else {key: total[key] + one[key] for key in total}
    return total


def _of(pod: Manifest, used: Mapping[str, float], resource: Resource) -> Consumption:
    running = [*w.containers_of(pod, "Pod"), *w.sidecars_of(pod, "Pod")]
    request, limit = (
        _all([_amount(w.at(c, "resources", field, resource)) for c in running])
        for field in ("requests", "limits")
    )
    return Consumption(sum(used.values()), request, limit)


def _all(values: list[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) if known and len(known) == len(values) else None


def _sum(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else one + other


def _amount(quantity: Any) -> float | None:
    try:
        return None if quantity is None else amount(quantity)
    except ValueError:
        return None
