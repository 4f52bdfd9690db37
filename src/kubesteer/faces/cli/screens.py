"""What a person sees: answers on standard output, progress on standard error, colour on a terminal."""

from __future__ import annotations

import json
import select
import signal
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, TextIO

from kubesteer.core.texts import Language, Text
from kubesteer.faces.cli.consents import agreement

if TYPE_CHECKING:
    from kubesteer.adapters.kubernetes.exchanges import Exchange
    from kubesteer.app import App
    from kubesteer.core.ledgers import Proposal

_HEADING = Text("拟执行的变更 {id}:", "Proposed change {id}:")
_SEVERITY_COLOURS = {
    "critical": "\x1b[1;31m",
    "warning": "\x1b[33m",
    "严重": "\x1b[1;31m",
    "警告": "\x1b[33m",
}
LONG_COUNT = 10
_GRACE = 0.5  # seconds that a piped answer (`yes | kubesteer …`) may take to arrive


class Screen:
    """One command's output in one language. JSON output silences everything but the result."""

    def __init__(self, language: Language, *, output: str = "text", errors: TextIO | None = None) -> None:
        self.language = language
        self.output = output
        self._errors = errors or sys.stderr
        self._last = ""
        self._shown = 0.0
        self._unheard = ""
        self._live = ""

    @property
    def interactive(self) -> bool:
        """Whether there is a person at both ends."""
        return self.output == "text" and sys.stdin.isatty() and sys.stdout.isatty()

    def say(self, words: str) -> None:
        """Part of the answer; left out of JSON, which carries it whole."""
        rest = self._not_yet_streamed(words)
        if self.output != "json" and rest:
            print(rest, flush=True)

    def stream(self, piece: str) -> None:
        """A piece of an answer as it arrives: on a terminal it is seen at once, elsewhere with the whole."""
        if self.output != "json" and sys.stdout.isatty():
            self._live += piece
            print(piece, end="", flush=True)

    def _not_yet_streamed(self, words: str) -> str:
        """What of the words the person has not seen arriving."""
        live, self._live = self._live, ""
        starts = [0, *(i + 1 for i, char in enumerate(live) if char == "\n")]
        for streamed in (live[start:].strip() for start in starts):
            if streamed and words.startswith(streamed):
                return words[len(streamed) :].removeprefix("\n")
        return words

    def cost(self, app: App) -> None:
        """What a model has cost, for `-v`."""
        spent = app.cost() if app.settings.verbose else None
        if spent is not None:
            self.progress(spent)

    def json(self, body: Mapping[str, Any]) -> None:
        """The result for programs."""
        print(json.dumps(body, ensure_ascii=False, default=str), flush=True)

    def progress(self, text: Text, done: int = 0, total: int = 0) -> None:
        """A line of progress. Of a long count, which goes by quickly, at most one line a second is shown."""
        line = text.of(self.language)
        if total:
            line += f"  [{done}/{total}]"
        if line == self._last or self.output == "json":
            return
        now = time.monotonic()
        if total > LONG_COUNT and now - self._shown < 1.0:
            return
        self._last, self._shown = line, now
        print(self._dimmed(f"  … {line}"), file=self._errors, flush=True)

    def trace(self, exchange: Exchange) -> None:
        """One API request with its status and time, for `-v`."""
        came = str(exchange.status) if exchange.status else exchange.trouble or "no answer"
        line = f"{exchange.method:6} {exchange.target}  {came}  {exchange.milliseconds:.0f} ms"
        print(self._dimmed(line), file=self._errors, flush=True)

    def proposal(self, proposal: Proposal) -> None:
        """What would be done, before approval: each step's diff under its meaning."""
        record = proposal.record
        self.say(_HEADING.of(self.language).format(id=proposal.id))
        for step in record.steps:
            self.say(f"  {step.explained.of(self.language)}")
            self.diff(step.diff)

    def findings(self, words: str) -> None:
        """A diagnosis, its severities in colour on a terminal."""
        if sys.stdout.isatty():
            for severity, colour in _SEVERITY_COLOURS.items():
                words = words.replace(severity, f"{colour}{severity}\x1b[0m")
        self.say(words)

    def _dimmed(self, line: str) -> str:
        return f"\x1b[2m{line}\x1b[0m" if self._errors.isatty() else line

    def diff(self, diff: str) -> None:
        """A diff: what goes in red, what comes in green, what changes in yellow."""
        if self.output == "json":
            return
        colours = {"-": "\x1b[31m", "+": "\x1b[32m", "~": "\x1b[33m"} if sys.stdout.isatty() else {}
        for line in diff.splitlines():
            colour = colours.get(line.lstrip()[:1], "")
            print(f"    {colour}{line}{chr(27) + '[0m' if colour else ''}", flush=True)

    def consent(self, question: Text) -> bool | None:
        """A yes or no; None where nobody is there to give one, or Ctrl-C leaves the question open.

        Anything else is no yes, and is kept for `unheard`.
        """
        if self.output == "json":
            return None
        if not self.interactive and not _answer_waits():
            return None
        reply = self._asked(f"{question.of(self.language)} [y/N] ")
        if not reply:
            print(file=self._errors, flush=True)
            return None
        agreed = agreement(reply)
        if agreed is None:
            self._unheard = reply.strip()
        return bool(agreed)

    def unheard(self) -> str:
        """What was said instead of a yes or a no, once; "" where nothing was."""
        words, self._unheard = self._unheard, ""
        return words

    def reply(self, prompt: str = "> ") -> str:
        """A person's next words; "" where there is nobody."""
        if not self.interactive:
            return ""
        return self._asked(prompt).strip()

    def _asked(self, prompt: str) -> str:
        """A line from the person; "" at the end of input and at Ctrl-C."""
        lines = []
        with _interruptible():
            print(prompt, end="", file=self._errors, flush=True)
            lines.append(sys.stdin.readline())
        return "".join(lines)


@contextmanager
def _interruptible() -> Iterator[None]:
    """Let Ctrl-C end the reading of a line: asyncio's own handler only cancels a task, unnoticed until Enter."""
    if threading.current_thread() is not threading.main_thread():  # which alone gets signals
        yield
        return
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with suppress(KeyboardInterrupt):
            yield
    finally:
        signal.signal(signal.SIGINT, before)


def _answer_waits() -> bool:
    if sys.stdin.isatty():
        return True
    try:
        ready, _, _ = select.select([sys.stdin], [], [], _GRACE)
    except (OSError, ValueError):  # no file descriptor behind it
        return False
    return bool(ready)
