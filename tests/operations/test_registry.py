"""Operations by name: the contract's list, their schemas, and arguments that nobody should send."""

from __future__ import annotations

from typing import Any

import pytest

from kubesteer.core.errors import Unusable
from kubesteer.core.operations import Change, Indirect, Read
from kubesteer.core.texts import language_of
from kubesteer.operations.registry import REGISTRY, WAYS_BACK, operation, schema

READS = [
    "get_status",
    "get_logs",
    "list_resources",
    "get_events",
    "get_usage",
    "get_rollout",
    "get_manifest",
    "diagnose",
    "scan",
]
WRITES = [
    "restart",
    "scale",
    "rollback",
    "set_image",
    "set_resources",
    "set_autoscaling",
    "pause_rollout",
    "resume_rollout",
    "delete",
    "cordon",
    "uncordon",
    "drain",
    "suspend",
    "resume",
    "trigger",
    "set_env",
    "set_probe",
    "set_service",
    "resize_volume",
    "label",
    "annotate",
    "apply",
]
WEB = {"kind": "Deployment", "namespace": "shop", "name": "web"}


def test_the_contracts_operations_are_there() -> None:
    kinds = {Read: READS, Change: WRITES, Indirect: ["undo", "fix"]}
    for base, names in kinds.items():
        assert [name for name in names if not issubclass(REGISTRY[name], base)] == []
    assert sorted(REGISTRY) == sorted([*READS, *WRITES, "undo", "fix"])


@pytest.mark.parametrize("name", [*REGISTRY, *WAYS_BACK])
def test_a_verb_describes_itself_in_both_languages(name: str) -> None:
    verb = REGISTRY.get(name) or WAYS_BACK[name]
    assert verb.name_ == name
    assert language_of(verb.summary.zh) == "zh"
    assert language_of(verb.summary.en) == "en"
    assert verb.examples or name in WAYS_BACK
    for example in verb.examples:
        assert example.zh != example.en


@pytest.mark.parametrize("name", REGISTRY)
def test_a_schema_is_closed_and_plain(name: str) -> None:
    shape = schema(name)
    assert shape["additionalProperties"] is False
    assert set(shape["required"]) <= set(shape["properties"])
    for field in shape["properties"].values():
        assert "title" not in field
        assert {"type": "null"} not in field.get("anyOf", [])


def test_a_short_list_of_kinds_is_in_the_schema() -> None:
    assert schema("restart")["properties"]["kind"]["enum"] == [
        "Deployment",
        "StatefulSet",
        "DaemonSet",
        "Pod",
    ]
    assert "enum" not in schema("get_status")["properties"]["kind"]


def test_arguments_survive_a_round_through_json() -> None:
    made = operation("scale", {**WEB, "kind": "deploy", "replicas": "5", "change": None})
    assert made.arguments() == {**WEB, "replicas": 5}
    assert operation("scale", made.arguments()) == made


def test_a_cluster_scoped_kind_drops_its_namespace() -> None:
    assert operation("get_status", {"kind": "node", "namespace": "shop", "name": "n1"}).arguments() == {
        "kind": "Node",
        "name": "n1",
    }


HOSTILE: list[tuple[str, dict[str, Any], str]] = [
    ("scale", {"replicas": -1}, "replicas"),
    ("scale", {"replicas": 10**9}, "replicas"),
    ("scale", {"replicas": 3.5}, "replicas"),
    ("scale", {"replicas": "many"}, "replicas"),
    ("scale", {"replicas": True}, "replicas"),
    ("scale", {"replicas": float("nan")}, "replicas"),
    ("scale", {"change": -(10**9)}, "change"),
    ("scale", {"replicas": 1, "change": 1}, "replicas"),
    ("scale", {}, "replicas"),
    ("scale", {"replicas": 1, "kind": "Service"}, "kind"),
    ("scale", {"replicas": 1, "kind": "Deployment; rm -rf /"}, "kind"),
    ("scale", {"replicas": 1, "namespace": ""}, "namespace"),
    ("scale", {"replicas": 1, "force": True}, "force"),
    ("restart", {"name": "../../../secrets/x"}, "name"),
    ("restart", {"name": "web%2e%2e"}, "name"),
    ("restart", {"name": "--all"}, "name"),
    ("restart", {"name": "-o=yaml"}, "name"),
    ("restart", {"name": "Web"}, "name"),
    ("restart", {"name": "web api"}, "name"),
    ("restart", {"name": "w" * 300}, "name"),
    ("restart", {"name": "\uff57\uff45\uff42"}, "name"),
    ("restart", {"name": ""}, "name"),
    ("restart", {"name": "web\x00"}, "name"),
    ("restart", {"name": ["web"]}, "name"),
    ("restart", {"name": {"$ne": ""}}, "name"),
    ("restart", {"namespace": "shop/../kube-system"}, "namespace"),
    ("rollback", {"revision": 0}, "revision"),
    ("rollback", {"revision": -3}, "revision"),
    ("set_image", {"image": "nginx/UPPER:v1"}, "image"),
    ("set_image", {"image": "nginx:"}, "image"),
    ("set_image", {"image": "nginx:tag with space"}, "image"),
    ("set_image", {"image": "nginx@sha256:short"}, "image"),
    ("set_image", {"image": "../nginx"}, "image"),
    ("set_image", {"image": "--privileged"}, "image"),
    ("set_image", {"image": "a" * 5000}, "image"),
    ("set_image", {"image": "nginx;reboot"}, "image"),
    ("set_image", {}, "image"),
    ("set_resources", {}, "memory_limit"),
    ("set_resources", {"memory_limit": "512m"}, "memory"),
    ("set_resources", {"memory_limit": "-1Gi"}, "memory"),
    ("set_resources", {"memory_limit": "lots"}, "memory"),
    ("set_resources", {"memory_limit": "9e999"}, "memory"),
    ("set_resources", {"cpu_request": "0"}, "cpu"),
    ("set_resources", {"cpu_request": "1e9"}, "cpu"),
    ("set_autoscaling", {"max_replicas": 0}, "max_replicas"),
    ("set_autoscaling", {"max_replicas": 2, "min_replicas": 3}, "min_replicas"),
    ("set_autoscaling", {"max_replicas": 2, "cpu_percent": 0}, "cpu_percent"),
    ("set_env", {"variable": "A=B", "value": "x"}, "variable"),
    ("set_env", {"variable": "", "value": "x"}, "variable"),
    ("set_probe", {"probe": "sanity"}, "probe"),
    ("set_probe", {"probe": "liveness", "port": 70000}, "port"),
    ("set_probe", {"probe": "liveness", "port": 0}, "port"),
    ("set_probe", {"probe": "liveness", "path": "healthz"}, "path"),
    ("set_probe", {"probe": "liveness", "path": "/a b"}, "path"),
    ("label", {"key": "a/b/c", "value": "x"}, "key"),
    ("label", {"key": "kubesteer.io/change", "value": "x"}, "key"),
    ("label", {"key": "ok", "value": "no spaces here"}, "value"),
    ("annotate", {"key": "kubesteer.io/change", "value": "forged"}, "key"),
    ("get_logs", {"tail": 0}, "tail"),
    ("get_logs", {"tail": -5}, "tail"),
    ("get_logs", {"previous": "perhaps"}, "previous"),
]


@pytest.mark.parametrize(("name", "arguments", "blamed"), HOSTILE)
def test_hostile_arguments_are_refused_with_a_sentence(
    name: str, arguments: dict[str, Any], blamed: str
) -> None:
    with pytest.raises(Unusable) as caught:
        operation(name, {**WEB, **arguments})
    assert caught.value.argument == blamed
    assert language_of(caught.value.text.zh) == "zh"
    assert len(caught.value.say("en")) < 2500
    assert "\x00" not in caught.value.say("en")


@pytest.mark.parametrize(
    "name", ["restore", "revert", "", "rm", "restart; drop", "__class__", "GET_STATUS", "x" * 9000]
)
def test_an_unknown_operation(name: str) -> None:
    for ask in (lambda: operation(name, {}), lambda: schema(name)):
        with pytest.raises(Unusable) as caught:
            ask()
        assert caught.value.argument == "operation"
        assert "restart" in caught.value.say("zh")


def test_a_missing_argument_says_what_it_is_for() -> None:
    with pytest.raises(Unusable) as caught:
        operation("set_image", WEB)
    assert caught.value.say("en") == "The argument image is missing.\nimage: image reference with its tag"
