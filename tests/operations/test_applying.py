"""Manifests that people give: parsed, refused where they must be, applied, and taken back."""

from __future__ import annotations

from typing import Any

import pytest
from operation_samples import container, meta, seen, template, workload

from kubesteer.core.errors import Unusable
from kubesteer.core.operations import Broken, Change, NoWayBack, Settled, Snapshot, Waiting
from kubesteer.core.refs import Ref
from kubesteer.core.requests import Apply as ServerSideApply
from kubesteer.core.requests import Delete, Patch
from kubesteer.core.texts import Text
from kubesteer.operations.applies import Apply
from kubesteer.operations.documents import documents_of
from kubesteer.operations.ownership import contested_by_us_alone, is_in_effect
from kubesteer.operations.registry import operation, recorded
from kubesteer.operations.reverts import Revert, together

CONFIG = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: it}\ndata: {a: '1'}\n"


def apply(manifest: Any, **arguments: Any) -> Apply:
    made = operation("apply", {"manifest": manifest, **arguments})
    assert isinstance(made, Apply)
    return made


def config(name: str = "it", **data: str) -> dict[str, Any]:
    return {**meta("ConfigMap", name, "default"), "data": data}


def test_text_objects_and_lists_are_taken() -> None:
    one = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "it"}, "data": {"a": "1"}}
    for given in (
        CONFIG,
        one,
        [one],
        {"apiVersion": "v1", "kind": "List", "items": [one]},
        f"---\n{CONFIG}---\n",
    ):
        [document] = apply(given).documents
        assert document.ref == Ref("ConfigMap", "default", "it")
        assert document.body["data"] == {"a": "1"}


def test_what_only_the_server_writes_is_left_out() -> None:
    text = (
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: it\n  namespace: shop\n  uid: x\n  resourceVersion: '5'\n"
        "  managedFields: []\n  annotations: {kubectl.kubernetes.io/last-applied-configuration: '{}'}\nstatus: {a: 1}\n"
    )
    [document] = documents_of(text, "default")
    assert document.body == {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "it", "namespace": "shop"},
    }


def test_a_cluster_scoped_kind_has_no_namespace_and_an_unknown_one_its_own() -> None:
    [space] = documents_of(
        "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop, namespace: odd}", "default"
    )
    assert space.ref == Ref("Namespace", "", "shop")
    assert "namespace" not in space.body["metadata"]
    text = "apiVersion: argoproj.io/v1alpha1\nkind: Rollout\nmetadata: {name: web, namespace: shop}"
    assert documents_of(text, "default")[0].ref == Ref("Rollout", "shop", "web")


def test_plain_words_stay_text_where_kubernetes_keeps_them() -> None:
    [document] = documents_of(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: it}\ndata: {day: 2024-01-02, map: 80:80, n: 12, f: 1.5, t: true}",
        "default",
    )
    assert document.body["data"] == {"day": "2024-01-02", "map": "80:80", "n": 12, "f": 1.5, "t": True}


BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{b}: &{b} [{','.join([f'*{a}'] * 9)}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    ("manifest", "words"),
    [
        ("", "is empty"),
        ("# nothing\n---\n", "is empty"),
        ("just words", "not an object"),
        ("a: [1, 2", "not valid YAML, line"),
        ("!!python/object/apply:os.system ['true']", "not valid YAML"),
        ("\x00", "not valid YAML"),
        ("kind: ConfigMap", "without apiVersion or kind"),
        ("apiVersion: v1\nkind: ConfigMap", "without metadata.name"),
        ("apiVersion: v1\nkind: ConfigMap\nmetadata: {generateName: x-}", "without metadata.name"),
        ("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ../x}", "cannot be a Kubernetes name"),
        (
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: it, namespace: a/b}",
            "cannot be a Kubernetes namespace",
        ),
        ("apiVersion: serving.knative.dev/v1\nkind: Service\nmetadata: {name: it}", "not of v1"),
        ("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: it}\n---\n" * 2, "twice"),
        ("1: 2", "not an object"),
        (CONFIG + "x: &x [*x]\n", "too large once"),
        (BOMB, "too large once"),
        ("x" * 1_000_001, "is too large"),
        ("[" * 5000, "not valid YAML"),
    ],
)
def test_what_cannot_be_applied_is_refused(manifest: str, words: str) -> None:
    with pytest.raises(Unusable) as caught:
        apply(manifest)
    assert words in caught.value.say("en")


def test_one_request_an_object_in_their_order() -> None:
    made = apply(f"{CONFIG}---\n{CONFIG.replace('it', 'more')}", force=True)
    before = seen(config(a="0"), ConfigMap=[config(a="0")])
    first, second = made.requests(before)
    assert isinstance(first, ServerSideApply)
    assert (first.ref.name, second.ref.name, first.force) == ("it", "more", True)
    told = made.explain(before).en
    assert "create ConfigMap default/more" in told
    assert "change ConfigMap default/it" in told
    assert "by force" in told


def test_what_an_apply_restarts_is_told() -> None:
    def told(image: str, **metadata: Any) -> str:
        body = workload(made=template(container(image=image)))
        text = {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": {"name": "web", "namespace": "shop"},
        }
        live = workload(replicas=1, **metadata)
        return (
            apply(text | {"spec": body["spec"] | {"replicas": 1, "paused": None}})
            .explain(seen(live, Deployment=[live]))
            .en
        )

    assert "Deployment shop/web: 1 pod will restart. There is a single replica" in told(
        "reg.example.com/app:v2"
    )
    assert "restart" not in told("reg.example.com/app:v1", labels={"a": "b"})
    argo = told("reg.example.com/app:v2", labels={"argocd.argoproj.io/instance": "prod"})
    assert "Argo CD (prod)" in argo


def test_a_namespace_that_is_still_to_be_made() -> None:
    made = apply("apiVersion: v1\nkind: Namespace\nmetadata: {name: new}\n---\n" + CONFIG, namespace="new")
    with pytest.raises(Unusable, match="does not exist yet"):
        made.requests(Snapshot(None))


def test_the_way_back_restores_and_deletes_in_reverse() -> None:
    made = apply(f"{CONFIG}---\n{CONFIG.replace('it', 'more')}")
    before = seen(config(a="0"), ConfigMap=[config(a="0")])
    back = made.undo_all(before, [config(a="1"), config("more", a="1")])
    assert isinstance(back, Revert)
    again = recorded(back.name_, back.arguments())
    assert again == back
    now = seen(None, ConfigMap=[config(a="1"), config("more", a="1")])
    gone, restored = back.requests(now)
    assert gone == Delete(Ref("ConfigMap", "default", "more"))
    assert isinstance(restored, Patch)
    assert restored.body[-1] == {"op": "replace", "path": "/data/a", "value": "0"}
    assert "delete ConfigMap default/more" in back.explain(now).en
    assert isinstance(back.settled(now, seen(None, ConfigMap=[config(a="0")])), Settled)
    assert isinstance(back.settled(now, now), Waiting)
    with pytest.raises(Unusable, match="already"):
        back.requests(seen(None, ConfigMap=[config(a="0")]))


def test_where_no_way_leads_back() -> None:
    secret = "apiVersion: v1\nkind: Secret\nmetadata: {name: keys}\nstringData: {a: b}\n"
    made = apply(f"{CONFIG}---\n{secret}")
    there = {**meta("Secret", "keys", "default"), "data": {"a": "eA=="}}
    before = seen(None, Secret=[there])
    assert isinstance(made.undo_all(before, [config(a="1"), {**there, "data": {"a": "Yg=="}}]), NoWayBack)
    same = seen(None, ConfigMap=[config(a="1")])
    unknown = apply(f"{CONFIG}---\n{CONFIG.replace('it', 'more')}").undo_all(same, [None])
    assert isinstance(unknown, NoWayBack)


def test_a_workload_in_a_manifest_is_watched_like_any_other() -> None:
    made = apply("apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, namespace: shop}\nspec: {}")
    going = workload()
    going["status"]["availableReplicas"] = 1
    before = seen(None)
    assert isinstance(made.settled(before, seen(None)), Waiting)
    assert isinstance(made.settled(before, seen(going, Deployment=[going])), Waiting)
    assert isinstance(made.settled(before, seen(workload(), Deployment=[workload()])), Settled)


def managed(live: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """An object with the owners of its fields: `who__operation` to fieldsV1."""
    entries = [
        {"manager": who.split("__")[0], "operation": who.split("__")[1], "fieldsV1": owned}
        for who, owned in fields.items()
    ]
    return {**live, "metadata": {**live["metadata"], "managedFields": entries}}


BODY = {"metadata": {"name": "it"}, "data": {"a": "2", "list": [{"name": "x", "v": 2}]}}
LIVE = {"metadata": {"name": "it"}, "data": {"a": "1", "list": [{"name": "x", "v": 1}]}}


@pytest.mark.parametrize(
    ("owners", "ours_alone"),
    [
        ({"kubesteer__Update": {"f:data": {"f:a": {}}}}, True),
        ({"kubectl__Apply": {"f:data": {"f:a": {}}}}, False),
        ({"kubesteer__Update": {"f:data": {"f:b": {}}}, "kubectl__Apply": {"f:data": {"f:a": {}}}}, False),
        ({"kubesteer__Update": {}, "kubectl__Apply": {"f:data": {".": {}, "f:other": {}}}}, True),
        ({"kubesteer__Update": {}, "kubectl__Apply": {"f:metadata": {"f:name": {}}}}, True),
        (
            {"kubesteer__Update": {}, "x__Update": {"f:data": {"f:list": {'k:{"name":"x"}': {"f:v": {}}}}}},
            False,
        ),
        (
            {"kubesteer__Update": {}, "x__Update": {"f:data": {"f:list": {'k:{"name":"y"}': {"f:v": {}}}}}},
            True,
        ),
        ({"kubesteer__Update": {}, "x__Update": {"f:data": {"f:list": {}}}}, False),
    ],
)
def test_our_own_patches_are_no_other_manager(owners: dict[str, Any], ours_alone: bool) -> None:
    assert contested_by_us_alone(managed(LIVE, **owners), BODY) is ours_alone


def test_nothing_to_do_is_told_from_something_to_drop() -> None:
    mark = {"f:metadata": {"f:annotations": {"f:kubesteer.io/change": {}}}}
    live = managed(BODY, kubesteer__Apply={**mark, "f:data": {"f:a": {}}})
    assert is_in_effect(live, BODY)
    assert not is_in_effect(live, {**BODY, "data": {"list": BODY["data"]["list"]}})
    assert not is_in_effect(live, {**BODY, "data": {"a": "3"}})
    assert is_in_effect(managed(BODY, kubectl__Apply={"f:data": {"f:gone": {}}}), BODY)


def test_one_that_is_broken_breaks_the_whole() -> None:
    text = Text("甲", "a")
    assert together([Settled(text), Waiting(text), Broken(text)], text) == Broken(text)
    assert together([Settled(text), Waiting(text)], text) == Waiting(text, 1, 2)
    assert together([Settled(text)], text) == Settled(text)


def test_the_single_object_has_the_common_way_back() -> None:
    made = apply(CONFIG)
    back = made.undo(seen(config(a="0"), ConfigMap=[config(a="0")]), config(a="1"))
    assert isinstance(back, Change)
    assert back.name_ == "restore"
    assert made.undo(Snapshot(None), config(a="1")) == operation(
        "delete", {"kind": "ConfigMap", "namespace": "default", "name": "it"}
    )
