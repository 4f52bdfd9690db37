"""What a reply at the approval prompt means: yes, no, or something else that wants to be heard."""

from __future__ import annotations

import re

_END = r"[\s,,.。!!~]*"
_YES = re.compile(
    rf"(?:y|yes|yep|yeah|ok|okay|sure|go|go ahead|do it|是的?|好的?|行|可以|确认|同意|批准|执行)"
    rf"(?:{_END}(?:please|pls|do it|go ahead|执行|确认|吧|啊|谢谢|麻烦了))*{_END}",
    re.IGNORECASE,
)
_NO = re.compile(
    rf"(?:n|no|nope|not now|cancel|stop|never ?mind|不|不要|不用|不行|否|取消|算了|别)"
    rf"(?:{_END}(?:thanks|thank you|please|了|吧|谢谢))*{_END}",
    re.IGNORECASE,
)


def agreement(reply: str) -> bool | None:
    """True for a plain yes, False for a plain no or an empty line, None for anything else: no yes either."""
    words = reply.strip()
    if not words or _NO.fullmatch(words):
        return False
    return True if _YES.fullmatch(words) else None
