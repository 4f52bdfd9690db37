"""The demo's cluster is as its comments say."""

from __future__ import annotations

from importlib.resources import files

import pytest
import yaml
from cluster_lab import Lab, Obj, reason_of, status_of

from kubesteer.simulator.manifests import load, read_manifests


@pytest.fixture
def lab() -> Lab:
    """The shop after five minutes."""
    content = files("kubesteer.simulator").joinpath("examples/shop.yaml").read_text(encoding="utf-8")
    lab = Lab()
    load(lab.cluster, read_manifests(list(yaml.safe_load_all(content))), frozen=False)
    lab.run(300)
    return lab


def waiting(pod: Obj) -> str:
    states = (status["state"] for status in status_of(pod)["containerStatuses"])
    return next((state["waiting"]["reason"] for state in states if "waiting" in state), "")


def of_app(lab: Lab, app: str, namespace: str) -> list[Obj]:
    return [pod for pod in lab.all("Pod", namespace) if pod["metadata"]["labels"].get("app") == app]


def test_what_is_sick_and_what_is_well(lab: Lab) -> None:
    sick = {}
    for namespace in ("default", "production", "staging", "shop", "kube-system"):
        for pod in lab.all("Pod", namespace):
            if reason_of(pod, "Ready")[0] != "True":
                sick[(namespace, pod["metadata"]["labels"]["app"])] = waiting(pod)
    assert sick == {
        ("shop", "orders"): "CreateContainerConfigError",
        ("shop", "recommender"): "CrashLoopBackOff",
        ("staging", "notifier"): "ImagePullBackOff",
    }


def test_the_lone_pod(lab: Lab) -> None:
    nginx = lab.get("Pod", "my-nginx")
    assert nginx["spec"]["nodeName"] == "node-01"
    assert nginx["status"]["podIP"].startswith("10.244.1.")


def test_user_service_is_short_of_cpu_until_it_has_five(lab: Lab) -> None:
    def shares() -> set[float]:
        pods = of_app(lab, "user-service", "production")
        used = [lab.loads.usage(pod, "app") for pod in pods]
        return {round(float(one[0]) / 0.5, 2) for one in used if one}

    assert shares() == {0.93}
    lab.edit("Deployment", "user-service", lambda obj: obj["spec"].update(replicas=5), "production")
    lab.run(10)
    assert shares() == {0.56}


def test_the_autoscaled_one_rests(lab: Lab) -> None:
    assert lab.get("Deployment", "catalog", "production")["spec"]["replicas"] == 2
    told = reason_of(lab.get("HorizontalPodAutoscaler", "catalog", "production"), "ScalingActive")
    assert told == ("True", "ValidMetricFound")


def test_the_bad_version_never_becomes_available(lab: Lab) -> None:
    image = "registry.example.com/shop/checkout:v2-bad"
    lab.edit(
        "Deployment",
        "checkout",
        lambda obj: obj["spec"]["template"]["spec"]["containers"][0].update(image=image),
        "production",
    )
    lab.run(40)
    found = lab.get("Deployment", "checkout", "production")
    assert reason_of(found, "Progressing") == ("False", "ProgressDeadlineExceeded")
    assert status_of(found)["availableReplicas"] == 2


def test_a_config_map_heals_orders_and_what_stands_before_it(lab: Lab) -> None:
    assert "addresses" not in lab.get("Endpoints", "orders", "shop")["subsets"][0]
    lab.add({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "orders-config"}}, "shop")
    lab.run(15)
    assert len(lab.get("Endpoints", "orders", "shop")["subsets"][0]["addresses"]) == 2
