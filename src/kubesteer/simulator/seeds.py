"""What a fresh cluster holds before anybody has put anything into it."""

from kubesteer.simulator.nodes import node
from kubesteer.simulator.objects import Obj
from kubesteer.simulator.rbac import MASTERS, RBAC
from kubesteer.simulator.writes import Cluster, Writer

WRITER = Writer("kube-apiserver", validation="Ignore")
AUTHENTICATED = "system:authenticated"
NAMESPACES = ("default", "kube-system", "kube-public", "kube-node-lease")
READ = ["get", "list", "watch"]
WRITE = ["create", "delete", "deletecollection", "patch", "update"]
WORKLOADS: tuple[tuple[str, list[str]], ...] = (
    (
        "",
        [
            "configmaps", "endpoints", "events", "persistentvolumeclaims", "pods", "pods/log", "pods/status",
            "replicationcontrollers", "replicationcontrollers/scale", "serviceaccounts", "services",
        ],
    ),
    (
        "apps",
        [
            "daemonsets", "deployments", "deployments/scale", "replicasets", "replicasets/scale",
            "statefulsets", "statefulsets/scale", "controllerrevisions",
        ],
    ),
    ("autoscaling", ["horizontalpodautoscalers"]),
    ("batch", ["cronjobs", "jobs"]),
    ("discovery.k8s.io", ["endpointslices"]),
    ("networking.k8s.io", ["ingresses", "networkpolicies"]),
    ("policy", ["poddisruptionbudgets"]),
    ("metrics.k8s.io", ["pods", "nodes"]),
)  # fmt: skip
NAMESPACE_READS = ["limitranges", "namespaces", "resourcequotas"]


def _rules(verbs: list[str]) -> list[Obj]:
    return [{"verbs": verbs, "apiGroups": [group], "resources": resources} for group, resources in WORKLOADS]


def _roles() -> dict[str, list[Obj]]:
    """The user-facing roles of https://kubernetes.io/docs/reference/access-authn-authz/rbac/."""
    everything = [
        {"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]},
        {"verbs": ["*"], "nonResourceURLs": ["*"]},
    ]
    view = [*_rules(READ), {"verbs": READ, "apiGroups": [""], "resources": NAMESPACE_READS}]
    edit = [
        *view,
        *_rules(WRITE),
        {"verbs": [*READ, *WRITE], "apiGroups": [""], "resources": ["secrets"]},
        {"verbs": ["create"], "apiGroups": [""], "resources": ["pods/eviction"]},
    ]
    bind = {"verbs": [*READ, *WRITE], "apiGroups": [RBAC], "resources": ["roles", "rolebindings"]}
    return {"cluster-admin": everything, "view": view, "edit": edit, "admin": [*edit, bind]}


def _role(name: str, rules: list[Obj]) -> Obj:
    labels = {"kubernetes.io/bootstrapping": "rbac-defaults"}
    return {
        "apiVersion": f"{RBAC}/v1",
        "kind": "ClusterRole",
        "metadata": {"name": name, "labels": labels},
        "rules": rules,
    }


def _everybody() -> dict[str, list[Obj]]:
    """What anybody may ask of a stock server, by the names of its bootstrap roles."""
    about_oneself = [
        {
            "verbs": ["create"],
            "apiGroups": ["authorization.k8s.io"],
            "resources": ["selfsubjectaccessreviews", "selfsubjectrulesreviews"],
        },
        {"verbs": ["create"], "apiGroups": ["authentication.k8s.io"], "resources": ["selfsubjectreviews"]},
    ]
    public = ["/healthz", "/livez", "/readyz", "/version", "/version/"]
    discovery = [*public, "/api", "/api/*", "/apis", "/apis/*", "/openapi", "/openapi/*"]
    return {
        "system:basic-user": about_oneself,
        "system:discovery": [{"verbs": ["get"], "nonResourceURLs": discovery}],
        "system:public-info-viewer": [{"verbs": ["get"], "nonResourceURLs": public}],
    }


def _binding(role: str, *groups: str) -> Obj:
    return {
        "apiVersion": f"{RBAC}/v1",
        "kind": "ClusterRoleBinding",
        "metadata": {"name": role},
        "roleRef": {"apiGroup": RBAC, "kind": "ClusterRole", "name": role},
        "subjects": [{"apiGroup": RBAC, "kind": "Group", "name": group} for group in groups],
    }


def _named(api_version: str, kind: str, name: str, namespace: str = "", **parts: Obj) -> Obj:
    metadata = {"name": name, "namespace": namespace} if namespace else {"name": name}
    return {"apiVersion": api_version, "kind": kind, "metadata": metadata, **parts}


def _service() -> Obj:
    ports = [{"name": "https", "port": 443, "targetPort": 6443}]
    return _named("v1", "Service", "kubernetes", "default", spec={"clusterIP": "10.96.0.1", "ports": ports})


def _storage_class() -> Obj:
    found = _named("storage.k8s.io/v1", "StorageClass", "standard")
    found["metadata"]["annotations"] = {"storageclass.kubernetes.io/is-default-class": "true"}
    return {**found, "provisioner": "simulator.kubesteer.io/disk", "allowVolumeExpansion": True}


def _priority(name: str, value: int) -> Obj:
    return {**_named("scheduling.k8s.io/v1", "PriorityClass", name), "value": value}


def seed(cluster: Cluster, nodes: int) -> None:
    """Put namespaces, roles, classes and so many nodes into an empty cluster."""
    for name in NAMESPACES:
        add(cluster, _named("v1", "Namespace", name))
        add(cluster, _named("v1", "ServiceAccount", "default", name))
    for name, rules in (_roles() | _everybody()).items():
        add(cluster, _role(name, rules))
    add(cluster, _binding("cluster-admin", MASTERS))
    add(cluster, _binding("system:basic-user", AUTHENTICATED))
    add(cluster, _binding("system:discovery", AUTHENTICATED))
    add(cluster, _binding("system:public-info-viewer", AUTHENTICATED, "system:unauthenticated"))
    add(cluster, _service())
    add(cluster, _storage_class())
    add(cluster, _priority("system-cluster-critical", 2_000_000_000))
    add(cluster, _priority("system-node-critical", 2_000_001_000))
    for number in range(1, nodes + 1):
        add_node(cluster, node(number, cluster.clock.stamp()))


def add(cluster: Cluster, obj: Obj) -> Obj:
    """Create one object. Raises Failure; KeyError for a kind that is not served."""
    resource = cluster.registry.of_kind(obj["apiVersion"], obj["kind"])
    if resource is None:
        raise KeyError(f"{obj['kind']} of {obj['apiVersion']} is not served")
    return cluster.create(resource, obj, WRITER, obj["metadata"].get("namespace", ""))


def add_node(cluster: Cluster, wanted: Obj) -> None:
    """Create a node and the lease that its kubelet renews."""
    made = add(cluster, wanted)
    name = made["metadata"]["name"]
    spec = {"holderIdentity": name, "leaseDurationSeconds": 40}
    lease = _named("coordination.k8s.io/v1", "Lease", name, "kube-node-lease", spec=spec)
    lease["metadata"]["ownerReferences"] = [
        {"apiVersion": "v1", "kind": "Node", "name": name, "uid": made["metadata"]["uid"]}
    ]
    add(cluster, lease)
