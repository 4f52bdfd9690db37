"""The policy file: a small YAML document, read strictly. A mistake is told with its line and what is possible."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import time
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml

from kubesteer.core.errors import Misconfigured, Unusable
from kubesteer.core.kinds import kind_of
from kubesteer.core.operations import Risk
from kubesteer.core.texts import Text
from kubesteer.policies.approvals import Approval
from kubesteer.policies.namespaces import Namespaces
from kubesteer.policies.regressions import Regression
from kubesteer.policies.replicas import Replicas
from kubesteer.policies.rulebooks import Rulebook
from kubesteer.policies.untouchables import Untouchables
from kubesteer.policies.verbs import Verbs
from kubesteer.policies.windows import DAYS, Window, Windows

T = TypeVar("T")


class Mistake(Exception):
    """Something in the file that cannot be meant; `line` counts from 1."""

    def __init__(self, node: yaml.Node, text: Text) -> None:
        super().__init__(text.en)
        self.line = node.start_mark.line + 1
        self.text = text


Reader = Callable[[yaml.Node], Any]


def read_rulebook(path: str) -> Rulebook:
    """The policies of a file; the defaults where no file is named.

    Raises:
        Misconfigured: the file cannot be read, or something in it cannot be meant.
    """
    if not path:
        return Rulebook()
    try:
        content = Path(path).expanduser().read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as trouble:
        raise Misconfigured(
            Text(f"读不了策略文件 {path}:{trouble}", f"Cannot read the policy file {path}: {trouble}")
        ) from trouble
    return parse_rulebook(content, place=path)


def parse_rulebook(content: str, *, place: str = "policy.yaml") -> Rulebook:
    """The policies of a document.

    Raises:
        Misconfigured: something in it cannot be meant; names the line.
    """
    try:
        node = yaml.compose(content, Loader=yaml.SafeLoader)
        return replace(Rulebook(**({} if node is None else _fields(node, _SECTIONS))), place=place)
    except yaml.YAMLError as trouble:
        mark = getattr(trouble, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        told = str(getattr(trouble, "problem", None) or trouble)
        raise _misconfigured(
            place, line, Text(f"不是有效的 YAML:{told}", f"not valid YAML: {told}")
        ) from trouble
    except Mistake as mistake:
        raise _misconfigured(place, mistake.line, mistake.text) from mistake


def _misconfigured(place: str, line: int, text: Text) -> Misconfigured:
    where = Text(f"策略文件 {place} 第 {line} 行:", f"Policy file {place}, line {line}: ")
    return Misconfigured(
        where + text, Text("格式见 docs/policies.md。", "docs/policies.md shows what it may contain.")
    )


def _fields(node: yaml.Node, readers: Mapping[str, tuple[str, Reader]]) -> dict[str, Any]:
    """A mapping's values by field name; unknown and repeated keys are mistakes."""
    if not isinstance(node, yaml.MappingNode):
        raise Mistake(node, Text("这里应是“键: 值”。", "there should be keys with values here."))
    found: dict[str, Any] = {}
    for key, value in node.value:
        name = str(key.value)
        if name not in readers:
            known = ", ".join(readers)
            raise Mistake(
                key, Text(f"不认识的键“{name}”(可用:{known})。", f"unknown key “{name}”; known are: {known}.")
            )
        field, reader = readers[name]
        if field in found:
            raise Mistake(key, Text(f"“{name}”出现了两次。", f"“{name}” is there twice."))
        found[field] = reader(value)
    return found


def _section(make: Callable[..., T], **readers: tuple[str, Reader]) -> Callable[[yaml.Node], T]:
    return lambda node: make(**_fields(node, readers))


def _word(node: yaml.Node) -> str:
    if not isinstance(node, yaml.ScalarNode) or not node.value:
        raise Mistake(node, Text("这里应是一个词。", "there should be a word here."))
    return str(node.value)


def _choice(*allowed: str) -> Callable[[yaml.Node], str]:
    def read(node: yaml.Node) -> str:
        word = _word(node)
        if word not in allowed:
            listed = ", ".join(allowed)
            raise Mistake(node, Text(f"“{word}”不行(可选:{listed})。", f"“{word}” is none of: {listed}."))
        return word

    return read


def _each(reader: Callable[[yaml.Node], T]) -> Callable[[yaml.Node], tuple[T, ...]]:
    def read(node: yaml.Node) -> tuple[T, ...]:
        if not isinstance(node, yaml.SequenceNode):
            raise Mistake(
                node, Text("这里应是列表,例如 [a, b]。", "there should be a list here, such as [a, b].")
            )
        return tuple(reader(item) for item in node.value)

    return read


_words = _each(_word)


def _whole(least: int) -> Callable[[yaml.Node], int]:
    def read(node: yaml.Node) -> int:
        word = _word(node)
        if not word.isascii() or not word.isdigit() or int(word) < least:
            raise Mistake(
                node,
                Text(
                    f"“{word}”应是不小于 {least} 的整数。",
                    f"“{word}” should be a whole number, {least} or more.",
                ),
            )
        return int(word)

    return read


def _kind(node: yaml.Node) -> str:
    word = _word(node)
    try:
        return kind_of(word).name
    except Unusable:
        return word  # a kind of the cluster's own


def _clock(node: yaml.Node) -> time:
    word = _word(node)
    try:
        return time.fromisoformat(word if len(word) == 5 else f"0{word}")
    except ValueError:
        raise Mistake(
            node, Text(f"“{word}”应是 09:30 这样的时刻。", f"“{word}” should be a time such as 09:30.")
        ) from None


def _zone(node: yaml.Node) -> str:
    word = _word(node)
    try:
        return ZoneInfo(word).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Mistake(
            node,
            Text(
                f"不认识的时区“{word}”(例如 Asia/Shanghai)。",
                f"unknown time zone “{word}”, such as Asia/Shanghai.",
            ),
        ) from None


def _risk(node: yaml.Node) -> Risk:
    return Risk(_choice(*(risk.value for risk in Risk))(node))


def _regression(node: yaml.Node) -> Regression:
    return Regression("ask" if _choice("undo", "ask")(node) == "ask" else "undo")


_WINDOW = _section(
    Window,
    days=("days", lambda node: frozenset(_each(_choice(*DAYS))(node))),
    start=("start", _clock),
    end=("end", _clock),
    zone=("zone", _zone),
    namespaces=("namespaces", _words),
)

_SECTIONS: Mapping[str, tuple[str, Reader]] = {
    "namespaces": ("namespaces", _section(Namespaces, protected=("protected", _words))),
    "operations": (
        "operations",
        _section(Verbs, forbidden=("forbidden", _words), automatic=("automatic_", _words)),
    ),
    "kinds": ("kinds", _section(Untouchables, never=("never", _each(_kind)))),
    "replicas": ("replicas", _section(Replicas, most=("most", _whole(1)), step=("step", _whole(0)))),
    "windows": ("windows", lambda node: Windows(_each(_WINDOW)(node))),
    "approval": (
        "approval",
        _section(
            Approval,
            approvers=("approvers", _words),
            two_persons=("two_persons", _each(_risk)),
            valid_minutes=("valid_minutes", _whole(1)),
        ),
    ),
    "regression": ("regression", _regression),
}
