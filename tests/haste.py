"""Less patience for tests: how long a change must stay healthy is shortened, and nothing else.

`tests/engine/changes` tests the true figures on a clock of its own.
"""

from __future__ import annotations

import pytest

from kubesteer.engine.changes import verifications


def shorten(monkeypatch: pytest.MonkeyPatch) -> None:
    """Believe a change after half a second of health."""
    monkeypatch.setattr(verifications, "steady_seconds", lambda *_: 0.5)
