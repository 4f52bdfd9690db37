"""On a terminal: chat, Ctrl-C at the prompt, colours."""

from __future__ import annotations

import os
import pty
import re
import select
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from kubesteer.simulator import Simulator

KUBESTEER = str(Path(sys.executable).with_name("kubesteer"))
PATIENCE = 60.0
"""Seconds for a hanging test, not an expectation."""


class Terminal:
    """A kubesteer on a pseudo-terminal."""

    def __init__(self, *arguments: str, environ: dict[str, str]) -> None:
        self._pid, self._fd = pty.fork()
        if self._pid == 0:
            os.execvpe(KUBESTEER, [KUBESTEER, *arguments], environ)
        self._seen = ""

    def type(self, line: str, end: str = "\r") -> None:
        """Press these keys and Enter."""
        os.write(self._fd, (line + end).encode())

    def until(self, pattern: str) -> str:
        """Read until something appears; what was read since the last time."""
        limit = time.monotonic() + PATIENCE
        while not (found := re.search(pattern, self._seen)):
            assert time.monotonic() < limit, f"no {pattern} in:\n{self._seen}"
            if select.select([self._fd], [], [], 0.2)[0]:
                self._seen += os.read(self._fd, 65536).decode(errors="replace")
        seen, self._seen = self._seen[: found.end()], self._seen[found.end() :]
        return seen

    def leave(self) -> int:
        """The exit status."""
        while True:
            try:
                if not os.read(self._fd, 65536):
                    break
            except OSError:
                break
        return os.waitstatus_to_exitcode(os.waitpid(self._pid, 0)[1])

    def kill(self) -> None:
        """Whatever it does, no longer."""
        try:
            os.kill(self._pid, signal.SIGKILL)
            os.waitpid(self._pid, 0)
        except (ProcessLookupError, ChildProcessError):
            return


@pytest.fixture
def environ(kubeconfig: Path, tmp_path: Path) -> dict[str, str]:
    return {
        **os.environ,
        "KUBECONFIG": str(kubeconfig),
        "KUBESTEER_STATE": str(tmp_path / "state"),
        "TERM": "xterm",
        "LANG": "en_US.UTF-8",
    }


@pytest.fixture
def chat(environ: dict[str, str]) -> Iterator[Terminal]:
    terminal = Terminal("chat", environ=environ)
    yield terminal
    terminal.kill()


def patches(simulator: Simulator) -> int:
    """Real writes of Deployments."""
    return sum(
        1
        for r in simulator.audit
        if r.verb == "patch" and r.resource == "deployments" and not r.dry_run and "kubesteer" in r.user_agent
    )


def test_a_conversation(chat: Terminal, simulator: Simulator) -> None:
    before = patches(simulator)
    chat.until("kubesteer>")
    chat.type("is web in shop ok?")
    chat.until("2/2")
    chat.type("restart it")
    chat.until(r"\[y/N\] ")
    assert patches(simulator) == before
    chat.type("n")
    chat.until("nothing was changed")
    chat.type("exit")
    assert chat.leave() == 0
    assert patches(simulator) == before


def test_ctrl_c_at_the_prompt_leaves_the_proposal(environ: dict[str, str], simulator: Simulator) -> None:
    before = patches(simulator)
    terminal = Terminal("ask", "restart web in shop", environ=environ)
    terminal.until(r"\[y/N\] ")
    terminal.type("", end="\x03")
    terminal.until("kubesteer approve chg-")

    assert terminal.leave() == 3
    assert patches(simulator) == before


def test_ctrl_c_during_a_change_can_be_resumed(environ: dict[str, str], simulator: Simulator) -> None:
    before = patches(simulator)
    terminal = Terminal("ask", "restart web in shop", environ=environ)
    terminal.until(r"\[y/N\] ")
    terminal.type("y")
    terminal.until("replicas updated|watching")
    terminal.type("", end="\x03")
    terminal.until("kubesteer resume")
    assert terminal.leave() == 130

    again = Terminal("resume", environ=environ)
    again.until("chg-.* done")
    assert again.leave() == 0
    assert patches(simulator) == before + 1


def test_colour_where_there_is_a_terminal(environ: dict[str, str]) -> None:
    terminal = Terminal("ask", "restart web in shop", environ=environ)
    assert re.search("\x1b\\[3[23]m[+~]", terminal.until(r"\[y/N\] "))
    terminal.type("n")

    assert terminal.leave() == 3


def test_other_words_at_the_prompt_are_heard(environ: dict[str, str], simulator: Simulator) -> None:
    before = patches(simulator)
    terminal = Terminal("ask", "scale web in shop to 4", environ=environ)
    terminal.until(r"\[y/N\] ")
    terminal.type("no, make that 5")
    assert "→ 5" in terminal.until(r"\[y/N\] ")
    terminal.type("n")

    assert terminal.leave() == 3
    assert patches(simulator) == before
