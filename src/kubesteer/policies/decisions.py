"""What to do about a loaded workload: more replicas, more memory, or nothing; by a table, purely.

| evidence                                    | decision                                                        |
|---------------------------------------------|-----------------------------------------------------------------|
| killed for memory (OOMKilled), or many      | memory limit × 1.5; more replicas would only be killed as well  |
| lines of OutOfMemoryError in the logs       |                                                                 |
| CPU at 80 % of the request or more, in      | replicas × usage / 60 %, rounded up: 3 at 93 % become 5;        |
| every one of several samples                | at most `most`, and always at least one more                    |
| CPU high, but already at `most`             | nothing: says that the limit is reached                         |
| CPU below, or high in some samples only     | nothing: says what was measured                                 |
| nothing measured, or too few samples        | nothing: says that it could not be judged                       |

The ratio is the HorizontalPodAutoscaler's (documentation "Horizontal Pod Autoscaling", algorithm details).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Literal

from kubesteer.core.quantities import memory_words
from kubesteer.core.texts import Text

HIGH = 0.80
"""Fraction of the CPU request from which on a workload counts as loaded."""
TARGET = 0.60
"""Fraction of the CPU request that it should have after scaling."""
ENOUGH_SAMPLES = 3
"""Distinct samples that make a load sustained; metrics-server takes one every 15 s (--metric-resolution)."""
MANY_ERRORS = 3
"""Log lines of exhausted memory that weigh as much as a kill: a runtime throws long before the kernel kills."""
MEMORY_FACTOR = 1.5
MEMORY_STEP = 64 * 1024 * 1024
"""Bytes; memory limits are rounded up to whole steps."""
_GRAIN = 1e-9


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do and why. `replicas` or `memory_limit` (bytes) is set for what should become of it.

    `judged` is false where the evidence did not suffice: then nothing may be concluded from `what`.
    """

    what: Literal["scale", "memory", "nothing"]
    reason: Text
    replicas: int = 0
    memory_limit: int = 0
    judged: bool = True


@dataclass(frozen=True, slots=True)
class Pressure:
    """The evidence about one workload.

    `cpu`: fractions of the request, one a sample, oldest first; None where nothing was measured.
    `killed_for_memory`: how often its containers were OOMKilled; `memory_errors`: lines of its logs that tell
    of exhausted memory. `memory_limit` in bytes, 0 for none.
    """

    replicas: int
    cpu: Sequence[float | None] = ()
    killed_for_memory: int = 0
    memory_errors: int = 0
    memory_limit: float = 0.0


def decide(pressure: Pressure, *, most: int = 100) -> Decision:
    """The decision that the table gives. `most` is the greatest number of replicas allowed."""
    if pressure.killed_for_memory or pressure.memory_errors >= MANY_ERRORS:
        return _more_memory(pressure)
    measured = [share for share in pressure.cpu if share is not None]
    if len(measured) < ENOUGH_SAMPLES:
        return _cannot_judge(len(measured))
    if min(measured) < HIGH:
        return _not_loaded(measured)
    return _more_replicas(pressure, measured, most)


def wanted_replicas(replicas: int, share: float) -> int:
    """How many replicas bring a CPU share down to TARGET; at least one more than now."""
    return max(replicas + 1, ceil(replicas * share / TARGET - _GRAIN))


def _more_memory(pressure: Pressure) -> Decision:
    killed = _exhausted(pressure)
    if not pressure.memory_limit:
        reason = killed + Text(
            ",但没有设置内存上限:是节点内存不足,提高上限没有用。",
            ", but there is no memory limit: the node ran out, and a higher limit would not help.",
        )
        return Decision("nothing", reason)
    limit = ceil(pressure.memory_limit * MEMORY_FACTOR / MEMORY_STEP) * MEMORY_STEP
    now, then = memory_words(pressure.memory_limit), memory_words(limit)
    reason = killed + Text(
        f":需要更多内存而不是更多副本,上限从 {now} 提高到 {then}。",
        f": it needs more memory, not more replicas; raise the limit from {now} to {then}.",
    )
    return Decision("memory", reason, memory_limit=limit)


def _exhausted(pressure: Pressure) -> Text:
    times, lines = pressure.killed_for_memory, pressure.memory_errors
    if times:
        return Text(
            f"容器因内存不足被终止(OOMKilled){times} 次", f"Containers were OOMKilled {_times(times)}"
        )
    return Text(f"日志中有 {lines} 行内存耗尽", f"{lines} log lines tell of exhausted memory")


def _more_replicas(pressure: Pressure, measured: list[float], most: int) -> Decision:
    share = sum(measured) / len(measured)
    high = Text(
        f"CPU 持续在请求量的 {share:.0%}(阈值 {HIGH:.0%},{len(measured)} 次采样)",
        f"CPU is steadily at {share:.0%} of the request (threshold {HIGH:.0%}, {len(measured)} samples)",
    )
    if pressure.replicas >= most:
        reason = high + Text(f",但副本数已达上限 {most}。", f", but the limit of {most} replicas is reached.")
        return Decision("nothing", reason)
    wanted = min(most, wanted_replicas(pressure.replicas, share))
    reason = high + Text(
        f":从 {pressure.replicas} 个副本扩到 {wanted} 个,使其回到约 {TARGET:.0%}。",
        f": scale from {pressure.replicas} to {wanted} replicas, to come back to about {TARGET:.0%}.",
    )
    return Decision("scale", reason, replicas=wanted)


def _not_loaded(measured: list[float]) -> Decision:
    low, high = min(measured), max(measured)
    span = f"{low:.0%}" if f"{low:.0%}" == f"{high:.0%}" else f"{low:.0%}–{high:.0%}"
    reason = Text(
        f"CPU 在请求量的 {span},没有持续达到 {HIGH:.0%}:不扩容。",
        f"CPU is at {span} of the request, not steadily at {HIGH:.0%} or more: not scaling.",
    )
    return Decision("nothing", reason)


def _cannot_judge(samples: int) -> Decision:
    reason = Text(
        f"只有 {samples} 次 CPU 采样(至少需要 {ENOUGH_SAMPLES} 次),无法判断负载。",
        f"There are only {samples} samples of CPU ({ENOUGH_SAMPLES} are needed): the load cannot be judged.",
    )
    return Decision("nothing", reason, judged=False)


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"
