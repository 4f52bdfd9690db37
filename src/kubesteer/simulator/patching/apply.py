"""Server-side apply (`application/apply-patch+yaml`).

Source: https://kubernetes.io/docs/reference/using-api/server-side-apply/
"""

from dataclasses import replace
from typing import Any

from kubesteer.simulator.failures import Failure, bad_request
from kubesteer.simulator.objects import Obj, clone, name_of, text
from kubesteer.simulator.patching.fields import DOT, Leaves, Path, element_step, leaves
from kubesteer.simulator.patching.ownership import Manager, Owned, read_owned, write_owned
from kubesteer.simulator.schemas.decoding import unknown_fields
from kubesteer.simulator.schemas.shapes import Field, child, element, is_atomic, root


def apply_patch(live: Obj | None, config: Any, manager: Manager, now: str, *, force: bool) -> Obj:
    """The live object with the configuration applied and ownership recorded.

    Raises Failure 409 when another manager owns a field with another value and `force` is off, 400 for a
    configuration that carries managedFields.
    """
    if not isinstance(config, dict) or not isinstance(config.get("metadata", {}), dict):
        raise bad_request("error decoding YAML: the body is not an object")
    if config.get("metadata", {}).get("managedFields"):
        raise bad_request("metadata.managedFields must be nil")
    if unknown := unknown_fields(config):
        raise _undeclared(config, unknown[0])
    field = root(config["apiVersion"], config["kind"])
    wanted = leaves(config, field)
    owned = read_owned(live) if live else []
    if live is not None and not force:
        _refuse_conflicts(live, leaves(live, field), wanted, owned, manager)
    base: Obj = clone(live) if live else {}
    _drop_abandoned(base, field, wanted, owned, manager)
    merged: Obj = _merge(base, config, field)
    _record(merged, live, wanted, owned, manager, now, field)
    return merged


def _undeclared(config: Obj, path: str) -> Failure:
    """A real server answers 500 here, not 400."""
    place = f"{text(config, 'metadata', 'namespace')}/{name_of(config)}"
    what = f"{config['apiVersion']}, Kind={config['kind']}"
    message = f"failed to create typed patch object ({place}; {what}): .{path}: field not declared in schema"
    return Failure(500, "", message)


def _conflicts(
    held: Leaves, wanted: Leaves, owned: list[Owned], manager: Manager
) -> list[tuple[Manager, Path]]:
    differing = {path for path, value in wanted.items() if path in held and held[path] != value}
    return [
        (one.manager, path)
        for one in owned
        if one.manager.name != manager.name or one.manager.operation != manager.operation
        for path in sorted(one.paths & differing)
    ]


def _refuse_conflicts(live: Obj, held: Leaves, wanted: Leaves, owned: list[Owned], manager: Manager) -> None:
    found = _conflicts(held, wanted, owned, manager)
    if not found:
        return
    causes = [
        {
            "reason": "FieldManagerConflict",
            "message": f"conflict with {_who(other)}",
            "field": field_text(path),
        }
        for other, path in found
    ]
    count = f"{len(causes)} conflict" + ("s" if len(causes) > 1 else "")
    whose = _who(found[0][0])
    fields = causes[0]["field"] if len(causes) == 1 else "\n- " + "\n- ".join(c["field"] for c in causes)
    message = f"Apply failed with {count}: conflict{'s' if len(causes) > 1 else ''} with {whose}: {fields}"
    raise Failure(409, "Conflict", message, {"name": name_of(live), "causes": causes})


def _who(manager: Manager) -> str:
    via = f' with subresource "{manager.subresource}"' if manager.subresource else ""
    verb = f" using {manager.api_version}" if manager.operation == "Update" else ""
    return f'"{manager.name}"{via}{verb}'


def field_text(path: Path) -> str:
    """A path as the server words it: `.spec.template.spec.containers[name="web"].image`."""
    shown = ""
    for step in path:
        if step.startswith("f:"):
            shown += f".{step[2:]}"
        elif step.startswith("k:"):
            inner = step[3:-1].replace('":', "=").replace(',"', ",").lstrip('"')
            shown += f"[{inner}]"
        elif step.startswith("v:"):
            shown += f"[={step[2:]}]"
    return shown


def _drop_abandoned(base: Obj, field: Field, wanted: Leaves, owned: list[Owned], manager: Manager) -> None:
    """Remove what this manager applied before, applies no more, and nobody else owns."""
    mine = next((one.paths for one in owned if one.manager == manager), frozenset())
    others = frozenset[Path]().union(*(one.paths for one in owned if one.manager != manager))
    abandoned = mine - frozenset(wanted) - others
    # Whole elements go first, with the defaults in them: without its key an element is not found again.
    for path in sorted((path[:-1] for path in abandoned if path[-1] == DOT), key=len):
        if not any(kept[: len(path)] == path for kept in {*others, *wanted}):
            _drop(base, field, path)
    for path in sorted((path for path in abandoned if path[-1] != DOT), key=len, reverse=True):
        _drop(base, field, path)


def _drop(holder: Any, field: Field, path: Path) -> None:
    step = path[0]
    if isinstance(holder, dict):
        key = step[2:]
        if len(path) == 1:
            holder.pop(key, None)
        elif key in holder:
            _drop(holder[key], child(field, key), path[1:])
            if holder[key] in ({}, []):
                del holder[key]
    elif isinstance(holder, list):
        for item in [item for item in holder if element_step(item, field) == step]:
            if len(path) == 1:
                holder.remove(item)
            else:
                _drop(item, element(field), path[1:])


def _merge(target: Any, config: Any, field: Field) -> Any:
    if isinstance(config, dict) and isinstance(target, dict) and not is_atomic(field):
        for key, value in config.items():
            target[key] = _merge(target.get(key), value, child(field, key))
        return target
    if isinstance(config, list) and isinstance(target, list) and ("keys" in field or "set" in field):
        return _merge_list(target, config, field)
    return clone(config)


def _merge_list(target: list[Any], config: list[Any], field: Field) -> list[Any]:
    places = {element_step(item, field): index for index, item in enumerate(target)}
    for item in config:
        place = places.get(element_step(item, field))
        if place is None:
            target.append(clone(item))
        else:
            target[place] = _merge(target[place], item, element(field))
    return target


def _record(
    merged: Obj,
    live: Obj | None,
    wanted: Leaves,
    owned: list[Owned],
    manager: Manager,
    now: str,
    field: Field,
) -> None:
    paths = frozenset(wanted)
    held = leaves(live, field) if live else {}
    changed = frozenset(path for path, value in wanted.items() if path not in held or held[path] != value)
    before = next((one for one in owned if one.manager == manager), None)
    time = before.time if before and before.paths == paths and not changed else now
    others = [replace(one, paths=one.paths - changed) for one in owned if one.manager != manager]
    write_owned(merged, [*others, Owned(manager, paths, time)])
