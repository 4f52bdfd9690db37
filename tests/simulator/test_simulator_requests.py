"""The API server's answers that the contract tests do not reach, or that only the simulator can stage."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from api_lab import APPLY_PATCH, JSON_PATCH, MERGE_PATCH, STRATEGIC_PATCH, Api, configmap, deployment, pod

from kubesteer.simulator import Fault

CONFIGMAPS = "/api/v1/namespaces/default/configmaps"
PODS = "/api/v1/namespaces/default/pods"
DEPLOYMENTS = "/apis/apps/v1/namespaces/default/deployments"
TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json"
PARTIAL = "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io,application/json"


@pytest.fixture
def api() -> Api:
    return Api(configmap("it", key="value"), deployment("web"), pod("solo"))


class TestLists:
    def test_items_leave_their_kind_to_the_list(self, api: Api) -> None:
        body = api.get(CONFIGMAPS)
        assert (body["kind"], body["apiVersion"]) == ("ConfigMapList", "v1")
        assert "kind" not in body["items"][0]

    def test_pages_count_what_remains(self, api: Api) -> None:
        for number in range(4):
            api.create(CONFIGMAPS, configmap(f"m{number}"))
        first = api.get(CONFIGMAPS, limit=2)
        assert first["metadata"]["remainingItemCount"] == 3
        rest = api.get(CONFIGMAPS, limit=9, **{"continue": first["metadata"]["continue"]})
        assert [each["metadata"]["name"] for each in rest["items"]] == ["m1", "m2", "m3"]
        assert "continue" not in rest["metadata"]

    def test_a_page_is_of_the_first_ones_moment_with_a_selector_too(self, api: Api) -> None:
        for number in range(4):
            made = configmap(f"m{number}")
            made["metadata"]["labels"] = {"mark": "yes"}
            api.create(CONFIGMAPS, made)
        query = {"labelSelector": "mark=yes", "limit": 1}
        token = api.get(CONFIGMAPS, **query)["metadata"]["continue"]
        api.ask("DELETE", f"{CONFIGMAPS}/m2")
        api.patch(f"{CONFIGMAPS}/m3", {"metadata": {"labels": {"mark": "no"}}})
        rest = api.get(CONFIGMAPS, labelSelector="mark=yes", **{"continue": token})
        assert [each["metadata"]["name"] for each in rest["items"]] == ["m1", "m2", "m3"]

    def test_a_version_of_the_future_is_not_waited_for(self, api: Api) -> None:
        answer = api.ask("GET", CONFIGMAPS, resourceVersion=10**9)
        assert (answer.code, answer.body["reason"]) == (504, "Timeout")
        assert answer.headers["retry-after"] == "1"

    def test_metadata_alone(self, api: Api) -> None:
        body = api.ask("GET", CONFIGMAPS, accept=PARTIAL).body
        assert body["kind"] == "PartialObjectMetadataList"
        assert set(body["items"][0]) == {"kind", "apiVersion", "metadata"}

    @pytest.mark.parametrize(
        ("included", "expected"),
        [("None", None), ("Metadata", "PartialObjectMetadata"), ("Object", "ConfigMap")],
    )
    def test_what_the_rows_of_a_table_carry(self, api: Api, included: str, expected: str | None) -> None:
        body = api.ask("GET", CONFIGMAPS, accept=TABLE, includeObject=included).body
        assert body["rows"][0].get("object", {}).get("kind") == expected

    def test_a_form_that_cannot_be_given(self, api: Api) -> None:
        answer = api.ask("GET", CONFIGMAPS, accept="application/pdf")
        assert (answer.code, answer.body["reason"]) == (406, "NotAcceptable")

    def test_items_of_another_version_are_converted(self, api: Api) -> None:
        target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}
        old = {
            "metadata": {"name": "web"},
            "spec": {"maxReplicas": 3, "targetCPUUtilizationPercentage": 70, "scaleTargetRef": target},
        }
        api.create("/apis/autoscaling/v1/namespaces/default/horizontalpodautoscalers", old)
        new = api.get("/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers")["items"][0]
        assert new["spec"]["metrics"][0]["resource"]["target"] == {
            "type": "Utilization",
            "averageUtilization": 70,
        }
        again = api.get("/apis/autoscaling/v1/namespaces/default/horizontalpodautoscalers")["items"][0]
        assert again["spec"]["targetCPUUtilizationPercentage"] == 70

    def test_events_in_both_groups(self, api: Api) -> None:
        api.recorder.record(
            api.store.get(("", "pods"), "default", "solo"), "Warning", "BackOff", "again", "kubelet"
        )
        core = api.get("/api/v1/namespaces/default/events")["items"][0]
        new = api.get("/apis/events.k8s.io/v1/namespaces/default/events")["items"][0]
        assert (core["message"], core["involvedObject"]["name"]) == ("again", "solo")
        assert (new["note"], new["regarding"]["name"]) == ("again", "solo")


class TestWatches:
    def test_a_version_that_is_forgotten_is_told_in_the_stream(self, api: Api) -> None:
        api.store.compact()
        answer = api.ask("GET", CONFIGMAPS, watch="true", resourceVersion="1")
        assert answer.code == 200
        assert (answer.lines[0]["type"], answer.lines[0]["object"]["code"]) == ("ERROR", 410)

    def test_changes_of_other_namespaces_are_not_told(self, api: Api) -> None:
        since = api.store.rv
        api.create("/api/v1/namespaces/kube-system/configmaps", configmap("there"))
        api.create(CONFIGMAPS, configmap("here"))
        lines = api.ask("GET", CONFIGMAPS, watch="true", resourceVersion=since, timeoutSeconds=1).lines
        assert [each["object"]["metadata"]["name"] for each in lines] == ["here"]

    def test_rows_and_metadata_can_be_watched(self, api: Api) -> None:
        query: dict[str, Any] = {"watch": "true", "timeoutSeconds": 1}
        row = api.ask("GET", CONFIGMAPS, accept=TABLE, **query).lines[0]["object"]
        assert (row["kind"], row["rows"][0]["cells"][0]) == ("Table", "it")
        partial = api.ask("GET", CONFIGMAPS, accept=PARTIAL, **query).lines[0]["object"]
        assert partial["kind"] == "PartialObjectMetadata"


class TestWrites:
    def test_nothing_changed_is_nothing_written(self, api: Api) -> None:
        before = api.get(f"{DEPLOYMENTS}/web")["metadata"]
        after = api.patch(f"{DEPLOYMENTS}/web", {"spec": {"replicas": 2}}).body["metadata"]
        assert after["resourceVersion"] == before["resourceVersion"]

    def test_the_generation_counts_the_spec_alone(self, api: Api) -> None:
        api.create(DEPLOYMENTS, deployment("new"))
        path = f"{DEPLOYMENTS}/new"
        assert api.patch(path, {"metadata": {"labels": {"a": "b"}}}).body["metadata"]["generation"] == 1
        assert api.patch(f"{path}/status", {"status": {"replicas": 1}}).body["metadata"]["generation"] == 1
        assert api.patch(path, {"spec": {"replicas": 5}}).body["metadata"]["generation"] == 2

    def test_status_is_written_through_its_subresource_alone(self, api: Api) -> None:
        path = f"{DEPLOYMENTS}/web"
        assert "readyReplicas" not in api.patch(path, {"status": {"readyReplicas": 9}}).body.get("status", {})
        made = api.patch(f"{path}/status", {"status": {"readyReplicas": 9}, "spec": {"replicas": 7}}).body
        assert (made["status"]["readyReplicas"], made["spec"]["replicas"]) == (9, 2)

    @pytest.mark.parametrize("kind", ["text/plain", "", "application/xml"])
    def test_a_patch_in_no_format(self, api: Api, kind: str) -> None:
        answer = api.patch(f"{DEPLOYMENTS}/web", {}, kind)
        assert (answer.code, answer.body["reason"]) == (415, "UnsupportedMediaType")

    def test_strategic_patches_are_not_for_custom_resources(self, api: Api) -> None:
        names = {"plural": "things", "kind": "Thing"}
        spec = {
            "group": "example.com",
            "names": names,
            "scope": "Cluster",
            "versions": [{"name": "v1", "served": True}],
        }
        crds = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
        api.create(crds, {"metadata": {"name": "things.example.com"}, "spec": spec})
        api.create("/apis/example.com/v1/things", {"metadata": {"name": "it"}, "any": [1, {"x": None}]})
        assert api.patch("/apis/example.com/v1/things/it", {"a": 1}, STRATEGIC_PATCH).code == 415
        assert api.patch("/apis/example.com/v1/things/it", {"a": 1}, MERGE_PATCH).body["a"] == 1
        api.ask("DELETE", f"{crds}/things.example.com")
        assert api.ask("GET", "/apis/example.com/v1/things").code == 404

    def test_apply_makes_what_is_not_there_in_yaml(self, api: Api) -> None:
        body = b"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: new}\ndata: {day: '2026-01-01'}\n"
        answer = api.ask("PATCH", f"{CONFIGMAPS}/new", body, content_type=APPLY_PATCH, fieldManager="me")
        assert (answer.code, answer.body["data"]) == (201, {"day": "2026-01-01"})

    def test_json_patches_see_the_version_that_is_served(self, api: Api) -> None:
        api.recorder.record(
            api.store.get(("", "pods"), "default", "solo"), "Normal", "Seen", "text", "kubelet"
        )
        name = api.get("/api/v1/namespaces/default/events")["items"][0]["metadata"]["name"]
        path = f"/apis/events.k8s.io/v1/namespaces/default/events/{name}"
        answer = api.patch(path, [{"op": "replace", "path": "/note", "value": "new"}], JSON_PATCH)
        assert answer.code == 200, answer.raw
        assert api.get(f"/api/v1/namespaces/default/events/{name}")["message"] == "new"

    def test_string_data_becomes_data(self, api: Api) -> None:
        secret = {"metadata": {"name": "s"}, "stringData": {"a": "b"}}
        made = api.create("/api/v1/namespaces/default/secrets", secret)
        assert (made["data"], made["type"]) == ({"a": "Yg=="}, "Opaque")
        assert "stringData" not in made

    def test_a_manager_is_the_user_agent_unless_named(self, api: Api) -> None:
        api.patch(f"{CONFIGMAPS}/it", {"data": {"a": "1"}})
        api.patch(f"{CONFIGMAPS}/it", {"data": {"b": "1"}}, fieldManager="named")
        managers = [each["manager"] for each in api.get(f"{CONFIGMAPS}/it")["metadata"]["managedFields"]]
        assert managers == ["lab", "named"]


class TestSubresources:
    def test_a_pod_is_bound_once(self, api: Api) -> None:
        binding = {"metadata": {"name": "solo"}, "target": {"kind": "Node", "name": "node-01"}}
        assert api.ask("POST", f"{PODS}/solo/binding", binding).code == 201
        assert api.get(f"{PODS}/solo")["spec"]["nodeName"] == "node-01"
        assert api.ask("POST", f"{PODS}/solo/binding", binding).code == 409

    def test_what_runs_nowhere_cannot_be_entered(self, api: Api) -> None:
        assert api.ask("POST", f"{PODS}/solo/exec", command="ls").body["code"] == 501
        assert api.ask("POST", f"{PODS}/ghost/exec", command="ls").code == 404

    def test_a_scale_of_its_own_kind(self, api: Api) -> None:
        scale = api.get(f"{DEPLOYMENTS}/web/scale")
        scale["spec"]["replicas"] = 4
        assert api.ask("PUT", f"{DEPLOYMENTS}/web/scale", scale).body["spec"]["replicas"] == 4
        steps = [{"op": "replace", "path": "/spec/replicas", "value": 6}]
        assert api.patch(f"{DEPLOYMENTS}/web/scale", steps, JSON_PATCH).body["spec"]["replicas"] == 6
        assert api.patch(f"{DEPLOYMENTS}/web/scale", {"spec": {"replicas": -1}}).code == 422

    def test_subresources_that_are_not_there(self, api: Api) -> None:
        assert api.ask("GET", f"{CONFIGMAPS}/it/scale").code == 404
        assert api.ask("DELETE", f"{DEPLOYMENTS}/web/scale").code == 405
        assert api.ask("GET", f"{PODS}/solo/eviction").code == 405

    def test_two_budgets_for_one_pod(self, api: Api) -> None:
        for name in ("a", "b"):
            spec = {"selector": {"matchLabels": {"app": "solo"}}, "minAvailable": 1}
            api.create(
                "/apis/policy/v1/namespaces/default/poddisruptionbudgets",
                {"metadata": {"name": name}, "spec": spec},
            )
        answer = api.ask("POST", f"{PODS}/solo/eviction", {"metadata": {"name": "solo"}})
        assert answer.code == 500
        assert "more than one PodDisruptionBudget" in answer.body["message"]


class TestDocuments:
    def test_versions_and_groups_at_once(self, api: Api) -> None:
        wanted = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"
        answer = api.ask("GET", "/apis", accept=wanted)
        assert answer.headers["content-type"] == wanted
        apps = next(each for each in answer.body["items"] if each["metadata"]["name"] == "apps")
        found = {each["resource"]: each for each in apps["versions"][0]["resources"]}
        scale = next(each for each in found["deployments"]["subresources"] if each["subresource"] == "scale")
        assert scale["responseKind"] == {"group": "autoscaling", "version": "v1", "kind": "Scale"}
        core = api.ask("GET", "/api", accept=wanted).body["items"]
        assert [each["metadata"]["name"] for each in core] == [""]

    def test_every_place_of_the_openapi_index_is_there(self, api: Api) -> None:
        for place in api.get("/openapi/v3")["paths"].values():
            document = api.get(place["serverRelativeURL"])
            known = document["components"]["schemas"]
            referred = set(json.dumps(document).split('"#/components/schemas/')[1:])
            assert {each.partition('"')[0] for each in referred} <= known.keys()

    def test_the_old_document_has_merge_keys(self, api: Api) -> None:
        containers = api.get("/openapi/v2")["definitions"]["io.k8s.api.core.v1.PodSpec"]["properties"][
            "containers"
        ]
        assert containers["x-kubernetes-patch-merge-key"] == "name"

    def test_every_listed_resource_can_be_listed(self, api: Api) -> None:
        for version in [
            "/api/v1",
            *(f"/apis/{g['preferredVersion']['groupVersion']}" for g in api.get("/apis")["groups"]),
        ]:
            for resource in api.get(version)["resources"]:
                if "list" in resource["verbs"] and "/" not in resource["name"]:
                    listed = api.get(f"{version}/{resource['name']}")
                    assert listed["kind"] == f"{resource['kind']}List"

    def test_every_listed_resource_has_a_table(self, api: Api) -> None:
        for resource in api.cluster.registry:
            if "list" in resource.verbs and resource.group != "metrics.k8s.io":
                base = f"/apis/{resource.api_version}" if resource.group else "/api/v1"
                body = api.ask("GET", f"{base}/{resource.plural}", accept=TABLE).body
                assert body["columnDefinitions"][0]["name"] in ("Name", "Last Seen")
                assert all(len(row["cells"]) == len(body["columnDefinitions"]) for row in body["rows"])


class TestPermissions:
    @pytest.fixture
    def guarded(self) -> Api:
        return Api(tokens={"a": "alice", "root": ("root", ["system:masters"])})

    def test_anybody_known_may_look_at_the_documents(self, guarded: Api) -> None:
        assert guarded.ask("GET", "/apis", token="a").code == 200
        assert guarded.ask("GET", "/apis").code == 403
        assert guarded.ask("GET", "/version").code == 200

    @pytest.mark.parametrize("header", ["Bearer wrong", "Basic YTpi", "Bearer", "nonsense"])
    def test_credentials_that_are_none(self, guarded: Api, header: str) -> None:
        answer = guarded.ask("GET", "/version", headers={"authorization": header})
        assert (answer.code, answer.body["reason"]) == (401, "Unauthorized")

    def test_impersonation_needs_its_own_permission(self, guarded: Api) -> None:
        path = "/apis/authentication.k8s.io/v1/selfsubjectreviews"
        asked = {"impersonate-user": "bob", "impersonate-group": "team"}
        answer = guarded.ask("POST", path, {}, token="root", headers=asked)
        assert answer.body["status"]["userInfo"] == {
            "username": "bob",
            "groups": ["system:authenticated", "team"],
        }
        refused = guarded.ask("POST", path, {}, token="a", headers=asked)
        assert (refused.code, refused.body["details"]["name"]) == (403, "bob")

    def test_a_watch_needs_watch_and_a_list_needs_list(self, guarded: Api) -> None:
        role = {
            "metadata": {"name": "r"},
            "rules": [{"apiGroups": [""], "resources": ["pods"], "verbs": ["list"]}],
        }
        base = "/apis/rbac.authorization.k8s.io/v1/namespaces/default"
        guarded.ask("POST", f"{base}/roles", role, token="root")
        binding = {
            "metadata": {"name": "r"},
            "roleRef": {"kind": "Role", "name": "r", "apiGroup": "rbac.authorization.k8s.io"},
            "subjects": [{"kind": "User", "name": "alice"}],
        }
        guarded.ask("POST", f"{base}/rolebindings", binding, token="root")
        assert guarded.ask("GET", PODS, token="a").code == 200
        assert guarded.ask("GET", PODS, token="a", watch="true").code == 403
        assert guarded.ask("DELETE", PODS, token="a").code == 403


def test_metrics_that_are_not_there_are_not_found() -> None:
    api = Api()
    api.cluster.registry.remove("metrics.k8s.io", "pods")
    api.cluster.registry.remove("metrics.k8s.io", "nodes")
    assert api.ask("GET", "/apis/metrics.k8s.io/v1beta1/pods").code == 404
    assert "metrics.k8s.io" not in {each["name"] for each in api.get("/apis")["groups"]}


def test_a_client_that_leaves_a_stream_ends_it() -> None:
    api = Api()

    async def leave() -> None:
        messages = [{"type": "http.request", "body": b""}, {"type": "http.disconnect"}]

        async def receive() -> Any:
            return messages.pop(0)

        async def send(_message: Any) -> None:
            return

        scope = {
            "type": "http",
            "method": "GET",
            "path": CONFIGMAPS,
            "query_string": b"watch=true",
            "headers": [],
        }
        await asyncio.wait_for(api.application(scope, receive, send), 30)

    asyncio.run(leave())
    assert api.records[-1].verb == "watch"


@pytest.mark.parametrize("replicas", [2**31, -(2**31) - 1, 10**18])
def test_a_number_that_does_not_fit_its_field(api: Api, replicas: int) -> None:
    answer = api.ask("POST", DEPLOYMENTS, deployment("new", replicas=replicas))
    assert (answer.code, answer.body["reason"]) == (400, "BadRequest")
    assert (
        f"cannot unmarshal number {replicas} into Go struct field spec.replicas of type int32" in answer.text
    )


def test_a_dry_run_said_in_the_body_is_one_in_the_audit(api: Api) -> None:
    api.ask("DELETE", f"{CONFIGMAPS}/it", {"dryRun": ["All"]})
    api.ask("DELETE", f"{CONFIGMAPS}/it")
    assert [(each.dry_run, each.write) for each in api.records] == [(True, False), (False, True)]


def test_a_deletion_with_a_body_does_not_look_at_its_query(api: Api) -> None:
    """As a real server does, which makes `?dryRun=All` beside a body a deletion in earnest."""
    answer = api.ask("DELETE", f"{CONFIGMAPS}/it", {"propagationPolicy": "Background"}, dryRun="All")
    assert answer.code == 200
    assert api.ask("GET", f"{CONFIGMAPS}/it").code == 404
    assert [(each.dry_run, each.write) for each in api.records[:1]] == [(False, True)]


def test_a_negative_limit_is_none(api: Api) -> None:
    assert len(api.get(CONFIGMAPS, limit=-5)["items"]) == 1
    assert len(api.get(CONFIGMAPS, limit=-5, fieldSelector="metadata.name=it")["items"]) == 1


@pytest.mark.parametrize(
    ("method", "path", "body", "query", "code"),
    [
        ("PATCH", f"{DEPLOYMENTS}/web", {"kind": "Other"}, {}, 422),
        (
            "PUT",
            f"{DEPLOYMENTS}/web/scale",
            {"metadata": {"name": "other"}, "spec": {"replicas": 1}},
            {},
            400,
        ),
        ("POST", CONFIGMAPS, configmap("new"), {"fieldManager": "a" * 129}, 422),
        ("DELETE", f"{PODS}/ghost/log", None, {}, 405),
    ],
)
def test_refusals_in_the_order_of_a_real_server(
    api: Api, method: str, path: str, body: Any, query: dict[str, str], code: int
) -> None:
    answer = api.ask(
        method, path, body, content_type=MERGE_PATCH if method == "PATCH" else "application/json", **query
    )
    assert (answer.code, answer.body["code"]) == (code, code), answer.raw


def test_an_applied_field_that_does_not_exist_is_refused(api: Api) -> None:
    config = {"apiVersion": "v1", "kind": "ConfigMap", "dta": {}}
    answer = api.patch(f"{CONFIGMAPS}/it", config, APPLY_PATCH, fieldManager="me")
    assert (answer.code, ".dta: field not declared in schema" in answer.body["message"]) == (500, True)


def test_the_audit_knows_who_asked_for_what_a_fault_prevented() -> None:
    api = Api(tokens={"a": "alice"})
    api.faults.add(Fault("GET", status=503))
    api.ask("GET", PODS, token="a")
    api.ask("GET", PODS, token="wrong")
    assert [(each.user, each.status) for each in api.records] == [("alice", 503), ("system:anonymous", 503)]
