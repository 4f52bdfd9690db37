"""Distil a Kubernetes OpenAPI v2 document to the facts that the simulator needs.

`python -m kubesteer.simulator.schemas.distil swagger.json` rewrites `shapes.json` from the document that
every Kubernetes release carries as `api/openapi-spec/swagger.json`. One definition a line, no descriptions:

    {"Pod": {"id": "io.k8s.api.core.v1.Pod", "gvk": ["", "v1", "Pod"], "fields": {"spec": {"ref": "…"}}}}

A field is `{"type": string|integer|int32|number|boolean|time|int-or-string|quantity|any}`, `{"ref": definition}`,
`{"map": field}` or `{"list": field, "keys": […], "merge": key, "set": true}`: `keys` and `set` are
`x-kubernetes-list-map-keys` and `x-kubernetes-list-type: set` (server-side apply), `merge` is
`x-kubernetes-patch-merge-key` and `retain` the retainKeys strategy (strategic merge patch).
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

SCALARS = {
    "io.k8s.apimachinery.pkg.api.resource.Quantity": "quantity",
    "io.k8s.apimachinery.pkg.util.intstr.IntOrString": "int-or-string",
    "io.k8s.apimachinery.pkg.apis.meta.v1.Time": "time",
    "io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime": "time",
    "io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1": "any",
    "io.k8s.apimachinery.pkg.runtime.RawExtension": "any",
}
PREFIX = "#/definitions/"


def field(schema: dict[str, Any]) -> dict[str, Any]:
    """One property of the OpenAPI document as a field of `shapes.json`."""
    if "$ref" in schema:
        name = schema["$ref"].removeprefix(PREFIX)
        return {"type": SCALARS[name]} if name in SCALARS else {"ref": name}
    if schema.get("type") == "array":
        return _list(schema)
    if schema.get("type") == "object" and "additionalProperties" in schema:
        return {"map": field(schema["additionalProperties"])}
    if schema.get("format") == "int32":
        return {"type": "int32"}
    if schema.get("type") in ("string", "integer", "number", "boolean"):
        return {"type": "time" if schema.get("format") == "date-time" else schema["type"]}
    return {"type": "any"}


def _list(schema: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {"list": field(schema["items"])}
    if keys := schema.get("x-kubernetes-list-map-keys"):
        found["keys"] = keys
    if schema.get("x-kubernetes-list-type") == "set":
        found["set"] = True
    if "merge" in schema.get("x-kubernetes-patch-strategy", ""):
        found["merge"] = schema.get("x-kubernetes-patch-merge-key", "")
    return found


def definition(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    """One definition: its fields, which of them are required, and the kinds it stands for."""
    fields: dict[str, Any] = {}
    for key, value in schema.get("properties", {}).items():
        fields[key] = field(value)
        if "retainKeys" in value.get("x-kubernetes-patch-strategy", ""):
            fields[key]["retain"] = True
    shape: dict[str, Any] = {"fields": fields}
    if required := schema.get("required"):
        shape["required"] = required
    kinds = schema.get("x-kubernetes-group-version-kind", [])
    if len(kinds) == 1 and not name.endswith("List"):
        shape["gvk"] = [kinds[0]["group"], kinds[0]["version"], kinds[0]["kind"]]
    if schema.get("x-kubernetes-map-type") == "atomic":
        shape["atomic"] = True
    return shape


def referenced(found: dict[str, Any]) -> Iterator[str]:
    """Names of the definitions that a field leads to directly."""
    if "ref" in found:
        yield found["ref"]
    for inner in ("list", "map"):
        if inner in found:
            yield from referenced(found[inner])


def distil(swagger: dict[str, Any], versions: frozenset[tuple[str, str]]) -> dict[str, Any]:
    """Every definition that a kind of one of `versions` (group, version) reaches."""
    whole = {name: definition(name, schema) for name, schema in swagger["definitions"].items()}
    waiting = [name for name, shape in whole.items() if tuple(shape.get("gvk", ())[:2]) in versions]
    kept: dict[str, Any] = {}
    while waiting:
        name = waiting.pop()
        if name in kept:
            continue
        kept[name] = whole[name]
        waiting += [to for value in whole[name]["fields"].values() for to in referenced(value)]
    return dict(sorted(kept.items()))


VERSIONS = frozenset(
    {
        ("", "v1"),
        ("admissionregistration.k8s.io", "v1"),
        ("apiextensions.k8s.io", "v1"),
        ("apiregistration.k8s.io", "v1"),
        ("apps", "v1"),
        ("authentication.k8s.io", "v1"),
        ("authorization.k8s.io", "v1"),
        ("autoscaling", "v1"),
        ("autoscaling", "v2"),
        ("batch", "v1"),
        ("coordination.k8s.io", "v1"),
        ("discovery.k8s.io", "v1"),
        ("events.k8s.io", "v1"),
        ("networking.k8s.io", "v1"),
        ("policy", "v1"),
        ("rbac.authorization.k8s.io", "v1"),
        ("scheduling.k8s.io", "v1"),
        ("storage.k8s.io", "v1"),
    }
)


def main() -> None:
    """Read the document named on the command line and rewrite `shapes.json` beside this file."""
    swagger = json.loads(Path(sys.argv[1]).read_text())
    lines = [
        f"{json.dumps(name)}: {json.dumps(shape, separators=(',', ':'), sort_keys=True)}"
        for name, shape in distil(swagger, VERSIONS).items()
    ]
    Path(__file__).with_name("shapes.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    main()
