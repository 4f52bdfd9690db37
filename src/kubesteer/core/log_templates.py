"""Log lines grouped by template: what varies (times, ids, addresses, numbers) is masked.

A line's severity is what the line says of itself (a level field, a bracketed or leading level word, klog's
letter); only where it says nothing do words of failure decide.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

LogSeverity = Literal["error", "warning", "info"]

_ORDER: dict[LogSeverity, int] = {"error": 0, "warning": 1, "info": 2}

LONGEST_LINE = 2000
"""Characters of a line that are looked at: a template is for reading, and one line may be megabytes of JSON."""

_MASKS = {
    "TIME": r"\d{4}[-/]\d\d[-/]\d\d(?:[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z| ?[+-]\d\d:?\d\d)?)?"
    r"|\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d(?: [+-]\d{4})?"
    r"|[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d|\d\d:\d\d:\d\d(?:[.,]\d+)?",
    "UUID": r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}",
    "MAIL": r"[\w.+-]+@[\w-]+\.[\w.-]*\w",
    "ADDR": r"\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?(?:/\d{1,2})?"
    r"|\[?(?:[0-9a-fA-F]{1,4}:){3,7}[0-9a-fA-F]{1,4}\]?(?::\d+)?",
    "ID": r"0x[0-9a-fA-F]+|(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{8,}",
    "NUM": r"\d+(?:\.\d+)?(?:(?:ns|us|µs|ms|s|m|h|B|[KMGT]i?B?|x)\b|%)?",
}
# One pass over the line; the first alternative that fits wins, so longer shapes stand first. Port numbers
# of named hosts stay: "db:5432" names a dependency.
_VARIABLE = re.compile(
    r"(?P<HOST>(?<![\w.-])[A-Za-z][\w.-]*:\d{2,5})(?!\w|:\d)"
    r"|(?P<KLOG>(?<=^[IWEF])\d{4} \d\d:\d\d:\d\d\.\d+ +\d+)"
    # ReplicaSet hash and pod suffix: apimachinery's util/rand alphabet
    r"|(?P<POD>(?<=[a-z0-9]-)[bcdf-hj-np-tv-xz2456789]{6,10}-[bcdf-hj-np-tv-xz2456789]{5}\b)|"
    + "|".join(rf"(?<![A-Za-z0-9])(?P<{name}>{shape})(?![A-Za-z_])" for name, shape in _MASKS.items())
)
_KLOG = re.compile(r"^([IWEF])\d{4} \d\d:\d\d:\d\d\.\d+ +\d+ ")
_LEVEL = re.compile(
    r"""(?ix) (?: ["']?\b(?:level|lvl|severity|loglevel|log\.level)["']?\s*[=:]\s*["']? | ^[^A-Za-z]{0,40}\[? | [\[|]\s* | \d[Z\]]?\s+ )
    (trace|debug|info(?:rmation)?|notice|warn(?:ing)?|error|err|fatal|crit(?:ical)?|panic|emerg(?:ency)?|alert|severe)
    \b (?! \s* [=/]) """
)
_ERROR_WORDS = re.compile(
    r"\b(?:errors?|fail(?:ed|ure|s)?|fatal|panic|exception|traceback|refused|denied|unreachable|segfault"
    r"|segmentation fault|out of memory|no such|cannot|unable to|timed? ?out|oom)\b|\w(?:Error|Exception)\b"
    r"|错误|失败|异常|拒绝|超时",
    re.IGNORECASE,
)
_NO_ERROR = re.compile(
    r"\b(?:0|no|without) (?:errors?|failures?)\b|\berr(?:or)?=(?:nil|null|none|\"\")", re.IGNORECASE
)
_WARNING_WORDS = re.compile(r"\b(?:warn(?:ing)?|deprecated|retry(?:ing)?|slow)\b|警告|重试", re.IGNORECASE)
_CONTINUED = re.compile(r"^(?:\s+\S|Caused by: |\.\.\. \d+ more|goroutine \d+)")


@dataclass(frozen=True, slots=True)
class LogTemplate:
    """Lines that differ only in what is masked: how often, one of them as written, and how bad."""

    template: str
    count: int
    example: str  # the newest such line
    severity: LogSeverity


def templates(lines: Iterable[str]) -> list[LogTemplate]:
    """Templates of the lines: errors first, then warnings, then the rest; the most frequent first.

    Lines of a stack trace belong to the line before them and are not counted.
    """
    counts: dict[str, int] = {}
    newest: dict[str, str] = {}
    for line in lines:
        text = line[:LONGEST_LINE].rstrip()
        if not text or (counts and _CONTINUED.match(text)):
            continue
        masked = mask(text)
        counts[masked] = counts.get(masked, 0) + 1
        newest[masked] = text
    found = [LogTemplate(key, count, newest[key], severity_of(newest[key])) for key, count in counts.items()]
    return sorted(found, key=lambda each: (_ORDER[each.severity], -each.count, each.template))


def mask(line: str) -> str:
    """The line with everything that varies from one occurrence to the next replaced by `<NAME>`."""
    return _VARIABLE.sub(_masked, line[:LONGEST_LINE]).strip()


def severity_of(line: str) -> LogSeverity:
    """How bad a line is by its own words."""
    klog = _KLOG.match(line)
    if klog:
        return _of_level({"I": "info", "W": "warning"}.get(klog[1], "error"))
    level = _LEVEL.search(line)
    if level:
        return _of_level(level[1].lower())
    if _ERROR_WORDS.search(_NO_ERROR.sub("", line)):
        return "error"
    return "warning" if _WARNING_WORDS.search(line) else "info"


def _of_level(word: str) -> LogSeverity:
    if word.startswith("warn"):
        return "warning"
    return "info" if word.startswith(("trace", "debug", "info", "notice")) else "error"


def _masked(match: re.Match[str]) -> str:
    return match[0] if match.lastgroup == "HOST" else f"<{match.lastgroup}>"
