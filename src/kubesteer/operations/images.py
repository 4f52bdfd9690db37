"""set_image: which image a container runs."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, Field

from kubesteer.core.errors import AlreadySo, Unusable
from kubesteer.core.operations import Broken, Progress, Settled, Snapshot, Waiting
from kubesteer.core.requests import Manifest, Request
from kubesteer.core.texts import Text
from kubesteer.operations import consequences
from kubesteer.operations import workloads as w
from kubesteer.operations.alterations import STOP, missing
from kubesteer.operations.pods import trouble_of
from kubesteer.operations.templates import (
    CHANGEABLE,
    TemplateChange,
    container_of,
    container_patch,
    of_replacing,
)

# Source: the grammar of image references in github.com/distribution/reference.
_DOMAIN = r"(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*(?::\d{1,5})?"
_COMPONENT = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
_REFERENCE = re.compile(
    rf"(?P<name>(?:(?:{_DOMAIN}|\[[0-9a-fA-F:]+\](?::\d{{1,5}})?)/)?{_COMPONENT}(?:/{_COMPONENT})*)"
    r"(?::(?P<tag>\w[\w.-]{0,127}))?(?:@(?P<digest>[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}))?",
    re.ASCII,
)
LONGEST_NAME = 255


def checked_image(image: str) -> str:
    """The image reference unchanged, if it is one.

    Raises:
        Unusable: it is not; says what one looks like.
    """
    match = _REFERENCE.fullmatch(image) if len(image) <= 600 else None
    if match is None or len(match["name"]) > LONGEST_NAME:
        shown = "".join(char if char.isprintable() else "�" for char in image[:80])
        raise Unusable(
            "image",
            Text(f"“{shown}”不是可用的镜像名。", f"“{shown}” is not a usable image reference."),
            Text(
                "例如 nginx:1.27 或 registry.example.com/team/app:v2。",
                "For example nginx:1.27 or registry.example.com/team/app:v2.",
            ),
        )
    return image


def repository_of(image: str) -> str:
    """The image's name without tag and digest."""
    match = _REFERENCE.fullmatch(image)
    return match["name"] if match else image


class SetImage(TemplateChange):
    """Run another image in a container."""

    name_ = "set_image"
    summary = Text("更换容器的镜像", "Change the image of a container")
    kinds = (*CHANGEABLE, "Pod")
    examples = (
        Text(
            "把 cart 的镜像换成 registry.example.com/cart:v2",
            "set the image of cart to registry.example.com/cart:v2",
        ),
    )
    image: Annotated[str, AfterValidator(checked_image)] = Field(description="image reference with its tag")
    container: str | None = Field(None, description="container, where there are several")

    def requests(self, before: Snapshot) -> tuple[Request, ...]:
        """One strategic merge patch of the container's image."""
        container = self._container(before.object)
        if container.get("image") == self.image:
            raise AlreadySo(
                "image", Text(f"{self.ref} 已经在用 {self.image}。", f"{self.ref} runs {self.image} already.")
            )
        return (container_patch(self.ref, container, {"image": self.image}),)

    def explain(self, before: Snapshot) -> Text:
        """Old and new image, and what restarts."""
        container = self._container(before.object)
        first = Text(
            f"把 {self.ref} 的容器 {container['name']} 的镜像从 {container.get('image')} 换成 {self.image}。",
            f"Change the image of container {container['name']} of {self.ref} from {container.get('image')} "
            f"to {self.image}.",
        )
        latest = Text(
            "标签 latest 指向的内容会变,难以回滚。", "The tag latest moves, which makes a rollback unsure."
        )
        moving = "@" not in self.image and self.image.removeprefix(repository_of(self.image)) in (
            "",
            ":latest",
        )
        return consequences.sentence(first, *self._follows(before), latest if moving else None)

    def done(self) -> Text:
        """What was done."""
        return Text(f"{self.ref} 的镜像已换成 {self.image}", f"{self.ref} now runs {self.image}")

    def settled(self, before: Snapshot, now: Snapshot) -> Progress:
        """The rollout is finished; a pod has restarted its container with the new image."""
        if self.kind != "Pod":
            return super().settled(before, now)
        return missing(before, now) or self._pod(before, now.object)

    def _pod(self, before: Snapshot, pod: Manifest) -> Progress:
        name = self._container(before.object)["name"]
        status = next((s for s in w.statuses_of(pod) if s.get("name") == name), {})
        trouble = trouble_of(pod)
        if trouble and trouble.hopeless:
            return Broken(trouble.text + STOP)
        old = next((s for s in w.statuses_of(before.object) if s.get("name") == name), {})
        if not w.is_ready(pod) or status.get("containerID") == old.get("containerID"):
            return Waiting(
                Text(f"等待容器 {name} 换上新镜像", f"waiting for container {name} to take the image"), 0, 1
            )
        return Settled(self.done() + STOP)

    def _follows(self, before: Snapshot) -> tuple[Text | None, ...]:
        if self.kind == "Pod":
            return (Text("该容器会就地重启。", "That container restarts in place."),)
        return of_replacing(before)

    def _container(self, workload: Manifest) -> Manifest:
        """By name; else the one that runs this repository's image already; else the only or default one."""
        if self.container is None:
            same = [
                each
                for each in [*w.containers_of(workload), *w.sidecars_of(workload)]
                if repository_of(str(each.get("image", ""))) == repository_of(self.image)
            ]
            if len(same) == 1:
                return same[0]
        return container_of(workload, self.container)
