"""get_status: is this one object alive and well; a verdict in one line, then what it rests on."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from kubesteer.core.clusters import Cluster
from kubesteer.core.findings import Coverage
from kubesteer.core.operations import Answer, Read
from kubesteer.core.requests import Manifest
from kubesteer.core.texts import Text, join
from kubesteer.operations import workloads as w
from kubesteer.operations.facts import facts_of, images_of
from kubesteer.operations.happenings import Occurrence, events_about, events_table
from kubesteer.operations.healths import Health, health_of, pod_state, ready_containers
from kubesteer.operations.named import Named
from kubesteer.operations.pods import trouble_of
from kubesteer.operations.surroundings import Surveyor, relatives, unseen
from kubesteer.operations.tables import table
from kubesteer.operations.times import age

MOST_EVENTS = 10
MOST_PODS = 20


class GetStatus(Named, Read):
    """State, readiness, restarts, node, IP, age and recent events of one object."""

    name_ = "get_status"
    summary = Text(
        "查看一个对象是否正常", "Show whether one object is alive and well: state, node, IP, recent events"
    )
    examples = (
        Text(
            "看看 default 命名空间下 my-nginx 这个 Pod 还活着吗?",
            "is the pod my-nginx in default still alive?",
        ),
        Text("user-service 状态怎么样", "how is user-service doing"),
    )

    async def look(self, cluster: Cluster) -> Answer:
        """The verdict first, then the facts, the pods and the newest events."""
        target = await cluster.read(self.ref)
        surveyor = Surveyor(cluster)
        related = await relatives(surveyor, target)
        pods = [] if self.kind == "Pod" else related.get("Pod", [])
        kin = [each for found in related.values() for each in found] if pods or self.kind != "Pod" else []
        events = await events_about(surveyor, target, [] if self.kind in ("Node", "Service") else kin)
        now = datetime.now(UTC)
        health = _health(target, pods if "Pod" not in surveyor.not_looked_at else None, now)
        text = _words(target, health, pods, events, now)
        counted = {kind: len(found) for kind, found in related.items()} | {self.kind: 1}
        coverage = Coverage(counted | {"Event": len(events)}, surveyor.not_looked_at)
        return Answer(text + unseen(surveyor.not_looked_at), _data(target, health, pods, events), coverage)


def verdict(target: Manifest, health: Health) -> Text:
    """One line: what it is, where it runs, and whether all is well or what is wrong."""
    name = w.name_of(target)
    place = _place(target) if target.get("kind") == "Pod" else Text("", "")
    state = _state(target, health)
    if health.trouble is None:
        return Text(
            f"{name} 目前 {state.zh}{place.zh},一切正常。", f"{name} is {state.en}{place.en}; all is well."
        )
    return Text(
        f"{name} 目前 {state.zh}{place.zh},有问题:{health.trouble.zh}。",
        f"{name} is {state.en}{place.en}, and not well: {health.trouble.en}.",
    )


def _state(target: Manifest, health: Health) -> Text:
    if target.get("kind") in ("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet"):
        return Text(f"{health.state} 个副本就绪", f"at {health.state} replicas ready")
    return Text.same(health.state)


def _place(pod: Manifest) -> Text:
    node, ip = w.at(pod, "spec", "nodeName"), w.at(pod, "status", "podIP")
    zh = [f"运行在 {node}" if node else "尚未调度", *([f"IP {ip}"] if ip else [])]
    en = [f"on {node}" if node else "not scheduled", *([f"IP {ip}"] if ip else [])]
    return Text("," + ",".join(zh), " " + ", ".join(en))


def _health(target: Manifest, pods: list[Manifest] | None, now: datetime) -> Health:
    """The object's own word; the first sick pod says why. `pods` is None where they may not be seen."""
    own = health_of(target, now)
    if pods is None:
        return own
    if target.get("kind") in ("Node", "CronJob") or (own.trouble is None and target.get("kind") != "Service"):
        return own
    if target.get("kind") == "Service":
        return _service(target, pods)
    for pod in pods:
        found = trouble_of(pod)
        if found and own.trouble is not None:
            more = Text(f";Pod {w.name_of(pod)} 的", f"; pod {w.name_of(pod)}: ") + found.text
            return Health(own.state, own.trouble + more)
    return own


def _service(service: Manifest, pods: list[Manifest]) -> Health:
    if not w.at(service, "spec", "selector"):
        return Health(str(w.at(service, "spec", "type") or "ClusterIP"))
    ready = sum(map(w.is_ready, pods))
    state = f"{w.at(service, 'spec', 'type') or 'ClusterIP'} ({ready}/{len(pods)})"
    if ready:
        return Health(state)
    why = (
        Text("没有就绪的后端 Pod", "none of its pods is ready")
        if pods
        else Text("选择器没有匹配到任何 Pod", "its selector matches no pod")
    )
    return Health(state, why)


def _words(
    target: Manifest, health: Health, pods: list[Manifest], events: list[Occurrence], now: datetime
) -> Text:
    parts = [verdict(target, health)]
    facts = facts_of(target, now)
    if facts:
        parts.append(join(fact.line for fact in facts))
    if pods:
        parts.append(_pods_table(pods, now))
    if events:
        parts.append(
            Text("最近事件:", "Recent events:") + Text.same("\n") + events_table(events, MOST_EVENTS)
        )
    return join(parts)


def _pods_table(pods: list[Manifest], now: datetime) -> Text:
    header = (
        Text("Pod", "POD"),
        Text("状态", "STATE"),
        Text("就绪", "READY"),
        Text("重启", "RESTARTS"),
        Text("节点", "NODE"),
        Text("IP", "IP"),
        Text("运行时长", "AGE"),
    )
    sick_first = sorted(pods, key=lambda pod: (health_of(pod, now).trouble is None, w.name_of(pod)))
    rows = [
        (
            w.name_of(pod),
            pod_state(pod),
            "{}/{}".format(*ready_containers(pod)),
            str(w.restarts_of(pod)),
            str(w.at(pod, "spec", "nodeName") or "-"),
            str(w.at(pod, "status", "podIP") or "-"),
            age(w.at(pod, "metadata", "creationTimestamp"), now),
        )
        for pod in sick_first
    ]
    return table(header, rows, MOST_PODS)


def _data(target: Manifest, health: Health, pods: list[Manifest], events: list[Occurrence]) -> dict[str, Any]:
    own = pod_data(target) if target.get("kind") == "Pod" else {}
    return {
        **own,
        "state": health.state,
        "healthy": health.trouble is None,
        "reason": health.trouble.en if health.trouble else None,
        "images": images_of(target),
        "created": w.at(target, "metadata", "creationTimestamp"),
        "pods": [pod_data(pod) for pod in pods],
        "events": [each.to_json() for each in events],
    }


def pod_data(pod: Manifest) -> dict[str, Any]:
    """A pod's vital figures."""
    ready, total = ready_containers(pod)
    return {
        "name": w.name_of(pod),
        "state": pod_state(pod),
        "ready": w.is_ready(pod),
        "containers_ready": f"{ready}/{total}",
        "restarts": w.restarts_of(pod),
        "node": w.at(pod, "spec", "nodeName"),
        "ip": w.at(pod, "status", "podIP"),
    }
