"""set_resources: CPU and memory that a container asks for and may take."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from kubesteer.core.errors import AlreadySo, Unusable
from kubesteer.core.operations import Snapshot
from kubesteer.core.quantities import amount
from kubesteer.core.requests import Manifest, Request
from kubesteer.core.texts import Text
from kubesteer.operations import consequences
from kubesteer.operations import workloads as w
from kubesteer.operations.templates import TemplateChange, container_of, container_patch, of_replacing

LEAST_MEMORY = 2.0**20
"""Bytes. No container starts with less; what is smaller is a slip of units, such as 512m for 512Mi."""
MOST_MEMORY = 2.0**50
LEAST_CPU = 0.001
"""Cores; the API knows nothing finer than 1m."""
MOST_CPU = 4096.0


def _cpu(value: str) -> str:
    return _checked(
        value, LEAST_CPU, MOST_CPU, "cpu", Text("例如 250m、0.5、2。", "For example 250m, 0.5, 2.")
    )


def _memory(value: str) -> str:
    return _checked(
        value, LEAST_MEMORY, MOST_MEMORY, "memory", Text("例如 256Mi、1Gi。", "For example 256Mi, 1Gi.")
    )


def _checked(value: str, least: float, most: float, resource: str, remedy: Text) -> str:
    try:
        usable = least <= amount(value) <= most
    except (ValueError, OverflowError):
        usable = False
    if not usable:
        name = Text("CPU", "CPU") if resource == "cpu" else Text("内存", "memory")
        raise Unusable(
            resource,
            Text(
                f"“{value[:40]}”不是可用的{name.zh}用量。",
                f"“{value[:40]}” is not a usable amount of {name.en}.",
            ),
            remedy,
        )
    return value


Cpu = Annotated[str, AfterValidator(_cpu)]
Memory = Annotated[str, AfterValidator(_memory)]


class SetResources(TemplateChange):
    """Set requests and limits; what is not given stays."""

    name_ = "set_resources"
    summary = Text("设置容器的 CPU 和内存请求/上限", "Set a container's CPU and memory requests and limits")
    examples = (
        Text("把 user-service 的内存上限调到 1Gi", "raise the memory limit of user-service to 1Gi"),
        Text("cart 的 CPU 请求改成 250m", "set the cpu request of cart to 250m"),
    )
    container: str | None = Field(None, description="container, where there are several")
    cpu_request: Cpu | None = Field(None, description="cores asked for, such as 250m")
    cpu_limit: Cpu | None = Field(None, description="most cores, such as 1")
    memory_request: Memory | None = Field(None, description="memory asked for, such as 256Mi")
    memory_limit: Memory | None = Field(None, description="most memory, such as 1Gi")

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not (self._given("request") or self._given("limit")):
            raise Unusable(
                "memory_limit",
                Text(
                    "要把哪个值改成多少?例如内存上限 1Gi。",
                    "Which value, and to what? For example memory limit 1Gi.",
                ),
            )
        return self

    def requests(self, before: Snapshot) -> tuple[Request, ...]:
        """One strategic merge patch of the container's resources."""
        container = container_of(before.object, self.container)
        now = {field: w.table_at(container, "resources", field) for field in ("requests", "limits")}
        given = {"requests": self._given("request"), "limits": self._given("limit")}
        if all(_same(now[field], given[field]) for field in given):
            raise AlreadySo(
                "container", Text(f"{self.ref} 已经是这些值。", f"{self.ref} has these values already.")
            )
        _check_order(now["requests"] | given["requests"], now["limits"] | given["limits"])
        resources = {field: values for field, values in given.items() if values}
        return (container_patch(self.ref, container, {"resources": resources}),)

    def explain(self, before: Snapshot) -> Text:
        """Old and new values, and what restarts."""
        container = container_of(before.object, self.container)
        steps = [
            _step(container, which, resource, value)
            for which in ("request", "limit")
            for resource, value in self._given(which).items()
        ]
        first = Text(
            f"调整 {self.ref} 的容器 {container['name']}:{';'.join(s.zh for s in steps)}。",
            f"Change container {container['name']} of {self.ref}: {'; '.join(s.en for s in steps)}.",
        )
        return consequences.sentence(first, *of_replacing(before))

    def done(self) -> Text:
        """What was done."""
        values = [f"{r} {which} {v}" for which in ("request", "limit") for r, v in self._given(which).items()]
        return Text(
            f"{self.ref} 的资源已调整为 {', '.join(values)}", f"{self.ref} now has {', '.join(values)}"
        )

    def _given(self, which: str) -> dict[str, str]:
        values = {resource: getattr(self, f"{resource}_{which}") for resource in ("cpu", "memory")}
        return {resource: value for resource, value in values.items() if value is not None}


def _same(now: Manifest, given: dict[str, str]) -> bool:
    return all(key in now and amount(now[key]) == amount(value) for key, value in given.items())


def _check_order(requests: Manifest, limits: Manifest) -> None:
    for resource in ("cpu", "memory"):
        low, high = requests.get(resource), limits.get(resource)
        if low is not None and high is not None and amount(low) > amount(high):
            raise Unusable(
                f"{resource}_limit",
                Text(
                    f"{resource} 的请求 {low} 会高于上限 {high}。",
                    f"The {resource} request {low} would be above its limit {high}.",
                ),
                Text("请把请求一并调整。", "Change the request as well."),
            )


def _step(container: Manifest, which: str, resource: str, value: str) -> Text:
    old = w.at(container, "resources", f"{which}s", resource)
    name = f"{resource} {which}"
    return Text(f"{name} {old or '未设置'} → {value}", f"{name} {old or 'unset'} → {value}")
