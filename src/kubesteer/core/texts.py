"""Bilingual wording. Whatever a person reads is a `Text`, written beside the logic that needs it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Language = Literal["zh", "en"]

# CJK Unified Ideographs with extension A; kana and hangul are left out on purpose: we do not answer in them.
_HAN = (("㐀", "䶿"), ("一", "鿿"))


@dataclass(frozen=True, slots=True)
class Text:
    """The same content in Chinese and in English."""

    zh: str
    en: str

    def __add__(self, other: Text) -> Text:
        return Text(self.zh + other.zh, self.en + other.en)

    def of(self, language: Language) -> str:
        """The wording in one language."""
        return self.zh if language == "zh" else self.en

    @classmethod
    def same(cls, words: str) -> Text:
        """Words that are not translated: names, log lines, server messages."""
        return cls(words, words)


def join(texts: Iterable[Text], separator: Text | None = None) -> Text:
    """The texts one after the other; on lines of their own unless a separator is given."""
    parts = list(texts)
    between = separator or Text.same("\n")
    return Text(between.zh.join(t.zh for t in parts), between.en.join(t.en for t in parts))


def language_of(words: str) -> Language:
    """The language that somebody wrote in: one Han character makes it Chinese."""
    return "zh" if any(low <= char <= high for char in words for low, high in _HAN) else "en"
