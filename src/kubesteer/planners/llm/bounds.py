"""What one turn may take: steps, tokens, seconds and money; and which bound is reached."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kubesteer.core.errors import Misconfigured
from kubesteer.core.texts import Text
from kubesteer.planners.llm.costs import Usage

MOST_STEPS = 11
"""The engine ends a turn after twelve steps of its own; a model must have answered before."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """Bounds of one turn. Tokens count what is sent and what comes back, over all requests of the turn."""

    steps: int = 8
    tokens: int = 20_000
    seconds: float = 120.0
    money: float = 0.50  # US dollars; holds only where the model's price is known

    @classmethod
    def parsed(cls, given: Mapping[str, str]) -> Bounds:
        """Bounds from settings, "" leaves a default.

        Raises:
            Misconfigured: not a positive number.
        """
        numbers = {name: _positive(name, value) for name, value in given.items() if value}
        usual = cls()
        return cls(
            steps=min(round(numbers.get("steps", usual.steps)) or 1, MOST_STEPS),
            tokens=round(numbers.get("tokens", usual.tokens)) or 1,
            seconds=numbers.get("seconds", usual.seconds),
            money=numbers.get("money", usual.money),
        )

    @property
    def tokens_reached(self) -> Text:
        """The words for the bound of tokens."""
        return Text(f"已到 {self.tokens} 个 token 的上限", f"the bound of {self.tokens} tokens is reached")

    def reached(self, steps: int, spent: Usage, seconds: float) -> Text | None:
        """The bound that forbids another request; None while there is none."""
        if steps >= self.steps:
            return Text(f"已到 {self.steps} 步的上限", f"the bound of {self.steps} steps is reached")
        if spent.tokens >= self.tokens:
            return Text(
                f"已到 {self.tokens} 个 token 的上限", f"the bound of {self.tokens} tokens is reached"
            )
        if seconds >= self.seconds:
            return Text(
                f"已到 {self.seconds:g} 秒的上限", f"the bound of {self.seconds:g} seconds is reached"
            )
        if spent.money is not None and spent.money >= self.money:
            return Text(f"已到 ${self.money:g} 的上限", f"the bound of ${self.money:g} is reached")
        return None


def _positive(name: str, value: str) -> float:
    try:
        number = float(value)
    except ValueError:
        number = 0.0
    if not 0 < number < 1e12:
        raise Misconfigured(
            Text(
                f"KUBESTEER_MODEL_{name.upper()} 应为正数。",
                f"KUBESTEER_MODEL_{name.upper()} must be positive.",
            )
        )
    return number
