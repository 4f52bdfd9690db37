"""A person's sentence in clauses, and which of them ask for something to be done.

This is not understanding; it is evidence. A clause that asks a question, forbids, quotes or wonders is no
evidence that a change is wanted, whatever words it holds.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

LONGEST = 4_000
"""Characters of one message that count as evidence; what is pasted beyond them is material, not a wish."""

_BREAKS = re.compile(
    r"(?<=[!?;。!?;,\n])|(?<=[.,])(?=\s|$)|(?<=\s)(?:and then|then|and|but)(?=\s)|然后|接着|之后|再(?=[^一])|并且|但是?|不过"
)
# Lines that a person pasted rather than wrote: log lines, quotations, JSON, prompts, stack traces.
_PASTED = re.compile(
    r"\s*(?:[>|${}]|\[\S|at \S+\(|\d{4}[-/]\d\d[-/]\d\d|\d\d:\d\d:\d\d|(?:ERROR|ERR|WARN|WARNING|INFO|DEBUG|FATAL|PANIC|TRACE)\b"
    r"|[IWEF]\d{4} |Traceback |Caused by|Exception |(?:Normal|Warning)\s{2,})"
)
_MOST_LINES = 12
_OUTER_LINES = 4
"""Of a longer message only so many lines at its beginning and at its end count: the middle is material."""

_QUOTED = re.compile(r"```.*?(?:```|$)|`[^`]*`|“[^”]*”|「[^」]*」|\"[^\"\n]*\"", re.DOTALL)

_REQUEST = re.compile(
    r"\b(?:can|could|would|will) (?:you|we|u)\b|\bplease\b|\bpls\b|帮|请|麻烦|劳驾|(?<!我)(?:能不能|可不可以|能否|可否)|(?:能|可)(?:不能|以|否)?(?:给我|把|将)"
    r"|(?:可以|能).{1,40}(?:吗|么|不)"
)
_QUESTION = re.compile(
    r"^\W*(?:why|how|what|when|who|where|which|whose|did|does|do(?!n)|has|have|had|was|were|is|are|am|should|shall"
    r"|would|could|can|may|might|will)\b|\b(?:what if|what would|what happens|how many|how often|whether)\b|\?\s*$"
    r"|为什么|为啥|为何|怎么|怎样|如何|什么|啥|谁|哪|几[次个点时]|多少|会不会|是不是|有没有|是否|要不要|该不该|能不能|吗|么\W*$|呢\W*$",
    re.IGNORECASE,
)
_NEGATED = re.compile(
    r"\b(?:don'?t|do not|never|not|no need|without|avoid|stop (?=restarting|scaling|deleting)|cancel|forget|instead of"
    r"|rather than|shouldn'?t|mustn'?t|can'?t|cannot|won'?t)\b|不要|(?<![级特区分类个差性辨识告])别(?![名人的])|不用|不必|不许|(?<!能)不能(?!.*吗)|不想|不需要|无需|勿|先不|禁止(?!调度)"
    r"|取消|算了|没有?(?=重启|回滚|扩|缩|删)|不(?=重启|回滚|扩|缩|删)",
    re.IGNORECASE,
)
_EXCLUDED = re.compile(
    r"\b(?:not|don'?t|do not|never|except|excluding|but not|instead of|rather than|other than)\b|不是|不要|(?<![级特区分类个差性辨识告])别(?![名人的])|除了|除去|而不是|不用",
    re.IGNORECASE,
)
_REPORTED = re.compile(
    r"\b(?:said|says|told|asked me|wrote|claims?|suggests?|according to|was|were|has been|had been|got|i (?:just )?(?:already )?"
    r"(?:restarted|scaled|deleted|rolled|drained))\b|\b(?:yesterday|last (?:night|week|time))\b|说(?!明)|昨天|上次|之前|已经|刚刚?.{0,12}(?:了|过)|有人"
    r"|日志里|提示|建议",
    re.IGNORECASE,
)
_WONDERED = re.compile(
    r"\b(?:i wonder|wondering|maybe|perhaps|considering|thinking (?:of|about)|suppose|hypothetical\w*|would happen)\b"
    r"|假如|假设|万一|想知道|考虑|也许|会怎|好奇",
    re.IGNORECASE,
)
_CONDITIONAL = re.compile(
    r"\b(?:if|unless|in case|when(?:ever)?|once|as soon as|provided)\b|如果|要是|若|倘|一旦|的话|除非|只有|等.{0,20}再",
    re.IGNORECASE,
)


def own(words: str) -> str:
    """What a person wrote, without the lines that were pasted into it."""
    lines = words[:LONGEST].splitlines()
    if len(lines) > _MOST_LINES:
        lines = [*lines[:_OUTER_LINES], *lines[-_OUTER_LINES:]]
    return "\n".join(line for line in lines if not _PASTED.match(line))


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause in lower case, quotations left out; `masked` has the names of objects hidden in it, for
    `restart-worker` is no wish to restart."""

    text: str
    masked: str


def wishes(words: str, hide: Callable[[str], str] = str) -> tuple[Clause, ...]:
    """The clauses that may ask for something to be done."""
    clauses = (Clause(text, hide(text)) for text in _clauses(words))
    return tuple(clause for clause in clauses if _is_wish(clause.masked))


def affirmed(words: str) -> str:
    """The words without what is excluded: "restart api, not cart" affirms api only."""
    return "\n".join(clause for clause in _clauses(words) if not _EXCLUDED.search(clause))


def last_question(words: str) -> str:
    """The question that a message ends with, "" where it ends with none."""
    sentences = [one.strip() for one in re.split(r"(?<=[?。!!?])|\n|(?<=\.)\s", plain(words)) if one.strip()]
    return sentences[-1] if sentences and sentences[-1].rstrip("”\"' )").endswith("?") else ""


def conditional(words: str) -> bool:
    """Whether anything is wanted under a condition only."""
    return _CONDITIONAL.search(plain(words)) is not None


@lru_cache(maxsize=64)  # the same few messages are compared with every name that exists
def plain(words: str) -> str:
    """Words as they are compared: half width, lower case, invisible signs left out, bounded."""
    even = unicodedata.normalize("NFKC", words[:LONGEST])
    return "".join(char for char in even if char == "\n" or unicodedata.category(char)[0] != "C").lower()


def _clauses(words: str) -> list[str]:
    unquoted = _QUOTED.sub(_unless_name, plain(own(words)))
    return [clause.strip() for clause in _BREAKS.split(unquoted) if clause and clause.strip()]


def _unless_name(match: re.Match[str]) -> str:
    """People quote names (`cart`) and images; anything longer is a quotation."""
    inner = match[0].strip('`“”「」"')
    return f" {inner} " if inner and " " not in inner and "\n" not in inner else " "


def _is_wish(clause: str) -> bool:
    if _NEGATED.search(clause) or _REPORTED.search(clause) or _WONDERED.search(clause):
        return False
    return not _QUESTION.search(clause) or bool(_REQUEST.search(clause))
