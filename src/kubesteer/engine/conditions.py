"""Conditions: "if CPU is high" is looked into, and the change beside it goes on only where it holds.

Evidence that could not be had decides nothing: the verdict says so, and nothing is changed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from kubesteer.core.clusters import Cluster
from kubesteer.core.errors import Unusable
from kubesteer.core.plans import Call
from kubesteer.core.quantities import amount, memory_words
from kubesteer.core.refs import Ref
from kubesteer.core.requests import Manifest
from kubesteer.core.texts import Text, join
from kubesteer.engine.evidence import Lines, Load, Pause, lines_of, load_of, pods_of
from kubesteer.engine.progress import Narrator
from kubesteer.operations import workloads as w
from kubesteer.operations.pods import oom_killed, trouble_of
from kubesteer.operations.times import instant
from kubesteer.policies.decisions import HIGH, Decision, Pressure, decide, wanted_replicas

RECENT = timedelta(minutes=10)
"""A crash before that says nothing of "is crashing"."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of a condition. `call` is what to propose, None for nothing; `unasked` where that is another
    change than the person named; `looked` is false where the evidence could not be had."""

    text: Text
    call: Call | None = None
    unasked: bool = False
    looked: bool = True


@dataclass(frozen=True, slots=True)
class _Scene:
    """What a judge looks at."""

    cluster: Cluster
    call: Call
    ref: Ref
    workload: Manifest
    pods: Sequence[Manifest]
    narrate: Narrator
    pause: Pause
    most: int

    @property
    def replicas(self) -> int:
        declared = w.at(self.workload, "spec", "replicas")
        return int(declared) if isinstance(declared, int) else len(self.pods)


class Conditions:
    """Judges conditions on one cluster. `most` is the greatest number of replicas that policies allow."""

    def __init__(self, cluster: Cluster, *, most: int, pause: Pause = asyncio.sleep) -> None:
        self._cluster = cluster
        self._most = most
        self._pause = pause

    async def judge(self, call: Call, narrate: Narrator) -> Verdict:
        """Look at what the call's condition speaks of.

        Raises:
            ClusterError: the object could not be read.
            Unusable: the condition makes no sense for this kind.
        """
        given = call.arguments
        ref = Ref(str(given.get("kind") or "CronJob"), str(given.get("namespace") or ""), str(given["name"]))
        if "kind" not in given and call.operation in ("cordon", "uncordon", "drain"):
            ref = Ref("Node", "", ref.name)
        workload = await self._cluster.read(ref)
        pods = [] if ref.kind == "Node" else await pods_of(self._cluster, workload, ref)
        scene = _Scene(self._cluster, call, ref, workload, pods, narrate, self._pause, self._most)
        judge = _JUDGES.get(call.condition or "")
        if judge is None or (ref.kind == "Node" and call.condition != "not_ready"):
            raise Unusable("condition", Text("这个条件没法判断。", "This condition cannot be judged here."))
        return await judge(scene)


async def _cpu_high(scene: _Scene) -> Verdict:
    load, lines = await asyncio.gather(_load(scene, "cpu"), lines_of(scene.cluster, scene.pods, scene.ref))
    if load.why_not is not None or not load.cpu_of:
        return _could_not_look(scene, load, _CPU, load.cpu_of)
    pressure = Pressure(
        scene.replicas,
        cpu=[sample.cpu for sample in load.samples],
        killed_for_memory=len(_kills(scene.pods)),
        memory_errors=lines.out_of_memory,
        memory_limit=_memory_limit(scene.workload, scene.ref.kind),
    )
    decision = decide(pressure, most=scene.most)
    said = join([_analysed(scene, load, lines), decision.reason], Text("", " "))
    return _decided(scene, decision, said, lines)


def _decided(scene: _Scene, decision: Decision, said: Text, lines: Lines) -> Verdict:
    """The person's own change where the load bears it out; another one where only that would help."""
    if not decision.judged:
        return Verdict(said + _UNCHANGED, looked=False)
    if decision.what == "memory":
        return Verdict(said, _memory_call(scene.ref, decision.memory_limit), unasked=True)
    if decision.what == "nothing":
        return Verdict(said + _hint(lines) + _UNCHANGED)
    return Verdict(said, _asked(scene, decision.replicas))


def _asked(scene: _Scene, replicas: int) -> Call:
    """The call as the person put it, its number worked out where they gave none."""
    call = replace(scene.call, condition=None)
    open_ended = call.operation == "scale" and not {"replicas", "change"} & set(call.arguments)
    return replace(call, arguments={**call.arguments, "replicas": replicas}) if open_ended else call


async def _memory_high(scene: _Scene) -> Verdict:
    load, lines = await asyncio.gather(_load(scene, "memory"), lines_of(scene.cluster, scene.pods, scene.ref))
    if load.why_not is not None or not load.memory_of:
        return _could_not_look(scene, load, _MEMORY, load.memory_of)
    said = _analysed(scene, load, lines)
    shares = [sample.memory for sample in load.samples if sample.memory is not None]
    if not load.sustained or not shares:
        return Verdict(said + _TOO_FEW + _UNCHANGED, looked=False)
    share = sum(shares) / len(shares)
    measured = Text(
        f"内存最高的 Pod 用到{_BASIS_ZH[load.memory_of]}的 {share:.0%}({memory_words(load.samples[-1].memory_bytes)})。",
        f" The fullest pod uses {share:.0%} of its memory {load.memory_of}"
        f" ({memory_words(load.samples[-1].memory_bytes)}).",
    )
    if min(shares) < HIGH:
        return Verdict(said + measured + _UNCHANGED)
    return Verdict(said + measured, _asked(scene, min(scene.most, wanted_replicas(scene.replicas, share))))


async def _oom(scene: _Scene) -> Verdict:
    kills = _kills(scene.pods)
    if not kills:
        return _not_so(scene, Text("没有容器因内存不足被终止", "no container was OOMKilled"))
    return _so(
        scene, Text(f"容器被 OOMKilled {len(kills)} 次", f"containers were OOMKilled, {len(kills)} in all")
    )


async def _crashing(scene: _Scene) -> Verdict:
    crashing = [(w.name_of(pod), why) for pod in scene.pods if (why := _crash(pod)) is not None]
    if not crashing:
        return _not_so(scene, Text("没有 Pod 在崩溃", "no pod is crashing"))
    name, why = crashing[0]
    count = Text(
        f"{len(crashing)}/{len(scene.pods)} 个 Pod 在崩溃,例如 {name}:",
        f"{len(crashing)} of {len(scene.pods)} pods are crashing, such as {name}: ",
    )
    return _so(scene, count + why)


async def _not_ready(scene: _Scene) -> Verdict:
    if scene.ref.kind == "Node":
        ready = w.condition(scene.workload, "Ready").get("status")
        state = Text(f"节点 Ready={ready}", f"the node reports Ready={ready}")
        return _not_so(scene, state) if ready == "True" else _so(scene, state)
    ready_pods = sum(1 for pod in scene.pods if w.is_ready(pod))
    wanted = max(scene.replicas, len(scene.pods))
    state = Text(f"{ready_pods}/{wanted} 个 Pod 就绪", f"{ready_pods} of {wanted} pods are ready")
    return _not_so(scene, state) if ready_pods >= wanted else _so(scene, state)


async def _errors_in_logs(scene: _Scene) -> Verdict:
    lines = await lines_of(scene.cluster, scene.pods, scene.ref)
    state = _logs(lines)
    if lines.errors:
        return _so(scene, state)
    if lines.not_read or not lines.read:
        return Verdict(join([_told(scene, state), _NO_LOGS], Text("", " ")) + _UNCHANGED, looked=False)
    return _not_so(scene, state)


_JUDGES: Mapping[str, Callable[[_Scene], Awaitable[Verdict]]] = {
    "cpu_high": _cpu_high,
    "memory_high": _memory_high,
    "oom": _oom,
    "crashing": _crashing,
    "not_ready": _not_ready,
    "errors_in_logs": _errors_in_logs,
}


async def _load(scene: _Scene, resource: Literal["cpu", "memory"]) -> Load:
    return await load_of(scene.cluster, scene.workload, scene.ref, resource, scene.narrate, scene.pause)


def _kills(pods: Sequence[Manifest]) -> list[dict[str, Any]]:
    return [kill for pod in pods for kill in oom_killed(pod)]


def _crash(pod: Manifest) -> Text | None:
    """Why a pod counts as crashing: it is down now, or came down lately with an error."""
    trouble = trouble_of(pod)
    if trouble is not None and trouble.reason in ("CrashLoopBackOff", "Error", "OOMKilled", "Restarting"):
        return trouble.text
    for status in w.statuses_of(pod):
        last = w.table_at(status, "lastState", "terminated")
        ended = instant(last.get("finishedAt"))
        if last.get("exitCode") and ended and datetime.now(UTC) - ended < RECENT:
            code, restarts = last["exitCode"], status.get("restartCount") or 0
            return Text(f"退出码 {code},已重启 {restarts} 次", f"exit code {code}, {restarts} restarts")
    return None


def _memory_limit(workload: Manifest, kind: str) -> float:
    limits = [w.table_at(c, "resources", "limits").get("memory") for c in w.containers_of(workload, kind)]
    return max((amount(str(limit)) for limit in limits if limit is not None), default=0.0)


def _memory_call(ref: Ref, limit: int) -> Call:
    mebibytes = f"{limit // 2**20}Mi"
    return Call(
        "set_resources",
        {"kind": ref.kind, "namespace": ref.namespace, "name": ref.name, "memory_limit": mebibytes},
    )


def _analysed(scene: _Scene, load: Load, lines: Lines) -> Text:
    name, count, seconds = scene.ref.name, len(load.samples), round(load.seconds)
    return Text(
        f"我分析了 {name} 的日志和指标({len(scene.pods)} 个 Pod,{count} 次采样,跨 {seconds} 秒):",
        f"I looked at the logs and metrics of {name} "
        f"({len(scene.pods)} pods, {count} samples over {seconds} s).",
    ) + _separated(_logs(lines))


def _logs(lines: Lines) -> Text:
    missing = Text("", "")
    if lines.not_read:
        listed = ", ".join(lines.not_read)
        missing = Text(f"({listed} 的日志读不到)", f" (the logs of {listed} could not be read)")
    return (
        Text(
            f"最近 {lines.read} 行日志中有 {lines.errors} 行报错",
            f"{lines.errors} of the newest {lines.read} log lines are errors",
        )
        + missing
    )


def _separated(text: Text) -> Text:
    return Text(f"{text.zh}。", f" {text.en[:1].upper()}{text.en[1:]}.")


def _hint(lines: Lines) -> Text:
    if not lines.worst:
        return Text("", "")
    return Text(f"\n最新的报错:{lines.worst[:200]}\n", f"\nNewest error: {lines.worst[:200]}\n")


def _could_not_look(scene: _Scene, load: Load, word: Text, basis: str) -> Verdict:
    why = load.why_not
    if why is None and not basis:
        why = Text(
            f"容器没有设置{word.zh}的 requests 或 limits,无从比较。",
            f"The containers declare no {word.en} request or limit to compare with.",
        )
    said = Text(
        f"没能看到 {scene.ref.name} 的{word.zh}用量,所以不做改动:",
        f"The {word.en} use of {scene.ref.name} could not be looked at, so nothing is changed: ",
    )
    return Verdict(said + (why or _TOO_FEW), looked=False)


def _told(scene: _Scene, state: Text) -> Text:
    return Text(f"{scene.ref.name}:{state.zh}。", f"{scene.ref.name}: {state.en}.")


def _so(scene: _Scene, state: Text) -> Verdict:
    return Verdict(_told(scene, state), _asked(scene, scene.replicas + 1))


def _not_so(scene: _Scene, state: Text) -> Verdict:
    return Verdict(_told(scene, state) + _UNCHANGED)


_CPU = Text(" CPU ", "CPU")
_MEMORY = Text("内存", "memory")
_BASIS_ZH = {"request": "请求量", "limit": "上限"}
_UNCHANGED = Text("没有做任何改动。", " Nothing was changed.")
_TOO_FEW = Text("采样不足,无法判断。", " There were too few samples to judge.")
_NO_LOGS = Text("日志没能看全,无法判断。", "The logs could not be read completely, so this cannot be judged.")
