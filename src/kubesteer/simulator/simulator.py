"""The embedded cluster as one object: started, used, stopped."""

import asyncio
import os
import socket
import tempfile
import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

import uvicorn
import yaml

from kubesteer.simulator.audit import AuditRecord
from kubesteer.simulator.clock import Clock
from kubesteer.simulator.controllers.loop import Loop
from kubesteer.simulator.controllers.registry import controllers
from kubesteer.simulator.custom import CustomResources
from kubesteer.simulator.events import Recorder
from kubesteer.simulator.failures import not_found
from kubesteer.simulator.faults import Faults
from kubesteer.simulator.kubeconfigs import kubeconfig
from kubesteer.simulator.kubelet.loads import Loads
from kubesteer.simulator.manifests import Manifests, load, read_manifests
from kubesteer.simulator.metrics import Metrics
from kubesteer.simulator.objects import Obj, clone
from kubesteer.simulator.rbac import ADMIN, Authorizer
from kubesteer.simulator.registry import Registry
from kubesteer.simulator.resources import BUILT_IN, METRICS
from kubesteer.simulator.seeds import seed
from kubesteer.simulator.server.application import Application
from kubesteer.simulator.server.authentication import Authenticator, Identity
from kubesteer.simulator.server.router import Router
from kubesteer.simulator.store import Store
from kubesteer.simulator.writes import Cluster, Writer

T = TypeVar("T")
START_SECONDS = 30.0


class Simulator:
    """A Kubernetes cluster in this process, behind real HTTP.

    `manifests` is a YAML file, a folder of such files, or objects. `nodes` are made unless the manifests
    bring their own. `tick` is the shortest wall-clock time in seconds between two rounds of the controllers,
    `speed` how many times faster than the wall clock durations pass. `tokens` maps bearer tokens to users
    (a name, or a name and its groups); without it everybody on loopback is the administrator. `frozen` leaves
    the controllers out: what is loaded stays as it is given, status included. `port=0` takes a free one. `age` are
    simulated seconds that the cluster has lived already when it starts: pods have started, crashed and been
    backed off from by then, and deadlines have passed; it takes no time but that of the computation.

    It runs in a thread of its own; everything public here may be called from any thread.
    """

    def __init__(
        self,
        manifests: Manifests | None = None,
        *,
        nodes: int = 3,
        tick: float = 0.05,
        speed: float = 1.0,
        tls: bool = False,
        tokens: Mapping[str, Identity] | None = None,
        metrics: bool = True,
        frozen: bool = False,
        age: float = 0.0,
        host: str = "127.0.0.1",
        port: int = 0,
        clock: Clock | None = None,
    ) -> None:
        self.frozen = frozen
        self.faults = Faults()
        self._audit: list[AuditRecord] = []
        self._tls, self._host, self._port = tls, host, port
        self._clock = clock or Clock(speed=speed)
        store = Store()
        registry = Registry(r for r in BUILT_IN if metrics or r.group != METRICS)
        self._cluster = Cluster(store, registry, self._clock)
        CustomResources(store, registry)
        loads = Loads(store, self._clock)
        recorder = Recorder(store, self._clock)
        running = [] if frozen else controllers(self._cluster, recorder, loads)
        self._loop = Loop(store, self._clock, running, tick)
        self._authenticator = Authenticator(tokens)
        usage = Metrics(store, self._clock, loads.usage) if metrics else None
        router = Router(self._cluster, self._authenticator, Authorizer(store), usage)
        self._application = Application(router, self.faults, self._audit)
        objects = read_manifests(manifests) if manifests is not None else []
        if age > 0:
            self._clock.hold(self._clock.now() - timedelta(seconds=age / self._clock.speed))
        seed(self._cluster, 0 if any(obj["kind"] == "Node" for obj in objects) else nodes)
        load(self._cluster, objects, frozen=frozen)
        if age > 0:
            self._loop.live_until(self._clock.after(age))
            self._clock.hold(None)
        self._thread: threading.Thread | None = None
        self._broken: BaseException | None = None
        self.ca_pem: bytes | None = None
        self.url = ""

    def start(self) -> Self:
        """Listen and serve; returns when requests are taken. Raises OSError for a port that is in use."""
        if self._thread is not None:
            raise RuntimeError("the simulator runs already")
        bound = socket.create_server((self._host, self._port), backlog=512)
        # asyncio turns Nagle's algorithm off only on sockets that say they are TCP; with it, every answer waits
        # 40 ms for the client's acknowledgement.
        listening = socket.socket(bound.family, bound.type, socket.IPPROTO_TCP, fileno=bound.detach())
        self._port = listening.getsockname()[1]
        self.url = f"{'https' if self._tls else 'http'}://{_shown(self._host)}:{self._port}"
        self._server = uvicorn.Server(self._config())
        ready = threading.Event()
        self._thread = threading.Thread(
            target=lambda: asyncio.run(self._serve(listening, ready)), name="kubesteer-simulator", daemon=True
        )
        self._thread.start()
        ready.wait(START_SECONDS)
        return self

    def _config(self) -> uvicorn.Config:
        options: dict[str, Any] = {}
        if self._tls:
            from kubesteer.simulator.certificates import issue

            self._certificate = issue(self._host)
            self.ca_pem = self._certificate.ca_pem
            options["ssl_certfile"] = options["ssl_keyfile"] = self._certificate.path
        return uvicorn.Config(
            self._application,
            log_config=None,
            log_level="critical",
            access_log=False,
            lifespan="off",
            ws="none",
            http="h11",
            server_header=False,
            timeout_keep_alive=75,
            **options,
        )

    async def _serve(self, listening: socket.socket, ready: threading.Event) -> None:
        self._events = asyncio.get_running_loop()
        controllers_task = asyncio.create_task(self._loop.run())
        serving = asyncio.create_task(self._server.serve(sockets=[listening]))
        ready.set()
        await asyncio.wait({controllers_task, serving}, return_when=asyncio.FIRST_COMPLETED)
        self._server.should_exit = self._server.force_exit = True
        controllers_task.cancel()
        await asyncio.gather(serving, controllers_task, return_exceptions=True)
        if not controllers_task.cancelled():
            self._broken = controllers_task.exception()

    def stop(self) -> None:
        """Close every connection and end the thread; does nothing when it does not run.

        Raises RuntimeError when a controller broke in the meantime.
        """
        if self._thread is None:
            return
        self._server.should_exit = self._server.force_exit = True
        self._thread.join(START_SECONDS)
        self._thread = None
        broken = self._broken or self._loop.broken
        if broken is not None:
            raise RuntimeError("a controller of the simulator broke") from broken

    def serve_forever(self) -> None:
        """Serve until a KeyboardInterrupt."""
        with self:
            try:
                threading.Event().wait()
            except KeyboardInterrupt:
                return

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    async def __aenter__(self) -> Self:
        return await asyncio.to_thread(self.start)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await asyncio.to_thread(self.stop)

    def _call(self, work: Callable[[], T]) -> T:
        """Do something on the loop's thread."""
        if self._thread is None or threading.current_thread() is self._thread:
            return work()

        async def run() -> T:
            return work()

        return asyncio.run_coroutine_threadsafe(run(), self._events).result(START_SECONDS)

    @property
    def application(self) -> Application:
        """The API server as an ASGI application: for clients on the same event loop, without a socket."""
        return self._application

    @property
    def audit(self) -> Sequence[AuditRecord]:
        """Every request since the start, oldest first."""
        return list(self._audit)

    def load(self, manifests: Manifests) -> None:
        """Put further objects into the cluster. Raises ManifestError, or Failure for what the server refuses."""
        objects = read_manifests(manifests)
        self._call(lambda: load(self._cluster, objects, frozen=self.frozen))

    def read(self, kind: str, namespace: str, name: str) -> Obj:
        """A copy of an object as it is stored. Raises Failure 404, KeyError for a kind that is not served."""

        def work() -> Obj:
            resource = self._cluster.registry.named(kind)
            found = self._cluster.store.get(resource.key, namespace if resource.namespaced else "", name)
            if found is None:
                raise not_found(resource.group, resource.plural, name)
            copy: Obj = clone(found)
            return copy

        return self._call(work)

    def list(self, kind: str, namespace: str = "") -> list[Obj]:
        """Copies of all objects of a kind, in the order of their names."""

        def work() -> list[Obj]:
            resource = self._cluster.registry.named(kind)
            copies: list[Obj] = clone(self._cluster.store.list(resource.key, namespace))
            return copies

        return self._call(work)

    def edit(self, kind: str, namespace: str, name: str, change: Callable[[Obj], Obj | None]) -> Obj:
        """Change an object behind the back of every client, status included, without admission.

        `change` gets a copy to change in place, or returns another. Raises Failure 404 and 422.
        """

        def work() -> Obj:
            resource = self._cluster.registry.named(kind)
            where = namespace if resource.namespaced else ""

            def transform(stored: Obj) -> Obj:
                changed = change(stored)
                return stored if changed is None else changed

            writer = Writer("simulator", "edit", validation="Ignore")
            made: Obj = clone(self._cluster.update(resource, where, name, transform, writer))
            return made

        return self._call(work)

    def compact(self) -> None:
        """Forget the history: older watches and continue tokens get 410 Gone."""
        self._call(self._cluster.store.compact)

    def token(self, user: str = ADMIN.name) -> str:
        """A bearer token of a user, issued on first demand."""
        return self._call(lambda: self._authenticator.token_of(user))

    def kubeconfig(self, user: str = ADMIN.name) -> dict[str, Any]:
        """A kubeconfig for a user, the administrator if none is named."""
        return kubeconfig(self.url, self.ca_pem, user, self.token(user))

    def write_kubeconfig(self, path: str | Path, user: str = ADMIN.name) -> Path:
        """Write a kubeconfig that only its owner can read; returns its path."""
        place = Path(path)
        descriptor, temporary = tempfile.mkstemp(dir=place.parent, prefix=".kubeconfig-")
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            yaml.safe_dump(self.kubeconfig(user), file, sort_keys=False)
        Path(temporary).replace(place)
        return place


def _shown(host: str) -> str:
    """The host in a URL."""
    reachable = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    return f"[{reachable}]" if ":" in reachable else reachable
