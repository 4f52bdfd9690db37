"""Manifests of workloads, as small as the API allows."""

from __future__ import annotations

from typing import Any

Obj = dict[str, Any]
IMAGE = "registry.example.com/app:v1"


def template(name: str, image: str = IMAGE, **annotations: str) -> Obj:
    """A pod template with one container named "app"; `annotations` by their full names."""
    metadata: Obj = {"labels": {"app": name}}
    if annotations:
        metadata["annotations"] = annotations
    return {"metadata": metadata, "spec": {"containers": [{"name": "app", "image": image}]}}


def pod(name: str, image: str = IMAGE, **labels: str) -> Obj:
    """A Pod of its own."""
    spec = template(name, image)["spec"]
    return _object("v1", "Pod", {"name": name, "labels": {"app": name, **labels}}, spec)


def deployment(name: str, replicas: int = 2, image: str = IMAGE, **spec: Any) -> Obj:
    """A Deployment; `spec` is laid over its spec."""
    own: Obj = {"replicas": replicas, "selector": _select(name), "template": template(name, image)}
    return _object("apps/v1", "Deployment", {"name": name}, own | spec)


def statefulset(name: str, replicas: int = 2, **spec: Any) -> Obj:
    """A StatefulSet without volumes."""
    own: Obj = {
        "replicas": replicas,
        "serviceName": name,
        "selector": _select(name),
        "template": template(name),
    }
    return _object("apps/v1", "StatefulSet", {"name": name}, own | spec)


def daemonset(name: str, **spec: Any) -> Obj:
    """A DaemonSet on all nodes."""
    own: Obj = {"selector": _select(name), "template": template(name)}
    return _object("apps/v1", "DaemonSet", {"name": name}, own | spec)


def job_spec(name: str, **spec: Any) -> Obj:
    """What a Job has as its spec and a CronJob as its template's."""
    pods = template(name)
    pods["spec"]["restartPolicy"] = "Never"
    return {"template": pods, **spec}


def cronjob(name: str, **spec: Any) -> Obj:
    """A CronJob whose time never comes while a test runs: 29 February, early."""
    own: Obj = {"schedule": "0 4 29 2 *", "jobTemplate": {"spec": job_spec(name)}}
    return _object("batch/v1", "CronJob", {"name": name}, own | spec)


def configmap(name: str, data: dict[str, str] | None = None, **labels: str) -> Obj:
    """A ConfigMap: the plainest object there is."""
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        # Empty labels would be owned by whoever applies them.
        "metadata": {"name": name, **({"labels": labels} if labels else {})},
        "data": data or {"key": "value"},
    }


def _select(name: str) -> Obj:
    return {"matchLabels": {"app": name}}


def _object(version: str, kind: str, metadata: Obj, spec: Obj) -> Obj:
    return {"apiVersion": version, "kind": kind, "metadata": metadata, "spec": spec}
