"""Whatever is sent, the answer is a Status, never a broken server."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from api_lab import APPLY_PATCH, JSON_PATCH, MERGE_PATCH, STRATEGIC_PATCH, Api, configmap, deployment, pod
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

DEPLOYMENTS = "/apis/apps/v1/namespaces/default/deployments"
CALM = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=8),
    st.sampled_from(["Always", "v1", "1Gi", "-1", "25%", "app", "\ud800"[:0] or "x", "2026-01-01T00:00:00Z"]),
)
KEYS = st.one_of(
    st.sampled_from(
        [
            "metadata", "spec", "template", "containers", "name", "labels", "replicas", "selector",
            "matchLabels", "resources", "limits", "env", "ports", "status", "$patch", "annotations",
            "finalizers", "ownerReferences", "managedFields", "matchExpressions", "strategy", "$retainKeys",
            "$deleteFromPrimitiveList/finalizers", "$setElementOrder/containers", "uid", "resourceVersion",
        ]
    ),
    st.text(max_size=5),
)  # fmt: skip
DATA = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)
POINTERS = st.lists(st.one_of(KEYS, st.sampled_from(["0", "-", "01", "~0", "~1"])), max_size=5).map(
    lambda steps: "".join(f"/{step}" for step in steps)
)
STEPS = st.lists(
    st.fixed_dictionaries(
        {
            "op": st.sampled_from(["add", "remove", "replace", "move", "copy", "test", "leap"]),
            "path": POINTERS,
        },
        optional={"value": DATA, "from": POINTERS},
    ),
    max_size=3,
)


@pytest.fixture(scope="module")
def api() -> Api:
    return Api(configmap("it", key="value"), deployment("web"), pod("solo"))


def check(api: Api, method: str, path: str, body: Any = None, **options: Any) -> None:
    """The server answers; a refusal is a whole Status with its own code."""
    answer = api.ask(method, path, body, **options)
    assert 200 <= answer.code < 600
    assert answer.code != 500, answer.raw
    if answer.code >= 400:
        status = answer.body
        assert (status["kind"], status["apiVersion"], status["status"]) == ("Status", "v1", "Failure")
        assert status["code"] == answer.code
        assert status["message"]


SEGMENTS = st.one_of(
    st.sampled_from(
        [
            "api", "v1", "apis", "apps", "namespaces", "default", "pods", "solo", "log", "status", "scale",
            "deployments", "web", "eviction", "binding", "exec", "token", "serviceaccounts", "..", ".", "",
            "metrics.k8s.io", "v1beta1", "nodes", "openapi", "v3", "finalize", "events.k8s.io", "events",
        ]
    ),
    st.text(max_size=6),
)  # fmt: skip
METHODS = st.sampled_from(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "BREW"])
QUERIES = st.dictionaries(
    st.sampled_from(
        [
            "limit", "continue", "resourceVersion", "labelSelector", "fieldSelector", "dryRun", "fieldManager",
            "fieldValidation", "force", "tailLines", "sinceSeconds", "sinceTime", "limitBytes", "container",
            "gracePeriodSeconds", "propagationPolicy", "includeObject",
        ]
    ),
    st.one_of(st.text(max_size=8), st.integers(-(2**66), 2**66).map(str), st.sampled_from(["All", "true"])),
    max_size=3,
)  # fmt: skip


@CALM
@given(METHODS, st.lists(SEGMENTS, max_size=8), QUERIES, DATA)
def test_any_path(api: Api, method: str, segments: list[str], query: dict[str, str], body: Any) -> None:
    check(api, method, "/" + "/".join(segments), body, **query)


@CALM
@given(
    st.sampled_from(["/api/v1/namespaces/default/pods", "/api/v1/nodes", f"{DEPLOYMENTS}/web"]),
    st.dictionaries(
        st.sampled_from(["resourceVersion", "timeoutSeconds", "labelSelector"]), st.text(max_size=6)
    ),
)
def test_any_query_of_a_list(api: Api, path: str, query: dict[str, str]) -> None:
    check(api, "GET", path, **query)


@CALM
@given(st.sampled_from(["pods", "configmaps", "services", "events", "namespaces", "resourcequotas"]), DATA)
def test_any_body_created(api: Api, plural: str, body: Any) -> None:
    where = "/api/v1/namespaces" if plural == "namespaces" else f"/api/v1/namespaces/default/{plural}"
    check(api, "POST", where, body, dryRun="All")


@CALM
@given(
    st.sampled_from([deployment("new"), pod("new"), configmap("new")]),
    st.lists(KEYS, min_size=1, max_size=6),
    DATA,
)
def test_any_value_at_any_place_of_an_object(api: Api, obj: Any, path: list[str], value: Any) -> None:
    changed = place(copy.deepcopy(obj), path, value)
    plural = f"{obj['kind'].lower()}s"
    where = DEPLOYMENTS if plural == "deployments" else f"/api/v1/namespaces/default/{plural}"
    check(api, "POST", where, changed, dryRun="All")
    check(api, "PUT", f"{where}/{obj['metadata']['name']}", changed)


def place(obj: Any, path: list[str], value: Any) -> Any:
    """Put a value at the deepest place of a path that there is."""
    at = obj
    for key in path[:-1]:
        inner = at.get(key)
        if isinstance(inner, list) and inner and isinstance(inner[0], dict):
            inner = inner[0]
        if not isinstance(inner, dict):
            break
        at = inner
    at[path[-1]] = value
    return obj


@CALM
@given(st.sampled_from([MERGE_PATCH, STRATEGIC_PATCH, APPLY_PATCH]), DATA, st.booleans())
def test_any_patch(api: Api, kind: str, change: Any, dry: bool) -> None:
    query = {"fieldManager": "lab"} | ({"dryRun": "All"} if dry else {})
    check(api, "PATCH", f"{DEPLOYMENTS}/web", change, content_type=kind, **query)
    check(api, "PATCH", "/api/v1/namespaces/default/configmaps/it", change, content_type=kind, **query)


@CALM
@given(st.lists(KEYS, min_size=1, max_size=6), DATA, st.sampled_from([MERGE_PATCH, STRATEGIC_PATCH]))
def test_a_patch_at_any_place(api: Api, path: list[str], value: Any, kind: str) -> None:
    change: Any = value
    for key in reversed(path):
        change = [change] if key in ("containers", "env", "ports") else {key: change}
    check(api, "PATCH", f"{DEPLOYMENTS}/web", change, content_type=kind, dryRun="All")


@CALM
@given(STEPS)
def test_any_json_patch(api: Api, steps: Any) -> None:
    check(api, "PATCH", f"{DEPLOYMENTS}/web", steps, content_type=JSON_PATCH)


@CALM
@given(DATA)
def test_any_delete_options(api: Api, options: Any) -> None:
    said = {**options, "dryRun": ["All"]} if isinstance(options, dict) else options
    check(api, "DELETE", "/api/v1/namespaces/default/pods/solo", said or None, dryRun="All")
    check(api, "DELETE", "/api/v1/namespaces/default/configmaps", said or None, dryRun="All")


@CALM
@given(
    st.fixed_dictionaries(
        {}, optional={"gracePeriodSeconds": LEAVES, "propagationPolicy": LEAVES, "preconditions": DATA}
    )
)
def test_delete_options_of_any_value(api: Api, options: Any) -> None:
    check(api, "DELETE", "/api/v1/namespaces/default/pods/solo", {**options, "dryRun": ["All"]})


@CALM
@given(
    st.sampled_from(["selfsubjectaccessreviews", "selfsubjectrulesreviews", "subjectaccessreviews"]),
    DATA,
)
def test_any_review(api: Api, plural: str, spec: Any) -> None:
    check(api, "POST", f"/apis/authorization.k8s.io/v1/{plural}", {"spec": spec})


@CALM
@given(st.binary(max_size=60), st.sampled_from(["application/vnd.kubernetes.protobuf", "application/yaml"]))
def test_any_bytes(api: Api, raw: bytes, kind: str) -> None:
    check(api, "POST", "/api/v1/namespaces/default/configmaps", raw, content_type=kind)
    check(api, "POST", "/api/v1/namespaces/default/configmaps", b"k8s\x00" + raw, content_type=kind)


@CALM
@given(st.binary(max_size=80))
def test_any_protobuf_of_a_pod(api: Api, raw: bytes) -> None:
    head = b"\x0a\x09\x0a\x02v1\x12\x03Pod"
    body = b"k8s\x00" + head + b"\x12" + bytes([len(raw)]) + raw
    check(
        api,
        "POST",
        "/api/v1/namespaces/default/pods",
        body,
        content_type="application/vnd.kubernetes.protobuf",
    )


@pytest.mark.parametrize(
    "raw",
    [
        b"[" * 100_000,
        b'{"a":' * 5_000 + b"1" + b"}" * 5_000,
        b'{"metadata":{"name":"\\ud800"}}',
        b'{"metadata":{"name":"a"},"data":{"k":' + b"9" * 400 + b"}}",
        b"\xff\xfe",
        b"",
        b"null",
        b"1e999",
    ],
)
@pytest.mark.parametrize("method", ["POST", "DELETE"])
def test_bodies_that_break_parsers(api: Api, raw: bytes, method: str) -> None:
    check(api, method, "/api/v1/namespaces/default/secrets", raw, dryRun="All")


def test_yaml_whose_aliases_multiply(api: Api) -> None:
    bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n"
    for before, name in zip("abcdefgh", "bcdefghi", strict=True):
        bomb += f"{name}: &{name} [{','.join(f'*{before}' for _ in range(9))}]\n"
    answer = api.ask(
        "PATCH",
        "/api/v1/namespaces/default/configmaps/it",
        bomb.encode(),
        content_type=APPLY_PATCH,
        fieldManager="x",
    )
    assert answer.code == 400


def test_a_body_that_is_too_large(api: Api) -> None:
    answer = api.ask("POST", "/api/v1/namespaces/default/configmaps", b" " * (3 * 2**20 + 1))
    assert (answer.code, answer.body["reason"]) == (413, "RequestEntityTooLarge")


COLLECTION = "/api/v1/namespaces/default/configmaps"


@pytest.mark.parametrize(
    ("method", "path", "body", "query", "code"),
    [
        ("GET", COLLECTION, None, {"limit": "9" * 30}, 400),
        ("GET", COLLECTION, None, {"resourceVersion": "-1"}, 400),
        ("GET", COLLECTION, None, {"resourceVersion": "٣"}, 400),
        ("GET", "/api/v1/namespaces/default/pods/solo/log", None, {"sinceTime": "yesterday"}, 400),
        ("DELETE", f"{COLLECTION}/it", {"gracePeriodSeconds": -1}, {}, 422),
        ("DELETE", f"{COLLECTION}/it", {"gracePeriodSeconds": True}, {}, 422),
        ("DELETE", f"{COLLECTION}/it", {"propagationPolicy": "Sideways"}, {}, 422),
        ("DELETE", f"{COLLECTION}/it", {"dryRun": ["Some"]}, {}, 422),
        ("DELETE", f"{COLLECTION}/it", ["it"], {}, 400),
    ],
)
def test_what_is_no_number_no_policy_no_options(
    api: Api, method: str, path: str, body: Any, query: dict[str, str], code: int
) -> None:
    answer = api.ask(method, path, body, **query)
    assert (answer.code, answer.body["code"]) == (code, code), answer.raw
    assert api.ask("GET", f"{COLLECTION}/it").code == 200


def test_a_grace_beyond_all_time(api: Api) -> None:
    options = {"gracePeriodSeconds": 10**18, "dryRun": ["All"]}
    answer = api.ask("DELETE", "/api/v1/namespaces/default/pods/solo", options)
    assert answer.code == 200


@pytest.mark.parametrize(
    ("kind", "change", "code"),
    [
        (STRATEGIC_PATCH, {"$retainKeys": True}, 400),
        (STRATEGIC_PATCH, {"metadata": {"$setElementOrder/finalizers": [[], {}]}}, 200),
        (JSON_PATCH, [{"op": "add", "path": "/data/" + "1" * 5000, "value": "x"}], 422),
        (JSON_PATCH, [{"op": "remove", "path": "/metadata/managedFields/" + "1" * 5000}], 422),
        (JSON_PATCH, [{"op": "copy", "from": "/data", "path": "/data/x"}] * 40, 413),
        (JSON_PATCH, [{"op": "replace", "path": "/metadata", "value": []}], 400),
        (JSON_PATCH, [{"op": "remove", "path": "/kind"}], 422),
    ],
)
def test_patches_that_break_patchers(api: Api, kind: str, change: Any, code: int) -> None:
    answer = api.patch(f"{COLLECTION}/it", change, kind, dryRun="All")
    assert answer.code == code, answer.raw


def test_depth_does_not_add_up_over_patches() -> None:
    api = Api()
    names = {"plural": "things", "kind": "Thing"}
    version = {"name": "v1", "served": True, "storage": True}
    spec = {"group": "example.com", "names": names, "scope": "Namespaced", "versions": [version]}
    definition = {"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition"}
    api.create(
        "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
        {**definition, "metadata": {"name": "things.example.com"}, "spec": spec},
    )
    where = "/apis/example.com/v1/namespaces/default/things"
    api.create(where, {"metadata": {"name": "it"}, "spec": {}})
    inner: Any = {}
    for _ in range(90):
        inner = {"a": inner}
    codes = set()
    for level in range(3):
        steps = [{"op": "add", "path": "/spec" + "/a" * (90 * level) + "/a", "value": inner}]
        codes.add(api.patch(f"{where}/it", steps, JSON_PATCH).code)
    assert 400 in codes
    assert api.ask("GET", f"{where}/it").code == 200
