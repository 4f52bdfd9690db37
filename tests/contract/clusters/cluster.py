"""One test's view of a cluster: a namespace of its own on a server that all tests share."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol, TypeVar

import httpx2

Obj = dict[str, Any]
T = TypeVar("T")

PATIENCE_SECONDS = 60.0  # a bound for a hanging test, not an expectation


def eventually(look: Callable[[], T], holds: Callable[[T], Any], what: str = "it") -> T:
    """Look again and again until `holds` is true of what is seen; returns that.

    Raises AssertionError with the last thing seen after PATIENCE_SECONDS.
    """
    end = time.monotonic() + PATIENCE_SECONDS
    while not holds(seen := look()):
        if time.monotonic() > end:
            raise AssertionError(f"{what} did not come about; last seen: {seen}")
        time.sleep(0.05)
    return seen


class Write(Protocol):
    """A line of the audit: see control_plane.audits.Write for the fields' meaning."""

    verb: str
    user: str
    resource: str
    namespace: str
    name: str
    subresource: str
    status: int
    dry_run: bool
    body: Any
    user_agent: str


class Server(Protocol):
    """What a server must offer to be tested."""

    url: str

    def client(self, user: str) -> httpx2.Client: ...
    def token(self, user: str) -> str: ...
    def write_kubeconfig(self, path: Path, user: str = "admin") -> Path: ...
    def audit(self) -> Iterable[Write]: ...
    def supports(self, feature: str) -> bool: ...
    def forget(self) -> None: ...


@dataclass(frozen=True)
class Cluster:
    """`kind` is "simulator" or "control-plane"; `namespace` is fresh and empty; `admin` may do everything."""

    kind: str
    server: Server
    admin: httpx2.Client
    namespace: str
    folder: Path

    @property
    def url(self) -> str:
        """The API server's address, without a slash at its end."""
        return self.server.url

    @cached_property
    def kubeconfig(self) -> Path:
        """A kubeconfig file for the admin."""
        return self.server.write_kubeconfig(self.folder / "kubeconfig")

    def client(self, user: str) -> httpx2.Client:
        """A client that speaks as another user."""
        return self.server.client(user)

    def token(self, user: str) -> str:
        """A user's bearer token."""
        return self.server.token(user)

    def supports(self, feature: str) -> bool:
        """Whether the server has a "logs", "metrics" … of its own."""
        return self.server.supports(feature)

    def audit(self) -> list[Write]:
        """The writes in this test's namespace, oldest first."""
        return [each for each in self.server.audit() if each.namespace == self.namespace]

    def path(self, resource: str, name: str = "", subresource: str = "") -> str:
        """The API path in this test's namespace: `resource` is "pods" or "apps/v1/deployments"."""
        version, _, plural = resource.rpartition("/")
        root = f"/apis/{version}" if version else "/api/v1"
        parts = [root, "namespaces", self.namespace, plural, name, subresource]
        return "/".join(part for part in parts if part)

    def create(self, resource: str, manifest: Obj) -> Obj:
        """Create an object; raises httpx2.HTTPStatusError where it is refused."""
        return said(self.admin.post(self.path(resource), json=manifest))

    def get(self, resource: str, name: str) -> Obj:
        """Read an object."""
        return said(self.admin.get(self.path(resource, name)))

    def list(self, resource: str, **query: Any) -> Obj:
        """Read a list."""
        return said(self.admin.get(self.path(resource), params=query))

    def merge(self, resource: str, name: str, change: Obj) -> Obj:
        """Send a merge patch."""
        headers = {"Content-Type": "application/merge-patch+json"}
        return said(self.admin.patch(self.path(resource, name), json=change, headers=headers))

    def until(self, resource: str, name: str, holds: Callable[[Obj], Any]) -> Obj:
        """Read an object until `holds` is true of it."""
        return eventually(lambda: self.get(resource, name), holds, f"{resource} {name}")


def said(answer: httpx2.Response) -> Obj:
    """The body of a successful answer; raises AssertionError with the body of any other."""
    assert answer.is_success, (
        f"{answer.request.method} {answer.request.url}: {answer.status_code} {answer.text}"
    )
    body: Obj = answer.json()
    return body
