"""The simulator in the shape that contract tests expect of a server."""

from __future__ import annotations

import secrets
import ssl
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx2
from control_plane.server import GROUPS

from kubesteer.simulator import AuditRecord, Simulator

WRITES = ("create", "update", "patch", "delete", "deletecollection")
REVIEWS = ("authorization.k8s.io", "authentication.k8s.io")  # POSTed, but they persist nothing
SPEED = 20.0  # times faster than the wall clock do containers start and end
FEATURES = ("controllers", "nodes", "audit", "logs", "metrics", "faults")


class SimulatedServer:
    """kubesteer's own simulator with three nodes, over TLS, knowing the same users as the control plane."""

    def __init__(self) -> None:
        self._tokens = {user: secrets.token_hex(16) for user in GROUPS}
        known = {self._tokens[user]: (user, group.split()) for user, group in GROUPS.items()}
        self.simulator = Simulator(nodes=3, tls=True, tokens=known, speed=SPEED, tick=0.02)

    def __enter__(self) -> Self:
        self.simulator.start()
        self.url = self.simulator.url
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.simulator.stop()

    def token(self, user: str) -> str:
        """The bearer token of a user whom the server knows; KeyError for anyone else."""
        return self._tokens[user]

    def client(self, user: str) -> httpx2.Client:
        """An HTTP client that speaks as `user`."""
        context = ssl.create_default_context(cadata=(self.simulator.ca_pem or b"").decode())
        headers = {"Authorization": f"Bearer {self.token(user)}", "User-Agent": f"contract-tests/{user}"}
        return httpx2.Client(base_url=self.url, verify=context, headers=headers, timeout=30)

    def write_kubeconfig(self, path: Path, user: str = "admin") -> Path:
        """Write a kubeconfig for `user`; returns its path."""
        return self.simulator.write_kubeconfig(path, user)

    def audit(self) -> list[AuditRecord]:
        """Every write since the start, refused ones and dry runs included."""
        return [each for each in self.simulator.audit if each.verb in WRITES and each.group not in REVIEWS]

    def supports(self, feature: str) -> bool:
        """Whether the simulator has it."""
        return feature in FEATURES

    def forget(self) -> None:
        """Drop the history of all objects up to now."""
        self.simulator.compact()
