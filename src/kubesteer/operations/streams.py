"""Which logs are meant: one stream a container, chosen from pods and the person's words. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from kubesteer.core.clusters import LogQuery
from kubesteer.core.errors import Unusable
from kubesteer.core.refs import Ref
from kubesteer.core.requests import Manifest
from kubesteer.core.texts import Text
from kubesteer.operations import workloads as w
from kubesteer.operations.templates import names_of, no_container


@dataclass(frozen=True, slots=True)
class Stream:
    """The log of one container. `label`: the pod's name, with the container's where it has several."""

    pod: Ref
    container: str
    label: str

    def query(self, wanted: LogQuery) -> LogQuery:
        """The query for this container."""
        return replace(wanted, container=self.container)


def streams_of(pods: list[Manifest], container: str | None, *, previous: bool = False) -> list[Stream]:
    """The containers to read: the named one, the declared default, or all that keep running.

    Raises:
        Unusable: no pod has such a container, or, for `previous`, none has been restarted.
    """
    found = [stream for pod in pods for stream in _of_pod(pod, container)]
    if not found:
        existing = dict.fromkeys(name for pod in pods for name in names_of(_all_containers(pod)))
        raise no_container(container or "", existing)
    if not previous:
        return found
    restarted = [each for each in found if _ran_before(pods, each)]
    if not restarted:
        raise _no_previous(found)
    return restarted


def _of_pod(pod: Manifest, container: str | None) -> list[Stream]:
    ref = Ref.of(pod, "Pod")
    everyone = _all_containers(pod)
    declared = w.annotations_of(pod).get(w.DEFAULT_CONTAINER)
    if container:
        chosen = [name for name in names_of(everyone) if name == container]
    elif declared in names_of(everyone):
        chosen = [str(declared)]
    else:
        chosen = list(names_of(w.containers_of(pod, "Pod")))
    alone = len(chosen) == 1
    return [Stream(ref, name, ref.name if alone else f"{ref.name}/{name}") for name in chosen]


def _all_containers(pod: Manifest) -> list[Manifest]:
    lists = ("containers", "initContainers", "ephemeralContainers")
    return [each for field in lists for each in w.items_at(pod, "spec", field)]


def _ran_before(pods: Iterable[Manifest], stream: Stream) -> bool:
    """Whether a container has an earlier run that the kubelet still keeps."""
    return any(
        status.get("name") == stream.container and w.at(status, "lastState", "terminated") is not None
        for pod in pods
        if w.name_of(pod) == stream.pod.name
        for status in w.statuses_of(pod)
    )


def _no_previous(streams: list[Stream]) -> Unusable:
    listed = ", ".join(dict.fromkeys(f"{s.pod.name}/{s.container}" for s in streams[:3]))
    return Unusable(
        "previous",
        Text(
            f"没有上一次运行的日志:容器({listed})没有重启过,或旧日志已被清理。",
            f"There are no earlier logs: no container ({listed}) has restarted, or its old logs are gone.",
        ),
        Text("请查看当前的日志。", "Look at the present logs instead."),
    )
