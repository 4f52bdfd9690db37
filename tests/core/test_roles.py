"""Roles as they are printed: valid YAML that grants what was refused and nothing more."""

from __future__ import annotations

import pytest
import yaml

from kubesteer.core.roles import Grant, role_for, role_of

LOG = Grant("get", "pods/log", "", "shop")


@pytest.mark.parametrize("user", ['x"\nrules: []', "a: b", "用户", "'", "", "yes", "system:serviceaccount:a"])
def test_a_user_s_name_cannot_bend_the_role(user: str) -> None:
    role, binding = yaml.safe_load_all(role_for(LOG, user))
    assert role["kind"] == "Role"
    assert role["metadata"] == {"name": "kubesteer-get-pods-log", "namespace": "shop"}
    assert role["rules"] == [{"apiGroups": [""], "resources": ["pods/log"], "verbs": ["get"]}]
    assert binding["roleRef"]["name"] == role["metadata"]["name"]
    assert binding["subjects"][0]["name"] == (user or "YOU")


def test_a_service_account_is_named_as_one() -> None:
    _, binding = yaml.safe_load_all(role_for(LOG, "system:serviceaccount:ops:bot"))
    assert binding["subjects"] == [{"kind": "ServiceAccount", "namespace": "ops", "name": "bot"}]


def test_several_grants_in_one_namespace_stay_there() -> None:
    role, _ = yaml.safe_load_all(role_of("both", [LOG, Grant("patch", "deployments", "apps", "shop")], "a"))
    assert role["metadata"]["namespace"] == "shop"
    assert [rule["resources"] for rule in role["rules"]] == [["pods/log"], ["deployments"]]


@pytest.mark.parametrize("other", [Grant("list", "nodes"), Grant("get", "pods", "", "other")])
def test_what_one_namespace_cannot_hold_is_cluster_wide(other: Grant) -> None:
    role, binding = yaml.safe_load_all(role_of("both", [LOG, other], "a"))
    assert (role["kind"], binding["kind"]) == ("ClusterRole", "ClusterRoleBinding")
    assert "namespace" not in role["metadata"]


def test_a_path_that_is_no_resource() -> None:
    role, _ = yaml.safe_load_all(role_for(Grant("get", "/version", url=True), "a"))
    assert role["rules"] == [{"nonResourceURLs": ["/version"], "verbs": ["get"]}]


def test_the_same_resource_of_another_group_has_a_role_of_another_name() -> None:
    groups = ("", "metrics.k8s.io")
    names = [
        next(yaml.safe_load_all(role_for(Grant("list", "pods", group), "a")))["metadata"]["name"]
        for group in groups
    ]
    assert names == ["kubesteer-list-pods", "kubesteer-list-pods-metrics-k8s-io"]
