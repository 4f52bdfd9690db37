"""set_service: which pods a Service leads to, and through which ports."""

from __future__ import annotations

from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, model_validator

from kubesteer.core.errors import AlreadySo, Unusable
from kubesteer.core.operations import Broken, Progress, Settled, Snapshot, Waiting
from kubesteer.core.refs import Ref
from kubesteer.core.requests import Manifest, Patch, PatchType, Request
from kubesteer.core.texts import Text, join
from kubesteer.operations import consequences
from kubesteer.operations import workloads as w
from kubesteer.operations.alterations import Reversible, missing
from kubesteer.operations.labels import checked_key, checked_value
from kubesteer.operations.named import Scoped
from kubesteer.operations.ports import Number, Port


def _selector(value: Any) -> Any:
    """`app=web,tier=front` as well as an object."""
    if not isinstance(value, str):
        return value
    pairs = [part.partition("=") for part in value.split(",") if part.strip()]
    if not all(equals for _, equals, _ in pairs):
        raise Unusable(
            "selector",
            Text(f"“{value[:60]}”不是选择器。", f"“{value[:60]}” is not a selector."),
            Text("例如 app=web,tier=front。", "For example app=web,tier=front."),
        )
    return {key.strip(): word.strip() for key, _, word in pairs}


class SetService(Scoped, Reversible):
    """Change a Service's selector or a port; what is not given stays."""

    name_ = "set_service"
    summary = Text("修改 Service 的选择器或端口", "Change a Service's selector or ports")
    examples = (
        Text("把 cart 服务的目标端口改成 8080", "set the target port of service cart to 8080"),
        Text("让 web 服务选择 app=web 的 Pod", "make service web select app=web"),
    )
    selector: Annotated[dict[str, str], BeforeValidator(_selector)] | None = Field(
        None, description="labels of the pods, replacing the present selector"
    )
    port: Number | None = Field(
        None, description="port of the Service; which one where it has several, else its new number"
    )
    target_port: Port | None = Field(None, description="port of the pods, by number or name")

    @model_validator(mode="after")
    def _something(self) -> Self:
        if self.selector is None and self.port is None and self.target_port is None:
            raise Unusable("selector", Text("要改选择器还是端口?", "Change the selector, or a port?"))
        if self.selector is not None and not self.selector:
            raise Unusable("selector", Text("选择器不能为空。", "The selector cannot be empty."))
        for key, value in (self.selector or {}).items():
            checked_key(key, "selector")
            checked_value(value, "selector")
        return self

    def target(self) -> Ref:
        """The Service."""
        return Ref("Service", self.namespace, self.name)

    def requests(self, before: Snapshot) -> tuple[Request, ...]:
        """One JSON patch, each field tested before it is replaced."""
        steps = [*self._selector_steps(before.object), *self._port_steps(before.object)]
        if not steps:
            raise AlreadySo(
                "name", Text(f"{self.target()} 已经是这样。", f"{self.target()} is that way already.")
            )
        return (Patch(self.target(), steps, PatchType.JSON),)

    def explain(self, before: Snapshot) -> Text:
        """Old and new, and whom it cuts off."""
        parts: list[Text] = []
        if self.selector is not None:
            new = ",".join(f"{key}={value}" for key, value in sorted(self.selector.items()))
            old = w.selector_of(before.object) or "-"
            parts.append(Text(f"选择器 {old} → {new}", f"selector {old} → {new}"))
        if self.port is not None or self.target_port is not None:
            entry, _ = self._entry(before.object)
            now = f"{entry.get('port')}→{entry.get('targetPort', entry.get('port'))}"
            then = f"{self._port_number(before.object)}→{self.target_port or entry.get('targetPort')}"
            parts.append(Text(f"端口 {now} 改为 {then}", f"port {now} becomes {then}"))
        told = join(parts, Text(";", "; "))
        first = Text(f"修改 {self.target()}:{told.zh}。", f"Change {self.target()}: {told.en}.")
        at_once = Text("立即影响经由它的流量。", "Traffic through it is affected at once.")
        return consequences.sentence(first, at_once, *consequences.of_patching(before))

    def settled(self, before: Snapshot, now: Snapshot) -> Progress:
        """It leads to pods that are ready."""
        lost = missing(before, now)
        if lost:
            return lost
        pods = now.of("Pod")
        ready = sum(map(w.is_ready, pods))
        if "Pod" not in now.not_looked_at and not pods:
            return Broken(Text("它的选择器没有匹配到任何 Pod。", "Its selector matches no pod."))
        if pods and not ready:
            return Waiting(Text("等待后端 Pod 就绪", "waiting for its pods to be ready"), 0, len(pods))
        return Settled(
            Text(
                f"{self.target()} 已修改,后端有 {ready} 个就绪的 Pod。",
                f"{self.target()} is changed; {ready} pods behind it are ready.",
            )
        )

    def _selector_steps(self, service: Manifest) -> list[dict[str, Any]]:
        present = w.table_at(service, "spec", "selector")
        if self.selector is None or self.selector == present:
            return []
        if not present:
            return [{"op": "add", "path": "/spec/selector", "value": self.selector}]
        return _replaced("/spec/selector", present, self.selector)

    def _port_steps(self, service: Manifest) -> list[dict[str, Any]]:
        if self.port is None and self.target_port is None:
            return []
        entry, index = self._entry(service)
        wanted = {"port": self._port_number(service)}
        if self.target_port is not None:
            wanted["targetPort"] = self.target_port
        steps: list[dict[str, Any]] = []
        for key, value in wanted.items():
            place = f"/spec/ports/{index}/{key}"
            if entry.get(key) is None:
                steps.append({"op": "add", "path": place, "value": value})
            elif entry[key] != value:
                steps += _replaced(place, entry[key], value)
        return steps

    def _port_number(self, service: Manifest) -> Any:
        entry, _ = self._entry(service)
        return self.port if self.port is not None else entry.get("port")

    def _entry(self, service: Manifest) -> tuple[Manifest, int]:
        """The port meant: the one of that number, or the only one."""
        ports = w.items_at(service, "spec", "ports")
        exact = [i for i, each in enumerate(ports) if each.get("port") == self.port]
        if len(exact) == 1:
            return ports[exact[0]], exact[0]
        if len(ports) == 1:
            return ports[0], 0
        listed = ", ".join(str(each.get("port")) for each in ports)
        raise Unusable(
            "port",
            Text(
                f"{self.target()} 有这些端口:{listed or '无'},请说明是哪一个。",
                f"{self.target()} has ports {listed or '(none)'}. Which one?",
            ),
        )


def _replaced(path: str, old: Any, new: Any) -> list[dict[str, Any]]:
    return [{"op": "test", "path": path, "value": old}, {"op": "replace", "path": path, "value": new}]
