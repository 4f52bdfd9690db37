"""The ports to a Kubernetes cluster: `Cluster` looks, `Actuator` writes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Generic, Literal, Protocol, TypeVar

from kubesteer.core.refs import Ref
from kubesteer.core.requests import Manifest, Request, Warrant

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Listing(Generic[T]):
    """A complete collection, all pages, as it stood at one resourceVersion."""

    items: list[T]
    resource_version: str = ""


@dataclass(frozen=True, slots=True)
class Happening:
    """One event of a watch; `object` is the object after it happened."""

    type: Literal["ADDED", "MODIFIED", "DELETED"]
    object: Manifest


@dataclass(frozen=True, slots=True)
class Usage:
    """Present consumption as metrics.k8s.io reports it: CPU in cores, memory in bytes, by container.

    For a node there is one entry, under "".
    """

    ref: Ref
    timestamp: str  # RFC 3339, the end of the window
    window: float  # seconds that the CPU figure is averaged over
    cpu: dict[str, float] = field(default_factory=dict)
    memory: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LogQuery:
    """Which lines of a container's log to read (GET …/pods/NAME/log)."""

    container: str = ""
    previous: bool = False
    tail: int | None = None  # lines
    since: int | None = None  # seconds
    timestamps: bool = False
    limit_bytes: int = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Access:
    """A question for SelfSubjectAccessReview (authorization.k8s.io/v1)."""

    verb: str
    ref: Ref  # name "" asks for the whole collection; namespace "" for all namespaces
    subresource: str = ""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who we are and which cluster this is. `uid` is that of namespace kube-system, the customary id of a
    cluster; where it may not be read, a digest of the server's address."""

    user: str
    groups: tuple[str, ...]
    server: str
    version: str
    uid: str


class Cluster(Protocol):
    """Everything that can be read. Every method raises ClusterError, and nothing else, for a cluster's
    troubles; names that cannot be one raise Unusable before anything is sent."""

    async def identity(self) -> Identity:
        """Who and where we are; asks SelfSubjectReview, /version and namespace kube-system."""
        ...

    async def read(self, ref: Ref) -> Manifest:
        """One object, complete."""
        ...

    async def collect(
        self, kind: str, namespace: str = "", *, labels: str = "", fields: str = "", shape: type[T]
    ) -> Listing[T]:
        """A whole collection, page by page, each item decoded into `shape` (a msgspec Struct, or dict).

        `namespace` "" means all namespaces. A 410 in mid-paging starts the list again.
        """
        ...

    async def names(self, kind: str, namespace: str = "") -> list[Ref]:
        """Names alone, by PartialObjectMetadataList: cheap even for large objects."""
        ...

    def logs(self, pod: Ref, query: LogQuery) -> AsyncIterator[str]:
        """Lines of one container's log, without line ends, as they arrive."""
        ...

    async def usage(
        self, kind: Literal["Pod", "Node"], namespace: str = "", *, labels: str = ""
    ) -> list[Usage]:
        """Present consumption. Raises Unsupported where metrics.k8s.io is absent."""
        ...

    async def allowed(self, access: Access) -> bool:
        """Whether the server would let us (SelfSubjectAccessReview)."""
        ...

    async def rehearse(self, request: Request) -> Manifest | None:
        """The outcome of a request under `dryRun=All`; None where the server answers with a Status only."""
        ...

    def watch(self, kind: str, namespace: str, name: str, since: str) -> AsyncIterator[Happening]:
        """What happens to one object after a resourceVersion; ends when the server closes the watch."""
        ...


class Actuator(Protocol):
    """The only way to change a cluster."""

    async def send(self, warrant: Warrant) -> Manifest | None:
        """Send a request for real under its precondition, exactly once, never retried here.

        Raises:
            Conflict: the precondition no longer holds, or the object exists already.
            ClusterError: with `sent` true the write may have happened; look before you repeat it.
        """
        ...

    async def remark(self, about: Manifest, reason: str, message: str, *, warning: bool = False) -> None:
        """Write a Kubernetes Event on an object, best effort: a refusal is raised, and callers may ignore it."""
        ...
