"""Objects as a real API server serves them, short to write: all in namespace shop, a day old, on node n1."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from worlds import before

from kubesteer.core.clusters import Usage
from kubesteer.core.kinds import KINDS
from kubesteer.core.refs import Ref

Manifest = dict[str, Any]
NAMESPACE = "shop"
CLUSTER_SCOPED = frozenset(
    {"Node", "Namespace", "PersistentVolume", "StorageClass", "IngressClass", "APIService", "GatewayClass",
     "ValidatingWebhookConfiguration", "MutatingWebhookConfiguration", "CSIDriver"}
)  # fmt: skip


@dataclass(frozen=True)
class Example:
    """A rule's sick world, the one object that it blames there, and a healthy world that resembles it."""

    rule: str
    blamed: str  # "Kind/name"
    sick: list[Manifest]
    healthy: list[Manifest]
    logs: dict[tuple[Ref, str], tuple[str, ...]] = field(default_factory=dict)
    healthy_logs: dict[tuple[Ref, str], tuple[str, ...]] = field(default_factory=dict)
    usage: tuple[Usage, ...] = ()
    suggests: str = ""


def thing(
    kind: str, name: str, *, age: float = 86400, metadata: Manifest | None = None, **body: Any
) -> Manifest:
    """Any object, `age` seconds old."""
    where = {} if kind in CLUSTER_SCOPED else {"namespace": NAMESPACE}
    return {
        "apiVersion": KINDS[kind].api_version,
        "kind": kind,
        "metadata": {"name": name, **where, "creationTimestamp": before(age), **(metadata or {})},
        **body,
    }


def owner(kind: str, name: str) -> list[Manifest]:
    """An owner reference, by the UID that worlds give."""
    return [{"kind": kind, "name": name, "uid": f"{kind}/{NAMESPACE}/{name}", "controller": True}]


def condition(
    type_: str, status: str = "True", reason: str = "", message: str = "", ago: float = 3600
) -> Manifest:
    """status.conditions[]."""
    return {
        "type": type_,
        "status": status,
        "reason": reason,
        "message": message,
        "lastTransitionTime": before(ago),
    }


def container(name: str = "app", image: str = "shop/cart:v2", **more: Any) -> Manifest:
    """spec.containers[]."""
    return {"name": name, "image": image, "ports": [{"containerPort": 8080, "name": "http"}], **more}


def running(
    name: str = "app",
    *,
    ready: bool = True,
    restarts: int = 0,
    ago: float = 7200,
    last: Manifest | None = None,
) -> Manifest:
    """status.containerStatuses[] of a container that runs."""
    return {
        "name": name, "ready": ready, "started": True, "restartCount": restarts,
        "state": {"running": {"startedAt": before(ago)}}, "lastState": {"terminated": last} if last else {},
    }  # fmt: skip


def waiting(
    reason: str, message: str = "", name: str = "app", *, restarts: int = 0, last: Manifest | None = None
) -> Manifest:
    """status.containerStatuses[] of a container that waits."""
    return {
        "name": name, "ready": False, "restartCount": restarts,
        "state": {"waiting": {"reason": reason, "message": message}}, "lastState": {"terminated": last} if last else {},
    }  # fmt: skip


def ended(code: int, reason: str = "Error", message: str = "", ago: float = 120) -> Manifest:
    """state.terminated."""
    return {
        "exitCode": code,
        "reason": reason,
        "message": message,
        "startedAt": before(ago + 5),
        "finishedAt": before(ago),
    }


def pod(
    name: str = "cart-1-a",
    *statuses: Manifest,
    phase: str = "Running",
    ready: bool = False,
    of: list[Manifest] | None = None,
    app: str = "cart",
    containers: list[Manifest] | None = None,
    inits: Iterable[Manifest] = (),
    conditions: Iterable[Manifest] = (),
    age: float = 7200,
    metadata: Manifest | None = None,
    spec: Manifest | None = None,
    **status: Any,
) -> Manifest:
    """A pod on n1."""
    return thing(
        "Pod", name, age=age,
        metadata={"labels": {"app": app}, "ownerReferences": of or [], **(metadata or {})},
        spec={"nodeName": "n1", "containers": containers or [container()], **(spec or {})},
        status={
            "phase": phase, "containerStatuses": list(statuses), "initContainerStatuses": list(inits),
            "conditions": [condition("Ready", "True" if ready else "False", ago=age), *conditions], **status,
        },
    )  # fmt: skip


def well(name: str = "cart-1-a", **more: Any) -> Manifest:
    """A pod that runs as it should."""
    return pod(name, running(), ready=True, of=more.pop("of", owner("ReplicaSet", "cart-1")), **more)


def unplaced(message: str, name: str = "cart-1-a", age: float = 600, **more: Any) -> Manifest:
    """A pod that the scheduler could not place."""
    return pod(
        name, phase="Pending", of=owner("ReplicaSet", "cart-1"), age=age,
        conditions=[condition("PodScheduled", "False", "Unschedulable", message, ago=age)],
        spec={"nodeName": "", **more.pop("spec", {})}, **more,
    )  # fmt: skip


def deployment(
    name: str = "cart",
    *,
    replicas: int = 1,
    ready: int = 1,
    containers: list[Manifest] | None = None,
    conditions: Iterable[Manifest] = (),
    template: Manifest | None = None,
    age: float = 86400,
    app: str = "",
    **spec: Any,
) -> Manifest:
    """A Deployment whose pods carry app=NAME."""
    labels = {"app": app or name}
    return thing(
        "Deployment", name, age=age,
        spec={"replicas": replicas, "selector": {"matchLabels": labels},
              "template": {"metadata": {"labels": labels}, "spec": {"containers": containers or [container()], **(template or {})}}, **spec},
        status={"replicas": replicas, "readyReplicas": ready, "updatedReplicas": replicas, "conditions": list(conditions)},
    )  # fmt: skip


def replica_set(
    name: str = "cart-1",
    of: str = "cart",
    *,
    replicas: int = 1,
    revision: int = 1,
    age: float = 86400,
    containers: list[Manifest] | None = None,
    ready: int = 0,
    made: int | None = None,
    conditions: Iterable[Manifest] = (),
    template: Manifest | None = None,
) -> Manifest:
    """A ReplicaSet of a Deployment."""
    return thing(
        "ReplicaSet", name, age=age,
        metadata={"ownerReferences": owner("Deployment", of), "annotations": {"deployment.kubernetes.io/revision": str(revision)}},
        spec={"replicas": replicas, "selector": {"matchLabels": {"app": of}},
              "template": {"metadata": {"labels": {"app": of}}, "spec": {"containers": containers or [container()], **(template or {})}}},
        status={"replicas": replicas if made is None else made, "readyReplicas": ready, "conditions": list(conditions)},
    )  # fmt: skip


def stack(
    *pods: Manifest,
    ready: int = 0,
    containers: list[Manifest] | None = None,
    template: Manifest | None = None,
) -> list[Manifest]:
    """Deployment cart, its ReplicaSet, and these pods."""
    count = len(pods)
    return [
        deployment(replicas=count, ready=ready, containers=containers, template=template),
        replica_set(replicas=count, ready=ready, containers=containers, template=template),
        *pods,
    ]  # fmt: skip


def cart(*statuses: Manifest, **more: Any) -> list[Manifest]:
    """Deployment cart with one pod whose containers are in these states."""
    one = pod("cart-1-a", *statuses, of=owner("ReplicaSet", "cart-1"), **more)
    return stack(one, ready=int(more.get("ready", False)), containers=more.get("containers"))


def healthy(containers: list[Manifest] | None = None, **more: Any) -> list[Manifest]:
    """Deployment cart with one pod that runs as it should."""
    return stack(well(containers=containers, **more), ready=1, containers=containers)


def event(
    about: str,
    reason: str,
    message: str,
    *,
    type_: str = "Warning",
    count: int = 5,
    ago: float = 60,
    container: str = "app",
) -> Manifest:
    """An event about "Kind/name", first seen ten minutes before it was last."""
    kind, name = about.split("/", 1)
    where = "" if kind in CLUSTER_SCOPED else NAMESPACE
    return thing(
        "Event", f"{name}.{abs(hash((reason, message))):x}", age=ago + 600,
        involvedObject={"kind": kind, "namespace": where, "name": name, "uid": f"{kind}/{where}/{name}", "fieldPath": f"spec.containers{{{container}}}"},
        type=type_, reason=reason, message=message, count=count, firstTimestamp=before(ago + 600), lastTimestamp=before(ago),
    )  # fmt: skip


def node(
    name: str = "n1",
    *conditions: Manifest,
    cpu: str = "4",
    memory: str = "16Gi",
    age: float = 864000,
    labels: Manifest | None = None,
    version: str = "v1.34.1",
    **spec: Any,
) -> Manifest:
    """A node; ready unless conditions say otherwise."""
    amounts = {"cpu": cpu, "memory": memory, "pods": "110"}
    return thing(
        "Node", name, age=age, metadata={"labels": {"kubernetes.io/hostname": name, **(labels or {})}}, spec=spec,
        status={"allocatable": amounts, "capacity": amounts, "nodeInfo": {"kubeletVersion": version},
                "conditions": list(conditions) or [condition("Ready", reason="KubeletReady")]},
    )  # fmt: skip


def service(
    name: str = "cart",
    *,
    selector: Manifest | None = None,
    port: int = 80,
    target: int | str = 8080,
    age: float = 86400,
    status: Manifest | None = None,
    **spec: Any,
) -> Manifest:
    """A Service."""
    return thing("Service", name, age=age, status=status or {}, spec={
        "type": "ClusterIP", "clusterIP": "10.96.0.9", "selector": selector or {"app": name}, "ports": [{"port": port, "targetPort": target}], **spec})  # fmt: skip


def slice_of(name: str = "cart", *, ready: int = 0, unready: int = 0) -> Manifest:
    """A Service's EndpointSlice."""
    endpoints = [
        {"addresses": [f"10.0.0.{n}"], "conditions": {"ready": n < ready}} for n in range(ready + unready)
    ]
    return thing(
        "EndpointSlice",
        f"{name}-x",
        metadata={"labels": {"kubernetes.io/service-name": name}},
        addressType="IPv4",
        endpoints=endpoints,
    )


def env(**values: str) -> list[Manifest]:
    """Environment variables."""
    return [{"name": key, "value": value} for key, value in values.items()]


def used(ref: Ref, cpu: float = 0.1, memory: float = 1e8, container: str = "app") -> Usage:
    """What metrics.k8s.io says."""
    return Usage(ref, before(20), 30.0, {container: cpu}, {container: memory})


def ref(about: str) -> Ref:
    """ "Kind/name" in the namespace of all examples."""
    kind, name = about.split("/", 1)
    return Ref(kind, "" if kind in CLUSTER_SCOPED else NAMESPACE, name)
