"""How long a read is tried: few times, with jitter, bounded in time. Writes are never repeated."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from kubesteer.adapters.kubernetes.failures import Failure


@dataclass(frozen=True, slots=True)
class Patience:
    """At most `attempts` tries; none is begun more than `seconds` after the first."""

    attempts: int = 4
    seconds: float = 8.0
    first: float = 0.1  # seconds before the second try, four times as long before each further one
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    clock: Callable[[], float] = time.monotonic
    jitter: Callable[[], float] = random.random

    def pause(self, failure: Failure, tried: int, spent: float) -> float | None:
        """Seconds to wait before the next try; None to give up. Pure but for the jitter."""
        if not failure.again or tried >= self.attempts:
            return None
        wait = max(self.first * 4 ** (tried - 1) * (0.5 + self.jitter()), failure.after)
        return None if spent + wait > self.seconds else wait
