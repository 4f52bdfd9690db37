"""OpenAPI documents, rebuilt from the distilled shapes: enough for kubectl to validate, patch and explain.

Source: https://kubernetes.io/docs/concepts/overview/kubernetes-api/#openapi-interface-definition
"""

import functools
from collections.abc import Mapping
from typing import Any

from kubesteer.simulator.objects import Obj
from kubesteer.simulator.registry import Registry, Resource
from kubesteer.simulator.schemas.shapes import Field, root, shapes

REFERENCE = "#/components/schemas/"
TYPES: Mapping[str, Obj] = {
    "string": {"type": "string"},
    "integer": {"type": "integer", "format": "int64"},
    "int32": {"type": "integer", "format": "int32"},
    "number": {"type": "number"},
    "boolean": {"type": "boolean"},
    "time": {"type": "string", "format": "date-time"},
    "quantity": {"oneOf": [{"type": "string"}, {"type": "number"}]},
    "int-or-string": {"oneOf": [{"type": "integer"}, {"type": "string"}], "format": "int-or-string"},
    "any": {"type": "object"},
}
QUERY = ("dryRun", "fieldManager", "fieldValidation", "pretty")


def _schema(field: Field, prefix: str) -> Obj:
    if "ref" in field:
        return {"$ref": prefix + field["ref"]}
    if "map" in field:
        return {"type": "object", "additionalProperties": _schema(field["map"], prefix)}
    if "list" not in field:
        return dict(TYPES[field["type"]])
    found: Obj = {"type": "array", "items": _schema(field["list"], prefix)}
    if "keys" in field:
        found |= {"x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": field["keys"]}
    if "merge" in field:
        found |= {"x-kubernetes-patch-strategy": "merge"}
        if field["merge"]:
            found["x-kubernetes-patch-merge-key"] = field["merge"]
    return found


def _definition(shape: Obj, prefix: str) -> Obj:
    properties = {key: _schema(field, prefix) for key, field in shape["fields"].items()}
    found: Obj = {"type": "object", "properties": properties}
    if "required" in shape:
        found["required"] = shape["required"]
    if "gvk" in shape:
        group, version, kind = shape["gvk"]
        found["x-kubernetes-group-version-kind"] = [{"group": group, "version": version, "kind": kind}]
    return found


@functools.cache
def _definitions(prefix: str) -> Mapping[str, Obj]:
    return {name: _definition(shape, prefix) for name, shape in shapes().items()}


def _place(resource: Resource) -> str:
    base = f"/apis/{resource.group}/{resource.version}" if resource.group else f"/api/{resource.version}"
    namespace = "/namespaces/{namespace}" if resource.namespaced else ""
    return f"{base}{namespace}/{resource.plural}/{{name}}"


def _paths(resources: list[Resource]) -> Obj:
    parameters = [{"in": "query", "name": name, "schema": {"type": "string"}} for name in QUERY]
    found: Obj = {}
    for resource in resources:
        gvk = {"group": resource.group, "version": resource.version, "kind": resource.kind}
        verbs = {
            method: {
                "parameters": parameters,
                "x-kubernetes-action": action,
                "x-kubernetes-group-version-kind": gvk,
            }
            for method, action in (("get", "get"), ("put", "put"), ("patch", "patch"), ("delete", "delete"))
        }
        found[_place(resource)] = verbs
    return found


def index(registry: Registry) -> Obj:
    """`/openapi/v3`."""
    places = [
        f"apis/{group}/{version}" if group else f"api/{version}"
        for group, versions in registry.versions().items()
        for version in versions
    ]
    return {"paths": {place: {"serverRelativeURL": f"/openapi/v3/{place}"} for place in places}}


INFO = {"title": "Kubernetes", "version": "v1.34.4"}


def _needed(resources: list[Resource]) -> dict[str, Any]:
    """The definitions that the resources of one version reach."""
    waiting = [field["ref"] for r in resources if "ref" in (field := root(r.api_version, r.kind))]
    kept: dict[str, Any] = {}
    known = shapes()
    while waiting:
        name = waiting.pop()
        if name not in kept:
            kept[name] = _definitions(REFERENCE)[name]
            waiting += [to for field in known[name]["fields"].values() for to in _references(field)]
    return kept


def _references(field: Field) -> list[str]:
    if "ref" in field:
        return [field["ref"]]
    inner = field.get("list") or field.get("map")
    return _references(inner) if inner else []


def _custom(resource: Resource) -> Obj:
    gvk = {"group": resource.group, "version": resource.version, "kind": resource.kind}
    return {
        "type": "object",
        "x-kubernetes-preserve-unknown-fields": True,
        "x-kubernetes-group-version-kind": [gvk],
    }


def document(registry: Registry, group: str, version: str) -> Obj | None:
    """`/openapi/v3/…` of one version, None for one that is not served."""
    resources = [r for r in registry if (r.group, r.version) == (group, version)]
    if not resources:
        return None
    schemas = _needed(resources)
    for resource in resources:
        if "ref" not in root(resource.api_version, resource.kind):
            schemas[f"{group}.{version}.{resource.kind}"] = _custom(resource)
    return {"openapi": "3.0.0", "info": INFO, "paths": _paths(resources), "components": {"schemas": schemas}}


def swagger() -> Obj:
    """`/openapi/v2`."""
    definitions = dict(_definitions("#/definitions/"))
    return {"swagger": "2.0", "info": INFO, "paths": {}, "definitions": definitions}
