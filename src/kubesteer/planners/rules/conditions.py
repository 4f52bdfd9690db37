"""Which stretches of a message are conditions, what they mean, and which verbs they hold for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from kubesteer.core.plans import Condition
from kubesteer.planners.rules.clauses import Clause
from kubesteer.planners.rules.cues import Cue
from kubesteer.planners.rules.lexicon import conditions as words
from kubesteer.planners.rules.lexicon.phrases import NAMESPACE, OBJECT

Judged = Condition | Literal["unknown"]


@dataclass(frozen=True, slots=True)
class Proviso:
    """A condition's stretch, what it means ("unknown": nothing that evidence decides), and its sentence."""

    start: int
    end: int
    means: Judged
    sentence: int
    leads: bool  # stands before what depends on it


def provisos(masked: str, parts: tuple[Clause, ...], cues: tuple[Cue, ...]) -> tuple[Proviso, ...]:
    """Every "if …" of a message, in order."""
    found = []
    for clause in parts:
        stretch = _stretch(masked, clause, cues)
        if stretch is not None and not _target_of_autoscaling(masked, stretch, cues):
            start, end, leads = stretch
            means = _with_subject(masked, start, end, parts, clause)
            found.append(Proviso(start, end, means, clause.sentence, leads))
    return tuple(found)


_MEASURE = re.compile(r"cpu|负载|内存|(?<![a-z])(?:load|memory|mem|ram)(?![a-z])")


def _with_subject(masked: str, start: int, end: int, parts: tuple[Clause, ...], clause: Clause) -> Judged:
    """「看看 x 的 CPU,高的话…」: what is high was said in the same sentence right before."""
    means = meaning(masked[start:end])
    if means != "unknown" or _MEASURE.search(masked, start, end):
        return means
    begin = min(p.start for p in parts if p.sentence == clause.sentence)
    if _SO.fullmatch(masked, start, end):
        return meaning(_WHETHER.sub(lambda m: m[1] or "有", masked[begin:start]))
    said = _MEASURE.findall(masked, begin, start)
    return meaning(f"{said[-1]} {masked[start:end]}") if said else means


# 「看日志里有没有报错,有就重启」
_SO = re.compile(r"\s*(?:如果|要是|若是?)?\s*(?:真的?|确实)?(?:有|是|存在)(?:的话|的)?\s*")
_WHETHER = re.compile(r"(有|是|会|能)[没不]\1|(?=是)是否")

_PERCENTAGE = re.compile(r"%|百分之|percent|[一二三四五六七八九]成")


def _target_of_autoscaling(masked: str, stretch: tuple[int, int, bool], cues: tuple[Cue, ...]) -> bool:
    """「配自动伸缩,CPU 到七成就扩」 gives autoscaling its target; it is no condition."""
    start, end, _ = stretch
    wanted = any(c.operation == "set_autoscaling" and c.end <= start for c in cues)
    return wanted and _PERCENTAGE.search(masked, start, end) is not None


def meaning(text: str) -> Judged:
    """The condition that words describe; "unknown" for any other, which allows no write."""
    for condition, pattern in words.EVIDENCE:
        if pattern.search(text):
            return "unknown" if re.search(r"unless|除非|until|直到|no longer|不再", text) else condition
    high = next((c for c, p in words.AFTER_NEGATION if p.search(text)), None)
    shortage = re.search("不够|不足|不住", text)
    if words.NEGATED.search(text) and not shortage:
        return "unknown"
    if high is not None:
        return high
    if words.BARE_ERRORS.search(text):
        return "errors_in_logs"
    return "not_ready" if words.DOWN.search(text) else "unknown"


def _stretch(masked: str, clause: Clause, cues: tuple[Cue, ...]) -> tuple[int, int, bool] | None:
    opener = _opener(masked, clause)
    then = _then(masked, clause, cues, opener)
    if opener is None and then is None:
        return None
    start = opener if opener is not None else clause.start
    if opener is None and _empty(masked[start:then]):
        return None
    end = then if then is not None else _verb_after(start, clause, cues)
    head = [
        c
        for c in cues
        if clause.start <= c.start < start
        and (c.writes or (c.weight >= 3 and not _subject(masked, clause, c)))
    ]
    return start, end, not head or end < clause.end


def _subject(masked: str, clause: Clause, cue: Cue) -> bool:
    """「内存要是飙高」: what the condition is about, not a read that was asked for."""
    return cue.operation == "get_usage" and not re.search(
        "看|查|瞧|check|look", masked[clause.start : cue.start]
    )


def _opener(masked: str, clause: Clause) -> int | None:
    for match in words.OPENERS.finditer(masked, clause.start, clause.end):
        if match[0] in ("看到", "发现", "遇到", "碰到", "直到") and not words.THEN.search(
            masked, match.end(), clause.end
        ):
            continue
        if match[0] == "当" and not re.search("时|就|的话", masked[match.end() : clause.end]):
            continue
        return match.start()
    return None


def _then(masked: str, clause: Clause, cues: tuple[Cue, ...], opener: int | None) -> int | None:
    for match in words.THEN.finditer(masked, opener or clause.start, clause.end):
        behind = [c for c in cues if match.end() <= c.start < clause.end and c.writes]
        if any(c.start < match.start() < c.end for c in cues):
            continue
        if opener is not None or behind or (match[0] == "的话" and match.end() >= clause.end - 1):
            return match.start()
    return None


_FILLERS = re.compile(
    rf"[{OBJECT}{NAMESPACE}\s\"“”'‘’()]|那|这|先|直接|把|的|给我|现在|我|你|咱|们|帮|请|麻烦|吧|它|也|都|那边|环境|里|服务|个|应用|节点|上|一|干脆|要不|只好|不用等了|赶紧|今天|所以"
)


def _empty(text: str) -> bool:
    return not _FILLERS.sub("", text).strip()


def _verb_after(start: int, clause: Clause, cues: tuple[Cue, ...]) -> int:
    """Where an imperative begins within an English condition without a comma, else the clause's end."""
    for cue in cues:
        if start < cue.start < clause.end and cue.writes and re.match(r"[a-z]+", cue.text):
            word = cue.text.split()[0]
            if (
                not word.endswith(("ing", "ed", "s"))
                and cue.operation not in ("CHANGE",)
                and cue.start > start + 6
            ):
                return cue.start
    return clause.end
