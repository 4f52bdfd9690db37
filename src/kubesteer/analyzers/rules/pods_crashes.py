"""Containers that cannot be started, or that end when they should run.

Waiting reasons: kubernetes pkg/kubelet/kuberuntime (CreateContainerError, RunContainerError,
CreateContainerConfigError). Exit codes: 126 and 127 are the shell's, 128 + n is signal n, and 128 with reason
StartError is containerd's for a process that never began.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial

from kubesteer.analyzers import patience
from kubesteer.analyzers.durations import ago
from kubesteer.analyzers.matches import LogWish, Match, Remedy, Rule, no_remedy
from kubesteer.analyzers.remedies import container_of, more_memory, only_person
from kubesteer.analyzers.resources.pods import ContainerStatus, Pod, Terminated
from kubesteer.analyzers.resources.shapes import moment
from kubesteer.analyzers.rules.quotes import event_quote, field_quote, log_quote
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


def _suspects(world: World) -> Iterator[tuple[Pod, ContainerStatus]]:
    for pod in world.troubled:
        retried = pod.owner is not None and pod.owner.kind == "Job" and not failed_for_good(world, pod)
        if not pod.metadata.deletion_timestamp and not retried:
            for status in pod.statuses:
                yield pod, status


def _match(world: World, pod: Pod, status: ContainerStatus, *evidence: Text, **values: str | Text) -> Match:
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


# -- out of memory -------------------------------------------------------------------------------------------


def out_of_memory(world: World, status: ContainerStatus) -> Terminated | None:
    """How a container was last killed for memory, now or within the last hour."""
    for end in (status.state.terminated, status.last_state.terminated):
        if end is not None and end.reason == "OOMKilled":
            recent = world.now - moment(end.finished_at) <= patience.RECENT
            if recent or status.state.running is None:
                return end
    return None


def _find_oom(world: World) -> Iterator[Match]:
    for pod, status in _suspects(world):
        end = out_of_memory(world, status)
        if end is None:
            continue
        container = pod.container(status.name)
        limit = str(container.resources.limits.get("memory", "")) if container else ""
        evidence = [
            field_quote(f"{status.name}: lastState.terminated.reason", "OOMKilled"),
            field_quote(f"{status.name}: restartCount", status.restart_count),
        ]
        if limit:
            evidence.append(field_quote(f"{status.name}: resources.limits.memory", limit))
        if moment(end.finished_at):
            evidence.append(Text("最近一次被杀:", "last killed: ") + ago(world.now - moment(end.finished_at)))
        why = (
            Text(
                f"它用满了内存上限 {limit},被内核杀掉",
                f"It reached its memory limit of {limit} and was killed",
            )
            if limit
            else Text(
                "它没有内存上限,节点内存用尽时被内核杀掉",
                "It has no memory limit and was killed when its node ran out of memory",
            )
        )
        yield _match(world, pod, status, *evidence, why=why, limit=limit)


# -- cannot be started ---------------------------------------------------------------------------------------


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


def _find_start(world: World, rule: str) -> Iterator[Match]:
    for pod, status in _suspects(world):
        if start_rule(status) != rule:
            continue
        words = start_failure(status)
        container = pod.container(status.name)
        command = " ".join(container.command + container.args) if container else ""
        evidence = [event_quote(words)]
        if command:
            evidence.append(field_quote(f"{status.name}: command", command))
        evidence += _last_words(world, pod, status)
        yield _match(world, pod, status, *evidence, command=command, words=words)


# -- crashes -------------------------------------------------------------------------------------------------


def crashing(status: ContainerStatus) -> bool:
    """It is held back after crashes, or has just crashed once more."""
    waiting, end = status.state.waiting, status.state.terminated
    if waiting is not None:
        return waiting.reason == "CrashLoopBackOff"
    return end is not None and end.exit_code != 0 and status.restart_count > 0


def _find_crash(world: World) -> Iterator[Match]:
    for pod, status in _suspects(world):
        if crashing(status) and not out_of_memory(world, status) and not start_rule(status):
            yield _crash(world, pod, status)


def _crash(world: World, pod: Pod, status: ContainerStatus) -> Match:
    end = status.last_end
    evidence = [field_quote(f"{status.name}: restartCount", status.restart_count)]
    if end is not None:
        evidence.append(field_quote(f"{status.name}: lastState.terminated", ending(end).en))
        if end.message:
            evidence.append(event_quote(end.message))
    evidence += _last_words(world, pod, status)
    return _match(world, pod, status, *evidence, why=_why(end))


def _why(end: Terminated | None) -> Text:
    if end is None:
        return Text("它反复退出,集群没有留下退出码", "It keeps ending; the cluster kept no exit code")
    if end.exit_code == 0:
        return Text(
            "进程正常结束(退出码 0)而不是持续运行:启动命令不是常驻进程",
            "Its process ends normally (exit code 0) instead of running on: the command is not a server",
        )
    return Text("进程以", "Its process ends with ") + ending(end) + Text("退出", "")


def ending(end: Terminated) -> Text:
    """The exit code, and the signal that it stands for."""
    number = end.signal or (end.exit_code - 128 if 128 < end.exit_code < 160 else 0)
    name = SIGNALS.get(number, f"signal {number}") if number else ""
    extra = f" ({name})" if name else ""
    reason = f", {end.reason}" if end.reason and end.reason not in ("Error", "Completed") else ""
    return Text(f"退出码 {end.exit_code}{extra}{reason}", f"exit code {end.exit_code}{extra}{reason}")


def _last_words(world: World, pod: Pod, status: ContainerStatus) -> list[Text]:
    lines = world.logs.get((world.top(pod), status.name), ())
    return [log_quote(line) for line in lines[-WORTH_READING:]]


# -- restarts of a container that runs now -------------------------------------------------------------------


def _find_restarts(world: World) -> Iterator[Match]:
    for pod, status in _suspects(world):
        end = status.last_state.terminated
        if status.state.running is None or end is None or status.restart_count < patience.RESTARTS:
            continue
        finished = moment(end.finished_at)
        if world.now - finished > patience.RECENT or end.reason == "OOMKilled":
            continue
        evidence = [
            field_quote(f"{status.name}: restartCount", status.restart_count),
            Text("最近一次:", "last: ") + ending(end) + Text(",", ", ") + ago(world.now - finished),
            *_last_words(world, pod, status),
        ]
        yield _match(world, pod, status, *evidence, count=str(status.restart_count), why=_why(end))


def wishes(world: World) -> Iterator[LogWish]:
    """Logs that would tell why containers crash: the run that ended, where another has begun since."""
    for pod, status in _suspects(world):
        restarted = status.state.running is not None and status.restart_count >= patience.RESTARTS
        if crashing(status) or restarted or start_rule(status) == "bad-command":
            previous = status.restart_count > 0 and status.state.terminated is None
            yield LogWish(pod=pod.ref, owner=world.top(pod), container=status.name, previous=previous)


# -- remedies ------------------------------------------------------------------------------------------------


def _command_remedy(world: World, match: Match) -> Remedy:
    command = match.values.get("command") or "-"
    del world
    return only_person(
        f"需要改正容器 {match.container} 的启动命令({command}),或换用包含该程序的镜像。",
        f"The command of container {match.container} ({command}) must be corrected, or an image used that has it.",
    )


def _memory_remedy(world: World, match: Match) -> Remedy:
    remedy = more_memory(world, match)
    if remedy.suggestions or container_of(world, match) is None:
        return remedy
    return only_person(
        f"容器 {match.container} 没有可以上调的内存上限。",
        f"Container {match.container} has no memory limit that could be raised.",
    )


NODE_FAULTS = frozenset({"node-not-ready", "node-pressure", "node-network-unavailable"})


def _rule(
    id_: str,
    title: Text,
    cause: Text,
    find: Callable[[World], Iterator[Match]],
    *,
    remedy: Callable[[World, Match], Remedy] = no_remedy,
    causes: frozenset[str] = frozenset(),
) -> Rule:
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


RULES = (
    _rule(
        "oom-killed",
        Text("因内存不足被杀(OOMKilled)", "Was killed for lack of memory (OOMKilled)"),
        Text("{why}。", "{why}."),
        _find_oom,
        remedy=_memory_remedy,
    ),
    _rule(
        "bad-command",
        Text("启动命令无法执行", "Has a command that cannot be executed"),
        Text(
            "镜像里没有这个程序,或它不可执行:{words}",
            "The image has no such program, or it cannot be executed: {words}",
        ),
        partial(_find_start, rule="bad-command"),
        remedy=_command_remedy,
    ),
    _rule(
        "run-as-non-root",
        Text("镜像以 root 运行而策略不允许", "Would run as root, which its security context forbids"),
        Text(
            "runAsNonRoot 为 true,而镜像以 root 或非数字用户运行:{words}",
            "runAsNonRoot is true, and the image runs as root or as a user that is not numeric: {words}",
        ),
        partial(_find_start, rule="run-as-non-root"),
    ),
    _rule(
        "lifecycle-hook",
        Text("postStart 钩子失败", "Has a postStart hook that fails"),
        Text(
            "postStart 钩子失败,容器因此被杀:{words}",
            "The postStart hook fails and the container is killed for it: {words}",
        ),
        partial(_find_start, rule="lifecycle-hook"),
    ),
    _rule(
        "container-start",
        Text("无法创建或启动", "Cannot be created or started"),
        Text("容器运行时报告:{words}", "The container runtime says: {words}"),
        partial(_find_start, rule="container-start"),
        causes=frozenset({"volume-mount", "volume-attach"}),
    ),
    _rule(
        "crash-loop",
        Text("反复崩溃", "Keeps crashing"),
        Text("{why}。", "{why}."),
        _find_crash,
        causes=frozenset(
            {"liveness-probe", "startup-probe", "oom-killed", "rbac-denied", "log-causes", "dependencies"}
        ),
    ),
    _rule(
        "restarting",
        Text("近一小时内反复重启(现在在运行)", "Has restarted again and again within the hour (it runs now)"),
        Text("已重启 {count} 次;{why}。", "It has restarted {count} times; {why}."),
        _find_restarts,
        causes=frozenset(
            {"liveness-probe", "startup-probe", "oom-killed", "rbac-denied", "log-causes", "crash-loop"}
        ),
    ),
)
