"""The ledger and the API server's audit log tell the same story, on the simulator and on a real server."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

import pytest
from clusters import Cluster
from clusters.steered import steer
from clusters.workloads import configmap, deployment

from kubesteer.adapters.kubernetes.actuators import KubernetesActuator
from kubesteer.adapters.store.openings import open_ledger
from kubesteer.core.ledgers import Proposal, Record
from kubesteer.core.operations import Change
from kubesteer.engine.changes import Changes, Drifted
from kubesteer.engine.changes.clocks import SystemClock
from kubesteer.operations.registry import operation

MARK = "kubesteer.io/change"


class BriskClock(SystemClock):
    """Ten seconds of watching whether it stays so in one."""

    def steady(self) -> float:
        return 10 * super().steady()

    async def sleep(self, seconds: float) -> None:
        await super().sleep(seconds / 10)


@pytest.fixture
async def changes(cluster: Cluster) -> AsyncIterator[Changes]:
    steered = steer(cluster)
    yield (
        made := Changes(
            cluster=steered,
            actuator=KubernetesActuator(steered),
            ledger=lambda: open_ledger(cluster.folder / "state"),
            clock=BriskClock(),
        )
    )
    await made.close()
    await steered.client.aclose()


async def _propose(cluster: Cluster, changes: Changes, *wishes: tuple[str, dict[str, Any]]) -> Proposal:
    target = {"kind": "Deployment", "namespace": cluster.namespace, "name": "web"}
    verbs = [operation(name, target | arguments) for name, arguments in wishes]
    plan = [verb for verb in verbs if isinstance(verb, Change)]
    return await changes.propose(plan, asked_by="ann", words="please", language="en")


async def _carry_out(changes: Changes, proposal: Proposal) -> Record:
    await changes.approve(proposal.id, by="ann", digest=proposal.digest)
    return await changes.execute(proposal.id)


async def _undone(changes: Changes) -> Record:
    proposal = await changes.undo(asked_by="ann", words="undo", language="en")
    return await _carry_out(changes, proposal)


def _mark(body: Any) -> str:
    if isinstance(body, list):
        return str(next(o["value"] for o in body if o["path"].endswith("kubesteer.io~1change")))
    return str((body or {}).get("metadata", {}).get("annotations", {}).get(MARK, ""))


async def _agree(cluster: Cluster, changes: Changes) -> Counter[str]:
    """Every write in the audit log is in the ledger, and the reverse; the marks that were written."""
    ours = [
        each
        for each in cluster.audit()
        if each.user_agent.startswith("kubesteer") and not each.dry_run and each.status < 300
    ]
    sent = Counter(_mark(each.body) for each in ours if each.resource != "events")
    events = sum(each.resource == "events" for each in ours)
    told: Counter[str] = Counter()
    remarks = 0
    for record in await changes.history(limit=1000):
        entries = (await changes.show(record.id)).audit
        remarks += sum(entry.event == "remark" and "wrote" in entry.text.en for entry in entries)
        told.update(str(entry.data["mark"]) for entry in entries if entry.event == "applied")
        assert record.approved_by or not any(step.applied for step in record.steps)
    assert sent == told
    assert events == remarks
    assert set(sent.values()) <= {1}
    return sent


async def test_ledger_and_audit_log_agree(cluster: Cluster, changes: Changes) -> None:
    cluster.create("apps/v1/deployments", deployment("web", replicas=1))
    cluster.until("apps/v1/deployments", "web", lambda it: it["status"].get("readyReplicas") == 1)
    await _propose(cluster, changes, ("restart", {}))  # never approved
    plan = await _propose(
        cluster, changes, ("scale", {"change": 1}), ("label", {"key": "team", "value": "a"})
    )
    record = await _carry_out(changes, plan)
    assert record.state == "done", record.outcome.en
    back = await _undone(changes)
    assert back.state == "done", back.outcome.en
    web = cluster.get("apps/v1/deployments", "web")
    assert web["spec"]["replicas"] == 1
    assert "team" not in (web["metadata"].get("labels") or {})
    marks = await _agree(cluster, changes)
    assert set(marks) == {f"{each.id}/{n}" for each in (record, back) for n in (1, 2)}
    assert (await changes.verify_history()).intact


async def test_drift_and_status_on_a_real_object(cluster: Cluster, changes: Changes) -> None:
    cluster.create("apps/v1/deployments", deployment("web", replicas=0))
    proposal = await _propose(cluster, changes, ("annotate", {"key": "note", "value": "x"}))
    cluster.merge("apps/v1/deployments", "web", {"metadata": {"labels": {"other": "b"}}})
    assert (await _carry_out(changes, proposal)).state == "done"
    proposal = await _propose(cluster, changes, ("scale", {"replicas": 2}))
    cluster.merge("apps/v1/deployments", "web", {"spec": {"replicas": 1}})
    with pytest.raises(Drifted, match="1 → 2"):
        await changes.approve(proposal.id, by="ann", digest=proposal.digest)
    assert cluster.get("apps/v1/deployments", "web")["spec"]["replicas"] == 1
    await _agree(cluster, changes)


async def test_what_is_created_is_removed_by_undo(cluster: Cluster, changes: Changes) -> None:
    manifest = json.dumps({**configmap("made"), "data": {"a": "1"}})
    applied = operation("apply", {"manifest": manifest, "namespace": cluster.namespace})
    assert isinstance(applied, Change)
    proposal = await changes.propose([applied], asked_by="ann", words="apply", language="en")
    record = await _carry_out(changes, proposal)
    assert record.state == "done", record.outcome.en
    assert cluster.get("configmaps", "made")["metadata"]["annotations"][MARK] == record.id
    back = await _undone(changes)
    assert back.state == "done", back.outcome.en
    assert "made" not in [item["metadata"]["name"] for item in cluster.list("configmaps")["items"]]
