"""What the rules on containers share: whom they suspect, how containers ended, how a match is made.

Exit codes: 126 and 127 are the shell's, 128 + n is signal n, and 128 with reason StartError is containerd's for a
process that never began. Waiting reasons: kubernetes pkg/kubelet/kuberuntime.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from kubesteer.analyzers import patience
from kubesteer.analyzers.matches import Match, Remedy, Rule, no_remedy
from kubesteer.analyzers.resources.pods import ContainerStatus, Pod, Terminated
from kubesteer.analyzers.resources.shapes import moment
from kubesteer.analyzers.rules.quotes import log_quote
from kubesteer.analyzers.runs import failed_for_good
from kubesteer.analyzers.world import World
from kubesteer.core.refs import Ref
from kubesteer.core.texts import Text

SIGNALS = {
    1: "SIGHUP", 2: "SIGINT", 3: "SIGQUIT", 4: "SIGILL", 6: "SIGABRT", 7: "SIGBUS", 8: "SIGFPE",
    9: "SIGKILL", 11: "SIGSEGV", 13: "SIGPIPE", 14: "SIGALRM", 15: "SIGTERM",
}  # fmt: skip

BAD_COMMAND = re.compile(
    r"executable file not found|no such file or directory|exec format error|permission denied.*exec|"
    r"exec:? .*permission denied|is a directory|cannot execute|StartError",
    re.IGNORECASE,
)
NOT_ROOT = re.compile(r"runAsNonRoot|image will run as root|non-numeric user", re.IGNORECASE)

START_FAILURES = frozenset(
    {"CreateContainerError", "RunContainerError", "StartError", "ContainerCannotRun", "PostStartHookError"}
)

WORTH_READING = 6
"""Last lines of a log that are quoted: the exception and a little of what led to it."""


def suspects(world: World) -> Iterator[tuple[Pod, ContainerStatus]]:
    """Containers worth a look, with their pods; those of a Job only once it has failed for good."""
    for pod in world.troubled:
        retried = pod.owner is not None and pod.owner.kind == "Job" and not failed_for_good(world, pod)
        if not pod.metadata.deletion_timestamp and not retried:
            for status in pod.statuses:
                yield pod, status


def sick(world: World, pod: Pod, status: ContainerStatus, *evidence: Text, **values: str | Text) -> Match:
    """A match on a container of a pod."""
    end = status.last_end
    return Match(
        object=world.top(pod),
        subject=pod.ref,
        container=status.name,
        values={"what": _what(pod, status), **values},
        evidence=evidence,
        links=(Ref("Node", "", pod.spec.node_name),),
        since=_since(world, pod, end),
    )


def _since(world: World, pod: Pod, end: Terminated | None) -> float:
    told = [world.began(pod, "BackOff", "Failed", "Unhealthy"), moment(end.finished_at) if end else 0.0]
    return min((each for each in told if each), default=0.0)


def _what(pod: Pod, status: ContainerStatus) -> Text:
    for container in pod.spec.init_containers:
        if container.name == status.name:
            return (
                Text("边车容器", "sidecar container")
                if container.sidecar
                else Text("init 容器", "init container")
            )
    return Text("容器", "container")


def out_of_memory(world: World, status: ContainerStatus) -> Terminated | None:
    """How a container was last killed for memory, now or within the last hour."""
    for end in (status.state.terminated, status.last_state.terminated):
        if end is not None and end.reason == "OOMKilled":
            recent = world.recent(moment(end.finished_at))
            if recent or status.state.running is None:
                return end
    return None


def start_failure(status: ContainerStatus) -> str:
    """What the kubelet or runtime says of a container that it could not create or run; "" where it could."""
    waiting = status.state.waiting
    if waiting is not None and waiting.reason in START_FAILURES:
        return f"{waiting.reason}: {waiting.message}"
    if (
        waiting is not None
        and waiting.reason == "CreateContainerConfigError"
        and NOT_ROOT.search(waiting.message)
    ):
        return f"{waiting.reason}: {waiting.message}"
    end = status.last_end if status.state.running is None else None
    if end is not None and (end.reason in START_FAILURES or end.exit_code in (126, 127)):
        return f"{end.reason} {end.message}".strip() + f" (exit {end.exit_code})"
    return ""


def start_rule(status: ContainerStatus) -> str:
    """The rule that a failure to start falls under."""
    words = start_failure(status)
    end = status.last_end
    if not words:
        return ""
    if NOT_ROOT.search(words):
        return "run-as-non-root"
    if "PostStartHook" in words:
        return "lifecycle-hook"
    if BAD_COMMAND.search(words) or (end is not None and end.exit_code in (126, 127)):
        return "bad-command"
    return "container-start"


def crashing(world: World, status: ContainerStatus) -> bool:
    """It is held back after crashes, has just crashed once more, or is between two crashes."""
    waiting, end = status.state.waiting, status.state.terminated
    if waiting is not None:
        return waiting.reason == "CrashLoopBackOff"
    if end is not None:
        return end.exit_code != 0 and status.restart_count > 0
    return _between(world, status)


def _between(world: World, status: ContainerStatus) -> bool:
    """It has just been started once more, after several runs of which the last was as short."""
    running, last = status.state.running, status.last_state.terminated
    if running is None or last is None or last.exit_code == 0 or status.restart_count < patience.RESTARTS:
        return False
    lasted = moment(last.finished_at) - moment(last.started_at)
    return lasted < patience.STEADY and world.now - moment(running.started_at) < patience.STEADY


def ending(end: Terminated) -> Text:
    """The exit code, and the signal that it stands for."""
    number = end.signal or (end.exit_code - 128 if 128 < end.exit_code < 160 else 0)
    name = SIGNALS.get(number, f"signal {number}") if number else ""
    extra = f" ({name})" if name else ""
    reason = f", {end.reason}" if end.reason and end.reason not in ("Error", "Completed") else ""
    return Text(f"退出码 {end.exit_code}{extra}{reason}", f"exit code {end.exit_code}{extra}{reason}")


def last_words(world: World, pod: Pod, status: ContainerStatus) -> list[Text]:
    """The end of a container's log."""
    lines = world.logs.get((world.top(pod), status.name), ())
    return [log_quote(line) for line in lines[-WORTH_READING:]]


NODE_FAULTS = frozenset({"node-not-ready", "node-pressure", "node-network-unavailable"})


def pod_rule(
    id_: str,
    title: Text,
    cause: Text,
    find: Callable[[World], Iterator[Match]],
    *,
    remedy: Callable[[World, Match], Remedy] = no_remedy,
    causes: frozenset[str] = frozenset(),
) -> Rule:
    """A rule on containers, with what all of them share."""
    lower = title.en[0].lower() + title.en[1:]
    return Rule(
        id=id_,
        group="pods",
        kind="Pod",
        severity="warning",
        outage=True,
        rollback=True,
        title=title,
        summary=Text(
            "{object} 的{what} {container}:" + title.zh + "。", "{object}: {what} {container} " + lower + "."
        ),
        cause=cause,
        find=find,
        causes=causes,
        remote_causes=NODE_FAULTS,
        remedy=remedy,
    )
