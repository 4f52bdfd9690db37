"""Which log lines: how many, since when, of which container, holding which text, before the last crash."""

from __future__ import annotations

import re
from typing import Any

from kubesteer.core.texts import Text
from kubesteer.planners.rules.figures import spans_of_time
from kubesteer.planners.rules.lexicon.numerals import whole
from kubesteer.planners.rules.lexicon.phrases import NUMBER
from kubesteer.planners.rules.slots import Filled, Stretch, container

MOST_LINES = 1_000_000

_LINES = re.compile(
    rf"({NUMBER}|\d+)\s*(?:(?:newest|latest|last|most recent|recent|final|trailing) )?(?:log )?(?:行|lines?|rows?|entries|条|of (?:them|those)\b)|(?:tail|--tail|-n)\s*[=:]?\s*(?:的|最后)?\s*(\d+)|(?:最后|尾部?|末尾|last|tail)\s*(?:上|的)?\s*({NUMBER}|\d+)(?!\d|\s*(?:个|分|小时|天|秒|min|hour|hr|day|sec|h\b|m\b|s\b|d\b|week|周|钟头|刻))"
)
_PREVIOUS = re.compile(
    r"(?:上一?个|前一?个|上一?次|之前那个|前一?次|旧的?)(?:的)?(?:容器|实例|container)|(?:崩溃?|挂|死|退出|重启|crash|重起|被杀|oom|宕机|倒下|闪退|炸|kill)\s*(?:掉|了|溃|的时候|重启)?\s*(?:的)?(?:之|以)?前|(?:临死|死前|生前|崩前|挂前|遗言)|(?:上一?次|上回|前一次)(?:崩|挂|重启|退出|运行|crash|死|启动|被杀|oom)|重启前|挂之前|"
    r"\bprevious|\bbefore (?:it|the|that|its|they|this|she|he) ?(?:last )?(?:pod |container |process |app |thing )?(?:died|crash|crashed|restart|restarted|went down|got killed|was killed|fell over|exited|was restarted|got restarted|got oomkilled|was oomkilled|last)|before (?:dying|crashing|restarting|the (?:last )?(?:crash|restart|oom))|\bprior (?:container|instance|run)|(?:last|old|dead|crashed|former|killed) (?:crashed )?(?:[\\w.-]+ )?(?:container|instance|crash|run's)|(?<![\w-])-p(?![\w-])|--previous|last words|crashed container|\bbefore (?:that|then)\b|(?:run|container|instance|pod|process|one) (?:that|which) (?:just )?(?:crashed|died|failed|was killed|got killed|exited|oomed)"
)
_GENERIC = frozenset("error errors 报错 错误 异常 err".split())  # noqa: SIM905
_TEXT = r"[\"“'「]?([^\s\"”'」,;。!?的字]*[a-z0-9_][\w./:=-]*)"
_CONTAINS = re.compile(
    rf"(?:(?:日志|logs?)\s*(?:里面?|中)的?|带有?|包含|包括|含有?|出现(?:过|了)?|搜(?:索|一下|下|搜)?|grep(?: 一下| for| -i)?|过滤(?:出|一下|下)?|筛(?:选)?(?:出)?(?:一?下)?|匹配|关键[字词](?:是|为|:)?|只看|只要|里有|中有|里的|中的|里面的|有没有|找(?:一下|出|找)?|提到|跟|和|关于|有)\s*{_TEXT}\s*(字样|关键[字词]|吗|没|么|那|的|这个|这些|相关|有关|$|(?=[,;。!?]))"
    rf"|\b(?:containing|contains?|mention(?:ing|s)?|match(?:ing|es)?|grep(?:ping)?(?: for)?|filter(?:ed|ing)?(?: by| for| on)?|including|includes?|saying|with|for|having|about|search(?:ing)? for)\s+(?:the )?(?:word |string |text |phrase |term |keyword |message |only )?{_TEXT}"
)  # fmt: skip
_SMALL = frozenset(
    [
        "the",
        "last",
        "past",
        "a",
        "an",
        "me",
        "it",
        "this",
        "that",
        "its",
        "all",
        "any",
        "in",
        "of",
        "to",
        "from",
        "logs",
        "log",
        "line",
        "lines",
        "previous",
        "since",
        "is",
        "was",
        "container",
        "today",
        "now",
        "please",
        "pls",
        "each",
        "both",
        "him",
        "us",
        "those",
        "these",
        "more",
        "details",
        "yesterday",
        "every",
        "and",
        "pod",
        "pods",
        "deployment",
        "errors?",
        "least",
        "least",
        "my",
        "our",
        "what",
        "sure",
        "issues",
        "problems",
        "everything",
        "recent",
        "just",
        "context",
        "some",
    ]
)
_HTTP = re.compile(r"[345]\d\d")
_ENDLESS = re.compile(r"(?<![a-z])(?:-f|--follow)(?![a-z])")


def logging(stretch: Stretch) -> Filled:
    """`tail`, `since`, `previous`, `contains`, `container`."""
    found: dict[str, Any] = {}
    text = stretch.text
    lines = _lines(text)
    if lines is not None:
        if not 0 < lines <= MOST_LINES:
            return Filled(trouble=Text(f"{lines} 行日志取不了。", f"{lines} log lines cannot be had."))
        found["tail"] = lines
    since = _since(text)
    if since:
        found["since"] = since
    if _PREVIOUS.search(_with_aside(stretch)):
        found["previous"] = True
    named = container(stretch)
    if named:
        found["container"] = named
    wanted = _contains(stretch)
    if wanted and wanted != named:
        found["contains"] = wanted
    return Filled(found)


_ASIDE = re.compile(r"\s*,\s*(?:the ones?|those|that is|i\.?e\.?|from|meaning|so|before)\b[^,;.!?]*")


def _with_aside(stretch: Stretch) -> str:
    """The verb's words and an aside behind them: "…, the one before the restart"."""
    low = stretch.message.linked.words.low
    aside = _ASIDE.match(low, stretch.end)
    return low[stretch.start : aside.end() if aside else stretch.end]


def _lines(text: str) -> int | None:
    for match in _LINES.finditer(text):
        value = whole(next(g for g in match.groups() if g))
        if value is not None and match[0] not in ("一行", "一条"):
            return value
    return None


def _since(text: str) -> str | None:
    for start, end, written in spans_of_time(text):
        before, after = text[:start], text[end:]
        if re.match(r"\s*(?:后|以后|之后|later)", after) or written == "0s":
            continue
        if re.search(r"(?:重启|每隔?|every|took|after|timeout|超时)\s*$", before):
            continue
        return written
    return None


_TOLD = re.compile(r"(?:说|写着|写的|提示|叫|says?|said|reads?|told me|called|named)\s*[:,]?\s*[\"“'‘「]?$")


_QUOTED_WORD = re.compile(r"[\"“'「`]([a-z0-9_][\w./:=-]*)[\"”'」`](?![a-z])")
# "Search the logs for connection reset": the text goes on until a word that belongs to the sentence.
_MORE_WORDS = re.compile(
    r"(?:\s+(?!(?:in|from|of|since|over|during|within|for|last|past|the|please|pls|on|at|and|or|by|to|if|it|its|is|was|are|today|logs?|lines?|pods?|only|now|with|this|that|before|after|between|then|so|inside|out|through|as)\b)[a-z][a-z0-9_-]*)+(?=\s|$|[,.;!?])"
)


def _contains(stretch: Stretch) -> str | None:
    linked = stretch.message.linked
    quotes = list(linked.of("quote", start=stretch.start, end=stretch.end))
    quotes = [m for m in quotes if not _TOLD.search(linked.words.low[max(0, m.start - 24) : m.start])]
    if quotes:
        return quotes[-1].text
    low = linked.words.low
    for match in _QUOTED_WORD.finditer(low, stretch.start, stretch.end):
        if not any(m.start <= match.start(1) < m.end for m in linked.mentions if m.sure):
            return linked.words.raw[match.start(1) : match.end(1)]
    for match in _CONTAINS.finditer(low, stretch.start, stretch.end):
        group = 1 if match[1] else 3
        word, at = match[group], match.start(group)
        taken = any(
            m.start <= at < m.end and m.sort in ("object", "place", "noise", "clock") and m.sure
            for m in linked.mentions
        )
        marked = re.match(
            r"带|包|含|搜|grep|过滤|筛|匹配|关键|只要带|contain|match|filter|includ|search|mention|about",
            match[0],
        )
        if (
            word in _SMALL
            or (word in _GENERIC and not marked)
            or taken
            or (word.isdigit() and not _HTTP.fullmatch(word) and match[0].startswith(("有", "for", "with")))
        ):
            continue
        if re.fullmatch(r"\d+[smhd]|pods?|deployments?|container|oom原因", word):
            continue
        end = match.end(group)
        more = _MORE_WORDS.match(linked.masked, end, stretch.end) if marked else None
        return linked.words.raw[at : more.end() if more else end].rstrip(".: ")
    return None
