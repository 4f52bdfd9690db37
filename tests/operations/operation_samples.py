"""Objects and a cluster in memory for the tests of operations."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping
from typing import Any, Literal

from typing_extensions import override

from kubesteer.core.clusters import Access, Cluster, Happening, Identity, Listing, LogQuery, Usage
from kubesteer.core.errors import ClusterError, NotFound
from kubesteer.core.operations import Snapshot
from kubesteer.core.refs import Ref
from kubesteer.core.requests import Manifest, Request
from kubesteer.core.texts import Text

Obj = dict[str, Any]
AT = "2026-01-02T03:04:05Z"


def meta(kind: str, name: str, namespace: str = "shop", version: str = "v1", **metadata: Any) -> Obj:
    """The head of an object; its UID is made of kind and name."""
    own = {
        "name": name,
        "uid": f"{kind}-{name}",
        "creationTimestamp": AT,
        "resourceVersion": "1",
        "generation": 1,
    }
    where = {"namespace": namespace} if namespace else {}
    return {"apiVersion": version, "kind": kind, "metadata": {**own, **where, **metadata}}


def container(name: str = "app", image: str = "reg.example.com/app:v1", **more: Any) -> Obj:
    return {"name": name, "image": image, **more}


def template(*containers: Obj, name: str = "web", **annotations: str) -> Obj:
    metadata: Obj = {"labels": {"app": name}}
    if annotations:
        metadata["annotations"] = annotations
    return {"metadata": metadata, "spec": {"containers": list(containers) or [container()]}}


def workload(
    kind: str = "Deployment", name: str = "web", replicas: int = 3, made: Obj | None = None, **metadata: Any
) -> Obj:
    """A workload whose status says that all is well."""
    spec: Obj = {"replicas": replicas, "selector": {"matchLabels": {"app": name}}}
    status: Obj = {"observedGeneration": 1, "replicas": replicas, "readyReplicas": replicas}
    status |= {"updatedReplicas": replicas, "availableReplicas": replicas}
    if kind == "DaemonSet":
        del spec["replicas"]
        counts = ("desiredNumberScheduled", "currentNumberScheduled", "updatedNumberScheduled")
        status = {"observedGeneration": 1} | dict.fromkeys(
            (*counts, "numberReady", "numberAvailable"), replicas
        )
    return {
        **meta(kind, name, version="apps/v1", **metadata),
        "spec": spec | {"template": made or template(name=name)},
        "status": status,
    }


def owned_by(owner: Obj) -> list[Obj]:
    """The ownerReferences of what a controller made."""
    reference = {"kind": owner["kind"], "name": owner["metadata"]["name"], "uid": owner["metadata"]["uid"]}
    return [{**reference, "controller": True}]


def pod(name: str = "web-1", owner: Obj | None = None, *, ready: bool = True, **status: Any) -> Obj:
    """A running pod of one container; `status` is laid over its status."""
    owners = {"ownerReferences": owned_by(owner)} if owner else {}
    running: Obj = {"name": "app", "ready": ready, "restartCount": 0, "state": {"running": {"startedAt": AT}}}
    conditions = [{"type": "Ready", "status": "True" if ready else "False"}]
    own = {
        "phase": "Running",
        "podIP": "10.244.1.5",
        "conditions": conditions,
        "containerStatuses": [running],
    }
    spec = {"nodeName": "node-01", "containers": [container()]}
    return {**meta("Pod", name, labels={"app": "web"}, **owners), "spec": spec, "status": {**own, **status}}


def state(
    name: str = "app", restarts: int = 0, ready: bool = False, last: Obj | None = None, **now: Any
) -> Obj:
    """A container's status in a waiting, running or terminated state."""
    return {"name": name, "ready": ready, "restartCount": restarts, "state": now, "lastState": last or {}}


def autoscaler(**spec: Any) -> Obj:
    """An autoscaler of web by CPU and by a metric of its own."""
    cpu = {"type": "Resource", "resource": {"name": "cpu", "target": {"averageUtilization": 80}}}
    own = {"minReplicas": 2, "maxReplicas": 5, "metrics": [cpu, {"type": "Pods"}], **spec}
    return {**meta("HorizontalPodAutoscaler", "web-hpa"), "spec": own}


def seen(target: Obj | None, **related: Iterable[Obj]) -> Snapshot:
    """A snapshot at a fixed time; related objects by kind."""
    return Snapshot(target, {kind: tuple(found) for kind, found in related.items()}, at=AT)


class MemoryCluster(Cluster):
    """A `Cluster` over a handful of objects. `refused` maps kinds to what listing them raises."""

    def __init__(
        self,
        *objects: Obj,
        logs: Mapping[tuple[str, str], Iterable[str] | ClusterError] | None = None,
        usages: Iterable[Usage] = (),
        refused: Mapping[str, ClusterError] | None = None,
    ) -> None:
        self.objects = list(objects)
        self.log_lines = dict(logs or {})
        self.usages = list(usages)
        self.refused = dict(refused or {})
        self.queries: list[tuple[str, LogQuery]] = []

    async def identity(self) -> Identity:
        return Identity("tester", (), "memory", "v1.34.0", "uid")

    async def read(self, ref: Ref) -> Manifest:
        if ref.kind in self.refused:
            raise self.refused[ref.kind]
        found = next((each for each in self.objects if Ref.of(each) == ref), None)
        if found is None:
            raise NotFound(Text(f"{ref} 不存在。", f"{ref} does not exist."), status=404)
        return found

    @override
    async def collect(
        self, kind: str, namespace: str = "", *, labels: str = "", fields: str = "", shape: type[Any]
    ) -> Listing[Any]:
        if kind in self.refused:
            raise self.refused[kind]
        found = [each for each in self.objects if each["kind"] == kind and _in(each, namespace)]
        wanted = dict(part.split("=", 1) for part in fields.split(",") if part)
        found = [each for each in found if all(_field(each, path) == value for path, value in wanted.items())]
        exact = dict(part.split("=", 1) for part in labels.split(",") if "=" in part)
        found = [e for e in found if exact.items() <= (e["metadata"].get("labels") or {}).items()]
        return Listing([{k: v for k, v in each.items() if k not in ("kind", "apiVersion")} for each in found])

    async def names(self, kind: str, namespace: str = "") -> list[Ref]:
        return [Ref.of(each) for each in self.objects if each["kind"] == kind and _in(each, namespace)]

    async def logs(self, pod: Ref, query: LogQuery) -> AsyncIterator[str]:
        self.queries.append((pod.name, query))
        lines = self.log_lines.get((pod.name, query.container), ())
        if isinstance(lines, ClusterError):
            raise lines
        for line in lines:
            yield line

    @override
    async def usage(
        self, kind: Literal["Pod", "Node"], namespace: str = "", *, labels: str = ""
    ) -> list[Usage]:
        if f"{kind}Metrics" in self.refused:
            raise self.refused[f"{kind}Metrics"]
        return [
            each for each in self.usages if each.ref.kind == kind and namespace in ("", each.ref.namespace)
        ]

    @override
    async def allowed(self, access: Access) -> bool:
        return True

    async def rehearse(self, request: Request) -> Manifest | None:
        return await self.read(request.ref)

    @override
    async def watch(self, kind: str, namespace: str, name: str, since: str) -> AsyncIterator[Happening]:
        for each in self.objects:
            yield Happening("ADDED", each)


def _in(each: Obj, namespace: str) -> bool:
    return namespace in ("", each["metadata"].get("namespace", ""))


def _field(each: Obj, path: str) -> Any:
    value: Any = each
    for part in path.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return value
