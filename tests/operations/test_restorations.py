"""The way back, field by field: applied by a JSON Patch, and refused where somebody was there in between."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from operation_samples import container, meta, seen, template, workload

from kubesteer.core.errors import Refused
from kubesteer.core.operations import Change, NoWayBack
from kubesteer.core.refs import Ref
from kubesteer.operations.alterations import Restore, way_back
from kubesteer.operations.deletions import Delete
from kubesteer.operations.differences import differences
from kubesteer.operations.registry import recorded
from kubesteer.operations.restorations import FieldBack, json_patch
from kubesteer.simulator.patching.json_patch import json_patch as applied

WEB = Ref("Deployment", "shop", "web")


def back(before: dict[str, Any], after: dict[str, Any], now: dict[str, Any] | None = None) -> dict[str, Any]:
    """The object after the way back was applied to what is there now."""
    fields = [FieldBack.of(change) for change in differences(before, after)]
    current = after if now is None else now
    restored: dict[str, Any] = applied(copy.deepcopy(current), json_patch(WEB, current, fields))
    return restored


def changed(**containers: dict[str, Any]) -> dict[str, Any]:
    """The deployment with other values in its containers, by name."""
    made = [container(name, **values) for name, values in containers.items()]
    return workload(made=template(*made))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (changed(app={}), changed(app={"image": "reg.example.com/app:v2"})),
        (changed(app={}), changed(app={"resources": {"limits": {"cpu": "1"}}})),
        (changed(app={"resources": {"limits": {"cpu": "1", "memory": "1Gi"}}}), changed(app={})),
        (changed(app={}, side={}), changed(app={})),
        (changed(app={}), changed(app={}, side={}, more={})),
        (changed(app={}), changed(app={"env": [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}]})),
        (
            changed(app={"env": [{"name": "A", "value": "1"}]}),
            changed(app={"env": [{"name": "B", "value": "1"}]}),
        ),
        (changed(app={"command": ["a", "b"]}), changed(app={"command": ["a", "c"]})),
        (changed(app={"livenessProbe": {"tcpSocket": {"port": 1}}}), changed(app={})),
        (workload(labels={"a/b~c": "1"}), workload(labels={"a/b~c": "2", "d": "3"})),
        (workload(replicas=3), workload(replicas=0)),
    ],
)
def test_there_and_back(before: dict[str, Any], after: dict[str, Any]) -> None:
    assert differences(back(before, after), before) == ()
    assert differences(back(after, before), after) == ()


def test_other_peoples_fields_stay() -> None:
    before, after = changed(app={}), changed(app={"image": "reg.example.com/app:v2"})
    now = changed(app={"image": "reg.example.com/app:v2", "env": [{"name": "THEIRS", "value": "1"}]})
    [only] = back(before, after, now)["spec"]["template"]["spec"]["containers"]
    assert only["image"] == "reg.example.com/app:v1"
    assert only["env"] == [{"name": "THEIRS", "value": "1"}]


def test_containers_are_found_by_name_when_they_moved() -> None:
    before, after = changed(app={}, side={}), changed(app={}, side={"image": "reg.example.com/app:v2"})
    now = changed(new={}, side={"image": "reg.example.com/app:v2"}, app={})
    names = {
        c["name"]: c["image"] for c in back(before, after, now)["spec"]["template"]["spec"]["containers"]
    }
    assert set(names.values()) == {"reg.example.com/app:v1"}


def test_a_field_that_was_changed_since_is_refused() -> None:
    before, after = workload(replicas=3), workload(replicas=5)
    with pytest.raises(Refused, match=r"spec\.replicas of Deployment shop/web was changed again since"):
        back(before, after, workload(replicas=7))


def test_what_is_back_already_needs_nothing() -> None:
    before, after = workload(replicas=3), workload(replicas=5)
    assert json_patch(WEB, before, [FieldBack.of(change) for change in differences(before, after)]) == []


def test_every_replaced_value_is_tested_first() -> None:
    before, after = workload(replicas=3), workload(replicas=5)
    patch = json_patch(WEB, after, [FieldBack.of(change) for change in differences(before, after)])
    assert patch == [
        {"op": "test", "path": "/spec/replicas", "value": 5},
        {"op": "replace", "path": "/spec/replicas", "value": 3},
    ]


def test_a_restore_survives_the_ledger() -> None:
    made = way_back(WEB, seen(workload(replicas=3)), workload(replicas=5))
    assert isinstance(made, Restore)
    again = recorded(made.name_, made.arguments())
    assert again == made
    assert isinstance(again, Change)
    assert again.requests(seen(workload(replicas=5))) == made.requests(seen(workload(replicas=5)))


def test_the_way_back_from_a_creation_is_a_deletion() -> None:
    assert way_back(WEB, seen(None), workload()) == Delete(kind="Deployment", namespace="shop", name="web")


def test_values_of_a_secret_are_not_kept() -> None:
    ref = Ref("Secret", "shop", "keys")
    before = {**meta("Secret", "keys"), "data": {"a": "b2xk"}}
    assert isinstance(way_back(ref, seen(before), {**before, "data": {"a": "bmV3"}}), NoWayBack)
    labelled = {**meta("Secret", "keys", labels={"team": "a"}), "data": {"a": "b2xk"}}
    made = way_back(ref, seen(before), labelled)
    assert isinstance(made, Restore)
    assert "b2xk" not in str(made.arguments())


values = st.recursive(
    st.none() | st.booleans() | st.integers(0, 9) | st.text("ab/~", max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "b~/", "c"]), inner, max_size=3)
    ),
    max_leaves=8,
)
items = st.lists(st.sampled_from(["x", "y", "z"]), unique=True, max_size=3).flatmap(
    lambda names: st.tuples(
        *(st.fixed_dictionaries({"name": st.just(name)}, optional={"v": values}) for name in names)
    )
)
specs = st.fixed_dictionaries(
    {},
    optional={
        "a": values,
        "items": items.map(list),
        "labels": st.dictionaries(st.sampled_from("pq"), st.sampled_from("12")),
    },
)


@settings(max_examples=300, deadline=None)
@given(specs, specs)
def test_any_change_can_be_taken_back(before: dict[str, Any], after: dict[str, Any]) -> None:
    old, new = ({"metadata": {"name": "web"}, "spec": spec} for spec in (before, after))
    restored = back(old, new)
    assert differences(restored, old) == ()
