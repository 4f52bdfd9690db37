"""Watching: what is told, from where on, and what happens when that is too long ago."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from clusters import Cluster
from clusters.cluster import said
from clusters.workloads import configmap

Obj = dict[str, Any]


@contextmanager
def watching(cluster: Cluster, resource: str, **query: Any) -> Iterator[Iterator[Obj]]:
    """The events of a watch, as they come."""
    params = {"watch": "true", "timeoutSeconds": 30, **query}
    with cluster.admin.stream("GET", cluster.path(resource), params=params) as answer:
        assert answer.status_code == 200, answer.read()
        yield (json.loads(line) for line in answer.iter_lines() if line)


def summary(event: Obj) -> tuple[str, str]:
    return event["type"], event["object"]["metadata"]["name"]


def test_changes_after_a_resource_version(cluster: Cluster) -> None:
    since = cluster.list("secrets")["metadata"]["resourceVersion"]
    cluster.create("secrets", {"metadata": {"name": "one"}})
    cluster.merge("secrets", "one", {"metadata": {"labels": {"a": "b"}}})
    said(cluster.admin.delete(cluster.path("secrets", "one")))
    with watching(cluster, "secrets", resourceVersion=since) as events:
        seen = [next(events) for _ in range(3)]
    assert [summary(each) for each in seen] == [("ADDED", "one"), ("MODIFIED", "one"), ("DELETED", "one")]
    versions = [int(each["object"]["metadata"]["resourceVersion"]) for each in seen]
    assert versions == sorted(set(versions))
    assert seen[0]["object"]["kind"] == "Secret"


def test_without_a_resource_version_what_is_there_comes_first(cluster: Cluster) -> None:
    cluster.create("secrets", {"metadata": {"name": "old"}})
    with watching(cluster, "secrets") as events:
        assert summary(next(events)) == ("ADDED", "old")
        cluster.create("secrets", {"metadata": {"name": "new"}})
        assert summary(next(events)) == ("ADDED", "new")


def test_one_object_only(cluster: Cluster) -> None:
    since = cluster.list("secrets")["metadata"]["resourceVersion"]
    for name in ("one", "two"):
        cluster.create("secrets", {"metadata": {"name": name}})
    query = {"resourceVersion": since, "fieldSelector": "metadata.name=two"}
    with watching(cluster, "secrets", **query) as events:
        assert summary(next(events)) == ("ADDED", "two")


def test_an_object_that_leaves_the_selection_is_deleted_from_it(cluster: Cluster) -> None:
    cluster.create("configmaps", configmap("it", mark="yes"))
    since = cluster.list("configmaps")["metadata"]["resourceVersion"]
    cluster.merge("configmaps", "it", {"metadata": {"labels": {"mark": "no"}}})
    cluster.merge("configmaps", "it", {"metadata": {"labels": {"mark": "yes"}}})
    with watching(cluster, "configmaps", resourceVersion=since, labelSelector="mark=yes") as events:
        seen = [next(events), next(events)]
    assert [summary(each) for each in seen] == [("DELETED", "it"), ("ADDED", "it")]


def test_a_watch_ends_when_its_time_is_up(cluster: Cluster) -> None:
    with watching(cluster, "secrets", timeoutSeconds=1) as events:
        assert list(events) == []


def test_bookmarks_where_they_are_wanted(cluster: Cluster) -> None:
    query = {
        "sendInitialEvents": "true",
        "resourceVersionMatch": "NotOlderThan",
        "allowWatchBookmarks": "true",
    }
    cluster.create("secrets", {"metadata": {"name": "old"}})
    with watching(cluster, "secrets", **query) as events:
        first, second = next(events), next(events)
    assert summary(first) == ("ADDED", "old")
    assert second["type"] == "BOOKMARK"
    assert second["object"]["metadata"]["annotations"]["k8s.io/initial-events-end"] == "true"


def test_a_resource_version_that_is_no_number(cluster: Cluster) -> None:
    answer = cluster.admin.get(cluster.path("secrets"), params={"resourceVersion": "soon"})
    assert (answer.status_code, answer.json()["reason"]) == (400, "BadRequest")
    assert "resourceVersion" in answer.json()["message"]
