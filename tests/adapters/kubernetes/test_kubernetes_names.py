"""Names on their way into a URL: hostile ones never get there."""

from __future__ import annotations

from urllib.parse import unquote

import pytest
from hypothesis import example, given
from hypothesis import strategies as some
from stubs import Script, cluster_of, ok

from kubesteer.adapters.kubernetes.actuators import KubernetesActuator
from kubesteer.adapters.kubernetes.paths import object_path
from kubesteer.core.clusters import Access, LogQuery
from kubesteer.core.errors import Unusable
from kubesteer.core.kinds import KINDS
from kubesteer.core.refs import Ref
from kubesteer.core.requests import Apply, Create, Delete, Evict, Patch, Request, Warrant

HOSTILE = [
    "",
    ".",
    "..",
    "../secrets/x",
    "nginx/../../../secrets/x",
    "a/b",
    "a\\b",
    "%2e%2e",
    "%2e%2e%2fsecrets",
    "a%00b",
    "a b",
    " a",
    "a\n",
    "a\r\nHost: evil",
    "a\x00",
    "Web",
    "a_b",
    "a?watch=true",
    "a#b",
    "a;b",
    "a..b",
    "-a",
    "a-",
    "a" * 254,
    "a" * 300,
    "ａｐｉ",
    "名字",
    "٣",
    "a\u200b",
    "ﬁle",
    "👻",
]


@pytest.mark.parametrize("name", HOSTILE)
async def test_a_name_that_cannot_be_one_is_refused_before_anything_is_sent(name: str) -> None:
    script = Script(ok({}))
    cluster = cluster_of(script)
    actuator = KubernetesActuator(cluster)
    with pytest.raises(Unusable):
        await cluster.read(Ref("Pod", "shop", name))
    with pytest.raises(Unusable):
        await cluster.read(Ref("Pod", name, "web"))
    requests: list[Request] = [
        Patch(Ref("Deployment", "shop", name), {}),
        Create(Ref("ConfigMap", "shop", name), {}),
        Apply(Ref("ConfigMap", "shop", name), {}),
        Delete(Ref("Secret", "shop", name)),
        Evict(Ref("Pod", "shop", name)),
        Evict(Ref("Pod", name, "web")),
        Patch(Ref("Deployment", "shop", "web"), {}, subresource=name or ".."),
    ]
    for request in requests:
        with pytest.raises(Unusable):
            await cluster.rehearse(request)
        with pytest.raises(Unusable):
            await actuator.send(Warrant("c-1", request))
    with pytest.raises(Unusable):
        async for _ in cluster.logs(Ref("Pod", "shop", name), LogQuery()):
            pass
    if name:  # an empty namespace means all of them, an empty name the whole collection
        with pytest.raises(Unusable):
            await cluster.names("Pod", name)
        with pytest.raises(Unusable):
            await cluster.allowed(Access("get", Ref("Pod", "shop", name)))
        with pytest.raises(Unusable):
            async for _ in cluster.watch("Pod", "shop", name, "1"):
                pass
    assert script.asked == []


async def test_a_namespace_is_a_label_and_no_subdomain() -> None:
    script = Script(ok({}))
    for namespace in ("a.b", "a" * 64):
        with pytest.raises(Unusable) as caught:
            await cluster_of(script).read(Ref("Pod", namespace, "web"))
        assert caught.value.argument == "namespace"
    assert script.asked == []


async def test_a_manifest_cannot_choose_its_path() -> None:
    script = Script(ok({"groups": []}))
    body = {"apiVersion": "../../api/v1/namespaces/kube-system/secrets?x=", "kind": "ConfigMap"}
    with pytest.raises(Unusable):
        await cluster_of(script).rehearse(Apply(Ref("ConfigMap", "shop", "it"), body))
    assert all(asked.method == "GET" and asked.url.path == "/apis" for asked in script.asked)


async def test_a_version_cannot_either() -> None:
    script = Script(ok({}))
    body = {"apiVersion": "v1%2f..", "kind": "ConfigMap"}
    with pytest.raises(Unusable):
        await cluster_of(script).rehearse(Apply(Ref("ConfigMap", "shop", "it"), body))
    assert script.asked == []


async def test_names_of_rbac_objects_may_hold_more() -> None:
    script = Script(ok({}))
    await cluster_of(script).read(Ref("ClusterRole", "", "system:node-proxier"))
    assert script.asked[0].url.raw_path.endswith(b"/clusterroles/system%3Anode-proxier")
    for name in ("a/b", "..", "a%2fb", "a b"):
        with pytest.raises(Unusable):
            await cluster_of(script).read(Ref("ClusterRole", "", name))


def test_a_namespaced_kind_needs_its_namespace() -> None:
    with pytest.raises(Unusable) as caught:
        object_path(KINDS["Pod"], Ref("Pod", "", "web"))
    assert caught.value.argument == "namespace"
    assert object_path(KINDS["Node"], Ref("Node", "ignored", "n-1")) == "/api/v1/nodes/n-1"


@given(namespace=some.text(max_size=20), name=some.text(max_size=20), kind=some.sampled_from(sorted(KINDS)))
@example(namespace="shop", name="web", kind="Pod")
@example(namespace="shop", name="a:b", kind="Role")
def test_a_path_has_the_parts_it_was_given_or_there_is_none(namespace: str, name: str, kind: str) -> None:
    known = KINDS[kind]
    try:
        path = object_path(known, Ref(kind, namespace, name))
    except Unusable:
        return
    parts = [unquote(part) for part in path.removeprefix(known.root + "/").split("/")]
    assert parts == ([*(["namespaces", namespace] if known.namespaced else []), known.plural, name])
    assert not {"..", ".", ""} & set(parts)
    assert path.isascii()
