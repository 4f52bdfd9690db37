"""Replies at the approval prompt."""

from __future__ import annotations

import pytest

from kubesteer.faces.cli.consents import agreement


@pytest.mark.parametrize(
    "reply", ["y", "Y", "yes", "yes please", "ok", "好的", "好,执行吧", "可以", "确认!", "是", "go ahead"]
)
def test_yes(reply: str) -> None:
    assert agreement(reply) is True


@pytest.mark.parametrize(
    "reply", ["", "  ", "n", "no", "No thanks", "不", "不要了", "算了吧", "cancel", "never mind"]
)
def test_no(reply: str) -> None:
    assert agreement(reply) is False


@pytest.mark.parametrize(
    "reply",
    [
        "no, make that 5",
        "不对,我是说 4",
        "yes but in staging",
        "yesterday",
        "okra",
        "可以吗",
        "y n",
        "why?",
        "yes, and delete web",
    ],
)
def test_neither_is_no_yes(reply: str) -> None:
    assert agreement(reply) is None
