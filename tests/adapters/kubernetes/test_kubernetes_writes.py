"""Requests as HTTP: what is sent for each, with its precondition, and that nothing else ever is."""

from __future__ import annotations

import json
from typing import Any

import pytest
from stubs import Script, cluster_of, ok

from kubesteer.adapters.kubernetes.actuators import LONGEST_MESSAGE, KubernetesActuator
from kubesteer.core.errors import ClusterError
from kubesteer.core.refs import Ref
from kubesteer.core.requests import (
    Apply,
    Create,
    Delete,
    Evict,
    Patch,
    PatchType,
    Precondition,
    Request,
    Warrant,
)

WEB = Ref("Deployment", "shop", "web")
SEEN = Precondition("u-1", "7")
GUARD = {"uid": "u-1", "resourceVersion": "7"}


async def sent(request: Request, condition: Precondition | None = None, *, rehearsed: bool = False) -> Any:
    """The one HTTP request that goes out."""
    script = Script(ok({"kind": "Status", "status": "Success"}))
    cluster = cluster_of(script)
    if rehearsed:
        assert await cluster.rehearse(request) is None
    else:
        assert await KubernetesActuator(cluster).send(Warrant("c-1", request, condition or SEEN)) is None
    [asked] = script.asked
    return asked


@pytest.mark.parametrize("type", [PatchType.STRATEGIC, PatchType.MERGE])
async def test_a_merge_carries_its_precondition(type: PatchType) -> None:
    body = {"metadata": {"labels": {"a": "b"}}, "spec": {"replicas": 2}}
    asked = await sent(Patch(WEB, body, type))
    assert (asked.method, asked.url.path) == ("PATCH", "/apis/apps/v1/namespaces/shop/deployments/web")
    assert asked.headers["Content-Type"] == type.value
    assert json.loads(asked.content) == {"metadata": {"labels": {"a": "b"}, **GUARD}, "spec": {"replicas": 2}}
    assert dict(asked.url.params) == {"fieldManager": "kubesteer", "fieldValidation": "Strict"}
    assert "uid" not in body["metadata"]


async def test_a_json_patch_sets_what_it_expects_first() -> None:
    steps = [{"op": "remove", "path": "/spec/paused"}]
    guards = [{"op": "add", "path": f"/metadata/{key}", "value": value} for key, value in GUARD.items()]
    assert json.loads((await sent(Patch(WEB, steps, PatchType.JSON))).content) == guards + steps


async def test_without_a_precondition_the_body_is_as_given() -> None:
    assert json.loads((await sent(Patch(WEB, {"spec": {}}), Precondition())).content) == {"spec": {}}


async def test_a_subresource() -> None:
    asked = await sent(Patch(WEB, {"spec": {"replicas": 2}}, PatchType.MERGE, "scale"))
    assert asked.url.path.endswith("/deployments/web/scale")


async def test_create_puts_name_and_namespace_where_they_belong() -> None:
    body = {"metadata": {"name": "other", "namespace": "else", "labels": {"a": "b"}}, "data": {}}
    asked = await sent(Create(Ref("ConfigMap", "shop", "it"), body))
    assert (asked.method, asked.url.path) == ("POST", "/api/v1/namespaces/shop/configmaps")
    metadata = json.loads(asked.content)["metadata"]
    assert metadata == {"name": "it", "namespace": "shop", "labels": {"a": "b"}}


@pytest.mark.parametrize("force", [True, False])
async def test_apply(force: bool) -> None:
    body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "it"}}
    asked = await sent(Apply(Ref("ConfigMap", "shop", "it"), body, force), Precondition())
    assert asked.method == "PATCH"
    assert asked.headers["Content-Type"] == "application/apply-patch+yaml"
    assert asked.url.params["force"] == ("true" if force else "false")
    assert json.loads(asked.content) == body


async def test_delete_carries_its_precondition_and_takes_dependents_along() -> None:
    asked = await sent(Delete(WEB, grace_seconds=0))
    options = json.loads(asked.content)
    assert asked.method == "DELETE"
    assert options["preconditions"] == GUARD
    assert options["propagationPolicy"] == "Background"
    assert options["gracePeriodSeconds"] == 0
    assert "dryRun" not in options


async def test_evict() -> None:
    asked = await sent(Evict(Ref("Pod", "shop", "web")))
    assert asked.url.path == "/api/v1/namespaces/shop/pods/web/eviction"
    assert json.loads(asked.content)["deleteOptions"] == {"preconditions": GUARD}


REHEARSALS: list[Request] = [
    Patch(WEB, {"spec": {}}),
    Create(WEB, {"spec": {}}),
    Apply(WEB, {"apiVersion": "apps/v1", "kind": "Deployment"}),
    Delete(WEB),
    Evict(Ref("Pod", "shop", "web")),
]


@pytest.mark.parametrize("request_", REHEARSALS)
async def test_a_rehearsal_says_so_everywhere_the_server_may_look(request_: Request) -> None:
    asked = await sent(request_, rehearsed=True)
    assert asked.url.params["dryRun"] == "All"
    body = json.loads(asked.content)
    options = body.get("deleteOptions", body) if isinstance(request_, Evict | Delete) else None
    assert options is None or options["dryRun"] == ["All"]


@pytest.mark.parametrize("request_", REHEARSALS)
async def test_a_real_one_never_says_so(request_: Request) -> None:
    asked = await sent(request_)
    assert "dryRun" not in asked.url.params
    assert b"dryRun" not in asked.content


async def test_discovery_that_fails_before_a_write_sent_nothing() -> None:
    script = Script(ok({"groups": "nonsense"}))
    with pytest.raises(ClusterError) as caught:
        await KubernetesActuator(cluster_of(script)).send(
            Warrant("c-1", Patch(Ref("Widget", "shop", "w"), {}))
        )
    assert caught.value.sent is False
    assert [asked.method for asked in script.asked] == ["GET"]


@pytest.mark.parametrize(
    ("about", "namespace"),
    [
        ({"kind": "Deployment", "metadata": {"name": "web", "namespace": "shop", "uid": "u"}}, "shop"),
        ({"kind": "Node", "metadata": {"name": "n-1"}}, "default"),
        ({"kind": "ClusterRole", "metadata": {"name": "system:node"}}, "default"),
        ({"kind": "Pod", "metadata": {"name": "x" * 253, "namespace": "shop"}}, "shop"),
    ],
)
async def test_a_remark_is_an_event(about: dict[str, Any], namespace: str) -> None:
    script = Script(ok({}))
    await KubernetesActuator(cluster_of(script)).remark(about, "Restarted", "重启" * 600, warning=True)
    [asked] = script.asked
    event = json.loads(asked.content)
    assert asked.url.path == f"/api/v1/namespaces/{namespace}/events"
    assert event["metadata"]["namespace"] == namespace
    assert event["involvedObject"]["name"] == about["metadata"]["name"]
    assert event["type"] == "Warning"
    assert len(event["message"].encode()) <= LONGEST_MESSAGE
    assert "�" not in event["message"]
