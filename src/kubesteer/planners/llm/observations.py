"""What a model gets to see of what was read: redacted, cut to a budget by tool, set apart as data."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

from kubesteer.core.plans import Observation
from kubesteer.planners.llm.instructions import as_data
from kubesteer.planners.llm.tokens import tokens

Redact = Callable[[Any], Any]
"""Masks secrets in JSON-like data and in text."""

BUDGETS: dict[str, int] = {
    "get_status": 900,
    "get_logs": 1200,
    "list_resources": 1000,
    "get_events": 900,
    "get_usage": 600,
    "get_rollout": 700,
    "get_manifest": 1200,
    "diagnose": 1400,
    "scan": 1600,
}
"""Tokens of one observation, by operation."""

LARGEST = max(BUDGETS.values())

OTHER = 800
"""Tokens of an observation by any other operation."""

OLDER = 300
"""Tokens that remain of an observation once as many newer ones as `FRESH` stand behind it."""

FRESH = 5


def shown(observations: Sequence[Observation], redact: Redact) -> tuple[str, ...]:
    """Each observation as a model sees it, numbered from 1 as it is to be cited."""
    older = len(observations) - FRESH
    return tuple(
        _shown(observation, number, redact, OLDER if number <= older else budget(observation))
        for number, observation in enumerate(observations, start=1)
    )


def budget(observation: Observation) -> int:
    """Tokens that this observation may take."""
    return BUDGETS.get(observation.call.operation, OTHER)


def _shown(observation: Observation, number: int, redact: Redact, most: int) -> str:
    # Redaction comes first: a cut through the middle of a secret would hide it from the patterns.
    label = f"[{number}]" + (" failed" if observation.failed else "")
    return as_data(cut(safe(observation.content, redact), most), label)


def safe(content: str, redact: Redact) -> str:
    """The content without secrets: by structure where it is JSON, else as text. Kinds of which nothing was found
    are left out of the coverage: they are a fifth of a diagnosis and tell nothing."""
    try:
        data = json.loads(content)
    except (ValueError, RecursionError):
        return str(redact(content))
    return json.dumps(_without_zeros(redact(data)), ensure_ascii=False, separators=(",", ":"))


def _without_zeros(data: Any) -> Any:
    coverage = data.get("coverage") if isinstance(data, dict) else None
    looked_at = coverage.get("looked_at") if isinstance(coverage, dict) else None
    if not isinstance(coverage, dict) or not isinstance(looked_at, dict):
        return data
    found = {kind: count for kind, count in looked_at.items() if count}
    return {**data, "coverage": {**coverage, "looked_at": found}}


def cut(content: str, most: int) -> str:
    """At most so many tokens: the beginning and the end, whole lines where there are any, and what is missing."""
    if tokens(content) <= most:
        return content
    share = len(content) * most // (tokens(content) + 1)
    while True:
        head, tail = content[: share * 2 // 3], content[len(content) - share // 3 :]
        head = head[: head.rfind("\n") + 1] or head
        tail = tail[tail.find("\n") + 1 :] or tail
        left_out = len(content) - len(head) - len(tail)
        kept = f"{head}\n… {left_out} characters left out …\n{tail}"
        if tokens(kept) <= most or share < 60:
            return kept
        share = share * 9 // 10
