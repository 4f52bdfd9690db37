"""What may go wrong between an approval and its end, staged on the simulator."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from mortals import Fate, Killed, Mortal, dead_owner
from sites import NAMESPACE, Site, deployment, landed, mark_in, removed, settled, verb, writes

from kubesteer.core.errors import Unavailable
from kubesteer.core.operations import Change
from kubesteer.core.texts import Text
from kubesteer.engine.changes import Drifted, deliveries, verifications
from kubesteer.operations.registry import operation
from kubesteer.policies.regressions import Regression
from kubesteer.policies.rulebooks import Rulebook
from kubesteer.simulator import Fault, Simulator

DEPLOYMENTS = "/deployments/web"


def _stage(simulator: Simulator, **fault: object) -> Fault:
    return simulator.faults.add(Fault(**fault))  # type: ignore[arg-type]


async def test_a_webhook_that_refuses_after_the_dry_run(site: Site, simulator: Simulator) -> None:
    _stage(simulator, method="PATCH", status=403, dry_run=False, message="denied by policy-webhook")
    record = await site.carry_out(verb("scale", replicas=3))
    assert (record.state, record.verified) == ("failed", None)
    assert "policy-webhook" in record.outcome.en
    assert "Nothing was changed" in record.outcome.en
    assert site.replicas() == 2
    assert len(writes(simulator)) == 1


async def test_some_conflicts_are_outwaited(site: Site, simulator: Simulator) -> None:
    _stage(simulator, method="PATCH", path_regex=DEPLOYMENTS, status=409, dry_run=False, times=6)
    record = await site.carry_out(verb("scale", replicas=3))
    assert record.state == "done"
    assert [mark_in(write) for write in landed(simulator)] == [record.id]


async def test_a_storm_of_conflicts_ends_without_a_write(site: Site, simulator: Simulator) -> None:
    _stage(simulator, method="PATCH", path_regex=DEPLOYMENTS, status=409, dry_run=False)
    record = await site.carry_out(verb("scale", replicas=3))
    assert record.state == "failed"
    assert f"{deliveries.MOST_CONFLICTS} conflicts in a row" in record.outcome.en
    assert not landed(simulator)


async def test_a_write_whose_answer_is_lost_is_not_repeated(site: Site, simulator: Simulator) -> None:
    _stage(
        simulator, method="PATCH", path_regex=DEPLOYMENTS, dry_run=False, times=1, when="after", cut_after=0
    )
    record = await site.carry_out(verb("scale", replicas=3))
    assert record.state == "done"
    assert len(writes(simulator)) == 1
    assert site.replicas() == 3


async def test_a_write_that_never_arrived_is_sent_again(site: Site, simulator: Simulator) -> None:
    _stage(simulator, method="PATCH", path_regex=DEPLOYMENTS, dry_run=False, times=1, status=503)
    record = await site.carry_out(verb("scale", replicas=3))
    assert record.state == "done"
    assert [mark_in(write) for write in landed(simulator)] == [record.id]


async def test_a_server_that_is_silent_during_verification_is_waited_for(
    site: Site, simulator: Simulator
) -> None:
    async def silence() -> None:
        while not landed(simulator):
            await asyncio.sleep(0.01)
        _stage(simulator, method="GET", status=503)
        await asyncio.sleep(1.5)  # half a minute and more of the fast clock
        simulator.faults.clear()

    silent = asyncio.create_task(silence())
    record = await site.carry_out(verb("scale", replicas=3))
    await silent
    assert (record.state, record.verified) == ("done", True)
    assert any("does not answer; still waiting" in text.en for text in site.told)


async def test_a_server_that_stays_silent_leaves_the_change_for_resume(
    site: Site, simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verifications, "LONGEST_SILENCE", 1.0)
    proposal = await site.propose(verb("scale", replicas=3))
    await site.changes.approve(proposal.id, by="ann")

    def tell(text: Text, _done: int = 0, _total: int = 0, /) -> None:
        if "ready" in text.en:
            _stage(simulator, method="GET", status=503)

    with pytest.raises(Unavailable):
        await site.changes.execute(proposal.id, progress=tell)
    assert (await site.changes.show(proposal.id)).state == "verifying"
    simulator.faults.clear()
    (record,) = await site.changes.resume()
    assert (record.state, record.verified) == ("done", True)
    assert len(writes(simulator)) == 1
    assert not await site.changes.resume()


async def test_pods_beyond_the_quota_are_seen_and_undone(site: Site, simulator: Simulator) -> None:
    quota = {"apiVersion": "v1", "kind": "ResourceQuota", "spec": {"hard": {"pods": "3"}}}
    simulator.load([quota | {"metadata": {"name": "few", "namespace": "shop"}}])
    record = await site.carry_out(verb("scale", replicas=5))
    assert (record.state, record.verified) == ("undone", False)
    assert "exceeded quota" in record.outcome.en
    assert site.replicas() == 2
    assert [mark_in(write) for write in landed(simulator)] == [record.id, f"{record.id}/undo-1"]


def _make_bad(simulator: Simulator, **behaviour: str) -> None:
    def teach(obj: dict[str, dict[str, dict[str, object]]]) -> None:
        annotations = {f"simulator.kubesteer.io/{key.replace('_', '-')}": v for key, v in behaviour.items()}
        obj["spec"]["template"]["metadata"] = {"labels": {"app": "web"}, "annotations": annotations}

    simulator.edit("Deployment", "shop", "web", teach)


async def test_health_for_five_seconds_is_not_believed(tmp_path: Path) -> None:
    """At a speed at which a busy machine does not swallow the three seconds between crash and belief."""
    bad = deployment(image_behaviour="{v2: {healthy-for: 5}}")
    with Simulator([NAMESPACE, bad], speed=2, tick=0.01) as simulator:
        await settled(simulator)
        site = Site(simulator, tmp_path, speed=2)
        record = await site.carry_out(verb("set_image", image="app:v2"))
        await site.close()
        assert site.image() == "app:v1"
    assert (record.state, record.verified) == ("undone", False)
    assert "undone" in record.outcome.en


async def test_an_image_that_does_not_exist_is_undone(site: Site, simulator: Simulator) -> None:
    _make_bad(simulator, image_behaviour="{v2: {image-pull: not-found}}")
    await _calm(simulator)
    record = await site.carry_out(verb("set_image", image="app:v2"))
    assert record.state == "undone"
    assert site.image() == "app:v1"
    shown = await site.changes.show(record.id)
    assert "regressed" in [entry.event for entry in shown.audit]
    assert shown.to_json()["back"]


async def test_by_policy_a_person_decides_about_the_way_back(site: Site, simulator: Simulator) -> None:
    _make_bad(simulator, image_behaviour="{v2: {image-pull: not-found}}")
    await _calm(simulator)
    site.rulebook = Rulebook(regression=Regression("ask"))
    record = await site.carry_out(verb("set_image", image="app:v2"))
    assert (record.state, record.verified) == ("failed", False)
    assert f"kubesteer undo {record.id}" in record.outcome.en
    assert site.image() == "app:v2"
    back = await site.changes.undo(record.id, asked_by="ann", words="undo", language="en")
    await site.changes.approve(back.id, by="ann")
    assert (await site.changes.execute(back.id)).state == "done"
    assert site.image() == "app:v1"


async def test_a_plan_stops_at_the_first_failure_and_goes_back(site: Site, simulator: Simulator) -> None:
    _make_bad(simulator, image_behaviour="{v2: {image-pull: not-found}}")
    await _calm(simulator)
    plan = [verb("scale", replicas=3), verb("set_image", image="app:v2"), verb("scale", replicas=4)]
    record = await site.carry_out(*plan)
    assert record.state == "undone"
    assert (site.replicas(), site.image()) == (2, "app:v1")
    marks = [mark_in(write).removeprefix(record.id) for write in landed(simulator)]
    assert marks == ["/1", "/2", "/undo-1", "/undo-2"]


async def test_an_undo_that_is_refused_is_told(site: Site, simulator: Simulator) -> None:
    _make_bad(simulator, image_behaviour="{v2: {image-pull: not-found}}")
    await _calm(simulator)
    _stage(simulator, method="PATCH", status=403, dry_run=False, skip=1, message="frozen")
    record = await site.carry_out(verb("set_image", image="app:v2"))
    assert record.state == "failed"
    assert "Undoing it did not succeed" in record.outcome.en


async def test_an_object_deleted_under_our_hands(site: Site, simulator: Simulator) -> None:
    proposal = await site.propose(verb("scale", replicas=3))
    await site.changes.approve(proposal.id, by="ann")
    await removed(simulator)
    record = await site.changes.execute(proposal.id)
    assert record.state == "expired"
    assert not [write for write in landed(simulator) if write.verb == "patch"]


async def test_ctrl_c_leaves_a_change_that_resume_finishes(site: Site, simulator: Simulator) -> None:
    proposal = await site.propose(verb("scale", replicas=3))
    await site.changes.approve(proposal.id, by="ann")
    running = asyncio.create_task(site.changes.execute(proposal.id, progress=site.tell))
    while not landed(simulator):
        await asyncio.sleep(0.01)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert any("kubesteer resume" in text.en for text in site.told)
    (record,) = await site.changes.resume()
    assert record.state == "done"
    assert len(writes(simulator)) == 1


async def test_of_two_processes_one_carries_it_out(site: Site, simulator: Simulator, tmp_path: Path) -> None:
    other = Site(simulator, tmp_path)
    proposal = await site.propose(verb("scale", replicas=3))
    await site.changes.approve(proposal.id, by="ann")
    states = await asyncio.gather(
        site.changes.execute(proposal.id), other.changes.execute(proposal.id), return_exceptions=True
    )
    await other.close()
    assert sum(isinstance(state, Exception) for state in states) <= 1
    assert (await site.changes.show(proposal.id)).state == "done"
    assert len(writes(simulator)) == 1


async def _calm(simulator: Simulator) -> None:
    await asyncio.sleep(0.2)
    await settled(simulator)


async def _dies_before_sending(simulator: Simulator, folder: Path) -> None:
    """A process that puts its intent on record and is killed before the request leaves."""
    fate = Fate(1)
    dying = Site(simulator, folder, owner=dead_owner())
    dying.actuator = Mortal(dying.actuator, fate, ("send",))
    with pytest.raises(Killed):
        await dying.carry_out(verb("scale", replicas=3))
    # As dead as it is, it cannot give up its claim.
    await dying.close()


async def test_an_outcome_hidden_by_another_mark_is_not_repeated(
    site: Site, simulator: Simulator, tmp_path: Path
) -> None:
    await _dies_before_sending(simulator, tmp_path)
    other = {"kubesteer.io/change": "chg-elsewhere1"}
    simulator.edit("Deployment", "shop", "web", lambda obj: obj["metadata"].update(annotations=other))
    (record,) = await site.changes.resume()
    assert record.state == "failed"
    assert "cannot be told, so it is not sent again" in record.outcome.en
    assert not writes(simulator)


async def test_drift_during_an_interruption_is_not_written_over(
    site: Site, simulator: Simulator, tmp_path: Path
) -> None:
    await _dies_before_sending(simulator, tmp_path)
    simulator.edit("Deployment", "shop", "web", lambda obj: obj["spec"].update(replicas=6))
    (record,) = await site.changes.resume()
    assert record.state in ("failed", "expired")
    assert "6 → 3" in record.outcome.en
    assert not writes(simulator)
    assert site.replicas() == 6


async def test_a_secret_value_that_somebody_changed_is_drift_too(site: Site, simulator: Simulator) -> None:
    proposal = await site.propose(verb("set_env", variable="DB_PASSWORD", value="new-one"))
    assert "new-one" not in proposal.diff
    assert "hunter2" not in proposal.diff

    def change(
        obj: dict[str, dict[str, dict[str, dict[str, list[dict[str, list[dict[str, str]]]]]]]],
    ) -> None:
        obj["spec"]["template"]["spec"]["containers"][0]["env"][0]["value"] = "theirs"

    simulator.edit("Deployment", "shop", "web", change)
    with pytest.raises(Drifted):
        await site.changes.approve(proposal.id, by="ann")
    assert not writes(simulator)


async def test_a_budget_that_never_allows_an_eviction_ends_a_drain(
    site: Site, simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    budget = {
        "apiVersion": "policy/v1",
        "kind": "PodDisruptionBudget",
        "metadata": {"name": "all", "namespace": "shop"},
        "spec": {"minAvailable": 2, "selector": {"matchLabels": {"app": "web"}}},
    }
    simulator.load([budget])
    monkeypatch.setattr(deliveries, "PATIENCE", 20.0)
    await asyncio.sleep(0.2)
    node = next(pod["spec"]["nodeName"] for pod in simulator.list("Pod", "shop"))
    drain = operation("drain", {"name": node})
    assert isinstance(drain, Change)
    record = await site.carry_out(drain)
    assert (record.state, record.verified) == ("undone", False)
    assert "disruption budget" in record.outcome.en
    assert not simulator.read("Node", "", node)["spec"].get("unschedulable")
    assert len([pod for pod in simulator.list("Pod", "shop") if pod["spec"]["nodeName"] == node]) >= 1


async def test_pods_that_came_to_a_node_since_are_drift(site: Site, simulator: Simulator) -> None:
    node = next(pod["spec"]["nodeName"] for pod in simulator.list("Pod", "shop"))
    drain = operation("drain", {"name": node})
    assert isinstance(drain, Change)
    proposal = await site.propose(drain)
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "late", "namespace": "shop"}}
    simulator.load([pod | {"spec": {"nodeName": node, "containers": [{"name": "a", "image": "a:v1"}]}}])
    with pytest.raises(Drifted, match="Pod shop/late"):
        await site.changes.approve(proposal.id, by="ann")
    assert not writes(simulator)


async def test_events_that_may_not_be_written_are_noted_and_no_more(site: Site, simulator: Simulator) -> None:
    _stage(simulator, method="POST", path_regex="/events", status=403)
    record = await site.carry_out(verb("scale", replicas=3))
    assert record.state == "done"
    notes = [entry.text.en for entry in (await site.changes.show(record.id)).audit if entry.event == "remark"]
    assert len(notes) == 2
    assert all(note.startswith("no Kubernetes Event was written") for note in notes)


async def test_a_change_that_cannot_go_on_does_not_keep_others_from_it(
    site: Site, simulator: Simulator, tmp_path: Path
) -> None:
    await _dies_before_sending(simulator, tmp_path)
    simulator.load([deployment("other")])
    proposal = await site.propose(verb("label", name="other", key="a", value="b"))
    await site.changes.approve(proposal.id, by="ann")
    _stage(simulator, method="GET", path_regex=DEPLOYMENTS, status=401)
    records = await site.changes.resume()
    assert [record.state for record in records] == ["executing", "done"]
    simulator.faults.clear()
    assert [record.state for record in await site.changes.resume()] == ["done"]
