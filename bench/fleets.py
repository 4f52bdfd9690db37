"""A large cluster as data: healthy but for a hundred planted faults, each with the one root that must be named."""

from __future__ import annotations

import datetime
import random
from collections.abc import Callable, Iterator
from typing import Any

Manifest = dict[str, Any]
NOW = datetime.datetime.now(datetime.UTC).replace(microsecond=0)
NODES, PODS_EACH, NAMESPACES = 200, 10, 50
FILLER = {f"example.com/note-{n}": "x" * 180 for n in range(12)}
"""Real pods carry about this much that no rule reads: environment, volumes, managed fields."""


def stamp(ago: float) -> str:
    """RFC 3339, so many seconds ago."""
    return (NOW - datetime.timedelta(seconds=ago)).strftime("%Y-%m-%dT%H:%M:%SZ")


def meta(name: str, namespace: str = "", **more: Any) -> Manifest:
    """ObjectMeta, a day old."""
    where = {"namespace": namespace} if namespace else {}
    kind = more.pop("kind", "")
    return {
        "name": name,
        **where,
        "uid": f"{kind}-{namespace}-{name}",
        "creationTimestamp": stamp(86400),
        **more,
    }


def owned(kind: str, namespace: str, name: str) -> list[Manifest]:
    """An owner reference."""
    uid = f"{kind}-{namespace}-{name}"
    version = "batch/v1" if kind == "CronJob" else "apps/v1"
    return [{"apiVersion": version, "kind": kind, "name": name, "uid": uid, "controller": True}]


def condition(type_: str, status: str = "True", **more: Any) -> Manifest:
    """status.conditions[]."""
    return {"type": type_, "status": status, "lastTransitionTime": stamp(7200), **more}


class App:
    """A Deployment with its ReplicaSet, pods, Service and EndpointSlice; `number` places it."""

    def __init__(self, number: int, pods: int) -> None:
        self.number, self.pods = number, pods
        self.name, self.namespace = f"app-{number:04}", f"team-{number % NAMESPACES:02}"
        self.labels = {"app": self.name}
        self.container: Manifest = {
            "name": "app", "image": f"registry.example/shop/{self.name}:v1", "ports": [{"name": "http", "containerPort": 8080}],
            "env": [{"name": f"SETTING_{n}", "value": "some value"} for n in range(12)],
            "resources": {"requests": {"cpu": "50m", "memory": "64Mi"}, "limits": {"memory": "256Mi"}},
            "readinessProbe": {"httpGet": {"path": "/", "port": 8080}},
        }  # fmt: skip
        self.selector, self.target = dict(self.labels), 8080
        self.status: Manifest = {
            "ready": True,
            "restartCount": 0,
            "state": {"running": {"startedAt": stamp(7200)}},
            "lastState": {},
        }
        self.placed, self.message, self.extra = True, "", []
        self.volumes: list[Manifest] = []

    @property
    def ready(self) -> bool:
        """Whether its pods are."""
        return bool(self.status["ready"]) and self.placed

    def objects(self) -> Iterator[Manifest]:
        """Everything that it consists of."""
        spec = {"containers": [self.container], "volumes": self.volumes}
        template = {"metadata": {"labels": self.labels}, "spec": spec}
        ready = self.pods if self.ready else 0
        counts = {
            "replicas": self.pods,
            "readyReplicas": ready,
            "updatedReplicas": self.pods,
            "availableReplicas": ready,
        }
        body = {"replicas": self.pods, "selector": {"matchLabels": self.labels}, "template": template}
        yield {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": meta(self.name, self.namespace, kind="Deployment"),
            "spec": body,
            "status": counts,
        }
        set_name = f"{self.name}-5d9c7b"
        owner = owned("Deployment", self.namespace, self.name)
        notes = {"deployment.kubernetes.io/revision": "1"}
        yield {
            "apiVersion": "apps/v1",
            "kind": "ReplicaSet",
            "metadata": meta(
                set_name, self.namespace, kind="ReplicaSet", ownerReferences=owner, annotations=notes
            ),
            "spec": body,
            "status": counts,
        }
        yield from (self.pod(n, set_name) for n in range(self.pods))
        yield {"apiVersion": "v1", "kind": "Service", "metadata": meta(self.name, self.namespace, kind="Service"),
               "spec": {"type": "ClusterIP", "clusterIP": f"10.96.{self.number // 250}.{self.number % 250}", "selector": self.selector,
                        "ports": [{"name": "http", "port": 80, "targetPort": self.target, "protocol": "TCP"}]}}  # fmt: skip
        endpoints = (
            [{"addresses": [f"10.{n}.0.1"], "conditions": {"ready": self.ready}} for n in range(self.pods)]
            if self.selector == self.labels
            else []
        )
        yield {"apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice", "addressType": "IPv4", "endpoints": endpoints,
               "metadata": meta(f"{self.name}-x", self.namespace, kind="EndpointSlice", labels={"kubernetes.io/service-name": self.name})}  # fmt: skip
        yield from self.extra

    def pod(self, number: int, set_name: str) -> Manifest:
        """One of its pods."""
        ready = "True" if self.ready else "False"
        running = self.placed and "waiting" not in self.status["state"]
        conditions = [
            condition("Ready", ready),
            condition(
                "PodScheduled",
                "True" if self.placed else "False",
                **({} if self.placed else {"reason": "Unschedulable", "message": self.message}),
            ),
        ]
        node = {"nodeName": f"node-{(self.number * PODS_EACH + number) % NODES:03}"} if self.placed else {}
        statuses = (
            [{"name": "app", "image": self.container["image"], "imageID": "", **self.status}]
            if self.placed
            else []
        )
        return {
            "apiVersion": "v1", "kind": "Pod",
            "metadata": meta(f"{set_name}-{number:05}", self.namespace, kind="Pod", labels=self.labels, annotations=FILLER,
                             ownerReferences=owned("ReplicaSet", self.namespace, set_name)),
            "spec": {**node, "containers": [self.container], "volumes": self.volumes},
            "status": {"phase": "Running" if running else "Pending", "conditions": conditions, "containerStatuses": statuses},
        }  # fmt: skip


Plant = Callable[[App], tuple[str, str]]
"""Spoils an app; gives the rule and the object ("Kind namespace/name") that must be named."""


def waiting(app: App, reason: str, message: str = "", **more: Any) -> None:
    """Its containers wait."""
    app.status = {
        "ready": False,
        "restartCount": 0,
        "state": {"waiting": {"reason": reason, "message": message}},
        "lastState": {},
        **more,
    }


def deployment(app: App, rule: str) -> tuple[str, str]:
    """Blame the Deployment."""
    return rule, f"Deployment {app.namespace}/{app.name}"


def image(app: App) -> tuple[str, str]:
    """An image that does not exist."""
    waiting(app, "ImagePullBackOff", f"rpc error: code = NotFound desc = {app.container['image']}: not found")
    return deployment(app, "image-pull-not-found")


def crash(app: App) -> tuple[str, str]:
    """A crash loop."""
    end = {"terminated": {"exitCode": 1, "reason": "Error", "startedAt": stamp(70), "finishedAt": stamp(60)}}
    waiting(app, "CrashLoopBackOff", lastState=end, restartCount=9)
    return deployment(app, "crash-loop")


def killed(app: App) -> tuple[str, str]:
    """Runs, and was killed for memory a minute ago."""
    end = {
        "terminated": {
            "exitCode": 137,
            "reason": "OOMKilled",
            "startedAt": stamp(600),
            "finishedAt": stamp(60),
        }
    }
    app.status = {
        "ready": True,
        "restartCount": 3,
        "state": {"running": {"startedAt": stamp(60)}},
        "lastState": end,
    }
    return deployment(app, "oom-killed")


def settings(app: App) -> tuple[str, str]:
    """A ConfigMap that does not exist."""
    app.container["envFrom"] = [{"configMapRef": {"name": f"{app.name}-settings"}}]
    waiting(app, "CreateContainerConfigError", f'configmap "{app.name}-settings" not found')
    return deployment(app, "config-missing")


def placing(app: App) -> tuple[str, str]:
    """No node has the label."""
    app.placed, app.message = (
        False,
        "0/200 nodes are available: 200 node(s) didn't match Pod's node affinity/selector.",
    )
    return deployment(app, "unschedulable-selector")


def selector(app: App) -> tuple[str, str]:
    """A Service that selects nothing."""
    app.selector = {"app": f"{app.name}x"}
    return "service-selector", f"Service {app.namespace}/{app.name}"


def target(app: App) -> tuple[str, str]:
    """A targetPort that no container has."""
    app.target = 9999
    return "service-target-port", f"Service {app.namespace}/{app.name}"


def budget(app: App) -> tuple[str, str]:
    """A budget that is never met."""
    app.extra = [{"apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": meta(app.name, app.namespace, kind="PodDisruptionBudget"),
                  "spec": {"maxUnavailable": 0, "selector": {"matchLabels": app.labels}}}]  # fmt: skip
    return "budget-blocks", f"PodDisruptionBudget {app.namespace}/{app.name}"


def ingress(app: App) -> tuple[str, str]:
    """An Ingress to a Service that does not exist."""
    backend = {"service": {"name": f"{app.name}-gone", "port": {"number": 80}}}
    app.extra = [{"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": meta(app.name, app.namespace, kind="Ingress"),
                  "spec": {"rules": [{"host": f"{app.name}.example", "http": {"paths": [{"path": "/", "pathType": "Prefix", "backend": backend}]}}]}}]  # fmt: skip
    return "ingress-backend-missing", f"Ingress {app.namespace}/{app.name}"


def cron(app: App) -> tuple[str, str]:
    """A CronJob whose runs fail."""
    name, jobs = f"{app.name}-tick", []
    for n in (1, 2):
        jobs.append({"apiVersion": "batch/v1", "kind": "Job", "metadata": meta(f"{name}-{n}", app.namespace, kind="Job", ownerReferences=owned("CronJob", app.namespace, name)),
                     "spec": {"template": {"spec": {"restartPolicy": "Never", "containers": [app.container]}}},
                     "status": {"failed": 1, "startTime": stamp(7260), "conditions": [condition(type_, reason="BackoffLimitExceeded") for type_ in ("FailureTarget", "Failed")]}})  # fmt: skip
    template = {"spec": jobs[0]["spec"]}
    app.extra = [{"apiVersion": "batch/v1", "kind": "CronJob", "metadata": meta(name, app.namespace, kind="CronJob"),
                  "spec": {"schedule": "0 3 * * *", "jobTemplate": template}, "status": {"lastScheduleTime": stamp(60)}}, *jobs]  # fmt: skip
    return "cronjob-failing", f"CronJob {app.namespace}/{name}"


PLANTS: tuple[Plant, ...] = (image, crash, killed, settings, placing, selector, target, budget, ingress, cron)


def fleet(pods: int, faults: int = 100) -> tuple[list[Manifest], set[tuple[str, str]]]:
    """The objects of a cluster of so many pods, and the (rule, object) pairs that a scan must name."""
    apps = [App(number, PODS_EACH) for number in range(pods // PODS_EACH)]
    chosen = random.Random(7).sample(apps, min(faults, len(apps) // 2))
    planted = {PLANTS[n % len(PLANTS)](app) for n, app in enumerate(chosen)}
    objects: list[Manifest] = [
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": f"team-{n:02}"}}
        for n in range(NAMESPACES)
    ]
    objects += [_node(n) for n in range(NODES)]
    for app in apps:
        objects += app.objects()
    objects += [_event(apps[n % len(apps)], n) for n in range(pods // 2)]
    return objects, planted


def _node(number: int) -> Manifest:
    amounts = {"cpu": "16", "memory": "64Gi", "pods": "250"}
    vendor = [condition("FrequentKubeletRestart", "False"), condition("KernelDeadlock", "Unknown")]
    return {"apiVersion": "v1", "kind": "Node", "metadata": meta(f"node-{number:03}", kind="Node", labels={"kubernetes.io/hostname": f"node-{number:03}"}),
            "status": {"allocatable": amounts, "capacity": amounts, "nodeInfo": {"kubeletVersion": "v1.34.1"},
                       "conditions": [condition("Ready", reason="KubeletReady", lastHeartbeatTime=stamp(5)), *vendor]}}  # fmt: skip


def _event(app: App, number: int) -> Manifest:
    pod = f"{app.name}-5d9c7b-{number % PODS_EACH:05}"
    about = {
        "kind": "Pod",
        "namespace": app.namespace,
        "name": pod,
        "uid": f"Pod-{app.namespace}-{pod}",
        "fieldPath": "spec.containers{app}",
    }
    return {"apiVersion": "v1", "kind": "Event", "metadata": meta(f"{pod}.{number:x}", app.namespace, kind="Event"), "involvedObject": about,
            "type": "Normal", "reason": "Pulled", "message": f"Successfully pulled image \"{app.container['image']}\" in 300ms", "count": 1,
            "firstTimestamp": stamp(3000), "lastTimestamp": stamp(3000)}  # fmt: skip
