"""Containers that cannot be created or started."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from kubesteer.analyzers.matches import Match, Remedy
from kubesteer.analyzers.remedies import only_person
from kubesteer.analyzers.rules.pods_states import (
    last_words,
    pod_rule,
    sick,
    start_failure,
    start_rule,
    suspects,
)
from kubesteer.analyzers.rules.quotes import event_quote, field_quote
from kubesteer.analyzers.world import World
from kubesteer.core.texts import Text


def _find_start(world: World, rule: str) -> Iterator[Match]:
    for pod, status in suspects(world):
        if start_rule(status) != rule:
            continue
        words = start_failure(status)
        container = pod.container(status.name)
        command = " ".join(container.command + container.args) if container else ""
        evidence = [event_quote(words)]
        if command:
            evidence.append(field_quote(f"{status.name}: command", command))
        evidence += last_words(world, pod, status)
        yield sick(world, pod, status, *evidence, command=command, words=words)


def _command_remedy(world: World, match: Match) -> Remedy:
    command = match.values.get("command") or "-"
    del world
    return only_person(
        f"需要改正容器 {match.container} 的启动命令({command}),或换用包含该程序的镜像。",
        f"The command of container {match.container} ({command}) must be corrected, or an image used that has it.",
    )


RULES = (
    pod_rule(
        "bad-command",
        Text("启动命令无法执行", "Has a command that cannot be executed"),
        Text(
            "镜像里没有这个程序,或它不可执行:{words}",
            "The image has no such program, or it cannot be executed: {words}",
        ),
        partial(_find_start, rule="bad-command"),
        remedy=_command_remedy,
    ),
    pod_rule(
        "run-as-non-root",
        Text("镜像以 root 运行而策略不允许", "Would run as root, which its security context forbids"),
        Text(
            "runAsNonRoot 为 true,而镜像以 root 或非数字用户运行:{words}",
            "runAsNonRoot is true, and the image runs as root or as a user that is not numeric: {words}",
        ),
        partial(_find_start, rule="run-as-non-root"),
    ),
    pod_rule(
        "lifecycle-hook",
        Text("postStart 钩子失败", "Has a postStart hook that fails"),
        Text(
            "postStart 钩子失败,容器因此被杀:{words}",
            "The postStart hook fails and the container is killed for it: {words}",
        ),
        partial(_find_start, rule="lifecycle-hook"),
    ),
    pod_rule(
        "container-start",
        Text("无法创建或启动", "Cannot be created or started"),
        Text("容器运行时报告:{words}", "The container runtime says: {words}"),
        partial(_find_start, rule="container-start"),
        causes=frozenset({"volume-mount", "volume-attach"}),
    ),
)
