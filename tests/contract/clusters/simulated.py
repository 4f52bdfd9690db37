"""The simulator in the shape that contract tests expect of a server."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx2
from control_plane.server import GROUPS, USERS

from kubesteer.simulator import AuditRecord, Simulator

WRITES = frozenset({"create", "update", "patch", "delete", "deletecollection"})
REVIEWS = frozenset({"authorization.k8s.io", "authentication.k8s.io"})


class SimulatedServer:
    """kubesteer's own simulator, with three nodes."""

    def __init__(self) -> None:
        self._tokens = {user: f"token-of-{user}" for user in ("admin", *USERS)}
        known = {token: (user, [GROUPS[user]] if GROUPS[user] else []) for user, token in self._tokens.items()}
        self._simulator = Simulator(nodes=3, tokens=known)

    def __enter__(self) -> Self:
        self._simulator.start()
        self.url = self._simulator.url
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._simulator.stop()

    def token(self, user: str) -> str:
        """The bearer token of one of USERS or of admin; KeyError for anyone else."""
        return self._tokens[user]

    def client(self, user: str) -> httpx2.Client:
        """An HTTP client that speaks as `user`."""
        headers = {"Authorization": f"Bearer {self.token(user)}", "User-Agent": f"contract-tests/{user}"}
        return httpx2.Client(base_url=self.url, headers=headers, timeout=30)

    def write_kubeconfig(self, path: Path, user: str = "admin") -> Path:
        """Write a kubeconfig for `user`; returns its path."""
        return self._simulator.write_kubeconfig(path, user)

    def audit(self) -> Iterable[AuditRecord]:
        """Every write, refused ones included, as the real audit log's policy keeps them."""
        return [each for each in self._simulator.audit if each.verb in WRITES and each.group not in REVIEWS]

    def supports(self, feature: str) -> bool:
        """The simulator has everything: "controllers", "nodes", "audit", "logs" and "metrics"."""
        return feature in {"controllers", "nodes", "audit", "logs", "metrics"}

    def forget(self) -> None:
        """Drop the history of all objects up to now."""
        self._simulator.compact()
