"""A model's answer made fit to be shown: no control signs, citations that exist, figures that were seen."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from kubesteer.core.plans import Call, Conversation, Inventory, Observation
from kubesteer.core.texts import Text
from kubesteer.planners.llm.figures import UNSEEN, unseen

LONGEST_ANSWER = 6_000
"""Characters that are shown; a person asked a question, not for a book."""

_CITATIONS = re.compile(r"\[(\d{1,2}(?:\s*[,,、]\s*\d{1,2})*)\]")
_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]{0,200}(?:\x07|\x1b\\)?|.)?")
_SPACING = "\n\t\u3000"
_BAD_CITATION = Text("⚠ 引用了不存在的观察:", "⚠ It cites observations that do not exist: ")
_NOTHING_DONE = Text("(本轮没有做任何变更。)", "(Nothing was changed in this turn.)")
_CLAIMED = re.compile(
    r"\bi(?:'ve| have|’ve)? (?:now |just |already |successfully |gone ahead and )?(?:restart|scal|delet|roll|updat|drain|appl|fix|remov"
    r"|set|chang|increas|cordon|patch|execut)\w*\b|\bexecuting\b|已(?:经)?(?:成功|为您|帮您|帮你|替您)|我(?:已|刚)",
    re.IGNORECASE,
)
_SOURCES = Text("依据:", "Seen: ")
_CUT = Text("…(回答过长,已截断)", "… (the answer was too long and is cut)")


def clean(text: str) -> str:
    """Text that a terminal shows as it reads: no escapes, no control or direction-changing signs."""
    return printable(_ESCAPES.sub("", text)).strip()


def printable(text: str) -> str:
    """Text without control signs; a piece of a stream keeps its spaces."""
    return "".join(char for char in text if char in _SPACING or char.isprintable())


class Live:
    """Passes a reply's text on as it arrives, fit to be shown, and ends its last line."""

    def __init__(self, stream: Callable[[str], None]) -> None:
        self._stream = stream
        self._open = False

    def feed(self, piece: str) -> None:
        """The next piece."""
        shown = printable(piece)
        if shown:
            self._stream(shown)
            self._open = not shown.endswith("\n")

    def end(self) -> None:
        """No more of this reply."""
        if self._open:
            self._stream("\n")


def worded(
    text: str, conversation: Conversation, inventory: Inventory, seen: Sequence[str], *, asked: bool = False
) -> Text:
    """The answer with what it rests on, and with what it cannot rest on flagged.

    `seen` is what the model was shown of each observation: a figure must stand there, in the person's words or
    in the inventory. Where a change was `asked` for, or the model says that it made one, the answer adds that none
    was made: an answer in words never is one.
    """
    shown = clean(text)
    if len(shown) > LONGEST_ANSWER:
        shown = shown[:LONGEST_ANSWER] + _CUT.of(conversation.language)
    answer = Text.same(shown)
    said = [message.content for message in conversation.messages if message.role == "user"]
    figures = unseen(shown, [*seen, *said, *_stock(inventory)])
    if figures:
        answer += Text.same("\n") + UNSEEN + Text.same(", ".join(figures[:12]))
    wrong = sorted({n for n in _cited(shown) if not 1 <= n <= len(seen)})
    if wrong:
        answer += Text.same("\n") + _BAD_CITATION + Text.same(", ".join(f"[{n}]" for n in wrong))
    if asked or _CLAIMED.search(shown):
        answer += Text.same("\n") + _NOTHING_DONE
    return answer + _sources(conversation.observations)


def _sources(observations: Sequence[Observation]) -> Text:
    if not observations:
        return Text("", "")
    lines = [f"[{n}] {about(o.call)}{' ✗' if o.failed else ''}" for n, o in enumerate(observations, start=1)]
    return Text.same("\n") + _SOURCES + Text.same("; ".join(lines))


def about(call: Call) -> str:
    """A read in a few words: `get_logs Pod shop/cart-7f9b-x2x1z`."""
    place = "/".join(str(call.arguments[key]) for key in ("namespace", "name") if call.arguments.get(key))
    return clean(
        " ".join(part for part in (call.operation, str(call.arguments.get("kind") or ""), place) if part)
    )


def _cited(text: str) -> list[int]:
    return [int(number) for match in _CITATIONS.finditer(text) for number in re.findall(r"\d+", match[1])]


def _stock(inventory: Inventory) -> list[str]:
    return [
        f"{item.replicas} {' '.join(item.images.values())}"
        for item in inventory.items
        if item.replicas is not None
    ]
