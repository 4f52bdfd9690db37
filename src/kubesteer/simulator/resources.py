"""The table of built-in resources, as a kube-apiserver 1.34 serves them, and what a stock add-on brings.

Facts: api/discovery/*.json of the Kubernetes 1.34 release; https://gateway-api.sigs.k8s.io for gateways.
"""

from kubesteer.simulator.registry import ALL_VERBS, Resource

READ_ONLY = ("get", "list")
CREATE_ONLY = ("create",)
NO_COLLECTION = tuple(verb for verb in ALL_VERBS if verb != "deletecollection")
EXTENSIONS = ("api-extensions",)
ALL = ("all",)

METRICS = "metrics.k8s.io"
APPS = "apps"
NETWORKING = "networking.k8s.io"
RBAC = "rbac.authorization.k8s.io"
STORAGE = "storage.k8s.io"
ADMISSION = "admissionregistration.k8s.io"
GATEWAY = "gateway.networking.k8s.io"
AUTHORIZATION = "authorization.k8s.io"

CORE: tuple[Resource, ...] = (
    Resource("", "v1", "ConfigMap", "configmaps", ("cm",)),
    Resource("", "v1", "Endpoints", "endpoints", ("ep",)),
    Resource("", "v1", "Event", "events", ("ev",)),
    Resource("", "v1", "LimitRange", "limitranges", ("limits",)),
    Resource(
        "",
        "v1",
        "Namespace",
        "namespaces",
        ("ns",),
        namespaced=False,
        status=True,
        verbs=NO_COLLECTION,
        other=("finalize",),
    ),
    Resource("", "v1", "Node", "nodes", ("no",), namespaced=False, status=True),
    Resource("", "v1", "PersistentVolumeClaim", "persistentvolumeclaims", ("pvc",), status=True),
    Resource("", "v1", "PersistentVolume", "persistentvolumes", ("pv",), namespaced=False, status=True),
    Resource(
        "",
        "v1",
        "Pod",
        "pods",
        ("po",),
        status=True,
        categories=ALL,
        other=("log", "eviction", "binding", "exec", "attach", "portforward"),
    ),
    Resource("", "v1", "PodTemplate", "podtemplates"),
    Resource(
        "",
        "v1",
        "ReplicationController",
        "replicationcontrollers",
        ("rc",),
        status=True,
        scale=True,
        categories=ALL,
    ),
    Resource("", "v1", "ResourceQuota", "resourcequotas", ("quota",), status=True),
    Resource("", "v1", "Secret", "secrets"),
    Resource("", "v1", "ServiceAccount", "serviceaccounts", ("sa",), other=("token",)),
    Resource("", "v1", "Service", "services", ("svc",), status=True, categories=ALL),
)

WORKLOADS: tuple[Resource, ...] = (
    Resource(APPS, "v1", "ControllerRevision", "controllerrevisions"),
    Resource(APPS, "v1", "DaemonSet", "daemonsets", ("ds",), status=True, categories=ALL),
    Resource(APPS, "v1", "Deployment", "deployments", ("deploy",), status=True, scale=True, categories=ALL),
    Resource(APPS, "v1", "ReplicaSet", "replicasets", ("rs",), status=True, scale=True, categories=ALL),
    Resource(APPS, "v1", "StatefulSet", "statefulsets", ("sts",), status=True, scale=True, categories=ALL),
    Resource(
        "autoscaling",
        "v2",
        "HorizontalPodAutoscaler",
        "horizontalpodautoscalers",
        ("hpa",),
        status=True,
        categories=ALL,
    ),
    Resource(
        "autoscaling",
        "v1",
        "HorizontalPodAutoscaler",
        "horizontalpodautoscalers",
        ("hpa",),
        status=True,
        categories=ALL,
    ),
    Resource("batch", "v1", "CronJob", "cronjobs", ("cj",), status=True, categories=ALL),
    Resource("batch", "v1", "Job", "jobs", status=True, categories=ALL),
    Resource("policy", "v1", "PodDisruptionBudget", "poddisruptionbudgets", ("pdb",), status=True),
)

CLUSTER: tuple[Resource, ...] = (
    Resource(NETWORKING, "v1", "Ingress", "ingresses", ("ing",), status=True),
    Resource(NETWORKING, "v1", "IngressClass", "ingressclasses", namespaced=False),
    Resource(NETWORKING, "v1", "NetworkPolicy", "networkpolicies", ("netpol",)),
    Resource("discovery.k8s.io", "v1", "EndpointSlice", "endpointslices"),
    Resource("events.k8s.io", "v1", "Event", "events", ("ev",), stored=("", "events")),
    Resource("coordination.k8s.io", "v1", "Lease", "leases"),
    Resource("scheduling.k8s.io", "v1", "PriorityClass", "priorityclasses", ("pc",), namespaced=False),
    Resource(RBAC, "v1", "ClusterRoleBinding", "clusterrolebindings", namespaced=False),
    Resource(RBAC, "v1", "ClusterRole", "clusterroles", namespaced=False),
    Resource(RBAC, "v1", "RoleBinding", "rolebindings"),
    Resource(RBAC, "v1", "Role", "roles"),
    Resource(STORAGE, "v1", "CSIDriver", "csidrivers", namespaced=False),
    Resource(STORAGE, "v1", "CSINode", "csinodes", namespaced=False),
    Resource(STORAGE, "v1", "StorageClass", "storageclasses", ("sc",), namespaced=False),
    Resource(STORAGE, "v1", "VolumeAttachment", "volumeattachments", namespaced=False, status=True),
    Resource(
        ADMISSION,
        "v1",
        "MutatingWebhookConfiguration",
        "mutatingwebhookconfigurations",
        namespaced=False,
        categories=EXTENSIONS,
    ),
    Resource(
        ADMISSION,
        "v1",
        "ValidatingWebhookConfiguration",
        "validatingwebhookconfigurations",
        namespaced=False,
        categories=EXTENSIONS,
    ),
    Resource(
        "apiextensions.k8s.io",
        "v1",
        "CustomResourceDefinition",
        "customresourcedefinitions",
        ("crd", "crds"),
        namespaced=False,
        status=True,
        categories=EXTENSIONS,
    ),
    Resource(
        "apiregistration.k8s.io",
        "v1",
        "APIService",
        "apiservices",
        namespaced=False,
        status=True,
        categories=EXTENSIONS,
    ),
)

REVIEWS: tuple[Resource, ...] = (
    Resource(
        "authentication.k8s.io",
        "v1",
        "SelfSubjectReview",
        "selfsubjectreviews",
        namespaced=False,
        verbs=CREATE_ONLY,
    ),
    Resource(AUTHORIZATION, "v1", "LocalSubjectAccessReview", "localsubjectaccessreviews", verbs=CREATE_ONLY),
    Resource(
        AUTHORIZATION,
        "v1",
        "SelfSubjectAccessReview",
        "selfsubjectaccessreviews",
        namespaced=False,
        verbs=CREATE_ONLY,
    ),
    Resource(
        AUTHORIZATION,
        "v1",
        "SelfSubjectRulesReview",
        "selfsubjectrulesreviews",
        namespaced=False,
        verbs=CREATE_ONLY,
    ),
    Resource(
        AUTHORIZATION,
        "v1",
        "SubjectAccessReview",
        "subjectaccessreviews",
        namespaced=False,
        verbs=CREATE_ONLY,
    ),
)

GATEWAYS: tuple[Resource, ...] = (
    Resource(
        GATEWAY, "v1", "GatewayClass", "gatewayclasses", ("gc",), namespaced=False, status=True, custom=True
    ),
    Resource(GATEWAY, "v1", "Gateway", "gateways", ("gtw",), status=True, custom=True),
    Resource(GATEWAY, "v1", "HTTPRoute", "httproutes", status=True, custom=True),
)
"""Served from the moment on when a loaded manifest needs one: a stock cluster does not have them."""

ADD_ONS: tuple[Resource, ...] = (
    Resource(METRICS, "v1beta1", "NodeMetrics", "nodes", namespaced=False, verbs=READ_ONLY),
    Resource(METRICS, "v1beta1", "PodMetrics", "pods", verbs=READ_ONLY),
)

BUILT_IN: tuple[Resource, ...] = (*CORE, *WORKLOADS, *CLUSTER, *REVIEWS, *ADD_ONS)
