"""The command lines of the control plane's programs, and the files that they read."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import trustme

from control_plane.audits import POLICY

# https://kubernetes.io/docs/reference/command-line-tools-reference/kube-apiserver/ and its neighbours.
ADMISSION = "NodeRestriction,PodSecurity,ResourceQuota,LimitRanger"


@dataclass(frozen=True)
class Ports:
    """TCP ports on loopback."""

    etcd: int
    peers: int
    server: int


def write_files(folder: Path, tokens: dict[str, str], groups: dict[str, str]) -> bytes:
    """Write certificates, keys, tokens and the audit policy into `folder`; returns the CA in PEM.

    `tokens` and `groups` are by user name; a user without groups has an empty string.
    """
    authority = trustme.CA()
    serving = authority.issue_cert("127.0.0.1", "localhost")
    serving.private_key_pem.write_to_path(folder / "server.key")
    serving.cert_chain_pems[0].write_to_path(folder / "server.crt")
    # Any private key signs service accounts' tokens; kube-apiserver takes the public half out of it.
    authority.issue_cert("service-accounts").private_key_pem.write_to_path(folder / "accounts.key")
    authority.cert_pem.write_to_path(folder / "ca.crt")
    # An empty fourth column would be a group without a name.
    known = {user: f',"{groups[user]}"' if groups[user] else "" for user in tokens}
    lines = [f"{token},{user},{user}{known[user]}" for user, token in tokens.items()]
    (folder / "tokens.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (folder / "audit-policy.json").write_text(json.dumps(POLICY), encoding="utf-8")
    (folder / "audit.jsonl").touch()
    return authority.cert_pem.bytes()


def etcd_flags(folder: Path, ports: Ports) -> list[str]:
    """For etcd: plain HTTP on loopback, and no fsync, because the data dies with us."""
    clients, peers = f"http://127.0.0.1:{ports.etcd}", f"http://127.0.0.1:{ports.peers}"
    return [
        f"--data-dir={folder / 'etcd'}",
        f"--listen-client-urls={clients}",
        f"--advertise-client-urls={clients}",
        f"--listen-peer-urls={peers}",
        f"--initial-advertise-peer-urls={peers}",
        f"--initial-cluster=default={peers}",
        "--unsafe-no-fsync",
        "--log-level=warn",
    ]


def server_flags(folder: Path, ports: Ports, controllers: bool) -> list[str]:
    """For kube-apiserver; without controllers nobody makes service accounts, so pods must do without."""
    return [
        f"--etcd-servers=http://127.0.0.1:{ports.etcd}",
        "--bind-address=127.0.0.1",
        f"--secure-port={ports.server}",
        f"--tls-cert-file={folder / 'server.crt'}",
        f"--tls-private-key-file={folder / 'server.key'}",
        f"--cert-dir={folder}",
        f"--token-auth-file={folder / 'tokens.csv'}",
        "--authorization-mode=Node,RBAC",
        f"--enable-admission-plugins={ADMISSION}",
        *([] if controllers else ["--disable-admission-plugins=ServiceAccount"]),
        "--service-account-issuer=https://kubernetes.default.svc",
        f"--service-account-key-file={folder / 'accounts.key'}",
        f"--service-account-signing-key-file={folder / 'accounts.key'}",
        "--service-cluster-ip-range=10.96.0.0/16",
        # The endpoints of Service default/kubernetes may not be loopback addresses.
        "--endpoint-reconciler-type=none",
        f"--audit-policy-file={folder / 'audit-policy.json'}",
        f"--audit-log-path={folder / 'audit.jsonl'}",
        # Else 1.34 goes on serving old pages from memory after their moment is forgotten; older servers do not.
        "--feature-gates=ListFromCacheSnapshot=false",
        "--profiling=false",
        "--v=1",
    ]


def controller_flags(folder: Path, kubeconfig: Path) -> list[str]:
    """For kube-controller-manager."""
    return [
        f"--kubeconfig={kubeconfig}",
        f"--service-account-private-key-file={folder / 'accounts.key'}",
        f"--root-ca-file={folder / 'ca.crt'}",
        "--use-service-account-credentials",
        "--leader-elect=false",
        "--secure-port=0",
        "--kube-api-qps=200",
        "--kube-api-burst=400",
    ]


def scheduler_flags(kubeconfig: Path) -> list[str]:
    """For kube-scheduler."""
    return [f"--kubeconfig={kubeconfig}", "--leader-elect=false", "--secure-port=0"]


def kwok_flags(kubeconfig: Path, config: list[str]) -> list[str]:
    """For kwok: it plays the kubelet of every node labelled type=kwok by the stages in `config`."""
    files = [f"--config={path}" for path in config]
    return [
        f"--kubeconfig={kubeconfig}",
        "--manage-nodes-with-label-selector=type=kwok",
        # Without leases its nodes count as lost after 50 s.
        "--node-lease-duration-seconds=40",
        *files,
    ]
