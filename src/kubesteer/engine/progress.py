"""Progress of long work, told to whoever watches: a terminal, an event stream."""

from __future__ import annotations

from typing import Protocol

from kubesteer.core.texts import Text


class Narrator(Protocol):
    """Receives a line of progress; `done` of `total`, where there is a count."""

    def __call__(self, text: Text, done: int = 0, total: int = 0, /) -> None: ...


def silent(_text: Text, _done: int = 0, _total: int = 0) -> None:
    """Nobody watches."""
