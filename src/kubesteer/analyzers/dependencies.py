"""Which hosts a workload's environment, arguments and logs name, and what those are in the cluster."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kubesteer.analyzers.resources.networks import Service
from kubesteer.analyzers.resources.pods import Container, PodSpec
from kubesteer.core.refs import Ref

if TYPE_CHECKING:
    from kubesteer.analyzers.world import World

_NAME = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
CLUSTER_HOST = re.compile(rf"\b({_NAME})\.({_NAME})\.svc(?:\.[a-z0-9.-]+)?(?::(\d{{1,5}}))?(?![\w.-]*\w)")
SHORT_HOST = re.compile(
    rf"(?:(?<=://)|(?<=@)|(?<![\w./:@-]))({_NAME})(?:\.({_NAME}))?:(\d{{2,5}})(?![\w.]|:\d)"
)
BARE_HOST = re.compile(rf"(?:(?<=://)|(?<=@))({_NAME})(?:\.({_NAME}))?(?=[/?]|$)")
HOST_VARIABLE = re.compile(
    r"(?:^|_)(?:HOST|HOSTNAME|ADDR|ADDRESS|SERVER|ENDPOINT|SERVICE|URL|URI)$", re.IGNORECASE
)
TELLING = re.compile(
    r"host|addr|url|uri|endpoint|server|service|dsn|broker|conn|upstream|backend|peer|proxy|target|redis|mysql|postgres"
    r"|mongo|kafka|amqp|rabbit|memcache|elastic|db|database|api",
    re.IGNORECASE,
)
"""Names of variables and flags whose value is a host: elsewhere `user:1000` is a user and a group."""
WHOLE_NAME = re.compile(rf"({_NAME})(?:\.({_NAME}))?")


@dataclass(frozen=True, slots=True)
class Dependency:
    """A host that a container is told to use. variable: "" for an argument. value: as written. port: 0 unknown.

    sure: the name is spelt as a Service's (`x.ns.svc…`), or one of that name exists.
    """

    service: Ref
    port: int
    container: str
    variable: str
    value: str
    sure: bool

    @property
    def plausible(self) -> bool:
        """Whether it is meant as a host: by its spelling, or by what the variable or flag is called."""
        flag = self.variable or self.value.partition("=")[0]
        return ".svc" in self.value or "://" in self.value or "@" in self.value or bool(TELLING.search(flag))


def hosts(text: str, namespace: str) -> Iterator[tuple[Ref, int, bool]]:
    """Services that a text names: reference, port (0 where none), and whether the spelling is a Service's."""
    for match in CLUSTER_HOST.finditer(text):
        yield Ref("Service", match[2], match[1]), int(match[3] or 0), True
    rest = CLUSTER_HOST.sub(" ", text)
    for match in SHORT_HOST.finditer(rest):
        yield Ref("Service", match[2] or namespace, match[1]), int(match[3]), False
    for match in BARE_HOST.finditer(rest):
        yield Ref("Service", match[2] or namespace, match[1]), 0, False


def dependencies(world: World, namespace: str, spec: PodSpec) -> list[Dependency]:
    """What a pod template's environment and arguments name."""
    found: dict[tuple[Ref, int, str, str], Dependency] = {}
    for container in spec.init_containers + spec.containers:
        for variable, value in _written(container):
            for service, port, spelt in _named(variable, value, namespace):
                exists = world.get(Service, service.namespace, service.name) is not None
                each = Dependency(service, port, container.name, variable, value, spelt or exists)
                found.setdefault((service, port, container.name, variable), each)
    return list(found.values())


def _named(variable: str, value: str, namespace: str) -> Iterator[tuple[Ref, int, bool]]:
    if ":" in value or "@" in value or ".svc" in value:
        yield from hosts(value, namespace)
    whole = WHOLE_NAME.fullmatch(value)
    if whole and HOST_VARIABLE.search(variable):
        yield Ref("Service", whole[2] or namespace, whole[1]), 0, False


def _written(container: Container) -> Iterator[tuple[str, str]]:
    for variable in container.env:
        if variable.value:
            yield variable.name, variable.value[:2000]
    for word in container.command + container.args:
        yield "", word[:2000]


def callers(world: World, service: Service) -> list[Ref]:
    """Workloads whose environment or arguments name a Service and that are meant to run."""
    return [
        owner
        for owner in world.callers.get(service.ref, ())
        if (template := world.template_of(owner)) is not None
        and not (service.spec.selector and service.spec.selector.items() <= template.metadata.labels.items())
    ]
