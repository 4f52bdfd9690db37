"""The `cluster` fixture: every contract test runs against the simulator and against a real control plane."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from clusters import Cluster, Server, eventually
from clusters.simulated import SimulatedServer
from control_plane import ControlPlane, Missing

# The examples of the rules live beside the tests of the analyzers.
sys.path.append(str(Path(__file__).parent.parent / "analyzers"))

KINDS = ["simulator", pytest.param("control-plane", marks=pytest.mark.control_plane)]
_numbers = itertools.count(1)


@pytest.fixture(scope="session", params=KINDS)
def server(request: pytest.FixtureRequest) -> Iterator[tuple[str, Server]]:
    """One server of each kind, for all tests of a run."""
    if request.param == "simulator":
        with SimulatedServer() as simulated:
            yield request.param, simulated
        return
    try:
        with ControlPlane() as real:
            yield request.param, real
    except Missing as missing:
        pytest.skip(str(missing))


@pytest.fixture(scope="session")
def admin(server: tuple[str, Server]) -> Iterator[httpx2.Client]:
    """A client that may do everything."""
    with server[1].client("admin") as client:
        yield client


@pytest.fixture
def cluster(server: tuple[str, Server], admin: httpx2.Client, tmp_path: Path) -> Iterator[Cluster]:
    """The cluster under test, with a fresh namespace in which pods can be made."""
    name = f"contract-{next(_numbers)}"
    admin.post("/api/v1/namespaces", json={"metadata": {"name": name}}).raise_for_status()
    if server[1].supports("controllers"):
        # Pods are refused until their namespace has its service account.
        account = f"/api/v1/namespaces/{name}/serviceaccounts/default"
        eventually(lambda: admin.get(account).status_code, lambda code: code == httpx2.codes.OK, account)
    yield Cluster(kind=server[0], server=server[1], admin=admin, namespace=name, folder=tmp_path)
    admin.delete(f"/api/v1/namespaces/{name}").raise_for_status()
