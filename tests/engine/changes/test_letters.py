"""Requests as JSON, their marks, and what they would do: the pure parts."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from sites import deployment

from kubesteer.core.refs import Ref
from kubesteer.core.requests import Apply, Create, Delete, Evict, Patch, PatchType, Request
from kubesteer.engine.changes.identifiers import is_identifier, new_identifier
from kubesteer.engine.changes.letters import digest, letter_of, request_of, verb_of
from kubesteer.engine.changes.marks import leaves_mark, mark_of, marked
from kubesteer.engine.changes.previews import effect, preview, titled, with_changes
from kubesteer.operations.differences import differences

WEB = Ref("Deployment", "shop", "web")
NODE = Ref("Node", "", "node-1")
SCALE = Patch(WEB, {"spec": {"replicas": 3}})
REQUESTS: list[Request] = [
    SCALE,
    Patch(NODE, [{"op": "add", "path": "/spec/unschedulable", "value": True}], PatchType.JSON),
    Patch(WEB, {"spec": {"replicas": 3}}, PatchType.MERGE, "scale"),
    Create(WEB, {"kind": "Deployment"}),
    Apply(WEB, {"kind": "Deployment"}, force=True),
    Delete(WEB, 0),
    Delete(WEB),
    Evict(Ref("Pod", "shop", "web-1")),
]


@pytest.mark.parametrize("request_", REQUESTS)
def test_a_letter_is_read_back_as_the_same_request(request_: Request) -> None:
    assert request_of(json.loads(json.dumps(letter_of(request_)))) == request_


def test_digests_tell_requests_apart() -> None:
    assert len({digest(letter_of(each)) for each in REQUESTS}) == len(REQUESTS)
    assert digest({"a": 1, "b": 2}) == digest({"b": 2, "a": 1})


def test_an_unknown_letter_is_refused() -> None:
    with pytest.raises(ValueError, match="no such request"):
        request_of({"request": "Replace", "object": WEB.to_json()})


def test_verbs_as_rbac_names_them() -> None:
    assert [verb_of(each) for each in REQUESTS] == [
        *("patch", "patch", "patch", "create", "patch", "delete", "delete", "create")
    ]


def test_ids_are_fresh_and_recognised() -> None:
    fresh = {new_identifier() for _ in range(100)}
    assert len(fresh) == 100
    assert all(map(is_identifier, fresh))


@pytest.mark.parametrize(
    "request_", [SCALE, Create(WEB, {}), Apply(WEB, {"metadata": {"annotations": {"a": "b"}}})]
)
def test_the_mark_goes_with_the_request(request_: Patch | Create | Apply) -> None:
    before = copy.deepcopy(request_)
    sent = marked(request_, "chg-1", None)
    assert isinstance(sent, Patch | Create | Apply)
    assert mark_of(sent.body) == "chg-1"
    assert request_ == before
    assert leaves_mark(request_)


@pytest.mark.parametrize(
    ("annotations", "creates"),
    [(None, True), ({}, True), ({"a": "b"}, False), ({"kubesteer.io/change": "x"}, False)],
)
def test_a_json_patch_keeps_the_annotations_that_are_there(
    annotations: dict[str, str] | None, creates: bool
) -> None:
    patch = Patch(WEB, [{"op": "replace", "path": "/spec/replicas", "value": 3}], PatchType.JSON)
    current = {"metadata": {} if annotations is None else {"annotations": annotations}}
    sent = marked(patch, "chg-1", current)
    assert isinstance(sent, Patch)
    added = [operation["path"] for operation in sent.body[1:]]
    assert ("/metadata/annotations" in added) is creates
    assert added[-1] == "/metadata/annotations/kubesteer.io~1change"


def test_a_json_patch_that_makes_annotations_is_not_undone_by_the_mark() -> None:
    body = [
        {"op": "add", "path": "/metadata/annotations", "value": {}},
        {"op": "add", "path": "/metadata/annotations/a", "value": "b"},
    ]
    sent = marked(Patch(WEB, body, PatchType.JSON), "chg-1", {"metadata": {}})
    assert isinstance(sent, Patch)
    assert [o["path"] for o in sent.body].count("/metadata/annotations") == 1


@pytest.mark.parametrize("request_", [Delete(WEB), Evict(WEB), Patch(WEB, {}, subresource="scale")])
def test_what_cannot_be_marked_is_left_alone(request_: Request) -> None:
    assert marked(request_, "chg-1", None) == request_
    assert not leaves_mark(request_)


def test_what_carries_no_mark() -> None:
    for manifest in (None, {}, {"metadata": None}, {"metadata": {"annotations": None}}):
        assert mark_of(manifest) == ""


def _with_password(value: str) -> dict[str, Any]:
    changed = deployment()
    changed["spec"]["template"]["spec"]["containers"][0]["env"][0]["value"] = value
    return changed


def test_a_preview_shows_no_secret_and_yet_that_it_changes() -> None:
    shown = preview(SCALE, deployment(), _with_password("other"))
    assert "DB_PASSWORD" in shown
    assert "other" not in shown
    assert "hunter2" not in shown
    assert "→" in shown


def test_an_effect_tells_secrets_apart_that_a_preview_does_not_show() -> None:
    one, other = _with_password("one"), _with_password("other")
    assert preview(SCALE, deployment(), one) == preview(SCALE, deployment(), other)
    assert effect(SCALE, deployment(), one) != effect(SCALE, deployment(), other)
    assert effect(SCALE, deployment(), one) == effect(SCALE, deployment(), copy.deepcopy(one))


def test_status_and_bookkeeping_are_no_effect() -> None:
    busy = deployment() | {"status": {"readyReplicas": 1}}
    busy["metadata"]["resourceVersion"] = "77"
    busy["metadata"]["annotations"] = {"kubesteer.io/change": "chg-1"}
    assert preview(SCALE, deployment(), busy) == ""
    assert effect(SCALE, deployment(), busy) == effect(SCALE, deployment(), deployment())


def test_a_deletion_shows_the_object_and_an_eviction_the_pod() -> None:
    assert "- kind: Deployment" in preview(Delete(WEB), deployment(), None)
    assert preview(Evict(Ref("Pod", "shop", "a")), {"kind": "Pod"}, None) == "- Pod shop/a"


def test_changes_on_top_of_others() -> None:
    scaled, imaged = deployment(replicas=5), deployment(image="app:v2")
    expected = deployment(replicas=5, image="app:v2")
    assert with_changes(scaled, differences(deployment(), imaged)) == expected
    labelled = deployment()
    labelled["metadata"]["labels"] = {"a": "b"}
    assert with_changes(scaled, differences(deployment(), labelled))["metadata"]["labels"] == {"a": "b"}
    removed = with_changes(labelled, differences(labelled, deployment()))
    assert not removed["metadata"]["labels"]


def test_items_of_lists_come_and_go_by_name() -> None:
    more = deployment()
    more["spec"]["template"]["spec"]["containers"].append({"name": "proxy", "image": "proxy:v1"})
    assert with_changes(deployment(), differences(deployment(), more)) == more
    assert with_changes(more, differences(more, deployment())) == deployment()


def test_diffs_of_several_objects_are_titled() -> None:
    other = Ref("Service", "shop", "web")
    assert titled([(WEB, "~ a"), (WEB, "~ b")]) == "~ a\n~ b"
    assert titled([(WEB, "~ a"), (other, "+ b")]) == "# Deployment shop/web\n~ a\n# Service shop/web\n+ b"
    assert titled([(WEB, ""), (other, "+ b")]) == "+ b"
    assert titled([]) == ""
