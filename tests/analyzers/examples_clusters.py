"""Sick and healthy examples of the rules on storage, nodes and the control plane."""

from __future__ import annotations

from manifests import (
    Example,
    Manifest,
    condition,
    event,
    healthy,
    node,
    ref,
    service,
    slice_of,
    stack,
    thing,
    unplaced,
)
from worlds import before

from kubesteer.core.clusters import Usage


def claim(class_: str | None = "fast", phase: str = "Pending", age: float = 3600, **spec: object) -> Manifest:
    """A claim of 1 Gi."""
    asked = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
    named = {} if class_ is None else {"storageClassName": class_}
    return thing(
        "PersistentVolumeClaim", "data", age=age, spec={**asked, **named, **spec}, status={"phase": phase}
    )


def storage_class(
    name: str = "fast",
    mode: str = "Immediate",
    provisioner: str = "disk.csi.example.com",
    default: bool = False,
) -> Manifest:
    """A StorageClass."""
    marks = {"annotations": {"storageclass.kubernetes.io/is-default-class": "true"}} if default else {}
    return thing("StorageClass", name, metadata=marks, provisioner=provisioner, volumeBindingMode=mode)


def volume(class_: str = "manual", size: str = "10Gi", phase: str = "Available") -> Manifest:
    """A PersistentVolume."""
    spec = {"capacity": {"storage": size}, "accessModes": ["ReadWriteOnce"], "storageClassName": class_}
    return thing("PersistentVolume", "v1", spec=spec, status={"phase": phase})


DRIVER = thing("CSIDriver", "disk.csi.example.com")
MANUAL = storage_class("manual", provisioner="kubernetes.io/no-provisioner")
CLAIM = "PersistentVolumeClaim/data"
LAZY = storage_class(mode="WaitForFirstConsumer")
USING = {"volumes": [{"name": "data", "persistentVolumeClaim": {"claimName": "data"}}]}

STORAGE = [
    Example("claim-class-missing", CLAIM, [claim("fastt"), storage_class(), DRIVER], [claim(), LAZY, DRIVER]),
    Example("claim-no-class", CLAIM, [claim(None), storage_class(), DRIVER], [claim(None, "Bound"), storage_class(), DRIVER], suggests="annotate"),
    Example("claim-no-volume", CLAIM, [claim("manual"), MANUAL, volume(size="1Mi")], [claim("manual"), MANUAL, volume()]),
    Example("claim-no-provisioner", CLAIM, [claim(), storage_class(), thing("CSIDriver", "other.csi.example.com")], [claim(age=5), storage_class(), thing("CSIDriver", "other.csi.example.com")]),
    Example("claim-provisioning", CLAIM,
            [claim(), storage_class(), DRIVER, event(CLAIM, "ProvisioningFailed", "rpc error: quota of disks exceeded")],
            [claim(phase="Bound"), storage_class(), DRIVER, event(CLAIM, "ProvisioningFailed", "rpc error: quota of disks exceeded")]),
    Example("claim-waiting", CLAIM, [claim(), storage_class(), DRIVER], [claim(age=60), storage_class(), DRIVER]),
    Example("claim-missing", "Deployment/cart",
            stack(unplaced('0/1 nodes are available: persistentvolumeclaim "data" not found.', spec=USING)),
            [*stack(unplaced("", age=2, spec=USING)), claim(phase="Bound")]),
    Example("claim-lost", CLAIM, [claim(phase="Lost", volumeName="v1")], [claim(phase="Bound", volumeName="v1")]),
    Example("volume-failed", "PersistentVolume/v1", [volume(phase="Failed")], [volume(phase="Bound")]),
]  # fmt: skip

LOST = condition("Ready", "Unknown", "NodeStatusUnknown", "Kubelet stopped posting node status.")
READY = condition("Ready", reason="KubeletReady")
VENDOR = [
    READY,
    condition("FrequentKubeletRestart", "Unknown"),
    condition("KernelDeadlock", "True", "SomebodysOpinion"),
    condition("NetworkReady", "False"),
    condition("MemoryPressure", "False"),
    condition("NetworkUnavailable", "False"),
]
CORDONED = [{"key": "node.kubernetes.io/unschedulable", "effect": "NoSchedule"}]
NO_ROOM = "0/2 nodes are available: 2 node(s) were unschedulable."


def node_usage(cpu: float = 1, memory: float = 1e9) -> Usage:
    """What a node uses."""
    return Usage(ref("Node/n1"), before(20), 30.0, {"": cpu}, {"": memory})


NODES = [
    Example("node-not-ready", "Node/n1", [node("n1", LOST), *healthy()], [node("n1", *VENDOR), *healthy()]),
    Example("node-pressure", "Node/n1", [node("n1", READY, condition("DiskPressure", "True", "KubeletHasDiskPressure"))], [node("n1", *VENDOR)]),
    Example("node-network-unavailable", "Node/n1", [node("n1", READY, condition("NetworkUnavailable", "True", "NoRouteCreated"))], [node("n1", *VENDOR)]),
    Example("node-cordoned", "Node/n1", [node(unschedulable=True, taints=CORDONED), *stack(unplaced(NO_ROOM))],
            [node(unschedulable=True, taints=CORDONED), *healthy()], suggests="uncordon"),
    Example("node-version-skew", "Node/n1", [node(version="v1.30.2"), node("n2")], [node(version="v1.32.2"), node("n2")]),
    Example("node-memory-full", "Node/n1", [node(memory="1Gi")], [node(memory="4Gi")], usage=(node_usage(memory=1.05e9),)),
    Example("node-cpu-full", "Node/n1", [node(cpu="2")], [node(cpu="4")], usage=(node_usage(cpu=1.95),)),
]  # fmt: skip


def webhook(policy: str = "Fail") -> Manifest:
    """A webhook on pods, served by Service guard."""
    called = {"service": {"namespace": "shop", "name": "guard", "port": 443}}
    rules = [{"operations": ["CREATE"], "resources": ["pods"]}]
    return thing(
        "ValidatingWebhookConfiguration", "guard",
        webhooks=[{"name": "guard.example", "failurePolicy": policy, "clientConfig": called, "rules": rules}],
    )  # fmt: skip


GUARD = [service("guard", port=443, selector={"app": "cart"}), *healthy(), slice_of("guard", ready=1)]


def api(status: str) -> Manifest:
    """The metrics API."""
    return thing(
        "APIService", "v1beta1.metrics.k8s.io",
        spec={"service": {"namespace": "kube-system", "name": "metrics-server"}},
        status={"conditions": [condition("Available", status, "FailedDiscoveryCheck", "timeout")]},
    )  # fmt: skip


def namespace(ago: float) -> Manifest:
    """A namespace that was deleted so long ago."""
    remains = condition(
        "NamespaceContentRemaining",
        "True",
        "SomeResourcesRemain",
        "Some resources are remaining: widgets. has 1 resource instances",
    )
    return thing(
        "Namespace",
        "old",
        metadata={"deletionTimestamp": before(ago)},
        status={"phase": "Terminating", "conditions": [remains]},
    )


CONTROL = [
    Example("webhook-unavailable", "ValidatingWebhookConfiguration/guard", [webhook()], [webhook(), *GUARD]),
    Example("api-unavailable", "APIService/v1beta1.metrics.k8s.io", [api("False")], [api("True")]),
    Example("namespace-terminating", "Namespace/old", [namespace(1800)], [namespace(20)]),
    Example("quota-near", "ResourceQuota/q",
            [thing("ResourceQuota", "q", status={"hard": {"pods": "10"}, "used": {"pods": "10"}})],
            [thing("ResourceQuota", "q", status={"hard": {"pods": "10"}, "used": {"pods": "3"}})]),
]  # fmt: skip

EXAMPLES = [*STORAGE, *NODES, *CONTROL]
