"""What a change means for those who depend on the object, told before approval."""

from __future__ import annotations

from typing import Any

import pytest
from operation_samples import Obj, meta, owned_by, pod, seen, template, workload

from kubesteer.core.operations import Change
from kubesteer.operations.registry import operation

WEB = {"kind": "Deployment", "namespace": "shop", "name": "web"}
ARGO = {"argocd.argoproj.io/instance": "shop-prod"}
FLUX = {"kustomize.toolkit.fluxcd.io/name": "apps"}
HELM = {
    "labels": {"app.kubernetes.io/managed-by": "Helm"},
    "annotations": {"meta.helm.sh/release-name": "shop"},
}


def told(name: str, target: Obj, arguments: dict[str, Any] | None = None, **related: list[Obj]) -> str:
    """The English explanation of a change of this target."""
    change = operation(name, {**WEB, "kind": target["kind"], **(arguments or {})})
    assert isinstance(change, Change)
    explained = change.explain(seen(target, **related))
    assert explained.zh
    return explained.en


def budget(allowed: int = 1, least: int | None = None) -> Obj:
    spec = {"selector": {"matchLabels": {"app": "web"}}, **({"minAvailable": least} if least else {})}
    return {**meta("PodDisruptionBudget", "web"), "spec": spec, "status": {"disruptionsAllowed": allowed}}


def autoscaler(low: int = 2, high: int = 10) -> Obj:
    return {**meta("HorizontalPodAutoscaler", "web"), "spec": {"minReplicas": low, "maxReplicas": high}}


def test_how_many_pods_restart() -> None:
    assert "3 pods will restart." in told("restart", workload())
    assert "No replica is running" in told("restart", workload(replicas=0))


def test_a_single_replica_is_an_outage() -> None:
    assert "single replica" in told("restart", workload(replicas=1))
    assert "single replica" not in told("restart", workload(replicas=2))
    assert "single replica" not in told("restart", workload("DaemonSet", replicas=1))


def test_recreate_is_an_outage() -> None:
    target = workload()
    target["spec"]["strategy"] = {"type": "Recreate"}
    assert "all pods stop at once" in told("restart", target)


def test_a_budget_that_is_used_up() -> None:
    assert "budget web allows no disruption" in told("restart", workload(), PodDisruptionBudget=[budget(0)])
    assert "budget" not in told("restart", workload(), PodDisruptionBudget=[budget(1)])


def test_an_autoscaler_fights_a_scale() -> None:
    words = told("scale", workload(), {"replicas": 5}, HorizontalPodAutoscaler=[autoscaler()])
    assert "autoscaler web (2–10 replicas)" in words


def test_scaling_below_a_budget_and_to_nothing() -> None:
    words = told("scale", workload(), {"replicas": 1}, PodDisruptionBudget=[budget(1, least=2)])
    assert "below the 2 available pods" in words
    assert "stops altogether" in told("scale", workload(), {"replicas": 0})


@pytest.mark.parametrize(
    ("metadata", "owner"),
    [
        ({"labels": ARGO}, "Argo CD (shop-prod)"),
        (
            {"annotations": {"argocd.argoproj.io/tracking-id": "pay:apps/Deployment:shop/web"}},
            "Argo CD (pay)",
        ),
        ({"labels": FLUX}, "Flux Kustomization (apps)"),
        ({"labels": {"helm.toolkit.fluxcd.io/name": "web"}}, "Flux HelmRelease (web)"),
        (HELM, "Helm release shop"),
    ],
)
@pytest.mark.parametrize(
    ("verb", "arguments"),
    [
        ("restart", {}),
        ("scale", {"replicas": 9}),
        ("set_image", {"image": "a:v9"}),
        ("label", {"key": "a", "value": "b"}),
    ],
)
def test_who_will_revert_it(metadata: Obj, owner: str, verb: str, arguments: Obj) -> None:
    assert owner in told(verb, workload(**metadata), arguments)


def test_an_operator_that_owns_it() -> None:
    target = workload("StatefulSet", ownerReferences=owned_by(meta("Prometheus", "main")))
    assert "Prometheus (main) manages it" in told("restart", target)


def test_nobody_is_named_without_their_labels() -> None:
    for word in ("Argo", "Flux", "Helm"):
        assert word not in told("restart", workload(labels={"app.kubernetes.io/managed-by": "kustomize"}))


def test_what_could_not_be_looked_at_is_said() -> None:
    change = operation("restart", WEB)
    assert isinstance(change, Change)
    before = seen(workload())
    hidden = type(before)(before.target, before.related, {"PodDisruptionBudget": "forbidden"}, before.at)
    assert "Could not look at PodDisruptionBudget" in change.explain(hidden).en


def test_a_replica_set_that_is_controlled() -> None:
    owner = workload()
    target = workload("ReplicaSet", ownerReferences=owned_by(owner))
    assert "Deployment web controls it" in told("scale", target, {"replicas": 9})
    assert "change that instead" in told("set_image", target, {"image": "a:v9"})


def test_deletions_say_what_goes_with_them() -> None:
    assert "cannot be undone" in told("delete", workload())
    assert "It takes 3 pods with it" in told("delete", workload(), Pod=[pod()])
    assert "Everything in it" in told("delete", meta("Namespace", "web", ""))
    assert "will make a new one" in told("delete", pod(owner=workload()))
    assert "Nothing controls it" in told("delete", pod())
    run = meta("Job", "web", ownerReferences=owned_by(meta("CronJob", "nightly")))
    assert "will make a new one" not in told("delete", run)
    assert "data are lost" in told("delete", meta("PersistentVolumeClaim", "web"))


def test_a_container_without_requests_cannot_be_autoscaled() -> None:
    words = told("set_autoscaling", workload(), {"max_replicas": 5})
    assert "requests no CPU" in words
    asking = workload(made=template({"name": "app", "resources": {"requests": {"cpu": "1"}}}))
    assert "requests no CPU" not in told("set_autoscaling", asking, {"max_replicas": 5})
    assert "does nothing" in told("set_autoscaling", workload(replicas=0), {"max_replicas": 2})
    assert "Replicas go from 3 to 2 at once" in told("set_autoscaling", asking, {"max_replicas": 2})
