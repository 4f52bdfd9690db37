"""A simulator that starts with a past."""

from __future__ import annotations

from datetime import UTC, datetime

from cluster_lab import pod, status_of

from kubesteer.simulator import Simulator
from kubesteer.simulator.clock import parse_stamp


def test_what_would_have_happened_has_happened() -> None:
    with Simulator([pod("sick", crash="{after: 1}"), pod("well")], age=600) as cluster:
        sick, well = (cluster.read("Pod", "default", name) for name in ("sick", "well"))
        born = parse_stamp(well["metadata"]["creationTimestamp"])
        lived = (datetime.now(UTC) - born).total_seconds()
        assert lived >= 599
        status = status_of(sick)["containerStatuses"][0]
        assert status["restartCount"] >= 5
        assert status["state"]["waiting"]["reason"] == "CrashLoopBackOff"
        assert status_of(well)["containerStatuses"][0]["restartCount"] == 0


def test_time_goes_on_from_now() -> None:
    with Simulator([], age=600, speed=50) as cluster:
        cluster.load([pod("later")])
        made = parse_stamp(cluster.read("Pod", "default", "later")["metadata"]["creationTimestamp"])
        assert abs((datetime.now(UTC) - made).total_seconds()) < 60
