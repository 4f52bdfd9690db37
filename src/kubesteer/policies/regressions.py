"""What happens when a change does not become healthy: it is undone (the default), or a person is asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Regression:
    """`undo` takes the change back by itself and says so; `ask` leaves it and says how to undo it."""

    action: Literal["undo", "ask"] = "undo"
