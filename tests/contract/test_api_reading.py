"""Reading one object, lists, pages and selections."""

from __future__ import annotations

import pytest
from clusters import Cluster, eventually
from clusters.cluster import said
from clusters.workloads import configmap, pod


def names(items: dict) -> list[str]:
    return [each["metadata"]["name"] for each in items["items"]]


def test_an_object_carries_what_the_server_gave_it(cluster: Cluster) -> None:
    created = cluster.create("configmaps", configmap("settings"))
    seen = cluster.get("configmaps", "settings")
    assert seen == created
    assert (seen["apiVersion"], seen["kind"]) == ("v1", "ConfigMap")
    assert {"uid", "resourceVersion", "creationTimestamp", "namespace"} <= seen["metadata"].keys()
    assert seen["metadata"]["creationTimestamp"].endswith("Z")


def test_a_list_has_no_kind_on_its_items(cluster: Cluster) -> None:
    cluster.create("configmaps", configmap("settings"))
    found = cluster.list("configmaps", fieldSelector="metadata.name=settings")
    assert (found["kind"], found["apiVersion"]) == ("ConfigMapList", "v1")
    assert found["metadata"]["resourceVersion"]
    assert "kind" not in found["items"][0]


def test_an_empty_list_is_an_empty_array(cluster: Cluster) -> None:
    assert cluster.list("secrets")["items"] == []


def test_a_namespace_that_does_not_exist_lists_nothing(cluster: Cluster) -> None:
    answer = cluster.admin.get("/api/v1/namespaces/no-such-namespace/configmaps")
    assert said(answer)["items"] == []


def test_lists_are_sorted_by_name(cluster: Cluster) -> None:
    for name in ("zeta", "alpha", "mid"):
        cluster.create("configmaps", configmap(name, test="sorted"))
    assert names(cluster.list("configmaps", labelSelector="test=sorted")) == ["alpha", "mid", "zeta"]


def test_all_namespaces_at_once(cluster: Cluster) -> None:
    cluster.create("configmaps", configmap("settings", where=cluster.namespace))
    found = said(
        cluster.admin.get("/api/v1/configmaps", params={"labelSelector": f"where={cluster.namespace}"})
    )
    assert [each["metadata"]["namespace"] for each in found["items"]] == [cluster.namespace]


class TestPages:
    @pytest.fixture
    def seven(self, cluster: Cluster) -> Cluster:
        for number in range(7):
            cluster.create("secrets", {"metadata": {"name": f"page-{number}"}})
        return cluster

    def test_pages_add_up_to_the_list(self, seven: Cluster) -> None:
        first = seven.list("secrets", limit=3)
        assert names(first) == ["page-0", "page-1", "page-2"]
        assert first["metadata"]["remainingItemCount"] == 4
        second = seven.list("secrets", limit=3, **{"continue": first["metadata"]["continue"]})
        third = seven.list("secrets", limit=3, **{"continue": second["metadata"]["continue"]})
        assert names(second) + names(third) == [f"page-{number}" for number in (3, 4, 5, 6)]
        assert not third["metadata"].get("continue")
        assert second["metadata"]["resourceVersion"] == first["metadata"]["resourceVersion"]

    def test_a_later_page_is_of_the_first_ones_moment(self, seven: Cluster) -> None:
        first = seven.list("secrets", limit=3)
        seven.create("secrets", {"metadata": {"name": "page-35"}})
        said(seven.admin.delete(seven.path("secrets", "page-5")))
        rest = seven.list("secrets", limit=100, **{"continue": first["metadata"]["continue"]})
        assert names(rest) == ["page-3", "page-4", "page-5", "page-6"]

    def test_a_page_of_a_selection_does_not_count_the_rest(self, seven: Cluster) -> None:
        selection = seven.list("secrets", limit=3, fieldSelector="metadata.name!=page-0")
        assert names(selection) == ["page-1", "page-2", "page-3"]
        assert "remainingItemCount" not in selection["metadata"]

    def test_a_garbled_continue_token_is_a_bad_request(self, seven: Cluster) -> None:
        answer = seven.admin.get(seven.path("secrets"), params={"limit": 3, "continue": "garbled"})
        assert answer.status_code == 400
        assert answer.json()["reason"] == "BadRequest"
        assert "continue" in answer.json()["message"]

    def test_a_limit_that_is_no_number_is_a_bad_request(self, seven: Cluster) -> None:
        answer = seven.admin.get(seven.path("secrets"), params={"limit": "many"})
        assert (answer.status_code, answer.json()["reason"]) == (400, "BadRequest")

    def test_a_token_of_a_moment_that_is_forgotten_is_gone(self, seven: Cluster) -> None:
        first = seven.list("secrets", limit=3)
        seven.create("secrets", {"metadata": {"name": "later"}})
        seven.server.forget()
        query = {"limit": 3, "continue": first["metadata"]["continue"]}
        answer = seven.admin.get(seven.path("secrets"), params=query)
        assert (answer.status_code, answer.json()["code"], answer.json()["reason"]) == (410, 410, "Expired")


class TestLabels:
    @pytest.fixture
    def three(self, cluster: Cluster) -> Cluster:
        cluster.create("configmaps", configmap("red", color="red", tier="web", only="these"))
        cluster.create("configmaps", configmap("blue", color="blue", tier="web", only="these"))
        cluster.create("configmaps", configmap("plain", tier="db", only="these"))
        return cluster

    @pytest.mark.parametrize(
        ("selector", "expected"),
        [
            ("color=red", ["red"]),
            ("color==red", ["red"]),
            ("color!=red,only=these", ["blue", "plain"]),
            ("color", ["blue", "red"]),
            ("!color,only=these", ["plain"]),
            ("color in (red,blue)", ["blue", "red"]),
            ("color notin (red),only", ["blue", "plain"]),
            ("tier=web,color=blue", ["blue"]),
            ("color=green", []),
        ],
    )
    def test_selectors(self, three: Cluster, selector: str, expected: list[str]) -> None:
        assert names(three.list("configmaps", labelSelector=selector)) == expected

    @pytest.mark.parametrize("selector", ["color in red", "=", "a b", "color=(red)"])
    def test_a_selector_that_does_not_parse(self, three: Cluster, selector: str) -> None:
        answer = three.admin.get(three.path("configmaps"), params={"labelSelector": selector})
        assert answer.status_code == 400
        assert answer.json()["reason"] == "BadRequest"


class TestFields:
    def test_by_name(self, cluster: Cluster) -> None:
        cluster.create("configmaps", configmap("one"))
        cluster.create("configmaps", configmap("two"))
        assert names(cluster.list("configmaps", fieldSelector="metadata.name=two")) == ["two"]

    def test_pods_by_node_and_phase(self, cluster: Cluster) -> None:
        cluster.create("pods", pod("here"))
        seen = cluster.until("pods", "here", lambda it: it["status"]["phase"] == "Running")
        node = seen["spec"]["nodeName"]
        assert names(cluster.list("pods", fieldSelector=f"spec.nodeName={node}")) == ["here"]
        assert names(cluster.list("pods", fieldSelector="spec.nodeName=elsewhere")) == []
        assert names(cluster.list("pods", fieldSelector="status.phase!=Running")) == []
        assert names(cluster.list("pods", fieldSelector="status.phase=Running,metadata.name=here")) == [
            "here"
        ]

    def test_events_by_what_they_are_about(self, cluster: Cluster) -> None:
        cluster.create("pods", pod("seen"))
        wanted = "involvedObject.kind=Pod,involvedObject.name=seen,reason=Scheduled"
        found = eventually(lambda: cluster.list("events", fieldSelector=wanted), lambda it: it["items"])
        event = found["items"][0]
        assert event["type"] == "Normal"
        assert event["involvedObject"]["namespace"] == cluster.namespace
        assert event["involvedObject"]["uid"] == cluster.get("pods", "seen")["metadata"]["uid"]
        assert names(cluster.list("events", fieldSelector="involvedObject.name=unseen")) == []

    @pytest.mark.parametrize("resource", ["configmaps", "pods", "apps/v1/deployments"])
    def test_a_field_that_cannot_be_selected_by(self, cluster: Cluster, resource: str) -> None:
        answer = cluster.admin.get(cluster.path(resource), params={"fieldSelector": "spec.color=red"})
        assert (answer.status_code, answer.json()["reason"]) == (400, "BadRequest")
        assert "spec.color" in answer.json()["message"]


def test_a_table_where_one_is_asked_for(cluster: Cluster) -> None:
    cluster.create("configmaps", configmap("settings"))
    wanted = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json"
    table = said(cluster.admin.get(cluster.path("configmaps", "settings"), headers={"Accept": wanted}))
    assert table["kind"] == "Table"
    assert [each["name"] for each in table["columnDefinitions"]] == ["Name", "Data", "Age"]
    assert table["rows"][0]["cells"][:2] == ["settings", 1]
