"""Questions back that can be answered by a number, and which candidate a number picks."""

from __future__ import annotations

import re

from kubesteer.core.plans import Ask
from kubesteer.core.texts import Text
from kubesteer.planners.llm.clauses import plain

MOST_OFFERED = 9

_LISTED = re.compile(r"(?:^|\s)(\d)\.\s+(\S+)")
_PICK = re.compile(
    r"\W*(?:第|the |number |no\.? ?|option )?(\d|[一二三四五六七八九]|first|second|third|fourth|fifth)"
    r" ?(?:个|项|号|one)?(?:吧|的|,? ?please)?\W*"
)
_WORTH = {
    **{char: value for value, char in enumerate("一二三四五六七八九", start=1)},
    **{word: value for value, word in enumerate(("first", "second", "third", "fourth", "fifth"), start=1)},
}


def asking(missing: tuple[str, ...], text: Text, candidates: tuple[str, ...] = ()) -> Ask:
    """A question with its candidates numbered behind it, where there are several to choose from."""
    offered = candidates[:MOST_OFFERED]
    if len(offered) > 1:
        text += Text.same("".join(f" {number}. {one}" for number, one in enumerate(offered, start=1)))
    return Ask(missing, text, offered)


def question_of(message: str) -> str:
    """A message without the numbered candidates at its end."""
    return re.sub(r"(?:\s+\d\.\s+\S+)+\s*$", "", message)


def picked(words: str, message: str) -> str:
    """The candidate of a message that words such as "2", 「第二个」 or "the second one" pick; "" where they pick none."""
    pick = _PICK.fullmatch(plain(words).strip())
    if pick is None:
        return ""
    number = _WORTH.get(pick[1]) or int(pick[1])
    offered: dict[int, str] = {int(n): one.rstrip(":,;") for n, one in _LISTED.findall(message)}
    return offered.get(number, "")
