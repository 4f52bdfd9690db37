"""`Cluster` on the Kubernetes API."""

from __future__ import annotations

from collections.abc import AsyncIterator
from types import TracebackType
from typing import Any, Literal, Self, TypeVar

import httpx2
import msgspec

from kubesteer.adapters.kubernetes.attempts import Attempt
from kubesteer.adapters.kubernetes.clients import ApiClient
from kubesteer.adapters.kubernetes.connections import Connection
from kubesteer.adapters.kubernetes.decoders import Named, decode
from kubesteer.adapters.kubernetes.exchanges import ApiRequest, Observer
from kubesteer.adapters.kubernetes.identities import identify
from kubesteer.adapters.kubernetes.logs import read_log
from kubesteer.adapters.kubernetes.pages import NAMES_ONLY, collect_pages
from kubesteer.adapters.kubernetes.paths import collection_path, object_path
from kubesteer.adapters.kubernetes.resources import ACCESS_REVIEW, NODE_METRICS, POD_METRICS, Resources
from kubesteer.adapters.kubernetes.retries import Patience
from kubesteer.adapters.kubernetes.usages import Metrics, usage_of
from kubesteer.adapters.kubernetes.watches import watch_object
from kubesteer.adapters.kubernetes.writes import written
from kubesteer.core.clusters import Access, Happening, Identity, Listing, LogQuery, Usage
from kubesteer.core.kinds import Kind
from kubesteer.core.names import checked_name, checked_namespace
from kubesteer.core.refs import Ref
from kubesteer.core.requests import Apply, Create, Manifest, Request

T = TypeVar("T")


class Allowed(msgspec.Struct):
    """The verdict of an access review."""

    allowed: bool = False


class AccessReview(msgspec.Struct):
    """authorization.k8s.io/v1 SelfSubjectAccessReview."""

    status: Allowed


class KubernetesCluster:
    """Looks at one cluster; implements `core.clusters.Cluster`. Belongs to one event loop."""

    def __init__(
        self,
        connection: Connection,
        observer: Observer | None = None,
        transport: httpx2.AsyncBaseTransport | None = None,
        patience: Patience | None = None,
    ) -> None:
        self.client = ApiClient(connection, observer, transport, patience)
        self._resources = Resources(self.client)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.client.aclose()

    async def identity(self) -> Identity:
        """Who and where we are."""
        return await identify(self.client)

    async def read(self, ref: Ref) -> Manifest:
        """One object, complete."""
        kind = await self._resources.kind(ref.kind)
        request = ApiRequest(Attempt("get", kind, ref.namespace, ref.name), object_path(kind, ref))
        return decode((await self.client.read(request)).body, dict[str, Any])

    async def collect(
        self, kind: str, namespace: str = "", *, labels: str = "", fields: str = "", shape: type[T]
    ) -> Listing[T]:
        """A whole collection, page by page."""
        found = await self._resources.kind(kind)
        return await collect_pages(self.client, found, namespace, shape, labels=labels, fields=fields)

    async def names(self, kind: str, namespace: str = "") -> list[Ref]:
        """Names alone."""
        found = await self._resources.kind(kind)
        listing = await collect_pages(self.client, found, namespace, Named, accept=NAMES_ONLY)
        return [Ref(found.name, item.metadata.namespace, item.metadata.name) for item in listing.items]

    def logs(self, pod: Ref, query: LogQuery) -> AsyncIterator[str]:
        """Lines of one container's log."""
        return read_log(self.client, pod, query)

    async def usage(
        self, kind: Literal["Pod", "Node"], namespace: str = "", *, labels: str = ""
    ) -> list[Usage]:
        """Present consumption."""
        metrics = POD_METRICS if kind == "Pod" else NODE_METRICS
        listing = await collect_pages(self.client, metrics, namespace, Metrics, labels=labels)
        return [usage_of(kind, item) for item in listing.items]

    async def allowed(self, access: Access) -> bool:
        """Whether the server would let us."""
        kind = await self._resources.kind(access.ref.kind)
        body = {
            "apiVersion": ACCESS_REVIEW.api_version,
            "kind": ACCESS_REVIEW.name,
            "spec": {"resourceAttributes": _attributes(access, kind)},
        }
        request = ApiRequest(
            Attempt("create", ACCESS_REVIEW),
            collection_path(ACCESS_REVIEW),
            "POST",
            body=msgspec.json.encode(body),
        )
        return decode((await self.client.read(request)).body, AccessReview).status.allowed

    async def rehearse(self, request: Request) -> Manifest | None:
        """The outcome under dryRun=All. It changes nothing, and is tried again like a read."""
        kind = await self.kind_for(request)
        answer = await self.client.read(written(request, kind, dry_run=True))
        return outcome(answer.body)

    async def watch(self, kind: str, namespace: str, name: str, since: str) -> AsyncIterator[Happening]:
        """What happens to one object."""
        found = await self._resources.kind(kind)
        async for happening in watch_object(self.client, found, namespace, name, since):
            yield happening

    async def kind_for(self, request: Request) -> Kind:
        """Where a request's object is served; a manifest's own apiVersion decides for what it describes."""
        if isinstance(request, Create | Apply) and request.body.get("apiVersion"):
            group, _, version = str(request.body["apiVersion"]).rpartition("/")
            known = await self._resources.kind(request.ref.kind, group)
            return Kind(known.name, known.plural, group, checked_name(version), known.namespaced)
        return await self._resources.kind(request.ref.kind)


def outcome(body: bytes) -> Manifest | None:
    """The object that a write answers with; None for a bare Status."""
    manifest = decode(body, dict[str, Any])
    return None if manifest.get("kind") == "Status" else manifest


def _attributes(access: Access, kind: Kind) -> dict[str, str]:
    ref = access.ref
    return {
        "verb": access.verb,
        "group": kind.group,
        "resource": kind.plural,
        "subresource": access.subresource,
        "namespace": checked_namespace(ref.namespace) if ref.namespace and kind.namespaced else "",
        "name": checked_name(ref.name, kind.name) if ref.name else "",
    }
