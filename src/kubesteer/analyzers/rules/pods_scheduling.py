"""Pods that no node will take, by what the scheduler says of it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from kubesteer.analyzers import patience
from kubesteer.analyzers.capacity import holds, lacking, largest_fit, requested
from kubesteer.analyzers.matches import Match, Remedy, Rule
from kubesteer.analyzers.obstacles import OBSTACLES, Obstacle, lasting, obstacle_of
from kubesteer.analyzers.placing import SYSTEM, matching, open_to, untolerated
from kubesteer.analyzers.remedies import only_person
from kubesteer.analyzers.resources.clusters import Node
from kubesteer.analyzers.resources.pods import Pod
from kubesteer.analyzers.resources.shapes import moment
from kubesteer.analyzers.rules.quotes import event_quote, field_quote
from kubesteer.analyzers.world import World
from kubesteer.core.refs import Ref
from kubesteer.core.texts import Text


def waiting(world: World) -> Iterator[tuple[Pod, str, float]]:
    """Pods that no node takes, with the scheduler's words and since when (seconds since 1970)."""
    for pod in world.troubled:
        condition = pod.condition("PodScheduled")
        if pod.spec.node_name or pod.finished or pod.metadata.deletion_timestamp or condition is None:
            continue
        if condition.status == "False" and condition.reason in ("Unschedulable", ""):
            words = condition.message or next(
                (e.message for e in world.events_of(pod) if e.reason == "FailedScheduling"), ""
            )
            began = moment(pod.metadata.creation_timestamp) or moment(condition.last_transition_time)
            yield pod, words, began


def obstacle_to(world: World, pod: Pod, words: str) -> Obstacle:
    """The obstacle that the scheduler's words tell of, but for those that are not to blame: the labels of nodes
    where another has what the pod demands, and the taints of nodes that would be too small without them."""
    found = obstacle_of(words)
    meant = matching(world, pod.spec)
    if found.id == "unschedulable-selector" and meant:
        return obstacle_of(words, but=found)
    tainted = [node for node in meant if untolerated(node, pod.spec)]
    asked = requested(pod.spec)
    if found.id == "unschedulable-taint" and tainted and not any(holds(node, asked) for node in tainted):
        return obstacle_of(words, but=found)
    return found


def _find(world: World, obstacle: Obstacle) -> Iterator[Match]:
    for pod, words, began in waiting(world):
        if obstacle_to(world, pod, words) is obstacle:
            yield _match(world, pod, words, began)


def _match(world: World, pod: Pod, words: str, began: float) -> Match:
    claims = [v.persistent_volume_claim.claim_name for v in pod.spec.volumes if v.persistent_volume_claim]
    asked = requested(pod.spec)
    cordoned = [node.ref for node in world.of(Node) if node.spec.unschedulable]
    return Match(
        object=world.top(pod),
        subject=pod.ref,
        values={
            "words": words,
            "claims": ", ".join(claims) or "-",
            "wanted": wanted(pod),
            "barred": _barred(world, pod),
            "asked_memory": asked.memory_words,
            "asked_cpu": asked.cpu_words,
            "room": _room(world, pod),
        },
        evidence=(*_evidence(pod, words), *_larger(world, pod)),
        links=(
            *(Ref("PersistentVolumeClaim", pod.namespace, name) for name in claims),
            *cordoned,
            *_nodes(world),
        ),
        severity="info" if world.now - began < _patience(world, pod, words) else None,
        since=began,
    )


def _nodes(world: World) -> list[Ref]:
    """Nodes that are not ready: pods wait because of them."""
    return [node.ref for node in world.of(Node) if node.unready]


def _patience(world: World, pod: Pod, words: str) -> float:
    """Longer where an autoscaler has announced a node, short where no waiting will help."""
    if lasting(words) or (world.of(Node) and lacking(world, pod.spec)):
        return patience.CONTROLLER
    announced = any(e.reason in ("TriggeredScaleUp", "Nominated") for e in world.events_of(pod))
    return patience.AUTOSCALING if announced else patience.SCHEDULING


def _evidence(pod: Pod, words: str) -> tuple[Text, ...]:
    lines = [event_quote(words, "FailedScheduling")] if words else []
    if wanted(pod) != "-":
        lines.append(field_quote(f"{pod.name}: nodeSelector/nodeAffinity", wanted(pod)))
    return tuple(lines)


def wanted(pod: Pod) -> str:
    """The labels that a pod demands of its node."""
    parts = [f"{key}={value}" for key, value in pod.spec.node_selector.items()]
    affinity = pod.spec.affinity.node_affinity if pod.spec.affinity else None
    required = affinity.required if affinity else None
    for term in required.node_selector_terms if required else ():
        parts.append(" & ".join(str(each) for each in term.match_expressions + term.match_fields))
    return ", ".join(parts) or "-"


def _barred(world: World, pod: Pod) -> Text:
    """Which of the nodes that it could mean carry which taints that it does not tolerate."""
    found = [(n, t) for n in matching(world, pod.spec) for t in untolerated(n, pod.spec)]
    taints = ", ".join(sorted({str(taint) for _, taint in found})[:6]) or "-"
    if not found or wanted(pod) == "-":
        return Text(
            f"节点带有它不容忍的污点:{taints}", f"The nodes carry taints that it does not tolerate: {taints}"
        )
    names = ", ".join(sorted({node.name for node, _ in found})[:6])
    return Text(
        f"符合 {wanted(pod)} 的节点 {names} 带有它不容忍的污点:{taints}",
        f"Of the nodes that match {wanted(pod)}, {names} carry taints that it does not tolerate: {taints}",
    )


def _larger(world: World, pod: Pod) -> tuple[Text, ...]:
    """Nodes that would be large enough, had they not a taint that it does not tolerate."""
    if not lacking(world, pod.spec):
        return ()
    asked = requested(pod.spec)
    return tuple(
        Text(
            f"{node.name} 足够大,但带有它不容忍的污点 {_listed(node, pod)}",
            f"{node.name} would be large enough but carries {_listed(node, pod)}, which it does not tolerate",
        )
        for node in matching(world, pod.spec)
        if untolerated(node, pod.spec) and holds(node, asked)
    )[:3]


def _listed(node: Node, pod: Pod) -> str:
    return ", ".join(map(str, untolerated(node, pod.spec)))


def _room(world: World, pod: Pod) -> Text:
    """Whether the pod is larger than any node, or the nodes are full."""
    if not world.of(Node):
        return Text("节点放不下", "the nodes cannot hold it")
    short = lacking(world, pod.spec)
    if short and len(open_to(world, pod.spec)) < len(world.of(Node)):
        return Text(
            f"它可以去的节点中最大的也只有 {short}", f"even the largest node that it may use has only {short}"
        )
    if short:
        return Text(f"最大的节点也只有 {short}", f"even the largest node has only {short}")
    return Text("节点剩余的容量不够", "what the nodes have left is less")


def _remedy(world: World, match: Match, obstacle: str) -> Remedy:
    pod = next((pod for pod in world.pods_of(match.object) if pod.ref == match.subject), None)
    if pod is None:
        return Remedy()
    if obstacle in ("unschedulable-cpu", "unschedulable-memory"):
        return _fitting(world, match, pod)
    if obstacle == "unschedulable-selector":
        return _labels(world, pod)
    if obstacle == "unschedulable-taint":
        return _taints(world, pod)
    return Remedy()


def _taints(world: World, pod: Pod) -> Remedy:
    """Taints that somebody set may be tolerated; those of the control plane tell of trouble on the node."""
    found = [(n, t) for n in matching(world, pod.spec) for t in untolerated(n, pod.spec)]
    meant = ", ".join(sorted({str(t) for _, t in found if not t.key.startswith(SYSTEM)})[:6])
    if meant:
        return only_person(
            f"要么给它加上对 {meant} 的容忍,要么去掉节点的污点,或增加没有污点的节点。",
            f"Either it tolerates {meant}, or the taint goes, or a node without it is added.",
        )
    sick = ", ".join(sorted({node.name for node, _ in found})[:6]) or "-"
    return only_person(
        f"污点由控制平面因节点故障而加,恢复后会自动去掉:需要检查节点 {sick},或增加健康的节点。",
        f"The control plane set these taints because of trouble on the nodes and takes them away once it is over: "
        f"look at {sick}, or add healthy nodes.",
    )


def _fitting(world: World, match: Match, pod: Pod) -> Remedy:
    fit = largest_fit(world, match.object, pod.spec)
    if fit is not None:
        return Remedy((fit,))
    return only_person(
        "集群容量不够:需要增加节点、减少副本,或降低别的工作负载的请求量。",
        "The cluster is full: add a node, run fewer replicas, or lower what others request.",
    )


def _labels(world: World, pod: Pod) -> Remedy:
    keys = {
        key: sorted({n.metadata.labels[key] for n in world.of(Node) if key in n.metadata.labels})
        for key in pod.spec.node_selector
    }
    known = "; ".join(f"{key}: {', '.join(values[:5]) or '-'}" for key, values in keys.items())
    return only_person(
        f"没有节点符合 {wanted(pod)}"
        + (f"(节点现有的值:{known})" if known else "")
        + ";需要改选择条件,或给节点打标签。",
        f"No node satisfies {wanted(pod)}"
        + (f" (values that nodes have: {known})" if known else "")
        + "; the selector must change, or a node be labelled.",
    )


RULES = tuple(
    Rule(
        id=obstacle.id,
        group="pods",
        kind="Pod",
        severity="warning",
        outage=True,
        rollback=True,
        title=Text("Pod 无法调度:", "Pods cannot be scheduled: ")
        + Text(obstacle.title.zh, obstacle.title.en[0].lower() + obstacle.title.en[1:]),
        summary=Text("{object} 的 Pod 无法调度:", "{object}: pods cannot be scheduled: ")
        + Text(obstacle.title.zh + "。", obstacle.title.en[0].lower() + obstacle.title.en[1:] + "."),
        cause=obstacle.cause,
        find=partial(_find, obstacle=obstacle),
        remedy=partial(_remedy, obstacle=obstacle.id),
        causes=frozenset({"claim-missing"}),
        remote_causes=frozenset({"claims", "node-cordoned", "node-not-ready"}),
    )
    for obstacle in OBSTACLES
)
