"""Why a model could not be used, in words for a person and, for a repair, in words for the model."""

from __future__ import annotations

from dataclasses import dataclass

from kubesteer.core.texts import Text


@dataclass(frozen=True, slots=True)
class Trouble:
    """`again`: whether a second attempt makes sense; `after`: seconds to wait before it; `hint`: what to tell
    the model, "" where it has done nothing wrong; `charged`: whether the provider will have counted tokens."""

    text: Text
    again: bool = True
    after: float = 0.0
    hint: str = ""
    charged: bool = False


class Unanswered(Exception):
    """A request to a model gave no reply that can be read."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble.text.en)
        self.trouble = trouble


def nonsense(zh: str, en: str, hint: str = "") -> Trouble:
    """The model replied, and the reply cannot be used."""
    return Trouble(Text(zh, en), hint=hint or en, charged=True)
