"""The API server without a network: requests go straight into the ASGI application."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from kubesteer.simulator.audit import AuditRecord
from kubesteer.simulator.clock import Clock
from kubesteer.simulator.custom import CustomResources
from kubesteer.simulator.events import Recorder
from kubesteer.simulator.faults import Faults
from kubesteer.simulator.kubelet.loads import Loads
from kubesteer.simulator.manifests import load, read_manifests
from kubesteer.simulator.metrics import Metrics
from kubesteer.simulator.rbac import Authorizer
from kubesteer.simulator.registry import Registry
from kubesteer.simulator.resources import BUILT_IN
from kubesteer.simulator.seeds import seed
from kubesteer.simulator.server.application import Application, Cut
from kubesteer.simulator.server.authentication import Authenticator
from kubesteer.simulator.server.router import Router
from kubesteer.simulator.store import Store
from kubesteer.simulator.writes import Cluster

Obj = dict[str, Any]
JSON_PATCH = "application/json-patch+json"
MERGE_PATCH = "application/merge-patch+json"
STRATEGIC_PATCH = "application/strategic-merge-patch+json"
APPLY_PATCH = "application/apply-patch+yaml"


@dataclass(frozen=True)
class Answer:
    """What came back; `cut` says that the connection broke."""

    code: int
    headers: dict[str, str]
    raw: bytes
    cut: bool = False

    @property
    def body(self) -> Any:
        return json.loads(self.raw)

    @property
    def text(self) -> str:
        return self.raw.decode()

    @property
    def lines(self) -> list[Any]:
        return [json.loads(line) for line in self.raw.splitlines() if line]


class Api:
    """A cluster without controllers, asked as the administrator unless a token says otherwise."""

    def __init__(self, *manifests: Obj, tokens: dict[str, Any] | None = None, nodes: int = 1) -> None:
        clock = Clock()
        self.store = Store(history=64)
        self.cluster = Cluster(self.store, Registry(BUILT_IN), clock)
        CustomResources(self.store, self.cluster.registry)
        self.faults, self.records = Faults(), list[AuditRecord]()
        self.recorder = Recorder(self.store, clock)
        metrics = Metrics(self.store, clock, Loads(self.store, clock).usage)
        self.authenticator = Authenticator(tokens)
        router = Router(self.cluster, self.authenticator, Authorizer(self.store), metrics)
        self.application = Application(router, self.faults, self.records)
        seed(self.cluster, nodes)
        load(self.cluster, read_manifests(manifests), frozen=True)

    def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        content_type: str = "application/json",
        accept: str = "",
        token: str = "",
        headers: dict[str, str] | None = None,
        **query: Any,
    ) -> Answer:
        """Send one request and read the whole answer. A `body` that is not bytes goes as JSON."""
        raw = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        sent = {"content-type": content_type, "user-agent": "lab/1", **(headers or {})}
        if accept:
            sent["accept"] = accept
        if token:
            sent["authorization"] = f"Bearer {token}"
        scope = {
            "type": "http",
            "method": method,
            "path": path,
            "raw_path": quote(path).encode(),
            "query_string": urlencode(query).encode(),
            "headers": [(key.encode(), value.encode("latin-1")) for key, value in sent.items()],
        }
        return asyncio.run(self._exchange(scope, raw))

    async def _exchange(self, scope: Obj, raw: bytes) -> Answer:
        told: list[Obj] = []

        unread = [{"type": "http.request", "body": raw, "more_body": False}]

        async def receive() -> Obj:
            if unread:
                return unread.pop()
            await asyncio.sleep(3600)
            return {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            told.append(message)

        cut = False
        try:
            await self.application(scope, receive, send)
        except Cut:
            cut = True
        headers = {key.decode(): value.decode() for key, value in told[0]["headers"]}
        return Answer(told[0]["status"], headers, b"".join(m["body"] for m in told[1:]), cut)

    def get(self, path: str, **query: Any) -> Any:
        """The body of a successful GET."""
        answer = self.ask("GET", path, **query)
        assert answer.code == 200, answer.raw
        return answer.body

    def create(self, path: str, obj: Obj, **query: Any) -> Any:
        """The body of a successful POST."""
        answer = self.ask("POST", path, obj, **query)
        assert answer.code == 201, answer.raw
        return answer.body

    def patch(self, path: str, change: Any, kind: str = MERGE_PATCH, **query: Any) -> Answer:
        """A PATCH in one of the formats."""
        return self.ask("PATCH", path, change, content_type=kind, **query)


def configmap(name: str, **data: str) -> Obj:
    """A ConfigMap in the namespace default."""
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": data}


def deployment(name: str, **spec: Any) -> Obj:
    """A Deployment in the namespace default."""
    container = {"name": "app", "image": "registry.example.com/app:v1"}
    own: Obj = {
        "replicas": 2,
        "selector": {"matchLabels": {"app": name}},
        "template": {"metadata": {"labels": {"app": name}}, "spec": {"containers": [container]}},
    }
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name}, "spec": own | spec}


def pod(name: str, **spec: Any) -> Obj:
    """A Pod in the namespace default."""
    container = {"name": "app", "image": "registry.example.com/app:v1"}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "labels": {"app": name}},
        "spec": {"containers": [container], **spec},
    }
