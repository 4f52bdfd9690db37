"""What the server fills in, refuses and counts."""

from __future__ import annotations

from typing import Any

import pytest
from api_lab import Api, configmap, deployment, pod

PODS = "/api/v1/namespaces/default/pods"
DEPLOYMENTS = "/apis/apps/v1/namespaces/default/deployments"
SERVICES = "/api/v1/namespaces/default/services"


@pytest.fixture
def api() -> Api:
    return Api()


def container(**more: Any) -> list[dict[str, Any]]:
    return [{"name": "app", "image": "registry.example.com/app:v1", **more}]


def causes(api: Api, path: str, obj: Any) -> dict[str, str]:
    """Field and message of everything that is wrong with an object."""
    answer = api.ask("POST", path, obj, dryRun="All")
    assert (answer.code, answer.body["reason"]) == (422, "Invalid"), answer.raw
    return {cause["field"]: cause["message"] for cause in answer.body["details"]["causes"]}


class TestDefaults:
    @pytest.mark.parametrize(
        ("image", "policy"),
        [
            ("app", "Always"),
            ("app:latest", "Always"),
            ("app:v1", "IfNotPresent"),
            ("host:5000/app", "Always"),
        ],
    )
    def test_the_pull_policy_follows_the_tag(self, api: Api, image: str, policy: str) -> None:
        made = api.create(PODS, pod("it", containers=[{"name": "app", "image": image}]), dryRun="All")
        assert made["spec"]["containers"][0]["imagePullPolicy"] == policy

    def test_limits_become_requests(self, api: Api) -> None:
        resources = {"limits": {"memory": "1Gi"}}
        made = api.create(PODS, pod("it", containers=container(resources=resources)), dryRun="All")
        assert made["spec"]["containers"][0]["resources"]["requests"] == {"memory": "1Gi"}

    @pytest.mark.parametrize(
        ("resources", "quality"),
        [
            ({}, "BestEffort"),
            ({"requests": {"cpu": "1"}}, "Burstable"),
            ({"limits": {"cpu": "1", "memory": "1Gi"}}, "Guaranteed"),
            ({"limits": {"cpu": "1", "memory": "1Gi"}, "requests": {"cpu": "500m"}}, "Burstable"),
        ],
    )
    def test_the_quality_of_service(self, api: Api, resources: Any, quality: str) -> None:
        made = api.create(PODS, pod("it", containers=container(resources=resources)), dryRun="All")
        assert made["status"]["qosClass"] == quality

    def test_a_service_gets_an_address_of_its_own(self, api: Api) -> None:
        spec = {"selector": {"app": "web"}, "ports": [{"port": 80}]}
        first = api.create(SERVICES, {"metadata": {"name": "a"}, "spec": spec})
        second = api.create(SERVICES, {"metadata": {"name": "b"}, "spec": spec})
        assert first["spec"]["clusterIP"] != second["spec"]["clusterIP"]
        assert first["spec"]["ports"][0] == {"port": 80, "protocol": "TCP", "targetPort": 80}
        taken = {"metadata": {"name": "c"}, "spec": {**spec, "clusterIP": first["spec"]["clusterIP"]}}
        assert "provided IP is already allocated" in str(causes(api, SERVICES, taken))

    def test_node_ports_differ(self, api: Api) -> None:
        spec = {"type": "NodePort", "ports": [{"port": 80, "name": "a"}, {"port": 81, "name": "b"}]}
        made = api.create(SERVICES, {"metadata": {"name": "a"}, "spec": spec})
        assert len({port["nodePort"] for port in made["spec"]["ports"]}) == 2

    def test_a_pod_runs_as_an_account_with_its_token(self, api: Api) -> None:
        made = api.create(PODS, pod("it"), dryRun="All")
        assert made["spec"]["serviceAccountName"] == "default"
        assert made["spec"]["containers"][0]["volumeMounts"][0]["mountPath"].endswith("serviceaccount")
        refused = api.ask("POST", PODS, pod("it", serviceAccountName="ghost"))
        assert (refused.code, 'serviceaccount "ghost" not found' in refused.body["message"]) == (403, True)

    def test_priority_comes_from_the_class(self, api: Api) -> None:
        made = api.create(PODS, pod("it", priorityClassName="system-node-critical"), dryRun="All")
        assert made["spec"]["priority"] == 2_000_001_000
        refused = api.ask("POST", PODS, pod("it", priorityClassName="ghost"))
        assert (refused.code, "no PriorityClass" in refused.body["message"]) == (403, True)


class TestLimitsAndQuotas:
    def limit(self, api: Api, **bounds: Any) -> None:
        item = {"type": "Container", **bounds}
        api.create(
            "/api/v1/namespaces/default/limitranges", {"metadata": {"name": "l"}, "spec": {"limits": [item]}}
        )

    def quota(self, api: Api, **hard: str) -> None:
        given = {key.replace("_", "."): value for key, value in hard.items()}
        api.create(
            "/api/v1/namespaces/default/resourcequotas", {"metadata": {"name": "q"}, "spec": {"hard": given}}
        )

    def test_defaults_of_a_namespace(self, api: Api) -> None:
        self.limit(api, default={"cpu": "1"}, defaultRequest={"cpu": "100m", "memory": "64Mi"})
        made = api.create(PODS, pod("it"), dryRun="All")["spec"]["containers"][0]["resources"]
        assert made == {"limits": {"cpu": "1"}, "requests": {"cpu": "100m", "memory": "64Mi"}}

    def test_bounds_of_a_namespace(self, api: Api) -> None:
        self.limit(api, min={"cpu": "100m"}, max={"cpu": "1"})
        resources = {"requests": {"cpu": "50m"}, "limits": {"cpu": "2"}}
        refused = api.ask("POST", PODS, pod("it", containers=container(resources=resources)))
        assert refused.code == 403
        assert "minimum cpu usage per Container is 100m, but request is 50m" in refused.body["message"]
        assert "maximum cpu usage per Container is 1, but limit is 2" in refused.body["message"]

    def test_a_quota_is_used_up(self, api: Api) -> None:
        self.quota(api, pods="1")
        api.create(PODS, pod("a"))
        refused = api.ask("POST", PODS, pod("b"))
        assert (refused.code, refused.body["reason"]) == (403, "Forbidden")
        assert (
            "exceeded quota: q, requested: pods=1, used: pods=1, limited: pods=1" in refused.body["message"]
        )
        api.ask("DELETE", f"{PODS}/a", {"gracePeriodSeconds": 0})
        assert api.ask("POST", PODS, pod("b")).code == 201

    def test_what_is_limited_must_be_said(self, api: Api) -> None:
        self.quota(api, requests_memory="1Gi")
        refused = api.ask("POST", PODS, pod("a"))
        assert (refused.code, "must specify requests.memory" in refused.body["message"]) == (403, True)


class TestValidation:
    @pytest.mark.parametrize(
        ("spec", "field", "message"),
        [
            ({"containers": []}, "spec.containers", "Required value"),
            ({"containers": [{"name": "A", "image": "x"}]}, "spec.containers[0].name", "RFC 1123 label"),
            ({"containers": container() + container()}, "spec.containers[1].name", "Duplicate value"),
            ({"restartPolicy": "Sometimes"}, "spec.restartPolicy", "Unsupported value"),
            (
                {"containers": container(ports=[{"containerPort": 70000}])},
                "spec.containers[0].ports[0].containerPort",
                "65535",
            ),
            ({"containers": container(livenessProbe={})}, "spec.containers[0].livenessProbe", "handler"),
            (
                {"containers": container(volumeMounts=[{"name": "v", "mountPath": "/v"}])},
                "spec.containers[0].volumeMounts[0].name",
                "Not found",
            ),
            (
                {"containers": container(env=[{"value": "x"}])},
                "spec.containers[0].env[0].name",
                "Required value",
            ),
            ({"volumes": [{"name": "v"}, {"name": "v"}]}, "spec.volumes[1].name", "Duplicate value"),
            (
                {"containers": container(resources={"requests": {"cpu": "2"}, "limits": {"cpu": "1"}})},
                "spec.containers[0].resources.requests",
                "must be less than or equal to cpu limit of 1",
            ),
        ],
    )
    def test_pods(self, api: Api, spec: Any, field: str, message: str) -> None:
        assert message in causes(api, PODS, pod("it", **spec))[field]

    def test_a_running_pod_is_fixed_but_for_its_image(self, api: Api) -> None:
        api.create(PODS, pod("it"))
        image = api.patch(
            f"{PODS}/it",
            [{"op": "replace", "path": "/spec/containers/0/image", "value": "x:v2"}],
            "application/json-patch+json",
        )
        assert image.body["spec"]["containers"][0]["image"] == "x:v2"
        name = api.patch(f"{PODS}/it", {"spec": {"restartPolicy": "Never"}})
        assert (name.code, "pod updates may not change fields" in name.body["message"]) == (422, True)

    def test_a_selector_is_fixed(self, api: Api) -> None:
        api.create(DEPLOYMENTS, deployment("web"))
        labels = {"matchLabels": {"app": "web", "more": "x"}}
        change = {"spec": {"selector": labels, "template": {"metadata": {"labels": {"more": "x"}}}}}
        answer = api.patch(f"{DEPLOYMENTS}/web", change)
        assert answer.body["details"]["causes"][0]["message"].endswith("field is immutable")

    @pytest.mark.parametrize(
        ("path", "obj", "field"),
        [
            (SERVICES, {"spec": {"ports": [{"port": 0}]}}, "spec.ports[0].port"),
            (SERVICES, {"spec": {"type": "ExternalName"}}, "spec.externalName"),
            (SERVICES, {"spec": {"ports": [{"port": 80}, {"port": 81}]}}, "spec.ports[0].name"),
            (
                "/apis/batch/v1/namespaces/default/cronjobs",
                {"spec": {"schedule": "never", "jobTemplate": {"spec": {}}}},
                "spec.schedule",
            ),
            ("/api/v1/namespaces/default/configmaps", {"data": {"a b": "x"}}, "data[a b]"),
            (
                "/api/v1/namespaces/default/persistentvolumeclaims",
                {"spec": {"accessModes": ["ReadWriteOnce"]}},
                "spec.resources[storage]",
            ),
            ("/apis/networking.k8s.io/v1/namespaces/default/ingresses", {"spec": {}}, "spec"),
            (
                "/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers",
                {
                    "spec": {
                        "minReplicas": 5,
                        "maxReplicas": 2,
                        "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"},
                    }
                },
                "spec.maxReplicas",
            ),
            (
                "/apis/policy/v1/namespaces/default/poddisruptionbudgets",
                {"spec": {"minAvailable": 1, "maxUnavailable": 1}},
                "spec",
            ),
        ],
    )
    def test_others(self, api: Api, path: str, obj: Any, field: str) -> None:
        assert field in causes(api, path, {"metadata": {"name": "it"}, **obj})

    def test_bytes_that_are_none(self, api: Api) -> None:
        secret = {"metadata": {"name": "it"}, "data": {"a": "not base64!"}}
        answer = api.ask("POST", "/api/v1/namespaces/default/secrets", secret)
        assert (answer.code, "illegal base64 data" in answer.body["message"]) == (400, True)

    def test_what_is_immutable_stays(self, api: Api) -> None:
        where = "/api/v1/namespaces/default/configmaps"
        api.create(where, {**configmap("it", a="1"), "immutable": True})
        assert api.patch(f"{where}/it", {"data": {"a": "2"}}).code == 422
        assert api.patch(f"{where}/it", {"metadata": {"labels": {"a": "b"}}}).code == 200

    def test_a_claim_grows_and_never_shrinks(self, api: Api) -> None:
        where = "/api/v1/namespaces/default/persistentvolumeclaims"
        spec = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "2Gi"}}}
        made = api.create(where, {"metadata": {"name": "disk"}, "spec": spec})
        assert made["spec"]["storageClassName"] == "standard"

        def resize(size: str) -> int:
            change = {"spec": {"resources": {"requests": {"storage": size}}}}
            return api.patch(f"{where}/disk", change).code

        assert [resize("3Gi"), resize("1Gi")] == [200, 422]


class TestNamespaces:
    def test_some_must_stay(self, api: Api) -> None:
        assert api.ask("DELETE", "/api/v1/namespaces/default").code == 403

    def test_nothing_is_made_in_one_that_goes_or_is_not_there(self, api: Api) -> None:
        api.create("/api/v1/namespaces", {"metadata": {"name": "going"}})
        assert api.ask("DELETE", "/api/v1/namespaces/going").body["status"]["phase"] == "Terminating"
        late = api.ask("POST", "/api/v1/namespaces/going/configmaps", configmap("it"))
        assert (late.code, late.body["details"]["causes"][0]["reason"]) == (403, "NamespaceTerminating")
        missing = api.ask("POST", "/api/v1/namespaces/ghost/configmaps", configmap("it"))
        assert (missing.code, missing.body["details"]["kind"]) == (404, "namespaces")
