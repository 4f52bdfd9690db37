"""The adapter behind `kubectl proxy`: plain HTTP on loopback, no credentials of our own."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from clusters import Cluster
from clusters.workloads import configmap

from kubesteer.adapters.kubernetes.actuators import KubernetesActuator
from kubesteer.adapters.kubernetes.clusters import KubernetesCluster
from kubesteer.adapters.kubernetes.connections import Options, find_connection
from kubesteer.core.errors import NotFound
from kubesteer.core.refs import Ref
from kubesteer.core.requests import Patch, Warrant

BUILD = Path(__file__).resolve().parents[2] / "control-plane" / "build.py"


@pytest.fixture(params=["/", "/k8s/clusters/c-1/"])
def address(request: pytest.FixtureRequest, cluster: Cluster) -> Iterator[str]:
    """Where a proxy listens, at the root or below a path."""
    found = json.loads(subprocess.check_output([sys.executable, BUILD, "--found"]))["programs"]
    program = found.get("kubectl") or shutil.which("kubectl")
    if program is None:
        pytest.skip("kubectl not found: install it, or run `make control-plane`")
    flags = [f"--kubeconfig={cluster.kubeconfig}", "--port=0", f"--api-prefix={request.param}"]
    with subprocess.Popen([program, "proxy", *flags], stdout=subprocess.PIPE, text=True) as proxy:
        assert proxy.stdout is not None
        said = re.search(r"127\.0\.0\.1:\d+", proxy.stdout.readline())
        assert said is not None
        yield f"http://{said[0]}{request.param}"
        proxy.kill()


async def test_reads_and_writes_pass_through(cluster: Cluster, address: str) -> None:
    cluster.create("configmaps", configmap("it"))
    it = Ref("ConfigMap", cluster.namespace, "it")
    async with KubernetesCluster(find_connection(Options(server=address), {})) as kube:
        assert (await kube.identity()).user == "admin"
        assert it in await kube.names("ConfigMap", cluster.namespace)
        await KubernetesActuator(kube).send(Warrant("c-1", Patch(it, {"data": {"a": "1"}})))
        with pytest.raises(NotFound):
            await kube.read(Ref("ConfigMap", cluster.namespace, "ghost"))
    assert cluster.get("configmaps", "it")["data"]["a"] == "1"
