"""Containers that end when they should run: killed for memory, crashing, restarting."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from kubesteer.analyzers import patience
from kubesteer.analyzers.durations import ago
from kubesteer.analyzers.matches import LogWish, Match, Remedy
from kubesteer.analyzers.remedies import container_of, more_memory, only_person
from kubesteer.analyzers.resources.pods import ContainerStatus, Pod, Terminated
from kubesteer.analyzers.resources.shapes import moment
from kubesteer.analyzers.rules.pods_states import (
    crashing,
    ending,
    last_words,
    out_of_memory,
    pod_rule,
    sick,
    start_rule,
    suspects,
)
from kubesteer.analyzers.rules.quotes import event_quote, field_quote
from kubesteer.analyzers.world import World
from kubesteer.core.texts import Text

LONGEST_COMMAND = 120
"""Characters of a command that are quoted: some hold a whole script."""

# -- out of memory -------------------------------------------------------------------------------------------


def _find_oom(world: World) -> Iterator[Match]:
    for pod, status in suspects(world):
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
        yield sick(world, pod, status, *evidence, why=why, limit=limit)


# -- crashes -------------------------------------------------------------------------------------------------


def _find_crash(world: World) -> Iterator[Match]:
    for pod, status in suspects(world):
        if crashing(world, status) and not out_of_memory(world, status) and not start_rule(status):
            yield _crash(world, pod, status)


def _crash(world: World, pod: Pod, status: ContainerStatus) -> Match:
    end = status.last_end
    evidence = [field_quote(f"{status.name}: restartCount", status.restart_count)]
    if end is not None:
        evidence.append(field_quote(f"{status.name}: lastState.terminated", ending(end).en))
        if end.message:
            evidence.append(event_quote(end.message))
    evidence += last_words(world, pod, status)
    return sick(world, pod, status, *evidence, why=_why(end))


def _why(end: Terminated | None) -> Text:
    if end is None:
        return Text("它反复退出,集群没有留下退出码", "It keeps ending; the cluster kept no exit code")
    if end.exit_code == 0:
        return Text(
            "进程正常结束(退出码 0)而不是持续运行:启动命令不是常驻进程",
            "Its process ends normally (exit code 0) instead of running on: the command is not a server",
        )
    return Text("进程以", "Its process ends with ") + ending(end) + Text("退出", "")


# -- restarts of a container that runs now -------------------------------------------------------------------


def _find_restarts(world: World) -> Iterator[Match]:
    for pod, status in suspects(world):
        end = status.last_state.terminated
        if status.state.running is None or end is None or status.restart_count < patience.RESTARTS:
            continue
        finished = moment(end.finished_at)
        if not world.recent(finished) or end.reason == "OOMKilled":
            continue
        evidence = [
            field_quote(f"{status.name}: restartCount", status.restart_count),
            Text("最近一次:", "last: ") + ending(end) + Text(",", ", ") + ago(world.now - finished),
            *last_words(world, pod, status),
        ]
        match = sick(world, pod, status, *evidence, count=str(status.restart_count), why=_why(end))
        steady = world.now - moment(status.state.running.started_at) > patience.RECOVERED
        yield replace(match, severity="info") if steady and status.ready else match


def wishes(world: World) -> Iterator[LogWish]:
    """Logs that would tell why containers crash: the run that ended, where another has begun since."""
    for pod, status in suspects(world):
        restarted = status.state.running is not None and status.restart_count >= patience.RESTARTS
        if crashing(world, status) or restarted or start_rule(status) == "bad-command":
            previous = status.restart_count > 0 and status.state.terminated is None
            yield LogWish(pod=pod.ref, owner=world.top(pod), container=status.name, previous=previous)


# -- remedies ------------------------------------------------------------------------------------------------


def _memory_remedy(world: World, match: Match) -> Remedy:
    remedy = more_memory(world, match)
    if remedy.suggestions or remedy.missing or container_of(world, match) is None:
        return remedy
    return only_person(
        f"容器 {match.container} 没有可以上调的内存上限。",
        f"Container {match.container} has no memory limit that could be raised.",
    )


def _crash_remedy(world: World, match: Match) -> Remedy:
    """Why a program ends is in its last words; nothing in the cluster determines what would mend it."""
    container, what = container_of(world, match), match.values["what"]
    command = " ".join(container.command + container.args)[:LONGEST_COMMAND] if container else ""
    pod = match.subject.name if match.subject else match.object.name
    kind = what if isinstance(what, Text) else Text.same(str(what))
    return only_person(
        f"需要看 Pod {pod} 中 {kind.zh} {match.container} 上一次运行的日志,再改它的程序、配置或命令"
        f"({command or '镜像自带的命令'})。",
        f"Look at what {kind.en} {match.container} of pod {pod} last logged, then change its program, its settings or "
        f"its command ({command or 'that of its image'}).",
    )


RULES = (
    pod_rule(
        "oom-killed",
        Text("因内存不足被杀(OOMKilled)", "Was killed for lack of memory (OOMKilled)"),
        Text("{why}。", "{why}."),
        _find_oom,
        remedy=_memory_remedy,
    ),
    pod_rule(
        "crash-loop",
        Text("反复崩溃", "Keeps crashing"),
        Text("{why}。", "{why}."),
        _find_crash,
        remedy=_crash_remedy,
        causes=frozenset(
            {"liveness-probe", "startup-probe", "oom-killed", "rbac-denied", "log-causes", "dependencies"}
        ),
    ),
    pod_rule(
        "restarting",
        Text("近一小时内反复重启(现在在运行)", "Has restarted again and again within the hour (it runs now)"),
        Text("已重启 {count} 次;{why}。", "It has restarted {count} times; {why}."),
        _find_restarts,
        causes=frozenset(
            {"liveness-probe", "startup-probe", "oom-killed", "rbac-denied", "log-causes", "crash-loop"}
        ),
    ),
)
