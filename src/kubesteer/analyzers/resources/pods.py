"""Pods and what they are made of. Pod templates of workloads have the same spec."""

# ruff: noqa: RUF012 (msgspec copies empty defaults for every object)
from __future__ import annotations

from typing import ClassVar

import msgspec

from kubesteer.analyzers.resources.affinities import Affinity, SpreadConstraint, Toleration
from kubesteer.analyzers.resources.shapes import Condition, Metadata, Object, Shape
from kubesteer.analyzers.resources.volumes import Volume


class NamedReference(Shape, frozen=True, gc=False):
    """A reference by name, to one key where `key` is set, that may be allowed to be missing."""

    name: str = ""
    key: str = ""
    optional: bool = False


class EnvSource(Shape, frozen=True, gc=False):
    """env[].valueFrom and envFrom[]."""

    config_map_key_ref: NamedReference | None = None
    secret_key_ref: NamedReference | None = None
    config_map_ref: NamedReference | None = None
    secret_ref: NamedReference | None = None


class EnvVariable(Shape, frozen=True, gc=False):
    """env[]."""

    name: str = ""
    value: str = ""
    value_from: EnvSource | None = None


class ContainerPort(Shape, frozen=True, gc=False):
    """ports[]."""

    name: str = ""
    container_port: int = 0
    host_port: int = 0
    protocol: str = "TCP"


class PortAction(Shape, frozen=True, gc=False):
    """httpGet, tcpSocket or grpc of a probe or hook."""

    path: str = ""
    port: int | str = 0
    scheme: str = ""


class Exec(Shape, frozen=True, gc=False):
    """exec of a probe or hook."""

    command: list[str] = []


class Probe(Shape, frozen=True, gc=False):
    """livenessProbe, readinessProbe, startupProbe. Delays and periods in seconds."""

    http_get: PortAction | None = None
    tcp_socket: PortAction | None = None
    grpc: PortAction | None = None
    exec: Exec | None = None
    initial_delay_seconds: int = 0
    period_seconds: int = 10
    timeout_seconds: int = 1
    failure_threshold: int = 3

    @property
    def port(self) -> int | str | None:
        """The port it asks, None for a command."""
        action = self.http_get or self.tcp_socket or self.grpc
        return action.port if action else None

    @property
    def grace(self) -> float:
        """Seconds from a container's start until the probe may count as failed."""
        return self.initial_delay_seconds + self.period_seconds * self.failure_threshold


class Resources(Shape, frozen=True, gc=False):
    """Quantities by resource name, as written."""

    requests: dict[str, str | int | float] = {}
    limits: dict[str, str | int | float] = {}


class Container(Shape, frozen=True, gc=False):
    """A container, init container or sidecar."""

    name: str = ""
    image: str = ""
    command: list[str] = []
    args: list[str] = []
    restart_policy: str = ""
    image_pull_policy: str = ""
    env: list[EnvVariable] = []
    env_from: list[EnvSource] = []
    ports: list[ContainerPort] = []
    resources: Resources = Resources()
    liveness_probe: Probe | None = None
    readiness_probe: Probe | None = None
    startup_probe: Probe | None = None

    @property
    def sidecar(self) -> bool:
        """An init container that keeps running (KEP-753)."""
        return self.restart_policy == "Always"


class SchedulingGate(Shape, frozen=True, gc=False):
    """spec.schedulingGates[]."""

    name: str = ""


class DnsConfig(Shape, frozen=True, gc=False):
    """spec.dnsConfig."""

    nameservers: list[str] = []


class PodSpec(Shape, frozen=True, gc=False):
    """spec of a pod and of every pod template."""

    dns_policy: str = "ClusterFirst"
    dns_config: DnsConfig = DnsConfig()
    node_name: str = ""
    service_account_name: str = ""
    restart_policy: str = "Always"
    priority_class_name: str = ""
    host_network: bool = False
    runtime_class_name: str = ""
    termination_grace_period_seconds: int = 30
    node_selector: dict[str, str] = {}
    affinity: Affinity | None = None
    tolerations: list[Toleration] = []
    topology_spread_constraints: list[SpreadConstraint] = []
    scheduling_gates: list[SchedulingGate] = []
    image_pull_secrets: list[NamedReference] = []
    init_containers: list[Container] = []
    containers: list[Container] = []
    volumes: list[Volume] = []
    overhead: dict[str, str | int | float] = {}


class Terminated(Shape, frozen=True, gc=False):
    """state.terminated and lastState.terminated."""

    exit_code: int = 0
    signal: int = 0
    reason: str = ""
    message: str = ""
    started_at: str = ""
    finished_at: str = ""


class Waiting(Shape, frozen=True, gc=False):
    """state.waiting."""

    reason: str = ""
    message: str = ""


class Running(Shape, frozen=True, gc=False):
    """state.running."""

    started_at: str = ""


class ContainerState(Shape, frozen=True, gc=False):
    """One of three, or none of them before the kubelet has looked."""

    waiting: Waiting | None = None
    running: Running | None = None
    terminated: Terminated | None = None


class ContainerStatus(Shape, frozen=True, gc=False):
    """status.containerStatuses[] and status.initContainerStatuses[]."""

    name: str = ""
    ready: bool = False
    started: bool | None = None
    restart_count: int = 0
    image: str = ""
    state: ContainerState = ContainerState()
    last_state: ContainerState = ContainerState()

    @property
    def last_end(self) -> Terminated | None:
        """How it ended most recently, if it ever did."""
        return self.state.terminated or self.last_state.terminated


class PodStatus(Shape, frozen=True, gc=False):
    """status of a pod."""

    phase: str = ""
    reason: str = ""
    message: str = ""
    start_time: str = ""
    pod_ip: str = msgspec.field(default="", name="podIP")
    nominated_node_name: str = ""
    conditions: list[Condition] = []
    init_container_statuses: list[ContainerStatus] = []
    container_statuses: list[ContainerStatus] = []


class Pod(Object, frozen=True, gc=False):
    """v1 Pod."""

    kind: ClassVar[str] = "Pod"

    spec: PodSpec = PodSpec()
    status: PodStatus = PodStatus()

    @property
    def statuses(self) -> list[ContainerStatus]:
        """Of init containers, then of containers."""
        return self.status.init_container_statuses + self.status.container_statuses

    @property
    def finished(self) -> bool:
        """It has run to its end, well or badly."""
        return self.status.phase in ("Succeeded", "Failed")

    @property
    def ready(self) -> bool:
        """Condition Ready is True."""
        return any(c.type == "Ready" and c.status == "True" for c in self.status.conditions)

    def condition(self, type_: str) -> Condition | None:
        """One condition by its type."""
        return next((c for c in self.status.conditions if c.type == type_), None)

    def container(self, name: str) -> Container | None:
        """A container or init container of the spec by its name."""
        everything = self.spec.containers + self.spec.init_containers
        return next((container for container in everything if container.name == name), None)


class PodTemplate(Shape, frozen=True, gc=False):
    """spec.template of workloads."""

    metadata: Metadata = Metadata()
    spec: PodSpec = PodSpec()
