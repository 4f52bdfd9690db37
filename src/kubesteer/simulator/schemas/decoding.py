"""What the server's decoder finds in a body: values of a wrong type, and fields that do not exist.

Source: https://kubernetes.io/docs/reference/using-api/api-concepts/#field-validation
"""

from collections.abc import Iterator
from typing import Any

from kubesteer.simulator.clock import parse_stamp
from kubesteer.simulator.objects import Obj
from kubesteer.simulator.quantities import QUANTITY_RULE, parse_quantity
from kubesteer.simulator.schemas.shapes import Field, child, element, is_open, root, shape_of

PYTHON_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "time": (str,),
    "integer": (int,),
    "int32": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "int-or-string": (int, str),
    "quantity": (int, float, str),
}
GO_TYPES = {
    "integer": "int64",
    "boolean": "bool",
    "number": "float64",
    "time": "string",
    "quantity": "string",
}


def wrong_type(obj: Obj) -> str | None:
    """The decoder's complaint about the first value of a wrong type, None where there is none."""
    found = next(_wrong(obj, root(obj["apiVersion"], obj["kind"]), ""), None)
    if found is None:
        return None
    version, kind = obj["apiVersion"].rpartition("/")[2], obj["kind"]
    return f'{kind} in version "{version}" cannot be handled as a {kind}: {found}'


def _wrong(value: Any, field: Field, path: str) -> Iterator[str]:
    if value is None or field.get("type") == "any":
        return
    if "type" in field:
        if not _fits(value, field["type"]):
            wanted = GO_TYPES.get(field["type"], field["type"])
            yield f"json: cannot unmarshal {_shown(value)} into Go struct field {path} of type {wanted}"
        elif field["type"] == "quantity" and not _is_quantity(value):
            yield QUANTITY_RULE
        elif field["type"] == "time" and not _is_time(value):
            layout = "2006-01-02T15:04:05Z07:00"
            yield f'parsing time "{value}" as "{layout}": cannot parse "{value}" as "2006"'
    elif "list" in field:
        yield from _wrong_list(value, field, path)
    elif not isinstance(value, dict):
        yield f"json: cannot unmarshal {_json_type(value)} into Go struct field {path} of type object"
    else:
        for key, member in value.items():
            yield from _wrong(member, child(field, key), f"{path}.{key}" if path else key)


def _wrong_list(value: Any, field: Field, path: str) -> Iterator[str]:
    if not isinstance(value, list):
        yield f"json: cannot unmarshal {_json_type(value)} into Go struct field {path} of type []object"
        return
    for item in value:
        yield from _wrong(item, element(field), path)


def _fits(value: Any, kind: str) -> bool:
    if isinstance(value, bool):
        return kind == "boolean"
    if kind == "int32" and isinstance(value, int):
        return -(1 << 31) <= value < 1 << 31
    return isinstance(value, PYTHON_TYPES[kind])


def _is_quantity(value: Any) -> bool:
    try:
        parse_quantity(value)
    except ValueError:
        return False
    return True


def _is_time(value: str) -> bool:
    try:
        parse_stamp(value)
    except ValueError:
        return False
    return "T" in value


def _shown(value: Any) -> str:
    return f"number {value}" if isinstance(value, int) and not isinstance(value, bool) else _json_type(value)


def _json_type(value: Any) -> str:
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, dict):
        return "object"
    if isinstance(value, list):
        return "array"
    return "string" if isinstance(value, str) else "number"


def unknown_fields(obj: Obj) -> list[str]:
    """Paths of fields that the type does not have, such as `spec.template.spec.containers[0].imagee`."""
    return list(_unknown(obj, root(obj["apiVersion"], obj["kind"]), ""))


def _unknown(value: Any, field: Field, path: str) -> Iterator[str]:
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from _unknown(item, element(field), f"{path}[{index}]")
    elif isinstance(value, dict):
        known = shape_of(field)
        for key, member in value.items():
            at = f"{path}.{key}" if path else key
            if known is not None and not is_open(field) and key not in known["fields"]:
                yield at
            else:
                yield from _unknown(member, child(field, key), at)


def drop_unknown(obj: Obj) -> None:
    """Remove unknown fields in place, as decoding into a typed structure does."""
    _drop(obj, root(obj["apiVersion"], obj["kind"]))


OMITTED = ("annotations", "labels", "finalizers", "ownerReferences")
"""Fields of ObjectMeta that are not written when empty (`omitempty`): a template without its last annotation is
the template that it was before it had one."""


def drop_empty_metadata(value: Any) -> None:
    """Remove the empty maps and lists of every metadata, in place."""
    if isinstance(value, list):
        for item in value:
            drop_empty_metadata(item)
    elif isinstance(value, dict):
        metadata = value.get("metadata")
        if isinstance(metadata, dict):
            for key in OMITTED:
                if key in metadata and not metadata[key]:
                    del metadata[key]
        for item in value.values():
            drop_empty_metadata(item)


def _drop(value: Any, field: Field) -> None:
    if isinstance(value, list):
        for item in value:
            _drop(item, element(field))
    elif isinstance(value, dict):
        known = shape_of(field)
        for key in list(value):
            if value[key] is None or (
                known is not None and not is_open(field) and key not in known["fields"]
            ):
                del value[key]
            else:
                _drop(value[key], child(field, key))
