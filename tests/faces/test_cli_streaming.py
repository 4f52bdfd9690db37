"""An answer that was seen arriving is not printed twice, and nothing of it is lost."""

from __future__ import annotations

import io

import pytest

from kubesteer.faces.cli.screens import Screen


class Terminal(io.StringIO):
    """Standard output that somebody watches."""

    def isatty(self) -> bool:
        return True


def shown(monkeypatch: pytest.MonkeyPatch, pieces: tuple[str, ...], said: tuple[str, ...]) -> str:
    """What the terminal reads in the end."""
    terminal = Terminal()
    monkeypatch.setattr("sys.stdout", terminal)
    screen = Screen("en")
    for piece in pieces:
        screen.stream(piece)
    for words in said:
        screen.say(words)
    return terminal.getvalue()


def test_what_was_streamed_is_not_said_again(monkeypatch: pytest.MonkeyPatch) -> None:
    pieces = ("Let me look.\n", "All ", "is\nwell.", "\n")
    told = shown(monkeypatch, pieces, ("All is\nwell.\nSeen: [1] scan",))
    assert told == "Let me look.\nAll is\nwell.\nSeen: [1] scan\n"


def test_another_answer_than_the_one_streamed_is_said_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    told = shown(monkeypatch, ("la la la\n",), ("The rules took over.", "Done."))
    assert told == "la la la\nThe rules took over.\nDone.\n"


def test_only_a_terminal_sees_pieces(capsys: pytest.CaptureFixture[str]) -> None:
    screen = Screen("en")
    screen.stream("All ")
    screen.say("All is well.")
    assert capsys.readouterr().out == "All is well.\n"
