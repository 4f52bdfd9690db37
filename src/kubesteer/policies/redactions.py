"""The one choke point for secrets: whatever goes to the ledger, a log, an answer or a model passes it.

Masked are: the values of Secrets; environment values, arguments and map keys of sensitive names; bearer and
basic credentials, private keys, JSON Web Tokens and passwords in URLs, wherever they stand in a text; and the
annotation in which kubectl repeats a whole object. The key stays readable, the value does not.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from kubesteer.core.kinds import KINDS
from kubesteer.core.texts import Text

MASK = "•••"
LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"

_NAME = (
    r"pass(?:wd|word|phrase|wort)?|pwd|secret|token|api[-_.]?key|apikey|access[-_.]?key|"
    r"auth(?:orization|[-_.]?key)|credential|private[-_.]?key|signing[-_.]?key|encryption[-_.]?key|"
    r"session[-_.]?key|client[-_.]?secret|dsn|密码|口令|密钥|令牌"
)
# A word of the name, not any letters in it: `compass` and `tokenizer` are innocent. camelCase is split first.
_SENSITIVE = re.compile(rf"(?:^|[^a-z0-9])(?:{_NAME})s?(?:$|[^a-z0-9]|\d)", re.IGNORECASE)
_INNOCENT = re.compile(
    r"(?:secret[-_.]?(?:name|ref|key[-_.]?ref)|secrets?[-_.]?store|token[-_.]?(?:ttl|expiration.*|expiry.*|path|file)|"
    r"automount.*|(?:pass(?:wd|word)?|key|token|secret|credential)s?[-_.]?file(?:[-_.]?path)?|"
    r"image[-_.]?pull[-_.]?secrets?|tolerations?|auth[-_.]?(?:url|type|mode|enabled|method)|token[-_.]?requests?)$",
    re.IGNORECASE,
)
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")

# `token: unexpected status`: the reason of an error follows the colon. Words that open one, with more to come.
_REASON = (
    r"(?:access|bad|cannot|connection|context|could|denied|dial|does|error|expired|failed|forbidden|has|http|"
    r"insufficient|invalid|is|lookup|malformed|missing|must|not|permission|request|rpc|server|should|signature|"
    r"timeout|unable|unauthorized|unexpected|unknown|unsupported):?[ \t]{1,3}[a-z]{1,30}(?=[\s:.,;)]|$)"
)
_OPENS_REASON = re.compile(_REASON, re.IGNORECASE)
# `who may pass: allow them`: a verb, not the name of a value.
_BEFORE_VERB = re.compile(
    r"(?i)\b(?:may|might|must|can|cannot|could|should|shall|will|would|to|not|who|they|which|that)[ \t]{1,3}$"
)
_WORD = re.compile(r"[^\W\d_]{1,20}[.:]?")

# One alternative at a time, in this order: the longer shapes first, so that none is cut in two.
_SHAPES: tuple[tuple[re.Pattern[str], str], ...] = (
    (
        re.compile(
            r"-----BEGIN ([A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?)-----.{0,20000}?"
            r"(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|\Z)",
            re.DOTALL,
        ),
        rf"-----BEGIN \1-----{MASK}",
    ),
    (
        re.compile(r"\b([a-zA-Z][a-zA-Z0-9+.-]{1,30}://[^\s/:@\"'<>]{0,200}):[^\s/\"'<>]{1,500}@"),
        rf"\1:{MASK}@",
    ),
    (
        re.compile(
            r"(?i)\b(authorization[\"']?\s{0,3}[:=](?!\s{1,3}" + _REASON + r")\s{0,3}[\"']?"
            r"(?:[a-z]{3,12}\s{1,3})?)[^\s\"',;]{3,}"
        ),
        rf"\1{MASK}",
    ),
    (
        re.compile(r"(?i)\b((?:set-)?cookie[\"']?\s{0,3}:\s{0,3}[\"']?)[^\s=;,]{1,100}=[^\n\"']+"),
        rf"\1{MASK}",
    ),
    (
        re.compile(r"(?i)\b(bearer|basic)(\s{1,3})(?=[^\s\"',;]*[0-9=._-])[A-Za-z0-9._~+/=-]{8,}"),
        rf"\1\2{MASK}",
    ),
    (re.compile(r"\beyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]{5,}(?:\.[A-Za-z0-9_-]*)?"), MASK),
    (
        re.compile(
            r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b|\bgh[pousr]_[A-Za-z0-9]{20,}|\bgithub_pat_\w{20,}|\bxox[abprs]-[\w-]{10,}"
            r"|\bsk-[A-Za-z0-9_-]{20,}|\bAIza[\w-]{30,}|\bglpat-[\w-]{15,}"
        ),
        MASK,
    ),
)
_PAIR = re.compile(
    r"(?i)((?<![\w.\-/])[\w.\-]{0,60}?(?:" + _NAME + r")s?[\w]{0,20}[\"']?)(\s{0,3}(?:=|:|:)\s{0,3})"
    r"(\"(?:[^\"\\]|\\.){0,2000}\"|'(?:[^'\\]|\\.){0,2000}'|[^\s\"',;&}\])]{1,2000})"
)
# A line of a diff: `~ spec…env[DB_PASSWORD].value: old → new`
_DIFF_LINE = re.compile(
    r"(?m)^([~+-] [^\n:]{0,400}?[\[.]([\w.-]{1,100})\]?(?:\.value)?): (?=[^\n]*[^•→ \n])(?=\S)[^\n]+$"
)
_AFTER_KIND = re.compile(rf"(?i)\b(?:{'|'.join(KINDS)}|container)[ \t]{{1,3}}[\"“]?$")
_SHOWN_VALUES = frozenset({"", "true", "false", "null", "none", "nil", "{}", "[]", "{", "["})
# Why a kind was not looked at; Secret is a kind as well as a name for what must not be shown.
_SHOWN_REASONS = ("forbidden", "absent", "unauthenticated", "throttled", "timed out", "unavailable")


def is_sensitive(name: str) -> bool:
    """Whether a value under this name must not be shown: DB_PASSWORD, apiKey, client-secret."""
    words = _CAMEL.sub("_", name)
    return bool(_SENSITIVE.search(words)) and not _INNOCENT.search(words)


def redacted_text(text: str) -> str:
    """A text, such as a log line or a diff, without the secrets in it."""
    for shape, replacement in _SHAPES:
        text = shape.sub(replacement, text)
    return _PAIR.sub(_pair, _DIFF_LINE.sub(_diff_line, text))


def redacted(value: Any) -> Any:
    """JSON-like data without the secrets in it: manifests, patches, arguments, answers."""
    if isinstance(value, str):
        return redacted_text(value)
    if isinstance(value, Text):
        return Text(redacted_text(value.zh), redacted_text(value.en))
    if isinstance(value, Mapping):
        return _mapping(value)
    if isinstance(value, list | tuple):
        return [redacted(item) for item in value]
    return value


def _mapping(table: Mapping[str, Any]) -> dict[str, Any]:
    if table.get("kind") == "Secret":
        return {
            key: _hidden(value) if key in ("data", "stringData") else redacted(value)
            for key, value in table.items()
        }
    if named := _named_value(table):
        return {key: MASK if key == named else redacted(value) for key, value in table.items()}
    return {key: _entry(key, value) for key, value in table.items()}


def _named_value(table: Mapping[str, Any]) -> str:
    """The key whose value belongs to a sensitive name beside it: `{name: DB_PASSWORD, value: …}`."""
    for naming in ("name", "variable", "key", "path"):
        name = table.get(naming)
        if (
            isinstance(name, str)
            and is_sensitive(name.rsplit("/", 1)[-1])
            and _may_be_secret(table.get("value"))
        ):
            return "value"
    return ""


def _entry(key: str, value: Any) -> Any:
    if key == LAST_APPLIED:
        return MASK
    if is_sensitive(key) and _may_be_secret(value) and not _counts(key, value):
        return MASK
    return redacted(value)


def _may_be_secret(value: Any) -> bool:
    """A scalar that says something: a PIN is a number, a switch is none."""
    if isinstance(value, str):
        return value.lower() not in _SHOWN_VALUES
    return isinstance(value, int | float) and not isinstance(value, bool)


def _counts(key: str, value: Any) -> bool:
    """How many Secrets there are, or why nobody could look at them."""
    return key in ("Secret", "Secrets") and (not isinstance(value, str) or value.startswith(_SHOWN_REASONS))


def _hidden(values: Any) -> Any:
    """A Secret's data: the keys, and how long each value is not told."""
    return dict.fromkeys(values, MASK) if isinstance(values, Mapping) else values if values is None else MASK


def _names_an_object(before: str, name: str) -> bool:
    """`Pod web-token: not ready` and `Secret: db` are about objects."""
    return name in ("Secret", "Secrets") or _AFTER_KIND.search(before[-40:]) is not None


def _is_prose(match: re.Match[str]) -> bool:
    """Whether the colon belongs to a sentence: what follows it explains, and is no value."""
    name, between, value = match.groups()
    if not between[-1].isspace():
        return False
    if _OPENS_REASON.match(match.string, match.start(3)):
        return True
    is_verb = name == "pass" and _BEFORE_VERB.search(match.string[max(0, match.start() - 20) : match.start()])
    return bool(is_verb) and _WORD.fullmatch(value) is not None


def _diff_line(match: re.Match[str]) -> str:
    return f"{match[1]}: {MASK}" if is_sensitive(match[2]) else match[0]


def _pair(match: re.Match[str]) -> str:
    name, between, value = match.groups()
    bare = value.strip("\"'")
    if "=" not in between and _is_prose(match):
        return match[0]
    if "=" not in between and _names_an_object(match.string[: match.start()], name):
        return match[0]
    if bare.lower() in _SHOWN_VALUES or bare == MASK or not is_sensitive(name.strip("\"'")):
        return match[0]
    quote = value[0] if value[0] in "\"'" else ""
    return f"{name}{between}{quote}{MASK}{quote}"
