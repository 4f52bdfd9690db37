"""Ids of changes: `chg-` and ten characters of base32, 50 bits that cannot be guessed from one another."""

from __future__ import annotations

import re
import secrets

from kubesteer.core.errors import Refused
from kubesteer.core.texts import Text

_ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"
_SHAPE = re.compile(r"chg-[a-z2-7]{10}", re.ASCII)


def new_identifier() -> str:
    """A fresh id."""
    return "chg-" + "".join(secrets.choice(_ALPHABET) for _ in range(10))


def is_identifier(word: str) -> bool:
    """Whether a word has the shape of an id."""
    return _SHAPE.fullmatch(word) is not None


def checked_identifier(word: str) -> str:
    """The id unchanged.

    Raises:
        Refused: it is not the id of a change; nothing is looked up then.
    """
    if not is_identifier(word):
        shown = "".join(char if char.isprintable() else "�" for char in word[:60])
        raise Refused(
            Text(f"“{shown}”不是变更的编号。", f"“{shown}” is not the id of a change."),
            Text("编号见 `kubesteer history`。", "`kubesteer history` lists them."),
        )
    return word
