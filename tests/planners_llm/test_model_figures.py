"""Figures that nobody saw are found; those that were seen, counted or converted are not."""

from __future__ import annotations

import pytest

from kubesteer.planners.llm.figures import unseen

SEEN = [
    '<data [1]>\n{"replicas":3,"ready":1,"memory":536870912,"cpu":0.93,"pods":["a","b"],"ip":"10.0.3.7"}\n</data>'
]


@pytest.mark.parametrize(
    "answer",
    [
        "3 replicas, 1 ready [1].",
        "It uses 512Mi of memory and 0.93 cores, 93% of one.",
        "2 pods exist.",  # the length of a list
        "Its address is 10.0.3.7.",
        "1. Look at it\n2. Think\n3) Done",
        "cart-7f9b6d5c4-x2x9z on k8s v-next",
        "cpu is 0.9 cores",  # rounded
        "有 3 个副本,其中 1 个就绪[1]。",
    ],
)
def test_figures_that_were_seen(answer: str) -> None:
    assert unseen(answer, SEEN) == ()


@pytest.mark.parametrize(
    ("answer", "figures"),
    [
        ("5 replicas", ("5",)),
        ("it uses 600Mi", ("600Mi",)),
        ("95% of the memory", ("95%",)),
        ("address 10.0.3.8", ("10.0.3.8",)),
        ("at 10:31:05", ("10:31:05",)),
        ("内存用了 97%,重启了 41 次", ("97%", "41")),
        ("17 restarts, I repeat: 17", ("17",)),
        ("exit code 137", ("137",)),
    ],
)
def test_figures_that_nobody_saw(answer: str, figures: tuple[str, ...]) -> None:
    assert unseen(answer, SEEN) == figures


def test_a_figure_inside_a_longer_one_was_not_seen() -> None:
    assert unseen("7 errors", ["count: 1712"]) == ("7",)


@pytest.mark.parametrize("seen", ["{" * 5000, '{"a":' * 5000, "1" * 5000, "9e999999 1e999"])
def test_odd_observations_do_no_harm(seen: str) -> None:
    assert unseen("41 of them", [seen]) == ("41",)
