"""Where a kind is served: by heart for the built-in ones, by discovery for all others.

Source: Kubernetes API concepts, "API discovery": /apis lists the groups, /apis/GROUP/VERSION its resources.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import msgspec

from kubesteer.adapters.kubernetes.attempts import Attempt
from kubesteer.adapters.kubernetes.clients import ApiClient
from kubesteer.adapters.kubernetes.decoders import decode
from kubesteer.adapters.kubernetes.exchanges import ApiRequest
from kubesteer.core.errors import ClusterError, Unavailable, Unusable
from kubesteer.core.kinds import KINDS, Kind
from kubesteer.core.names import checked_name
from kubesteer.core.texts import Text

POD_METRICS = Kind("PodMetrics", "pods", "metrics.k8s.io", "v1beta1", True)
NODE_METRICS = Kind("NodeMetrics", "nodes", "metrics.k8s.io", "v1beta1", False)
ACCESS_REVIEW = Kind(
    "SelfSubjectAccessReview", "selfsubjectaccessreviews", "authorization.k8s.io", "v1", False
)
SUBJECT_REVIEW = Kind("SelfSubjectReview", "selfsubjectreviews", "authentication.k8s.io", "v1", False)

_UNLISTED = {kind.name: kind for kind in (POD_METRICS, NODE_METRICS)}


class Version(msgspec.Struct):
    """One version of a group: `apps/v1`."""

    groupVersion: str


class Group(msgspec.Struct):
    """One API group with the version that the server prefers."""

    name: str
    preferredVersion: Version


class Groups(msgspec.Struct):
    """metav1.APIGroupList."""

    groups: list[Group]


class Served(msgspec.Struct):
    """One resource of a group; subresources have a slash in their name."""

    name: str
    kind: str
    namespaced: bool
    shortNames: list[str] | None = None


class ServedList(msgspec.Struct):
    """metav1.APIResourceList."""

    resources: list[Served] | None = None


class Resources:
    """Kinds by name. What discovery has found is kept as long as the process lives."""

    def __init__(self, client: ApiClient) -> None:
        self._client = client
        self._found: Mapping[tuple[str, str], Kind] | None = None
        self._unknown: tuple[str, ...] = ()  # groups that would not tell
        self._lock = asyncio.Lock()

    async def kind(self, name: str, group: str | None = None) -> Kind:
        """The kind of a CamelCase name; `Name.group` or `group` tells apart kinds of the same name.

        Raises:
            Unusable: the server has no such kind, or several.
            ClusterError: discovery fails.
        """
        if group is None and "." in name:
            name, _, group = name.partition(".")
        known = KINDS.get(name) or _UNLISTED.get(name)
        if known is not None and group in (None, known.group):
            return known
        async with self._lock:
            if self._found is None:
                self._found = await self._discovered()
        fitting = [kind for (n, g), kind in self._found.items() if n == name and group in (None, g)]
        if len(fitting) != 1:
            raise self._no_kind(name, fitting)
        return fitting[0]

    async def _discovered(self) -> Mapping[tuple[str, str], Kind]:
        groups = decode((await self._client.read(_listing("/apis"))).body, Groups).groups
        paths = [f"/apis/{group.preferredVersion.groupVersion}" for group in groups]
        answers = await asyncio.gather(*(self._resources(path) for path in paths))
        found: dict[tuple[str, str], Kind] = {}
        for group, served in zip(groups, answers, strict=True):
            for resource in served or ():
                if "/" not in resource.name:
                    found[resource.kind, group.name] = _kind(group, resource)
        self._unknown = tuple(g.name for g, served in zip(groups, answers, strict=True) if served is None)
        return found

    async def _resources(self, path: str) -> list[Served] | None:
        # One broken aggregated API must not hide all the others.
        try:
            return decode((await self._client.read(_listing(path))).body, ServedList).resources or []
        except ClusterError:
            return None

    def _no_kind(self, name: str, fitting: list[Kind]) -> Exception:
        if fitting:
            choices = ", ".join(f"{kind.name}.{kind.group}" for kind in fitting)
            return Unusable(
                "kind",
                Text(f"有多个 API 组提供 {name}:{choices}。", f"Several API groups serve {name}: {choices}."),
            )
        if self._unknown:
            groups = ", ".join(self._unknown)
            self._found = None
            return Unavailable(
                Text(
                    f"没能查看 API 组 {groups},不知道有没有 {name}。",
                    f"API groups {groups} could not be looked at, so whether there is a {name} is unknown.",
                )
            )
        return Unusable(
            "kind",
            Text(f"集群里没有资源类型 {name[:60]}。", f"The cluster serves no kind {name[:60]}."),
        )


def _listing(path: str) -> ApiRequest:
    return ApiRequest(Attempt("get", url=path), path)


def _kind(group: Group, served: Served) -> Kind:
    name, _, version = group.preferredVersion.groupVersion.rpartition("/")
    return Kind(
        served.kind,
        checked_name(served.name),
        checked_name(name),
        checked_name(version),
        served.namespaced,
        tuple(served.shortNames or ()),
    )
