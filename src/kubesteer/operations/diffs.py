"""Differences as people read them: one line a field, `+` added, `-` removed, `old → new` changed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import yaml

from kubesteer.core.requests import Manifest
from kubesteer.operations.defaulted import undefaulted
from kubesteer.operations.differences import ABSENT, FieldChange, differences, path_words

MASK = "•••"
LONGEST_VALUE = 2000
"""Characters of one value; a script in a ConfigMap may be a megabyte."""


def rendered(before: Manifest | None, after: Manifest | None) -> str:
    """The readable diff of an object; "" where nothing differs. A Secret's values are masked."""
    kind = (after or before or {}).get("kind", "")
    return "\n".join(lines(differences(before, after), secret=kind == "Secret"))


def lines(changes: Iterable[FieldChange], *, secret: bool = False) -> list[str]:
    """The diff's lines, several for a value that has several."""
    return [line for change in changes for line in _lines(_masked(change) if secret else change)]


def _lines(change: FieldChange) -> list[str]:
    path = path_words(change.path)
    old, new = _words(change.old), _words(change.new)
    if change.old is ABSENT:
        return _prefixed("+", path, new)
    if change.new is ABSENT:
        return _prefixed("-", path, old)
    if len(old) == len(new) == 1:
        return [f"~ {path}: {old[0]} → {new[0]}"]
    return [*_prefixed("-", path, old), *_prefixed("+", path, new)]


def _prefixed(sign: str, path: str, words: list[str]) -> list[str]:
    if not path:
        return [f"{sign} {line}" for line in words]
    if len(words) == 1:
        return [f"{sign} {path}: {words[0]}"]
    return [f"{sign} {path}:", *(f"{sign}   {line}" for line in words)]


def _words(value: Any) -> list[str]:
    if value is ABSENT:
        return []
    if isinstance(value, str) and "\n" not in value and value:
        return [_cut(value)]
    if isinstance(value, dict | list) and value:
        value = undefaulted(value)
    if isinstance(value, dict | list) and value:
        text = yaml.safe_dump(value, sort_keys=False, allow_unicode=True, width=110)
    else:
        text = value if isinstance(value, str) and value else _scalar(value)
    return _cut(text.rstrip("\n")).split("\n")


def _scalar(value: Any) -> str:
    return yaml.safe_dump(value, default_flow_style=True).removesuffix("\n...\n").strip()


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}… ({len(text)})"


def _masked(change: FieldChange) -> FieldChange:
    if not change.path:
        return FieldChange((), _without_values(change.old), _without_values(change.new))
    if change.path[0] not in ("data", "stringData"):
        return change
    old, new = change.old, change.new
    return FieldChange(change.path, _hidden(old), new if new is ABSENT else f"{MASK} ({len(str(new))})")


def _hidden(value: Any) -> Any:
    return value if value is ABSENT else f"{MASK} ({len(str(value))})"


def _without_values(manifest: Any) -> Any:
    if manifest is ABSENT:
        return ABSENT
    masked = {
        key: dict.fromkeys(manifest[key] or {}, MASK) for key in ("data", "stringData") if key in manifest
    }
    return manifest | masked
