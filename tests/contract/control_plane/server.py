"""The control plane as one object: started, ready, read back, stopped."""

from __future__ import annotations

import contextlib
import json
import secrets
import shutil
import ssl
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx2

from control_plane.audits import Write, writes
from control_plane.commands import (
    Ports,
    controller_flags,
    etcd_flags,
    kwok_flags,
    scheduler_flags,
    server_flags,
    write_files,
)
from control_plane.kubeconfigs import write_kubeconfig
from control_plane.manifests import Loader, Manifest, node
from control_plane.processes import Processes, free_port

BUILD = Path(__file__).resolve().parents[3] / "control-plane" / "build.py"
NODES = ("worker-1", "worker-2", "worker-3")
# What they may do is up to each test's RBAC.
USERS = ("alice", "bob", "carol", "dave", "erin", "mallory", "nobody")
READY_SECONDS = 90.0  # a loaded machine; 12 s are usual
MARKER = "contract-audit-marker"

# Tokens by user: the name, then its groups (the format of kube-apiserver's --token-auth-file).
GROUPS = {
    "admin": "system:masters",
    "kwok": "system:masters",
    "system:kube-controller-manager": "",
    "system:kube-scheduler": "",
} | dict.fromkeys(USERS, "")


class Missing(RuntimeError):
    """The programs are not there; the message says what to do."""


class ControlPlane:
    """etcd, kube-apiserver, controllers, scheduler and kwok nodes on loopback; a context manager.

    `url` is the API server's address, `authority` its CA in PEM. Raises Missing on entering where the programs
    have not been built, processes.Died where one of them does not come up.
    """

    def __init__(self, nodes: tuple[str, ...] = NODES) -> None:
        found = json.loads(subprocess.check_output([sys.executable, BUILD, "--found"]))
        self.programs: dict[str, str] = found["programs"]
        self._kwok_config: list[str] = found["kwok_config"]
        self._nodes = nodes
        self._tokens = {user: secrets.token_hex(16) for user in GROUPS}
        self._closing = contextlib.ExitStack()

    def __enter__(self) -> Self:
        if missing := {"etcd", "kube-apiserver"} - self.programs.keys():
            raise Missing(f"{', '.join(sorted(missing))} not found: run `make control-plane`")
        with contextlib.ExitStack() as undo:
            self._folder = Path(tempfile.mkdtemp(prefix="kubesteer-control-plane-"))
            undo.callback(shutil.rmtree, self._folder, ignore_errors=True)
            self._processes = Processes(self._folder)
            undo.callback(self._processes.stop)
            self._start_server()
            self.admin = undo.enter_context(self.client("admin"))
            self._wait("the API server", self._serves)
            self._start_controllers()
            self._start_nodes()
            self._closing = undo.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing.close()

    def token(self, user: str) -> str:
        """The bearer token of one of USERS or of admin; KeyError for anyone else."""
        return self._tokens[user]

    def client(self, user: str) -> httpx2.Client:
        """An HTTP client that speaks as `user`."""
        context = ssl.create_default_context(cadata=self.authority.decode())
        headers = {"Authorization": f"Bearer {self.token(user)}", "User-Agent": f"contract-tests/{user}"}
        return httpx2.Client(base_url=self.url, verify=context, headers=headers, timeout=30)

    def write_kubeconfig(self, path: Path, user: str = "admin") -> Path:
        """Write a kubeconfig for `user`; returns its path."""
        write_kubeconfig(path, self.url, self.authority, user, self.token(user))
        return path

    def supports(self, feature: str) -> bool:
        """Whether "controllers", "nodes" or "audit" are there; "logs" and "metrics" need what kwok does not play."""
        needed = {"audit": set(), "controllers": {"kube-controller-manager"}}
        needed["nodes"] = needed["controllers"] | {"kube-scheduler", "kwok"}
        return feature in needed and needed[feature] <= self.programs.keys()

    def load(self, path: Path) -> list[Manifest]:
        """Put every document of a YAML file into the cluster; returns the objects as the server has them."""
        return Loader(self.admin).load(path)

    def audit(self) -> list[Write]:
        """Every write by anyone but the control plane itself since the start, refused ones included.

        The server logs a request after it has answered; a dry-run write of our own, sent last, marks the line
        up to which the log is complete.
        """
        marker = {"metadata": {"name": MARKER}}
        where = "/api/v1/namespaces/default/configmaps"
        answer = self.admin.post(where, json=marker, params={"dryRun": "All"}).raise_for_status()
        mark = answer.headers["Audit-Id"]
        self._wait("the audit log", lambda: any(each.id == mark for each in writes(self._audit_log)))
        return [each for each in writes(self._audit_log) if each.name != MARKER]

    def forget(self) -> None:
        """Drop the history of all objects up to now, as happens every five minutes on a cluster.

        https://etcd.io/docs/v3.6/dev-guide/api_grpc_gateway/
        """
        with httpx2.Client(base_url=self._etcd) as etcd:
            now = etcd.post("/v3/kv/range", json={"key": "AA=="}).raise_for_status().json()
            revision = {"revision": now["header"]["revision"], "physical": True}
            etcd.post("/v3/kv/compaction", json=revision).raise_for_status()

    @property
    def _audit_log(self) -> Path:
        return self._folder / "audit.jsonl"

    def _start_server(self) -> None:
        ports = Ports(etcd=free_port(), peers=free_port(), server=free_port())
        self.url, self._etcd = f"https://127.0.0.1:{ports.server}", f"http://127.0.0.1:{ports.etcd}"
        self.authority = write_files(self._folder, self._tokens, GROUPS)
        self._start("etcd", etcd_flags(self._folder, ports))
        self._start("kube-apiserver", server_flags(self._folder, ports, self.supports("controllers")))

    def _start_controllers(self) -> None:
        if not self.supports("controllers"):
            return
        kubeconfig = self._kubeconfig("system:kube-controller-manager")
        self._start("kube-controller-manager", controller_flags(self._folder, kubeconfig))
        if "kube-scheduler" in self.programs:
            self._start("kube-scheduler", scheduler_flags(self._kubeconfig("system:kube-scheduler")))
        self._wait("the controllers", self._has_default_account)

    def _start_nodes(self) -> None:
        if not self.supports("nodes"):
            return
        for name in self._nodes:
            self.admin.post("/api/v1/nodes", json=node(name)).raise_for_status()
        self._start("kwok", kwok_flags(self._kubeconfig("kwok"), self._kwok_config))
        self._wait("the nodes", self._nodes_are_ready)

    def _start(self, program: str, flags: list[str]) -> None:
        self._processes.start(program, self.programs[program], *flags)

    def _kubeconfig(self, user: str) -> Path:
        return self.write_kubeconfig(self._folder / f"{user.removeprefix('system:')}.kubeconfig", user)

    def _serves(self) -> bool:
        with contextlib.suppress(httpx2.TransportError):
            return self.admin.get("/readyz").status_code == httpx2.codes.OK
        return False

    def _has_default_account(self) -> bool:
        where = "/api/v1/namespaces/default/serviceaccounts/default"
        return self.admin.get(where).status_code == httpx2.codes.OK

    def _nodes_are_ready(self) -> bool:
        nodes = self.admin.get("/api/v1/nodes").raise_for_status().json()["items"]
        return all(
            any(
                said["type"] == "Ready" and said["status"] == "True"
                for said in each["status"].get("conditions", [])
            )
            and not each["spec"].get("taints")
            for each in nodes
        )

    def _wait(self, what: str, there: Callable[[], bool]) -> None:
        end = time.monotonic() + READY_SECONDS
        while not there():
            self._processes.check()
            if time.monotonic() > end:
                raise TimeoutError(f"{what} did not come within {READY_SECONDS:.0f} s")
            time.sleep(0.05)
