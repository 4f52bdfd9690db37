"""Every change there is lives the whole life on the simulator: proposed, applied, verified and undone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from sites import NAMESPACE, SPEED, Site, deployment, landed, mark_in, settled

from kubesteer.core.errors import Refused
from kubesteer.core.operations import Change
from kubesteer.operations.registry import REGISTRY, operation
from kubesteer.simulator import Simulator

pytestmark = pytest.mark.long

WEB = {"kind": "Deployment", "namespace": "shop", "name": "web"}
NIGHTLY = {"namespace": "shop", "name": "nightly"}

JOB = {
    "template": {
        "spec": {"restartPolicy": "Never", "containers": [{"name": "job", "image": "job:v1"}]},
    }
}
OBJECTS: list[dict[str, Any]] = [
    NAMESPACE,
    deployment(),
    {
        "apiVersion": "batch/v1",
        "kind": "CronJob",
        "metadata": {"name": "nightly", "namespace": "shop"},
        "spec": {"schedule": "0 4 29 2 *", "jobTemplate": {"spec": JOB}},
    },
    {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "web", "namespace": "shop"},
        "spec": {"selector": {"app": "wrong"}, "ports": [{"port": 80, "targetPort": 8080}]},
    },
    {
        "apiVersion": "storage.k8s.io/v1",
        "kind": "StorageClass",
        "metadata": {"name": "fast"},
        "provisioner": "example.com/fast",
        "allowVolumeExpansion": True,
    },
    {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": "data", "namespace": "shop"},
        "spec": {
            "storageClassName": "fast",
            "accessModes": ["ReadWriteOnce"],
            "resources": {"requests": {"storage": "1Gi"}},
        },
    },
]
MANIFEST = """
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, namespace: shop}
data: {level: debug}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: more, namespace: shop}
data: {level: info}
"""

Wish = tuple[str, dict[str, Any]]

CASES: dict[str, tuple[Wish, ...]] = {
    "restart": (("restart", WEB),),
    "scale": (("scale", WEB | {"change": 1}),),
    "rollback": (("set_image", WEB | {"image": "app:v2"}), ("rollback", WEB)),
    "set_image": (("set_image", WEB | {"image": "app:v2"}),),
    "set_resources": (("set_resources", WEB | {"memory_limit": "256Mi", "cpu_request": "100m"}),),
    "set_autoscaling": (
        ("set_autoscaling", WEB | {"min_replicas": 2, "max_replicas": 5, "cpu_percent": 70}),
    ),
    "pause_rollout": (("pause_rollout", WEB),),
    "resume_rollout": (("pause_rollout", WEB), ("resume_rollout", WEB)),
    "delete": (("delete", {"kind": "CronJob", **NIGHTLY}),),
    "cordon": (("cordon", {"name": "node-1"}),),
    "uncordon": (("cordon", {"name": "node-1"}), ("uncordon", {"name": "node-1"})),
    "drain": (("drain", {"name": "node-1"}),),
    "suspend": (("suspend", NIGHTLY),),
    "resume": (("suspend", NIGHTLY), ("resume", NIGHTLY)),
    "trigger": (("trigger", NIGHTLY),),
    "set_env": (("set_env", WEB | {"variable": "LEVEL", "value": "debug"}),),
    "set_probe": (("set_probe", WEB | {"probe": "readiness", "port": 8080, "path": "/healthz"}),),
    "set_service": (("set_service", {"namespace": "shop", "name": "web", "selector": {"app": "web"}}),),
    "resize_volume": (("resize_volume", {"namespace": "shop", "name": "data", "size": "2Gi"}),),
    "label": (("label", WEB | {"key": "team", "value": "a"}),),
    "annotate": (("annotate", WEB | {"key": "note", "value": "b"}),),
    "apply": (("apply", {"manifest": MANIFEST}),),
}
NO_WAY_BACK = {"delete", "resize_volume"}


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    with Simulator(OBJECTS, speed=SPEED, tick=0.01) as running:
        yield running


@pytest.fixture
async def site(simulator: Simulator, tmp_path: Path) -> AsyncIterator[Site]:
    await settled(simulator)
    site = Site(simulator, tmp_path)
    yield site
    await site.close()


def test_every_change_has_its_case() -> None:
    assert CASES.keys() == {name for name, verb in REGISTRY.items() if issubclass(verb, Change)}


def _named(simulator: Simulator, wish: Wish) -> Change:
    name, arguments = wish
    if arguments.get("name") == "node-1":
        arguments = {"name": simulator.list("Node")[0]["metadata"]["name"]}
    found = operation(name, arguments)
    assert isinstance(found, Change)
    return found


async def _grow(simulator: Simulator) -> None:
    """What the driver of the storage does once the claim asks for more."""
    while not landed(simulator):
        await asyncio.sleep(0.02)
    simulator.edit(
        *("PersistentVolumeClaim", "shop", "data"),
        lambda claim: claim["status"].update(capacity={"storage": "2Gi"}),
    )


@pytest.fixture
async def driver(simulator: Simulator, name: str) -> AsyncIterator[None]:
    growing = asyncio.create_task(_grow(simulator)) if name == "resize_volume" else None
    yield
    if growing is not None:
        await growing


@pytest.mark.usefixtures("driver")
@pytest.mark.parametrize("name", CASES)
async def test_it_lives_the_whole_life(site: Site, simulator: Simulator, name: str) -> None:
    for wish in CASES[name]:
        record = await site.carry_out(_named(simulator, wish))
        assert (record.state, record.verified) == ("done", True), record.outcome.en
    (step,) = record.steps
    assert step.diff
    assert step.explained.zh != step.explained.en
    marks = [mark_in(write) for write in landed(simulator)]
    assert marks == [m for m in marks if m] or name in ("delete", "drain")
    assert (await site.changes.verify_history()).intact
    if name in NO_WAY_BACK:
        assert step.irreversible is not None
        with pytest.raises(Refused, match="cannot be undone"):
            await site.changes.undo(record.id, asked_by="ann", words="undo", language="en")
        return
    await asyncio.sleep(0.1)
    proposal = await site.changes.undo(record.id, asked_by="ann", words="undo", language="en")
    await site.changes.approve(proposal.id, by="ann", digest=proposal.digest)
    back = await site.changes.execute(proposal.id)
    assert back.state == "done", back.outcome.en
    assert (await site.changes.show(record.id)).state == "undone"
