"""The cluster as an object: started, asked, edited, stopped, with faults in between."""

from __future__ import annotations

import asyncio
import json
import socket
import stat
import threading
from pathlib import Path
from typing import Any

import httpx2
import pytest
import yaml
from api_lab import configmap, deployment, pod

from kubesteer.simulator import Fault, ManifestError, Simulator
from kubesteer.simulator.failures import Failure

CONFIGMAPS = "/api/v1/namespaces/default/configmaps"


def client(simulator: Simulator, token: str = "") -> httpx2.Client:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return httpx2.Client(base_url=simulator.url, headers=headers, timeout=20)


class TestLife:
    def test_it_answers_while_it_runs_and_then_no_more(self) -> None:
        simulator = Simulator(nodes=2)
        with simulator, client(simulator) as http:
            assert http.get("/readyz").text == "ok"
            assert len(http.get("/api/v1/nodes").json()["items"]) == 2
        with client(simulator) as http, pytest.raises(httpx2.ConnectError):
            http.get("/readyz")

    async def test_it_is_an_asynchronous_context_too(self) -> None:
        async with Simulator() as simulator, httpx2.AsyncClient(base_url=simulator.url) as http:
            assert (await http.get("/livez")).status_code == 200

    def test_it_can_be_started_again_with_all_it_had(self) -> None:
        simulator = Simulator([configmap("it", a="1")])
        for _ in range(2):
            with simulator:
                assert simulator.read("ConfigMap", "default", "it")["data"] == {"a": "1"}

    def test_starting_twice_is_a_mistake_stopping_twice_is_none(self) -> None:
        simulator = Simulator()
        with simulator, pytest.raises(RuntimeError):
            simulator.start()
        simulator.stop()

    def test_a_port_in_use_is_told(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(OSError, match="in use"):
            Simulator(port=taken.getsockname()[1]).start()

    def test_open_watches_do_not_keep_it_from_stopping(self) -> None:
        with Simulator() as simulator, client(simulator) as http:
            answer = http.send(http.build_request("GET", f"{CONFIGMAPS}?watch=true"), stream=True)
            assert answer.status_code == 200
            simulator.stop()

    def test_a_watch_is_let_go_when_its_client_leaves(self) -> None:
        with Simulator(frozen=True) as simulator:
            listeners = simulator._cluster.store._listeners
            before = len(listeners)
            with client(simulator) as http, http.stream("GET", f"{CONFIGMAPS}?watch=true"):
                assert len(listeners) == before + 1
            gone = threading.Event()
            for _ in range(200):
                if len(listeners) == before:
                    break
                gone.wait(0.05)
            assert len(listeners) == before

    def test_a_controller_that_breaks_is_not_passed_over(self) -> None:
        class Broken:
            def concerns(self, _change: Any) -> list[Any]:
                return [("", "x")]

            def reconcile(self, _key: Any) -> None:
                raise ZeroDivisionError

        simulator = Simulator()
        simulator._loop.controllers.append(Broken())
        simulator.start()
        simulator.load([configmap("it")])
        waiting = threading.Event()
        while simulator._loop.broken is None:
            waiting.wait(0.02)
        with client(simulator) as http:
            assert http.get("/readyz").status_code == 200
        with pytest.raises(RuntimeError, match="controller"):
            simulator.stop()


class TestAccess:
    def test_without_tokens_everybody_is_the_administrator(self) -> None:
        with Simulator() as simulator, client(simulator) as http:
            assert http.get("/api/v1/secrets").status_code == 200

    def test_with_tokens_nobody_is_anybody_without_one(self) -> None:
        known = {"a-token": "alice", "root": ("root", ["system:masters"])}
        with Simulator(tokens=known) as simulator:
            seen = {}
            for token in ("", "a-token", "root", "wrong"):
                with client(simulator, token) as http:
                    seen[token] = http.get("/api/v1/secrets").status_code
        assert seen == {"": 403, "a-token": 403, "root": 200, "wrong": 401}

    def test_the_kubeconfig_is_the_administrators_and_nobody_elses_to_read(self, tmp_path: Path) -> None:
        with Simulator(tls=True, tokens={}) as simulator:
            path = simulator.write_kubeconfig(tmp_path / "config")
            config = yaml.safe_load(path.read_text())
            token = config["users"][0]["user"]["token"]
            assert stat.S_IMODE(path.stat().st_mode) == 0o600
            assert config["clusters"][0]["cluster"]["certificate-authority-data"]
            assert config["clusters"][0]["cluster"]["server"] == simulator.url
            authority = simulator.ca_pem
            assert authority is not None
            trusted = tmp_path / "ca.pem"
            trusted.write_bytes(authority)
            import ssl

            context = ssl.create_default_context(cafile=str(trusted))
            headers = {"Authorization": f"Bearer {token}"}
            answer = httpx2.get(f"{simulator.url}/api/v1/secrets", verify=context, headers=headers)
        assert answer.status_code == 200

    def test_tls_that_is_not_trusted_is_refused_by_the_client(self) -> None:
        with Simulator(tls=True) as simulator, pytest.raises(httpx2.ConnectError):
            httpx2.get(f"{simulator.url}/readyz")

    def test_a_token_of_a_service_account_is_that_account(self) -> None:
        with Simulator() as simulator, client(simulator) as http:
            path = "/api/v1/namespaces/default/serviceaccounts/default/token"
            token = http.post(path, json={"spec": {}}).json()["status"]["token"]
            with client(simulator, token) as other:
                review = other.post("/apis/authentication.k8s.io/v1/selfsubjectreviews", json={}).json()
        user = review["status"]["userInfo"]
        assert user["username"] == "system:serviceaccount:default:default"
        assert "system:serviceaccounts:default" in user["groups"]


class TestManifests:
    def test_namespaces_are_made_where_they_are_missing(self) -> None:
        there = configmap("it")
        there["metadata"]["namespace"] = "shop"
        with Simulator([there]) as simulator:
            assert simulator.read("Namespace", "", "shop")["status"]["phase"] == "Active"
            assert simulator.read("ConfigMap", "shop", "it")["metadata"]["uid"]

    def test_files_folders_and_lists(self, tmp_path: Path) -> None:
        (tmp_path / "one.yaml").write_text(yaml.safe_dump_all([configmap("a"), None, configmap("b")]))
        listed = {"apiVersion": "v1", "kind": "List", "items": [configmap("c")]}
        (tmp_path / "two.json").write_text(json.dumps(listed))
        (tmp_path / "readme.txt").write_text("not one of them")
        simulator = Simulator(tmp_path)
        assert [each["metadata"]["name"] for each in simulator.list("ConfigMap", "default")] == [
            "a",
            "b",
            "c",
        ]

    @pytest.mark.parametrize(
        ("wrong", "told"),
        [
            ({"apiVersion": "v1"}, "no kind"),
            ({"kind": "Pod", "metadata": {}}, "without apiVersion"),
            ({"apiVersion": "v9", "kind": "Pod", "metadata": {"name": "it"}}, "not served"),
            ("text", "no kind"),
        ],
    )
    def test_what_is_no_manifest_is_told(self, wrong: Any, told: str) -> None:
        with pytest.raises(ManifestError, match=told):
            Simulator([wrong])

    def test_yaml_that_does_not_parse_names_its_file(self, tmp_path: Path) -> None:
        (tmp_path / "bad.yaml").write_text("a: [")
        with pytest.raises(ManifestError, match=r"bad\.yaml"):
            Simulator(tmp_path / "bad.yaml")

    def test_nodes_of_the_manifests_take_the_place_of_the_made_ones(self) -> None:
        node = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "mine"}}
        simulator = Simulator([node], nodes=3)
        assert [each["metadata"]["name"] for each in simulator.list("Node")] == ["mine"]
        assert simulator.list("Node")[0]["status"]["conditions"]

    def test_a_frozen_cluster_keeps_what_it_is_given(self) -> None:
        given = pod("it", nodeName="node-01")
        given["metadata"] |= {"uid": "u-1", "creationTimestamp": "2026-01-01T00:00:00Z"}
        given["status"] = {"phase": "Failed", "reason": "Evicted"}
        with Simulator([given], frozen=True) as simulator:
            kept = simulator.read("Pod", "default", "it")
        assert kept["status"] == {"phase": "Failed", "reason": "Evicted"}
        assert kept["metadata"]["uid"] == "u-1"
        assert kept["spec"]["restartPolicy"] == "Always"

    def test_a_frozen_owner_is_found_by_its_name(self) -> None:
        owner = deployment("web")
        owned = pod("web-1")
        owned["metadata"]["ownerReferences"] = [
            {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}
        ]
        simulator = Simulator([owner, owned], frozen=True)
        uid = simulator.read("Deployment", "default", "web")["metadata"]["uid"]
        assert simulator.read("Pod", "default", "web-1")["metadata"]["ownerReferences"][0]["uid"] == uid

    def test_gateways_are_served_from_the_moment_one_is_loaded(self) -> None:
        gateway = {
            "apiVersion": "gateway.networking.k8s.io/v1",
            "kind": "Gateway",
            "metadata": {"name": "it"},
        }
        path = "/apis/gateway.networking.k8s.io/v1/namespaces/default/gateways"
        with Simulator() as simulator, client(simulator) as http:
            assert http.get(path).status_code == 404
            simulator.load([gateway])
            assert [each["metadata"]["name"] for each in http.get(path).json()["items"]] == ["it"]

    def test_what_the_server_refuses_is_refused_in_a_manifest(self) -> None:
        with pytest.raises(Failure, match=r"spec\.replicas"):
            Simulator([deployment("web", replicas=-1)])


class TestBehindTheBack:
    def test_editing_reaches_status_and_wakes_watches(self) -> None:
        with Simulator([pod("it")], frozen=True) as simulator, client(simulator) as http:
            version = simulator.read("Pod", "default", "it")["metadata"]["resourceVersion"]

            def fail(obj: dict[str, Any]) -> None:
                obj["status"] = {"phase": "Failed"}

            query = {"watch": "true", "resourceVersion": version}
            with http.stream("GET", "/api/v1/namespaces/default/pods", params=query) as answer:
                simulator.edit("Pod", "default", "it", fail)
                event = json.loads(next(answer.iter_lines()))
        assert (event["type"], event["object"]["status"]) == ("MODIFIED", {"phase": "Failed"})

    def test_a_copy_is_read_not_the_object_itself(self) -> None:
        simulator = Simulator([configmap("it", a="1")])
        simulator.read("ConfigMap", "default", "it")["data"]["a"] = "changed"
        assert simulator.read("ConfigMap", "default", "it")["data"] == {"a": "1"}

    def test_what_is_not_there(self) -> None:
        simulator = Simulator()
        with pytest.raises(Failure, match="not found"):
            simulator.read("Pod", "default", "ghost")
        with pytest.raises(KeyError):
            simulator.read("Unicorn", "default", "it")

    def test_many_threads_at_once(self) -> None:
        with Simulator([configmap("it", n="0")], frozen=True) as simulator:

            def count(obj: dict[str, Any]) -> None:
                obj["data"]["n"] = str(int(obj["data"]["n"]) + 1)

            def work() -> None:
                for _ in range(25):
                    simulator.edit("ConfigMap", "default", "it", count)

            threads = [threading.Thread(target=work) for _ in range(4)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            assert simulator.read("ConfigMap", "default", "it")["data"]["n"] == "100"


class TestFaults:
    @pytest.fixture
    def simulator(self) -> Any:
        with Simulator([configmap("it", a="1")], frozen=True) as running:
            yield running

    def test_a_status_so_many_times(self, simulator: Simulator) -> None:
        fault = simulator.faults.add(Fault("GET", "configmaps", status=429, times=2, retry_after=7))
        with client(simulator) as http:
            answers = [http.get(CONFIGMAPS) for _ in range(3)]
            assert http.get("/api/v1/pods").status_code == 200
        assert [each.status_code for each in answers] == [429, 429, 200]
        assert answers[0].headers["Retry-After"] == "7"
        assert answers[0].json()["reason"] == "TooManyRequests"
        assert fault.hits == 2

    def test_skip_lets_the_first_ones_pass(self, simulator: Simulator) -> None:
        simulator.faults.add(Fault("GET", "configmaps", status=500, times=1, skip=1))
        with client(simulator) as http:
            assert [http.get(CONFIGMAPS).status_code for _ in range(3)] == [200, 500, 200]

    @pytest.mark.parametrize(("when", "kept"), [("before", "1"), ("after", "2")])
    def test_before_nothing_is_done_after_it_is(self, simulator: Simulator, when: Any, kept: str) -> None:
        simulator.faults.add(Fault("PATCH", status=500, when=when))
        headers = {"Content-Type": "application/merge-patch+json"}
        with client(simulator) as http:
            answer = http.patch(f"{CONFIGMAPS}/it", json={"data": {"a": "2"}}, headers=headers)
        assert answer.status_code == 500
        assert simulator.read("ConfigMap", "default", "it")["data"] == {"a": kept}
        assert simulator.audit[-1].status == 500

    @pytest.mark.parametrize(("when", "kept"), [("before", "1"), ("after", "2")])
    def test_an_answer_that_is_lost(self, simulator: Simulator, when: Any, kept: str) -> None:
        simulator.faults.add(Fault("PATCH", cut_after=0, when=when))
        headers = {"Content-Type": "application/merge-patch+json"}
        with client(simulator) as http, pytest.raises(httpx2.RemoteProtocolError):
            http.patch(f"{CONFIGMAPS}/it", json={"data": {"a": "2"}}, headers=headers)
        assert simulator.read("ConfigMap", "default", "it")["data"] == {"a": kept}
        assert simulator.audit[-1].status == (0 if when == "before" else 200)

    def test_a_body_that_breaks_off(self, simulator: Simulator) -> None:
        simulator.faults.add(Fault("GET", "configmaps", cut_after=20))
        received: list[bytes] = []
        broken = pytest.raises(httpx2.RemoteProtocolError)
        with client(simulator) as http, http.stream("GET", CONFIGMAPS) as answer, broken:
            received.extend(answer.iter_raw())
        assert b"".join(received) == b'{"kind":"ConfigMapLi'

    def test_a_body_that_is_something_else(self, simulator: Simulator) -> None:
        simulator.faults.add(Fault("GET", "configmaps", body="<html>proxy</html>", status=502))
        with client(simulator) as http:
            answer = http.get(CONFIGMAPS)
        assert (answer.status_code, answer.text) == (502, "<html>proxy</html>")

    def test_dry_runs_alone(self, simulator: Simulator) -> None:
        simulator.faults.add(Fault("PATCH", status=403, dry_run=False))
        headers = {"Content-Type": "application/merge-patch+json"}
        with client(simulator) as http:
            path, change = f"{CONFIGMAPS}/it", {"data": {"a": "2"}}
            dry = http.patch(path, json=change, headers=headers, params={"dryRun": "All"})
            assert dry.status_code == 200
            assert http.patch(path, json=change, headers=headers).status_code == 403

    def test_cleared_faults_strike_no_more(self, simulator: Simulator) -> None:
        simulator.faults.add(Fault(status=503))
        simulator.faults.clear()
        with client(simulator) as http:
            assert http.get("/readyz").status_code == 200

    async def test_a_delay_holds_up_nobody_else(self, simulator: Simulator) -> None:
        simulator.faults.add(Fault("GET", "secrets", delay=30))
        async with httpx2.AsyncClient(base_url=simulator.url) as http:
            slow = asyncio.create_task(http.get("/api/v1/secrets"))
            assert (await http.get("/readyz")).status_code == 200
            assert not slow.done()
            slow.cancel()


class TestAudit:
    def test_every_request_is_there_with_who_and_what(self) -> None:
        with (
            Simulator(tokens={"t": ("root", ["system:masters"])}) as simulator,
            client(simulator, "t") as http,
        ):
            http.headers["User-Agent"] = "tester/1"
            http.post(CONFIGMAPS, json=configmap("it"), params={"dryRun": "All", "fieldManager": "me"})
            http.get(f"{CONFIGMAPS}/it")
            http.get("/nowhere")
        created, read, lost = simulator.audit
        assert (created.verb, created.user, created.resource, created.name) == (
            "create",
            "root",
            "configmaps",
            "it",
        )
        assert (created.dry_run, created.write, created.field_manager) == (True, False, "me")
        assert created.body["kind"] == "ConfigMap"
        assert (read.verb, read.name, read.status, read.body) == ("get", "it", 404, None)
        assert (read.user_agent, read.namespace) == ("tester/1", "default")
        assert (lost.resource, lost.status) == ("", 404)

    def test_a_secret_in_yaml_is_read_too(self) -> None:
        with Simulator() as simulator, client(simulator) as http:
            body = yaml.safe_dump(configmap("it", a="1"))
            http.post(CONFIGMAPS, content=body, headers={"Content-Type": "application/yaml"})
        assert simulator.audit[-1].body["data"] == {"a": "1"}
