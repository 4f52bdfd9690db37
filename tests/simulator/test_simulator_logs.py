"""Logs and usage, computed from declared behaviour and a pod's status."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from api_lab import Api, pod
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kubesteer.simulator.behaviour import PREFIX, Behaviour, seconds
from kubesteer.simulator.clock import stamp

PATH = "/api/v1/namespaces/default/pods/it/log"
METRICS = "/apis/metrics.k8s.io/v1beta1"


def started(ago: float) -> str:
    return stamp(datetime.now(UTC) - timedelta(seconds=ago))


def running(ago: float = 60, **behaviour: Any) -> dict[str, Any]:
    """A pod whose one container started so many seconds ago."""
    given_pod = pod("it", nodeName="node-01")
    annotations = {PREFIX + key.replace("_", "-"): str(value) for key, value in behaviour.items()}
    given_pod["metadata"]["annotations"] = annotations
    state = {"running": {"startedAt": started(ago)}}
    given_pod["status"] = {
        "phase": "Running",
        "containerStatuses": [{"name": "app", "ready": True, "restartCount": 0, "state": state}],
    }
    return given_pod


def crashed(**behaviour: Any) -> dict[str, Any]:
    """A pod whose container has crashed once and runs again."""
    given_pod = running(10, **behaviour)
    status = given_pod["status"]["containerStatuses"][0]
    status["restartCount"] = 1
    times = {"startedAt": started(60), "finishedAt": started(30)}
    status["lastState"] = {"terminated": {"exitCode": 1, "reason": "Error", **times}}
    return given_pod


def text(api: Api, **query: Any) -> str:
    answer = api.ask("GET", PATH, **query)
    assert answer.code == 200, answer.raw
    return answer.text


class TestLogs:
    def test_lines_come_one_by_one_and_repeat(self) -> None:
        api = Api(running(10.5, logs="a {n}\nb {n} {pod}", log_every=2))
        assert text(api).splitlines() == ["a 0", "b 1 it", "a 2", "b 3 it", "a 4", "b 5 it"]

    def test_a_history_is_there_from_the_start(self) -> None:
        api = Api(running(0.5, logs="{time} {n}", log_every=60, log_history=3))
        lines = text(api).splitlines()
        assert [line.split()[1] for line in lines] == ["0", "1", "2", "3"]
        assert lines[0] < lines[3]

    def test_tail_since_and_bytes(self) -> None:
        api = Api(running(100.5, logs="{n}", log_every=10))
        assert text(api, tailLines=2).split() == ["9", "10"]
        assert text(api, tailLines=0) == ""
        assert text(api, sinceSeconds=25).split() == ["8", "9", "10"]
        assert text(api, sinceTime=started(15)).split() == ["9", "10"]
        assert text(api, limitBytes=3) == "0\n1"

    def test_times_before_lines(self) -> None:
        api = Api(running(5, logs="hello"))
        moment, _, line = text(api, timestamps="true").partition(" ")
        assert datetime.fromisoformat(moment) <= datetime.now(UTC)
        assert line == "hello\n"

    def test_a_hundred_thousand_lines(self) -> None:
        api = Api(running(60, logs="x{n}", log_every=1, log_history=100_000))
        lines = text(api).splitlines()
        assert len(lines) > 100_000
        assert lines[0] == "x0"
        assert text(api, tailLines=1).startswith("x1000")

    def test_a_container_that_falls_silent(self) -> None:
        api = Api(running(600, logs="{n}", log_every=1, log_count=3))
        assert text(api).split() == ["0", "1", "2"]

    def test_what_a_crash_left(self) -> None:
        api = Api(crashed(logs="start", crash="{code: 1, logs: 'fatal: gone'}"))
        assert text(api, previous="true").splitlines() == ["start", "fatal: gone"]
        assert text(api).splitlines() == ["start"]

    def test_previous_logs_that_do_not_exist(self) -> None:
        answer = Api(running()).ask("GET", PATH, previous="true")
        assert (answer.code, answer.body["reason"]) == (400, "BadRequest")
        assert answer.body["message"] == 'previous terminated container "app" in pod "it" not found'

    def test_a_container_must_be_named_where_there_are_several(self) -> None:
        several = running()
        several["spec"]["containers"].append({"name": "proxy", "image": "x"})
        api = Api(several)
        answer = api.ask("GET", PATH)
        assert (
            answer.body["message"]
            == "a container name must be specified for pod it, choose one of: [app proxy]"
        )
        assert (
            api.ask("GET", PATH, container="ghost").body["message"]
            == "container ghost is not valid for pod it"
        )
        assert text(api, container="app")

    @pytest.mark.parametrize(
        ("reason", "told"),
        [
            ("ContainerCreating", "is waiting to start: ContainerCreating"),
            ("ImagePullBackOff", "is waiting to start: trying and failing to pull image"),
        ],
    )
    def test_a_container_that_has_not_started(self, reason: str, told: str) -> None:
        waiting = running()
        waiting["status"]["containerStatuses"][0]["state"] = {"waiting": {"reason": reason}}
        answer = Api(waiting).ask("GET", PATH)
        assert (answer.code, told in answer.body["message"]) == (400, True)

    def test_a_pod_that_is_nowhere(self) -> None:
        nowhere = pod("it")
        nowhere["status"] = {"phase": "Pending"}
        assert "does not have a host assigned" in Api(nowhere).ask("GET", PATH).body["message"]

    @pytest.mark.parametrize("query", [{"tailLines": "many"}, {"tailLines": "-1"}, {"sinceSeconds": "0"}])
    def test_numbers_that_are_none(self, query: dict[str, str]) -> None:
        answer = Api(running()).ask("GET", PATH, **query)
        assert answer.code in (400, 422)
        assert answer.body["kind"] == "Status"

    def test_following_a_container_that_has_ended_ends(self) -> None:
        ended = running(logs="done")
        times = {"startedAt": started(20), "finishedAt": started(10)}
        ended["status"]["containerStatuses"][0]["state"] = {"terminated": {"exitCode": 0, **times}}
        assert text(Api(ended), follow="true") == "done\n"


class TestUsage:
    def test_declared_steps_over_time(self) -> None:
        early = Api(running(10, cpu="0s=100m,30s=900m", memory="64Mi"))
        late = Api(running(60, cpu="0s=100m,30s=900m", memory="64Mi"))
        seen = [
            a.get(f"{METRICS}/namespaces/default/pods/it")["containers"][0]["usage"] for a in (early, late)
        ]
        assert seen == [
            {"cpu": "100000000n", "memory": "65536Ki"},
            {"cpu": "900000000n", "memory": "65536Ki"},
        ]

    def test_a_load_is_shared_among_ready_pods(self) -> None:
        pods = []
        for name in ("a", "b"):
            one = running(60, cpu_total="1000m")
            one["metadata"] |= {"name": name, "labels": {"app": "web", "pod-template-hash": name}}
            one["status"]["conditions"] = [{"type": "Ready", "status": "True"}]
            pods.append(one)
        listed = Api(*pods).get(f"{METRICS}/pods", labelSelector="app=web")["items"]
        assert [each["containers"][0]["usage"]["cpu"] for each in listed] == ["500000000n"] * 2

    def test_nobody_uses_more_cpu_than_its_limit(self) -> None:
        bounded = running(60, cpu="4")
        bounded["spec"]["containers"][0]["resources"] = {"limits": {"cpu": "250m"}}
        measured = Api(bounded).get(f"{METRICS}/namespaces/default/pods/it")
        assert measured["containers"][0]["usage"]["cpu"] == "250000000n"

    def test_a_node_is_its_pods_and_its_daemons(self) -> None:
        api = Api(running(60, cpu="1", memory="1Gi"))
        usage = api.get(f"{METRICS}/nodes/node-01")["usage"]
        assert usage == {"cpu": "1080000000n", "memory": f"{(2**30 + 400 * 2**20) // 1024}Ki"}

    def test_what_does_not_run_is_not_measured(self) -> None:
        api = Api(pod("it"))
        answer = api.ask("GET", f"{METRICS}/namespaces/default/pods/it")
        assert answer.body["message"] == 'podmetrics.metrics.k8s.io "default/it" not found'
        assert api.get(f"{METRICS}/pods")["items"] == []
        assert api.ask("DELETE", f"{METRICS}/namespaces/default/pods/it").code == 405


VALUES = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        ["-1", ".inf", ".nan", "1e400", "{}", "[]", "{code: {}}", "0s=x,=", "null", "true", "9" * 40, "*a"]
    ),
)
WORDS = [
    "logs", "log-every", "log-history", "log-count", "cpu", "memory", "cpu-total", "crash", "fail-readiness",
    "listens", "image-behaviour", "start-after", "oom-after", "ready-after", "exit-after",
]  # fmt: skip


@settings(deadline=None, max_examples=40)
@example({"log-every": ".Inf", "log-history": "9" * 40})
@given(st.dictionaries(st.sampled_from(WORDS), VALUES, max_size=4))
def test_any_annotation_is_read_somehow(annotations: dict[str, str]) -> None:
    api = Api(running(5, **{key.replace("-", "_"): value for key, value in annotations.items()}), nodes=0)
    assert api.ask("GET", PATH).code == 200
    assert api.ask("GET", f"{METRICS}/pods").code == 200


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("5m", 300),
        ("1.5h", 5400),
        ("250ms", 0.25),
        (7, 7),
        ("7", 7),
        (-3, 0),
        ("x", 9),
        (None, 9),
        (True, 9),
        (float("nan"), 9),
    ],
)
def test_durations(written: Any, expected: float) -> None:
    assert seconds(written, 9) == expected


def test_a_container_has_its_own_behaviour_before_that_of_all() -> None:
    given_pod = running(cpu="1")
    given_pod["metadata"]["annotations"] |= {f"{PREFIX}cpu.app": "2", f"{PREFIX}cpu.other": "3"}
    given_pod["metadata"]["annotations"][f"{PREFIX}image-behaviour"] = "{v2: {memory: 1Gi}}"
    assert Behaviour(given_pod, {"name": "app", "image": "x:v1"}).value("cpu") == "2"
    assert Behaviour(given_pod, {"name": "proxy", "image": "x:v1"}).value("cpu") == "1"
    assert Behaviour(given_pod, {"name": "app", "image": "x:v1"}).value("memory") is None
    assert Behaviour(given_pod, {"name": "app", "image": "host:5000/x:v2"}).value("memory") == "1Gi"
