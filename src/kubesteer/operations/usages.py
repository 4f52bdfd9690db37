"""get_usage: CPU and memory now, beside requests and limits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from pydantic import Field, model_validator

from kubesteer.core.clusters import Cluster, Usage
from kubesteer.core.errors import Unusable
from kubesteer.core.findings import Coverage
from kubesteer.core.operations import Answer, Read
from kubesteer.core.quantities import cpu_words, memory_words
from kubesteer.core.refs import Ref
from kubesteer.core.requests import Manifest
from kubesteer.core.texts import Text, join
from kubesteer.operations import workloads as w
from kubesteer.operations.consumptions import Consumption, Resource, of_node, of_pod, together
from kubesteer.operations.counts import counted
from kubesteer.operations.named import NO_NAMESPACE
from kubesteer.operations.surroundings import Surveyor, pods_of
from kubesteer.operations.tables import table

Both = Mapping[Resource, Consumption]


@dataclass(slots=True)
class Usages:
    """What was measured: by name, and the pods or nodes for which there is no figure yet."""

    measured: dict[str, Both] = field(default_factory=dict)
    unmeasured: list[str] = field(default_factory=list)

    @property
    def total(self) -> Both | None:
        """All of it together."""
        return together(self.measured.values())


class GetUsage(Read):
    """Present CPU and memory of pods, a workload's pods, or nodes."""

    name_ = "get_usage"
    summary = Text("查看 CPU 和内存的当前用量", "Show CPU and memory in use now, beside requests and limits")
    kinds = (
        "Pod",
        "Deployment",
        "StatefulSet",
        "DaemonSet",
        "ReplicaSet",
        "Job",
        "CronJob",
        "Service",
        "Node",
    )
    examples = (
        Text("user-service 的 CPU 高不高", "how much cpu is user-service using"),
        Text("哪个节点内存最紧张", "memory usage of the nodes"),
    )
    kind: str = Field("Pod", description="Kubernetes kind")
    namespace: str | None = Field(None, description="namespace; all of them if left out")
    name: str | None = Field(None, description="name of the object; all of the kind if left out")

    @model_validator(mode="after")
    def _enough(self) -> Self:
        if self.kind != "Node" and self.name and not self.namespace:
            raise Unusable("namespace", NO_NAMESPACE)
        return self

    async def look(self, cluster: Cluster) -> Answer:
        """A table, the hungriest first; for a workload also the total."""
        surveyor = Surveyor(cluster, needed=frozenset({"Pod"}))
        found = await (self._nodes(cluster) if self.kind == "Node" else self._pods(cluster, surveyor))
        looked = {"NodeMetrics" if self.kind == "Node" else "PodMetrics": len(found.measured)}
        return Answer(self._words(found), _data(found), Coverage(looked, surveyor.not_looked_at))

    async def _nodes(self, cluster: Cluster) -> Usages:
        if self.name:
            nodes = [await cluster.read(Ref("Node", "", self.name))]
        else:
            nodes = (await cluster.collect("Node", shape=dict)).items
        return _matched(nodes, await cluster.usage("Node"), of_node)

    async def _pods(self, cluster: Cluster, surveyor: Surveyor) -> Usages:
        namespace = self.namespace or ""
        if self.name is None and self.kind in ("Pod", "Service"):
            pods = (await cluster.collect("Pod", namespace, shape=dict)).items
            return _matched(_living(pods), await cluster.usage("Pod", namespace), of_pod)
        if self.name is None:
            surveyor.needed |= {self.kind, "ReplicaSet", "Job"}  # without them nothing can be told apart
            return await by_workload(surveyor, self.kind, namespace)
        target = await cluster.read(Ref(self.kind, namespace, self.name))
        return await measured(surveyor, target)

    def _words(self, found: Usages) -> Text:
        total = found.total
        if total is None:
            return self._nothing(found)
        parts = [self._summary(found, total)] if self.name else []
        parts.append(_table(found, self.name is not None or self.namespace is not None))
        if found.unmeasured:
            listed = ", ".join(found.unmeasured[:5])
            parts.append(Text(f"(尚无指标:{listed})", f"(No figures yet for: {listed})"))
        return join(parts)

    def _summary(self, found: Usages, total: Both) -> Text:
        name, count = self.name or "", len(found.measured)
        cpu, memory = _figure(total["cpu"], "cpu"), _figure(total["memory"], "memory")
        zh, en = f"CPU {cpu.zh},内存 {memory.zh}", f"CPU {cpu.en}, memory {memory.en}"
        if self.kind in ("Pod", "Node"):
            return Text(f"{name} 当前:{zh}。", f"{name} now: {en}.")
        return Text(
            f"{name} 的 {count} 个 Pod 共计:{zh}。", f"{counted(count, 'pod')} of {name} together: {en}."
        )

    def _nothing(self, found: Usages) -> Text:
        if found.unmeasured:
            listed = ", ".join(found.unmeasured[:5])
            return Text(
                f"还没有指标:{listed}(刚启动的 Pod 约一分钟后才有)。",
                f"No figures yet for {listed} (a new pod has some after about a minute).",
            )
        return Text("没有正在运行的 Pod,因此没有用量。", "No pod is running, so nothing is in use.")


async def measured(surveyor: Surveyor, target: Manifest) -> Usages:
    """Usage of each living pod of a workload (or of a pod itself).

    Raises:
        Unsupported: metrics.k8s.io is absent.
    """
    pods = _living(await pods_of(surveyor, target))
    namespace = str(w.at(target, "metadata", "namespace") or "")
    labels = w.selector_of(target) if target.get("kind") in _SELECTING else ""
    found = await surveyor.cluster.usage("Pod", namespace, labels=labels)
    return _matched(pods, found, of_pod)


async def by_workload(surveyor: Surveyor, kind: str, namespace: str) -> Usages:
    """Usage of every workload of a kind, its pods together; five requests, however many there are."""
    owners = {w.uid_of(each): key_of(each) for each in await surveyor.list(kind, namespace)}
    between = {"Deployment": "ReplicaSet", "CronJob": "Job"}.get(kind)
    for each in await surveyor.list(between, namespace) if between else []:
        owner = owners.get(w.controller_of(each).get("uid", ""))
        if owner is not None:
            owners[w.uid_of(each)] = owner
    pods = _living(await surveyor.list("Pod", namespace))
    found = _matched(pods, await surveyor.cluster.usage("Pod", namespace), of_pod)
    grouped: dict[str, list[Both]] = {}
    for pod in pods:
        owner, both = owners.get(w.controller_of(pod).get("uid", "")), found.measured.get(key_of(pod))
        if owner is not None and both is not None:
            grouped.setdefault(owner, []).append(both)
    sums = {name: total for name, each in grouped.items() if (total := together(each)) is not None}
    theirs = {key_of(pod) for pod in pods if w.controller_of(pod).get("uid", "") in owners}
    return Usages(dict(sums), [key for key in found.unmeasured if key in theirs])


def key_of(manifest: Manifest) -> str:
    """`namespace/name`, or the name alone of what is in no namespace."""
    namespace, name = str(w.at(manifest, "metadata", "namespace") or ""), w.name_of(manifest)
    return f"{namespace}/{name}" if namespace else name


_SELECTING = ("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job")


def _matched(objects: list[Manifest], usage: list[Usage], of: Any) -> Usages:
    by_name = {(u.ref.namespace, u.ref.name): u for u in usage}
    found = Usages()
    for each in objects:
        namespace, key = str(w.at(each, "metadata", "namespace") or ""), key_of(each)
        figure = by_name.get((namespace, w.name_of(each)))
        if figure is None:
            found.unmeasured.append(key)
        else:
            found.measured[key] = of(each, figure)
    return found


def _living(pods: list[Manifest]) -> list[Manifest]:
    return [pod for pod in pods if w.at(pod, "status", "phase") not in ("Succeeded", "Failed")]


def _figure(one: Consumption, resource: Resource) -> Text:
    words = cpu_words(one.used) if resource == "cpu" else memory_words(one.used)
    request, limit = one.percent("request"), one.percent("limit")
    zh = [f"请求的 {request:.0f}%"] if request is not None else []
    en = [f"{request:.0f}% of requests"] if request is not None else []
    if limit is not None:
        zh.append(f"上限的 {limit:.0f}%")
        en.append(f"{limit:.0f}% of limits")
    zh_tail, en_tail = "、".join(zh) or "未设置请求和上限", ", ".join(en) or "no requests or limits set"
    return Text(f"{words}({zh_tail})", f"{words} ({en_tail})")


def _table(found: Usages, one_namespace: bool) -> Text:
    header = (
        Text("名称", "NAME"),
        Text("CPU", "CPU"),
        Text("占请求", "% REQUEST"),
        Text("占上限", "% LIMIT"),
        Text("内存", "MEMORY"),
        Text("占请求", "% REQUEST"),
        Text("占上限", "% LIMIT"),
    )
    hungriest = sorted(found.measured.items(), key=lambda item: -item[1]["cpu"].used)
    rows = [
        (
            name.split("/")[-1] if one_namespace else name,
            *_cells(both["cpu"], "cpu"),
            *_cells(both["memory"], "memory"),
        )
        for name, both in hungriest
    ]
    return table(header, rows, 30)


def _cells(one: Consumption, resource: Resource) -> tuple[str, str, str]:
    words = cpu_words(one.used) if resource == "cpu" else memory_words(one.used)
    request, limit = one.percent("request"), one.percent("limit")
    return (
        words,
        "-" if request is None else f"{request:.0f}%",
        "-" if limit is None else f"{limit:.0f}%",
    )


def _data(found: Usages) -> dict[str, Any]:
    shape: dict[str, Any] = {
        "usage": [
            {"name": name, **{resource: one.to_json() for resource, one in both.items()}}
            for name, both in found.measured.items()
        ],
        "unmeasured": list(found.unmeasured),
    }
    total = found.total
    if total is not None:
        shape["total"] = {resource: one.to_json() for resource, one in total.items()}
    return shape
