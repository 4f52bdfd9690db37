"""What looks wrong and is not: each of these has been somebody's false alarm."""

from __future__ import annotations

import pytest
from examples_clusters import DRIVER, LAZY, VENDOR, claim
from examples_networks import CART, FROM_WEB, ingress, policy
from examples_workloads import budget, cron, cron_run, job, run_pod, scaler, stateful
from manifests import (
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
    replica_set,
    running,
    service,
    slice_of,
    stack,
    thing,
    unplaced,
    waiting,
    well,
)
from worlds import before, findings

GATED = condition(
    "PodScheduled",
    "False",
    "SchedulingGated",
    "Scheduling is blocked due to non-empty scheduling gates",
    ago=9000,
)
LEAVING = {"deletionTimestamp": before(-25), "labels": {"app": "cart"}}
ROLLING = condition("Progressing", "True", "ReplicaSetUpdated", ago=20)
OLD = replica_set("cart-1", replicas=3, ready=3, revision=1)
NEW = replica_set("cart-2", replicas=1, revision=2, age=20)

ROLLOUT = [
    deployment(replicas=4, ready=3, conditions=[ROLLING]),
    OLD,
    NEW,
    *(well(f"cart-1-{n}") for n in "abc"),
    pod("cart-1-d", running(ready=False), of=owner("ReplicaSet", "cart-1"), metadata=LEAVING),
    pod("cart-2-a", waiting("ContainerCreating"), phase="Pending", age=20, of=owner("ReplicaSet", "cart-2")),
    service(),
    slice_of(ready=3, unready=1),
]

CALM: dict[str, list[Manifest]] = {
    "a rolling update": ROLLOUT,
    "a surge pod waits for an old one to leave": stack(well("cart-1-b"), unplaced("0/3 nodes are available: 3 Insufficient cpu.", age=20), ready=1),
    "an autoscaler has announced a node": [
        *stack(well("cart-1-b"), unplaced("0/3 nodes are available: 3 Insufficient cpu.", age=300), ready=1)[:1],
        replica_set(replicas=2, ready=1), well("cart-1-b"),
        unplaced("0/3 nodes are available: 3 Insufficient cpu.", age=300),
        event("Pod/cart-1-a", "TriggeredScaleUp", "pod triggered scale-up", type_="Normal"),
    ],
    "a gated pod": [*stack(well(), ready=1), pod("gated", phase="Pending", conditions=[GATED], spec={"nodeName": ""})],
    "a node that is drained": [node(unschedulable=True, taints=[{"key": "node.kubernetes.io/unschedulable", "effect": "NoSchedule"}]), node("n2"), *healthy()],
    "conditions of a vendor": [node("n1", *VENDOR), *healthy()],
    "a node that has just joined": [node("n9", condition("Ready", "False", "KubeletNotReady", "cni config uninitialized", ago=60), age=60)],
    "a node that flaps": [node("n1", condition("Ready", "False", "KubeletNotReady", ago=5)), *healthy()],
    "a completed Job and its pod": [job(complete=True), run_pod("load-a", "load", 0)],
    "a Job that is retried": [job(), run_pod("load-a", "load"), run_pod("load-b", "load")],
    "a Job that failed last week": [job(failed="BackoffLimitExceeded", age=700000)],
    "a suspended CronJob": [cron(last=90000, suspend=True)],
    "a CronJob that failed once": [cron(), cron_run("tick-2", 150, failed=False), cron_run("tick-1", 90, failed=True)],
    "a CronJob whose controller lives in another time zone": [
        thing("CronJob", "tick", spec={"schedule": "0 9-17 * * *"}, status={"lastScheduleTime": before(3 * 3600)})
    ],
    "scaled to zero without users": [deployment("asleep", replicas=0, ready=0), service("asleep")],
    "a claim that waits for its first consumer": [claim(), LAZY, DRIVER],
    "a Service of a StatefulSet without pods yet": [stateful(replicas=0), service("db", clusterIP="None")],
    "restarts until the database was there": cart(running(restarts=6, ago=1200, last=ended(1, ago=1210)), ready=True),
    "killed for memory yesterday": cart(running(restarts=1, ago=80000, last=ended(137, "OOMKilled", ago=80010)), ready=True),
    "a single replica under a budget": [budget(minAvailable=1), *healthy()],
    "requests that admission filled in": [
        scaler(),
        deployment(containers=[container()]),
        replica_set(),
        well(containers=[container(resources={"requests": {"cpu": "100m"}})]),
    ],
    "a policy that admits the callers": [policy(policyTypes=["Ingress"], ingress=FROM_WEB), service(), *CART],
    "default deny with an exception": [
        thing("NetworkPolicy", "deny-all", spec={"podSelector": {}, "policyTypes": ["Ingress"]}),
        policy("allow", ingress=FROM_WEB), service(), *CART,
    ],
    "user and group that look like a host": [*healthy([container(env=env(RUN_AS="carts:1000"))]), service(), slice_of(ready=1)],
    "a host outside the cluster": healthy([container(env=env(SMTP_HOST="mail.example.com:587", QUEUE_URL="amqp://queue:5672"))]),
    "a port that is not declared but probed": [
        *healthy([container(ports=[{"containerPort": 9090}], readinessProbe={"httpGet": {"port": 8080, "path": "/"}})]),
        service(), slice_of(ready=1),
    ],
    "a headless Service for an operator": [service("scheduler", selector={"component": "scheduler"}, clusterIP="None")],
    "a Service without selector": [thing("Service", "outside", spec={"type": "ClusterIP", "ports": [{"port": 80}]})],
    "an Ingress of the default class": [
        ingress(), service(), *CART,
        thing("IngressClass", "nginx", metadata={"annotations": {"ingressclass.kubernetes.io/is-default-class": "true"}}),
    ],
    "a certificate that cert-manager is fetching": [
        {**ingress(tls="a-tls"), "metadata": {"name": "front", "namespace": "shop", "creationTimestamp": before(60), "annotations": {"cert-manager.io/cluster-issuer": "le"}}},
        service(), *CART,
    ],
    "a load balancer that is being made": [service(type="LoadBalancer", age=30), *CART],
    "probes that failed while it started": [*healthy(), event("Pod/cart-1-a", "Unhealthy", "Readiness probe failed: connection refused", count=3, ago=7100)],
    "a pod that its node evicted and that was replaced": [
        *healthy(), pod("cart-1-z", phase="Failed", age=900, of=owner("ReplicaSet", "cart-1"), reason="Evicted", message="low on memory")
    ],
    "static pods of the control plane": [pod("kube-apiserver-n1", running(), ready=True, of=[{"kind": "Node", "name": "n1", "uid": "Node//n1", "controller": True}])],
    "an optional ConfigMap": [*healthy([container(envFrom=[{"configMapRef": {"name": "extra", "optional": True}}])])],
    "a quota that is nearly used up": [thing("ResourceQuota", "q", status={"hard": {"pods": "10"}, "used": {"pods": "9"}}), *healthy()],
    "an autoscaler in its first minute": [scaler(condition("ScalingActive", "False", "FailedGetResourceMetric", ago=20)), *healthy([container(resources={"requests": {"cpu": "1"}})])],
    "a namespace that is being deleted": [thing("Namespace", "old", metadata={"deletionTimestamp": before(30)}, status={"phase": "Terminating"})],
}  # fmt: skip


@pytest.mark.parametrize("manifests", CALM.values(), ids=CALM.keys())
def test_nothing_at_warning_or_above(manifests: list[Manifest]) -> None:
    assert [(f.rule, str(f.object), f.evidence) for f in findings(*manifests)] == []


def test_all_of_them_together_are_still_calm() -> None:
    """In one World: rules must not see faults in what happens side by side."""
    everything: dict[tuple[str, str, str], Manifest] = {}
    told_by_events = [
        name for name, manifests in CALM.items() if any(m["kind"] == "Event" for m in manifests)
    ]
    for number, (name, manifests) in enumerate(CALM.items()):
        if name in told_by_events:
            continue
        for manifest in manifests:
            moved = {**manifest, "metadata": {**manifest["metadata"]}}
            if "namespace" in moved["metadata"]:
                moved["metadata"]["namespace"] = f"n{number}"
            metadata = moved["metadata"]
            metadata["ownerReferences"] = [
                {**o, "uid": o["uid"].replace("/shop/", f"/n{number}/")}
                for o in metadata.get("ownerReferences", [])
            ]
            key = (manifest["kind"], metadata.get("namespace", ""), metadata["name"])
            everything.setdefault(key, moved)
    calm = [m for m in everything.values() if m["kind"] not in ("Node", "Ingress")]
    assert [(f.rule, str(f.object)) for f in findings(*calm)] == []
