"""The few facts about an object that a person asks for next, by kind: readiness, images, addresses, capacity."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from kubesteer.core.requests import Manifest
from kubesteer.core.texts import Text
from kubesteer.operations import workloads as w
from kubesteer.operations.healths import ready_containers
from kubesteer.operations.rollouts import rollout_of
from kubesteer.operations.times import age


@dataclass(frozen=True, slots=True)
class Fact:
    """A label and its value."""

    label: Text
    value: Text

    @property
    def line(self) -> Text:
        """「重启:2 次」"""
        return self.label + Text(":", ": ") + self.value


def facts_of(manifest: Manifest, now: datetime) -> list[Fact]:
    """Facts by kind, and the age, which everything has."""
    tell = _TELLERS.get(manifest.get("kind", ""))
    born = Fact(Text("已存在", "Age"), age(w.at(manifest, "metadata", "creationTimestamp"), now))
    return [*(tell(manifest, now) if tell else []), born]


def images_of(manifest: Manifest) -> dict[str, str]:
    """Images by container."""
    return {str(c.get("name", "")): str(c.get("image", "")) for c in w.containers_of(manifest)}


def _pod(pod: Manifest, now: datetime) -> list[Fact]:
    ready, total = ready_containers(pod)
    restarts = w.restarts_of(pod)
    facts = [
        Fact(Text("就绪", "Ready"), Text(f"{ready}/{total} 个容器", f"{ready} of {total} containers")),
        Fact(Text("重启", "Restarts"), Text(f"{restarts} 次", str(restarts))),
        _images(pod),
    ]
    return [*facts, *_last_exits(pod, now)]


def _last_exits(pod: Manifest, now: datetime) -> list[Fact]:
    """How and when restarted containers ended before."""
    facts = []
    for status in w.statuses_of(pod):
        ended = w.table_at(status, "lastState", "terminated")
        if ended:
            name, why = (
                status.get("name", ""),
                f"{ended.get('reason') or 'Error'}, exit {ended.get('exitCode')}",
            )
            ago = age(ended.get("finishedAt"), now)
            told = Text(f"{name}:{why}({ago.zh}前)", f"{name}: {why} ({ago.en} ago)")
            facts.append(Fact(Text("上次退出", "Last exit"), told))
    return facts


def _workload(workload: Manifest, _: datetime) -> list[Fact]:
    n = rollout_of(workload)
    replicas = Text(
        f"期望 {n.desired},就绪 {n.ready},已更新 {n.updated},可用 {n.available}",
        f"{n.desired} desired, {n.ready} ready, {n.updated} updated, {n.available} available",
    )
    facts = [Fact(Text("副本", "Replicas"), replicas), _images(workload)]
    if w.at(workload, "spec", "paused"):
        facts.append(Fact(Text("发布", "Rollout"), Text("已暂停", "paused")))
    return facts


def _cronjob(cronjob: Manifest, now: datetime) -> list[Fact]:
    last, good = w.at(cronjob, "status", "lastScheduleTime"), w.at(cronjob, "status", "lastSuccessfulTime")
    never = Text("从未", "never")
    return [
        Fact(Text("时间表", "Schedule"), Text.same(str(w.at(cronjob, "spec", "schedule") or ""))),
        Fact(Text("上次运行", "Last run"), _ago(last, now) if last else never),
        Fact(Text("上次成功", "Last success"), _ago(good, now) if good else never),
        _images(cronjob),
    ]


def _job(job: Manifest, _: datetime) -> list[Fact]:
    good, bad, active = (int(w.at(job, "status", key) or 0) for key in ("succeeded", "failed", "active"))
    counts = Text(
        f"成功 {good},失败 {bad},进行中 {active}", f"{good} succeeded, {bad} failed, {active} active"
    )
    return [Fact(Text("Pod", "Pods"), counts), _images(job)]


def _service(service: Manifest, _: datetime) -> list[Fact]:
    ports = ", ".join(_port(port) for port in w.items_at(service, "spec", "ports"))
    return [
        Fact(Text("集群 IP", "Cluster IP"), Text.same(str(w.at(service, "spec", "clusterIP") or "-"))),
        Fact(Text("端口", "Ports"), Text.same(ports or "-")),
        Fact(Text("选择器", "Selector"), Text.same(w.selector_of(service) or "-")),
    ]


def _node(node: Manifest, _: datetime) -> list[Fact]:
    addresses = ", ".join(str(a.get("address")) for a in w.items_at(node, "status", "addresses"))
    room = w.table_at(node, "status", "allocatable")
    capacity = f"cpu {room.get('cpu', '?')}, memory {room.get('memory', '?')}, pods {room.get('pods', '?')}"
    version = str(w.at(node, "status", "nodeInfo", "kubeletVersion") or "-")
    return [
        Fact(Text("地址", "Addresses"), Text.same(addresses or "-")),
        Fact(Text("可分配", "Allocatable"), Text.same(capacity)),
        Fact(Text("版本", "Version"), Text.same(version)),
    ]


def _claim(claim: Manifest, _: datetime) -> list[Fact]:
    size = w.at(claim, "status", "capacity", "storage") or w.at(
        claim, "spec", "resources", "requests", "storage"
    )
    return [
        Fact(Text("容量", "Size"), Text.same(str(size or "-"))),
        Fact(Text("存储类", "Class"), Text.same(str(w.at(claim, "spec", "storageClassName") or "-"))),
        Fact(Text("存储卷", "Volume"), Text.same(str(w.at(claim, "spec", "volumeName") or "-"))),
    ]


def _ingress(ingress: Manifest, _: datetime) -> list[Fact]:
    hosts = ", ".join(str(rule.get("host") or "*") for rule in w.items_at(ingress, "spec", "rules"))
    balancers = w.items_at(ingress, "status", "loadBalancer", "ingress")
    addresses = ", ".join(str(each.get("ip") or each.get("hostname")) for each in balancers)
    return [
        Fact(Text("域名", "Hosts"), Text.same(hosts or "-")),
        Fact(Text("地址", "Address"), Text.same(addresses or "-")),
        Fact(Text("类", "Class"), Text.same(str(w.at(ingress, "spec", "ingressClassName") or "-"))),
    ]


def _autoscaler(hpa: Manifest, _: datetime) -> list[Fact]:
    target = w.table_at(hpa, "spec", "scaleTargetRef")
    current, wanted = w.at(hpa, "status", "currentReplicas") or 0, w.at(hpa, "status", "desiredReplicas") or 0
    return [
        Fact(Text("对象", "Target"), Text.same(f"{target.get('kind')}/{target.get('name')}")),
        Fact(
            Text("副本", "Replicas"), Text(f"现在 {current},期望 {wanted}", f"{current} now, {wanted} wanted")
        ),
        Fact(Text("指标", "Metrics"), Text.same(", ".join(_metrics(hpa)) or "-")),
    ]


def _metrics(hpa: Manifest) -> list[str]:
    """`cpu 45%/80%`: what is measured now, and what is aimed at."""
    now = {
        str(w.at(m, "resource", "name")): w.at(m, "resource", "current", "averageUtilization")
        for m in w.items_at(hpa, "status", "currentMetrics")
    }
    goals = [
        w.table_at(m, "resource") for m in w.items_at(hpa, "spec", "metrics") if m.get("type") == "Resource"
    ]
    return [
        f"{goal.get('name')} {now.get(str(goal.get('name')), '?')}%/{w.at(goal, 'target', 'averageUtilization')}%"
        for goal in goals
    ]


def _images(manifest: Manifest) -> Fact:
    listed = ", ".join(f"{name}={image}" for name, image in images_of(manifest).items())
    return Fact(Text("镜像", "Images"), Text.same(listed or "-"))


def _ago(stamp: str, now: datetime) -> Text:
    return age(stamp, now) + Text("前", " ago")


def _port(port: Manifest) -> str:
    target = port.get("targetPort", port.get("port"))
    return f"{port.get('port')}→{target}/{port.get('protocol', 'TCP')}"


_TELLERS: dict[str, Callable[[Manifest, datetime], list[Fact]]] = {
    "Pod": _pod,
    "Deployment": _workload,
    "StatefulSet": _workload,
    "DaemonSet": _workload,
    "ReplicaSet": _workload,
    "Job": _job,
    "CronJob": _cronjob,
    "Service": _service,
    "Ingress": _ingress,
    "HorizontalPodAutoscaler": _autoscaler,
    "Node": _node,
    "PersistentVolumeClaim": _claim,
}
