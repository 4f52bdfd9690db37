"""What is known of one object, healthy or not: the facts that somebody who calls it slow would ask for."""

from __future__ import annotations

from collections.abc import Iterator

from kubesteer.analyzers import rollouts
from kubesteer.analyzers.amounts import quantity
from kubesteer.analyzers.endpoints import ready_endpoints
from kubesteer.analyzers.resources.networks import Service
from kubesteer.analyzers.resources.pods import Pod
from kubesteer.analyzers.resources.scaling import HorizontalPodAutoscaler
from kubesteer.analyzers.rules.autoscalers import target_of
from kubesteer.analyzers.world import World
from kubesteer.core.log_templates import templates
from kubesteer.core.quantities import cpu_words, memory_words
from kubesteer.core.refs import Ref
from kubesteer.core.texts import Text


def facts(world: World, ref: Ref) -> tuple[Text, ...]:
    """One line for each thing that is known; nothing for what is not."""
    pods = [pod for pod in _pods(world, ref) if not pod.finished]
    return (
        *_pods_line(pods),
        *_usage_lines(world, pods),
        *_scaler_line(world, ref),
        *_rollout_line(world, ref),
        *_dependency_lines(world, ref),
        *_log_lines(world, ref),
    )


def _pods(world: World, ref: Ref) -> list[Pod]:
    if ref.kind == "Pod":
        pod = world.get(Pod, ref.namespace, ref.name)
        return [pod] if pod else []
    return world.pods_of(ref)


def _pods_line(pods: list[Pod]) -> Iterator[Text]:
    if pods:
        ready, restarts = (
            sum(pod.ready for pod in pods),
            sum(s.restart_count for p in pods for s in p.statuses),
        )
        nodes = ", ".join(sorted({p.spec.node_name for p in pods if p.spec.node_name})[:5]) or "-"
        yield Text(
            f"Pod:{ready}/{len(pods)} 就绪,重启 {restarts} 次,节点 {nodes}",
            f"Pods: {ready}/{len(pods)} ready, {restarts} restarts, on {nodes}",
        )


def _usage_lines(world: World, pods: list[Pod]) -> Iterator[Text]:
    names = {c.name for pod in pods for c in pod.spec.containers}
    for name in sorted(names):
        used = [(pod, use) for pod in pods if (use := world.usage.get(pod.ref)) and name in use.cpu]
        if not used:
            continue
        pod, use = max(used, key=lambda each: each[1].cpu[name])
        container = pod.container(name)
        limits = container.resources.limits if container else {}
        requests = container.resources.requests if container else {}
        cpu = _of(cpu_words(use.cpu[name]), quantity(requests, "cpu"), quantity(limits, "cpu"), memory=False)
        memory = _of(
            memory_words(use.memory.get(name, 0.0)),
            quantity(requests, "memory"),
            quantity(limits, "memory"),
            memory=True,
        )
        yield Text(
            f"容器 {name}:CPU {cpu.zh},内存 {memory.zh}",
            f"Container {name}: CPU {cpu.en}, memory {memory.en}",
        )


def _of(used: str, request: float, limit: float, *, memory: bool) -> Text:
    words = memory_words if memory else cpu_words
    asked, most = words(request) if request else "-", words(limit) if limit else "-"
    return Text(f"{used}(请求 {asked},上限 {most})", f"{used} (request {asked}, limit {most})")


def _scaler_line(world: World, ref: Ref) -> Iterator[Text]:
    for scaler in world.of(HorizontalPodAutoscaler):
        if target_of(scaler) == ref:
            status = scaler.status
            yield Text(
                f"自动伸缩 {scaler.name}:{status.current_replicas} 个副本(范围 {scaler.spec.min_replicas}-{scaler.spec.max_replicas})",
                f"Autoscaler {scaler.name}: {status.current_replicas} replicas "
                f"({scaler.spec.min_replicas} to {scaler.spec.max_replicas})",
            )


def _rollout_line(world: World, ref: Ref) -> Iterator[Text]:
    rollout = rollouts.last_rollout(world, ref)
    if rollout is not None:
        yield Text("最近一次发布:", "Last rollout: ") + rollout.words(world.now)


def _dependency_lines(world: World, ref: Ref) -> Iterator[Text]:
    seen: set[Ref] = set()
    for each in world.dependencies.get(ref, ()):
        service = world.get(Service, each.service.namespace, each.service.name)
        if service is None or each.service in seen:
            continue
        seen.add(each.service)
        ready = ready_endpoints(world, service)
        state = (
            Text("端点未知", "endpoints not known")
            if ready is None
            else Text(f"{ready} 个就绪端点", f"{ready} ready endpoints")
        )
        yield Text(f"依赖 {each.service.name}:{state.zh}", f"Depends on {each.service.name}: {state.en}")


def _log_lines(world: World, ref: Ref) -> Iterator[Text]:
    for (owner, container), lines in world.logs.items():
        if owner != ref or not lines:
            continue
        found = templates(lines)
        errors = sum(each.count for each in found if each.severity == "error")
        yield Text(
            f"日志 {container}:最近 {len(lines)} 行中有 {errors} 行错误,共 {len(found)} 种模式",
            f"Log of {container}: {errors} errors in the last {len(lines)} lines, {len(found)} patterns",
        )
