"""Examining a connection: can the cluster be reached, who are we, what may we do, are metrics and logs there.

Every check ends in a verdict of its own, with a remedy where it failed. Nothing is changed in the cluster.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import msgspec

from kubesteer.adapters.kubernetes.attempts import Attempt
from kubesteer.adapters.kubernetes.clusters import KubernetesCluster
from kubesteer.adapters.kubernetes.decoders import Metadata, decode_page
from kubesteer.adapters.kubernetes.exchanges import ApiRequest
from kubesteer.adapters.kubernetes.identities import read_version
from kubesteer.adapters.kubernetes.paths import collection_path
from kubesteer.adapters.kubernetes.resources import NODE_METRICS, POD_METRICS
from kubesteer.core.clusters import Access, LogQuery
from kubesteer.core.errors import ClusterError
from kubesteer.core.kinds import KINDS, ROLLING
from kubesteer.core.refs import Ref
from kubesteer.core.roles import role_of
from kubesteer.core.texts import Language, Text

State = Literal["ok", "failed", "unknown"]
"""`unknown`: it could not be looked at, which says nothing about whether it works."""

_KINDS = KINDS | {kind.name: kind for kind in (POD_METRICS, NODE_METRICS)}

READ = ("Namespace", "Node", "Pod", "Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Event")
"""Kinds that answers rest on, whatever else a caller reads."""


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the doctor's report. `vital`: without it nothing else works."""

    name: str
    state: State
    text: Text
    remedy: Text | None = None
    vital: bool = False

    def to_json(self, language: Language) -> dict[str, Any]:
        """The shape of `doctor -o json`."""
        return {
            "check": self.name,
            "state": self.state,
            "text": self.text.of(language),
            "remedy": self.remedy.of(language) if self.remedy else None,
            "vital": self.vital,
        }


class Container(msgspec.Struct):
    """A container of a pod."""

    name: str


class PodSpec(msgspec.Struct):
    """The spec of a pod."""

    containers: list[Container]


class Pod(msgspec.Struct):
    """As much of a pod as it takes to ask for its log."""

    metadata: Metadata
    spec: PodSpec


async def examine(
    cluster: KubernetesCluster, namespace: str = "", reads: Sequence[str] = READ
) -> tuple[Check, ...]:
    """All checks in the order they are told. Rights, metrics and logs are tried in `namespace`, "" for the
    whole cluster; `reads` are the kinds that must be listed for answers to be complete. Troubles become checks;
    raises Misconfigured where the connection cannot even be tried."""
    reached = await _reach(cluster)
    if reached.state != "ok":
        return reached, *(_not_tried(name) for name in ("identity", "read", "change", "metrics", "logs"))
    user, identity = await _identity(cluster)
    others = await asyncio.gather(
        _rights(cluster, "read", _reads(namespace, reads), user),
        _rights(cluster, "change", _changes(namespace), user),
        _metrics(cluster, namespace),
        _logs(cluster, namespace),
    )
    return reached, identity, *others


async def _reach(cluster: KubernetesCluster) -> Check:
    connection = cluster.client.connection
    where = f"{connection.server} ({connection.context or connection.origin})"
    try:
        version = await read_version(cluster.client)
    except ClusterError as trouble:
        return Check("reach", "failed", trouble.text, trouble.remedy, vital=True)
    said = Text(f"连得上 {where},Kubernetes {version}", f"{where} answers, Kubernetes {version}")
    return Check("reach", "ok", said, vital=True)


def _not_tried(name: str) -> Check:
    said = Text(f"{_SUBJECTS[name].zh}:连不上集群,没能查看", f"{_SUBJECTS[name].en}: not looked at")
    return Check(name, "unknown", said, vital=name == "identity")


async def _identity(cluster: KubernetesCluster) -> tuple[str, Check]:
    try:
        found = await cluster.identity()
    except ClusterError as trouble:
        return "", Check("identity", "failed", trouble.text, trouble.remedy, vital=True)
    if not found.user:
        said = Text("集群没有说明当前用户是谁", "the cluster does not tell who we are")
        return "", Check("identity", "unknown", said)
    groups = ", ".join(found.groups)
    said = Text(f"当前用户 {found.user}", f"we are {found.user}")
    said += Text(f"(组:{groups})", f" (groups: {groups})") if groups else Text.same("")
    return found.user, Check("identity", "ok", said, vital=True)


def _reads(namespace: str, kinds: Sequence[str]) -> list[Attempt]:
    lists = [
        Attempt("list", _KINDS[kind], _within(kind, namespace)) for kind in dict.fromkeys((*READ, *kinds))
    ]
    return [*lists, Attempt("get", KINDS["Pod"], namespace, subresource="log")]


def _changes(namespace: str) -> list[Attempt]:
    return [Attempt("patch", KINDS[kind], namespace) for kind in ROLLING]


def _within(kind: str, namespace: str) -> str:
    return namespace if _KINDS[kind].namespaced else ""


async def _rights(cluster: KubernetesCluster, name: str, attempts: Sequence[Attempt], user: str) -> Check:
    try:
        verdicts = await asyncio.gather(*(cluster.allowed(_access(attempt)) for attempt in attempts))
    except ClusterError as trouble:
        return replace(_failed(name, trouble), state="unknown")
    denied = [attempt for attempt, allowed in zip(attempts, verdicts, strict=True) if not allowed]
    subject = _SUBJECTS[name]
    if not denied:
        return Check(name, "ok", subject + Text(":权限齐全", ": all rights are there"))
    listed = ", ".join(map(_told, denied))
    role = role_of(f"kubesteer-{name}", [attempt.grant for attempt in denied], user)
    return Check(
        name,
        "failed",
        subject + Text(f":没有权限 {listed}", f": not allowed to {listed}"),
        Text(
            f"需要时请管理员用 kubectl apply -f - 授权:\n{role}",
            f"Where that is wanted, an administrator allows it with kubectl apply -f -:\n{role}",
        ),
    )


def _told(attempt: Attempt) -> str:
    """`list pods`; the usage of pods has the same name in another group."""
    group = f".{attempt.group}" if attempt.group == POD_METRICS.group else ""
    return f"{attempt.verb} {attempt.resource}{group}"


def _access(attempt: Attempt) -> Access:
    assert attempt.kind is not None
    return Access(attempt.verb, Ref(attempt.kind.name, attempt.namespace, ""), attempt.subresource)


async def _metrics(cluster: KubernetesCluster, namespace: str) -> Check:
    try:
        found = await cluster.usage("Pod", namespace)
    except ClusterError as trouble:
        return _failed("metrics", trouble)
    said = Text(
        f"metrics.k8s.io 可用,{len(found)} 个 Pod 有用量数据",
        f"metrics.k8s.io is there, with the usage of {len(found)} pods",
    )
    return Check("metrics", "ok", said)


async def _logs(cluster: KubernetesCluster, namespace: str) -> Check:
    try:
        pod = await _running_pod(cluster, namespace)
        if pod is None:
            return Check("logs", "unknown", _NOTHING_RUNS)
        ref = Ref("Pod", pod.metadata.namespace, pod.metadata.name)
        query = LogQuery(pod.spec.containers[0].name, tail=1, limit_bytes=4096)
        _ = [line async for line in cluster.logs(ref, query)]
    except ClusterError as trouble:
        return _failed("logs", trouble)
    return Check("logs", "ok", Text(f"日志可读(试读了 {ref})", f"logs can be read (tried with {ref})"))


def _failed(name: str, trouble: ClusterError) -> Check:
    return Check(name, "failed", _SUBJECTS[name] + Text(":", ": ") + trouble.text, trouble.remedy)


async def _running_pod(cluster: KubernetesCluster, namespace: str) -> Pod | None:
    request = ApiRequest(
        Attempt("list", KINDS["Pod"], namespace),
        collection_path(KINDS["Pod"], namespace),
        params={"limit": "1", "fieldSelector": "status.phase=Running"},
    )
    pods, _ = decode_page((await cluster.client.read(request)).body, Pod)
    return pods[0] if pods else None


_NOTHING_RUNS = Text("日志:没有正在运行的 Pod 可供试读", "logs: no pod runs whose log could be tried")

_SUBJECTS = {
    "identity": Text("身份", "identity"),
    "read": Text("查看", "looking"),
    "change": Text("变更", "changing"),
    "metrics": Text("用量指标", "metrics"),
    "logs": Text("日志", "logs"),
}
