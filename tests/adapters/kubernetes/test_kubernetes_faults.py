"""The adapter against the simulator while things go wrong there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from kubesteer.adapters.kubernetes import pages
from kubesteer.adapters.kubernetes.actuators import KubernetesActuator
from kubesteer.adapters.kubernetes.clusters import KubernetesCluster
from kubesteer.adapters.kubernetes.connections import Options, find_connection
from kubesteer.adapters.kubernetes.doctors import examine
from kubesteer.core.errors import (
    ClusterError,
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
    Throttled,
    Unauthenticated,
    Unavailable,
)
from kubesteer.core.refs import Ref
from kubesteer.core.requests import Patch, Precondition, Warrant
from kubesteer.simulator import Fault, Simulator

IT = Ref("ConfigMap", "default", "it-0")
CHANGE = Patch(IT, {"data": {"a": "1"}})


def configmap(number: int) -> dict[str, Any]:
    """A ConfigMap called it-NUMBER."""
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": f"it-{number}", "namespace": "default"},
    }


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    """One for all tests here; nothing in it moves."""
    with Simulator([configmap(number) for number in range(5)], frozen=True, nodes=1) as running:
        yield running


@pytest.fixture
def broken(simulator: Simulator) -> Iterator[Simulator]:
    """The simulator, whole again afterwards."""
    yield simulator
    simulator.faults.clear()


def steer(simulator: Simulator, **options: str) -> KubernetesCluster:
    """The adapter on the simulator."""
    return KubernetesCluster(find_connection(Options(server=simulator.url, **options), {}))


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (401, Unauthenticated),
        (403, Forbidden),
        (409, Conflict),
        (422, Invalid),
        (429, Throttled),
        (500, Unavailable),
        (503, Unavailable),
    ],
)
async def test_a_write_that_is_refused_is_sent_once_and_changes_nothing(
    broken: Simulator, status: int, error: type[ClusterError]
) -> None:
    before = broken.read("ConfigMap", "default", "it-0")
    fault = broken.faults.add(Fault(method="PATCH", status=status))
    async with steer(broken) as kube:
        with pytest.raises(error) as caught:
            await KubernetesActuator(kube).send(Warrant("c-1", CHANGE))
    assert fault.hits == 1
    assert caught.value.status == status
    assert broken.read("ConfigMap", "default", "it-0") == before


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_a_read_survives_a_hiccup(broken: Simulator, status: int) -> None:
    fault = broken.faults.add(Fault(method="GET", path_regex="configmaps/it-0", status=status, times=2))
    async with steer(broken) as kube:
        assert (await kube.read(IT))["metadata"]["name"] == "it-0"
    assert fault.hits == 2


@pytest.mark.parametrize("cut", [0, 1, 40])
async def test_a_list_that_is_cut_in_mid_body_is_read_again(broken: Simulator, cut: int) -> None:
    fault = broken.faults.add(Fault(method="GET", path_regex="/configmaps", cut_after=cut, times=1))
    async with steer(broken) as kube:
        names = {ref.name for ref in await kube.names("ConfigMap", "default")}
    assert {f"it-{number}" for number in range(5)} <= names
    assert fault.hits == 1


async def test_a_list_that_is_always_cut_is_no_list(broken: Simulator) -> None:
    broken.faults.add(Fault(method="GET", path_regex="/configmaps", cut_after=40))
    async with steer(broken) as kube:
        with pytest.raises(Unavailable):
            await kube.names("ConfigMap", "default")


async def test_pages_that_expire_between_two_of_them(
    broken: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "PAGE", 2)
    fault = broken.faults.add(Fault(method="GET", path_regex="continue=", status=410, times=1))
    async with steer(broken) as kube:
        names = [ref.name for ref in await kube.names("ConfigMap", "default") if ref.name.startswith("it-")]
    assert names == [f"it-{number}" for number in range(5)]
    assert fault.hits == 1


async def test_a_write_whose_answer_is_lost_may_have_happened(broken: Simulator) -> None:
    broken.faults.add(Fault(method="PATCH", when="after", cut_after=0))
    async with steer(broken) as kube:
        with pytest.raises(Unavailable) as caught:
            await KubernetesActuator(kube).send(Warrant("c-1", Patch(IT, {"data": {"lost": "1"}})))
        assert caught.value.sent is True
        assert (await kube.read(IT))["data"] == {"lost": "1"}


async def test_who_comes_second_conflicts(simulator: Simulator) -> None:
    async with steer(simulator) as kube:
        seen = (await kube.read(Ref("ConfigMap", "default", "it-1")))["metadata"]
        condition = Precondition(seen["uid"], seen["resourceVersion"])
        patch = Patch(Ref("ConfigMap", "default", "it-1"), {"data": {"a": "1"}})
        await KubernetesActuator(kube).send(Warrant("c-1", patch, condition))
        with pytest.raises(Conflict):
            await KubernetesActuator(kube).send(Warrant("c-2", patch, condition))


async def test_a_token_that_is_not_known(simulator: Simulator) -> None:
    async with steer(simulator, token="stale") as kube:
        with pytest.raises(Unauthenticated):
            await kube.read(IT)


async def test_what_is_not_there(simulator: Simulator) -> None:
    async with steer(simulator) as kube:
        with pytest.raises(NotFound) as caught:
            await kube.read(Ref("ConfigMap", "default", "ghost"))
    assert "default/ghost" in caught.value.say("zh")


async def test_the_doctor_s_visit(simulator: Simulator) -> None:
    async with steer(simulator) as kube:
        states = {check.name: check.state for check in await examine(kube)}
    assert states == {
        "reach": "ok",
        "identity": "ok",
        "read": "ok",
        "change": "ok",
        "metrics": "ok",
        "logs": "unknown",  # no pod runs in an empty cluster
    }
