"""What was understood as the JSON of `kubesteer interpret` (CONTRACT.md): an outcome, and the calls or what is missing."""

from __future__ import annotations

from typing import Any

from kubesteer.core.plans import Ask, Plan, Say


def interpretation(step: Plan | Ask | Say) -> dict[str, Any]:
    """`{"outcome": "call", "calls": […]}`, `{"outcome": "ask", "missing": […]}` or `{"outcome": "say"}`."""
    if isinstance(step, Plan):
        return {"outcome": "call", "calls": [call.to_json() for call in step.calls]}
    if isinstance(step, Ask):
        return {"outcome": "ask", "missing": list(step.missing)}
    return {"outcome": "say"}
