"""What a model gets to see of a read: enough to reason on, small enough to pay for."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from kubesteer.core.texts import Text

LONGEST = 6000
"""Characters, about 1,500–2,000 tokens: a dozen such reads fit a diagnosis of 20,000 tokens."""


def observed(data: Mapping[str, Any], text: Text) -> str:
    """A read's answer for a model: its data where they are short, else its words, cut in the middle."""
    compact = json.dumps(data, ensure_ascii=False, separators=(",", ":"), default=str)
    content = compact if len(compact) <= LONGEST else text.en
    if len(content) <= LONGEST:
        return content
    half = LONGEST // 2
    return f"{content[:half]}\n… {len(content) - 2 * half} characters left out …\n{content[-half:]}"
