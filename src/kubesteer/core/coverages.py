"""Looking at many kinds: how many at once, and what is said of one that could not be looked at."""

from __future__ import annotations

from kubesteer.core.errors import ClusterError, Forbidden, NotFound, Throttled, Unauthenticated, Unsupported

AT_ONCE = 6
"""Lists under way at the same time: fewer than the share that API priority and fairness gives one client."""


def reason_of(error: ClusterError) -> str:
    """Why a kind was not looked at, in a word or two."""
    match error:
        case Forbidden():
            return "forbidden"
        case Unauthenticated():
            return "unauthenticated"
        case NotFound() | Unsupported():
            return "absent"
        case Throttled():
            return "throttled"
    return "timed out" if "time" in error.text.en.lower() else "unavailable"
