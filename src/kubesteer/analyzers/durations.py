"""Spans of time in words."""

from __future__ import annotations

from kubesteer.core.texts import Text

_UNITS = ((86400, "天", "d"), (3600, "小时", "h"), (60, "分钟", "min"))


LONGEST = 20 * 365 * 86400.0
"""Seconds beyond which a time was not known, rather than that long ago."""


def span(seconds: float) -> Text:
    """`2 分钟` / `2 min`; seconds below two minutes."""
    if seconds > LONGEST:
        return Text("很久", "a long time")
    for size, zh, en in _UNITS:
        if seconds >= (2 * size if size == 60 else size):
            return Text(f"{int(seconds // size)} {zh}", f"{int(seconds // size)} {en}")
    return Text(f"{max(int(seconds), 0)} 秒", f"{max(int(seconds), 0)} s")


def ago(seconds: float) -> Text:
    """`2 分钟前` / `2 min ago`."""
    return span(seconds) + Text("前", " ago")
