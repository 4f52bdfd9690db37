"""Putting a fleet into a real API server: owners first, because the server gives out the UIDs; then the statuses."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import httpx2
import msgspec

from bench.fleets import Manifest
from kubesteer.core.kinds import KINDS

AT_ONCE = 32
JSON = {"Content-Type": "application/json"}
ORDER = (
    "Namespace", "Node", "Deployment", "CronJob", "ReplicaSet", "Job", "Service", "EndpointSlice",
    "PodDisruptionBudget", "Ingress", "Pod", "Event",
)  # fmt: skip
"""Whatever another one refers to by UID comes before it."""
OBSERVED = ("Deployment", "ReplicaSet")
"""Their controllers note which generation they have seen."""

Progress = Callable[[str, int, float], None]
"""Told the kind, how many, and the seconds that they took."""


class Refused(RuntimeError):
    """The server did not take an object; the message carries its answer."""


class Loader:
    """Creates objects, many at once, through a client that speaks as an administrator."""

    def __init__(self, client: httpx2.AsyncClient, progress: Progress) -> None:
        self._client, self._progress = client, progress
        self._uids: dict[str, str] = {}

    async def load(self, objects: Iterable[Manifest]) -> None:
        """Create all of them, kind by kind. Raises Refused; KeyError for a kind or owner that ORDER lacks."""
        by_kind: dict[str, list[Manifest]] = {kind: [] for kind in ORDER}
        for each in objects:
            by_kind[each["kind"]].append(each)
        for kind, wave in by_kind.items():
            started, waiting = time.perf_counter(), iter(wave)
            async with asyncio.TaskGroup() as group:
                for _ in range(AT_ONCE):
                    group.create_task(self._work(waiting))
            self._progress(kind, len(wave), time.perf_counter() - started)

    async def _work(self, waiting: Iterator[Manifest]) -> None:
        for manifest in waiting:
            await self._put(manifest)

    async def _put(self, manifest: Manifest) -> None:
        collection = collection_of(manifest)
        created = await self._send("POST", collection, self._fit(manifest))
        if uid := manifest["metadata"].get("uid"):
            self._uids[uid] = created["metadata"]["uid"]
        where = f"{collection}/{created['metadata']['name']}"
        if manifest["kind"] == "Node" and "taints" in created["spec"]:
            # Admission taints a new node until a controller has seen that it is ready; here is none.
            created = await self._send("PUT", where, {**created, "spec": {}})
        if "status" in manifest:
            await self._send("PUT", f"{where}/status", {**created, "status": status_of(manifest, created)})

    def _fit(self, manifest: Manifest) -> Manifest:
        """As it is sent: without what the server gives out, and with its UIDs for ours."""
        metadata = {k: v for k, v in manifest["metadata"].items() if k not in ("uid", "creationTimestamp")}
        if owners := metadata.get("ownerReferences"):
            metadata["ownerReferences"] = [{**each, "uid": self._uids[each["uid"]]} for each in owners]
        fit = {k: v for k, v in manifest.items() if k != "status"} | {"metadata": metadata}
        if about := fit.get("involvedObject"):
            # Where there are fewer pods than an event's number says, its pod is one that is gone.
            fit["involvedObject"] = {**about, "uid": self._uids.get(about["uid"], about["uid"])}
        if fit["kind"] == "Service":
            fit["spec"] = {k: v for k, v in fit["spec"].items() if k != "clusterIP"}
        return fit

    async def _send(self, method: str, path: str, body: Manifest) -> dict[str, Any]:
        content = msgspec.json.encode(body)
        answer = await self._client.request(method, path, content=content, headers=JSON)
        if answer.is_error:
            raise Refused(f"{method} {path}: {answer.status_code} {answer.text}")
        stored: dict[str, Any] = msgspec.json.decode(answer.content)
        return stored


def collection_of(manifest: Manifest) -> str:
    """The path of the list that the object belongs in."""
    kind = KINDS[manifest["kind"]]
    namespace = f"/namespaces/{manifest['metadata']['namespace']}" if kind.namespaced else ""
    return f"{kind.root}{namespace}/{kind.plural}"


def status_of(manifest: Manifest, created: dict[str, Any]) -> Manifest:
    """What its controller or kubelet would have written."""
    observed = manifest["kind"] in OBSERVED
    seen = {"observedGeneration": created["metadata"]["generation"]} if observed else {}
    return {**created.get("status", {}), **manifest["status"], **seen}
