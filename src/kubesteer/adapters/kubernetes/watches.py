"""What happens to one object, as the server reports it.

Source: Kubernetes API concepts, "Efficient detection of changes".
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, Literal

import msgspec

from kubesteer.adapters.kubernetes.attempts import Attempt
from kubesteer.adapters.kubernetes.clients import ApiClient
from kubesteer.adapters.kubernetes.decoders import NONSENSE, decode, unreadable
from kubesteer.adapters.kubernetes.exchanges import ApiRequest
from kubesteer.adapters.kubernetes.failures import Status, error_of
from kubesteer.adapters.kubernetes.lines import split_lines
from kubesteer.adapters.kubernetes.paths import collection_path
from kubesteer.core.clusters import Happening
from kubesteer.core.kinds import Kind
from kubesteer.core.names import checked_name

LASTING = 240
"""Seconds after which the server is asked to end the watch."""
LONGEST_EVENT = 16 * 1024 * 1024


class Event(msgspec.Struct):
    """metav1.WatchEvent; the object of an ERROR is a Status."""

    type: Literal["ADDED", "MODIFIED", "DELETED", "BOOKMARK", "ERROR"]
    object: msgspec.Raw


async def watch_object(
    client: ApiClient, kind: Kind, namespace: str, name: str, since: str
) -> AsyncIterator[Happening]:
    """Events until the server ends the watch; raises what an ERROR event stands for (410: too old)."""
    request = _request(kind, namespace, name, since)
    async with client.stream(request, LASTING + 30) as pieces:
        async for line in split_lines(pieces, LONGEST_EVENT):
            event = decode(line.content, Event)
            if event.type == "ERROR":
                raise error_of(request.attempt, _part(event, Status))
            if event.type != "BOOKMARK":
                yield Happening(event.type, _part(event, dict[str, Any]))


def _part(event: Event, type: type[Any]) -> Any:
    try:
        return msgspec.json.decode(event.object, type=type)
    except NONSENSE as error:
        raise unreadable(error) from error


def _request(kind: Kind, namespace: str, name: str, since: str) -> ApiRequest:
    params = {
        "watch": "true",
        "fieldSelector": f"metadata.name={checked_name(name, kind.name)}" if name else "",
        "resourceVersion": since,
        "timeoutSeconds": str(LASTING),
        "allowWatchBookmarks": "true",
    }
    return ApiRequest(
        Attempt("watch", kind, namespace, name),
        collection_path(kind, namespace),
        params={key: value for key, value in params.items() if value},
    )
