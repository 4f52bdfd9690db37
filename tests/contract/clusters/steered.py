"""kubesteer's own adapter, pointed at the cluster under test through a kubeconfig."""

from __future__ import annotations

from collections.abc import Callable

from clusters.cluster import Cluster
from kubesteer.adapters.kubernetes.clusters import KubernetesCluster
from kubesteer.adapters.kubernetes.connections import Options, find_connection
from kubesteer.adapters.kubernetes.exchanges import Exchange


def steer(
    cluster: Cluster, user: str = "admin", observer: Callable[[Exchange], None] | None = None
) -> KubernetesCluster:
    """The adapter as `user` has it; every exchange goes to `observer`."""
    path = cluster.server.write_kubeconfig(cluster.folder / f"{user}.kubeconfig", user)
    return KubernetesCluster(find_connection(Options(kubeconfig=str(path)), {}), observer)
