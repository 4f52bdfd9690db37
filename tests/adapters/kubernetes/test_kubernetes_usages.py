"""Figures from metrics.k8s.io, in cores and bytes."""

from __future__ import annotations

from typing import Any

import pytest
from stubs import Script, cluster_of, ok

from kubesteer.adapters.kubernetes.usages import seconds
from kubesteer.core.errors import Unavailable
from kubesteer.core.refs import Ref


def metrics(name: str, **more: Any) -> dict[str, Any]:
    """A PodMetrics or a NodeMetrics."""
    metadata = {"name": name, "namespace": "shop"}
    return {"metadata": metadata, "timestamp": "2026-01-01T00:00:30Z", "window": "30s", **more}


def listed(*items: dict[str, Any]) -> Script:
    """A server with these figures."""
    return Script(ok({"metadata": {}, "items": list(items)}))


async def test_a_pod_s_containers() -> None:
    containers = [
        {"name": "app", "usage": {"cpu": "250m", "memory": "64Mi"}},
        {"name": "side", "usage": {"cpu": "1500000n", "memory": "1000Ki"}},
    ]
    script = listed(metrics("web", containers=containers))
    [usage] = await cluster_of(script).usage("Pod", "shop", labels="app=web")
    assert usage.ref == Ref("Pod", "shop", "web")
    assert usage.cpu == pytest.approx({"app": 0.25, "side": 0.0015})
    assert usage.memory == {"app": 64 * 2**20, "side": 1000 * 2**10}
    assert (usage.window, usage.timestamp) == (30.0, "2026-01-01T00:00:30Z")
    assert script.asked[0].url.path == "/apis/metrics.k8s.io/v1beta1/namespaces/shop/pods"
    assert script.asked[0].url.params["labelSelector"] == "app=web"


async def test_a_node_has_one_entry() -> None:
    [usage] = await cluster_of(listed(metrics("n-1", usage={"cpu": "2", "memory": "1Gi"}))).usage("Node")
    assert (usage.cpu, usage.memory) == ({"": 2.0}, {"": float(2**30)})


async def test_a_figure_that_is_missing_is_not_zero() -> None:
    containers = [{"name": "app", "usage": {"memory": "1Mi"}}]
    [usage] = await cluster_of(listed(metrics("web", containers=containers))).usage("Pod", "shop")
    assert usage.cpu == {}


@pytest.mark.parametrize(
    "broken",
    [
        {"containers": [{"name": "app", "usage": {"cpu": "much"}}]},
        {"containers": [{"name": "app", "usage": {"cpu": 1}}]},
        {"containers": [{"name": "app"}]},
        {"usage": {"cpu": "1"}, "window": "soon"},
        {"usage": {"cpu": "1"}, "timestamp": None},
    ],
)
async def test_figures_that_make_no_sense_are_no_figures(broken: dict[str, Any]) -> None:
    with pytest.raises(Unavailable):
        await cluster_of(listed(metrics("web", **broken))).usage("Pod", "shop")


@pytest.mark.parametrize(
    ("text", "expected"),
    [("30s", 30.0), ("1m2.5s", 62.5), ("500ms", 0.5), ("1h", 3600.0), ("15.174s", 15.174), ("20µs", 2e-5)],
)
def test_go_durations(text: str, expected: float) -> None:
    assert seconds(text) == pytest.approx(expected)


@pytest.mark.parametrize("text", ["", "30", "s", "1 s", "-1s", "1s!", "1d", "٣s x"])
def test_what_is_no_duration(text: str) -> None:
    with pytest.raises(ValueError, match="duration"):
        seconds(text)
