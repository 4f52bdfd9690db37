"""Changing the pod template of a workload: where it is, which container is meant, and what follows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from kubesteer.core.errors import Unusable
from kubesteer.core.operations import Broken, Progress, Snapshot
from kubesteer.core.refs import Ref
from kubesteer.core.requests import Manifest, Patch
from kubesteer.core.texts import Text
from kubesteer.operations import consequences
from kubesteer.operations import workloads as w
from kubesteer.operations.alterations import CHANGED_BACK, STEADY_SECONDS, Alteration, settled_as

CHANGEABLE = ("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "CronJob")
"""Kinds whose pod template may be changed; that of a Job may not (API validation)."""


class TemplateChange(Alteration):
    """A change of a pod template, which replaces the pods."""

    kinds: ClassVar[tuple[str, ...]] = CHANGEABLE
    steady_seconds = STEADY_SECONDS

    def done(self) -> Text:
        """What was done, without a full stop."""
        raise NotImplementedError

    def settled(self, before: Snapshot, now: Snapshot) -> Progress:
        """The rollout is finished and its pods are well; nobody has changed it back meanwhile."""
        if now.target is not None and not self._in_effect(now):
            return Broken(CHANGED_BACK)
        return settled_as(before, now, self.done(), template=True)

    def _in_effect(self, now: Snapshot) -> bool:
        """Whether there is nothing left to send: a GitOps controller may have reverted it within seconds."""
        try:
            self.requests(now)
        except Unusable:
            return True
        return False


def template_patch(ref: Ref, template: dict[str, Any]) -> Patch:
    """A strategic merge patch of an object's pod template."""
    body = template
    for key in reversed(w.TEMPLATE_PATHS[ref.kind]):
        body = {key: body}
    return Patch(ref, body)


def container_patch(ref: Ref, container: Manifest, change: dict[str, Any]) -> Patch:
    """A strategic merge patch of one container, found by its name in whichever list it stands."""
    field = "initContainers" if container.get("restartPolicy") == "Always" else "containers"
    return template_patch(ref, {"spec": {field: [{"name": container["name"], **change}]}})


def container_of(workload: Manifest, name: str | None) -> Manifest:
    """The container that is meant: by name, the only one, or the one that the template declares as default.

    Raises:
        Unusable: there is no such container, or several and nothing tells which.
    """
    containers = w.containers_of(workload)
    everyone = [*containers, *w.sidecars_of(workload)]
    wanted = name or w.annotations_of(w.template_of(workload)).get(w.DEFAULT_CONTAINER)
    found = next((each for each in everyone if each.get("name") == wanted), None)
    if found is not None:
        return found
    if name:
        raise no_container(name, names_of(everyone))
    if len(containers) == 1:
        return containers[0]
    raise which_container(names_of(everyone))


def names_of(containers: Iterable[Manifest]) -> tuple[str, ...]:
    """The names of containers."""
    return tuple(str(each.get("name", "")) for each in containers)


def no_container(name: str, existing: Iterable[str]) -> Unusable:
    """There is no container of that name; which ones there are."""
    return Unusable(
        "container",
        Text(f"没有名为“{name[:60]}”的容器。", f"There is no container called “{name[:60]}”."),
        Text(f"有这些容器:{', '.join(existing)}。", f"It has: {', '.join(existing)}."),
    )


def which_container(existing: Iterable[str]) -> Unusable:
    """Several containers, and nothing tells which is meant."""
    listed = ", ".join(existing)
    return Unusable(
        "container",
        Text(f"有多个容器:{listed},请说明是哪一个。", f"It has several containers: {listed}. Which one?"),
    )


def of_replacing(before: Snapshot) -> tuple[Text | None, ...]:
    """What follows from a new template, for any kind that has one."""
    kind = before.object.get("kind", "")
    if kind == "CronJob":
        return (
            Text("下次运行时生效。", "It takes effect at the next run."),
            consequences.gitops(before.object),
        )
    if kind == "ReplicaSet":
        note = Text("现有 Pod 不会重启。", "Existing pods are not restarted.")
        owner = w.controller_of(before.object)
        reverted = Text(
            f"它由 {owner.get('kind')} {owner.get('name')} 控制,请改那里。",
            f"{owner.get('kind')} {owner.get('name')} controls it; change that instead.",
        )
        return (note, reverted if owner else None)
    return consequences.of_restarting(before)
