"""Pods that were placed on a node and do not get as far as their containers: volumes, sandbox, network.

Reasons: kubernetes pkg/kubelet/events (FailedMount, FailedAttachVolume, FailedCreatePodSandBox).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

from kubesteer.analyzers import patience
from kubesteer.analyzers.matches import Match, Remedy, Rule
from kubesteer.analyzers.remedies import only_person
from kubesteer.analyzers.resources.clusters import Event
from kubesteer.analyzers.resources.pods import Pod
from kubesteer.analyzers.resources.shapes import moment
from kubesteer.analyzers.rules.pods_configs import ABSENT, ABSENT_ITEM
from kubesteer.analyzers.rules.pods_images import pulling
from kubesteer.analyzers.rules.quotes import event_quote
from kubesteer.analyzers.world import World
from kubesteer.core.refs import Ref
from kubesteer.core.texts import Text

MULTI_ATTACH = re.compile(r"Multi-Attach", re.IGNORECASE)
WAITING_ONLY = re.compile(r"timed out waiting for the condition|unmounted volumes", re.IGNORECASE)


def _starting(world: World) -> Iterator[Pod]:
    """Pods on a node that have no running container yet."""
    for pod in world.troubled:
        if pod.spec.node_name and pod.status.phase == "Pending" and not pod.metadata.deletion_timestamp:
            waits = [s.state.waiting.reason for s in pod.statuses if s.state.waiting]
            begun = any(s.state.running or s.state.terminated for s in pod.statuses)
            if not begun and (not waits or set(waits) & {"ContainerCreating", "PodInitializing", ""}):
                yield pod


def _find(world: World, reasons: tuple[str, ...], wait: float) -> Iterator[Match]:
    for pod in _starting(world):
        events = [event for event in world.events_of(pod) if event.reason in reasons]
        event = _telling(events)
        if event is None or ABSENT.search(event.message) or ABSENT_ITEM.search(event.message):
            continue
        began = min(each.first for each in events)
        yield Match(
            object=world.top(pod),
            subject=pod.ref,
            values={"words": " ".join(event.message.split())[:300], "why": _why(event)},
            evidence=(event_quote(event.message, event.reason, event.times),),
            links=(Ref("Node", "", pod.spec.node_name), *_claims(pod)),
            severity="info" if world.now - began < wait else None,
            since=began,
        )


def _telling(events: list[Event]) -> Event | None:
    """The newest event that says more than that something timed out."""
    return next((e for e in events if not WAITING_ONLY.search(e.message)), events[0] if events else None)


def _claims(pod: Pod) -> list[Ref]:
    names = [v.persistent_volume_claim.claim_name for v in pod.spec.volumes if v.persistent_volume_claim]
    return [Ref("PersistentVolumeClaim", pod.namespace, name) for name in names]


def _why(event: Event) -> Text:
    if MULTI_ATTACH.search(event.message):
        return Text(
            "卷还挂在另一个节点上(ReadWriteOnce 只能被一个节点使用)",
            "The volume is still attached to another node (ReadWriteOnce allows one)",
        )
    return Text.same(" ".join(event.message.split())[:300])


def _attach_remedy(world: World, match: Match) -> Remedy:
    del world
    if "Multi-Attach" not in str(match.values["words"]):
        return Remedy()
    return only_person(
        "要等旧节点上的 Pod 结束并卸载卷;如果旧节点已失联,需要人确认它已停机后删除那里的 Pod。",
        "The pod on the old node must end first; where that node is lost, a person must make sure that it is "
        "powered off, and delete its pod.",
    )


def _find_creating(world: World) -> Iterator[Match]:
    """ContainerCreating for long, with nothing said about the reason."""
    for pod in _starting(world):
        scheduled = pod.condition("PodScheduled")
        began = moment(scheduled.last_transition_time if scheduled else "") or moment(
            pod.metadata.creation_timestamp
        )
        if world.now - began > patience.SLOW_START and not pulling(world, pod):
            yield Match(
                object=world.top(pod),
                subject=pod.ref,
                evidence=tuple(event_quote(e.message, e.reason) for e in world.events_of(pod)[:2]),
                links=(Ref("Node", "", pod.spec.node_name), *_claims(pod)),
                since=began,
            )


_NODE = frozenset({"node-not-ready", "node-network-unavailable", "node-pressure"})

RULES = (
    Rule(
        id="volume-attach",
        group="pods",
        kind="Pod",
        severity="warning",
        outage=True,
        title=Text("存储卷挂接不上节点", "A volume cannot be attached"),
        summary=Text(
            "{object} 起不来:存储卷挂接不上节点。",
            "{object} cannot start: a volume cannot be attached to its node.",
        ),
        cause=Text("{why}。", "{why}."),
        find=partial(_find, reasons=("FailedAttachVolume",), wait=patience.STARTING),
        remedy=_attach_remedy,
        remote_causes=_NODE | {"claims"},
    ),
    Rule(
        id="volume-mount",
        group="pods",
        kind="Pod",
        severity="warning",
        outage=True,
        rollback=True,
        title=Text("存储卷挂载失败", "A volume cannot be mounted"),
        summary=Text(
            "{object} 起不来:存储卷挂载失败。", "{object} cannot start: a volume cannot be mounted."
        ),
        cause=Text("{words}", "{words}"),
        find=partial(_find, reasons=("FailedMount", "FailedMapVolume"), wait=patience.MOUNTING),
        causes=frozenset({"volume-attach", "config-missing", "config-key-missing"}),
        remote_causes=_NODE | {"claims"},
    ),
    Rule(
        id="pod-sandbox",
        group="pods",
        kind="Pod",
        severity="warning",
        outage=True,
        title=Text("Pod 的沙箱或网络建不起来", "A pod's sandbox or network cannot be set up"),
        summary=Text(
            "{object} 起不来:Pod 的沙箱或网络(CNI)建不起来。",
            "{object} cannot start: the pod's sandbox or network (CNI) cannot be set up.",
        ),
        cause=Text("{words}", "{words}"),
        find=partial(_find, reasons=("FailedCreatePodSandBox", "NetworkNotReady"), wait=patience.MOUNTING),
        remote_causes=_NODE,
    ),
    Rule(
        id="pod-creating",
        group="pods",
        kind="Pod",
        severity="warning",
        outage=True,
        title=Text("容器一直在创建中", "Containers are being created for too long"),
        summary=Text(
            "{object} 的 Pod 一直停在创建中。",
            "{object}: a pod has been creating its containers for too long.",
        ),
        cause=Text("节点上的 kubelet 没有说明原因。", "The kubelet of its node gives no reason."),
        find=_find_creating,
        causes=frozenset(
            {
                "volume-attach",
                "volume-mount",
                "pod-sandbox",
                "config-missing",
                "config-key-missing",
                "crash-loop",
                "bad-command",
                "container-start",
                "oom-killed",
                "log-causes",
            }
            | {
                f"image-pull{tail}"
                for tail in (
                    "",
                    "-bad-name",
                    "-never",
                    "-rate-limited",
                    "-unauthorized",
                    "-not-found",
                    "-registry-unreachable",
                )
            }
        ),
        remote_causes=_NODE | {"claims"},
    ),
)
