"""Probes: what they meet, by declared behaviour and declared ports.

Source: https://kubernetes.io/docs/concepts/configuration/liveness-readiness-startup-probes/ and
pkg/probe of the 1.34 release for the wording.
"""

from kubesteer.simulator.behaviour import Behaviour
from kubesteer.simulator.clock import Clock
from kubesteer.simulator.kubelet.runs import ContainerRun, PodRun, ProbeState
from kubesteer.simulator.objects import Obj, items, number, section

TITLES = {"startup": "Startup", "readiness": "Readiness", "liveness": "Liveness"}


class Prober:
    """Runs the probes of one container."""

    def __init__(self, clock: Clock, pod: Obj, container: Obj, behaviour: Behaviour) -> None:
        self.clock = clock
        self.pod = pod
        self.container = container
        self.behaviour = behaviour

    def spec(self, kind: str) -> Obj:
        """The probe as specified, empty where there is none."""
        return section(self.container, f"{kind}Probe")

    def run(self, kind: str, run: ContainerRun, host: PodRun) -> tuple[str, int, int] | None:
        """Probe once if it is due; the failure ("" = success) with failures and successes in a row."""
        spec, now = self.spec(kind), self.clock.now()
        state = run.probes.get(kind)
        if state is None:
            delay = number(spec, "initialDelaySeconds") - self.clock.elapsed(run.started or now)
            state = run.probes[kind] = ProbeState(self.clock.after(max(delay, 0.0)))
        if state.due > now:
            return None
        state.due = self.clock.after(max(number(spec, "periodSeconds", default=10), 1))
        message = self.outcome(kind, run, host)
        state.failures, state.successes = (state.failures + 1, 0) if message else (0, state.successes + 1)
        return message, state.failures, state.successes

    def outcome(self, kind: str, run: ContainerRun, host: PodRun) -> str:
        """The message of a failure, "" for success."""
        elapsed = self.clock.elapsed(run.started or self.clock.now())
        if refused := self._refused(kind, elapsed, host):
            return refused
        if kind == "readiness" and elapsed < self.behaviour.seconds("ready-after"):
            return "HTTP probe failed with statuscode: 503"
        return self.declared_failure(kind, run) or self._missing_path(kind)

    def declared_failure(self, kind: str, run: ContainerRun) -> str | None:
        """The message of a failure that is declared for this moment, whether or not a probe is specified."""
        elapsed = self.clock.elapsed(run.started or self.clock.now())
        declared = self.behaviour.failing(kind)
        return declared.message if declared and declared.after <= elapsed < declared.until else None

    def _port(self, kind: str) -> int | str | None:
        spec = self.spec(kind)
        handler = spec.get("httpGet") or spec.get("tcpSocket") or spec.get("grpc")
        return handler.get("port") if isinstance(handler, dict) else None

    def _refused(self, kind: str, elapsed: float, host: PodRun) -> str:
        port = self._port(kind)
        starting = elapsed < self.behaviour.seconds("start-after")
        if port is None:
            return "command exited with code 1" if starting else ""
        declared = {p.get("name"): p["containerPort"] for p in items(self.container, "ports")}
        number_of = declared.get(port) if isinstance(port, str) and not port.isdecimal() else int(port)
        if number_of is None:
            return f"couldn't find port name {port!r}".replace("'", '"')
        every = {p["containerPort"] for c in items(self.pod, "spec", "containers") for p in items(c, "ports")}
        if not starting and number_of in every | self.behaviour.ports:
            return ""
        return self._connection_refused(kind, host.ip, number_of)

    def _connection_refused(self, kind: str, ip: str, port: int) -> str:
        refused = f"dial tcp {ip}:{port}: connect: connection refused"
        get = section(self.spec(kind), "httpGet")
        if not get:
            return refused
        scheme, path = str(get.get("scheme", "HTTP")).lower(), str(get.get("path", "/"))
        return f'Get "{scheme}://{ip}:{port}/{path.lstrip("/")}": {refused}'

    def _missing_path(self, kind: str) -> str:
        serves = self.behaviour.value("serves")
        path = section(self.spec(kind), "httpGet").get("path")
        if path is None or not isinstance(serves, list) or path in serves:
            return ""
        return "HTTP probe failed with statuscode: 404"
