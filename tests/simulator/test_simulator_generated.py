"""Objects that the schema allows and nobody would write: the server and the controllers survive them."""

from __future__ import annotations

from typing import Any

import pytest
from api_lab import MERGE_PATCH, Api
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kubesteer.simulator.controllers.loop import Loop
from kubesteer.simulator.controllers.registry import controllers
from kubesteer.simulator.kubelet.loads import Loads
from kubesteer.simulator.registry import Resource
from kubesteer.simulator.resources import CLUSTER, CORE, WORKLOADS
from kubesteer.simulator.schemas.shapes import Field, root, shape_of

pytestmark = pytest.mark.long

KINDS = [
    r for r in (*CORE, *WORKLOADS, *CLUSTER) if "create" in r.verbs and "ref" in root(r.api_version, r.kind)
]
TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io"
WORDS = st.sampled_from(
    ["app", "web", "Always", "Never", "OnFailure", "RollingUpdate", "Recreate", "ClusterIP", "Exists", "In", "25%",
     "TCP", "NoExecute", "* * * * *", "default", "Deployment", "v1", "apps/v1", "cpu", "Resource", "Utilization", "",
     "node-01", "True", "1Gi", "é", "a" * 70]
)  # fmt: skip
SCALARS: dict[str, st.SearchStrategy[Any]] = {
    "string": WORDS,
    "integer": st.integers(-2, 5) | st.sampled_from([2**63 - 1, -(2**63)]),
    "int32": st.integers(-2, 5) | st.sampled_from([-(2**31), 80, 70000]),
    "number": st.floats(0, 10),
    "boolean": st.booleans(),
    "time": st.sampled_from(["2026-01-01T00:00:00Z", "0001-01-01T00:00:00Z", "soon"]),
    "quantity": st.sampled_from(["100m", "1", "64Mi", "-1", "0", "1e3", "9" * 30 + "E"]),
    "int-or-string": st.sampled_from([0, 1, 80, "25%", "0%", "http", "-5%", -1, "9" * 30 + "%"]),
    "any": st.sampled_from([{}, {"a": [1]}, [], "x", 1]),
}
LIKELY = (
    "spec",
    "template",
    "containers",
    "selector",
    "matchLabels",
    "name",
    "image",
    "replicas",
    "jobTemplate",
)


def values(field: Field, depth: int) -> st.SearchStrategy[Any]:
    """Values of the right type for a field, smaller the deeper it lies."""
    if "type" in field:
        return SCALARS[field["type"]]
    if "list" in field:
        return st.deferred(lambda: st.lists(values(field["list"], depth + 1), max_size=1 if depth > 4 else 2))
    if "map" in field:
        return st.deferred(lambda: st.dictionaries(WORDS, values(field["map"], depth + 1), max_size=2))
    return st.deferred(lambda: structures(field, depth))


@st.composite
def structures(draw: st.DrawFn, field: Field, depth: int) -> dict[str, Any]:
    """A structure with what it needs, what is usual, and some of the rest."""
    shape = shape_of(field) or {"fields": {}}
    if depth > 9:
        return {}
    known = [key for key in shape["fields"] if key not in ("apiVersion", "kind", "metadata", "status")]
    chosen = [key for key in known if key in shape.get("required", ()) or key in LIKELY]
    others = [key for key in known if key not in chosen]
    if others:
        chosen += draw(st.lists(st.sampled_from(others), max_size=2, unique=True))
    return {key: draw(values(shape["fields"][key], depth + 1)) for key in chosen}


def place(resource: Resource) -> str:
    """The path of a collection."""
    base = f"/apis/{resource.api_version}" if resource.group else "/api/v1"
    return (
        f"{base}/namespaces/default/{resource.plural}" if resource.namespaced else f"{base}/{resource.plural}"
    )


def sane(api: Api, method: str, path: str, body: Any = None, **options: Any) -> int:
    """Ask; the answer is no broken server."""
    answer = api.ask(method, path, body, **options)
    assert answer.code != 500, answer.raw
    if answer.code >= 400:
        assert answer.body["code"] == answer.code
    return answer.code


LABELLED = {"matchLabels": {"app": "web"}}


def repaired(obj: dict[str, Any]) -> dict[str, Any]:
    """Make what is generated likelier to be accepted: a selector that selects, containers with images."""
    spec = obj.get("spec")
    templates = [spec] if isinstance(spec, dict) else []
    if templates and isinstance(spec.get("jobTemplate"), dict):
        templates.append(spec["jobTemplate"].setdefault("spec", {}))
    for holder in templates:
        template = holder.get("template")
        if isinstance(template, dict):
            template["metadata"] = {"labels": {"app": "web"}}
            if "selector" in holder:
                holder["selector"] = LABELLED
            for number, container in enumerate(template.get("spec", {}).get("containers", [])):
                container |= {"name": f"c{number}", "image": "x:v1"}
    return obj


@pytest.mark.parametrize("resource", KINDS, ids=lambda r: f"{r.plural}.{r.group}/{r.version}")
@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(st.data())
def test_objects_of_every_kind(resource: Resource, data: st.DataObject) -> None:
    api = Api()
    loads = Loads(api.store, api.cluster.clock)
    loop = Loop(api.store, api.cluster.clock, controllers(api.cluster, api.recorder, loads), 0.0)
    obj = data.draw(structures(root(resource.api_version, resource.kind), 0))
    path = place(resource)
    made = {**repaired(obj), "metadata": {"name": "it", "labels": {"app": "web"}}}
    sane(api, "POST", path, made)
    for _ in range(3):
        loop.step()
    sane(api, "GET", path, accept=TABLE)
    other = data.draw(structures(root(resource.api_version, resource.kind), 0))
    sane(api, "PATCH", f"{path}/it", repaired(other), content_type=MERGE_PATCH)
    sane(api, "PUT", f"{path}/it", {**other, "metadata": {"name": "it"}})
    loop.step()
    sane(api, "DELETE", f"{path}/it")
    loop.step()
    assert loop.broken is None


WITH_STATUS = [
    r for r in KINDS if r.status and "status" in (shape_of(root(r.api_version, r.kind)) or {})["fields"]
]


@pytest.mark.parametrize("resource", WITH_STATUS, ids=lambda r: f"{r.plural}.{r.group}/{r.version}")
@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(st.data())
def test_statuses_of_every_kind_have_a_row(resource: Resource, data: st.DataObject) -> None:
    field = root(resource.api_version, resource.kind)
    parts = {key: values((shape_of(field) or {})["fields"][key], 1) for key in ("spec", "status")}
    obj = {"apiVersion": resource.api_version, "kind": resource.kind, "metadata": {"name": "it"}}
    api = Api({**obj, **{key: data.draw(part) for key, part in parts.items()}})
    assert sane(api, "GET", place(resource), accept=TABLE) == 200
    sane(
        api,
        "PATCH",
        f"{place(resource)}/it/status",
        {"status": data.draw(parts["status"])},
        content_type=MERGE_PATCH,
    )
    assert sane(api, "GET", f"{place(resource)}/it", accept=TABLE) == 200
