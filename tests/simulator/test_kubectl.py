"""kubectl itself, as people will use it against the simulator."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from api_lab import configmap, deployment

from kubesteer.simulator import Simulator

KUBECTL = shutil.which("kubectl")
pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(KUBECTL is None, reason="kubectl is not installed: its tests need it"),
]
SECONDS = 60


class Kubectl:
    """kubectl with a kubeconfig and a cache of its own, in the namespace default."""

    def __init__(self, simulator: Simulator, folder: Path) -> None:
        self.simulator = simulator
        self.folder = folder
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "KUBECONFIG": str(simulator.write_kubeconfig(folder / "kubeconfig")),
        }

    def run(self, *arguments: str, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
        """Run one command to its end."""
        assert KUBECTL is not None
        given = {"input": stdin} if stdin is not None else {"stdin": subprocess.DEVNULL}
        return subprocess.run(
            [KUBECTL, *arguments],
            capture_output=True,
            text=True,
            env=self.environment,
            timeout=SECONDS,
            **given,
        )

    def __call__(self, *arguments: str, stdin: str | None = None) -> str:
        """What a command prints; it must succeed."""
        done = self.run(*arguments, stdin=stdin)
        assert done.returncode == 0, f"{arguments}: {done.stdout}{done.stderr}"
        return done.stdout

    def apply(self, *objects: dict[str, Any], options: tuple[str, ...] = ()) -> str:
        """Apply manifests."""
        return self("apply", "-f", "-", *options, stdin=yaml.safe_dump_all(objects))

    def json(self, *arguments: str) -> Any:
        """What `get` prints as JSON."""
        return json.loads(self("get", *arguments, "-o", "json"))


@pytest.fixture(scope="module")
def kubectl(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kubectl]:
    with Simulator(tls=True, tokens={}, speed=5) as simulator:
        yield Kubectl(simulator, tmp_path_factory.mktemp("kubectl"))


@pytest.fixture
def web(kubectl: Kubectl) -> Iterator[str]:
    """A Deployment that is rolled out and writes a line a second."""
    wanted = deployment("web")
    template = wanted["spec"]["template"]
    template["metadata"]["annotations"] = {
        "simulator.kubesteer.io/logs": "GET /{n}",
        "simulator.kubesteer.io/log-every": "1",
        "simulator.kubesteer.io/log-history": "9",
    }
    requests = {"cpu": "100m", "memory": "64Mi"}
    template["spec"]["containers"][0]["resources"] = {"requests": requests}
    kubectl.apply(wanted)
    kubectl("rollout", "status", "deployment/web", "--timeout=30s")
    yield "deployment/web"
    kubectl("delete", "deployment", "web", "--ignore-not-found", "--cascade=foreground")


def test_get_shows_the_columns_people_know(kubectl: Kubectl, web: str) -> None:
    deployments = kubectl("get", web).splitlines()
    assert deployments[0].split() == ["NAME", "READY", "UP-TO-DATE", "AVAILABLE", "AGE"]
    assert deployments[1].split()[:4] == ["web", "2/2", "2", "2"]
    pods = kubectl("get", "pods", "-l", "app=web", "-o", "wide").splitlines()
    assert pods[0].split()[:6] == ["NAME", "READY", "STATUS", "RESTARTS", "AGE", "IP"]
    assert [line.split()[1:3] for line in pods[1:]] == [["1/1", "Running"]] * 2
    assert kubectl("get", "nodes").count(" Ready ") == 3
    assert "deployment.apps/web" in kubectl("get", "all")
    assert kubectl("get", "pods", "-A", "--chunk-size=1").count("web-") == 2


def test_describe(kubectl: Kubectl, web: str) -> None:
    told = kubectl("describe", web)
    assert "2 desired | 2 updated | 2 total | 2 available | 0 unavailable" in told
    assert "ScalingReplicaSet" in told
    pods = kubectl("describe", "pods", "-l", "app=web")
    assert "Controlled By:  ReplicaSet/web-" in pods
    assert "Successfully assigned default/web-" in pods
    node = kubectl("describe", "node", "node-01")
    assert "KubeletReady" in node
    assert "HolderIdentity:  node-01" in node


def test_logs(kubectl: Kubectl, web: str) -> None:
    assert kubectl("logs", web, "--tail=1").startswith("GET /")
    whole = kubectl("logs", web).splitlines()
    assert whole[:3] == ["GET /0", "GET /1", "GET /2"]
    everywhere = kubectl("logs", "-l", "app=web", "--prefix", "--tail=2").splitlines()
    assert len({line.split("]")[0] for line in everywhere}) == 2
    assert kubectl("logs", web, "--limit-bytes=5") == "GET /"
    refused = kubectl.run("logs", web, "--previous")
    assert "previous terminated container" in refused.stderr


def test_logs_are_followed_until_the_container_ends(kubectl: Kubectl) -> None:
    finite = {"simulator.kubesteer.io/log-every": "1", "simulator.kubesteer.io/exit-after": "6"}
    spec = {"restartPolicy": "Never", "containers": [{"name": "app", "image": "registry.example.com/job:v1"}]}
    metadata = {"name": "finite", "annotations": {**finite, "simulator.kubesteer.io/logs": "line {n}"}}
    kubectl.apply({"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec})
    kubectl("wait", "--for=jsonpath={.status.phase}=Running", "pod/finite", "--timeout=20s")
    followed = kubectl("logs", "-f", "finite").splitlines()
    assert followed[0] == "line 0"
    assert followed[-1] == f"line {len(followed) - 1}"
    assert kubectl.json("pod", "finite")["status"]["phase"] == "Succeeded"


@pytest.mark.usefixtures("web")
def test_top(kubectl: Kubectl) -> None:
    rows = [line.split() for line in kubectl("top", "pods", "-l", "app=web", "--no-headers").splitlines()]
    assert [row[1:] for row in rows] == [["10m", "21Mi"]] * 2
    assert kubectl("top", "pods", "--containers", "-l", "app=web").count(" app ") == 2
    assert kubectl("top", "nodes", "--no-headers").count("node-0") == 3


def test_scale_patch_annotate_label(kubectl: Kubectl, web: str) -> None:
    kubectl("scale", web, "--replicas=3")
    kubectl("rollout", "status", web, "--timeout=30s")
    assert kubectl.json(web)["status"]["readyReplicas"] == 3
    kubectl("patch", web, "-p", '{"spec":{"replicas":2}}')
    kubectl("patch", web, "--type=merge", "-p", '{"spec":{"paused":true}}')
    kubectl("patch", web, "--type=json", "-p", '[{"op":"remove","path":"/spec/paused"}]')
    kubectl("annotate", web, "note=seen")
    kubectl("label", web, "tier=front")
    now = kubectl.json(web)
    assert (now["spec"]["replicas"], now["spec"].get("paused")) == (2, None)
    assert now["metadata"]["annotations"]["note"] == "seen"
    assert now["metadata"]["labels"] == {"tier": "front"}
    refused = kubectl.run("scale", web, "--replicas=5", "--current-replicas=9")
    assert "Expected replicas to be 9, was 2" in refused.stderr


def test_rollouts_forwards_and_back(kubectl: Kubectl, web: str) -> None:
    kubectl("set", "image", web, "app=registry.example.com/app:v2")
    assert "successfully rolled out" in kubectl("rollout", "status", web, "--timeout=60s")
    assert [line.split()[0] for line in kubectl("rollout", "history", web).splitlines()[2:4]] == ["1", "2"]
    assert "app:v2" in kubectl("rollout", "history", web, "--revision=2")
    kubectl("rollout", "undo", web)
    kubectl("rollout", "status", web, "--timeout=60s")
    assert kubectl.json(web)["spec"]["template"]["spec"]["containers"][0]["image"].endswith(":v1")
    kubectl("rollout", "restart", web)
    assert "successfully rolled out" in kubectl("rollout", "status", web, "--timeout=60s")
    kubectl("rollout", "pause", web)
    assert kubectl.json(web)["spec"]["paused"] is True
    kubectl("rollout", "resume", web)


def test_apply_is_idempotent_and_diff_is_silent(kubectl: Kubectl) -> None:
    manifest = configmap("settings", a="1")
    assert kubectl.apply(manifest) == "configmap/settings created\n"
    assert kubectl.apply(manifest) == "configmap/settings unchanged\n"
    assert kubectl("diff", "-f", "-", stdin=yaml.safe_dump(manifest)) == ""
    manifest["data"] = {"b": "2"}
    assert (
        kubectl.apply(manifest, options=("--dry-run=server",))
        == "configmap/settings configured (server dry run)\n"
    )
    assert kubectl.json("configmap", "settings")["data"] == {"a": "1"}
    assert kubectl.apply(manifest) == "configmap/settings configured\n"
    assert kubectl.json("configmap", "settings")["data"] == {"b": "2"}


def test_server_side_apply_tells_conflicts(kubectl: Kubectl) -> None:
    first, second = configmap("shared", a="1"), configmap("shared", a="2")
    kubectl.apply(first, options=("--server-side", "--field-manager=one"))
    stdin = yaml.safe_dump(second)
    refused = kubectl.run("apply", "--server-side", "--field-manager=two", "-f", "-", stdin=stdin)
    assert 'conflict with "one": .data.a' in refused.stderr
    kubectl.apply(second, options=("--server-side", "--field-manager=two", "--force-conflicts"))
    assert kubectl.json("configmap", "shared")["data"] == {"a": "2"}


def test_a_mistake_is_told_before_anything_is_made(kubectl: Kubectl) -> None:
    wrong = deployment("wrong")
    wrong["spec"]["replicsa"] = 3
    refused = kubectl.run("apply", "-f", "-", stdin=yaml.safe_dump(wrong))
    assert 'unknown field "spec.replicsa"' in refused.stderr
    del wrong["spec"]["replicsa"]
    wrong["spec"]["replicas"] = -1
    refused = kubectl.run("apply", "-f", "-", stdin=yaml.safe_dump(wrong))
    assert "spec.replicas: Invalid value: -1" in refused.stderr
    assert kubectl.run("get", "deployment", "wrong").returncode == 1


def test_cordon_and_drain(kubectl: Kubectl, web: str) -> None:
    kubectl("cordon", "node-02")
    assert "SchedulingDisabled" in kubectl("get", "node", "node-02")
    kubectl("uncordon", "node-02")
    node = kubectl.json("pods", "-l", "app=web")["items"][0]["spec"]["nodeName"]
    told = kubectl("drain", node, "--ignore-daemonsets", "--force", "--timeout=30s")
    assert f"node/{node} drained" in told
    left = kubectl.json("pods", "-l", "app=web", "--field-selector", f"spec.nodeName={node}")["items"]
    assert left == []
    kubectl("uncordon", node)
    assert web


def test_who_may_do_what(kubectl: Kubectl) -> None:
    assert kubectl("auth", "can-i", "delete", "pods") == "yes\n"
    assert kubectl.run("auth", "can-i", "delete", "pods", "--as=alice").stdout == "no\n"
    kubectl("create", "role", "reader", "--verb=get,list", "--resource=pods,pods/log")
    kubectl("create", "rolebinding", "reads", "--role=reader", "--user=alice")
    assert kubectl("auth", "can-i", "list", "pods", "--as=alice") == "yes\n"
    assert kubectl("auth", "can-i", "get", "pods", "--subresource=log", "--as=alice") == "yes\n"
    assert kubectl.run("auth", "can-i", "list", "pods", "-n", "kube-system", "--as=alice").stdout == "no\n"
    assert "pods/log" in kubectl("auth", "can-i", "--list", "--as=alice")
    assert "system:admin" in kubectl("auth", "whoami")
    refused = kubectl.run("get", "secrets", "--as=alice")
    assert 'User "alice" cannot list resource "secrets"' in refused.stderr


def test_what_is_created_by_typed_clients(kubectl: Kubectl) -> None:
    """kubectl sends these in protobuf."""
    kubectl("create", "configmap", "typed", "--from-literal=a=b")
    kubectl("create", "secret", "generic", "typed", "--from-literal=a=b")
    assert kubectl.json("configmap", "typed")["data"] == {"a": "b"}
    assert kubectl.json("secret", "typed")["data"] == {"a": "Yg=="}
    kubectl(
        "create", "deployment", "typed", "--image=registry.example.com/app:v1", "--replicas=0", "--port=8080"
    )
    kubectl("expose", "deployment", "typed", "--port=80", "--target-port=8080")
    assert kubectl.json("deployment", "typed")["spec"]["replicas"] == 0
    ports = kubectl.json("service", "typed")["spec"]["ports"]
    assert [(port["port"], port["targetPort"]) for port in ports] == [(80, 8080)]
    kubectl("create", "poddisruptionbudget", "typed", "--selector=app=typed", "--min-available=1")
    kubectl("create", "ingress", "typed", "--rule=shop.example.com/=typed:80")
    kubectl("create", "job", "typed", "--image=registry.example.com/job:v1")
    kubectl("create", "cronjob", "typed", "--image=registry.example.com/job:v1", "--schedule=0 4 * * *")
    kubectl("autoscale", "deployment", "typed", "--min=1", "--max=3", "--cpu-percent=70")
    kubectl("create", "quota", "typed", "--hard=pods=50")
    assert kubectl("create", "token", "default").strip()
    kubectl("create", "namespace", "typed")
    kubectl("delete", "namespace", "typed", "--timeout=30s")
    assert kubectl.run("get", "namespace", "typed").returncode == 1


def test_wait_watch_events_and_the_documents(kubectl: Kubectl) -> None:
    kubectl("run", "solo", "--image=registry.example.com/app:v1")
    kubectl("wait", "--for=condition=Ready", "pod/solo", "--timeout=30s")
    assert "Scheduled" in kubectl("get", "events", "--field-selector", "involvedObject.name=solo")
    assert "Scheduled" in kubectl("events", "--for", "pod/solo")
    watched = kubectl("get", "pod", "solo", "--watch", "--request-timeout=1s")
    assert watched.splitlines()[1].startswith("solo")
    kubectl("delete", "pod", "solo")
    assert "replicas <integer>" in kubectl("explain", "deployment.spec.replicas")
    assert "deployments" in kubectl("api-resources", "--api-group=apps", "-o", "name")
    assert "v1.34" in kubectl("version")
    assert kubectl("get", "--raw", "/readyz") == "ok"


def test_custom_resources(kubectl: Kubectl) -> None:
    names = {"plural": "gadgets", "singular": "gadget", "kind": "Gadget", "shortNames": ["gd"]}
    schema = {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}}
    version = {"name": "v1", "served": True, "storage": True, "schema": schema}
    definition = {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": "gadgets.example.com"},
        "spec": {"group": "example.com", "scope": "Namespaced", "names": names, "versions": [version]},
    }
    kubectl.apply(definition)
    kubectl("wait", "--for=condition=Established", "crd/gadgets.example.com", "--timeout=20s")
    gadget = {
        "apiVersion": "example.com/v1",
        "kind": "Gadget",
        "metadata": {"name": "it"},
        "spec": {"size": 3},
    }
    kubectl.apply(gadget)
    assert kubectl.json("gd", "it")["spec"] == {"size": 3}
    kubectl("patch", "gadget", "it", "--type=merge", "-p", '{"spec":{"size":4}}')
    assert kubectl("get", "gadgets", "--no-headers").split()[0] == "it"
    kubectl("delete", "crd", "gadgets.example.com")
    assert kubectl.run("get", "gadgets").returncode == 1


def test_what_cannot_be_done_here_is_said(kubectl: Kubectl, web: str) -> None:
    refused = kubectl.run("exec", web, "--", "ls")
    assert refused.returncode == 1
    assert refused.stderr
