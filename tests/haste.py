"""Less patience for tests: how long a change must stay healthy is shortened, and nothing else.

`tests/engine/changes` tests the true figures on a clock of its own.
"""

from __future__ import annotations

import pytest

from kubesteer.core.operations import Change
from kubesteer.engine.changes import verifications


def shorten(monkeypatch: pytest.MonkeyPatch) -> None:
    """Believe a change after half a second of health."""
    monkeypatch.setattr(Change, "steady_seconds", 0.5)
    monkeypatch.setattr(verifications, "NEW_PODS_STEADY_SECONDS", 0.5)
