"""The loop that runs controllers, the clock it lives by, and the events that are told."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

import pytest
from cluster_lab import START, Lab, pod, workload

from kubesteer.simulator.clock import Clock, parse_stamp, stamp
from kubesteer.simulator.controllers.loop import RETRY_SECONDS, Loop
from kubesteer.simulator.events import Recorder
from kubesteer.simulator.failures import bad_request
from kubesteer.simulator.objects import clone
from kubesteer.simulator.store import Change, ObjectKey, Store


class Counting:
    """Looks at every object, again after `again` seconds."""

    def __init__(self, again: float | None, *, fails: bool = False) -> None:
        self.again = again
        self.fails = fails
        self.seen: list[ObjectKey] = []

    def concerns(self, change: Change) -> Iterable[ObjectKey]:
        yield "", change.entry.obj["metadata"]["name"]

    def reconcile(self, key: ObjectKey) -> float | None:
        self.seen.append(key)
        if self.fails:
            raise bad_request("refused")
        return self.again


class Bench:
    """A loop with one controller, on a clock that is moved by hand."""

    def __init__(self, controller: Counting, speed: float = 1.0) -> None:
        self.now = START
        self.clock = Clock(lambda: self.now, speed)
        self.store = Store()
        self.loop = Loop(self.store, self.clock, [controller], 0.0)

    def put(self, name: str) -> None:
        self.store.put(
            ("", "things"), {"metadata": {"name": name, "uid": name}, "kind": "Thing", "apiVersion": "v1"}
        )

    def wait(self, seconds: float) -> int:
        self.now += timedelta(seconds=seconds)
        return self.loop.step()


def test_changes_of_one_object_are_one_look() -> None:
    bench = Bench(controller := Counting(None))
    for _ in range(3):
        bench.put("a")
    bench.put("b")
    assert bench.wait(0) == 2
    assert controller.seen == [("", "a"), ("", "b")]
    assert bench.wait(100) == 0


def test_it_comes_back_when_asked_to_by_simulated_time() -> None:
    bench = Bench(controller := Counting(60.0), speed=10.0)
    bench.put("a")
    bench.wait(0)
    assert bench.wait(5.9) == 0
    assert bench.wait(0.2) == 1
    assert len(controller.seen) == 2


def test_a_refused_write_is_tried_again() -> None:
    bench = Bench(Counting(None, fails=True))
    bench.put("a")
    assert bench.wait(0) == 1
    assert bench.wait(RETRY_SECONDS - 1) == 0
    assert bench.wait(1.1) == 1
    assert bench.loop.broken is None


def test_a_past_is_lived_through_moment_by_moment() -> None:
    bench = Bench(controller := Counting(60.0))
    bench.clock.hold(START - timedelta(seconds=600))
    bench.put("a")
    bench.loop.live_until(START)
    assert len(controller.seen) == 11
    assert bench.clock.now() == START
    bench.clock.hold(None)
    bench.now += timedelta(seconds=5)
    assert bench.clock.elapsed(START) == 5


def test_a_clock_that_runs_faster() -> None:
    clock = Clock(lambda: START, 10.0)
    assert clock.after(60) == START + timedelta(seconds=6)
    assert clock.elapsed(START - timedelta(seconds=2)) == 20
    assert clock.after(1e30) > START
    assert parse_stamp(stamp(START)) == START
    with pytest.raises(ValueError, match="positive"):
        Clock(speed=0)


class TestRecorder:
    def test_the_same_again_is_counted(self) -> None:
        lab = Lab()
        made = lab.add(pod("it"))
        recorder = Recorder(lab.store, lab.clock)
        for _ in range(3):
            recorder.record(made, "Warning", "Sick", "it coughs", "kubelet", host="node-01")
            lab.now += timedelta(seconds=5)
        recorder.record(made, "Warning", "Sick", "it sneezes", "kubelet", host="node-01")
        found = [event for event in lab.all("Event") if event["reason"] == "Sick"]
        assert sorted(event["count"] for event in found) == [1, 3]
        counted = max(found, key=lambda event: event["count"])
        assert counted["source"] == {"component": "kubelet", "host": "node-01"}
        assert (counted["firstTimestamp"], counted["lastTimestamp"]) == (stamp(START), "2026-01-01T12:00:10Z")

    def test_the_scheduler_s_are_of_the_newer_kind(self) -> None:
        lab = Lab(nodes=0)
        lab.add(pod("it"))
        lab.run(700)
        event = next(event for event in lab.all("Event") if event["reason"] == "FailedScheduling")
        assert event["eventTime"]
        assert "count" not in event
        assert event["series"]["count"] == 3

    def test_an_event_that_was_deleted_is_told_anew(self) -> None:
        lab = Lab()
        made = lab.add(pod("it"))
        recorder = Recorder(lab.store, lab.clock)
        recorder.record(made, "Normal", "Told", "once", "kubelet")
        old = next(event for event in lab.all("Event") if event["reason"] == "Told")
        lab.store.remove(("", "events"), "default", old["metadata"]["name"])
        recorder.record(made, "Normal", "Told", "once", "kubelet")
        assert [event["count"] for event in lab.all("Event") if event["reason"] == "Told"] == [1]


def test_events_are_forgotten_an_hour_after_they_last_happened() -> None:
    lab = Lab()
    lab.add(pod("once"))
    lab.add(pod("often", crash="{after: 60}"))
    lab.run(3500)
    assert {reason for reason, _ in lab.events("Pod", "once")} >= {"Scheduled", "Started"}
    lab.run(200)
    assert lab.events("Pod", "once") == []
    assert {"Started", "BackOff"} <= {reason for reason, _ in lab.events("Pod", "often")}
    assert "Scheduled" not in {reason for reason, _ in lab.events("Pod", "often")}


def test_the_same_history_gives_the_same_cluster() -> None:
    shapes = []
    for _ in range(2):
        lab = Lab()
        lab.add(workload("Deployment", "web", replicas=3))
        lab.run(30)
        shapes.append(
            sorted(
                (p["spec"]["nodeName"], p["status"]["podIP"], p["status"]["startTime"])
                for p in lab.all("Pod")
            )
        )
    assert shapes[0] == shapes[1]


@pytest.mark.parametrize("garbage", ["", "soon", "2026-13-45T99:00:00Z", "x" * 1000])
def test_times_that_somebody_wrote_into_a_status_break_nothing(garbage: str) -> None:
    lab = Lab()
    lab.add(workload("Deployment", "web", replicas=1, minReadySeconds=5))
    lab.run(1)

    def spoil(kind: str, name: str) -> None:
        """Behind the back of the API, which would refuse it: as an older version may have let it through."""
        obj = clone(lab.get(kind, name))
        for entry in obj["status"].get("conditions", []):
            entry |= {"lastTransitionTime": garbage, "lastUpdateTime": garbage}
        for status in obj["status"].get("containerStatuses", []):
            status["state"] = {"running": {"startedAt": garbage}}
        lab.store.put(lab.cluster.registry.named(kind).key, obj)
        lab.settle()

    victim = lab.all("Pod")[0]["metadata"]["name"]
    spoil("Pod", victim)
    lab.loads.usage(lab.get("Pod", victim), "app")
    spoil("Deployment", "web")
    lab.run(60)
    assert lab.get("Deployment", "web")["status"]["availableReplicas"] == 1
