"""set_resources, set_env and set_probe."""

from __future__ import annotations

from typing import Any

from operation_requests import on, patched, refused
from operation_samples import Obj, container, template, workload


def test_only_the_given_resources_are_sent() -> None:
    body = patched(on(workload(), "set_resources", memory_limit="1Gi", cpu_request="250m"), workload())
    [sent_container] = body["spec"]["template"]["spec"]["containers"]
    assert sent_container["resources"] == {"requests": {"cpu": "250m"}, "limits": {"memory": "1Gi"}}


def test_a_request_above_the_limit_is_refused() -> None:
    target = workload(made=template(container(resources={"requests": {"memory": "512Mi"}})))
    made = on(target, "set_resources", memory_limit="256Mi")
    assert refused(made, target, "request 512Mi would be above its limit 256Mi") == "memory_limit"


def test_equal_quantities_in_other_words_are_no_change() -> None:
    target = workload(made=template(container(resources={"limits": {"cpu": "1", "memory": "1Gi"}})))
    refused(on(target, "set_resources", cpu_limit="1000m", memory_limit="1024Mi"), target, "already")


def test_a_variable_is_set_replaced_and_removed() -> None:
    target = workload(
        made=template(
            container(env=[{"name": "A", "valueFrom": {"fieldRef": {}}}, {"name": "B", "value": "1"}])
        )
    )

    def env(**arguments: Any) -> Any:
        body = patched(on(target, "set_env", **arguments), target)
        return body["spec"]["template"]["spec"]["containers"][0]["env"]

    assert env(variable="C", value="x") == [{"name": "C", "value": "x"}]
    assert env(variable="A", value="x") == [{"name": "A", "value": "x", "valueFrom": None}]
    assert env(variable="B") == [{"name": "B", "$patch": "delete"}]
    assert env(variable="B", value="") == [{"name": "B", "value": ""}]
    refused(on(target, "set_env", variable="Z"), target, "no variable Z")
    refused(on(target, "set_env", variable="B", value="1"), target, "already")


PROBED = workload(
    made=template(
        container(livenessProbe={"httpGet": {"path": "/", "port": 80, "scheme": "HTTP"}, "periodSeconds": 5})
    )
)


def probe(target: Obj, **arguments: Any) -> Any:
    body = patched(on(target, "set_probe", **arguments), target)
    [sent_container] = body["spec"]["template"]["spec"]["containers"]
    return sent_container[f"{arguments['probe']}Probe"]


def test_a_probe_keeps_what_is_not_given() -> None:
    assert probe(PROBED, probe="liveness", port=8080) == {"httpGet": {"port": 8080}}
    assert probe(PROBED, probe="liveness", path="/healthz") == {"httpGet": {"path": "/healthz", "port": 80}}
    assert probe(PROBED, probe="liveness", period_seconds=9) == {"periodSeconds": 9}
    assert probe(PROBED, probe="liveness", command=["true"]) == {
        "httpGet": None,
        "exec": {"command": ["true"]},
    }
    assert probe(PROBED, probe="liveness", remove=True) is None
    assert probe(PROBED, probe="readiness", port="http") == {"tcpSocket": {"port": "http"}}


def test_a_probe_that_cannot_be() -> None:
    assert refused(on(PROBED, "set_probe", probe="startup", path="/"), PROBED, "Which port") == "port"
    assert refused(on(PROBED, "set_probe", probe="startup", period_seconds=3), PROBED, "Which port") == "port"
    refused(on(PROBED, "set_probe", probe="liveness"), PROBED, "What should it become")
    refused(on(PROBED, "set_probe", probe="startup", remove=True), PROBED, "no such probe")
    refused(on(PROBED, "set_probe", probe="liveness", port=80), PROBED, "that way already")
