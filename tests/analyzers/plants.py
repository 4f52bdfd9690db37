"""Faults as people plant them: manifests for the simulator, and the one root that must be blamed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

SIM = "simulator.kubesteer.io/"
Manifest = dict[str, Any]


@dataclass(frozen=True)
class Plant:
    """One planted fault. rule and blamed ("Kind/name") are what exactly one finding must say."""

    name: str
    rule: str
    blamed: str
    manifests: tuple[Manifest, ...]
    then: tuple[Manifest, ...] = field(default_factory=tuple)  # applied once the first are up
    suggestion: str = ""

    @property
    def namespace(self) -> str:
        """Where it is planted."""
        return f"p-{self.name}"


def container(name: str = "app", image: str = "shop/app:v1", **more: Any) -> Manifest:
    """A container that listens on 8080."""
    return {"name": name, "image": image, "ports": [{"containerPort": 8080, "name": "http"}], **more}


def workload(
    name: str = "cart",
    kind: str = "Deployment",
    *containers: Manifest,
    behaviour: Manifest | None = None,
    replicas: int = 2,
    pod: Manifest | None = None,
    labels: Manifest | None = None,
    **spec: Any,
) -> Manifest:
    """A workload whose pods carry app=NAME."""
    marked = {f"{SIM}{key}": str(value) for key, value in (behaviour or {}).items()}
    body: Manifest = {
        "selector": {"matchLabels": labels or {"app": name}},
        "template": {
            "metadata": {"labels": labels or {"app": name}, "annotations": marked},
            "spec": {"containers": list(containers) or [container()], **(pod or {})},
        },
        **spec,
    }
    if kind != "DaemonSet":
        body["replicas"] = replicas
    if kind == "StatefulSet":
        body.setdefault("serviceName", name)
    return {"apiVersion": "apps/v1", "kind": kind, "metadata": {"name": name}, "spec": body}


def service(
    name: str = "cart",
    selector: Manifest | None = None,
    port: int = 80,
    target: int | str = 8080,
    **spec: Any,
) -> Manifest:
    """A Service."""
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": name},
        "spec": {
            "selector": selector or {"app": name},
            "ports": [{"port": port, "targetPort": target}],
            **spec,
        },
    }


def thing(kind: str, name: str, version: str = "v1", **body: Any) -> Manifest:
    """Any other object."""
    return {"apiVersion": version, "kind": kind, "metadata": {"name": name}, **body}


def env(**values: str) -> list[Manifest]:
    """Environment variables."""
    return [{"name": key, "value": value} for key, value in values.items()]


def job_spec(code: int, **more: Any) -> Manifest:
    """A Job's spec whose pod ends with a code."""
    return {
        "backoffLimit": 1,
        "template": {
            "metadata": {
                "annotations": {
                    f"{SIM}exit-after": "1",
                    f"{SIM}exit-code": str(code),
                    f"{SIM}logs": "ERROR table orders is locked",
                }
            },
            "spec": {"restartPolicy": "Never", "containers": [{"name": "run", "image": "shop/run:v1"}]},
        },
        **more,
    }


PVC = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
CRASH = "{code: 1, after: 1, logs: 'FATAL cannot parse settings'}"


def refused(host: str) -> str:
    """A crash whose last words blame a host that refuses."""
    return "{code: 1, after: 1, logs: 'dial tcp: connect to " + host + ": connection refused'}"


PLANTS = (
    Plant(
        "selector",
        "service-selector",
        "Service/cart",
        (workload(), service(selector={"app": "kart"})),
        suggestion="set_service",
    ),
    Plant(
        "selector-key",
        "service-selector",
        "Service/cart",
        (workload(), service(selector={"application": "cart"})),
        suggestion="set_service",
    ),
    Plant(
        "target-port",
        "service-target-port",
        "Service/cart",
        (workload(), service(target=9999)),
        suggestion="set_service",
    ),
    Plant(
        "image",
        "image-pull-not-found",
        "Deployment/cart",
        (workload("cart", "Deployment", container(image="shop/solo:does-not-exist")), service()),
    ),
    Plant(
        "image-rollout",
        "image-pull-not-found",
        "Deployment/cart",
        (workload(), service()),
        (workload("cart", "Deployment", container(image="shop/app:does-not-exist")),),
        suggestion="rollback",
    ),
    Plant(
        "image-denied",
        "image-pull-unauthorized",
        "Deployment/cart",
        (workload(behaviour={"image-pull": "denied"}),),
    ),
    Plant(
        "registry",
        "image-pull-registry-unreachable",
        "Deployment/cart",
        (workload("cart", "Deployment", container(image="missing.example.com/app:v1")),),
    ),
    Plant(
        "image-name",
        "image-pull-bad-name",
        "Deployment/cart",
        (workload("cart", "Deployment", container(image="shop/Solo:v1")),),
    ),
    Plant(
        "configmap",
        "config-missing",
        "Deployment/cart",
        (
            workload("cart", "Deployment", container(envFrom=[{"configMapRef": {"name": "cart-config"}}])),
            service(),
        ),
    ),
    Plant(
        "configmap-shared",
        "config-missing",
        "ConfigMap/common",
        tuple(
            workload(name, "Deployment", container(envFrom=[{"configMapRef": {"name": "common"}}]))
            for name in ("one", "two", "three")
        ),
    ),
    Plant(
        "secret-key",
        "config-key-missing",
        "Deployment/cart",
        (
            thing("Secret", "db", stringData={"user": "x"}),
            workload(
                "cart",
                "Deployment",
                container(
                    env=[
                        {"name": "PASSWORD", "valueFrom": {"secretKeyRef": {"name": "db", "key": "password"}}}
                    ]
                ),
            ),
        ),
    ),
    Plant(
        "secret-volume",
        "config-missing",
        "Deployment/cart",
        (workload("cart", pod={"volumes": [{"name": "tls", "secret": {"secretName": "cart-tls"}}]}),),
    ),
    Plant("crash", "crash-loop", "Deployment/cart", (workload(behaviour={"crash": CRASH}), service())),
    Plant(
        "crash-rollout",
        "crash-loop",
        "Deployment/cart",
        (workload(behaviour={"image-behaviour": "{v2: {crash: {code: 3, after: 1}}}"}), service()),
        (
            workload(
                "cart",
                "Deployment",
                container(image="shop/app:v2"),
                behaviour={"image-behaviour": "{v2: {crash: {code: 3, after: 1}}}"},
            ),
        ),
        suggestion="rollback",
    ),
    Plant(
        "command",
        "bad-command",
        "Deployment/cart",
        (
            workload(
                "cart", "Deployment", container(command=["/bin/nope"]), behaviour={"start-error": "not-found"}
            ),
        ),
    ),
    Plant(
        "root",
        "run-as-non-root",
        "Deployment/cart",
        (
            workload(
                "cart",
                "Deployment",
                container(securityContext={"runAsNonRoot": True}),
                behaviour={"runs-as-root": "true"},
            ),
        ),
    ),
    Plant(
        "oom",
        "oom-killed",
        "Deployment/cart",
        (
            workload(
                "cart",
                "Deployment",
                container(resources={"limits": {"memory": "64Mi"}}),
                behaviour={"memory": "0s=20Mi,20s=200Mi"},
            ),
            service(),
        ),
        suggestion="set_resources",
    ),
    Plant(
        "liveness-port",
        "liveness-probe",
        "Deployment/cart",
        (
            workload(
                "cart",
                "Deployment",
                container(livenessProbe={"httpGet": {"port": 9000, "path": "/"}, "periodSeconds": 5}),
            ),
        ),
        suggestion="set_probe",
    ),
    Plant(
        "readiness-path",
        "readiness-probe",
        "Deployment/cart",
        (
            workload(
                "cart",
                "Deployment",
                container(readinessProbe={"httpGet": {"port": 8080, "path": "/wrong"}, "periodSeconds": 5}),
                behaviour={"serves": "[/healthz]"},
            ),
            service(),
        ),
    ),
    Plant(
        "readiness-port",
        "readiness-probe",
        "Deployment/cart",
        (
            workload(
                "cart",
                "Deployment",
                container(readinessProbe={"tcpSocket": {"port": 8081}, "periodSeconds": 5}),
            ),
            service(),
        ),
        suggestion="set_probe",
    ),
    Plant(
        "init",
        "crash-loop",
        "Deployment/cart",
        (
            workload(
                pod={"initContainers": [{"name": "migrate", "image": "shop/migrate:v1"}]},
                behaviour={"exit-code.migrate": "1", "exit-after.migrate": "1"},
            ),
        ),
    ),
    Plant(
        "node-selector",
        "unschedulable-selector",
        "Deployment/cart",
        (workload(pod={"nodeSelector": {"disktype": "nvme"}}), service()),
    ),
    Plant(
        "too-large-cpu",
        "unschedulable-cpu",
        "Deployment/cart",
        (workload("cart", "Deployment", container(resources={"requests": {"cpu": "500"}})),),
        suggestion="set_resources",
    ),
    Plant(
        "too-large-memory",
        "unschedulable-memory",
        "Deployment/cart",
        (workload("cart", "Deployment", container(resources={"requests": {"memory": "5000Gi"}})),),
        suggestion="set_resources",
    ),
    Plant(
        "anti-affinity",
        "unschedulable-affinity",
        "Deployment/cart",
        (
            workload(
                replicas=5,
                pod={
                    "affinity": {
                        "podAntiAffinity": {
                            "requiredDuringSchedulingIgnoredDuringExecution": [
                                {
                                    "labelSelector": {"matchLabels": {"app": "cart"}},
                                    "topologyKey": "kubernetes.io/hostname",
                                }
                            ]
                        }
                    }
                },
            ),
        ),
    ),
    Plant(
        "quota",
        "creation-quota",
        "Deployment/cart",
        (thing("ResourceQuota", "few", spec={"hard": {"pods": "1"}}), workload(replicas=3)),
    ),
    Plant(
        "account",
        "creation-service-account",
        "Deployment/cart",
        (workload(pod={"serviceAccountName": "cart-sa"}),),
    ),
    Plant(
        "limit-range",
        "creation-limit-range",
        "Deployment/cart",
        (
            thing(
                "LimitRange", "small", spec={"limits": [{"type": "Container", "max": {"memory": "128Mi"}}]}
            ),
            workload(
                "cart",
                "Deployment",
                container(resources={"limits": {"memory": "1Gi"}, "requests": {"memory": "1Gi"}}),
            ),
        ),
    ),
    Plant(
        "claim-class",
        "claim-class-missing",
        "PersistentVolumeClaim/data",
        (
            thing("PersistentVolumeClaim", "data", spec={**PVC, "storageClassName": "fastt"}),
            workload(
                replicas=1,
                pod={"volumes": [{"name": "data", "persistentVolumeClaim": {"claimName": "data"}}]},
            ),
            service(),
        ),
    ),
    Plant(
        "claim-missing",
        "claim-missing",
        "Deployment/cart",
        (
            workload(
                replicas=1,
                pod={"volumes": [{"name": "data", "persistentVolumeClaim": {"claimName": "nowhere"}}]},
            ),
        ),
    ),
    Plant(
        "dependency",
        "crash-loop",
        "Deployment/db",
        (
            workload("db", behaviour={"crash": CRASH}),
            service("db", port=5432),
            workload(
                "web",
                "Deployment",
                container(env=env(DB="postgres://db:5432/shop")),
                behaviour={"crash": refused("db:5432")},
            ),
            service("web"),
        ),
    ),
    Plant(
        "zero",
        "scaled-to-zero",
        "Deployment/db",
        (
            workload("db", replicas=0),
            service("db", port=5432),
            workload(
                "web",
                "Deployment",
                container(env=env(DB_ADDR="db:5432")),
                behaviour={"crash": refused("db:5432")},
            ),
            service("web"),
        ),
        suggestion="scale",
    ),
    Plant(
        "wrong-host",
        "dependency-missing",
        "Deployment/web",
        (
            workload("redis"),
            service("redis", port=6379),
            workload(
                "web",
                "Deployment",
                container(env=env(REDIS_URL="redis://rediss:6379")),
                behaviour={
                    "crash": "{code: 1, after: 1, logs: 'dial tcp: lookup rediss on 10.96.0.10:53: no such host'}"
                },
            ),
        ),
        suggestion="set_env",
    ),
    Plant(
        "wrong-port",
        "dependency-port",
        "Deployment/web",
        (
            workload("redis"),
            service("redis", port=6379),
            workload("web", "Deployment", container(env=env(REDIS_ADDR="redis:6380"))),
        ),
        suggestion="set_env",
    ),
    Plant(
        "rbac",
        "rbac-denied",
        "Deployment/watcher",
        (
            workload(
                "watcher",
                behaviour={
                    "crash": '{code: 1, after: 1, logs: \'pods is forbidden: User "system:serviceaccount:p-rbac:default" cannot list resource "pods" in API group "" in the namespace "p-rbac"\'}'
                },
            ),
        ),
        suggestion="apply",
    ),
    Plant(
        "policy",
        "policy-isolates",
        "NetworkPolicy/deny",
        (
            workload("db"),
            service("db", port=5432),
            workload("web", "Deployment", container(env=env(DB_ADDR="db:5432"))),
            thing(
                "NetworkPolicy",
                "deny",
                "networking.k8s.io/v1",
                spec={"podSelector": {"matchLabels": {"app": "db"}}, "policyTypes": ["Ingress"]},
            ),
        ),
    ),
    Plant(
        "ingress",
        "ingress-backend-missing",
        "Ingress/front",
        (
            workload("web"),
            service("web"),
            thing(
                "Ingress",
                "front",
                "networking.k8s.io/v1",
                spec={
                    "rules": [
                        {
                            "host": "a.example",
                            "http": {
                                "paths": [
                                    {
                                        "path": "/",
                                        "pathType": "Prefix",
                                        "backend": {"service": {"name": "wep", "port": {"number": 80}}},
                                    }
                                ]
                            },
                        }
                    ]
                },
            ),
        ),
    ),
    Plant(
        "ingress-port",
        "ingress-port-missing",
        "Ingress/front",
        (
            workload("web"),
            service("web"),
            thing(
                "Ingress",
                "front",
                "networking.k8s.io/v1",
                spec={
                    "rules": [
                        {
                            "host": "b.example",
                            "http": {
                                "paths": [
                                    {
                                        "path": "/",
                                        "pathType": "Prefix",
                                        "backend": {"service": {"name": "web", "port": {"number": 8088}}},
                                    }
                                ]
                            },
                        }
                    ]
                },
            ),
        ),
    ),
    Plant("job", "job-failed", "Job/load", (thing("Job", "load", "batch/v1", spec=job_spec(1)),)),
    Plant(
        "cron",
        "cronjob-failing",
        "CronJob/nightly",
        (
            thing(
                "CronJob",
                "nightly",
                "batch/v1",
                spec={"schedule": "*/1 * * * *", "jobTemplate": {"spec": job_spec(2)}},
            ),
        ),
    ),
    Plant(
        "hpa-requests",
        "hpa-no-requests",
        "HorizontalPodAutoscaler/cart",
        (
            workload(),
            thing(
                "HorizontalPodAutoscaler",
                "cart",
                "autoscaling/v2",
                spec={
                    "minReplicas": 2,
                    "maxReplicas": 5,
                    "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "cart"},
                    "metrics": [
                        {
                            "type": "Resource",
                            "resource": {
                                "name": "cpu",
                                "target": {"type": "Utilization", "averageUtilization": 80},
                            },
                        }
                    ],
                },
            ),
        ),
        suggestion="set_resources",
    ),
    Plant(
        "hpa-target",
        "hpa-target-missing",
        "HorizontalPodAutoscaler/cart",
        (
            thing(
                "HorizontalPodAutoscaler",
                "cart",
                "autoscaling/v2",
                spec={
                    "minReplicas": 1,
                    "maxReplicas": 5,
                    "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "nobody"},
                },
            ),
        ),
    ),
    Plant(
        "budget",
        "budget-blocks",
        "PodDisruptionBudget/cart",
        (
            workload(),
            thing(
                "PodDisruptionBudget",
                "cart",
                "policy/v1",
                spec={"maxUnavailable": 0, "selector": {"matchLabels": {"app": "cart"}}},
            ),
        ),
    ),
    Plant(
        "headless",
        "statefulset-service-missing",
        "StatefulSet/db",
        (workload("db", "StatefulSet"),),
        suggestion="apply",
    ),
    # -- chains: one fault, many symptoms
    Plant(
        "chain",
        "image-pull-unauthorized",
        "Deployment/cart",
        (
            workload(behaviour={"image-pull": "denied"}),
            service(),
            thing(
                "HorizontalPodAutoscaler",
                "cart",
                "autoscaling/v2",
                spec={
                    "minReplicas": 2,
                    "maxReplicas": 5,
                    "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "cart"},
                    "metrics": [
                        {
                            "type": "Resource",
                            "resource": {
                                "name": "memory",
                                "target": {"type": "AverageValue", "averageValue": "100Mi"},
                            },
                        }
                    ],
                },
            ),
            thing(
                "PodDisruptionBudget",
                "cart",
                "policy/v1",
                spec={"minAvailable": 1, "selector": {"matchLabels": {"app": "cart"}}},
            ),
            thing(
                "Ingress",
                "front",
                "networking.k8s.io/v1",
                spec={
                    "rules": [
                        {
                            "host": "c.example",
                            "http": {
                                "paths": [
                                    {
                                        "path": "/",
                                        "pathType": "Prefix",
                                        "backend": {"service": {"name": "cart", "port": {"number": 80}}},
                                    }
                                ]
                            },
                        }
                    ]
                },
            ),
        ),
    ),
    Plant(
        "two-callers",
        "crash-loop",
        "StatefulSet/db",
        (
            workload("db", "StatefulSet", behaviour={"crash": CRASH}),
            service("db", port=5432, clusterIP="None"),
            workload(
                "web",
                "Deployment",
                container(env=env(DB="postgres://db:5432/shop")),
                behaviour={"crash": refused("db:5432")},
            ),
            service("web"),
            workload(
                "api",
                "Deployment",
                container(env=env(DB="postgres://db:5432/shop")),
                behaviour={"crash": refused("db:5432")},
            ),
            service("api"),
        ),
    ),
    Plant(
        "sidecar",
        "crash-loop",
        "Deployment/cart",
        (
            workload(
                "cart",
                "Deployment",
                container(),
                {"name": "proxy", "image": "shop/proxy:v1"},
                behaviour={"crash.proxy": "{code: 2, after: 1}"},
            ),
            service(),
        ),
    ),
    Plant(
        "daemon-image",
        "image-pull-unauthorized",
        "DaemonSet/agent",
        (workload("agent", "DaemonSet", behaviour={"image-pull": "denied"}),),
    ),
    Plant(
        "template-class",
        "claim-class-missing",
        "PersistentVolumeClaim/data-db-0",
        (
            workload(
                "db",
                "StatefulSet",
                replicas=1,
                volumeClaimTemplates=[
                    {"metadata": {"name": "data"}, "spec": {**PVC, "storageClassName": "gone"}}
                ],
            ),
            service("db", port=5432, clusterIP="None"),
        ),
    ),
    Plant(
        "cron-config",
        "config-missing",
        "CronJob/tick",
        (
            thing(
                "CronJob",
                "tick",
                "batch/v1",
                spec={
                    "schedule": "*/1 * * * *",
                    "concurrencyPolicy": "Forbid",
                    "jobTemplate": {
                        "spec": {
                            "template": {
                                "spec": {
                                    "restartPolicy": "Never",
                                    "containers": [
                                        {
                                            "name": "run",
                                            "image": "shop/run:v1",
                                            "envFrom": [{"secretRef": {"name": "gone"}}],
                                        }
                                    ],
                                }
                            }
                        }
                    },
                },
            ),
        ),
    ),
    Plant(
        "deny-all",
        "policy-isolates",
        "NetworkPolicy/deny-all",
        (
            workload("db"),
            service("db", port=5432),
            workload("web", "Deployment", container(env=env(DB_HOST="db"))),
            service("web"),
            thing(
                "NetworkPolicy",
                "deny-all",
                "networking.k8s.io/v1",
                spec={
                    "podSelector": {"matchLabels": {"app": "db"}},
                    "policyTypes": ["Ingress"],
                    "ingress": [],
                },
            ),
        ),
    ),
    Plant(
        "env-typo",
        "dependency-missing",
        "Deployment/web",
        (
            workload("db"),
            service("db-primary", selector={"app": "db"}, port=5432),
            workload(
                "web", "Deployment", container(env=env(DB_HOST="db-primery.p-env-typo.svc.cluster.local"))
            ),
        ),
        suggestion="set_env",
    ),
    Plant(
        "oom-rollout",
        "oom-killed",
        "Deployment/cart",
        (
            workload(
                "cart",
                "Deployment",
                container(resources={"limits": {"memory": "512Mi"}}),
                behaviour={"memory": "0s=20Mi,20s=100Mi"},
            ),
            service(),
        ),
        (
            workload(
                "cart",
                "Deployment",
                container(resources={"limits": {"memory": "64Mi"}}),
                behaviour={"memory": "0s=20Mi,20s=100Mi"},
            ),
        ),
        suggestion="rollback",
    ),
    Plant(
        "init-waits",
        "crash-loop",
        "Deployment/cart",
        (
            workload(
                pod={
                    "initContainers": [
                        {
                            "name": "wait",
                            "image": "shop/wait:v1",
                            "command": ["sh", "-c", "until nc -z db 5432; do sleep 1; done"],
                        }
                    ]
                },
                behaviour={"exit-code.wait": "1", "exit-after.wait": "1"},
            ),
            service(),
        ),
    ),
    Plant(
        "slow-start",
        "liveness-probe",
        "Deployment/cart",
        (
            workload(
                "cart",
                "Deployment",
                container(
                    livenessProbe={
                        "httpGet": {"port": 8080, "path": "/"},
                        "periodSeconds": 5,
                        "failureThreshold": 2,
                    }
                ),
                behaviour={"start-after": "300"},
            ),
        ),
    ),
    Plant(
        "selector-two",
        "service-selector",
        "Service/cart",
        (
            workload("cart", labels={"app": "cart", "tier": "back"}),
            workload("web", labels={"app": "web", "tier": "front"}),
            service(selector={"app": "cart", "tier": "backend"}),
        ),
        suggestion="set_service",
    ),
    Plant(
        "service-deleted",
        "dependency-missing",
        "Deployment/web",
        (
            workload("db"),
            workload(
                "web",
                "Deployment",
                container(env=env(DB_URL="postgres://db:5432/x")),
                behaviour={"crash": "{code: 1, after: 1, logs: 'dial tcp: lookup db: no such host'}"},
            ),
        ),
        suggestion="apply",
    ),
    Plant(
        "zero-by-log",
        "scaled-to-zero",
        "Deployment/user-service",
        (
            workload("user-service", replicas=0),
            service("user-service"),
            workload("web", behaviour={"crash": refused("user-service:9090")}),
        ),
        suggestion="scale",
    ),
)
