"""Cutting a byte stream into lines in bounded memory."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Line:
    """One line without its end; `cut` where it was longer than allowed."""

    content: bytes
    cut: bool = False


async def split_lines(pieces: AsyncIterator[bytes], longest: int) -> AsyncIterator[Line]:
    """Lines as they become complete, each `longest` bytes at most; the rest of a longer one is dropped."""
    kept, cut = b"", False
    async for piece in pieces:
        for number, part in enumerate(piece.split(b"\n")):
            if number:
                yield Line(kept, cut)
                kept, cut = b"", False
            room = longest - len(kept)
            cut = cut or len(part) > room
            kept += part[:room]
    if kept or cut:
        yield Line(kept, cut)
