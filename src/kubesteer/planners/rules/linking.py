"""Stage 2, link: which stretches of the words are names, places, images, amounts, ids; the rest stays words."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal

from kubesteer.core.plans import Item
from kubesteer.planners.rules.lexicon.common import ordinary
from kubesteer.planners.rules.lexicon.phrases import (
    AMOUNT,
    CHANGE,
    CLOCK,
    IMAGE,
    NAMESPACE,
    NOISE,
    OBJECT,
    QUOTE,
    UNKNOWN,
)
from kubesteer.planners.rules.lexicon.places import kind_named
from kubesteer.planners.rules.lexicon.shapes import (
    BEFORE_SPAN,
    CHANGE_ID,
    QUANTITY,
    QUOTES,
    SHORT_VERSION,
    VERSION,
)
from kubesteer.planners.rules.names import Names
from kubesteer.planners.rules.words import Words

Sort = Literal["object", "place", "unknown", "image", "amount", "change", "quote", "noise", "clock"]

MASKS: dict[Sort, str] = {
    "object": OBJECT, "place": NAMESPACE, "unknown": UNKNOWN, "image": IMAGE, "amount": AMOUNT,
    "change": CHANGE, "quote": QUOTE, "noise": NOISE, "clock": CLOCK,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mention:
    """One linked stretch. `text` is its lower-case spelling; `namespace` and `kind` are what NS/NAME bound, or,
    of a place, the namespace meant ("" where an environment has none here). `sure` is false for spellings that
    are ordinary words as well."""

    start: int
    end: int
    sort: Sort
    text: str
    items: tuple[Item, ...] = ()
    namespace: str = ""
    kind: str = ""
    sure: bool = True


@dataclass(frozen=True, slots=True)
class Linked:
    """Words with their mentions; `masked` has one placeholder per character of each."""

    words: Words
    mentions: tuple[Mention, ...]
    masked: str
    inner: tuple[Mention, ...] = ()  # names within quoted words

    def of(self, *sorts: Sort, start: int = 0, end: int | None = None) -> tuple[Mention, ...]:
        """The mentions of some sorts that begin in a stretch."""
        stop = len(self.masked) if end is None else end
        return tuple(m for m in self.mentions if m.sort in sorts and start <= m.start < stop)

    def turned(self, mention: Mention, into: Mention) -> Linked:
        """The same words with one mention read as another."""
        kept = tuple(into if m == mention else m for m in self.mentions)
        return replace(self, mentions=kept, masked=masked_text(self.words.low, kept))


def masked_text(low: str, mentions: tuple[Mention, ...]) -> str:
    """The lower-case words with placeholders; unsure mentions stay words."""
    chars = list(low)
    for mention in mentions:
        if mention.sure:
            chars[mention.start : mention.end] = MASKS[mention.sort] * (mention.end - mention.start)
    return "".join(chars)


_TOKEN = re.compile(r"[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?(?:/[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?)*", re.ASCII)
_FOREIGN = re.compile(r"[a-z0-9._-]*[\u0370-\u052f\u0250-\u02af][a-z0-9._\u0370-\u052f\u0250-\u02af-]*")
_PATTERNS: tuple[tuple[Sort, re.Pattern[str]], ...] = (
    ("noise", re.compile(r"^\s*(?:【[^】\n]{0,40}】|\[[^\]\n]{0,40}\])+|https?://\S+|(?<![\w.])@(?:kubesteer|bot|小助手|机器人|all|here|channel)\b")),
    ("noise", re.compile(r"```.*?```|^\s*>.*$|^\s*(?:\d{4}-\d\d-\d\d[t ]\d\d:\d\d|\[(?:error|warn|warning|info|fatal|debug)\]|(?:error|warn|warning|info|fatal|debug): ).*$", re.S | re.M)),
    ("noise", re.compile(r"(?:昵称|网名|用户名|账号名?|工号|(?:客户|用户|顾客|玩家|租户|会员|他|她)的?名字?)\s*(?:是|叫做?|为|:)\s*[^,;。\n]+|\b(?:user ?name|nickname|account|customer|user|tenant)\s+(?:is|named|called)\s+[^,;.\n]+|\b(?:log line|log entry|alert|ticket(?: title)?|error message|subject|quote)\s*:\s*\"[^\"\n]*\"")),
    ("clock", re.compile(r"(?<![\w:])\d{1,2}:\d\d(?::\d\d)?(?![\w:])(?:\s*(?:am|pm)(?![a-z]))?|(?<![\w.])\d{1,2}\s*(?:am|pm)(?![a-z])|\d{4}-\d\d-\d\d")),
    ("image", re.compile(r"(?<![\w./-])(?:[a-z0-9][a-z0-9.-]*(?::\d+)?/)*[a-z0-9][a-z0-9._-]*(?::[a-z0-9_][\w.-]*|@sha256:[0-9a-f]+)(?![\w:])", re.ASCII)),
    ("image", re.compile(r"(?<![\w./-])(?:[a-z0-9-]+\.)+[a-z]{2,}(?::\d+)?(?:/[a-z0-9][a-z0-9._-]*)+(?![\w:])", re.ASCII)),
)  # fmt: skip


def linked(
    words: Words, names: Names, changes: frozenset[str] = frozenset(), *, listed: bool = False
) -> Linked:
    """Every mention in one message. `changes` are ids of changes that the assistant has reported; `listed` says
    that it is the assistant's own message."""
    taken: list[Mention] = []
    _patterns(words, names, taken)
    _quotes(words, names, taken)
    _tokens(words, names, changes, taken)
    _amounts(words, taken)
    _foreign(words, taken)
    from kubesteer.planners.rules.placing import places

    mentions = tuple(sorted(taken, key=lambda m: m.start))
    mentions = places(words, mentions, names, listed=listed)
    return Linked(words, mentions, masked_text(words.low, mentions), _inner(words, names, mentions))


def _inner(words: Words, names: Names, mentions: tuple[Mention, ...]) -> tuple[Mention, ...]:
    quotes = [m for m in mentions if m.sort == "quote"]
    found = [(m.start(), m[0]) for q in quotes for m in _TOKEN.finditer(words.low, q.start, q.end)]
    return tuple(
        Mention(at, at + len(text), "object", text, names.of(text)) for at, text in found if names.of(text)
    )


def _free(taken: list[Mention], start: int, end: int) -> bool:
    return all(end <= m.start or m.end <= start for m in taken)


def _patterns(words: Words, names: Names, taken: list[Mention]) -> None:
    for sort, pattern in _PATTERNS:
        for match in pattern.finditer(words.low):
            start, end = match.span()
            head = match[0].split(":")[0]
            known = head in names.items and sort == "image"
            if sort == "image" and not known and (head in _LABELS or kind_named(head)):
                continue  # "HPA:min 3", "image:v2"
            if match[0].strip() and _free(taken, start, end) and not (known and match[0].endswith(":")):
                taken.append(Mention(start, end, sort, words.raw[start:end] if sort == "image" else match[0]))


def _quotes(words: Words, names: Names, taken: list[Mention]) -> None:
    for match in QUOTES.finditer(words.low):
        group = next(i for i in range(1, 10) if match[i] is not None)
        inner, (start, end) = match[group].strip(), match.span(group)
        if not inner or not _free(taken, start, end) or _one_word(inner, names):
            continue
        taken.append(Mention(start, end, "quote", words.raw[start:end]))


def _one_word(inner: str, names: Names) -> bool:
    """Quoted names stay names; so does one unknown word, which the sentence may use as a name."""
    return bool(_TOKEN.fullmatch(inner)) or inner in names.namespaces


def _tokens(words: Words, names: Names, changes: frozenset[str], taken: list[Mention]) -> None:
    for match in _TOKEN.finditer(words.low):
        if _free(taken, *match.span()) and words.low[match.start() - 1 : match.start()] != "-":
            taken.extend(_token(match.start(), match[0], words, names, changes))


def _token(start: int, text: str, words: Words, names: Names, changes: frozenset[str]) -> list[Mention]:
    end = start + len(text)
    exists = bool(names.of(text)) or text in names.namespaces
    if (text in changes or CHANGE_ID.fullmatch(text)) and not exists:
        return [Mention(start, end, "change", text)]
    if "/" in text:
        return _path(start, text, words, names, changes)
    items = names.of(text)
    if items:
        sure = text not in ordinary() and text not in names.namespaces
        return [Mention(start, end, "object", text, items, sure=sure)]
    if text in names.namespaces:
        return [Mention(start, end, "place", text, namespace=text)]
    version = (
        VERSION.match(words.low, start)
        or _short_version(words.low, start)
        or _after_name(words.low, start, names)
    )
    if version is not None and version.end() <= end + 1:
        return [Mention(start, end, "image", words.raw[start:end])]
    if re.match(r"\s*(?:服务|应用)(?!器)", words.low[end:]) and len(text) > 2 and not kind_named(text):
        return [Mention(start, end, "unknown", text, sure=False)]
    chinese = bool(_HAN.search(words.low))
    if names.of(text.removesuffix("s")) or names.of(f"{text}s"):
        return [
            Mention(
                start, end, "unknown", text, sure=text not in ordinary() and (chinese or not text.isalpha())
            )
        ]
    if _CONTAINER_NEXT.match(words.low, end):
        return []  # "the proxy container": a part of an object
    return _unknown(start, end, text, chinese=chinese)


_CONTAINER_NEXT = re.compile(r"\s*(?:这个|那个)?\s*(?:容器(?!组)|container|sidecar|边车)(?!s?[a-z])")


_LABELS = frozenset(
    """
    image tag version replicas limit limits request requests cpu memory mem min max revision rev container namespace
    """.split()  # noqa: SIM905
)
_HAN = re.compile("[\u4e00-\u9fff]")
_ENDS = re.compile(r"\d+\.\d+(?=\s*(?:$|[,(!]|\.(?!\d)|please|pls))")


def _after_name(low: str, start: int, names: Names) -> re.Match[str] | None:
    """ "nginx 1.27 please": a version right behind a name."""
    before = re.search(r"([a-z0-9][a-z0-9.-]*)\s+$", low[:start])
    return _ENDS.match(low, start) if before and before[1] in names.items else None


def _short_version(low: str, start: int) -> re.Match[str] | None:
    if re.search(
        r"cpu|内存|memory|limit|request|上限|请求|副本|replica|scale|扩|缩|核",
        low[max(0, start - 24) : start],
    ):
        return None
    for match in SHORT_VERSION.finditer(low, max(0, start - 40), start + 12):
        if match.start(1) == start:
            return re.compile(r"\d+\.\d+").match(low, start)
    return None


_NO_NAME = re.compile(
    r"[\d.]+|\d+c\d+gi?b?|\d+[a-z]{1,3}|[a-z]{1,2}\d{0,2}|\d+\.\.+\d+|\d+(?:-\d+)+|[345]xx|-+.*|v\d.*|[a-z]|\d+(?:st|nd|rd|th)",
    re.ASCII,
)


def _unknown(start: int, end: int, text: str, *, chinese: bool = False) -> list[Mention]:
    parts = text.split("-")
    if "_" in text or text in ordinary() or _NO_NAME.fullmatch(text):
        return []
    if len(parts) > 1 and all(part in ordinary() and not part.isdigit() for part in parts) and len(parts) > 3:
        return []
    plain = text.isalpha()
    if text.removesuffix("s") in ordinary() or (plain and _inflected(text) and not chinese):
        return []
    return [Mention(start, end, "unknown", text, sure=not plain)]


def _inflected(text: str) -> bool:
    for ending in ("ing", "ed", "ly", "es", "d"):
        stem = text.removesuffix(ending)
        if stem != text and (stem in ordinary() or f"{stem}e" in ordinary() or stem[:-1] in ordinary()):
            return True
    return False


def _path(start: int, text: str, words: Words, names: Names, changes: frozenset[str]) -> list[Mention]:
    """KIND/NAME, NS/NAME, NS/KIND/NAME; other slashes only separate words."""
    *before, name = text.split("/")
    end = start + len(text)
    namespace = next((p for p in before if p in names.namespaces), "")
    kind = next((kind_named(p) or "" for p in before if kind_named(p)), "")
    known = all(p in names.namespaces or kind_named(p) for p in before)
    if before and known and len(before) <= 2:
        items = names.of(name)
        sort: Sort = "object" if items else "unknown"
        return [Mention(start, end, sort, name, items, namespace, kind)]
    if len(before) == 1 and names.of(name) and not names.of(before[0]) and before[0] not in ordinary():
        return [Mention(start, end, "unknown", text, namespace=before[0])]
    found, at = [], start
    for part in text.split("/"):
        found.extend(_token(at, part, words, names, changes) if part else [])
        at += len(part) + 1
    return found


def _amounts(words: Words, taken: list[Mention]) -> None:
    for match in QUANTITY.finditer(words.low):
        start, end = match.span()
        if match[0].endswith("m") and BEFORE_SPAN.search(words.low[:start]):
            continue
        covered = [m for m in taken if m.start < end and start < m.end]
        if all(m.sort in ("image", "unknown") and start <= m.start and m.end <= end for m in covered):
            for mention in covered:
                taken.remove(mention)
            taken.append(Mention(start, end, "amount", words.raw[start:end]))


def _foreign(words: Words, taken: list[Mention]) -> None:
    """Names typed with letters of another script: never the name that they look like."""
    for match in _FOREIGN.finditer(words.low):
        start, end = match.span()
        for mention in [m for m in taken if start <= m.start < end]:
            taken.remove(mention)
        taken.append(Mention(start, end, "unknown", match[0].strip("-.")))


def as_name(mention: Mention) -> Mention:
    """The same stretch taken for a name after all."""
    return replace(mention, sure=True)
