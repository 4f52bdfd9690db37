"""The record of writes that other tests prove things by."""

from __future__ import annotations

from clusters import Cluster
from clusters.cluster import said
from clusters.workloads import configmap, deployment

MERGE = {"Content-Type": "application/merge-patch+json"}


def test_each_write_once_and_in_order(cluster: Cluster) -> None:
    cluster.create("configmaps", configmap("it"))
    cluster.get("configmaps", "it")
    cluster.merge("configmaps", "it", {"data": {"a": "1"}})
    said(cluster.admin.delete(cluster.path("configmaps", "it")))
    mine = [each for each in cluster.audit() if each.resource == "configmaps"]
    assert [(each.verb, each.name, each.status) for each in mine] == [
        ("create", "it", 201),
        ("patch", "it", 200),
        ("delete", "it", 200),
    ]
    assert {(each.user, each.namespace, each.subresource) for each in mine} == {
        ("admin", cluster.namespace, "")
    }
    assert mine[1].body == {"data": {"a": "1"}}


def test_subresource_and_user_agent(cluster: Cluster) -> None:
    cluster.create("apps/v1/deployments", deployment("web", replicas=0))
    path = cluster.path("apps/v1/deployments", "web", "scale")
    headers = MERGE | {"User-Agent": "a-client/1.0"}
    said(cluster.admin.patch(path, json={"spec": {"replicas": 1}}, headers=headers))
    last = [each for each in cluster.audit() if each.verb == "patch"][-1]
    assert (last.resource, last.name, last.subresource) == ("deployments", "web", "scale")
    assert last.user_agent == "a-client/1.0"


def test_refused_writes_with_their_status(cluster: Cluster) -> None:
    path = cluster.path("configmaps", "nobody")
    cluster.admin.patch(path, json={"data": {}}, headers=MERGE)
    cluster.admin.post(cluster.path("configmaps"), json=configmap("Not Valid"))
    tried = [(each.verb, each.status) for each in cluster.audit() if each.resource == "configmaps"]
    assert tried == [("patch", 404), ("create", 422)]


def test_controllers_are_not_in_it(cluster: Cluster) -> None:
    cluster.create("apps/v1/deployments", deployment("web", replicas=1))
    cluster.until("apps/v1/deployments", "web", lambda it: it["status"].get("readyReplicas") == 1)
    assert {each.user for each in cluster.audit()} == {"admin"}
