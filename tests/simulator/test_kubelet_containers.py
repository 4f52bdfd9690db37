"""What declared behaviour does to a pod: starts, crashes, pulls, probes, ends."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from cluster_lab import Lab, Obj, pod, reason_of, status_of

from kubesteer.simulator.kubelet.containers import backoff_text


@pytest.fixture
def lab() -> Lab:
    return Lab()


def container(lab: Lab, name: str = "it", index: int = 0) -> Obj:
    """The status of a container."""
    found: Obj = status_of(lab.get("Pod", name))["containerStatuses"][index]
    return found


def waiting(lab: Lab) -> tuple[str, str]:
    """(reason, message) of a container that waits."""
    state = container(lab)["state"].get("waiting", {})
    return state.get("reason", ""), state.get("message", "")


def with_limit(limit: str, **behaviour: str) -> Obj:
    made = pod("it", **behaviour)
    made["spec"]["containers"][0]["resources"] = {"limits": {"memory": limit}}
    return made


def probed(kind: str, image: str = "app:v1", **spec: Any) -> Obj:
    made = pod("it", image)
    probe = {"httpGet": {"path": "/healthz", "port": 8080}, "periodSeconds": 5, **spec}
    made["spec"]["containers"][0] |= {f"{kind}Probe": probe, "ports": [{"containerPort": 8080}]}
    return made


def annotate(made: Obj, **behaviour: str) -> Obj:
    made["metadata"]["annotations"] = {
        f"simulator.kubesteer.io/{key.replace('_', '-')}": value for key, value in behaviour.items()
    }
    return made


class TestStart:
    def test_within_a_second(self, lab: Lab) -> None:
        lab.add(pod("it"))
        assert waiting(lab)[0] == "ContainerCreating"
        lab.run(1)
        found = lab.get("Pod", "it")
        assert status_of(found)["phase"] == "Running"
        assert reason_of(found, "Ready")[0] == "True"
        assert container(lab)["started"] is True
        assert [reason for reason, _ in lab.events("Pod")] == [
            "Scheduled",
            "Pulling",
            "Pulled",
            "Created",
            "Started",
        ]

    def test_an_image_is_pulled_once_a_node(self, lab: Lab) -> None:
        for name in ("one", "two"):
            made = pod(name)
            made["spec"]["nodeSelector"] = {"kubernetes.io/hostname": "node-01"}
            lab.add(made)
            lab.run(1)
        told = [message for reason, message in lab.events("Pod", "two") if reason == "Pulled"]
        assert told == ['Container image "app:v1" already present on machine']

    def test_addresses_are_the_node_s_and_unique(self, lab: Lab) -> None:
        for number in range(9):
            lab.add(pod(f"p-{number}"))
        lab.run(1)
        addresses = {}
        for found in lab.all("Pod"):
            node = int(found["spec"]["nodeName"].removeprefix("node-"))
            assert found["status"]["podIP"].startswith(f"10.244.{node}.")
            addresses[found["status"]["podIP"]] = node
        assert len(addresses) == 9


class TestImages:
    @pytest.mark.parametrize(
        ("how", "words"),
        [
            ("not-found", "not found"),
            ("denied", "pull access denied"),
            ("unreachable", "no such host"),
        ],
    )
    def test_a_pull_that_fails(self, lab: Lab, how: str, words: str) -> None:
        lab.add(pod("it", "registry.example.com/shop/app:v9", image_pull=how))
        assert waiting(lab)[0] == "ErrImagePull"
        lab.run(3)
        reason, message = waiting(lab)
        assert reason == "ImagePullBackOff"
        assert message.startswith('Back-off pulling image "registry.example.com/shop/app:v9": ErrImagePull:')
        assert words in message
        assert status_of(lab.get("Pod", "it"))["phase"] == "Pending"
        assert ("Failed", "Error: ImagePullBackOff") in lab.events("Pod")

    def test_a_name_that_is_none(self, lab: Lab) -> None:
        lab.add(pod("it", "shop/APP:v1"))
        assert waiting(lab)[0] == "InvalidImageName"

    def test_never_pulled_and_not_there(self, lab: Lab) -> None:
        made = pod("it", image_pull="not-found")
        made["spec"]["containers"][0]["imagePullPolicy"] = "Never"
        lab.add(made)
        assert waiting(lab)[0] == "ErrImageNeverPull"

    def test_a_better_image_is_taken_up(self, lab: Lab) -> None:
        lab.add(pod("it", image_behaviour="{v1: {image-pull: not-found}}"))
        lab.run(3)
        lab.edit("Pod", "it", lambda obj: obj["spec"]["containers"][0].update(image="app:v2"))
        lab.run(20)
        assert "running" in container(lab)["state"]


class TestCrash:
    def test_a_crash_loop(self, lab: Lab) -> None:
        lab.add(pod("it", crash="{code: 3, after: 2, message: out of cheese}"))
        lab.run(3)
        ended = container(lab)["state"]["terminated"]
        assert (ended["exitCode"], ended["reason"], ended["message"]) == (3, "Error", "out of cheese")
        lab.run(3)
        assert container(lab)["restartCount"] == 1
        reason, message = waiting(lab)
        assert reason == "CrashLoopBackOff"
        assert message.startswith("back-off 10s restarting failed container=app pod=it_default(")
        assert container(lab)["lastState"]["terminated"]["exitCode"] == 3
        assert status_of(lab.get("Pod", "it"))["phase"] == "Running"
        lab.run(15)
        assert waiting(lab)[1].startswith("back-off 20s ")
        assert any(reason == "BackOff" for reason, _ in lab.events("Pod"))

    def test_repeated_events_are_counted(self, lab: Lab) -> None:
        lab.add(pod("it", crash="{after: 1}"))
        lab.run(120)
        started = [e for e in lab.all("Event") if e["reason"] == "Started"]
        assert len(started) == 1
        assert started[0]["count"] == container(lab)["restartCount"] + 1
        assert started[0]["firstTimestamp"] < started[0]["lastTimestamp"]

    def test_healthy_for_a_while(self, lab: Lab) -> None:
        lab.add(pod("it", healthy_for="30"))
        lab.run(29)
        assert container(lab)["ready"] is True
        lab.run(2)
        assert container(lab)["state"]["terminated"]["exitCode"] == 1

    def test_by_image_tag(self, lab: Lab) -> None:
        bad = "{v2-bad: {crash: {code: 2, after: 1}}}"
        lab.add(pod("good", "shop/app:v2", image_behaviour=bad))
        lab.add(pod("bad", "shop/app:v2-bad", image_behaviour=bad))
        lab.run(10)
        assert container(lab, "good")["restartCount"] == 0
        assert container(lab, "bad")["lastState"]["terminated"]["exitCode"] == 2

    def test_one_container_of_two(self, lab: Lab) -> None:
        made = pod("it")
        made["spec"]["containers"].append({"name": "proxy", "image": "proxy:v1"})
        made["metadata"]["annotations"] = {"simulator.kubesteer.io/crash.proxy": "7"}
        lab.add(made)
        lab.run(10)
        assert container(lab)["restartCount"] == 0
        assert container(lab, index=1)["lastState"]["terminated"]["exitCode"] == 7
        assert reason_of(lab.get("Pod", "it"), "Ready") == ("False", "ContainersNotReady")

    @pytest.mark.parametrize(("policy", "phase"), [("Never", "Failed"), ("OnFailure", "Running")])
    def test_restart_policies(self, lab: Lab, policy: str, phase: str) -> None:
        made = pod("it", crash="1")
        made["spec"]["restartPolicy"] = policy
        lab.add(made)
        lab.run(5)
        assert status_of(lab.get("Pod", "it"))["phase"] == phase

    def test_a_command_that_is_not_there(self, lab: Lab) -> None:
        lab.add(pod("it", start_error="not-found"))
        lab.run(1)
        ended = container(lab)["state"]["terminated"]
        assert (ended["exitCode"], ended["reason"]) == (128, "StartError")
        assert ended["message"].endswith("executable file not found in $PATH")


class TestMemory:
    def test_more_than_the_limit_is_killed(self, lab: Lab) -> None:
        lab.add(with_limit("128Mi", memory="0s=64Mi,20s=200Mi"))
        lab.run(19)
        assert container(lab)["ready"] is True
        lab.run(2)
        ended = container(lab)["state"]["terminated"]
        assert (ended["exitCode"], ended["reason"]) == (137, "OOMKilled")

    def test_within_it_is_not(self, lab: Lab) -> None:
        lab.add(with_limit("256Mi", memory="0s=64Mi,20s=200Mi"))
        lab.run(60)
        assert container(lab)["restartCount"] == 0

    def test_on_demand(self, lab: Lab) -> None:
        lab.add(pod("it", oom_after="5"))
        lab.run(6)
        assert container(lab)["state"]["terminated"]["reason"] == "OOMKilled"

    def test_usage_follows_what_is_declared(self, lab: Lab) -> None:
        lab.add(with_limit("256Mi", memory="0s=64Mi,20s=200Mi", cpu="0s=100m,30s=900m"))
        lab.run(10)
        assert lab.loads.usage(lab.get("Pod", "it"), "app") == (Decimal("0.1"), 64 * 2**20)
        lab.run(30)
        assert lab.loads.usage(lab.get("Pod", "it"), "app") == (Decimal("0.9"), 200 * 2**20)


class TestConfiguration:
    def test_a_missing_config_map(self, lab: Lab) -> None:
        made = pod("it")
        made["spec"]["containers"][0]["envFrom"] = [{"configMapRef": {"name": "settings"}}]
        lab.add(made)
        lab.run(2)
        assert waiting(lab) == ("CreateContainerConfigError", 'configmap "settings" not found')
        assert ("Failed", 'Error: configmap "settings" not found') in lab.events("Pod")
        lab.add({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "settings"}})
        lab.run(0.1)
        assert "running" in container(lab)["state"]

    def test_a_missing_key_of_a_secret(self, lab: Lab) -> None:
        lab.add({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "keys"}})
        made = pod("it")
        reference = {"secretKeyRef": {"name": "keys", "key": "token"}}
        made["spec"]["containers"][0]["env"] = [{"name": "TOKEN", "valueFrom": reference}]
        lab.add(made)
        lab.run(2)
        assert waiting(lab)[1] == "couldn't find key token in Secret default/keys"

    def test_a_volume_that_cannot_be_mounted(self, lab: Lab) -> None:
        made = pod("it")
        made["spec"]["volumes"] = [{"name": "certs", "secret": {"secretName": "tls"}}]
        lab.add(made)
        lab.run(5)
        assert waiting(lab)[0] == "ContainerCreating"
        told = 'MountVolume.SetUp failed for volume "certs" : secret "tls" not found'
        assert ("FailedMount", told) in lab.events("Pod")
        lab.add({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "tls"}})
        lab.run(1)
        assert status_of(lab.get("Pod", "it"))["phase"] == "Running"

    def test_a_user_that_may_not_be_root(self, lab: Lab) -> None:
        made = pod("it", runs_as_root="true")
        made["spec"]["containers"][0]["securityContext"] = {"runAsNonRoot": True}
        lab.add(made)
        lab.run(2)
        assert waiting(lab)[1].startswith("container has runAsNonRoot and image will run as root (pod: ")

    def test_a_missing_pull_secret_is_only_told(self, lab: Lab) -> None:
        made = pod("it")
        made["spec"]["imagePullSecrets"] = [{"name": "registry"}]
        lab.add(made)
        lab.run(2)
        assert "running" in container(lab)["state"]
        assert lab.events("Pod")[1][0] == "FailedToRetrieveImagePullSecret"


class TestProbes:
    def test_readiness_on_a_port_that_is_not_open(self, lab: Lab) -> None:
        made = probed("readiness", httpGet={"path": "/", "port": 9999})
        lab.add(made)
        lab.run(20)
        assert container(lab)["ready"] is False
        ip = status_of(lab.get("Pod", "it"))["podIP"]
        refused = f'Get "http://{ip}:9999/": dial tcp {ip}:9999: connect: connection refused'
        assert ("Unhealthy", f"Readiness probe failed: {refused}") in lab.events("Pod")

    def test_readiness_on_a_path_that_is_not_served(self, lab: Lab) -> None:
        lab.add(annotate(probed("readiness"), serves="[/ready]"))
        lab.run(20)
        told = "Readiness probe failed: HTTP probe failed with statuscode: 404"
        assert ("Unhealthy", told) in lab.events("Pod")

    def test_readiness_comes_and_goes(self, lab: Lab) -> None:
        made = annotate(probed("readiness", failureThreshold=2), fail_readiness="{after: 30, until: 60}")
        lab.add(made)
        lab.run(25)
        assert container(lab)["ready"] is True
        lab.run(20)
        assert container(lab)["ready"] is False
        lab.run(25)
        assert container(lab)["ready"] is True
        assert container(lab)["restartCount"] == 0

    def test_a_slow_start_is_unready_at_first(self, lab: Lab) -> None:
        lab.add(annotate(probed("readiness"), start_after="20"))
        lab.run(15)
        assert container(lab)["ready"] is False
        lab.run(15)
        assert container(lab)["ready"] is True

    def test_liveness_restarts(self, lab: Lab) -> None:
        lab.add(annotate(probed("liveness", failureThreshold=2), fail_liveness="{after: 10}"))
        lab.run(18)
        told = "Container app failed liveness probe, will be restarted"
        assert ("Killing", told) in lab.events("Pod")
        assert (
            container(lab)["lastState"]["terminated"]["exitCode"] == 137
            or "terminated" in container(lab)["state"]
        )

    def test_a_startup_probe_keeps_liveness_waiting(self, lab: Lab) -> None:
        made = annotate(probed("liveness", failureThreshold=1), start_after="20")
        made["spec"]["containers"][0]["startupProbe"] = {
            "httpGet": {"path": "/", "port": 8080},
            "periodSeconds": 5,
            "failureThreshold": 10,
        }
        lab.add(made)
        lab.run(15)
        assert container(lab)["started"] is False
        lab.run(15)
        assert container(lab)["started"] is True
        assert container(lab)["restartCount"] == 0

    def test_a_startup_that_takes_too_long(self, lab: Lab) -> None:
        lab.add(annotate(probed("startup", failureThreshold=2), start_after="1h"))
        lab.run(30)
        assert container(lab)["restartCount"] >= 1
        assert any("Startup probe failed" in message for _, message in lab.events("Pod"))


class TestOrder:
    def test_init_containers_come_first_and_one_by_one(self, lab: Lab) -> None:
        made = pod("it")
        made["spec"]["initContainers"] = [
            {"name": "first", "image": "app:v1"},
            {"name": "second", "image": "app:v1"},
        ]
        lab.add(annotate(made, **{"exit_after.first": "5", "exit_after.second": "5"}))
        lab.run(3)
        status = status_of(lab.get("Pod", "it"))
        assert waiting(lab)[0] == "PodInitializing"
        assert "running" in status["initContainerStatuses"][0]["state"]
        assert reason_of(lab.get("Pod", "it"), "Initialized") == ("False", "ContainersNotInitialized")
        lab.run(10)
        assert "running" in container(lab)["state"]

    def test_a_failing_init_container_is_tried_again(self, lab: Lab) -> None:
        made = pod("it")
        made["spec"]["initContainers"] = [{"name": "migrate", "image": "app:v1"}]
        lab.add(annotate(made, **{"crash.migrate": "4"}))
        lab.run(10)
        init = status_of(lab.get("Pod", "it"))["initContainerStatuses"][0]
        assert init["state"]["waiting"]["reason"] == "CrashLoopBackOff"
        assert status_of(lab.get("Pod", "it"))["phase"] == "Pending"

    def test_a_sidecar_runs_beside_and_does_not_hold_the_end(self, lab: Lab) -> None:
        made = pod("it", **{"exit_after.app": "5"})
        made["spec"]["restartPolicy"] = "Never"
        made["spec"]["initContainers"] = [{"name": "proxy", "image": "proxy:v1", "restartPolicy": "Always"}]
        lab.add(made)
        lab.run(3)
        assert "running" in status_of(lab.get("Pod", "it"))["initContainerStatuses"][0]["state"]
        assert "running" in container(lab)["state"]
        lab.run(5)
        status = status_of(lab.get("Pod", "it"))
        assert status["phase"] == "Succeeded"
        assert "terminated" in status["initContainerStatuses"][0]["state"]

    def test_a_pod_s_deadline(self, lab: Lab) -> None:
        made = pod("it")
        made["spec"]["activeDeadlineSeconds"] = 10
        lab.add(made)
        lab.run(11)
        status = status_of(lab.get("Pod", "it"))
        assert (status["phase"], status["reason"]) == ("Failed", "DeadlineExceeded")

    def test_stopping_takes_as_long_as_the_process_or_its_grace(self, lab: Lab) -> None:
        lab.add(pod("quick", stop_after="5"))
        slow = pod("slow", stop_after="100")
        slow["spec"]["terminationGracePeriodSeconds"] = 20
        lab.add(slow)
        lab.run(1)
        lab.remove("Pod", "quick")
        lab.remove("Pod", "slow")
        lab.run(6)
        assert lab.find("Pod", "quick") is None
        assert lab.find("Pod", "slow")
        lab.run(15)
        assert lab.find("Pod", "slow") is None
        assert ("Killing", "Stopping container app") in lab.events("Pod", "slow")


@pytest.mark.parametrize(
    "value", ["{", "[1, 2", "later", "-5", "", "null", "{after: soon}", "{code: many}", "99999999999"]
)
@pytest.mark.parametrize(
    "key", ["crash", "start-after", "oom-after", "fail-liveness", "cpu", "memory", "logs"]
)
def test_nonsense_does_not_break_the_cluster(lab: Lab, key: str, value: str) -> None:
    made = with_limit("64Mi")
    made["metadata"]["annotations"] = {f"simulator.kubesteer.io/{key}": value}
    lab.add(made)
    lab.add(pod("other"))
    lab.run(5)
    assert "running" in container(lab, "other")["state"]


def test_backoff_text() -> None:
    assert [backoff_text(wait) for wait in (10, 80, 300)] == ["10s", "1m20s", "5m0s"]
