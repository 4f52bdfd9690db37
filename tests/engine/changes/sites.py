"""A place to change things in: a simulated cluster, a ledger, and `Changes` on both."""

from __future__ import annotations

import asyncio
import time
import urllib.request
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from kubesteer.adapters.kubernetes.actuators import KubernetesActuator
from kubesteer.adapters.kubernetes.clusters import KubernetesCluster
from kubesteer.adapters.kubernetes.connections import Options, find_connection
from kubesteer.adapters.kubernetes.retries import Patience
from kubesteer.adapters.store.databases import Database
from kubesteer.adapters.store.ledgers import SqlLedger
from kubesteer.adapters.store.openings import open_runner, runs_workflows
from kubesteer.core.clusters import Actuator
from kubesteer.core.ledgers import Ledger, Proposal, Record
from kubesteer.core.operations import Change
from kubesteer.core.texts import Text
from kubesteer.engine.changes import Changes, InlineRunner
from kubesteer.operations.registry import operation
from kubesteer.policies.rulebooks import Rulebook
from kubesteer.simulator import AuditRecord, Simulator

SPEED = 20.0
NAMESPACE = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}}


class FastClock:
    """Waits SPEED times shorter than asked; `shift` moves the wall clock alone."""

    def __init__(self, speed: float = SPEED) -> None:
        self.speed = speed
        self.shift = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.shift

    def steady(self) -> float:
        return time.monotonic() * self.speed

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds / self.speed)


def deployment(
    name: str = "web", replicas: int = 2, image: str = "app:v1", **behaviour: str
) -> dict[str, Any]:
    """A Deployment in namespace shop; `behaviour` are annotations of the simulator, `_` for `-`."""
    annotations = {
        f"simulator.kubesteer.io/{key.replace('_', '-')}": value for key, value in behaviour.items()
    }
    container = {
        "name": "app",
        "image": image,
        "ports": [{"containerPort": 8080}],
        "env": [{"name": "DB_PASSWORD", "value": "hunter2"}],
    }
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name, "namespace": "shop"},
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": {"app": name}},
            "template": {
                "metadata": {"labels": {"app": name}, "annotations": annotations},
                "spec": {"containers": [container]},
            },
        },
    }


def verb(called: str, /, **arguments: Any) -> Change:
    """An operation on Deployment shop/web, unless told otherwise."""
    found = operation(called, {"kind": "Deployment", "namespace": "shop", "name": "web", **arguments})
    assert isinstance(found, Change)
    return found


class Site:
    """One process's view: connections of its own to the cluster and to the ledger.

    Without a simulator at hand, a kubeconfig lies in the folder already.
    """

    def __init__(
        self,
        simulator: Simulator | None,
        folder: Path,
        *,
        rulebook: Rulebook | None = None,
        user: str = "",
        owner: str = "",
        url: str = "",
        speed: float = SPEED,
    ) -> None:
        self._simulator = simulator
        self.url = url
        self.folder = folder
        folder.mkdir(exist_ok=True)
        kubeconfig = folder / "kubeconfig"
        if simulator is not None:
            simulator.write_kubeconfig(kubeconfig, *([user] if user else []))
        self.cluster = KubernetesCluster(
            find_connection(Options(kubeconfig=str(kubeconfig))), patience=Patience(attempts=2, seconds=0.2)
        )
        self.actuator: Actuator = KubernetesActuator(self.cluster)
        self.ledger: Ledger = SqlLedger(Database(folder / "state", url), owner)
        self.runner = open_runner(folder / "state", url) if runs_workflows(url) else InlineRunner()
        self.rulebook = rulebook or Rulebook()
        self.clock = FastClock(speed)
        self.told: list[Text] = []

    @property
    def simulator(self) -> Simulator:
        assert self._simulator is not None
        return self._simulator

    @property
    def changes(self) -> Changes:
        """Made anew each time, as a new process would."""
        return Changes(
            cluster=self.cluster,
            actuator=self.actuator,
            ledger=lambda: self.ledger,
            rulebook=self.rulebook,
            clock=self.clock,
            runner=lambda: self.runner,
        )

    def tell(self, text: Text, _done: int = 0, _total: int = 0, /) -> None:
        self.told.append(text)

    async def propose(self, *changes: Change, by: str = "ann") -> Proposal:
        return await self.changes.propose(changes, asked_by=by, words="please", language="en")

    async def carry_out(self, *changes: Change, by: str = "ann") -> Record:
        """Propose, approve and execute."""
        proposal = await self.propose(*changes, by=by)
        await self.changes.approve(proposal.id, by=by, digest=proposal.digest)
        return await self.changes.execute(proposal.id, progress=self.tell)

    def replicas(self, name: str = "web") -> int:
        return int(self.simulator.read("Deployment", "shop", name)["spec"]["replicas"])

    def image(self, name: str = "web") -> str:
        spec = self.simulator.read("Deployment", "shop", name)["spec"]["template"]["spec"]
        return str(spec["containers"][0]["image"])

    async def close(self) -> None:
        await self.runner.close()
        await self.ledger.close()
        await self.cluster.client.aclose()


def writes(simulator: Simulator) -> list[AuditRecord]:
    """Requests by kubesteer that changed something, or would have; access reviews and Events left out."""
    quiet = ("selfsubjectreviews", "selfsubjectaccessreviews", "events")
    return [
        record
        for record in simulator.audit
        if record.write and record.user_agent.startswith("kubesteer") and record.resource not in quiet
    ]


def landed(simulator: Simulator) -> list[AuditRecord]:
    """The writes that the server carried out."""
    return [record for record in writes(simulator) if record.status < 300]


def mark_in(record: AuditRecord) -> str:
    """The mark that a write carried."""
    body = record.body
    if isinstance(body, list):
        values = [o.get("value") for o in body if str(o.get("path", "")).endswith("kubesteer.io~1change")]
        return str(values[-1]) if values else ""
    annotations = ((body or {}).get("metadata") or {}).get("annotations") or {}
    return str(annotations.get("kubesteer.io/change", ""))


async def settled(simulator: Simulator, name: str = "web", ready: int = 2) -> None:
    """Wait until a Deployment is ready."""
    for _ in range(400):
        status = simulator.read("Deployment", "shop", name).get("status", {})
        if status.get("readyReplicas") == ready and status.get("updatedReplicas") == ready:
            return
        await asyncio.sleep(0.02)
    raise AssertionError(f"{name} never became ready: {status}")


async def removed(simulator: Simulator, name: str = "web") -> None:
    """Delete a Deployment as somebody else would, and wait until it is gone."""
    path = f"/apis/apps/v1/namespaces/shop/deployments/{name}"
    request = urllib.request.Request(
        simulator.url + path, method="DELETE", headers={"Authorization": f"Bearer {simulator.token()}"}
    )
    await asyncio.to_thread(lambda: urllib.request.urlopen(request).close())
