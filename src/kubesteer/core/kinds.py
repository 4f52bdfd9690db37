"""The kinds that kubesteer knows by heart: where each is served and what people call it.

Source of groups, versions, plurals and short names: the discovery documents of Kubernetes 1.34
(`kubectl api-resources`).
"""

from __future__ import annotations

from dataclasses import dataclass

from kubesteer.core.errors import Unusable
from kubesteer.core.texts import Text


@dataclass(frozen=True, slots=True)
class Kind:
    """One built-in kind. `group` is "" for the core group."""

    name: str
    plural: str
    group: str
    version: str
    namespaced: bool
    short: tuple[str, ...] = ()

    @property
    def api_version(self) -> str:
        """`apps/v1`, or `v1` for the core group."""
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def root(self) -> str:
        """The path that every collection of the kind starts with."""
        return f"/apis/{self.group}/{self.version}" if self.group else f"/api/{self.version}"


_TABLE = (
    Kind("Pod", "pods", "", "v1", True, ("po",)),
    Kind("Deployment", "deployments", "apps", "v1", True, ("deploy", "deploys", "dp")),
    Kind("StatefulSet", "statefulsets", "apps", "v1", True, ("sts",)),
    Kind("DaemonSet", "daemonsets", "apps", "v1", True, ("ds",)),
    Kind("ReplicaSet", "replicasets", "apps", "v1", True, ("rs",)),
    Kind("ControllerRevision", "controllerrevisions", "apps", "v1", True),
    Kind("Job", "jobs", "batch", "v1", True),
    Kind("CronJob", "cronjobs", "batch", "v1", True, ("cj",)),
    Kind("Service", "services", "", "v1", True, ("svc",)),
    Kind("Ingress", "ingresses", "networking.k8s.io", "v1", True, ("ing",)),
    Kind("IngressClass", "ingressclasses", "networking.k8s.io", "v1", False),
    Kind("NetworkPolicy", "networkpolicies", "networking.k8s.io", "v1", True, ("netpol",)),
    Kind("Endpoints", "endpoints", "", "v1", True, ("ep",)),
    Kind("EndpointSlice", "endpointslices", "discovery.k8s.io", "v1", True),
    Kind("Node", "nodes", "", "v1", False, ("no",)),
    Kind("Namespace", "namespaces", "", "v1", False, ("ns",)),
    Kind("ConfigMap", "configmaps", "", "v1", True, ("cm",)),
    Kind("Secret", "secrets", "", "v1", True),
    Kind("ServiceAccount", "serviceaccounts", "", "v1", True, ("sa",)),
    Kind("PersistentVolumeClaim", "persistentvolumeclaims", "", "v1", True, ("pvc",)),
    Kind("PersistentVolume", "persistentvolumes", "", "v1", False, ("pv",)),
    Kind("StorageClass", "storageclasses", "storage.k8s.io", "v1", False, ("sc",)),
    Kind("VolumeAttachment", "volumeattachments", "storage.k8s.io", "v1", False),
    Kind("CSINode", "csinodes", "storage.k8s.io", "v1", False),
    Kind("CSIDriver", "csidrivers", "storage.k8s.io", "v1", False),
    Kind("HorizontalPodAutoscaler", "horizontalpodautoscalers", "autoscaling", "v2", True, ("hpa",)),
    Kind("PodDisruptionBudget", "poddisruptionbudgets", "policy", "v1", True, ("pdb",)),
    Kind("ResourceQuota", "resourcequotas", "", "v1", True, ("quota",)),
    Kind("LimitRange", "limitranges", "", "v1", True, ("limits",)),
    Kind("Event", "events", "", "v1", True, ("ev",)),
    Kind("Role", "roles", "rbac.authorization.k8s.io", "v1", True),
    Kind("RoleBinding", "rolebindings", "rbac.authorization.k8s.io", "v1", True),
    Kind("ClusterRole", "clusterroles", "rbac.authorization.k8s.io", "v1", False),
    Kind("ClusterRoleBinding", "clusterrolebindings", "rbac.authorization.k8s.io", "v1", False),
    Kind("PriorityClass", "priorityclasses", "scheduling.k8s.io", "v1", False, ("pc",)),
    Kind(
        "ValidatingWebhookConfiguration",
        "validatingwebhookconfigurations",
        "admissionregistration.k8s.io",
        "v1",
        False,
    ),
    Kind(
        "MutatingWebhookConfiguration",
        "mutatingwebhookconfigurations",
        "admissionregistration.k8s.io",
        "v1",
        False,
    ),
    Kind(
        "CustomResourceDefinition",
        "customresourcedefinitions",
        "apiextensions.k8s.io",
        "v1",
        False,
        ("crd", "crds"),
    ),
    Kind("APIService", "apiservices", "apiregistration.k8s.io", "v1", False),
    Kind("Gateway", "gateways", "gateway.networking.k8s.io", "v1", True, ("gtw",)),
    Kind("GatewayClass", "gatewayclasses", "gateway.networking.k8s.io", "v1", False, ("gc",)),
    Kind("HTTPRoute", "httproutes", "gateway.networking.k8s.io", "v1", True),
)

KINDS: dict[str, Kind] = {kind.name: kind for kind in _TABLE}

WORKLOADS = ("Deployment", "StatefulSet", "DaemonSet", "CronJob", "Job")
"""Kinds looked up before pods when a person leaves the kind out."""

ROLLING = ("Deployment", "StatefulSet", "DaemonSet")
"""Kinds whose pod template rolls out."""

_SPELLINGS = {
    word.lower(): kind.name
    for kind in _TABLE
    for word in (kind.name, f"{kind.name}s", kind.plural, *kind.short)
}


def kind_of(word: str) -> Kind:
    """The kind behind any usual spelling: `Deployment`, `deployments`, `deploy`, `HPA`.

    Raises:
        Unusable: no kind is called that.
    """
    found = _SPELLINGS.get(word.strip().lower())
    if found is None:
        raise Unusable(
            "kind",
            Text(f"没有名为“{word[:60]}”的资源类型。", f"There is no kind called “{word[:60]}”."),
            Text(f"可用类型:{', '.join(KINDS)}。", f"Kinds: {', '.join(KINDS)}."),
        )
    return KINDS[found]
