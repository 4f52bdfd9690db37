"""A collection, page by page.

Source: Kubernetes API concepts, "Retrieving large results sets in chunks".
"""

from __future__ import annotations

from typing import TypeVar

from kubesteer.adapters.kubernetes.attempts import Attempt
from kubesteer.adapters.kubernetes.clients import ApiClient
from kubesteer.adapters.kubernetes.decoders import decode_page
from kubesteer.adapters.kubernetes.exchanges import JSON, ApiRequest
from kubesteer.adapters.kubernetes.paths import collection_path
from kubesteer.core.clusters import Listing
from kubesteer.core.errors import Unavailable
from kubesteer.core.kinds import Kind

T = TypeVar("T")

PAGE = 500
"""Objects a page, as kubectl asks for."""
RESTARTS = 3
"""How often a listing begins anew because its pages have expired (410)."""
GONE = 410
NAMES_ONLY = f"{JSON};as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,{JSON}"
"""Metadata without spec and status; a server that cannot do it sends whole objects, which decode as well."""


async def collect_pages(
    client: ApiClient,
    kind: Kind,
    namespace: str,
    shape: type[T],
    *,
    labels: str = "",
    fields: str = "",
    accept: str = JSON,
) -> Listing[T]:
    """All pages; begins again, at most `RESTARTS` times, when they expire in between.

    Raises:
        ClusterError: a page cannot be had; then there is no listing at all, never a part of it.
    """
    params = {"limit": str(PAGE), "labelSelector": labels, "fieldSelector": fields}
    request = ApiRequest(
        Attempt("list", kind, namespace),
        collection_path(kind, namespace),
        params={name: value for name, value in params.items() if value},
        accept=accept,
    )
    for _ in range(RESTARTS):
        try:
            return await _all(client, request, shape)
        except Unavailable as error:
            if error.status != GONE:
                raise
    return await _all(client, request, shape)


async def _all(client: ApiClient, request: ApiRequest, shape: type[T]) -> Listing[T]:
    items: list[T] = []
    more = ""
    while True:
        params = {**request.params, **({"continue": more} if more else {})}
        page = ApiRequest(request.attempt, request.path, params=params, accept=request.accept)
        found, metadata = decode_page((await client.read(page)).body, shape)
        items += found
        if not metadata.continue_:
            return Listing(items, metadata.resourceVersion)
        more = metadata.continue_
