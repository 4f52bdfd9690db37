"""Field managers: who owns which field of an object (`metadata.managedFields`).

Source: https://kubernetes.io/docs/reference/using-api/server-side-apply/#managers
"""

from dataclasses import dataclass, replace

from kubesteer.simulator.objects import Obj, items
from kubesteer.simulator.patching.fields import Path, from_fields_v1, leaves, to_fields_v1
from kubesteer.simulator.schemas.shapes import root


@dataclass(frozen=True, slots=True)
class Manager:
    """Who writes: the name, `Apply` or `Update`, the version used and the subresource written through."""

    name: str
    operation: str
    api_version: str
    subresource: str = ""


@dataclass(frozen=True, slots=True)
class Owned:
    """What one manager owns, and when that last changed."""

    manager: Manager
    paths: frozenset[Path]
    time: str


def read_owned(obj: Obj) -> list[Owned]:
    """The entries of `metadata.managedFields`."""
    return [
        Owned(
            Manager(
                entry.get("manager", ""),
                entry.get("operation", "Update"),
                entry.get("apiVersion", ""),
                entry.get("subresource", ""),
            ),
            from_fields_v1(entry.get("fieldsV1")),
            entry.get("time", ""),
        )
        for entry in items(obj, "metadata", "managedFields")
    ]


def write_owned(obj: Obj, owned: list[Owned]) -> None:
    """Set `metadata.managedFields`, leaving out who owns nothing any more."""
    entries = [_entry(one) for one in owned if one.paths]
    if entries:
        obj["metadata"]["managedFields"] = entries
    else:
        obj["metadata"].pop("managedFields", None)


def _entry(one: Owned) -> Obj:
    entry: Obj = {
        "manager": one.manager.name,
        "operation": one.manager.operation,
        "apiVersion": one.manager.api_version,
        "time": one.time,
        "fieldsType": "FieldsV1",
        "fieldsV1": to_fields_v1(one.paths),
    }
    if one.manager.subresource:
        entry["subresource"] = one.manager.subresource
    return entry


def track_update(before: Obj | None, after: Obj, manager: Manager, now: str) -> None:
    """Give what an ordinary write changed to its manager, and take it from everyone else."""
    field = root(after["apiVersion"], after["kind"])
    old = leaves(before, field) if before else {}
    new = leaves(after, field)
    taken = frozenset(path for path, value in new.items() if path not in old or old[path] != value)
    lost = frozenset(path for path in old if path not in new)
    owned = read_owned(before) if before else []
    if not taken and not lost:
        write_owned(after, owned)
        return
    kept = [replace(one, paths=one.paths - lost - taken) for one in owned if one.manager != manager]
    own = next((one.paths for one in owned if one.manager == manager), frozenset())
    write_owned(after, [*kept, Owned(manager, (own - lost) | taken, now)])
