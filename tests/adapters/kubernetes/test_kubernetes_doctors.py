"""The doctor: every line true, and none of them missing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import httpx2
import pytest
import yaml
from stubs import Script, cluster_of, ok, page, status

from kubesteer.adapters.kubernetes.doctors import Check, examine

Answer = Callable[[httpx2.Request], httpx2.Response]
NAMES = ["reach", "identity", "read", "change", "metrics", "logs"]


def server(answers: Mapping[str, httpx2.Response | Answer]) -> Script:
    """A healthy cluster with one running pod, but for `answers` by the end of the path."""
    pod = {"metadata": {"name": "web", "namespace": "shop"}, "spec": {"containers": [{"name": "app"}]}}
    usage = {"metadata": {"name": "web"}, "timestamp": "2026-01-01T00:00:00Z", "window": "15s"}
    healthy: dict[str, httpx2.Response | Answer] = {
        "/version": ok({"gitVersion": "v1.34.4"}),
        "/selfsubjectreviews": ok({"status": {"userInfo": {"username": "alice", "groups": ["dev"]}}}),
        "/selfsubjectaccessreviews": ok({"status": {"allowed": True}}),
        "/kube-system": ok({"metadata": {"uid": "u-1"}}),
        "/log": httpx2.Response(200, text="hello\n"),
        "/api/v1/pods": ok({"metadata": {}, "items": [pod]}),
        "/v1beta1/pods": ok({"metadata": {}, "items": [usage]}),
    }

    def answer(asked: httpx2.Request) -> httpx2.Response:
        known = {**healthy, **answers}
        path = (
            asked.url.path.replace("/namespaces/shop/pods", "/pods")
            if "log" not in asked.url.path
            else "/log"
        )
        fitting = next((known[end] for end in known if path.endswith(end)), page())
        return fitting(asked) if callable(fitting) else fitting

    return Script(answer)


async def checks(answers: Mapping[str, Any] | None = None, namespace: str = "") -> dict[str, Check]:
    """All checks by name."""
    found = await examine(cluster_of(server(answers or {})), namespace)
    assert [check.name for check in found] == NAMES
    return {check.name: check for check in found}


async def test_all_is_well() -> None:
    found = await checks()
    assert {check.state for check in found.values()} == {"ok"}
    assert "v1.34.4" in found["reach"].text.zh
    assert "alice" in found["identity"].text.en
    assert "shop/web" in found["logs"].text.zh
    assert all(check.remedy is None for check in found.values())


async def test_a_server_that_is_down_leaves_the_rest_unknown() -> None:
    found = await examine(cluster_of(Script(httpx2.ConnectError("x"))))
    assert [check.name for check in found] == NAMES
    assert [check.state for check in found] == ["failed", *["unknown"] * 5]
    assert found[0].vital
    assert found[0].remedy is not None


async def test_a_token_that_expired() -> None:
    found = await examine(cluster_of(Script(status(401, "Unauthorized"))))
    assert found[0].state == "failed"
    assert "重新登录" in (found[0].remedy or found[0].text).zh


async def test_a_server_that_will_not_tell_who_we_are() -> None:
    found = await checks({"/selfsubjectreviews": status(403, "Forbidden", 'forbidden: User "x" cannot')})
    assert found["identity"].state == "unknown"
    assert found["metrics"].state == "ok"


def denying(*resources: str) -> Answer:
    """Access reviews that deny some resources."""

    def answer(asked: httpx2.Request) -> httpx2.Response:
        import json

        asks = json.loads(asked.content)["spec"]["resourceAttributes"]
        return ok({"status": {"allowed": asks["resource"] not in resources}})

    return answer


async def test_what_is_not_allowed_comes_with_one_role_for_all_of_it() -> None:
    found = await checks({"/selfsubjectaccessreviews": denying("deployments", "daemonsets")}, "shop")
    change = found["change"]
    assert change.state == "failed"
    assert "patch deployments, patch daemonsets" in change.text.en
    assert change.remedy is not None
    role, binding = yaml.safe_load_all(change.remedy.en[change.remedy.en.index("apiVersion:") :])
    assert role["metadata"] == {"name": "kubesteer-change", "namespace": "shop"}
    assert [rule["resources"] for rule in role["rules"]] == [["deployments", "daemonsets"]]
    assert binding["subjects"][0]["name"] == "alice"


async def test_rights_beyond_one_namespace_need_a_cluster_role() -> None:
    found = await checks({"/selfsubjectaccessreviews": denying("pods", "nodes")}, "shop")
    remedy = found["read"].remedy
    assert remedy is not None
    assert "kind: ClusterRole" in remedy.zh


async def test_the_role_covers_every_kind_that_the_caller_reads() -> None:
    script = server({"/selfsubjectaccessreviews": denying("services", "gateways", "secrets")})
    read = {c.name: c for c in await examine(cluster_of(script), reads=("Service", "Gateway", "Pod"))}["read"]
    assert read.remedy is not None
    role, _ = yaml.safe_load_all(read.remedy.en[read.remedy.en.index("apiVersion:") :])
    assert [(rule["apiGroups"], rule["resources"]) for rule in role["rules"]] == [
        ([""], ["services"]),
        (["gateway.networking.k8s.io"], ["gateways"]),
    ]


async def test_usage_is_asked_for_in_its_own_group() -> None:
    script = server({"/selfsubjectaccessreviews": denying("nodes")})
    kinds = ("Pod", "PodMetrics", "NodeMetrics")
    read = {c.name: c for c in await examine(cluster_of(script), "shop", kinds)}["read"]
    assert "list nodes, list nodes.metrics.k8s.io" in read.text.en
    assert read.remedy is not None
    role, _ = yaml.safe_load_all(read.remedy.en[read.remedy.en.index("apiVersion:") :])
    assert [rule["apiGroups"] for rule in role["rules"]] == [[""], ["metrics.k8s.io"]]


async def test_rights_that_cannot_be_asked_for_are_unknown_and_not_denied() -> None:
    found = await checks({"/selfsubjectaccessreviews": status(500)})
    assert found["read"].state == found["change"].state == "unknown"


@pytest.mark.parametrize(
    ("answer", "word"),
    [
        (httpx2.Response(404, text="404 page not found\n"), "metrics-server"),
        (status(503, "ServiceUnavailable", "no endpoints available"), "no endpoints"),
        (status(403, "Forbidden", 'User "alice" cannot list resource "pods"'), "kind: ClusterRole"),
    ],
)
async def test_metrics_that_cannot_be_had(answer: httpx2.Response, word: str) -> None:
    check = (await checks({"/v1beta1/pods": answer}))["metrics"]
    assert check.state == "failed"
    assert word in check.text.en + (check.remedy.en if check.remedy else "")
    assert not check.vital


async def test_nothing_runs_whose_log_could_be_read() -> None:
    assert (await checks({"/api/v1/pods": page()}))["logs"].state == "unknown"


async def test_a_log_that_cannot_be_read() -> None:
    check = (await checks({"/log": status(500, "InternalError", "dial tcp 10.0.0.1:10250: refused")}))["logs"]
    assert check.state == "failed"
    assert "10250" in check.text.en


async def test_json_in_either_language() -> None:
    check = (await checks({"/v1beta1/pods": httpx2.Response(404, text="404 page not found\n")}))["metrics"]
    zh, en = check.to_json("zh"), check.to_json("en")
    assert zh.keys() == {"check", "state", "text", "remedy", "vital"}
    assert (zh["check"], zh["state"], zh["vital"]) == ("metrics", "failed", False)
    assert zh["text"] != en["text"]


async def test_it_changes_nothing() -> None:
    script = server({})
    await examine(cluster_of(script))
    posted = {asked.url.path for asked in script.asked if asked.method != "GET"}
    assert all(path.endswith(("selfsubjectreviews", "selfsubjectaccessreviews")) for path in posted)
