"""The `meta.k8s.io/v1` Table.

Source: https://kubernetes.io/docs/reference/using-api/api-concepts/#receiving-resources-as-tables
"""

from collections.abc import Mapping

from kubesteer.simulator.objects import Obj, name_of
from kubesteer.simulator.registry import Resource
from kubesteer.simulator.server.replies import partial
from kubesteer.simulator.tables.cells import age, utc_now
from kubesteer.simulator.tables.columns import CLUSTER
from kubesteer.simulator.tables.definitions import Column
from kubesteer.simulator.tables.pods import PODS
from kubesteer.simulator.tables.workloads import WORKLOADS

DEFAULT: tuple[Column, ...] = (
    Column("Name", lambda obj, _now: name_of(obj)),
    Column("Created At", lambda obj, _now: obj["metadata"].get("creationTimestamp"), type="date"),
)
CUSTOM: tuple[Column, ...] = (DEFAULT[0], Column("Age", age))
COLUMNS: Mapping[str, tuple[Column, ...]] = {**PODS, **WORKLOADS, **CLUSTER}


def table(resource: Resource, objects: list[Obj], metadata: Obj, included: str) -> Obj:
    """Objects as rows; `included` says what each row carries: `Metadata`, `Object` or `None`."""
    now = utc_now()
    columns = COLUMNS.get(resource.kind, CUSTOM if resource.custom else DEFAULT)
    rows = []
    for obj in objects:
        row: Obj = {"cells": [column.cell(obj, now) for column in columns]}
        if included == "Metadata":
            row["object"] = partial(obj)
        elif included == "Object":
            row["object"] = obj
        rows.append(row)
    return {
        "kind": "Table",
        "apiVersion": "meta.k8s.io/v1",
        "metadata": metadata,
        "columnDefinitions": [column.definition() for column in columns],
        "rows": rows,
    }
