"""Planted faults on the simulator, all at once: each is found once, by its root, and nothing else is."""

from __future__ import annotations

import asyncio
import copy
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from plants import PLANTS, Manifest, Plant

from kubesteer.adapters.kubernetes.clusters import KubernetesCluster
from kubesteer.adapters.kubernetes.connections import Options, find_connection
from kubesteer.analyzers import Report, diagnose, scan
from kubesteer.core.findings import Finding
from kubesteer.core.kinds import KINDS
from kubesteer.core.refs import Ref
from kubesteer.operations.registry import operation
from kubesteer.simulator import Simulator

pytestmark = pytest.mark.long

PATIENCE = 90.0
"""Seconds until every fault must have shown itself."""

Found = dict[str, list[Finding]]


def placed(manifest: Manifest, namespace: str) -> Manifest:
    """A copy in a namespace."""
    copied = copy.deepcopy(manifest)
    copied["metadata"]["namespace"] = namespace
    return copied


def look(kubeconfig: Path) -> Report:
    """One scan of everything."""

    async def session() -> Report:
        async with KubernetesCluster(find_connection(Options(kubeconfig=str(kubeconfig)), {})) as cluster:
            return await scan(cluster)

    return asyncio.run(session())


def grouped(report: Report) -> Found:
    """Findings at warning or above by namespace."""
    found: Found = defaultdict(list)
    for finding in report.at_least("warning"):
        found[finding.object.namespace].append(finding)
    return found


def as_expected(plant: Plant, findings: list[Finding]) -> bool:
    """Exactly one finding, and the right one."""
    return [(f.rule, f"{f.object.kind}/{f.object.name}") for f in findings] == [(plant.rule, plant.blamed)]


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Found]]:
    """A simulator with every plant in a namespace of its own, looked at until all of them show."""
    objects: list[Manifest] = []
    for plant in PLANTS:
        objects.append({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": plant.namespace}})
        objects += [placed(manifest, plant.namespace) for manifest in plant.manifests]
    kubeconfig = tmp_path_factory.mktemp("planted") / "kubeconfig"
    with Simulator(objects, nodes=3, speed=60) as simulator:
        simulator.write_kubeconfig(kubeconfig)
        deadline = time.monotonic() + PATIENCE
        changed, found = False, grouped(look(kubeconfig))
        while time.monotonic() < deadline:
            if not changed and all(plant.then == () or not found[plant.namespace] for plant in PLANTS):
                time.sleep(8)  # the first revisions become ready
                for plant in PLANTS:
                    for manifest in plant.then:
                        apply(simulator.url, placed(manifest, plant.namespace))
                changed = True
            time.sleep(3)
            found = grouped(look(kubeconfig))
            if changed and all(as_expected(plant, found[plant.namespace]) for plant in PLANTS):
                break
        yield kubeconfig, found


def apply(url: str, manifest: Manifest) -> None:
    """Server-side apply, as `kubectl apply --server-side` sends it."""
    kind, metadata = KINDS[manifest["kind"]], manifest["metadata"]
    path = f"{kind.root}/namespaces/{metadata['namespace']}/{kind.plural}/{metadata['name']}"
    headers = {"Content-Type": "application/apply-patch+yaml"}
    answer = httpx2.patch(
        f"{url}{path}?fieldManager=test&force=true", json=manifest, headers=headers, timeout=30
    )
    answer.raise_for_status()


@pytest.mark.timeout(240)
@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: plant.name)
def test_each_fault_has_one_root(planted: tuple[Path, Found], plant: Plant) -> None:
    findings = planted[1][plant.namespace]
    assert [(f.rule, f"{f.object.kind}/{f.object.name}") for f in findings] == [(plant.rule, plant.blamed)]
    suggested = [suggestion.operation for suggestion in findings[0].suggestions]
    assert suggested[:1] == ([plant.suggestion] if plant.suggestion else [])


@pytest.mark.timeout(240)
def test_what_is_suggested_can_be_proposed(planted: tuple[Path, Found]) -> None:
    for finding in (finding for found in planted[1].values() for finding in found):
        for suggestion in finding.suggestions:
            assert operation(suggestion.operation, suggestion.arguments)


@pytest.mark.timeout(240)
def test_a_diagnosis_names_the_same_root(planted: tuple[Path, Found]) -> None:
    async def session() -> Report:
        async with KubernetesCluster(find_connection(Options(kubeconfig=str(planted[0])), {})) as cluster:
            return await diagnose(cluster, Ref("Deployment", "p-dependency", "web"))

    report = asyncio.run(session())
    assert [(f.rule, f.object.name) for f in report.at_least("warning")] == [("crash-loop", "db")]
