"""Columns of pods: the state that `kubectl get pods` sums up in one word.

Source: pkg/printers/internalversion/printers.go of the 1.34 release (printPod).
"""

from datetime import datetime

from kubesteer.simulator.objects import Obj, condition_is, dig, items, number, section, terminating, text
from kubesteer.simulator.tables.cells import NONE, age, name, since
from kubesteer.simulator.tables.definitions import Column


def _waiting_or_terminated(state: Obj) -> str:
    waiting, ended = section(state, "waiting"), section(state, "terminated")
    if waiting.get("reason"):
        return str(waiting["reason"])
    if ended.get("reason"):
        return str(ended["reason"])
    if "terminated" in state:
        return f"Signal:{ended['signal']}" if ended.get("signal") else f"ExitCode:{ended.get('exitCode', 0)}"
    return ""


def _init_reason(pod: Obj) -> str:
    statuses = items(pod, "status", "initContainerStatuses")
    restartable = {
        text(c, "name") for c in items(pod, "spec", "initContainers") if c.get("restartPolicy") == "Always"
    }
    for index, status in enumerate(statuses):
        state = section(status, "state")
        if "terminated" in state and number(state, "terminated", "exitCode") == 0:
            continue
        if text(status, "name") in restartable and status.get("started"):
            continue
        word = _waiting_or_terminated(state)
        if word and word != "PodInitializing":
            return f"Init:{word}"
        return f"Init:{index}/{len(items(pod, 'spec', 'initContainers'))}"
    return ""


def reason(pod: Obj) -> str:
    """The STATUS column."""
    word = text(pod, "status", "reason") or text(pod, "status", "phase", default="Unknown")
    if any(c.get("reason") == "SchedulingGated" for c in items(pod, "status", "conditions")):
        word = "SchedulingGated"
    if found := _init_reason(pod):
        word = found
    else:
        word = _container_reason(pod, word)
    if terminating(pod):
        return "Unknown" if text(pod, "status", "reason") == "NodeLost" else "Terminating"
    return word


def _container_reason(pod: Obj, word: str) -> str:
    running = False
    for status in reversed(items(pod, "status", "containerStatuses")):
        state = section(status, "state")
        word = _waiting_or_terminated(state) or word
        running = running or ("running" in state and bool(status.get("ready")))
    if word == "Completed" and running:
        return "Running" if condition_is(pod, "Ready") else "NotReady"
    return word


def _ready(pod: Obj, _now: datetime) -> str:
    sidecars = [
        text(c, "name") for c in items(pod, "spec", "initContainers") if c.get("restartPolicy") == "Always"
    ]
    total = len(items(pod, "spec", "containers")) + len(sidecars)
    statuses = items(pod, "status", "containerStatuses") + [
        status for status in items(pod, "status", "initContainerStatuses") if status.get("name") in sidecars
    ]
    return f"{sum(1 for status in statuses if status.get('ready'))}/{total}"


def _restarts(pod: Obj, now: datetime) -> str:
    statuses = items(pod, "status", "initContainerStatuses") + items(pod, "status", "containerStatuses")
    count = sum(number(status, "restartCount") for status in statuses)
    ended = [text(status, "lastState", "terminated", "finishedAt") for status in statuses]
    last = max(ended, default="")
    return f"{count} ({since(last, now)} ago)" if count and last else str(count)


def _readiness_gates(pod: Obj, _now: datetime) -> str:
    gates = items(pod, "spec", "readinessGates")
    met = sum(1 for gate in gates if condition_is(pod, text(gate, "conditionType")))
    return f"{met}/{len(gates)}" if gates else NONE


PODS: dict[str, tuple[Column, ...]] = {
    "Pod": (
        Column("Name", name),
        Column("Ready", _ready),
        Column("Status", lambda pod, _now: reason(pod)),
        Column("Restarts", _restarts),
        Column("Age", age),
        Column("IP", lambda pod, _now: dig(pod, "status", "podIP") or NONE, wide=True),
        Column("Node", lambda pod, _now: dig(pod, "spec", "nodeName") or NONE, wide=True),
        Column(
            "Nominated Node", lambda pod, _now: dig(pod, "status", "nominatedNodeName") or NONE, wide=True
        ),
        Column("Readiness Gates", _readiness_gates, wide=True),
    )
}
