"""When and how a process ends by itself, as its behaviour declares; pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from kubesteer.simulator.behaviour import Behaviour
from kubesteer.simulator.clock import Clock
from kubesteer.simulator.kubelet.runs import ContainerRun
from kubesteer.simulator.objects import Obj, section
from kubesteer.simulator.quantities import amount

DEFAULT_RUN_SECONDS = 0.5
"""How long a process runs that is to end, but does not say when."""
KILLED = 137
START_ERRORS = {
    "not-found": 'exec: "{command}": executable file not found in $PATH',
    "permission": 'exec: "{command}": permission denied',
}


@dataclass(frozen=True, slots=True)
class Ending:
    """The end of a process, `after` so many seconds of its life."""

    after: float
    code: int
    reason: str
    message: str = ""


def ending_of(spec: Obj, behaviour: Behaviour, *, finite: bool) -> Ending | None:
    """The first end that comes, None for a process that stays. `finite`: it ends even if nothing is declared."""
    ends = [end for end in (_declared(behaviour, finite=finite), _out_of_memory(spec, behaviour)) if end]
    return min(ends, key=lambda end: (end.after, -end.code), default=None)


def _declared(behaviour: Behaviour, *, finite: bool) -> Ending | None:
    if crash := behaviour.crash:
        return Ending(crash.after, crash.code, crash.reason, crash.message)
    if behaviour.value("exit-after") is None and not finite:
        return None
    code = behaviour.value("exit-code")
    code = code if isinstance(code, int) else 0
    after = behaviour.seconds("exit-after", DEFAULT_RUN_SECONDS)
    return Ending(after, code, "Error" if code else "Completed")


def _out_of_memory(spec: Obj, behaviour: Behaviour) -> Ending | None:
    """The kernel kills a process that uses more memory than its container's limit."""
    if behaviour.value("oom-after") is not None:
        return Ending(behaviour.seconds("oom-after"), KILLED, "OOMKilled")
    limit, load = section(spec, "resources", "limits").get("memory"), behaviour.series("memory")
    if limit is None or load is None:
        return None
    bound: Decimal = amount(limit)
    start = next((start for start, used in load.steps if used > bound), None)
    return None if start is None else Ending(max(start, DEFAULT_RUN_SECONDS), KILLED, "OOMKilled")


def start_error(spec: Obj, behaviour: Behaviour) -> Ending | None:
    """Why the runtime cannot start the command at all, in the words of runc."""
    declared = behaviour.value("start-error")
    if declared is None:
        return None
    command = (spec.get("command") or ["app"])[0]
    why = START_ERRORS.get(str(declared), str(declared)).format(command=command)
    message = (
        "failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create "
        f"failed: unable to start container process: error during container init: {why}"
    )
    return Ending(0.0, 126 if "permission denied" in why else 128, "StartError", message)


def next_step(
    clock: Clock, spec: Obj, run: ContainerRun, behaviour: Behaviour, *, finite: bool
) -> float | None:
    """Wall-clock seconds until something happens to a container by itself, None for never.

    Moments that have passed do not count: what was due is done, and a change of status wakes the kubelet anyway.
    """
    now = clock.now()
    waits = [(state.due - now).total_seconds() for state in run.probes.values()]
    if run.started is not None and run.running:
        elapsed = clock.elapsed(run.started)
        moments = _moments(spec, behaviour, finite=finite)
        waits += [(moment - elapsed) / clock.speed for moment in moments if moment < float("inf")]
    elif run.ready_at is not None:
        waits.append((run.ready_at - now).total_seconds())
    return min((wait for wait in waits if wait > 0), default=None)


def _moments(spec: Obj, behaviour: Behaviour, *, finite: bool) -> Iterator[float]:
    """Seconds of a life at which something about the container changes."""
    if end := ending_of(spec, behaviour, finite=finite):
        yield end.after
    if (failing := behaviour.failing("readiness")) and not section(spec, "readinessProbe"):
        yield from (failing.after, failing.until)
