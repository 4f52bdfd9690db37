"""The adapter reads: objects, collections, names, identity, access, watches."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
import pytest
from clusters import Cluster
from clusters.cluster import said
from clusters.steered import steer
from clusters.workloads import configmap, deployment, pod

from kubesteer.adapters.kubernetes import pages
from kubesteer.adapters.kubernetes.exchanges import Exchange
from kubesteer.core.clusters import Access, LogQuery
from kubesteer.core.errors import Invalid, NotFound, Unavailable, Unsupported, Unusable
from kubesteer.core.refs import Ref

DEPLOYMENTS = "apps/v1/deployments"


class Slim(msgspec.Struct):
    """A ConfigMap's data and nothing else."""

    data: dict[str, str] = {}


async def test_one_object_whole(cluster: Cluster) -> None:
    made = cluster.create(DEPLOYMENTS, deployment("web", replicas=0))
    async with steer(cluster) as kube:
        read = await kube.read(Ref("Deployment", cluster.namespace, "web"))
    assert read["metadata"]["uid"] == made["metadata"]["uid"]
    assert read["spec"]["template"] == made["spec"]["template"]


async def test_a_collection_in_pages(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "PAGE", 2)
    for number in range(5):
        cluster.create("configmaps", configmap(f"it-{number}", {"n": str(number)}, mine="yes"))
    seen: list[Exchange] = []
    async with steer(cluster, observer=seen.append) as kube:
        listing = await kube.collect("ConfigMap", cluster.namespace, labels="mine=yes", shape=Slim)
    assert [item.data["n"] for item in listing.items] == ["0", "1", "2", "3", "4"]
    assert int(listing.resource_version) > 0
    assert len(seen) == 3
    assert {each.status for each in seen} == {200}


async def test_a_collection_whose_pages_expire_begins_again(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "PAGE", 2)
    for number in range(5):
        cluster.create("configmaps", configmap(f"it-{number}", mine="yes"))
    seen: list[Exchange] = []

    def forgetful(exchange: Exchange) -> None:
        seen.append(exchange)
        if len(seen) == 1:
            cluster.merge("configmaps", "it-0", {"data": {"a": "1"}})
            cluster.server.forget()

    async with steer(cluster, observer=forgetful) as kube:
        listing = await kube.collect("ConfigMap", cluster.namespace, labels="mine=yes", shape=dict)
    names = [item["metadata"]["name"] for item in listing.items]
    assert names == [f"it-{number}" for number in range(5)]
    assert [each.status for each in seen] == [200, 410, 200, 200, 200]


async def test_fields_select(cluster: Cluster) -> None:
    cluster.create("configmaps", configmap("this"))
    cluster.create("configmaps", configmap("that"))
    async with steer(cluster) as kube:
        listing = await kube.collect("ConfigMap", cluster.namespace, fields="metadata.name=that", shape=dict)
    assert [item["metadata"]["name"] for item in listing.items] == ["that"]


async def test_names_without_contents(cluster: Cluster) -> None:
    cluster.create("secrets", {"metadata": {"name": "dark"}, "stringData": {"password": "x"}})
    async with steer(cluster) as kube:
        here = await kube.names("Secret", cluster.namespace)
        everywhere = await kube.names("Secret")
        nodes = await kube.names("Node")
    assert Ref("Secret", cluster.namespace, "dark") in here
    assert set(here) <= set(everywhere)
    assert all(node.namespace == "" for node in nodes)


async def test_a_kind_that_only_discovery_knows(cluster: Cluster) -> None:
    cluster.create("coordination.k8s.io/v1/leases", {"metadata": {"name": "held"}, "spec": {}})
    seen: list[Exchange] = []
    async with steer(cluster, observer=seen.append) as kube:
        lease = await kube.read(Ref("Lease", cluster.namespace, "held"))
        asked = len(seen)
        assert Ref("Lease", cluster.namespace, "held") in await kube.names("Lease", cluster.namespace)
        with pytest.raises(Unusable, match="Nonsense"):
            await kube.names("Nonsense")
    assert lease["metadata"]["name"] == "held"
    assert len(seen) == asked + 1


async def test_who_and_where(cluster: Cluster) -> None:
    async with steer(cluster) as kube:
        identity = await kube.identity()
    system = said(cluster.admin.get("/api/v1/namespaces/kube-system"))
    assert identity.user == "admin"
    assert "system:masters" in identity.groups
    assert identity.server == cluster.url
    assert identity.version.startswith("v1.")
    assert identity.uid == system["metadata"]["uid"]


@pytest.mark.parametrize("user", ["admin", "alice"])
async def test_what_is_allowed(cluster: Cluster, user: str) -> None:
    async with steer(cluster, user) as kube:
        restart = await kube.allowed(Access("patch", Ref("Deployment", cluster.namespace, "web")))
        evict = await kube.allowed(Access("create", Ref("Pod", cluster.namespace, ""), "eviction"))
        metrics = await kube.allowed(Access("list", Ref("PodMetrics", "", "")))
    assert [restart, evict, metrics] == [user == "admin"] * 3


async def test_a_watch_tells_what_happens_to_one_object(cluster: Cluster) -> None:
    made = cluster.create("configmaps", configmap("it"))
    cluster.create("configmaps", configmap("other"))
    seen: list[tuple[str, dict[str, str]]] = []
    async with steer(cluster) as kube:
        watch = kube.watch("ConfigMap", cluster.namespace, "it", made["metadata"]["resourceVersion"])
        cluster.merge("configmaps", "other", {"data": {"a": "1"}})
        cluster.merge("configmaps", "it", {"data": {"a": "1"}})
        said(cluster.admin.delete(cluster.path("configmaps", "it")))
        async with asyncio.timeout(30):
            async for happening in watch:
                seen.append((happening.type, happening.object["data"]))
                if happening.type == "DELETED":
                    break
    assert seen == [("MODIFIED", {"key": "value", "a": "1"}), ("DELETED", {"key": "value", "a": "1"})]


async def test_a_watch_from_a_version_that_is_forgotten(cluster: Cluster) -> None:
    cluster.server.forget()
    async with steer(cluster) as kube:
        with pytest.raises(Unavailable) as caught:
            # A kube-apiserver keeps recent history of most kinds in memory, longer than etcd; not of Events.
            async for _ in kube.watch("Event", cluster.namespace, "it", "1"):
                pass
    assert caught.value.status == 410


async def test_what_does_not_exist(cluster: Cluster) -> None:
    async with steer(cluster) as kube:
        with pytest.raises(NotFound) as caught:
            await kube.read(Ref("Pod", cluster.namespace, "ghost"))
        with pytest.raises(Unsupported):
            await kube.names("Gateway", cluster.namespace)
    assert caught.value.say("zh") == f"Pod {cluster.namespace}/ghost 不存在。"
    assert caught.value.say("en") == f"Pod {cluster.namespace}/ghost does not exist."


async def test_usage_or_a_plain_no(cluster: Cluster) -> None:
    async with steer(cluster) as kube:
        if cluster.supports("metrics"):
            assert isinstance(await kube.usage("Node"), list)
        else:
            with pytest.raises(Unsupported) as caught:
                await kube.usage("Pod", cluster.namespace)
            assert "metrics-server" in caught.value.say("zh")
            assert "metrics-server" in caught.value.say("en")


async def test_the_log_of_a_pod_that_is_not_there(cluster: Cluster) -> None:
    async with steer(cluster) as kube:
        with pytest.raises(NotFound):
            await lines(kube.logs(Ref("Pod", cluster.namespace, "ghost"), LogQuery()))


async def test_the_log_of_a_container_that_is_not_there(cluster: Cluster) -> None:
    cluster.create("pods", pod("web"))
    async with steer(cluster) as kube:
        with pytest.raises(Invalid) as caught:
            await lines(kube.logs(Ref("Pod", cluster.namespace, "web"), LogQuery(container="nope")))
    assert caught.value.say("zh") == "Pod web 里没有容器 nope。"
    assert caught.value.say("en") == "Pod web has no container nope."


async def test_the_log_of_a_pod_with_two_containers(cluster: Cluster) -> None:
    manifest = pod("web")
    manifest["spec"]["containers"].append({"name": "side", "image": "registry.example.com/side:v1"})
    cluster.create("pods", manifest)
    async with steer(cluster) as kube:
        with pytest.raises(Invalid) as caught:
            await lines(kube.logs(Ref("Pod", cluster.namespace, "web"), LogQuery()))
    assert caught.value.say("en") == "Pod web has several containers; say which one: app side."


async def lines(log: Any) -> list[str]:
    """All lines of a log."""
    return [line async for line in log]
