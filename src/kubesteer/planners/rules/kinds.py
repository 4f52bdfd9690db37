"""Which kind of object the words name, and whether they name it of an object or in general."""

from __future__ import annotations

import re
from itertools import pairwise

from kubesteer.planners.rules.lexicon.phrases import NAMESPACE, OBJECT, UNKNOWN
from kubesteer.planners.rules.lexicon.places import KIND_WORDS, KIND_WORDS_ZH
from kubesteer.planners.rules.linking import Linked, Mention

_LATIN = "|".join(re.escape(w).replace(r"\ ", r"\s+") for w in sorted(KIND_WORDS, key=lambda w: (-len(w), w)))
_HAN = "|".join(sorted([*KIND_WORDS_ZH, "服务", "任务", "作业"], key=lambda w: (-len(w), w)))
_KIND = re.compile(rf"(?<![a-z0-9.-])(?:{_LATIN})(?![a-z0-9-])|{_HAN}")
_NAME = f"[{OBJECT}{UNKNOWN}]"
_GAP_BEFORE = re.compile(
    r"\s*(?:object |resource |called |named |叫做?|名为|名叫|对象|资源|:|\"|“|'|「|\()*\s*[\"“'「]?$"
)
_GAP_AFTER = re.compile(
    rf"[\"”'」]?\s*(?:在\s*[{NAMESPACE}]+\s*(?:里面?|下面?|那边|上)?)?(?:的)?\s*(?:这个|那个|此|的这个|这|那|的)?\s*$"
)
# Loose beside a name (README rule 2): 服务, service; and 任务 stands for either job.
_LOOSE = frozenset({"服务", "service", "任务", "作业"})


# "a single x pod" is one of the workload's pods.
_ONE_OF = re.compile(r"(?:\b(?:single|one|another|each|every|more|extra|per)|\d)\s*$")


def kinds_in(linked: Linked, start: int, end: int) -> list[tuple[int, int, str, str]]:
    """Kind words in a stretch: start, end, kind, and the word."""
    found = []
    for match in _KIND.finditer(linked.masked, start, end):
        word = re.sub(r"\s+", " ", match[0])
        kind = (
            KIND_WORDS.get(word)
            or KIND_WORDS_ZH.get(word)
            or {"服务": "Service", "任务": "Job", "作业": "Job"}[word]
        )
        found.append((match.start(), match.end(), kind, word))
    return found


def kind_beside(linked: Linked, mention: Mention, start: int, end: int) -> str:
    """The kind that stands right beside a name and narrows it, or "": `deploy x`, `x 这个 Pod`, `the x job`."""
    if mention.kind:
        return mention.kind
    for first, last, kind, word in kinds_in(linked, start, end):
        if word in _LOOSE and not _capital(linked, first, last, word):
            continue
        if re.search(r"(?:which|what|哪个?|哪台|什么)\s*$", linked.masked[:first]):
            continue
        before = linked.masked[last : mention.start] if last <= mention.start else None
        after = linked.masked[mention.end : first] if first >= mention.end else None
        if before is not None and _GAP_BEFORE.fullmatch(before) and not _plural(word, kind):
            return kind
        if after is not None and kind == "Pod" and _ONE_OF.search(linked.masked[: mention.start]):
            continue
        if (
            after is not None
            and _GAP_AFTER.fullmatch(after)
            and not _possessed(after, kind, word, linked.masked[last:end])
        ):
            return kind
    return ""


def _plural(word: str, kind: str) -> bool:
    return word.endswith("s") and word not in ("sts", "ds", "rs", "ns", "ingress") and kind == "Pod"


def _possessed(gap: str, kind: str, word: str, after: str) -> bool:
    """`x 的 pod` and "x pods" are the workload's pods; a count of them is no kind either."""
    if kind in ("Pod", "ReplicaSet", "Node") and (
        "的" in gap or _plural(word, kind) or word in ("节点", "node", "nodes", "机器")
    ):
        return True
    return word == "autoscaler" or (kind == "Pod" and bool(re.match(r"\s*(?:数|count|number)", after)))


# "describe service x" and "k delete service x" are commands, whose words are Kubernetes words.
_COMMAND = re.compile(r"(?:^|\s)(?:describe|kubectl [a-z ]{2,20}|k (?:get|describe|delete|edit))\s+$")


def _capital(linked: Linked, start: int, end: int, word: str) -> bool:
    """「Service」 in the middle of a sentence is the Kubernetes word; 服务 and "service" are loose talk."""
    raw = linked.words.raw[start:end]
    object_word = re.match(r"\s+(?:object|resource|资源|对象)", linked.words.low[end:])
    command = _COMMAND.search(linked.words.low[:start])
    return word == "service" and (bool(object_word or command) or (raw[:1].isupper() and start > 0))


def kind_listed(linked: Linked, start: int, end: int) -> str:
    """The kind that a listing is about: the last one named wins over 服务 and the like."""
    found = kinds_in(linked, start, end)
    if linked.of("place", start=start, end=end):
        found = [f for f in found if f[2] != "Namespace"]
    named = [kind for _, _, kind, _ in found if kind not in ("Namespace",)]
    spaces = [k for _, _, k, w in found if k == "Namespace" and not re.match(r"ns|namespace$", w)]
    firm = [kind for _, _, kind, word in found if word not in _LOOSE and kind != "Namespace"]
    if firm:
        others = [k for k in firm if k != "Node"] if "Pod" in firm else firm
        return (others or firm)[0]
    if named:
        return named[0]
    return (
        "Namespace"
        if spaces or any(w in ("namespaces", "namespace", "ns", "命名空间") for *_, w in found)
        else ""
    )


_AND = re.compile(r"\s*(?:和|与|跟|及|、|,|and|&|plus)\s*(?:the )?")


def kinds_joined(linked: Linked, start: int, end: int) -> list[str]:
    """Several kinds in a row: `pod 和 deployment`; empty for a single one."""
    found = kinds_in(linked, start, end)
    pairs = pairwise(found)
    joined = [(a, b) for a, b in pairs if a[2] != b[2] and _AND.fullmatch(linked.masked[a[1] : b[0]])]
    return list(dict.fromkeys(k for a, b in joined for k in (a[2], b[2])))
