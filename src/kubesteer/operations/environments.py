"""set_env: one environment variable of a container."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import AfterValidator, Field

from kubesteer.core.errors import AlreadySo, Unusable
from kubesteer.core.operations import Snapshot
from kubesteer.core.requests import Manifest, Request
from kubesteer.core.texts import Text
from kubesteer.operations import consequences
from kubesteer.operations import workloads as w
from kubesteer.operations.templates import TemplateChange, container_of, container_patch, of_replacing

# What every supported API server accepts (the stricter rule, before RelaxedEnvironmentVariableValidation).
_VARIABLE = re.compile(r"[-._a-zA-Z][-._a-zA-Z0-9]*", re.ASCII)
LONGEST_VALUE = 100_000
"""Characters; an object as a whole must stay below 1.5 MB."""


def _variable(name: str) -> str:
    if len(name) > 253 or not _VARIABLE.fullmatch(name) or name in (".", ".."):
        raise Unusable(
            "variable",
            Text(f"“{name[:60]}”不能是环境变量名。", f"“{name[:60]}” cannot be an environment variable."),
            Text("例如 LOG_LEVEL。", "For example LOG_LEVEL."),
        )
    return name


class SetEnv(TemplateChange):
    """Set a variable, or remove it where no value is given."""

    name_ = "set_env"
    summary = Text("设置或删除容器的环境变量", "Set or remove an environment variable of a container")
    examples = (Text("把 cart 的 LOG_LEVEL 设为 debug", "set LOG_LEVEL of cart to debug"),)
    variable: Annotated[str, AfterValidator(_variable)] = Field(description="name of the variable")
    value: str | None = Field(None, description="its value; removed if left out", max_length=LONGEST_VALUE)
    container: str | None = Field(None, description="container, where there are several")

    def requests(self, before: Snapshot) -> tuple[Request, ...]:
        """One strategic merge patch of the container's env."""
        container = container_of(before.object, self.container)
        old = self._present(container)
        if self.value is None and old is None:
            raise Unusable(
                "variable",
                Text(
                    f"容器 {container['name']} 没有变量 {self.variable}。",
                    f"There is no variable {self.variable}.",
                ),
            )
        if (
            old is not None
            and self.value is not None
            and old.get("value", "") == self.value
            and "valueFrom" not in old
        ):
            raise AlreadySo(
                "value", Text(f"{self.variable} 已经是这个值。", f"{self.variable} has this value already.")
            )
        return (container_patch(self.ref, container, {"env": [self._entry(old)]}),)

    def explain(self, before: Snapshot) -> Text:
        """What happens to the variable, and what restarts."""
        container = container_of(before.object, self.container)
        old = self._present(container) or {}
        where = Text(f"{self.ref} 的容器 {container['name']}", f"container {container['name']} of {self.ref}")
        if self.value is None:
            first = Text(
                f"删除{where.zh}的环境变量 {self.variable}。", f"Remove {self.variable} from {where.en}."
            )
        else:
            first = Text(f"设置{where.zh}的环境变量 {self.variable}。", f"Set {self.variable} in {where.en}.")
        source = "valueFrom" in old
        instead = Text(
            "它原来取自别处(valueFrom),将被覆盖。", "It came from elsewhere (valueFrom) and is overridden."
        )
        return consequences.sentence(first, instead if source else None, *of_replacing(before))

    def done(self) -> Text:
        """What was done."""
        if self.value is None:
            return Text(
                f"已从 {self.ref} 删除 {self.variable}", f"{self.variable} is removed from {self.ref}"
            )
        return Text(f"已设置 {self.ref} 的 {self.variable}", f"{self.variable} of {self.ref} is set")

    def _present(self, container: Manifest) -> Manifest | None:
        return next((e for e in w.items_at(container, "env") if e.get("name") == self.variable), None)

    def _entry(self, old: Manifest | None) -> dict[str, Any]:
        if self.value is None:
            return {"name": self.variable, "$patch": "delete"}
        entry: dict[str, Any] = {"name": self.variable, "value": self.value}
        return entry | ({"valueFrom": None} if old and "valueFrom" in old else {})
