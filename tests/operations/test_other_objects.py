"""set_service, resize_volume, label, annotate and delete."""

from __future__ import annotations

from typing import Any

import pytest
from operation_requests import change, on, refused, sent
from operation_samples import AT, Obj, meta, seen, workload

from kubesteer.core.errors import Unusable
from kubesteer.core.operations import Broken, Change, NoWayBack, Settled, Snapshot, Waiting
from kubesteer.core.refs import Ref
from kubesteer.core.requests import Delete, Patch, PatchType

WEB = Ref("Deployment", "shop", "web")


def service(*ports: Obj, **selector: str) -> Obj:
    return {**meta("Service", "web"), "spec": {"selector": selector, "ports": list(ports)}}


def test_a_selector_is_replaced_as_a_whole() -> None:
    target = service({"port": 80}, app="wrong", tier="x")
    request = sent(change("set_service", namespace="shop", name="web", selector="app=web"), seen(target))
    assert isinstance(request, Patch)
    assert request.body == [
        {"op": "test", "path": "/spec/selector", "value": {"app": "wrong", "tier": "x"}},
        {"op": "replace", "path": "/spec/selector", "value": {"app": "web"}},
    ]


def test_ports_of_a_service() -> None:
    one, two = service({"port": 80, "targetPort": 80}), service({"port": 80, "targetPort": 80}, {"port": 443})

    def steps(target: Obj, **arguments: Any) -> Any:
        request = sent(change("set_service", namespace="shop", name="web", **arguments), seen(target))
        assert isinstance(request, Patch)
        return [(step["path"], step["value"]) for step in request.body if step["op"] != "test"]

    assert steps(one, target_port="8080") == [("/spec/ports/0/targetPort", 8080)]
    assert steps(one, port=8000) == [("/spec/ports/0/port", 8000)]
    assert steps(two, port=443, target_port="https") == [("/spec/ports/1/targetPort", "https")]
    which = change("set_service", namespace="shop", name="web", target_port=1)
    assert refused(which, two, "80, 443. Which one") == "port"


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"selector": {}},
        {"selector": "app"},
        {"selector": {"a b": "c"}},
        {"port": 0},
        {"target_port": "UPPER"},
    ],
)
def test_a_service_that_cannot_be(arguments: dict[str, Any]) -> None:
    with pytest.raises(Unusable):
        change("set_service", namespace="shop", name="web", **arguments)


def claim(size: str = "10Gi", **status: Any) -> Obj:
    spec = {"storageClassName": "fast", "resources": {"requests": {"storage": size}}}
    own = {"phase": "Bound", "capacity": {"storage": size}, **status}
    return {**meta("PersistentVolumeClaim", "data"), "spec": spec, "status": own}


def storage(expands: bool) -> Obj:
    return {**meta("StorageClass", "fast", ""), "allowVolumeExpansion": expands}


def test_a_volume_only_grows() -> None:
    def resize(size: str) -> Change:
        return change("resize_volume", namespace="shop", name="data", size=size)

    able = seen(claim(), StorageClass=[storage(True)])
    request = sent(resize("20Gi"), able)
    assert isinstance(request, Patch)
    assert request.body == {"spec": {"resources": {"requests": {"storage": "20Gi"}}}}
    refused(resize("5Gi"), able, "cannot shrink from 10Gi to 5Gi")
    refused(resize("10240Mi"), able, "already")
    refused(resize("20Gi"), seen(claim(), StorageClass=[storage(False)]), "does not allow")
    refused(resize("20Gi"), seen(claim(phase="Pending")), "not bound")
    assert isinstance(resize("20Gi").undo(able, claim("20Gi")), NoWayBack)
    assert isinstance(resize("20Gi").settled(able, able), Waiting)
    assert isinstance(resize("20Gi").settled(able, seen(claim("20Gi"))), Settled)
    pending = claim(conditions=[{"type": "FileSystemResizePending", "status": "True"}])
    assert "when its pod restarts" in resize("20Gi").settled(able, seen(pending)).text.en
    failed = claim(conditions=[{"type": "ControllerResizeError", "status": "True", "message": "full"}])
    assert isinstance(resize("20Gi").settled(able, seen(failed)), Broken)
    for size in ("lots", "-1Gi", "1", "1e40"):
        with pytest.raises(Unusable):
            resize(size)


def test_labels_and_annotations_are_merged() -> None:
    target = workload(labels={"team": "a"})
    for verb, field in (("label", "labels"), ("annotate", "annotations")):
        request = sent(on(target, verb, key="x.io/y", value="z"), seen(target))
        assert isinstance(request, Patch)
        assert (request.type, request.body) == (PatchType.MERGE, {"metadata": {field: {"x.io/y": "z"}}})
    removal = sent(on(target, "label", key="team"), seen(target))
    assert isinstance(removal, Patch)
    assert removal.body == {"metadata": {"labels": {"team": None}}}
    refused(on(target, "label", key="team", value="a"), target, "already")
    refused(on(target, "annotate", key="team"), target, "no annotation team")


def test_delete_is_told_by_what_is_left() -> None:
    target = workload()
    delete = on(target, "delete")
    assert sent(delete, seen(target)) == Delete(WEB)
    refused(delete, Snapshot(None), "does not exist")
    going, other = workload(), workload()
    going["metadata"] |= {"deletionTimestamp": AT, "finalizers": ["x.io/hold"]}
    other["metadata"]["uid"] = "another"
    refused(delete, going, "already")
    waiting = delete.settled(seen(target), seen(going))
    assert isinstance(waiting, Waiting)
    assert "x.io/hold" in waiting.text.en
    assert isinstance(delete.settled(seen(target), seen(other)), Settled)
    assert isinstance(delete.settled(seen(target), Snapshot(None)), Settled)
    assert isinstance(delete.undo(seen(target), None), NoWayBack)
