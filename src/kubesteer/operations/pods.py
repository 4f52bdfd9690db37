"""What is the matter with a pod, by its status alone.

Source of the reasons: kubelet's container states (`pkg/kubelet/kuberuntime`, `pkg/kubelet/images`) and the
documentation page "Pod Lifecycle".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kubesteer.core.requests import Manifest
from kubesteer.core.texts import Text
from kubesteer.operations import workloads as w
from kubesteer.operations.times import instant

HOPELESS = {
    "ImagePullBackOff": Text("拉取镜像失败", "the image cannot be pulled"),
    "ErrImagePull": Text("拉取镜像失败", "the image cannot be pulled"),
    "ErrImageNeverPull": Text(
        "镜像不在节点上且不允许拉取", "the image is not on the node and may not be pulled"
    ),
    "InvalidImageName": Text("镜像名称无效", "the image name is not valid"),
    "CreateContainerConfigError": Text("容器配置有误", "the container's configuration is wrong"),
    "CreateContainerError": Text("无法创建容器", "the container cannot be created"),
    "RunContainerError": Text("容器无法启动", "the container cannot be started"),
}
"""Waiting reasons that waiting does not mend."""

LONGEST_MESSAGE = 300
PENDING_TOO_LONG = 120.0
"""Seconds after which a pod that has not started is reported as unhealthy."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a pod is not well. `hopeless`: waiting cannot help. `reason` is Kubernetes' own word."""

    reason: str
    text: Text
    hopeless: bool = False


def phase_of(pod: Manifest) -> str:
    """The word that `kubectl get pods` shows under STATUS."""
    if w.is_going(pod):
        return "Terminating"
    for status in w.statuses_of(pod):
        state = status.get("state") or {}
        waiting = w.at(state, "waiting", "reason")
        if waiting and waiting not in ("PodInitializing", "ContainerCreating"):
            return str(waiting)
        terminated = state.get("terminated") or {}
        if terminated.get("exitCode"):
            return str(terminated.get("reason") or "Error")
    return str(w.at(pod, "status", "reason") or w.at(pod, "status", "phase") or "Unknown")


def trouble_of(pod: Manifest) -> Trouble | None:
    """What is the matter with a pod now; None for a pod that is well, finished, or on its way."""
    for status in w.statuses_of(pod):
        found = _container_trouble(status)
        if found:
            return found
    return _pod_trouble(pod)


def relapse_of(pod: Manifest, earlier: Mapping[str, int]) -> Trouble | None:
    """What is the matter with a pod that should have come up healthy.

    `earlier`: restarts by container that were there before. One restart may be a slow dependency; the second
    is a crash, even if the container happens to be ready at the moment.
    """
    for status in w.statuses_of(pod):
        restarts = int(status.get("restartCount") or 0) - earlier.get(status.get("name", ""), 0)
        last = next(_terminations(status), {})
        if restarts >= 2 and last.get("exitCode"):
            return Trouble("Restarting", _crash(status, last), True)
    return trouble_of(pod)


def oom_killed(pod: Manifest) -> list[dict[str, Any]]:
    """Terminations by the out-of-memory killer that a pod still remembers: container, at (RFC 3339)."""
    return [
        {"container": status.get("name", ""), "at": ended.get("finishedAt", "")}
        for status in w.statuses_of(pod)
        for ended in _terminations(status)
        if ended.get("reason") == "OOMKilled"
    ]


def restarts_by_container(pod: Manifest) -> dict[str, int]:
    """Restarts of each container."""
    return {status.get("name", ""): int(status.get("restartCount") or 0) for status in w.statuses_of(pod)}


def pending_for(pod: Manifest, now: datetime) -> float:
    """Seconds that a pod which has not started has existed; 0.0 for any other."""
    created = instant(w.at(pod, "metadata", "creationTimestamp"))
    if w.at(pod, "status", "phase") != "Pending" or created is None:
        return 0.0
    return (now - created).total_seconds()


def shortened(message: str) -> str:
    """A server's message on one line, cut where it is too long for a sentence."""
    line = " ".join(message.split())
    return line if len(line) <= LONGEST_MESSAGE else f"{line[:LONGEST_MESSAGE]}…"


def _terminations(status: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for which in ("state", "lastState"):
        ended = w.at(dict(status), which, "terminated")
        if ended:
            yield ended


def _container_trouble(status: Mapping[str, Any]) -> Trouble | None:
    name, waiting = status.get("name", ""), w.table_at(dict(status), "state", "waiting")
    reason = str(waiting.get("reason") or "")
    if reason in HOPELESS:
        return Trouble(reason, _worded(name, reason, HOPELESS[reason], waiting.get("message", "")), True)
    last = next(_terminations(status), {})
    down = not w.at(dict(status), "state", "running")
    if down and last.get("reason") == "OOMKilled":
        return Trouble("OOMKilled", _oom(status), True)
    if down and (reason == "CrashLoopBackOff" or last.get("exitCode")):
        return Trouble(reason or str(last.get("reason") or "Error"), _crash(status, last))
    return None


def _worded(container: str, reason: str, why: Text, message: str) -> Text:
    more = f"({shortened(message)})" if message else ""
    spaced = f" ({shortened(message)})" if message else ""
    return Text(
        f"容器 {container} 处于 {reason}:{why.zh}{more}",
        f"container {container} is in {reason}: {why.en}{spaced}",
    )


def _oom(status: Mapping[str, Any]) -> Text:
    name, restarts = status.get("name", ""), status.get("restartCount") or 0
    return Text(
        f"容器 {name} 因内存不足被终止(OOMKilled),已重启 {restarts} 次",
        f"container {name} ran out of memory (OOMKilled) and has restarted {restarts} times",
    )


def _crash(status: Mapping[str, Any], last: Mapping[str, Any]) -> Text:
    name, restarts, code = status.get("name", ""), status.get("restartCount") or 0, last.get("exitCode")
    ending = Text(f",退出码 {code}", f", exit code {code}") if code is not None else Text("", "")
    if restarts < 2:
        return Text(f"容器 {name} 崩溃", f"container {name} crashed") + ending
    again = Text(f",已重启 {restarts} 次", f", restarted {restarts} times")
    return Text(f"容器 {name} 反复崩溃", f"container {name} keeps crashing") + ending + again


def _pod_trouble(pod: Manifest) -> Trouble | None:
    phase = w.at(pod, "status", "phase")
    scheduled = w.condition(pod, "PodScheduled")
    if phase == "Failed":
        reason = str(w.at(pod, "status", "reason") or "Failed")
        message = shortened(w.at(pod, "status", "message") or "")
        return Trouble(
            reason, Text(f"已失败({reason}){message}", f"it failed ({reason}) {message}".rstrip()), True
        )
    if scheduled.get("status") == "False" and not w.is_going(pod):
        message = shortened(scheduled.get("message") or scheduled.get("reason") or "")
        return Trouble(
            "Unschedulable",
            Text(f"无法调度到节点:{message}", f"it cannot be scheduled: {message}"),
        )
    return None
