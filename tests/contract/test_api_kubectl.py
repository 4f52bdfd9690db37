"""kubectl itself against the cluster under test: what people type works, on the simulator as on the real one."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from clusters import Cluster
from clusters.workloads import deployment, pod

pytestmark = pytest.mark.long

BUILD = Path(__file__).resolve().parents[2] / "control-plane" / "build.py"
DEPLOYMENTS = "apps/v1/deployments"
Kubectl = Callable[..., str]

MANIFEST = """
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data: {mode: MODE}
"""


@pytest.fixture(scope="session")
def program() -> str:
    """kubectl, our own or the one in PATH."""
    found = json.loads(subprocess.check_output([sys.executable, BUILD, "--found"]))["programs"]
    path = found.get("kubectl") or shutil.which("kubectl")
    if path is None:
        pytest.skip("kubectl not found: install it, or run `make control-plane`")
    return str(path)


@pytest.fixture
def kubectl(cluster: Cluster, program: str) -> Kubectl:
    """Runs kubectl in the test's namespace and gives what it prints; a failure fails the test."""

    def run(*arguments: str, stdin: str = "", status: int = 0) -> str:
        command = [
            program,
            f"--kubeconfig={cluster.kubeconfig}",
            f"--namespace={cluster.namespace}",
            *arguments,
        ]
        environ = {"HOME": str(cluster.folder), "PATH": "/usr/bin:/bin"}
        done = subprocess.run(
            command, input=stdin, capture_output=True, text=True, timeout=60, env=environ, check=False
        )
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout + done.stderr

    return run


@pytest.fixture
def web(cluster: Cluster) -> str:
    """A Deployment of two that is up."""
    cluster.create(DEPLOYMENTS, deployment("web", replicas=2))
    cluster.until(DEPLOYMENTS, "web", lambda it: it.get("status", {}).get("readyReplicas") == 2)
    return "deployment/web"


def replicas(cluster: Cluster) -> int:
    """How many the Deployment wants now."""
    wanted: int = cluster.get(DEPLOYMENTS, "web")["spec"]["replicas"]
    return wanted


def test_get(kubectl: Kubectl, web: str) -> None:
    heading, row = kubectl("get", web).splitlines()
    assert heading.split() == ["NAME", "READY", "UP-TO-DATE", "AVAILABLE", "AGE"]
    assert row.split()[:4] == ["web", "2/2", "2", "2"]
    rows = kubectl("get", "pods", "--selector=app=web", "--no-headers").splitlines()
    assert [row.split()[1:3] for row in rows] == [["1/1", "Running"]] * 2
    wide = kubectl("get", "pods", "--output=wide").splitlines()
    assert {"NAME", "READY", "STATUS", "RESTARTS", "AGE", "IP", "NODE"} <= set(wide[0].split())
    assert "replicaset.apps/web-" in kubectl("get", "deployments,replicasets")
    assert kubectl("get", "deploy", "web", "--output=jsonpath={.status.readyReplicas}") == "2"


def test_get_what_is_not_there(kubectl: Kubectl) -> None:
    assert "No resources found in" in kubectl("get", "statefulsets")
    said = kubectl("get", "deployment", "ghost", status=1)
    assert 'Error from server (NotFound): deployments.apps "ghost" not found' in said
    assert "doesn't have a resource type" in kubectl("get", "nonsense", status=1)


def test_describe(kubectl: Kubectl, web: str) -> None:
    said = kubectl("describe", web)
    assert "Replicas:               2 desired | 2 updated | 2 total | 2 available | 0 unavailable" in said
    assert "ScalingReplicaSet" in said
    assert "Node:" in kubectl("describe", "pods", "--selector=app=web")
    assert "kubernetes.io/hostname=" in kubectl("describe", "nodes")


def test_rollout(kubectl: Kubectl, web: str) -> None:
    kubectl("rollout", "restart", web)
    assert "successfully rolled out" in kubectl("rollout", "status", web, "--timeout=50s")
    assert kubectl("rollout", "history", web).split()[-2:] == ["2", "<none>"]
    assert "rolled back" in kubectl("rollout", "undo", web)
    assert "successfully rolled out" in kubectl("rollout", "status", web, "--timeout=50s")
    assert "paused" in kubectl("rollout", "pause", web)
    assert "resumed" in kubectl("rollout", "resume", web)


def test_scale(cluster: Cluster, kubectl: Kubectl, web: str) -> None:
    kubectl("scale", web, "--replicas=1")
    assert replicas(cluster) == 1
    kubectl("scale", web, "--current-replicas=7", "--replicas=3", status=1)
    assert replicas(cluster) == 1


def test_patch_label_annotate_and_set(cluster: Cluster, kubectl: Kubectl, web: str) -> None:
    kubectl("patch", web, '--patch={"spec": {"replicas": 1}}')
    kubectl("label", web, "team=a")
    kubectl("annotate", web, "note=hello")
    kubectl("set", "image", web, "app=registry.example.com/app:v2")
    now = cluster.get(DEPLOYMENTS, "web")
    assert now["spec"]["replicas"] == 1
    assert now["metadata"]["labels"]["team"] == "a"
    assert now["metadata"]["annotations"]["note"] == "hello"
    assert now["spec"]["template"]["spec"]["containers"][0]["image"] == "registry.example.com/app:v2"


@pytest.mark.parametrize("side", [[], ["--server-side"]])
def test_apply_diff_and_delete(cluster: Cluster, kubectl: Kubectl, side: list[str]) -> None:
    for mode in ("first", "second"):
        kubectl("apply", *side, "--filename=-", stdin=MANIFEST.replace("MODE", mode))
        assert cluster.get("configmaps", "settings")["data"] == {"mode": mode}
    difference = kubectl("diff", *side, "--filename=-", stdin=MANIFEST.replace("MODE", "third"), status=1)
    assert "+  mode: third" in difference
    kubectl("apply", *side, "--dry-run=server", "--filename=-", stdin=MANIFEST.replace("MODE", "third"))
    assert cluster.get("configmaps", "settings")["data"] == {"mode": "second"}
    kubectl("delete", "configmap", "settings")
    assert cluster.admin.get(cluster.path("configmaps", "settings")).status_code == 404


def test_apply_what_the_server_will_not_have(kubectl: Kubectl) -> None:
    wrong = MANIFEST.replace("\ndata:", "\ndate:")
    assert 'unknown field "date"' in kubectl("apply", "--filename=-", stdin=wrong, status=1)


def test_create_and_expose(cluster: Cluster, kubectl: Kubectl, web: str) -> None:
    kubectl("create", "deployment", "made", "--image=registry.example.com/made:v1", "--replicas=1")
    assert "condition met" in kubectl("wait", "--for=condition=Available", "deployment/made", "--timeout=50s")
    kubectl("expose", web, "--port=80", "--name=front")
    assert cluster.get("services", "front")["spec"]["selector"] == {"app": "web"}
    kubectl("autoscale", web, "--min=1", "--max=3", "--cpu=80%")
    assert cluster.get("autoscaling/v2/horizontalpodautoscalers", "web")["spec"]["maxReplicas"] == 3


def test_who_am_i_and_what_may_i_do(kubectl: Kubectl) -> None:
    assert "admin" in kubectl("auth", "whoami")
    assert kubectl("auth", "can-i", "delete", "pods").strip() == "yes"
    assert "no" in kubectl("auth", "can-i", "delete", "pods", "--as=mallory", status=1)


def test_what_is_served(kubectl: Kubectl) -> None:
    served = kubectl("api-resources", "--no-headers")
    assert {"pods", "deployments", "cronjobs"} <= {line.split()[0] for line in served.splitlines()}
    assert "apps/v1" in kubectl("api-versions").splitlines()
    assert "replicas" in kubectl("explain", "deployment.spec")
    assert "Server Version: v1." in kubectl("version")


def test_watch(cluster: Cluster, kubectl: Kubectl) -> None:
    cluster.create("configmaps", {"metadata": {"name": "settings"}, "data": {"mode": "first"}})
    said = kubectl("get", "configmaps", "settings", "--watch", "--request-timeout=2s", "--output=name")
    assert said.splitlines()[0] == "configmap/settings"


def test_delete_a_pod_and_wait_until_it_is_gone(cluster: Cluster, kubectl: Kubectl) -> None:
    cluster.create("pods", pod("lone"))
    assert 'pod "lone" deleted' in kubectl(
        "delete", "pod", "lone", "--grace-period=1", "--wait", "--timeout=50s"
    )
    assert cluster.admin.get(cluster.path("pods", "lone")).status_code == 404


def test_logs_and_top(cluster: Cluster, kubectl: Kubectl, web: str) -> None:
    if not (cluster.supports("logs") and cluster.supports("metrics")):
        pytest.skip(f"{cluster.kind} has no logs and metrics: they come from a kubelet")
    assert kubectl("logs", web, "--tail=1")
    assert kubectl("logs", "--selector=app=web", "--prefix", "--tail=1").startswith("[pod/web-")
    assert "previous terminated container" in kubectl("logs", web, "--previous", status=1)
    rows = kubectl("top", "pods", "--no-headers").splitlines()
    assert [row.split()[0].startswith("web-") for row in rows] == [True, True]
    assert kubectl("top", "nodes").split()[:2] == ["NAME", "CPU(cores)"]
