"""Looking shapes up: the field types behind a path of an object.

A field is one of the mappings that `distil` describes; `ANY` stands where nothing is known (custom
resources, free-form data), and everything that reads shapes must do something sensible with it.
"""

import functools
from pathlib import Path
from typing import Any

import msgspec

Field = dict[str, Any]
Shape = dict[str, Any]
ANY: Field = {"type": "any"}
METADATA = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"


@functools.cache
def shapes() -> dict[str, Shape]:
    """All definitions by name."""
    found: dict[str, Shape] = msgspec.json.decode(Path(__file__).with_name("shapes.json").read_bytes())
    return found


@functools.cache
def _kinds() -> dict[tuple[str, str], str]:
    found: dict[tuple[str, str], str] = {}
    for name, shape in shapes().items():
        if gvk := shape.get("gvk"):
            group, version, kind = gvk
            found[(f"{group}/{version}" if group else version, kind)] = name
    return found


CUSTOM: Shape = {
    "fields": {"apiVersion": {"type": "string"}, "kind": {"type": "string"}, "metadata": {"ref": METADATA}},
    "open": True,
}


def root(api_version: str, kind: str) -> Field:
    """The field that an object of a kind is; unknown kinds have known metadata and anything else."""
    name = _kinds().get((api_version, kind))
    return {"ref": name} if name else {"inline": CUSTOM}


def shape_of(field: Field) -> Shape | None:
    """The definition behind a field, None where it is no structure."""
    if "ref" in field:
        return shapes().get(field["ref"])
    inline: Shape | None = field.get("inline")
    return inline


def child(field: Field, key: str) -> Field:
    """The field of a member of a structure or map; ANY where it is not known."""
    if "map" in field:
        inner: Field = field["map"]
        return inner
    shape = shape_of(field)
    if shape is None:
        return ANY
    found: Field = shape["fields"].get(key, ANY)
    return found


def is_open(field: Field) -> bool:
    """Whether members are not listed one by one: maps, free-form data, custom resources."""
    shape = shape_of(field)
    return shape is None or bool(shape.get("open"))


def is_atomic(field: Field) -> bool:
    """Whether server-side apply treats the structure as one value."""
    shape = shape_of(field)
    return bool(shape and shape.get("atomic"))


def element(field: Field) -> Field:
    """The field of a list's elements."""
    inner: Field = field.get("list", ANY)
    return inner
