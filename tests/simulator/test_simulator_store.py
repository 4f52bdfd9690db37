"""What the store keeps: versions, order, history."""

from __future__ import annotations

from typing import Any

import pytest

from kubesteer.simulator.store import Change, Store

MAPS = ("", "configmaps")


def thing(name: str, namespace: str = "default", **data: str) -> dict[str, Any]:
    metadata = {"name": name, "namespace": namespace}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data}


def test_every_write_gets_the_next_version() -> None:
    store = Store()
    first = store.put(MAPS, thing("a"))["metadata"]["resourceVersion"]
    second = store.put(("", "pods"), thing("b"))["metadata"]["resourceVersion"]
    gone = store.remove(MAPS, "default", "a")["metadata"]["resourceVersion"]
    assert int(first) < int(second) < int(gone) == store.rv


def test_objects_come_in_the_order_of_namespace_and_name() -> None:
    store = Store()
    for namespace, name in (("b", "x"), ("a", "z"), ("a-b", "m"), ("a", "a")):
        store.put(MAPS, thing(name, namespace))
    places = [(o["metadata"]["namespace"], o["metadata"]["name"]) for o in store.list(MAPS)]
    assert places == [("a", "a"), ("a", "z"), ("a-b", "m"), ("b", "x")]
    assert [o["metadata"]["name"] for o in store.list(MAPS, "a")] == ["a", "z"]
    assert store.list(MAPS, "c") == []


def test_keys_go_on_behind_one_that_is_gone() -> None:
    store = Store()
    for name in "abc":
        store.put(MAPS, thing(name))
    store.remove(MAPS, "default", "b")
    assert list(store.bucket(MAPS).keys("default", ("default", "b"))) == [("default", "c")]
    assert list(store.bucket(MAPS).keys("", ("default", "c"))) == []


def test_listeners_hear_what_was_and_what_is() -> None:
    store, heard = Store(), list[Change]()
    stop = store.listen(heard.append)
    store.put(MAPS, thing("a", n="1"))
    store.put(MAPS, thing("a", n="2"))
    store.remove(MAPS, "default", "a")
    stop()
    store.put(MAPS, thing("b"))
    assert [change.type for change in heard] == ["ADDED", "MODIFIED", "DELETED"]
    assert heard[0].before is None
    assert [change.before["data"] for change in heard[1:] if change.before] == [{"n": "1"}, {"n": "2"}]


def test_removing_what_is_not_there() -> None:
    with pytest.raises(KeyError):
        Store().remove(MAPS, "default", "ghost")


def test_a_bucket_can_be_seen_as_it_was() -> None:
    store = Store()
    store.put(MAPS, thing("kept"))
    store.put(MAPS, thing("changed", n="1"))
    store.put(MAPS, thing("deleted"))
    then = store.rv
    store.put(MAPS, thing("changed", n="2"))
    store.put(MAPS, thing("changed", n="3"))
    store.remove(MAPS, "default", "deleted")
    store.put(MAPS, thing("added"))
    past = store.bucket(MAPS).rewound(then)
    seen = {name: entry.obj["data"] if entry else None for (_, name), entry in past.items()}
    assert seen == {"changed": {"n": "1"}, "deleted": {}, "added": None}
    assert store.bucket(MAPS).rewound(store.rv) == {}


def test_history_is_forgotten_at_its_end_and_by_compaction() -> None:
    store = Store(history=3)
    for number in range(5):
        store.put(MAPS, thing(f"m{number}"))
    assert len(store.bucket(MAPS).changes) == 3
    assert store.oldest(MAPS) == store.rv - 3
    assert store.oldest(("", "pods")) == 0
    store.compact()
    assert store.oldest(MAPS) == store.oldest(("", "pods")) == store.rv


def test_an_encoded_object_begins_with_its_kind() -> None:
    store = Store()
    store.put(MAPS, thing("a", n="1"))
    entry = store.entry(MAPS, "default", "a")
    assert entry is not None
    assert entry.encoded.startswith(b'{"kind":"ConfigMap","apiVersion":"v1",')
    assert b'"kind"' not in entry.bare
    assert entry.bare is entry.bare
