"""How many tokens a text is, without the tokenizer of any one model."""

from __future__ import annotations

import re

# Byte-pair vocabularies keep common words whole, break identifiers at case and punctuation, give digits out
# in threes, hold usual pairs of punctuation (`":`, `},`) as one, and spend about one token on a Han character.
_PIECES = re.compile(r"[A-Za-z]+|\d{1,3}|[^\S\n]*\n\s*|[!-/:-@\[-`{-~]{1,2}|[^\sA-Za-z0-9]|[^\S\n]{2,}")
_LONGEST_WORD = 7
"""Letters of a word that one token holds on average at most."""


def tokens(text: str) -> int:
    """An estimate that errs upwards: words of up to 7 letters, three digits, two signs of ASCII punctuation, and
    any other sign are one each."""
    count = 0
    for match in _PIECES.finditer(text):
        piece = match[0]
        word = piece[0].isascii() and piece[0].isalpha()
        count += -(-len(piece) // _LONGEST_WORD) if word else 1
    return count
