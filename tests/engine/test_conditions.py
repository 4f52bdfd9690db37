"""Conditions: what holds is acted on, what does not is left alone, what cannot be seen decides nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import pytest

from kubesteer.app import App
from kubesteer.core.errors import NotFound, Unusable
from kubesteer.core.plans import Call, Condition
from kubesteer.engine.conditions import Conditions, Verdict
from kubesteer.engine.progress import silent
from kubesteer.settings import Settings
from kubesteer.simulator import Simulator

PREFIX = "simulator.kubesteer.io/"
REQUESTS = {"requests": {"cpu": "100m", "memory": "64Mi"}, "limits": {"memory": "128Mi"}}


def workload(
    replicas: int = 3, resources: Any = None, image: str = "web:v1", **behaviour: str
) -> dict[str, Any]:
    """A Deployment whose pods behave as declared."""
    container: dict[str, Any] = {"name": "app", "image": image}
    container["resources"] = REQUESTS if resources is None else resources
    template = {
        "metadata": {
            "labels": {"app": "web"},
            "annotations": {PREFIX + key.replace("_", "-"): value for key, value in behaviour.items()},
        },
        "spec": {"containers": [container]},
    }
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web", "namespace": "default"},
        "spec": {"replicas": replicas, "selector": {"matchLabels": {"app": "web"}}, "template": template},
    }


@asynccontextmanager
async def conditions(manifest: dict[str, Any], *, metrics: bool = True) -> AsyncIterator[Conditions]:
    with Simulator([manifest], speed=20, metrics=metrics) as simulator:
        settings = Settings(server=simulator.url, token=simulator.token())
        async with App(settings) as app:
            await asyncio.sleep(0.6)  # half a minute of the simulated cluster's life, roughly
            yield Conditions(app.cluster, most=20, pause=lambda _: asyncio.sleep(0.06))


async def judged(
    manifest: dict[str, Any],
    condition: Condition,
    operation: str = "scale",
    more: Mapping[str, Any] | None = None,
    *,
    metrics: bool = True,
) -> Verdict:
    arguments = {"kind": "Deployment", "namespace": "default", "name": "web", **(more or {})}
    async with conditions(manifest, metrics=metrics) as judge:
        return await judge.judge(Call(operation, arguments, condition), silent)


async def test_sustained_load_asks_for_what_the_autoscaler_would() -> None:
    verdict = await judged(workload(cpu_total="279m"), "cpu_high")

    assert verdict.call is not None
    assert verdict.call.condition is None
    assert verdict.call.arguments["replicas"] == 5
    assert not verdict.unasked
    assert "93%" in verdict.text.zh
    assert "3 次采样" in verdict.text.zh
    assert "3 samples" in verdict.text.en


async def test_a_number_that_the_person_gave_stands() -> None:
    verdict = await judged(workload(cpu_total="279m"), "cpu_high", more={"replicas": 4})

    assert verdict.call is not None
    assert verdict.call.arguments["replicas"] == 4


async def test_policies_bound_the_number() -> None:
    async with conditions(workload(cpu_total="1400m", replicas=15)) as judge:
        arguments = {"kind": "Deployment", "namespace": "default", "name": "web"}
        verdict = await judge.judge(Call("scale", arguments, "cpu_high"), silent)

    assert verdict.call is not None
    assert verdict.call.arguments["replicas"] == 20


async def test_low_load_changes_nothing() -> None:
    verdict = await judged(workload(cpu_total="60m"), "cpu_high")

    assert verdict.call is None
    assert verdict.looked
    assert "20%" in verdict.text.en


async def test_no_metrics_is_no_low_load() -> None:
    verdict = await judged(workload(cpu_total="279m"), "cpu_high", metrics=False)

    assert verdict.call is None
    assert not verdict.looked


async def test_nothing_to_compare_with() -> None:
    verdict = await judged(workload(resources={}, cpu_total="279m"), "cpu_high")

    assert verdict.call is None
    assert not verdict.looked
    assert "request" in verdict.text.en


async def test_exhausted_memory_is_not_helped_by_replicas() -> None:
    logs = "java.lang.OutOfMemoryError: Java heap space\\nrequest failed\\n" * 3
    verdict = await judged(
        workload(cpu_total="279m", logs=logs.encode().decode("unicode_escape")), "cpu_high"
    )

    assert verdict.call is not None
    assert verdict.unasked
    assert verdict.call.operation == "set_resources"
    assert verdict.call.arguments["memory_limit"] == "192Mi"


async def test_memory() -> None:
    high = await judged(workload(memory="120Mi"), "memory_high")
    low = await judged(workload(memory="20Mi"), "memory_high")

    assert high.call is not None
    assert low.call is None
    assert low.looked


async def test_oom() -> None:
    killed = await judged(workload(memory="300Mi"), "oom", "set_resources", {"memory_limit": "512Mi"})
    fine = await judged(workload(), "oom", "set_resources", {"memory_limit": "512Mi"})

    assert killed.call is not None
    assert killed.call.arguments["memory_limit"] == "512Mi"
    assert fine.call is None
    assert fine.looked


async def test_crashing() -> None:
    crashing = await judged(workload(crash="exit=1,after=1s"), "crashing", "rollback")
    fine = await judged(workload(), "crashing", "rollback")

    assert crashing.call == Call("rollback", {"kind": "Deployment", "namespace": "default", "name": "web"})
    assert fine.call is None


async def test_readiness() -> None:
    missing = {"resources": {}, "image": "web:v1"}
    manifest = workload(**missing)
    manifest["spec"]["template"]["spec"]["containers"][0]["envFrom"] = [{"configMapRef": {"name": "gone"}}]

    stuck = await judged(manifest, "not_ready", "restart")
    fine = await judged(workload(), "not_ready", "restart")

    assert stuck.call is not None
    assert "0/3" in stuck.text.zh
    assert fine.call is None


async def test_errors_in_logs() -> None:
    failing = await judged(workload(logs="ERROR connection refused"), "errors_in_logs", "restart")
    quiet = await judged(workload(logs="INFO served"), "errors_in_logs", "restart")

    assert failing.call is not None
    assert quiet.call is None
    assert quiet.looked


async def test_what_cannot_be_judged() -> None:
    async with conditions(workload()) as judge:
        gone = {"kind": "Deployment", "namespace": "default", "name": "gone"}
        with pytest.raises(NotFound):
            await judge.judge(Call("restart", gone, "crashing"), silent)
        with pytest.raises(Unusable):
            await judge.judge(Call("drain", {"name": "node-01"}, "cpu_high"), silent)


async def test_a_node_that_is_ready() -> None:
    async with conditions(workload()) as judge:
        verdict = await judge.judge(Call("drain", {"name": "node-01"}, "not_ready"), silent)

    assert verdict.call is None
    assert verdict.looked
