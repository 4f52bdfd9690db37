"""The table of decisions about load, row by row."""

from __future__ import annotations

import pytest

from kubesteer.policies.decisions import ENOUGH_SAMPLES, TARGET, Pressure, decide, wanted_replicas

MIB = 1024 * 1024
HIGH = (0.93, 0.93, 0.93)


def test_three_replicas_at_93_percent_become_five() -> None:
    decision = decide(Pressure(3, HIGH))
    assert (decision.what, decision.replicas) == ("scale", 5)
    assert "93%" in decision.reason.en
    assert "从 3 个副本扩到 5 个" in decision.reason.zh


@pytest.mark.parametrize(
    ("replicas", "share", "wanted"),
    [(1, 0.8, 2), (2, 0.9, 3), (3, 0.93, 5), (10, 0.6, 11), (4, 1.2, 8), (5, 3.0, 25)],
)
def test_how_many_replicas(replicas: int, share: float, wanted: int) -> None:
    assert wanted_replicas(replicas, share) == wanted
    assert replicas * share / wanted <= TARGET + 1e-6 or wanted == replicas + 1


def test_never_beyond_the_limit() -> None:
    assert decide(Pressure(3, HIGH), most=4).replicas == 4
    reached = decide(Pressure(4, HIGH), most=4)
    assert reached.what == "nothing"
    assert "limit of 4 replicas is reached" in reached.reason.en


def test_killed_for_memory_outweighs_a_busy_cpu() -> None:
    decision = decide(Pressure(3, HIGH, killed_for_memory=2, memory_limit=256 * MIB))
    assert (decision.what, decision.memory_limit) == ("memory", 384 * MIB)
    assert "OOMKilled twice" in decision.reason.en or "OOMKilled 2 times" in decision.reason.en
    assert "from 256Mi to 384Mi" in decision.reason.en


@pytest.mark.parametrize(("limit", "then"), [(64, 128), (100, 192), (128, 192), (512, 768)])
def test_memory_grows_in_whole_steps(limit: int, then: int) -> None:
    assert decide(Pressure(1, killed_for_memory=1, memory_limit=limit * MIB)).memory_limit == then * MIB


def test_without_a_limit_the_node_ran_out() -> None:
    decision = decide(Pressure(1, killed_for_memory=1))
    assert decision.what == "nothing"
    assert "the node ran out" in decision.reason.en


@pytest.mark.parametrize("cpu", [(0.93, 0.4, 0.93), (0.79, 0.79, 0.79), (0.1, 0.1, 0.1)])
def test_a_peak_is_no_load(cpu: tuple[float, ...]) -> None:
    decision = decide(Pressure(3, cpu))
    assert (decision.what, decision.judged) == ("nothing", True)
    assert "not scaling" in decision.reason.en


@pytest.mark.parametrize("cpu", [(), (None, None, None, None), (0.9,), (0.9, None, 0.9)])
def test_what_was_not_measured_is_not_judged(cpu: tuple[float | None, ...]) -> None:
    decision = decide(Pressure(3, cpu))
    assert (decision.what, decision.judged) == ("nothing", False)
    assert f"{ENOUGH_SAMPLES} are needed" in decision.reason.en
