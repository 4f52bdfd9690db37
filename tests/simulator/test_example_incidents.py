"""Each incident of the examples is one."""

from __future__ import annotations

from collections.abc import Callable
from importlib.resources import files

import pytest
import yaml
from cluster_lab import Lab, reason_of, status_of

from kubesteer.simulator.manifests import load, read_manifests


@pytest.fixture(scope="module")
def lab() -> Lab:
    """All of them, ten minutes later."""
    content = files("kubesteer.simulator").joinpath("examples/incidents.yaml").read_text(encoding="utf-8")
    lab = Lab()
    load(lab.cluster, read_manifests(list(yaml.safe_load_all(content))), frozen=False)
    lab.run(620)
    return lab


def waits(lab: Lab, namespace: str) -> str:
    """Why the first container that waits does."""
    for pod in lab.all("Pod", namespace):
        status = status_of(pod)
        for found in [*status.get("initContainerStatuses", []), *status.get("containerStatuses", [])]:
            if "waiting" in found["state"]:
                return str(found["state"]["waiting"]["reason"])
    return ""


def last_end(lab: Lab, namespace: str) -> str:
    found = status_of(lab.all("Pod", namespace)[0])["containerStatuses"][0]
    ended = found["lastState"].get("terminated") or found["state"].get("terminated") or {}
    return str(ended.get("reason", ""))


def scheduled(lab: Lab, namespace: str) -> tuple[str, str]:
    return reason_of(lab.all("Pod", namespace)[0], "PodScheduled")


def killed_by_liveness(lab: Lab) -> bool:
    told = [e["message"] for e in lab.all("Event", "impatient-probe") if e["reason"] == "Killing"]
    return "Container app failed liveness probe, will be restarted" in told


LOOKS: dict[str, tuple[Callable[[Lab], object], object]] = {
    "crash-loop": (lambda lab: waits(lab, "crash-loop"), "CrashLoopBackOff"),
    "out-of-memory": (lambda lab: last_end(lab, "out-of-memory"), "OOMKilled"),
    "image-pull": (lambda lab: waits(lab, "image-pull"), "ImagePullBackOff"),
    "missing-key": (lambda lab: waits(lab, "missing-key"), "CreateContainerConfigError"),
    "unschedulable": (lambda lab: scheduled(lab, "unschedulable"), ("False", "Unschedulable")),
    "wrong-probe": (
        lambda lab: "addresses" in lab.get("Endpoints", "web", "wrong-probe")["subsets"][0],
        False,
    ),
    "impatient-probe": (killed_by_liveness, True),
    "empty-service": (lambda lab: "subsets" in lab.get("Endpoints", "web", "empty-service"), False),
    "quota": (
        lambda lab: reason_of(lab.get("Deployment", "web", "quota"), "ReplicaFailure"),
        ("True", "FailedCreate"),
    ),
    "unbound-claim": (lambda lab: scheduled(lab, "unbound-claim"), ("False", "Unschedulable")),
    "failing-init": (lambda lab: waits(lab, "failing-init"), "CrashLoopBackOff"),
    "blind-autoscaler": (
        lambda lab: reason_of(lab.get("HorizontalPodAutoscaler", "web", "blind-autoscaler"), "ScalingActive"),
        ("False", "FailedGetResourceMetric"),
    ),
    "strict-budget": (
        lambda lab: status_of(lab.get("PodDisruptionBudget", "web", "strict-budget"))["disruptionsAllowed"],
        0,
    ),
    "failing-job": (
        lambda lab: reason_of(lab.get("Job", "backup", "failing-job"), "Failed"),
        ("True", "BackoffLimitExceeded"),
    ),
}


@pytest.mark.parametrize("namespace", LOOKS)
def test_it_shows(lab: Lab, namespace: str) -> None:
    look, expected = LOOKS[namespace]
    assert look(lab) == expected


def test_every_namespace_is_looked_at(lab: Lab) -> None:
    made = {found["metadata"]["name"] for found in lab.all("Namespace")}
    assert made - {"default", "kube-system", "kube-public", "kube-node-lease"} == set(LOOKS)
