"""Sick and healthy examples of the rules on pods."""

from __future__ import annotations

from manifests import (
    Example,
    Manifest,
    cart,
    condition,
    container,
    deployment,
    ended,
    env,
    event,
    healthy,
    node,
    owner,
    pod,
    ref,
    running,
    service,
    slice_of,
    stack,
    thing,
    unplaced,
    used,
    waiting,
    well,
)
from worlds import before

CART = (ref("Deployment/cart"), "app")
POD = "Pod/cart-1-a"
PULLED = event(POD, "Pulled", "Successfully pulled image", type_="Normal")


def pull(rule: str, words: str, reason: str = "ImagePullBackOff") -> Example:
    """A failing pull in the runtime's words; healthy: the same image a moment later."""
    image = "reg.example/shop/cart:v2"
    return Example(
        rule,
        "Deployment/cart",
        [*cart(waiting(reason, words), phase="Pending", containers=[container(image=image)])],
        [
            *cart(waiting("ContainerCreating"), phase="Pending", age=20, containers=[container(image=image)]),
            PULLED,
        ],
    )


IMAGES = [
    pull(
        "image-pull-not-found",
        "rpc error: code = NotFound desc = failed to pull: reg.example/shop/cart:v2: not found",
        "ErrImagePull",
    ),
    pull(
        "image-pull-unauthorized",
        "pull access denied, repository does not exist or may require authorization: server message: insufficient_scope",
    ),
    pull(
        "image-pull-registry-unreachable",
        'failed to do request: Head "https://reg.example/v2/": dial tcp: lookup reg.example: no such host',
    ),
    pull("image-pull-rate-limited", "toomanyrequests: You have reached your pull rate limit"),
    pull(
        "image-pull-never",
        'Container image "reg.example/shop/cart:v2" is not present with pull policy of Never',
        "ErrImageNeverPull",
    ),
    pull("image-pull-bad-name", "couldn't parse image name: invalid reference format", "InvalidImageName"),
    pull("image-pull", "failed to extract layer: unexpected media type"),
]

NEEDS_MAP = [container(envFrom=[{"configMapRef": {"name": "cart-config"}}])]
CONFIGS = [
    Example(
        "config-missing", "Deployment/cart",
        cart(waiting("CreateContainerConfigError", 'configmap "cart-config" not found'), phase="Pending", containers=NEEDS_MAP),
        [*healthy(NEEDS_MAP), thing("ConfigMap", "cart-config")],
    ),
    Example(
        "config-key-missing", "Deployment/cart",
        [*cart(waiting("CreateContainerConfigError", "couldn't find key password in Secret shop/db"), phase="Pending"), thing("Secret", "db")],
        [*healthy(), thing("Secret", "db")],
    ),
]  # fmt: skip

STARTS = [
    Example(
        "bad-command", "Deployment/cart",
        cart(waiting("RunContainerError", 'exec: "srv": executable file not found in $PATH: unknown', restarts=4, last=ended(128, "StartError"))),
        cart(running(ready=True, restarts=1, last=ended(0, "Completed", ago=50000)), ready=True),
    ),
    Example(
        "run-as-non-root", "Deployment/cart",
        cart(waiting("CreateContainerConfigError", "container has runAsNonRoot and image will run as root"), phase="Pending"),
        healthy(),
    ),
    Example(
        "lifecycle-hook", "Deployment/cart",
        cart(waiting("PostStartHookError", "Exec lifecycle hook ([/init.sh]) failed")),
        healthy(),
    ),
    Example(
        "container-start", "Deployment/cart",
        cart(waiting("CreateContainerError", "failed to reserve container name")),
        cart(waiting("ContainerCreating"), phase="Pending", age=20),
    ),
    Example(
        "crash-loop", "Deployment/cart",
        cart(waiting("CrashLoopBackOff", restarts=5, last=ended(1))),
        cart(running(ready=True, restarts=1, last=ended(1, ago=40000)), ready=True),
        logs={CART: ("starting", "panic: index out of range")},
    ),
    Example(
        "restarting", "Deployment/cart",
        cart(running(restarts=7, ago=190, last=ended(139, ago=200)), ready=True),
        cart(running(restarts=7, ago=1800, last=ended(139, ago=1810)), ready=True),
    ),
    Example(
        "oom-killed", "Deployment/cart",
        cart(running(restarts=2, last=ended(137, "OOMKilled")), ready=True, containers=[container(resources={"limits": {"memory": "64Mi"}})]),
        cart(running(restarts=2, last=ended(137, "OOMKilled", ago=90000)), ready=True, containers=[container(resources={"limits": {"memory": "64Mi"}})]),
        suggests="set_resources",
    ),
]  # fmt: skip


def probed(kind: str, port: int = 8080, path: str = "/healthz") -> list[Manifest]:
    """A container with one probe."""
    return [
        container(
            **{
                f"{kind}Probe": {
                    "httpGet": {"port": port, "path": path},
                    "periodSeconds": 10,
                    "failureThreshold": 3,
                }
            }
        )
    ]


PROBES = [
    Example(
        "liveness-probe", "Deployment/cart",
        [
            *cart(running(restarts=4, ago=20, last=ended(137)), ready=True, containers=probed("liveness", 9090)),
            event(POD, "Unhealthy", "Liveness probe failed: Get http://10.0.0.1:9090/healthz: connect: connection refused", count=12),
            event(POD, "Killing", "Container app failed liveness probe, will be restarted", type_="Normal"),
        ],
        [*healthy(probed("liveness")), event(POD, "Unhealthy", "Liveness probe failed: timeout", count=1)],
        suggests="set_probe",
    ),
    Example(
        "readiness-probe", "Deployment/cart",
        [
            *cart(running(ready=False, ago=900), age=900, containers=probed("readiness", path="/nope")),
            event(POD, "Unhealthy", "Readiness probe failed: HTTP probe failed with statuscode: 404", count=80),
        ],
        [
            *cart(running(ready=False, ago=20), age=20, containers=probed("readiness")),
            event(POD, "Unhealthy", "Readiness probe failed: connect: connection refused", count=2, ago=2),
        ],
    ),
    Example(
        "startup-probe", "Deployment/cart",
        [
            *cart({**running(ready=False, ago=20, restarts=3), "started": False}, containers=probed("startup")),
            event(POD, "Unhealthy", "Startup probe failed: Get http://10.0.0.1:8080/healthz: context deadline exceeded", count=9),
            event(POD, "Killing", "Container app failed startup probe, will be restarted", type_="Normal"),
        ],
        [
            *cart({**running(ready=False, ago=20), "started": False}, age=25, containers=probed("startup")),
            event(POD, "Unhealthy", "Startup probe failed: connect: connection refused", count=2, ago=2),
        ],
    ),
]  # fmt: skip


def log(rule: str, line: str, healthy_line: str = "") -> Example:
    """A crash whose last words tell why; healthy: the same words in the log of a pod that runs well."""
    crash = cart(waiting("CrashLoopBackOff", restarts=5, last=ended(1)))
    fine = {CART: ("starting", healthy_line or line)}
    return Example(
        rule, "Deployment/cart", crash, healthy(), logs={CART: ("starting", line)}, healthy_logs=fine
    )


DENIED = 'pods is forbidden: User "system:serviceaccount:shop:{}" cannot list resource "pods" in API group "" in the namespace "shop"'

LOGS = [
    log("log-unknown-host", "dial tcp: lookup db.internal.example on 10.96.0.10:53: no such host"),
    log("log-connection-refused", "Error: connect ECONNREFUSED 203.0.113.9:5432"),
    log("log-connection-timeout", "dial tcp 203.0.113.9:443: i/o timeout"),
    log("log-authentication", 'FATAL: password authentication failed for user "cart"'),
    log("log-certificate", "x509: certificate has expired or is not yet valid"),
    log("log-disk-full", "write /data/wal: no space left on device"),
    log("log-memory", "java.lang.OutOfMemoryError: Java heap space"),
    log("log-port-in-use", "listen tcp :8080: bind: address already in use"),
    log("log-permission", "open /etc/secret/key: permission denied"),
    log("log-configuration", "KeyError: 'DATABASE_URL'"),
    log("rbac-denied", DENIED.format("default"), DENIED.format("somebody-else")),
]

ENDS = [
    Example(
        "pod-evicted", "Deployment/cart",
        cart(phase="Failed", age=600, reason="Evicted", message="The node was low on resource: ephemeral-storage."),
        [*healthy(), pod("cart-1-b", phase="Failed", age=600, of=owner("ReplicaSet", "cart-1"), reason="Evicted", message="low")],
    ),
    Example(
        "pod-failed", "Pod/alone",
        [pod("alone", {"name": "app", "state": {"terminated": ended(2)}}, phase="Failed", age=600)],
        [pod("alone", {"name": "app", "state": {"terminated": ended(0, "Completed")}}, phase="Succeeded", age=600)],
    ),
    Example(
        "pod-terminating", "Pod/cart-1-a",
        [*healthy(metadata={"labels": {"app": "cart"}, "ownerReferences": owner("ReplicaSet", "cart-1"), "deletionTimestamp": before(600), "finalizers": ["example.com/hold"]}), node()],
        [*healthy(), pod("cart-0-a", running(), of=owner("ReplicaSet", "cart-1"), metadata={"deletionTimestamp": before(-20)}), node()],
    ),
    Example(
        "pod-lost", "Deployment/cart",
        cart(running(ready=False), phase="Unknown"),
        healthy(),
    ),
]  # fmt: skip

CREATING = {"phase": "Pending", "age": 900, "conditions": [condition("PodScheduled", ago=900)]}
VOLUMES = [
    Example(
        "volume-attach", "Deployment/cart",
        [*cart(waiting("ContainerCreating"), **CREATING), event(POD, "FailedAttachVolume", 'Multi-Attach error for volume "pvc-1" Volume is already used by pod(s) cart-0')],
        [*cart(waiting("ContainerCreating"), phase="Pending", age=30)],
    ),
    Example(
        "volume-mount", "Deployment/cart",
        [*cart(waiting("ContainerCreating"), **CREATING), event(POD, "FailedMount", 'MountVolume.SetUp failed for volume "nfs" : mount failed: exit status 32')],
        [*healthy(), event(POD, "FailedMount", "MountVolume.SetUp failed for volume: not yet", count=1)],
    ),
    Example(
        "pod-sandbox", "Deployment/cart",
        [*cart(waiting("ContainerCreating"), **CREATING), event(POD, "FailedCreatePodSandBox", "Failed to create pod sandbox: plugin type=calico failed: no IP addresses available")],
        [*healthy(), event(POD, "FailedCreatePodSandBox", "Failed to create pod sandbox", count=1)],
    ),
    Example(
        "pod-creating", "Deployment/cart",
        cart(waiting("ContainerCreating"), **CREATING),
        [*cart(waiting("ContainerCreating"), **CREATING), event(POD, "Pulling", 'Pulling image "shop/cart:v2"', type_="Normal", ago=30)],
    ),
]  # fmt: skip


def unschedulable(name: str, words: str, *more: Manifest, spec: Manifest | None = None) -> Example:
    """A pod that no node takes; healthy: it has waited for three seconds only."""
    said = f"0/3 nodes are available: {words}. preemption: 0/3 nodes are available"
    return Example(
        f"unschedulable-{name}" if name else "unschedulable", "Deployment/cart",
        [*stack(unplaced(said, spec=spec or {})), *more],
        [*stack(unplaced(said, age=3, spec=spec or {})), *more],
    )  # fmt: skip


CLAIMED = {"volumes": [{"name": "data", "persistentVolumeClaim": {"claimName": "data"}}]}
SCHEDULING = [
    unschedulable("cpu", "3 Insufficient cpu", node()),
    unschedulable("memory", "2 Insufficient memory, 1 Insufficient cpu", node()),
    unschedulable("pods", "3 Too many pods", node()),
    unschedulable(
        "selector",
        "3 node(s) didn't match Pod's node affinity/selector",
        node(),
        spec={"nodeSelector": {"disk": "ssd"}},
    ),
    unschedulable("affinity", "3 node(s) didn't match pod anti-affinity rules"),
    unschedulable(
        "taint",
        "3 node(s) had untolerated taint {gpu: true}",
        node(taints=[{"key": "gpu", "value": "true", "effect": "NoSchedule"}]),
    ),
    unschedulable("cordoned", "3 node(s) were unschedulable"),
    unschedulable("ports", "3 node(s) didn't have free ports for the requested pod ports"),
    unschedulable("volume-zone", "3 node(s) had volume node affinity conflict"),
    unschedulable("volume-limit", "3 node(s) exceed max volume count"),
    unschedulable(
        "claim",
        "pod has unbound immediate PersistentVolumeClaims",
        thing(
            "PersistentVolumeClaim",
            "data",
            spec={"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}},
            status={"phase": "Bound"},
        ),
        spec=CLAIMED,
    ),
    unschedulable("resource", "3 Insufficient nvidia.com/gpu"),
    unschedulable("", "3 node(s) did something that nobody knows"),
]

REDIS = [
    service("redis", port=6379),
    deployment("redis"),
    well("redis-1", app="redis", of=[]),
    slice_of("redis", ready=1),
]


def told(value: str) -> list[Manifest]:
    """Deployment cart, which runs well, told to use a host."""
    return healthy([container(env=env(REDIS_ADDR=value))])


CALLS = [container(env=env(REDIS_ADDR="redis:6379"))]

NEEDS = [
    Example("dependency-missing", "Deployment/cart", [*told("rediss:6379"), *REDIS],
            [*told("redis:6379"), *REDIS], suggests="set_env"),
    Example("dependency-port", "Deployment/cart", [*told("redis:6380"), *REDIS], [*told("redis:6379"), *REDIS], suggests="set_env"),
    Example("dns-policy", "Deployment/cart",
            [*stack(well(containers=CALLS), ready=1, containers=CALLS, template={"dnsPolicy": "None", "dnsConfig": {"nameservers": ["8.8.8.8"]}}), *REDIS],
            [*stack(well(containers=CALLS), ready=1, containers=CALLS, template={"dnsPolicy": "Default"})]),
]  # fmt: skip

LIMITED = [container(resources={"limits": {"cpu": "500m", "memory": "256Mi"}})]
SURE = [container(resources={"requests": {"cpu": "500m"}})]
ROOMY = [container(resources={"requests": {"cpu": "1"}})]
SLOW = [
    Example("cpu-at-limit", "Deployment/cart", healthy(LIMITED), healthy(), usage=(used(ref(POD), cpu=0.49),)),
    Example("cpu-near-request", "Deployment/cart", healthy(SURE), healthy(ROOMY), usage=(used(ref(POD), cpu=0.43),)),
    Example("memory-at-limit", "Deployment/cart", healthy(LIMITED), healthy(), usage=(used(ref(POD), memory=255 * 2**20),)),
    Example("readiness-flapping", "Deployment/cart",
            [*healthy(), event(POD, "Unhealthy", "Readiness probe failed: timeout", count=9)],
            [*healthy(), event(POD, "Unhealthy", "Readiness probe failed: timeout", count=2)]),
    Example("log-errors", "Deployment/cart", healthy(), healthy(),
            logs={CART: tuple(f"ERROR order {n} failed: timeout" for n in range(5))}, healthy_logs={CART: ("INFO fine", "ERROR once")}),
]  # fmt: skip

WAITS = {
    "name": "wait",
    "image": "shop/wait:v1",
    "command": ["sh", "-c", "until nc -z db:5432; do sleep 1; done"],
}


def waits(ago: float) -> list[Manifest]:
    """A pod whose init container has run for so long."""
    return cart(
        waiting("PodInitializing"), phase="Pending", age=ago, inits=[running("wait", ready=False, ago=ago)],
        spec={"initContainers": [WAITS]},
    )  # fmt: skip


INITS = [Example("init-waiting", "Deployment/cart", waits(900), waits(60))]

EXAMPLES = [*INITS, *IMAGES, *CONFIGS, *STARTS, *PROBES, *LOGS, *ENDS, *VOLUMES, *SCHEDULING, *NEEDS, *SLOW]
