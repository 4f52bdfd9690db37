"""Patch arithmetic: what each format makes of an object."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from api_lab import deployment
from hypothesis import given
from hypothesis import strategies as st

from kubesteer.simulator.failures import Failure
from kubesteer.simulator.patching.apply import apply_patch
from kubesteer.simulator.patching.json_patch import json_patch
from kubesteer.simulator.patching.merge_patch import merge_patch
from kubesteer.simulator.patching.ownership import Manager, track_update
from kubesteer.simulator.patching.strategic import strategic_merge

Obj = dict[str, Any]
NOW, LATER = "2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)
OBJECTS = st.dictionaries(st.text(max_size=3), JSON, max_size=4)


def strategic(obj: Obj, patch: Obj) -> Obj:
    return strategic_merge(obj, patch, "apps/v1", "Deployment")


def pods(*containers: Obj, **spec: Any) -> Obj:
    return {"spec": {"template": {"spec": {"containers": list(containers), **spec}}}}


def containers(obj: Obj) -> list[Obj]:
    found: list[Obj] = obj["spec"]["template"]["spec"]["containers"]
    return found


class TestMerge:
    @pytest.mark.parametrize(
        ("target", "patch", "result"),
        [  # the table of RFC 7386, appendix A
            ({"a": "b"}, {"a": "c"}, {"a": "c"}),
            ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
            ({"a": "b"}, {"a": None}, {}),
            ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
            ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
            ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
            ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
            ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
            ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
            ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
        ],
    )
    def test_the_table_of_the_standard(self, target: Obj, patch: Obj, result: Obj) -> None:
        assert merge_patch(target, patch) == result

    @given(OBJECTS, OBJECTS)
    def test_the_object_itself_stays(self, obj: Obj, patch: Obj) -> None:
        before = copy.deepcopy(obj)
        merge_patch(obj, patch)
        assert obj == before

    @given(OBJECTS, OBJECTS)
    def test_twice_is_once(self, obj: Obj, patch: Obj) -> None:
        once = merge_patch(obj, patch)
        assert merge_patch(once, patch) == once


class TestJson:
    @pytest.mark.parametrize(
        ("steps", "result"),
        [
            ([{"op": "add", "path": "/b", "value": 2}], {"a": [1, 2], "b": 2}),
            ([{"op": "add", "path": "/a/1", "value": 9}], {"a": [1, 9, 2]}),
            ([{"op": "add", "path": "/a/-", "value": 9}], {"a": [1, 2, 9]}),
            ([{"op": "remove", "path": "/a/0"}], {"a": [2]}),
            ([{"op": "replace", "path": "/a", "value": {}}], {"a": {}}),
            ([{"op": "move", "from": "/a/0", "path": "/a/1"}], {"a": [2, 1]}),
            ([{"op": "copy", "from": "/a", "path": "/b"}], {"a": [1, 2], "b": [1, 2]}),
            ([{"op": "test", "path": "/a/1", "value": 2}], {"a": [1, 2]}),
            ([{"op": "add", "path": "/x~1y~0z", "value": 1}], {"a": [1, 2], "x/y~z": 1}),
        ],
    )
    def test_operations(self, steps: list[Obj], result: Obj) -> None:
        assert json_patch({"a": [1, 2]}, steps) == result

    @pytest.mark.parametrize(
        ("step", "code"),
        [
            ({"op": "remove", "path": "/b"}, 422),
            ({"op": "replace", "path": "/b", "value": 1}, 422),
            ({"op": "add", "path": "/a/9", "value": 1}, 422),
            ({"op": "add", "path": "/b/c", "value": 1}, 422),
            ({"op": "test", "path": "/a/0", "value": True}, 422),
            ({"op": "add", "path": "b", "value": 1}, 400),
            ({"op": "leap", "path": "/a"}, 422),
            ({"op": "remove", "path": ""}, 422),
        ],
    )
    def test_what_cannot_be_done(self, step: Obj, code: int) -> None:
        with pytest.raises(Failure) as caught:
            json_patch({"a": [1, 2]}, [{"op": "add", "path": "/z", "value": 1}, step])
        assert caught.value.code == code

    def test_a_value_is_not_shared(self) -> None:
        value: Obj = {}
        made = json_patch({}, [{"op": "add", "path": "/a", "value": value}])
        made["a"]["b"] = 1
        assert value == {}


class TestStrategic:
    def test_containers_merge_by_name(self) -> None:
        made = strategic(
            deployment("web"), pods({"name": "app", "image": "new"}, {"name": "proxy", "image": "p"})
        )
        assert [(each["name"], each["image"]) for each in containers(made)] == [
            ("app", "new"),
            ("proxy", "p"),
        ]

    def test_lists_without_a_merge_key_are_replaced(self) -> None:
        first = strategic(deployment("web"), pods({"name": "app", "args": ["a", "b"]}))
        assert containers(strategic(first, pods({"name": "app", "args": ["c"]})))[0]["args"] == ["c"]

    def test_an_element_is_deleted_by_directive(self) -> None:
        first = strategic(deployment("web"), pods({"name": "proxy", "image": "p"}))
        made = strategic(first, pods({"name": "proxy", "$patch": "delete"}))
        assert [each["name"] for each in containers(made)] == ["app"]

    def test_a_list_is_replaced_by_directive(self) -> None:
        made = strategic(deployment("web"), pods({"$patch": "replace"}, {"name": "only", "image": "o"}))
        assert [each["name"] for each in containers(made)] == ["only"]

    def test_retain_keys_takes_the_others_away(self) -> None:
        rolling = {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1}}
        wanted = {"$retainKeys": ["type"], "type": "Recreate"}
        made = strategic(deployment("web", strategy=rolling), {"spec": {"strategy": wanted}})
        assert made["spec"]["strategy"] == {"type": "Recreate"}

    def test_primitive_lists_merge_and_lose_what_is_named(self) -> None:
        obj = deployment("web")
        obj["metadata"]["finalizers"] = ["a", "b"]
        assert strategic(obj, {"metadata": {"finalizers": ["c", "a"]}})["metadata"]["finalizers"] == [
            "a",
            "b",
            "c",
        ]
        removal = {"metadata": {"$deleteFromPrimitiveList/finalizers": ["a"]}}
        assert strategic(obj, removal)["metadata"]["finalizers"] == ["b"]

    def test_the_order_that_is_set(self) -> None:
        first = strategic(deployment("web"), pods({"name": "b", "image": "x"}, {"name": "c", "image": "x"}))
        order = {"$setElementOrder/containers": [{"name": "c"}, {"name": "app"}, {"name": "b"}]}
        made = strategic(first, {"spec": {"template": {"spec": order}}})
        assert [each["name"] for each in containers(made)] == ["c", "app", "b"]

    def test_ports_merge_by_two_fields_only_by_the_first(self) -> None:
        first = strategic(
            deployment("web"), pods({"name": "app", "ports": [{"containerPort": 80, "name": "a"}]})
        )
        made = strategic(first, pods({"name": "app", "ports": [{"containerPort": 80, "name": "b"}]}))
        assert containers(made)[0]["ports"] == [{"containerPort": 80, "name": "b"}]

    def test_an_element_without_its_key_is_refused(self) -> None:
        with pytest.raises(Failure, match="merge key: name"):
            strategic(deployment("web"), pods({"image": "x"}))


class TestApply:
    def apply(self, live: Obj | None, config: Obj, who: str, *, force: bool = False) -> Obj:
        return apply_patch(live, config, Manager(who, "Apply", "apps/v1", ""), NOW, force=force)

    def test_a_field_that_is_no_longer_applied_goes(self) -> None:
        first = self.apply(None, deployment("web", minReadySeconds=5), "one")
        assert first["spec"]["minReadySeconds"] == 5
        assert "minReadySeconds" not in self.apply(first, deployment("web"), "one")["spec"]

    def test_a_field_that_another_owns_too_stays(self) -> None:
        first = self.apply(None, deployment("web", minReadySeconds=5), "one")
        both = self.apply(first, deployment("web", minReadySeconds=5), "two")
        assert self.apply(both, deployment("web"), "one")["spec"]["minReadySeconds"] == 5

    def test_another_value_is_a_conflict_unless_forced(self) -> None:
        first = self.apply(None, deployment("web", replicas=2), "one")
        with pytest.raises(Failure) as caught:
            self.apply(first, deployment("web", replicas=3), "two")
        assert caught.value.code == 409
        assert caught.value.message == 'Apply failed with 1 conflict: conflict with "one": .spec.replicas'
        forced = self.apply(first, deployment("web", replicas=3), "two", force=True)
        assert forced["spec"]["replicas"] == 3
        with pytest.raises(Failure):
            self.apply(forced, deployment("web", replicas=2), "one")

    def test_a_plain_update_takes_ownership(self) -> None:
        first = self.apply(None, deployment("web", replicas=2), "one")
        changed = copy.deepcopy(first)
        changed["spec"]["replicas"] = 7
        track_update(first, changed, Manager("scaler", "Update", "apps/v1", ""), LATER)
        owners = {each["manager"]: each for each in changed["metadata"]["managedFields"]}
        assert owners["scaler"]["fieldsV1"] == {"f:spec": {"f:replicas": {}}}
        assert owners["scaler"]["time"] == LATER
        assert "f:replicas" not in owners["one"]["fieldsV1"]["f:spec"]
        with pytest.raises(Failure, match='"scaler" using apps/v1'):
            self.apply(changed, deployment("web", replicas=2), "one")

    def test_lists_are_owned_by_their_keys(self) -> None:
        made = self.apply(None, deployment("web"), "one")
        fields = made["metadata"]["managedFields"][0]["fieldsV1"]
        owned = fields["f:spec"]["f:template"]["f:spec"]["f:containers"]
        assert owned == {'k:{"name":"app"}': {".": {}, "f:image": {}, "f:name": {}}}

    def test_an_abandoned_element_goes_with_the_defaults_in_it(self) -> None:
        two = deployment("web")
        two["spec"]["template"]["spec"]["containers"].append(
            {"name": "side", "image": "x", "env": [{"name": "A"}]}
        )
        first = self.apply(None, two, "one")
        for container in containers(first):
            container["terminationMessagePolicy"] = "File"  # what the server fills in belongs to nobody
        made = self.apply(first, deployment("web"), "one")
        assert [each["name"] for each in containers(made)] == ["app"]
        assert containers(made)[0]["terminationMessagePolicy"] == "File"

    def test_an_abandoned_element_stays_for_its_other_owner(self) -> None:
        two = deployment("web")
        two["spec"]["template"]["spec"]["containers"].append({"name": "side", "image": "x"})
        both = self.apply(self.apply(None, two, "one"), two, "other")
        assert len(containers(self.apply(both, deployment("web"), "one"))) == 2
