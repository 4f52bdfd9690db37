"""The life of a change when all goes well, and when a person says no."""

from __future__ import annotations

import pytest
from sites import Site, landed, mark_in, verb, writes

from kubesteer.core.errors import Refused, Unusable
from kubesteer.simulator import Simulator


async def test_a_proposal_writes_nothing(site: Site, simulator: Simulator) -> None:
    proposal = await site.propose(verb("scale", replicas=3))
    assert proposal.record.state == "proposed"
    assert proposal.diff == "~ spec.replicas: 2 → 3"
    assert "from 2 to 3" in proposal.record.steps[0].explained.en
    assert not writes(simulator)


async def test_an_approved_change_is_applied_once_and_verified(site: Site, simulator: Simulator) -> None:
    record = await site.carry_out(verb("scale", replicas=3))
    assert (record.state, record.verified) == ("done", True)
    assert site.replicas() == 3
    (write,) = writes(simulator)
    assert mark_in(write) == record.id
    assert write.body["metadata"]["uid"]
    assert write.body["metadata"]["resourceVersion"]
    assert write.field_manager == "kubesteer"
    assert "3/3 ready" in record.outcome.en


async def test_progress_is_told(site: Site) -> None:
    await site.carry_out(verb("scale", replicas=4))
    assert any("watching whether it stays so" in text.en for text in site.told)


async def test_nothing_is_applied_without_approval(site: Site, simulator: Simulator) -> None:
    proposal = await site.propose(verb("scale", replicas=3))
    with pytest.raises(Refused, match="not approved yet"):
        await site.changes.execute(proposal.id)
    assert not writes(simulator)


async def test_a_rejected_change_stays_rejected(site: Site, simulator: Simulator) -> None:
    proposal = await site.propose(verb("scale", replicas=3))
    assert (await site.changes.reject(proposal.id, by="ann")).state == "rejected"
    with pytest.raises(Refused, match="rejected"):
        await site.changes.approve(proposal.id, by="ann")
    assert not writes(simulator)


async def test_a_plan_is_approved_as_a_whole_and_done_in_order(site: Site, simulator: Simulator) -> None:
    plan = [verb("scale", change=1), verb("scale", change=2), verb("restart")]
    record = await site.carry_out(*plan)
    assert record.state == "done"
    assert [step.diff for step in record.steps][:2] == ["~ spec.replicas: 2 → 3", "~ spec.replicas: 3 → 5"]
    assert site.replicas() == 5
    assert [mark_in(write) for write in landed(simulator)] == [f"{record.id}/{n}" for n in (1, 2, 3)]


async def test_undo_takes_the_last_change_back(site: Site) -> None:
    done = await site.carry_out(verb("scale", replicas=4))
    proposal = await site.changes.undo(asked_by="ann", words="undo that", language="en")
    assert proposal.diff == "~ spec.replicas: 4 → 2"
    await site.changes.approve(proposal.id, by="ann", digest=proposal.digest)
    assert (await site.changes.execute(proposal.id)).state == "done"
    assert site.replicas() == 2
    original = await site.changes.show(done.id)
    assert (original.state, original.undone_by) == ("undone", proposal.id)


async def test_a_plan_is_undone_in_reverse(site: Site) -> None:
    await site.carry_out(verb("scale", replicas=3), verb("restart"))
    proposal = await site.changes.undo(asked_by="ann", words="撤销", language="zh")
    assert ["restartedAt" in step.diff for step in proposal.record.steps] == [True, False]
    await site.changes.approve(proposal.id, by="ann")
    assert (await site.changes.execute(proposal.id)).state == "done"
    assert site.replicas() == 2


async def test_what_somebody_changed_since_is_not_undone(site: Site, simulator: Simulator) -> None:
    await site.carry_out(verb("scale", replicas=4))
    simulator.edit("Deployment", "shop", "web", lambda obj: obj["spec"].update(replicas=7))
    with pytest.raises(Refused, match="changed again since"):
        await site.changes.undo(asked_by="ann", words="undo", language="en")
    assert site.replicas() == 7


async def test_undo_by_operation_and_by_id(site: Site) -> None:
    scaled = await site.carry_out(verb("scale", replicas=4))
    await site.carry_out(verb("restart"))
    by_name = await site.changes.undo("scale", asked_by="ann", words="undo", language="en")
    assert by_name.record.undoes == scaled.id
    by_id = await site.changes.undo(scaled.id, asked_by="ann", words="undo", language="en")
    assert by_id.record.undoes == scaled.id


async def test_there_may_be_nothing_to_undo(site: Site) -> None:
    for named in (None, "scale", "chg-aaaaaaaaaa"):
        with pytest.raises(Refused):
            await site.changes.undo(named, asked_by="ann", words="undo", language="en")


async def test_what_cannot_be_undone_says_so_before_approval(site: Site) -> None:
    proposal = await site.propose(verb("delete"))
    irreversible = proposal.record.steps[0].irreversible
    assert irreversible is not None
    assert "cannot be undone" in irreversible.en


async def test_a_deletion_is_bound_to_the_uid(site: Site, simulator: Simulator) -> None:
    record = await site.carry_out(verb("delete"))
    assert record.state == "done"
    (write,) = writes(simulator)
    assert write.body["preconditions"]["uid"]


async def test_an_empty_plan_is_no_change(site: Site) -> None:
    with pytest.raises(Unusable):
        await site.propose()


async def test_history_tells_who_asked_for_what(site: Site) -> None:
    record = await site.carry_out(verb("scale", replicas=3))
    (listed,) = await site.changes.history()
    shape = listed.to_json()
    assert shape["operation"] == "scale"
    assert shape["arguments"] == {"kind": "Deployment", "namespace": "shop", "name": "web", "replicas": 3}
    assert (shape["state"], shape["asked_by"], shape["words"]) == ("done", "ann", "please")
    shown = await site.changes.show(record.id)
    events = [entry.event for entry in shown.audit]
    assert events == [
        *("proposed", "approved", "executing", "intended", "applied", "remark"),
        *("verifying", "settled", "done", "remark"),
    ]
    assert (await site.changes.verify_history()).intact


async def test_the_object_tells_the_story_too(site: Site, simulator: Simulator) -> None:
    record = await site.carry_out(verb("scale", replicas=3))
    events = [e for e in simulator.list("Event", "shop") if e["source"].get("component") == "kubesteer"]
    assert [event["reason"] for event in events if record.id in event["message"]]


async def test_no_secret_reaches_ledger_or_person(site: Site, simulator: Simulator) -> None:
    simulator.edit(
        "Deployment", "shop", "web", lambda obj: obj["metadata"].update(annotations={"password": "hunter2"})
    )
    proposal = await site.changes.propose(
        [verb("restart")], asked_by="ann", words="restart, password=hunter2", language="en"
    )
    await site.changes.approve(proposal.id, by="ann")
    record = await site.changes.execute(proposal.id)
    assert record.state == "done"
    await site.close()
    for file in (site.folder / "state").iterdir():
        assert b"hunter2" not in file.read_bytes(), file.name
