"""Sick and healthy examples of the rules on workloads, their creation, their runs and their scaling."""

from __future__ import annotations

from manifests import (
    Example,
    Manifest,
    condition,
    container,
    deployment,
    ended,
    env,
    event,
    healthy,
    owner,
    pod,
    replica_set,
    running,
    service,
    thing,
    well,
)
from worlds import before


def refusal(
    name: str,
    message: str,
    *more: Manifest,
    healthy_more: tuple[Manifest, ...] = (),
    blamed: str = "Deployment/cart",
) -> Example:
    """A ReplicaSet whose pods are refused; healthy: one that has its pods, and the same event long ago."""
    said = f'Error creating: pods "cart-1-" is forbidden: {message}'
    failure = condition("ReplicaFailure", "True", "FailedCreate", said)
    return Example(
        f"creation-{name}" if name else "creation",
        blamed,
        [deployment(ready=0), replica_set(made=0, conditions=[failure]), *more],
        [*healthy(), event("ReplicaSet/cart-1", "FailedCreate", said, ago=7200), *more, *healthy_more],
    )


CREATION = [
    refusal("quota", "exceeded quota: small, requested: pods=1, used: pods=4, limited: pods=4"),
    refusal("service-account", 'error looking up service account shop/cart: serviceaccount "cart" not found'),
    refusal("pod-security", 'violates PodSecurity "restricted:latest": allowPrivilegeEscalation != false'),
    refusal("webhook", 'admission webhook "deny.example" denied the request: no'),
    refusal("limit-range", "maximum memory usage per Container is 128Mi, but limit is 1Gi"),
    refusal("priority-class", "no PriorityClass with name gold was found"),
    refusal("", "something that nobody has heard of"),
]

LATE = condition(
    "Progressing", "False", "ProgressDeadlineExceeded", 'ReplicaSet "cart-1" has timed out progressing.'
)
GOING = condition("Progressing", "True", "ReplicaSetUpdated", ago=30)
UNREADY = pod("cart-1-a", running(ready=False, ago=1800), of=owner("ReplicaSet", "cart-1"), age=1800)
FRESH = pod("cart-1-a", running(ready=False, ago=20), of=owner("ReplicaSet", "cart-1"), age=25)
ZERO = deployment("redis", replicas=0, ready=0)
CALLER = healthy([container(env=env(REDIS_ADDR="redis:80"))])
DB = {"kind": "StatefulSet"}


def stateful(
    name: str = "db", replicas: int = 1, ready: int = 1, made: int | None = None, **spec: object
) -> Manifest:
    """A StatefulSet."""
    return thing(
        "StatefulSet", name,
        spec={"replicas": replicas, "serviceName": name, "selector": {"matchLabels": {"app": name}},
              "template": {"metadata": {"labels": {"app": name}}, "spec": {"containers": [container()]}}, **spec},
        status={"replicas": replicas if made is None else made, "readyReplicas": ready},
    )  # fmt: skip


def member(name: str, *, ready: bool, age: float = 1800) -> Manifest:
    """A pod of StatefulSet db."""
    return pod(
        name, running(ready=ready, ago=age), ready=ready, app="db", age=age, of=owner("StatefulSet", "db")
    )


def daemon_set(**status: int) -> Manifest:
    """A DaemonSet."""
    return thing(
        "DaemonSet",
        "agent",
        spec={
            "selector": {"matchLabels": {"app": "agent"}},
            "template": {"metadata": {"labels": {"app": "agent"}}, "spec": {"containers": [container()]}},
        },
        status={"desiredNumberScheduled": 1, "currentNumberScheduled": 1, "numberReady": 1, **status},
    )


WORKLOADS = [
    Example("progress-deadline", "Deployment/cart",
            [deployment(ready=0, conditions=[LATE]), replica_set(), UNREADY],
            [deployment(ready=0, conditions=[GOING]), replica_set(), FRESH]),
    Example("replicas-missing", "Deployment/cart",
            [deployment(ready=0), replica_set(), UNREADY],
            [deployment(ready=0), replica_set(), FRESH]),
    Example("rollout-paused", "Deployment/cart",
            [deployment(paused=True, replicas=2, ready=2, conditions=[condition("Progressing", "Unknown", "DeploymentPaused")])
             | {"status": {"replicas": 2, "readyReplicas": 2, "updatedReplicas": 1, "conditions": [condition("Progressing", "Unknown", "DeploymentPaused")]}},
             replica_set(replicas=2), well("cart-1-a"), well("cart-1-b")],
            [deployment(paused=True, conditions=[condition("Progressing", "Unknown", "DeploymentPaused", ago=60)]), replica_set(), well()],
            suggests="resume_rollout"),
    Example("scaled-to-zero", "Deployment/redis", [ZERO, service("redis"), *CALLER], [ZERO, service("redis"), *healthy()], suggests="scale"),
    Example("statefulset-service-missing", "StatefulSet/db",
            [stateful(), member("db-0", ready=True)],
            [stateful(), member("db-0", ready=True), service("db", clusterIP="None")], suggests="apply"),
    Example("daemonset-misscheduled", "DaemonSet/agent", [daemon_set(numberMisscheduled=2)], [daemon_set()]),
]  # fmt: skip


ONCE = {"spec": {"containers": [container()], "restartPolicy": "Never"}}


def job(
    name: str = "load",
    *,
    of: list[Manifest] | None = None,
    failed: str = "",
    age: float = 600,
    complete: bool = False,
) -> Manifest:
    """A Job that runs, has failed with a reason, or is complete."""
    conditions = [condition("Failed", "True", failed, ago=age - 60)] if failed else []
    conditions += [condition("Complete", ago=age - 60)] if complete else []
    return thing("Job", name, age=age, metadata={"ownerReferences": of or []}, spec={"backoffLimit": 6, "template": ONCE},
                 status={"failed": 1 if failed else 0, "conditions": conditions, "active": 0 if failed or complete else 1})  # fmt: skip


def run_pod(name: str, of: str, code: int = 1) -> Manifest:
    """A pod of a Job that has ended."""
    phase = "Failed" if code else "Succeeded"
    return pod(
        name, {"name": "app", "state": {"terminated": ended(code)}}, phase=phase, app=of, of=owner("Job", of)
    )


def cron(last: float = 90, **spec: object) -> Manifest:
    """A CronJob, every minute; its last run was due `last` seconds ago."""
    return thing(
        "CronJob", "tick",
        spec={"schedule": "* * * * *", "jobTemplate": {"spec": {"template": ONCE}}, **spec},
        status={"lastScheduleTime": before(last)},
    )  # fmt: skip


def cron_run(name: str, age: float, *, failed: bool) -> Manifest:
    """A run of the CronJob."""
    return job(
        name,
        of=owner("CronJob", "tick"),
        failed="BackoffLimitExceeded" if failed else "",
        complete=not failed,
        age=age,
    )


RUNS = [
    Example("job-failed", "Job/load",
            [job(failed="BackoffLimitExceeded"), run_pod("load-a", "load")],
            [job(), run_pod("load-a", "load")]),
    Example("cronjob-failing", "CronJob/tick",
            [cron(), cron_run("tick-2", 150, failed=True), cron_run("tick-1", 210, failed=True)],
            [cron(), cron_run("tick-2", 150, failed=False), cron_run("tick-1", 210, failed=True)]),
    Example("cronjob-missed", "CronJob/tick", [cron(last=7200)], [cron(last=7200, suspend=True)]),
    Example("cronjob-schedule", "CronJob/tick", [cron(schedule="61 * * * *")], [cron(schedule="*/5 8-18 * * mon-fri", last=60 * 60 * 24 * 2, suspend=True)]),
]  # fmt: skip


def scaler(
    *conditions: Manifest, target: str = "cart", most: int = 5, now: int | None = None, current: int = 2
) -> Manifest:
    """An autoscaler on CPU."""
    metric = {
        "type": "Resource",
        "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 80}},
    }
    seen = (
        [{"type": "Resource", "resource": {"name": "cpu", "current": {"averageUtilization": now}}}]
        if now
        else []
    )
    return thing(
        "HorizontalPodAutoscaler", "cart",
        spec={"minReplicas": 1, "maxReplicas": most, "metrics": [metric], "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": target}},
        status={"currentReplicas": current, "conditions": list(conditions), "currentMetrics": seen},
    )  # fmt: skip


def budget(**spec: object) -> Manifest:
    """A disruption budget on app=cart."""
    return thing("PodDisruptionBudget", "cart", spec={"selector": {"matchLabels": {"app": "cart"}}, **spec})


ASKING = [container(resources={"requests": {"cpu": "100m"}})]
BLIND = condition(
    "ScalingActive",
    "False",
    "FailedGetResourceMetric",
    "unable to get metrics for resource cpu: no metrics returned",
)
NOT_YET = condition("ScalingActive", "False", "FailedGetResourceMetric", "no metrics", ago=30)
AT_MOST = condition(
    "ScalingLimited", "True", "TooManyReplicas", "the desired replica count is more than the maximum"
)
TWO = [deployment(replicas=2, ready=2), replica_set(replicas=2, ready=2), well("cart-1-a"), well("cart-1-b")]

SCALING = [
    Example("hpa-target-missing", "HorizontalPodAutoscaler/cart", [scaler(target="gone")], [scaler(), *healthy(ASKING)]),
    Example("hpa-no-requests", "HorizontalPodAutoscaler/cart", [scaler(), *healthy()], [scaler(), *healthy(ASKING)]),
    Example("hpa-no-metrics", "HorizontalPodAutoscaler/cart", [scaler(BLIND), *healthy(ASKING)], [scaler(NOT_YET), *healthy(ASKING)]),
    Example("hpa-at-maximum", "HorizontalPodAutoscaler/cart",
            [scaler(AT_MOST, most=2, now=170), *healthy(ASKING)], [scaler(AT_MOST, most=2, now=79), *healthy(ASKING)]),
    Example("budget-blocks", "PodDisruptionBudget/cart", [budget(maxUnavailable=0), *TWO], [budget(minAvailable="50%"), *TWO]),
    Example("budget-selects-nothing", "PodDisruptionBudget/cart", [budget(minAvailable=1)], [budget(minAvailable=1), *TWO]),
]  # fmt: skip

STUCK = [
    Example("statefulset-stuck", "StatefulSet/db",
            [stateful(replicas=3, ready=0, made=1), service("db", clusterIP="None"), member("db-0", ready=False)],
            [stateful(replicas=3, ready=0, made=1), service("db", clusterIP="None"), member("db-0", ready=False, age=20)]),
]  # fmt: skip

EXAMPLES = [*CREATION, *WORKLOADS, *RUNS, *SCALING, *STUCK]
