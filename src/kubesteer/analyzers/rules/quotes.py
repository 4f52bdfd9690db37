"""Evidence: what is quoted from the cluster, and where it stands."""

from __future__ import annotations

from kubesteer.core.texts import Text

LONGEST = 400
"""Characters of a quoted message: enough for what matters, which runtimes put last, after wrapped errors."""


def field_quote(path: str, value: object) -> Text:
    """A field and its value."""
    return Text.same(f"{path} = {shortened(str(value))}")


def event_quote(message: str, reason: str = "", times: int = 1) -> Text:
    """An event's message."""
    head = f"{reason}: " if reason else ""
    tail = f" (×{times})" if times > 1 else ""
    return Text("事件 ", "event ") + Text.same(f"{head}{shortened(message)}{tail}")


def log_quote(line: str) -> Text:
    """A line of a log."""
    return Text("日志 ", "log ") + Text.same(shortened(line))


def shortened(words: str) -> str:
    """At most LONGEST characters: the head and, because wrapped errors end with the cause, the tail."""
    flat = " ".join(words.split())
    half = LONGEST // 2
    return flat if len(flat) <= LONGEST else f"{flat[:half]} … {flat[-half:]}"
