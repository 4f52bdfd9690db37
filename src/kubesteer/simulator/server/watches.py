"""Watches: changes as a stream of JSON lines.

Source: https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes
"""

import asyncio
from collections.abc import AsyncGenerator, Callable
from typing import Any

from kubesteer.simulator.conversion import to_served
from kubesteer.simulator.failures import Failure, gone
from kubesteer.simulator.objects import Obj, namespace_of
from kubesteer.simulator.server.lists import selection
from kubesteer.simulator.server.replies import Reply, partial, wanted_form
from kubesteer.simulator.server.requests import Request, Target
from kubesteer.simulator.store import Change, Entry, Store, encode
from kubesteer.simulator.tables.tables import table

BOOKMARK_SECONDS = 60.0
DEFAULT_TIMEOUT_SECONDS = 1800
INITIAL_EVENTS_END = "k8s.io/initial-events-end"


class Watch:
    """One client's view of the changes of a resource."""

    def __init__(self, request: Request, target: Target, store: Store) -> None:
        self.request = request
        self.target = target
        self.store = store
        self.form = wanted_form(request.headers)
        self.chosen: Callable[[Obj], bool] = selection(request, target)
        self.queue: asyncio.Queue[Change] = asyncio.Queue()
        self.stop: Callable[[], None] = lambda: None

    def start(self) -> list[bytes]:
        """What is told first: the objects there are, or the changes since a resourceVersion.

        Raises Failure 410 for a version whose changes are forgotten, 400 for one that is no number.
        """
        since = self.request.integer("resourceVersion") or 0
        if self.request.switch("sendInitialEvents"):
            return [*self._present(), self._bookmark({INITIAL_EVENTS_END: "true"})]
        if since == 0:
            return self._present()
        if since < self.store.oldest(self.target.resource.key):
            raise gone(f"too old resource version: {since} ({self.store.oldest(self.target.resource.key)})")
        changes = self.store.bucket(self.target.resource.key).changes
        lines = [self.line(change) for change in changes if change.entry.rv > since]
        return [line for line in lines if line is not None]

    def _present(self) -> list[bytes]:
        objects = self.store.list(self.target.resource.key, self.target.namespace)
        return [self._event("ADDED", obj) for obj in objects if self.chosen(obj)]

    def line(self, change: Change) -> bytes | None:
        """A change as this client sees it: leaving the selection is a deletion, entering it an addition."""
        obj, before = change.entry.obj, change.before
        if self.target.namespace and namespace_of(obj) != self.target.namespace:
            return None
        now = change.type != "DELETED" and self.chosen(obj)
        was = before is not None and self.chosen(before)
        if not now and not was:
            return None
        kind = "MODIFIED" if now and was else ("ADDED" if now else "DELETED")
        return self._event(kind, obj, change.entry)

    def _event(self, kind: str, obj: Obj, entry: Entry | None = None) -> bytes:
        as_stored = obj["apiVersion"] == self.target.resource.api_version and not self.target.resource.stored
        if self.form == "" and entry is not None and as_stored:
            return b'{"type":"%b","object":%b}\n' % (kind.encode(), entry.encoded)
        return encode({"type": kind, "object": self._formed(to_served(obj, self.target.resource))}) + b"\n"

    def _formed(self, obj: Obj) -> Any:
        if self.form == "Table":
            metadata = {"resourceVersion": obj["metadata"]["resourceVersion"]}
            included = self.request.query.get("includeObject", "Metadata")
            return table(self.target.resource, [obj], metadata, included)
        return partial(obj) if self.form else obj

    def _bookmark(self, annotations: dict[str, str] | None = None) -> bytes:
        metadata: Obj = {"resourceVersion": str(self.store.rv), "creationTimestamp": None}
        if annotations:
            metadata["annotations"] = annotations
        resource = self.target.resource
        obj = {"kind": resource.kind, "apiVersion": resource.api_version, "metadata": metadata}
        return encode({"type": "BOOKMARK", "object": obj}) + b"\n"

    def hear(self, change: Change) -> None:
        """Take a change from the store."""
        if change.key == self.target.resource.key:
            self.queue.put_nowait(change)

    async def stream(self, first: list[bytes]) -> AsyncGenerator[bytes, None]:
        """The lines, until the client's timeout."""
        loop = asyncio.get_running_loop()
        end = loop.time() + (self.request.integer("timeoutSeconds") or DEFAULT_TIMEOUT_SECONDS)
        try:
            yield b"".join(first)
            while (left := end - loop.time()) > 0:
                yield await self._next(min(left, BOOKMARK_SECONDS))
        finally:
            self.stop()

    async def _next(self, wait: float) -> bytes:
        try:
            change = await asyncio.wait_for(self.queue.get(), wait)
        except TimeoutError:
            return self._bookmark() if self.request.switch("allowWatchBookmarks") else b""
        return self.line(change) or b""


def watch_reply(request: Request, target: Target, store: Store) -> Reply:
    """The answer to a watch; one that is too old is told so in the stream, as a real server does."""
    watch = Watch(request, target, store)
    try:
        first = watch.start()
    except Failure as failure:
        if failure.code != 410:
            raise
        return Reply(200, encode({"type": "ERROR", "object": failure.status()}) + b"\n")
    watch.stop = store.listen(watch.hear)
    return Reply(200, watch.stream(first))
