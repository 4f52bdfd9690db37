"""What a model has cost: requests, tokens and, where its price is known, money."""

from __future__ import annotations

from dataclasses import dataclass

from kubesteer.core.errors import Misconfigured
from kubesteer.core.texts import Text


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars for a million tokens, sent and received."""

    sent: float
    received: float

    @classmethod
    def parsed(cls, words: str) -> Price | None:
        """The price in `0.27,1.10`; None for "".

        Raises:
            Misconfigured: it is not two numbers.
        """
        if not words:
            return None
        try:
            sent, received = (float(part) for part in words.split(","))
        except ValueError:
            sent = received = -1.0
        if not (0 <= sent < 1e6 and 0 <= received < 1e6):
            raise Misconfigured(
                Text(
                    "KUBESTEER_MODEL_PRICE 应为两个数,如 0.27,1.10(每百万 token 的美元价:输入,输出)。",
                    "KUBESTEER_MODEL_PRICE must be two numbers such as 0.27,1.10 (US dollars for a million tokens: "
                    "sent, received).",
                )
            )
        return cls(sent, received)

    def of(self, sent: int, received: int) -> float:
        """The money that so many tokens cost."""
        return (sent * self.sent + received * self.received) / 1e6


@dataclass(frozen=True, slots=True)
class Usage:
    """Requests made and tokens used. `money` is in US dollars, None where a price was not known; `estimated`
    tells that the provider left tokens uncounted and we counted ourselves."""

    requests: int = 0
    sent: int = 0
    received: int = 0
    money: float | None = 0.0
    estimated: bool = False

    @property
    def tokens(self) -> int:
        """Sent and received."""
        return self.sent + self.received

    def __add__(self, other: Usage) -> Usage:
        money = None if self.money is None or other.money is None else self.money + other.money
        return Usage(
            self.requests + other.requests,
            self.sent + other.sent,
            self.received + other.received,
            money,
            self.estimated or other.estimated,
        )

    def text(self, model: str) -> Text:
        """One line for `--verbose` and the ledger: `deepseek:deepseek-chat: 2 requests, 3120+210 tokens, $0.0011`."""
        about = "≈" if self.estimated else ""
        counts = f"{about}{self.sent}+{self.received}"
        zh_cost = "价格未知" if self.money is None else f"${self.money:.4f}"
        en_cost = "price unknown" if self.money is None else f"${self.money:.4f}"
        plural = "" if self.requests == 1 else "s"
        return Text(
            f"{model}:{self.requests} 次请求,{counts} 个 token(发+收),{zh_cost}",
            f"{model}: {self.requests} request{plural}, {counts} tokens (sent+received), {en_cost}",
        )
