"""Plain-text tables whose columns line up, with Chinese characters two cells wide."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from kubesteer.core.texts import Language, Text

Cell = Text | str

MOST_ROWS = 50
"""Rows that the words show; the data always carry all of them."""


def table(header: Sequence[Text], rows: Sequence[Sequence[Cell]], most: int = MOST_ROWS) -> Text:
    """The rows under their header; beyond `most`, a last line says how many more there are."""
    shown = rows[:most]
    body = Text(_lines(header, shown, "zh"), _lines(header, shown, "en"))
    left = len(rows) - len(shown)
    if not left:
        return body
    return body + Text(f"\n……还有 {left} 项未列出", f"\n… and {left} more not shown")


def width(text: str) -> int:
    """Terminal cells that a text takes."""
    return sum(_cells(char) for char in text)


def _cells(char: str) -> int:
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def _lines(header: Sequence[Text], rows: Sequence[Sequence[Cell]], language: Language) -> str:
    cells = [[_word(cell, language) for cell in row] for row in (header, *rows)]
    widths = [max(width(row[column]) for row in cells) for column in range(len(header))]
    return "\n".join(_line(row, widths) for row in cells)


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    padded = [cell + " " * (room - width(cell)) for cell, room in zip(row, widths, strict=True)]
    return "  ".join(padded).rstrip()


def _word(cell: Cell, language: Language) -> str:
    return cell.of(language) if isinstance(cell, Text) else cell
