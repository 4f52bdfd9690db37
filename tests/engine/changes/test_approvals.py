"""Approvals that hold, and all those that do not."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sites import NAMESPACE, SPEED, Site, deployment, landed, removed, verb, writes

from kubesteer.core.clusters import Identity
from kubesteer.core.errors import Forbidden, Refused
from kubesteer.core.ledgers import Line, Record
from kubesteer.core.operations import Change
from kubesteer.core.texts import Text
from kubesteer.engine.changes import Drifted
from kubesteer.engine.changes.approvals import is_here
from kubesteer.operations.registry import operation
from kubesteer.policies.approvals import Approval
from kubesteer.policies.rulebooks import Rulebook
from kubesteer.policies.verbs import Verbs
from kubesteer.simulator import Simulator


async def _refusals(site: Site, identifier: str) -> list[str]:
    shown = await site.changes.show(identifier)
    return [entry.text.en for entry in shown.audit if entry.event == "approval-refused"]


async def test_an_approval_is_used_up(site: Site, simulator: Simulator) -> None:
    record = await site.carry_out(verb("scale", replicas=3))
    with pytest.raises(Refused, match="approved already, by ann"):
        await site.changes.approve(record.id, by="ann", digest=record.digest)
    assert await _refusals(site, record.id)
    assert (await site.changes.execute(record.id)).state == "done"
    assert len(writes(simulator)) == 1


async def test_an_approval_is_bound_to_what_was_shown(site: Site) -> None:
    first = await site.propose(verb("scale", replicas=3))
    second = await site.propose(verb("scale", replicas=30))
    with pytest.raises(Refused, match="not what"):
        await site.changes.approve(second.id, by="ann", digest=first.digest)
    assert await _refusals(site, second.id)
    assert (await site.changes.show(second.id)).state == "proposed"


async def test_somebody_elses_proposal_is_not_mine_to_approve(site: Site) -> None:
    proposal = await site.propose(verb("scale", replicas=3))
    with pytest.raises(Refused, match="ann asked for this change, and eve may not") as refusal:
        await site.changes.approve(proposal.id, by="eve", digest=proposal.digest)
    assert refusal.value.remedy is not None
    assert "approval.approvers" in refusal.value.remedy.en
    assert await _refusals(site, proposal.id)
    with pytest.raises(Refused):
        await site.changes.reject(proposal.id, by="eve")


async def test_an_appointed_approver_may(site: Site) -> None:
    site.rulebook = Rulebook(approval=Approval(approvers=("bob",)))
    proposal = await site.propose(verb("scale", replicas=3))
    approved = await site.changes.approve(proposal.id, by="bob", digest=proposal.digest)
    assert approved.approved_by == ("bob",)


async def test_high_risk_may_need_two_persons(site: Site) -> None:
    delete = verb("delete")
    site.rulebook = Rulebook(approval=Approval(approvers=("bob",), two_persons=(delete.risk,)))
    proposal = await site.propose(delete)
    with pytest.raises(Refused, match="second person"):
        await site.changes.approve(proposal.id, by="ann")
    assert (await site.changes.approve(proposal.id, by="bob")).state == "approved"


async def test_a_policy_may_approve(site: Site) -> None:
    site.rulebook = Rulebook(operations=Verbs(automatic_=("scale",)))
    assert (await site.propose(verb("scale", replicas=3))).automatic is not None
    assert (await site.propose(verb("scale", replicas=3), verb("restart"))).automatic is None


async def test_an_expired_proposal_is_refused(site: Site, simulator: Simulator) -> None:
    proposal = await site.propose(verb("scale", replicas=3))
    site.clock.shift = timedelta(hours=2)
    assert (await site.changes.history())[0].state == "expired"
    with pytest.raises(Refused, match="expired"):
        await site.changes.approve(proposal.id, by="ann")
    assert (await site.changes.show(proposal.id)).state == "expired"
    assert not writes(simulator)


async def test_a_clock_that_jumps_back_does_not_prolong_a_proposal(site: Site) -> None:
    proposal = await site.propose(verb("scale", replicas=3))
    site.clock.shift = timedelta(days=-1)
    with pytest.raises(Refused, match="clock"):
        await site.changes.approve(proposal.id, by="ann")


async def test_an_approval_is_not_kept_for_later(site: Site, simulator: Simulator) -> None:
    proposal = await site.propose(verb("scale", replicas=3))
    await site.changes.approve(proposal.id, by="ann")
    site.clock.shift = timedelta(days=3)
    with pytest.raises(Refused, match="expired"):
        await site.changes.execute(proposal.id)
    assert (await site.changes.show(proposal.id)).state == "expired"
    assert not writes(simulator)


@pytest.mark.parametrize(
    "forged",
    [
        "",
        "chg-1",
        "--help",
        "-o",
        "../../etc/passwd",
        "chg-aaaaaaaaaa/1",
        "chg-AAAAAAAAAA",
        "chg-aaaaaaaaaa\n",
        "chg-'; --",
    ],
)
async def test_forged_ids_are_refused(site: Site, forged: str) -> None:
    for attempt in (
        site.changes.approve(forged, by="ann"),
        site.changes.execute(forged),
        site.changes.reject(forged, by="ann"),
        site.changes.show(forged),
    ):
        with pytest.raises(Refused, match="is not the id"):
            await attempt


async def test_an_unknown_id_is_refused(site: Site) -> None:
    for attempt in (site.changes.approve("chg-aaaaaaaaaa", by="ann"), site.changes.execute("chg-aaaaaaaaaa")):
        with pytest.raises(Refused, match="There is no change"):
            await attempt


@pytest.fixture
async def elsewhere(tmp_path: Path) -> AsyncIterator[Site]:
    """Another cluster, on the same ledger."""
    with Simulator([NAMESPACE, deployment()], speed=SPEED, tick=0.01) as other:
        site = Site(other, tmp_path)
        yield site
        await site.close()


async def test_another_clusters_proposal_is_refused(site: Site, elsewhere: Site) -> None:
    proposal = await site.propose(verb("scale", replicas=3))
    with pytest.raises(Refused, match="proposed on another cluster"):
        await elsewhere.changes.approve(proposal.id, by="ann", digest=proposal.digest)
    assert await _refusals(site, proposal.id)
    await site.changes.approve(proposal.id, by="ann", digest=proposal.digest)
    with pytest.raises(Refused, match="proposed on another cluster"):
        await elsewhere.changes.execute(proposal.id)
    assert [record.state for record in await elsewhere.changes.resume()] == ["approved"]
    assert not writes(elsewhere.simulator)


@pytest.mark.parametrize(
    ("uid", "server", "here"),
    [
        ("4a5b0a1c-0000-4000-8000-000000000001", "https://one", True),
        ("4a5b0a1c-0000-4000-8000-000000000002", "https://one", False),  # made anew at the same address
        ("4a5b0a1c-0000-4000-8000-000000000001", "https://two", True),  # reached by another address
        ("f" * 32, "https://one", True),  # kube-system may not be read: the address decides
        ("f" * 32, "https://two", False),
    ],
)
def test_what_makes_it_the_same_cluster(uid: str, server: str, here: bool) -> None:
    record = Record(
        *("chg-aaaaaaaaaa", "proposed", "4a5b0a1c-0000-4000-8000-000000000001", "https://one"),
        *("ann", "w", "en", "", "", "low", ()),
    )
    assert is_here(record, Identity("ann", (), server, "1.34", uid)) is here


async def test_what_was_tampered_with_is_not_sent(site: Site, simulator: Simulator) -> None:
    small, large = (
        await site.propose(verb("scale", replicas=3)),
        await site.propose(verb("scale", replicas=90)),
    )
    particulars = await site.ledger.particulars(large.id)
    forged = await site.ledger.record(small.id)
    await site.ledger.advance(forged, Line("forged", "eve", Text.same("")), particulars=particulars)
    with pytest.raises(Refused, match="tampered"):
        await site.changes.approve(small.id, by="ann", digest=small.digest)
    assert not writes(simulator)


async def test_of_twenty_approvers_one_wins(site: Site, simulator: Simulator, tmp_path: Path) -> None:
    site.rulebook = Rulebook(approval=Approval(approvers=("*",)))
    proposal = await site.propose(verb("scale", replicas=3))
    others = [Site(simulator, tmp_path, rulebook=site.rulebook) for _ in range(20)]

    async def approve_and_execute(other: Site, by: str) -> str:
        try:
            await other.changes.approve(proposal.id, by=by, digest=proposal.digest)
            return (await other.changes.execute(proposal.id)).state
        except Refused:
            return "refused"

    outcomes = await asyncio.gather(*(approve_and_execute(o, f"user{n}") for n, o in enumerate(others)))
    for other in others:
        await other.close()
    assert sorted(outcomes) == ["done", *["refused"] * 19]
    assert len(writes(simulator)) == 1
    assert (await site.changes.verify_history()).intact


async def test_two_changes_of_one_object_do_not_run_at_once(site: Site) -> None:
    first, second = await site.propose(verb("scale", replicas=3)), await site.propose(verb("restart"))
    await site.changes.approve(first.id, by="ann")
    with pytest.raises(Refused, match=f"Another change, {first.id}, is under way"):
        await site.changes.approve(second.id, by="ann")
    await site.changes.execute(first.id)
    await site.changes.approve(second.id, by="ann")


async def test_permission_is_asked_for_exactly_what_will_be_sent(
    simulator: Simulator, tmp_path: Path
) -> None:
    rules = [
        {"apiGroups": ["", "apps", "autoscaling", "policy"], "resources": ["*"], "verbs": ["get", "list"]},
    ]
    simulator.load(
        [
            {
                "apiVersion": "rbac.authorization.k8s.io/v1",
                "kind": "ClusterRole",
                "metadata": {"name": "look"},
                "rules": rules,
            },
            {
                "apiVersion": "rbac.authorization.k8s.io/v1",
                "kind": "ClusterRoleBinding",
                "metadata": {"name": "look"},
                "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "look"},
                "subjects": [{"kind": "User", "name": "viewer", "apiGroup": "rbac.authorization.k8s.io"}],
            },
        ]
    )
    viewer = Site(simulator, tmp_path / "viewer", user="viewer")
    with pytest.raises(Forbidden, match=r"patch deployments[.]apps web in namespace shop") as refusal:
        await viewer.propose(verb("scale", replicas=3))
    assert refusal.value.remedy is not None
    assert 'verbs: ["patch"]' in refusal.value.remedy.en
    with pytest.raises(Forbidden, match=r"delete deployments[.]apps web"):
        await viewer.propose(verb("delete"))
    await viewer.close()
    assert not writes(simulator)


async def test_drift_is_proposed_anew_and_never_applied(site: Site, simulator: Simulator) -> None:
    proposal = await site.propose(verb("scale", change=1))
    simulator.edit("Deployment", "shop", "web", lambda obj: obj["spec"].update(replicas=5))
    with pytest.raises(Drifted, match="5 → 3") as drift:
        await site.changes.approve(proposal.id, by="ann", digest=proposal.digest)
    assert not writes(simulator)
    anew = drift.value.proposal
    assert anew is not None
    assert anew.diff == "~ spec.replicas: 5 → 6"
    assert anew.record.replaces == proposal.id
    assert (await site.changes.show(proposal.id)).state == "expired"
    await site.changes.approve(anew.id, by="ann", digest=anew.digest)
    assert (await site.changes.execute(anew.id)).state == "done"
    assert site.replicas() == 6


async def test_a_change_of_status_alone_is_no_drift(site: Site, simulator: Simulator) -> None:
    proposal = await site.propose(verb("scale", replicas=3))
    simulator.edit("Deployment", "shop", "web", lambda obj: obj["metadata"].update(labels={"team": "a"}))
    await site.changes.approve(proposal.id, by="ann", digest=proposal.digest)
    simulator.edit("Deployment", "shop", "web", lambda obj: obj["metadata"].update(labels={"team": "b"}))
    assert (await site.changes.execute(proposal.id)).state == "done"
    (write,) = writes(simulator)
    assert write.status == 200


async def test_drift_after_the_approval_is_not_applied_either(site: Site, simulator: Simulator) -> None:
    proposal = await site.propose(verb("scale", replicas=3))
    await site.changes.approve(proposal.id, by="ann", digest=proposal.digest)
    simulator.edit("Deployment", "shop", "web", lambda obj: obj["spec"].update(replicas=5))
    record = await site.changes.execute(proposal.id)
    assert record.state == "expired"
    assert "proposed anew" in record.outcome.en
    assert not writes(simulator)


async def test_what_the_server_would_refuse_by_now_is_drift(site: Site, simulator: Simulator) -> None:
    await site.carry_out(verb("scale", replicas=3))
    back = await site.changes.undo(asked_by="ann", words="undo", language="en")
    await site.changes.approve(back.id, by="ann")
    simulator.edit("Deployment", "shop", "web", lambda obj: obj["spec"].update(replicas=5))
    record = await site.changes.execute(back.id)  # its JSON patch tests that the field is still ours
    assert record.state == "expired"
    assert "would refuse it now" in record.outcome.en
    assert site.replicas() == 5
    assert not await site.changes.resume()


async def test_a_recreated_object_is_another_object(site: Site, simulator: Simulator) -> None:
    proposal = await site.propose(verb("scale", replicas=3))
    before = simulator.read("Deployment", "shop", "web")
    await removed(simulator)
    simulator.load([deployment()])
    assert simulator.read("Deployment", "shop", "web")["metadata"]["uid"] != before["metadata"]["uid"]
    with pytest.raises(Drifted, match="created anew"):
        await site.changes.approve(proposal.id, by="ann", digest=proposal.digest)
    assert not writes(simulator)


async def test_an_object_that_is_gone_cannot_be_proposed_anew(site: Site, simulator: Simulator) -> None:
    proposal = await site.propose(verb("scale", replicas=3))
    await removed(simulator)
    with pytest.raises(Drifted, match="does not exist") as drift:
        await site.changes.approve(proposal.id, by="ann", digest=proposal.digest)
    assert drift.value.proposal is None
    assert not landed(simulator)


CONFIG = "{apiVersion: v1, kind: ConfigMap, metadata: {name: made, namespace: shop}, data: {a: '1'}}"


async def test_an_object_that_appeared_meanwhile_is_not_taken_for_ours(
    site: Site, simulator: Simulator
) -> None:
    apply = operation("apply", {"manifest": CONFIG})
    assert isinstance(apply, Change)
    proposal = await site.propose(apply)
    theirs = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "made", "namespace": "shop"}}
    simulator.load([theirs | {"data": {"a": "2"}}])
    with pytest.raises(Drifted, match=r"Somebody created|created anew"):
        await site.changes.approve(proposal.id, by="ann")
    assert simulator.read("ConfigMap", "shop", "made")["data"] == {"a": "2"}
    assert not writes(simulator)
