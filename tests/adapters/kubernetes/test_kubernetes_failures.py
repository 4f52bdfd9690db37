"""What an answer that is no success becomes, and what a person reads."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest
import yaml
from stubs import Script, Waits, cluster_of, ok, status

from kubesteer.adapters.kubernetes.actuators import KubernetesActuator
from kubesteer.core.errors import (
    ClusterError,
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
    Throttled,
    Unauthenticated,
    Unavailable,
    Unsupported,
)
from kubesteer.core.refs import Ref
from kubesteer.core.requests import Evict, Patch, Warrant

WEB = Ref("Deployment", "shop", "web")
ANSWERS: list[tuple[int, str, type[ClusterError]]] = [
    (400, "BadRequest", Invalid),
    (401, "Unauthorized", Unauthenticated),
    (403, "Forbidden", Forbidden),
    (405, "MethodNotAllowed", Unsupported),
    (406, "NotAcceptable", Unsupported),
    (409, "Conflict", Conflict),
    (409, "AlreadyExists", Conflict),
    (410, "Expired", Unavailable),
    (413, "RequestEntityTooLarge", Invalid),
    (415, "UnsupportedMediaType", Unsupported),
    (418, "", Invalid),
    (422, "Invalid", Invalid),
    (429, "TooManyRequests", Throttled),
    (500, "InternalError", Unavailable),
    (500, "AlreadyExists", Conflict),
    (503, "ServiceUnavailable", Unavailable),
    (504, "Timeout", Unavailable),
    (599, "", Unavailable),
]


async def refused(answer: httpx2.Response) -> ClusterError:
    """The error that reading a Deployment ends in."""
    with pytest.raises(ClusterError) as caught:
        await cluster_of(Script(answer)).read(WEB)
    return caught.value


@pytest.mark.parametrize(("code", "reason", "error"), ANSWERS)
async def test_each_answer_has_its_error_and_both_languages(
    code: int, reason: str, error: type[ClusterError]
) -> None:
    caught = await refused(status(code, reason, "because of this"))
    assert type(caught) is error
    assert caught.status == code
    assert any("一" <= char <= "鿿" for char in caught.say("zh"))
    assert not any("一" <= char <= "鿿" for char in caught.say("en"))


async def test_an_object_that_is_not_there() -> None:
    caught = await refused(status(404, "NotFound", details={"name": "web", "kind": "deployments"}))
    assert isinstance(caught, NotFound)
    assert caught.say("en") == "Deployment shop/web does not exist."


async def test_a_namespace_that_is_not_there_is_named_as_such() -> None:
    caught = await refused(status(404, "NotFound", details={"name": "shop", "kind": "namespaces"}))
    assert isinstance(caught, NotFound)
    assert caught.say("en") == "namespaces shop does not exist."


async def test_an_api_that_is_not_there_is_no_missing_object() -> None:
    caught = await refused(status(404, "NotFound", "the server could not find the requested resource"))
    assert isinstance(caught, Unsupported)
    plain = await refused(httpx2.Response(404, text="404 page not found\n"))
    assert isinstance(plain, Unsupported)


async def test_metrics_that_are_absent_name_what_is_needed() -> None:
    cluster = cluster_of(Script(httpx2.Response(404, text="404 page not found\n")))
    with pytest.raises(Unsupported) as caught:
        await cluster.usage("Pod", "shop")
    assert "metrics-server" in caught.value.say("zh")


async def test_metrics_that_are_down_are_not_absent() -> None:
    cluster = cluster_of(Script(status(503, "ServiceUnavailable", "no endpoints for metrics-server")))
    with pytest.raises(Unavailable) as caught:
        await cluster.usage("Node")
    assert "no endpoints" in caught.value.say("en")


DENIED = (
    'deployments.apps "web" is forbidden: User "system:serviceaccount:ops:bot" cannot get resource '
    '"deployments" in API group "apps" in the namespace "shop"'
)


async def test_403_names_who_what_and_the_role_that_would_allow_it() -> None:
    caught = await refused(status(403, "Forbidden", DENIED))
    assert "system:serviceaccount:ops:bot may not get deployments “web” in namespace shop" in caught.say("en")
    assert "不能 get deployments" in caught.say("zh")
    role, binding = yaml.safe_load_all(
        caught.say("zh").partition("apiVersion:")[1] + caught.say("zh").partition("apiVersion:")[2]
    )
    assert role["metadata"] == {"name": "kubesteer-get-deployments-apps", "namespace": "shop"}
    assert role["rules"] == [{"apiGroups": ["apps"], "resources": ["deployments"], "verbs": ["get"]}]
    assert binding["roleRef"]["name"] == role["metadata"]["name"]
    assert binding["subjects"] == [{"kind": "ServiceAccount", "namespace": "ops", "name": "bot"}]


async def test_403_by_an_admission_rule_offers_no_role() -> None:
    caught = await refused(status(403, "Forbidden", 'pods "web" is forbidden: exceeded quota: compute'))
    assert "exceeded quota" in caught.say("en")
    assert "kind: Role" not in caught.say("en")


async def test_403_across_namespaces_asks_for_a_cluster_role() -> None:
    said = (
        'nodes is forbidden: User "alice" cannot list resource "nodes" in API group "" at the cluster scope'
    )
    with pytest.raises(Forbidden) as caught:
        await cluster_of(Script(status(403, "Forbidden", said))).names("Node")
    assert "kind: ClusterRoleBinding" in caught.value.say("en")


async def test_401_is_tried_once_more_and_then_told() -> None:
    script = Script(status(401, "Unauthorized", "Unauthorized"))
    with pytest.raises(Unauthenticated) as caught:
        await cluster_of(script).read(WEB)
    assert len(script.asked) == 2
    assert "重新登录" in caught.value.say("zh")


async def test_causes_are_listed() -> None:
    causes = [{"field": "spec.replicas", "message": "must be >= 0"}, {"message": "and so on"}]
    caught = await refused(status(422, "Invalid", "is invalid", details={"causes": causes}))
    assert caught.say("en").endswith("\n  spec.replicas: must be >= 0\n  and so on")


async def test_an_object_made_anew_is_a_conflict() -> None:
    causes = [{"field": "metadata.uid", "message": "field is immutable"}]
    script = Script(status(422, "Invalid", "is invalid", details={"causes": causes}))
    with pytest.raises(Conflict):
        await KubernetesActuator(cluster_of(script)).send(Warrant("c-1", Patch(WEB, {})))


async def test_an_eviction_held_back_names_the_budget() -> None:
    causes = [{"reason": "DisruptionBudget", "message": "needs 2 healthy pods"}]
    script = Script(status(429, "TooManyRequests", "Cannot evict pod", details={"causes": causes}))
    with pytest.raises(Throttled) as caught:
        await KubernetesActuator(cluster_of(script)).send(Warrant("c-1", Evict(Ref("Pod", "shop", "w"))))
    assert "PodDisruptionBudget" in caught.value.say("zh")
    assert len(script.asked) == 1


async def test_429_says_how_long_to_wait() -> None:
    script = Script(status(429, "TooManyRequests", headers={"Retry-After": "30"}))
    with pytest.raises(Throttled) as caught:
        await cluster_of(script).read(WEB)
    assert caught.value.retry_after == 30.0


@pytest.mark.parametrize("code", [404, 409, 422])
async def test_a_plain_text_refusal_is_not_kubernetes(code: int) -> None:
    caught = await refused(httpx2.Response(code, text="<html>nginx</html>"))
    assert isinstance(caught, Unavailable)
    assert "does not look like a Kubernetes API server" in caught.say("en")


async def test_a_gateway_s_5xx_is_still_an_outage() -> None:
    caught = await refused(httpx2.Response(502, text="<html>bad gateway</html>"))
    assert isinstance(caught, Unavailable)
    assert "502" in caught.say("zh")


async def test_a_login_page_is_not_followed() -> None:
    script = Script(httpx2.Response(302, headers={"Location": "https://sso.test/\x1b[31mlogin"}))
    with pytest.raises(Unavailable) as caught:
        await cluster_of(script).read(WEB)
    assert "sso.test" in caught.value.say("en")
    assert len(script.asked) == 1


async def test_a_page_of_html_is_no_object() -> None:
    caught = await refused(httpx2.Response(200, html="<h1>Welcome</h1>"))
    assert isinstance(caught, Unavailable)
    assert "text/html" in caught.say("en")


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"nul", b'"x"', b"\xff\xfe", b'{"a":' * 100_000])
async def test_json_that_is_none_or_of_another_shape(body: bytes) -> None:
    caught = await refused(httpx2.Response(200, content=body, headers={"Content-Type": "application/json"}))
    assert isinstance(caught, Unavailable)


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b'{"kind":"Status","code":"x"}', b"\xff", b'{"a":' * 100_000]
)
async def test_a_refusal_that_explains_itself_in_nonsense(body: bytes) -> None:
    caught = await refused(httpx2.Response(500, content=body))
    assert isinstance(caught, Unavailable)
    assert caught.status == 500


async def test_a_server_s_words_cannot_steer_the_terminal() -> None:
    said = "\x1b[2Jgone\r\nroot# \x07" + "x" * 5000
    caught = await refused(status(500, "InternalError", said))
    assert caught.say("en").isprintable() or "\n" in caught.say("en")
    assert "\x1b" not in caught.say("zh")
    assert len(caught.text.en) < 800


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("a container name must be specified for pod web, choose one of: [app side]", "several containers"),
        ("container nope is not valid for pod web", "has no container nope"),
        ('previous terminated container "app" in pod "web" not found', "no previous log"),
        ('container "app" in pod "web" is waiting to start: ContainerCreating', "ContainerCreating"),
    ],
)
async def test_logs_that_cannot_be_had_say_why(said: str, told: str) -> None:
    assert told in (await refused(status(400, "BadRequest", said))).say("en")


async def test_details_may_be_missing_or_null() -> None:
    for details in (None, {}, {"causes": None}):
        assert isinstance(await refused(status(422, "Invalid", "no", details=details)), Invalid)


async def test_waiting_is_told_by_the_body_where_no_header_does() -> None:
    waits = Waits()
    answers: list[Any] = [status(429, "TooManyRequests", details={"retryAfterSeconds": 3}), ok({"kind": "X"})]
    await cluster_of(Script(*answers), waits).read(WEB)
    assert waits.seconds == [3.0]


async def test_a_log_whose_node_is_out_of_reach() -> None:
    said = 'Get "https://n-1:10250/containerLogs/shop/web/app": dial tcp: lookup n-1: no such host'
    caught = await refused(status(500, "", said))
    assert "cannot reach the node's kubelet" in caught.say("en")
    assert "10250" in caught.say("zh")
