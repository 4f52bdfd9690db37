"""set_probe: how the kubelet asks a container whether it is ready, alive or started."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from kubesteer.core.errors import AlreadySo, Unusable
from kubesteer.core.operations import Snapshot
from kubesteer.core.requests import Manifest, Request
from kubesteer.core.texts import Text
from kubesteer.operations import consequences
from kubesteer.operations import workloads as w
from kubesteer.operations.ports import Port
from kubesteer.operations.templates import TemplateChange, container_of, container_patch, of_replacing

HANDLERS = ("httpGet", "tcpSocket", "grpc", "exec")
_TIMES = {
    "initial_delay_seconds": "initialDelaySeconds",
    "period_seconds": "periodSeconds",
    "timeout_seconds": "timeoutSeconds",
    "failure_threshold": "failureThreshold",
    "success_threshold": "successThreshold",
}


def _kind(value: Any) -> Any:
    return value.removesuffix("Probe") if isinstance(value, str) else value


Seconds = Annotated[int, Field(ge=1, le=86_400)]
Times = Annotated[int, Field(ge=1, le=1_000)]


class SetProbe(TemplateChange):
    """Change a probe; what is not given stays."""

    name_ = "set_probe"
    summary = Text("设置或删除容器的健康检查探针", "Set, change or remove a probe of a container")
    examples = (
        Text("把 cart 的就绪探针端口改成 8080", "set the readiness probe of cart to port 8080"),
        Text("存活探针的路径改为 /healthz", "point the liveness probe of cart at /healthz"),
    )
    probe: Annotated[Literal["readiness", "liveness", "startup"], BeforeValidator(_kind)] = Field(
        description="which probe"
    )
    port: Port | None = Field(None, description="port number or name")
    path: Annotated[str, Field(pattern=r"^/[^\s\x00-\x1f]*$", max_length=2000)] | None = Field(
        None, description="HTTP path, such as /healthz"
    )
    command: tuple[str, ...] | None = Field(None, description="command to run in the container instead")
    initial_delay_seconds: Annotated[int, Field(ge=0, le=86_400)] | None = Field(
        None, description="seconds before the first try"
    )
    period_seconds: Seconds | None = Field(None, description="seconds between tries")
    timeout_seconds: Seconds | None = Field(None, description="seconds that an answer may take")
    failure_threshold: Times | None = Field(None, description="failures in a row that count")
    success_threshold: Times | None = Field(None, description="successes in a row that count")
    remove: bool = Field(False, description="remove the probe")
    container: str | None = Field(None, description="container, where there are several")

    def requests(self, before: Snapshot) -> tuple[Request, ...]:
        """One strategic merge patch of the container's probe."""
        container = container_of(before.object, self.container)
        field, present = f"{self.probe}Probe", w.table_at(container, f"{self.probe}Probe")
        if self.remove:
            if not present:
                raise Unusable("probe", Text("没有这个探针。", "There is no such probe."))
            return (container_patch(self.ref, container, {field: None}),)
        change = {**self._handler(present), **self._times()}
        if not change:
            raise Unusable(
                "port",
                Text("要把探针改成什么样?例如端口或路径。", "What should it become? A port or a path."),
            )
        if self._same(present, change):
            raise AlreadySo("probe", Text("探针已经是这样。", "The probe is that way already."))
        return (container_patch(self.ref, container, {field: change}),)

    def explain(self, before: Snapshot) -> Text:
        """Which probe of which container, and what restarts."""
        name = container_of(before.object, self.container)["name"]
        if self.remove:
            first = Text(
                f"删除 {self.ref} 的容器 {name} 的 {self.probe} 探针。",
                f"Remove the {self.probe} probe of container {name} of {self.ref}.",
            )
        else:
            first = Text(
                f"修改 {self.ref} 的容器 {name} 的 {self.probe} 探针:{self._told()}。",
                f"Change the {self.probe} probe of container {name} of {self.ref}: {self._told()}.",
            )
        return consequences.sentence(first, *of_replacing(before))

    def done(self) -> Text:
        """What was done."""
        return Text(
            f"{self.ref} 的 {self.probe} 探针已修改", f"The {self.probe} probe of {self.ref} is changed"
        )

    def _handler(self, present: Manifest) -> dict[str, Any]:
        """The handler, changed or replaced; the others go, for a probe may have one only."""
        if self.command is not None:
            return {**self._others("exec", present), "exec": {"command": list(self.command)}}
        if self.path is None and self.port is None:
            if not present:
                raise Unusable("port", Text("要检查哪个端口?", "Which port should it ask?"))
            return {}
        kind = self._kind_of(present)
        change: dict[str, Any] = {"path": self.path} if self.path is not None and kind == "httpGet" else {}
        port = self.port if self.port is not None else w.at(present, kind, "port")
        if port is None:
            raise Unusable("port", Text("要检查哪个端口?", "Which port should it ask?"))
        return {**self._others(kind, present), kind: {**change, "port": port}}

    def _kind_of(self, present: Manifest) -> str:
        if self.path is not None or "httpGet" in present:
            return "httpGet"
        return "grpc" if "grpc" in present and isinstance(self.port, int) else "tcpSocket"

    def _others(self, kind: str, present: Manifest) -> dict[str, Any]:
        return {other: None for other in HANDLERS if other != kind and other in present}

    def _times(self) -> dict[str, int]:
        values = {field: getattr(self, own) for own, field in _TIMES.items()}
        return {field: value for field, value in values.items() if value is not None}

    def _told(self) -> str:
        own = ("path", "port", "command", *_TIMES)
        return ", ".join(f"{key}={getattr(self, key)}" for key in own if getattr(self, key) is not None)

    def _same(self, present: Manifest, change: dict[str, Any]) -> bool:
        merged = {
            key: {**(present.get(key) or {}), **value} if isinstance(value, dict) else value
            for key, value in change.items()
        }
        return all(present.get(key) == value for key, value in merged.items())
