"""The World: one snapshot of a cluster with the indexes that rules ask it by. Pure data, no I/O."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, TypeVar

from kubesteer.analyzers import patience
from kubesteer.analyzers.dependencies import Dependency, dependencies
from kubesteer.analyzers.owners import unseen_owner, untroubled
from kubesteer.analyzers.resources.clusters import Event, Node
from kubesteer.analyzers.resources.networks import EndpointSlice, Service
from kubesteer.analyzers.resources.pods import Pod, PodTemplate
from kubesteer.analyzers.resources.shapes import Object, Selector
from kubesteer.analyzers.resources.workloads import (
    ControllerRevision,
    CronJob,
    DaemonSet,
    Deployment,
    Job,
    ReplicaSet,
    StatefulSet,
    Workload,
)
from kubesteer.core.clusters import Usage
from kubesteer.core.findings import Coverage
from kubesteer.core.refs import Ref

O = TypeVar("O", bound=Object)  # noqa: E741 (the usual letter for an object)

LogKey = tuple[Ref, str]
"""A top owner and a container's name: logs are read once for each, not for each pod."""


@dataclass(frozen=True)
class World:
    """What was seen at one moment.

    objects: items by kind. names: references of the kinds of which only names were listed.
    now: the server's time, seconds since 1970. namespace: "" for the whole cluster.
    usage: present consumption of pods and nodes. logs: last lines of suspects.
    """

    objects: Mapping[str, list[Any]]
    coverage: Coverage
    now: float
    namespace: str = ""
    names: Mapping[str, frozenset[Ref]] = field(default_factory=dict)
    usage: Mapping[Ref, Usage] = field(default_factory=dict)
    logs: Mapping[LogKey, tuple[str, ...]] = field(default_factory=dict)

    def with_logs(self, logs: Mapping[LogKey, tuple[str, ...]], coverage: Coverage) -> World:
        """The same World with logs; its indexes, which do not depend on them, are kept."""
        read = replace(self, logs={**self.logs, **logs}, coverage=coverage)
        vars(read).update({key: value for key, value in vars(self).items() if key not in vars(read)})
        return read

    def of(self, shape: type[O]) -> list[O]:
        """All objects of a shape's kind; empty where they could not be listed: ask `saw` first."""
        return self.objects.get(shape.kind, [])

    def saw(self, *kinds: str) -> bool:
        """Whether all of these kinds were listed to the end."""
        return all(kind in self.coverage.looked_at for kind in kinds)

    def get(self, shape: type[O], namespace: str, name: str) -> O | None:
        """One object."""
        return self._by_name.get((shape.kind, namespace, name))

    def exists(self, ref: Ref) -> bool:
        """Whether it was seen; meaningful only for kinds that `saw` confirms."""
        known = (ref.kind, ref.namespace, ref.name) in self._by_name
        return known or ref in self.names.get(ref.kind, ())

    def refs(self, kind: str) -> Iterator[Ref]:
        """References to everything of a kind that was seen."""
        yield from (item.ref for item in self.objects.get(kind, ()))
        yield from self.names.get(kind, ())

    @cached_property
    def _by_name(self) -> dict[tuple[str, str, str], Any]:
        """Plain tuples: hashing ten thousand references costs more than the rules that ask for one."""
        return {
            (kind, item.metadata.namespace, item.metadata.name): item
            for kind, items in self.objects.items()
            for item in items
        }

    @cached_property
    def _owners(self) -> dict[Ref, Ref]:
        """The owner of each ReplicaSet and Job that has one."""
        owned: list[ReplicaSet | Job] = [*self.of(ReplicaSet), *self.of(Job)]
        return {item.ref: item.maker for item in owned if item.maker is not None}

    def top(self, item: Object) -> Ref:
        """The workload that a person knows: the Deployment of a pod's ReplicaSet, the CronJob of its Job."""
        maker = item.maker
        if maker is None or maker.kind == "Node":
            return item.ref  # a static pod: its node only mirrors it
        return self._owners.get(maker) or unseen_owner(item) or maker

    @cached_property
    def _pods_by_top(self) -> dict[Ref, list[Pod]]:
        found: dict[Ref, list[Pod]] = defaultdict(list)
        for pod in self.of(Pod):
            found[self.top(pod)].append(pod)
        return found

    def pods_of(self, owner: Ref) -> list[Pod]:
        """Pods under a top owner (a bare pod is its own)."""
        return self._pods_by_top.get(owner, [])

    @cached_property
    def _made(self) -> dict[tuple[str, Ref], list[Any]]:
        """Pods, ReplicaSets, Jobs and revisions, by their kind and the controller that made them."""
        found: dict[tuple[str, Ref], list[Any]] = defaultdict(list)
        for shape in (Pod, ReplicaSet, Job, ControllerRevision):
            for item in self.of(shape):
                if item.maker is not None:
                    found[shape.kind, item.maker].append(item)
        return found

    def made_by(self, shape: type[O], owner: Object) -> list[O]:
        """What a controller made itself."""
        return [item for item in self._made.get((shape.kind, owner.ref), ()) if item.made_by(owner)]

    def pods_under(self, controller: Object) -> list[Pod]:
        """Pods that a ReplicaSet, StatefulSet, DaemonSet or Job made itself."""
        return self.made_by(Pod, controller)

    def replica_sets_of(self, deployment: Deployment) -> list[ReplicaSet]:
        """A Deployment's ReplicaSets, the newest revision first."""
        found = self.made_by(ReplicaSet, deployment)
        return sorted(found, key=lambda each: (each.revision, each.metadata.creation_timestamp), reverse=True)

    def jobs_of(self, cron_job: CronJob) -> list[Job]:
        """Runs of a CronJob."""
        return self.made_by(Job, cron_job)

    def recent(self, at: float) -> bool:
        """Whether something is not history yet; what carries no time is taken for new."""
        return not at or self.now - at <= patience.RECENT

    @cached_property
    def rolling(self) -> list[Workload]:
        """Deployments, StatefulSets and DaemonSets, and ReplicaSets that stand alone."""
        alone = [item for item in self.of(ReplicaSet) if item.owner is None]
        return [*self.of(Deployment), *self.of(StatefulSet), *self.of(DaemonSet), *alone]

    def templates(self) -> Iterator[tuple[Object, PodTemplate]]:
        """Every top owner with its pod template; bare pods with what they are."""
        for workload in self.rolling:
            yield workload, workload.spec.template
        for job in self.of(Job):
            if job.owner is None:
                yield job, job.spec.template
        for cron_job in self.of(CronJob):
            yield cron_job, cron_job.spec.job_template.spec.template
        for pod in self.of(Pod):
            if pod.owner is None:
                yield pod, PodTemplate(metadata=pod.metadata, spec=pod.spec)

    @cached_property
    def _templates(self) -> tuple[dict[str, list[tuple[Object, PodTemplate]]], dict[Ref, PodTemplate]]:
        by_namespace: dict[str, list[tuple[Object, PodTemplate]]] = defaultdict(list)
        by_owner: dict[Ref, PodTemplate] = {}
        for owner, template in self.templates():
            by_namespace[owner.namespace].append((owner, template))
            by_owner[owner.ref] = template
        return by_namespace, by_owner

    def templates_in(self, namespace: str) -> list[tuple[Object, PodTemplate]]:
        """Top owners of a namespace with their pod templates."""
        return self._templates[0].get(namespace, [])

    def template_of(self, owner: Ref) -> PodTemplate | None:
        """The pod template of a top owner."""
        return self._templates[1].get(owner)

    @cached_property
    def dependencies(self) -> dict[Ref, list[Dependency]]:
        """What each top owner's environment and arguments name."""
        return {owner.ref: dependencies(self, owner.namespace, t.spec) for owner, t in self.templates()}

    @cached_property
    def callers(self) -> dict[Ref, list[Ref]]:
        """Top owners whose environment or arguments name a Service, by the Service."""
        found: dict[Ref, list[Ref]] = defaultdict(list)
        for owner, named in self.dependencies.items():
            for service in {each.service for each in named}:
                found[service].append(owner)
        return found

    @cached_property
    def troubled(self) -> list[Pod]:
        """Pods at which a closer look is due: all but those that finished well or run as they should."""
        return [pod for pod in self.of(Pod) if not untroubled(pod)]

    @cached_property
    def _events(self) -> tuple[dict[str, list[Event]], dict[Ref, list[Event]]]:
        by_uid: dict[str, list[Event]] = defaultdict(list)
        by_ref: dict[Ref, list[Event]] = defaultdict(list)
        for event in sorted(self.of(Event), key=lambda each: each.last, reverse=True):
            if event.involved_object.uid:
                by_uid[event.involved_object.uid].append(event)
            else:
                by_ref[event.about].append(event)
        return by_uid, by_ref

    def events_of(self, item: Object) -> list[Event]:
        """Events about an object, the newest first, joined by UID (by reference where they carry none)."""
        by_uid, by_ref = self._events
        return by_uid.get(item.metadata.uid, []) + by_ref.get(item.ref, [])

    def began(self, item: Object, *reasons: str) -> float:
        """When events of these reasons first told of an object, seconds since 1970; 0.0 where none did."""
        told = [event.first for event in self.events_of(item) if event.reason in reasons]
        return min(told, default=0.0)

    @cached_property
    def _pods_by_node(self) -> dict[str, list[Pod]]:
        found: dict[str, list[Pod]] = defaultdict(list)
        for pod in self.of(Pod):
            if pod.spec.node_name and not pod.finished:
                found[pod.spec.node_name].append(pod)
        return found

    def pods_on(self, node: Node) -> list[Pod]:
        """Pods on a node that have not finished."""
        return self._pods_by_node.get(node.name, [])

    @cached_property
    def _pods_by_label(self) -> dict[tuple[str, str, str], list[Pod]]:
        found: dict[tuple[str, str, str], list[Pod]] = defaultdict(list)
        for pod in self.of(Pod):
            for key, value in pod.metadata.labels.items():
                found[pod.namespace, key, value].append(pod)
        return found

    def selected(self, namespace: str, selector: Selector | Mapping[str, str]) -> list[Pod]:
        """Pods of a namespace that a selector selects; finished ones included."""
        wanted = selector if isinstance(selector, Selector) else Selector(match_labels=dict(selector))
        buckets: list[list[Pod]] = [
            self._pods_by_label.get((namespace, key, value), []) for key, value in wanted.match_labels.items()
        ]
        candidates = min(buckets, key=len) if buckets else self.within(Pod, namespace)
        return [pod for pod in candidates if wanted.matches(pod.metadata.labels)]

    @cached_property
    def _slices(self) -> dict[tuple[str, str], list[EndpointSlice]]:
        found: dict[tuple[str, str], list[EndpointSlice]] = defaultdict(list)
        for item in self.of(EndpointSlice):
            if item.service:
                found[item.namespace, item.service].append(item)
        return found

    def slices_of(self, service: Service) -> list[EndpointSlice]:
        """EndpointSlices of a Service."""
        return self._slices.get((service.namespace, service.name), [])

    @cached_property
    def _by_namespace(self) -> dict[tuple[str, str], list[Any]]:
        found: dict[tuple[str, str], list[Any]] = defaultdict(list)
        for kind, items in self.objects.items():
            for item in items:
                found[kind, item.metadata.namespace].append(item)
        return found

    def within(self, shape: type[O], namespace: str) -> list[O]:
        """Objects of a shape's kind in one namespace."""
        return self._by_namespace.get((shape.kind, namespace), [])

    @cached_property
    def nodes(self) -> dict[str, Node]:
        """Nodes by name."""
        return {node.name: node for node in self.of(Node)}
