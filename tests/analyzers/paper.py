"""A cluster on paper: the Cluster port over manifests, with troubles by kind."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any, Literal, TypeVar

import msgspec
from worlds import before

from kubesteer.core.clusters import Access, Happening, Identity, Listing, LogQuery, Usage
from kubesteer.core.errors import ClusterError, NotFound, Unsupported
from kubesteer.core.refs import Ref
from kubesteer.core.requests import Manifest, Request
from kubesteer.core.texts import Text

T = TypeVar("T")


def trouble(kind: type[ClusterError], words: str = "no") -> ClusterError:
    """An error of the port."""
    return kind(Text(words, words))


class PaperCluster:
    """Holds manifests; raises the trouble of a kind ("Log" for logs, "*" for everything) when it is asked."""

    def __init__(
        self,
        manifests: Sequence[Manifest],
        troubles: Mapping[str, ClusterError] | None = None,
        logs: Mapping[str, Sequence[str]] | None = None,
        slow_logs: float = 0.0,
    ) -> None:
        self.manifests, self.troubles, self.said, self.slow_logs = (
            manifests,
            troubles or {},
            logs or {},
            slow_logs,
        )
        self.asked: list[str] = []

    def _look(self, kind: str, namespace: str) -> list[Manifest]:
        self.asked.append(kind)
        for name in (kind, "*"):
            if name in self.troubles:
                raise self.troubles[name]
        found = [m for m in self.manifests if m["kind"] == kind]
        return [m for m in found if not namespace or m["metadata"].get("namespace") == namespace]

    async def read(self, ref: Ref) -> Manifest:
        """One object."""
        for found in self._look(ref.kind, ref.namespace):
            if found["metadata"]["name"] == ref.name:
                return found
        raise trouble(NotFound)

    async def collect(
        self, kind: str, namespace: str = "", *, labels: str = "", fields: str = "", shape: type[T]
    ) -> Listing[T]:
        """All of a kind, with the UID and age that a server gives."""
        del labels, fields
        await asyncio.sleep(0)
        stamped = []
        for manifest in self._look(kind, namespace):
            metadata = manifest["metadata"]
            uid = f"{kind}/{metadata.get('namespace', '')}/{metadata['name']}"
            stamped.append(
                {**manifest, "metadata": {"uid": uid, "creationTimestamp": before(86400), **metadata}}
            )
        return Listing([msgspec.convert(each, shape) for each in stamped])

    async def names(self, kind: str, namespace: str = "") -> list[Ref]:
        """Names."""
        return [Ref.of(m) for m in self._look(kind, namespace)]

    async def logs(self, pod: Ref, query: LogQuery) -> AsyncIterator[str]:
        """Lines of a pod's log."""
        self.asked.append(f"log {pod.name}")
        if "Log" in self.troubles:
            raise self.troubles["Log"]
        for line in self.said.get(pod.name, ()):
            await asyncio.sleep(self.slow_logs)
            yield line
        del query

    async def usage(
        self, kind: Literal["Pod", "Node"], namespace: str = "", *, labels: str = ""
    ) -> list[Usage]:
        """There is no metrics-server."""
        del kind, namespace, labels
        raise trouble(Unsupported)

    async def identity(self) -> Identity:
        """Nobody in particular."""
        return Identity("paper", (), "paper", "v1.34.1", "paper")

    async def allowed(self, access: Access) -> bool:
        """Everything is."""
        del access
        return True

    async def rehearse(self, request: Request) -> Manifest | None:
        """Nothing is ever written."""
        del request
        return None

    async def watch(self, kind: str, namespace: str, name: str, since: str) -> AsyncIterator[Happening]:
        """Nothing happens."""
        del kind, namespace, name, since
        for happening in list[Happening]():
            yield happening


def clock_at(shift: float) -> Any:
    """Our own clock, so many seconds ahead of the server's."""
    from kubesteer.analyzers.resources.shapes import moment

    return lambda: moment(before(0)) + shift
