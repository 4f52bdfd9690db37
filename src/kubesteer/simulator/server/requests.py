"""A request, and what it is for.

Source: https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-uris
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from kubesteer.simulator.failures import Failure, bad_request, invalid
from kubesteer.simulator.objects import clone
from kubesteer.simulator.rbac import ANONYMOUS, User
from kubesteer.simulator.registry import Registry, Resource
from kubesteer.simulator.server.bodies import read_body
from kubesteer.simulator.validation.causes import Causes

INTEGER = re.compile(r"[0-9]{1,19}", re.ASCII)
LARGEST = (1 << 63) - 1
LONGEST_MANAGER = 128
UNREAD = object()
READS = {True: "get", False: "list"}


@dataclass(slots=True)
class Request:
    """One HTTP request, read whole."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    user: User = ANONYMOUS
    warnings: list[str] = field(default_factory=list)
    _data: Any = UNREAD

    @property
    def content_type(self) -> str:
        """The body's media type without parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip()

    def switch(self, name: str) -> bool:
        """A boolean query parameter."""
        return self.query.get(name, "").lower() in ("true", "1")

    def integer(self, name: str, *, signed: bool = False) -> int | None:
        """A query parameter that is an integer, of at least 0 unless `signed`. Raises Failure 400 otherwise."""
        given = self.query.get(name)
        if not given:
            return None
        if not INTEGER.fullmatch(given.removeprefix("-") if signed else given) or int(given) > LARGEST:
            detail = f'strconv.Parse{"Int" if signed else "Uint"}: parsing "{given}": invalid syntax'
            raise bad_request(f'{name}: Invalid value: "{given}": {detail}')
        return int(given)

    @property
    def dry_run(self) -> bool:
        """Whether nothing must be persisted. Raises Failure 422 for values that do not exist."""
        given = self.query.get("dryRun", "")
        if given not in ("", "All"):
            raise bad_option("dryRun", given, ("All",))
        return given == "All"

    @property
    def manager(self) -> str:
        """The field manager: as named, or the first part of the user agent."""
        agent = self.headers.get("user-agent", "unknown")
        return self.query.get("fieldManager") or agent.partition("/")[0] or "unknown"

    def decoded(self) -> Any:
        """The body as data. Raises Failure 400 (broken) or 415 (a format that is not read)."""
        if self._data is UNREAD:
            self._data = read_body(self.content_type, self.body)
        return clone(self._data)


def check_manager(request: Request) -> None:
    """Raises Failure 422 for the name of a field manager that is too long."""
    if len(request.query.get("fieldManager", "").encode()) > LONGEST_MANAGER:
        causes = Causes()
        causes.too_long("fieldManager", LONGEST_MANAGER)
        raise invalid("meta.k8s.io", "CreateOptions", "", causes.found)


def bad_option(name: str, given: str, options: tuple[str, ...]) -> Failure:
    """422 for a query parameter with a value that there is not."""
    causes = Causes()
    if given:
        causes.unsupported(name, given, options)
    else:
        causes.required(name, "is required for apply patch")
    return invalid("meta.k8s.io", "PatchOptions", "", causes.found)


@dataclass(frozen=True, slots=True)
class Target:
    """The resource that a path names, and the verb of RBAC."""

    verb: str
    resource: Resource
    namespace: str = ""
    name: str = ""
    subresource: str = ""


def target_of(request: Request, registry: Registry) -> Target | None:
    """What a path is about, None where it names no resource that is served."""
    parts = request.path.strip("/").split("/")
    if parts[:2] == ["api", "v1"]:
        group, version, rest = "", "v1", parts[2:]
    elif parts[0] == "apis" and len(parts) > 3:
        group, version, rest = parts[1], parts[2], parts[3:]
    else:
        return None
    namespace = ""
    if rest[:1] == ["namespaces"] and len(rest) > 2 and rest[2] not in ("status", "finalize"):
        namespace, rest = rest[1], rest[2:]
    if not rest or len(rest) > 3:
        return None
    return _target(request, registry.find(group, version, rest[0]), namespace, rest[1:])


def _target(request: Request, resource: Resource | None, namespace: str, rest: list[str]) -> Target | None:
    if resource is None or (namespace and not resource.namespaced):
        return None
    name, subresource = [*rest, "", ""][:2]
    if name and resource.namespaced and not namespace:
        return None
    if subresource and not serves(resource, subresource):
        return None
    return Target(_verb(request, name), resource, namespace, name, subresource)


def serves(resource: Resource, subresource: str) -> bool:
    """Whether a resource has a subresource."""
    known = {"status": resource.status, "scale": resource.scale}
    return known.get(subresource, False) or subresource in resource.other


def _verb(request: Request, name: str) -> str:
    if request.method in ("GET", "HEAD"):
        return "watch" if request.switch("watch") else READS[bool(name)]
    if request.method == "DELETE":
        return "delete" if name else "deletecollection"
    return {"POST": "create", "PUT": "update", "PATCH": "patch"}.get(request.method, request.method.lower())
