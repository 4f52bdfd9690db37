"""What differs, as people read it."""

from __future__ import annotations

from typing import Any

from operation_samples import container, meta, template, workload

from kubesteer.operations.diffs import MASK, rendered


def test_only_what_changes() -> None:
    before = workload(made=template(container(env=[{"name": "A", "value": "1"}])))
    after = workload(
        made=template(container(image="reg.example.com/app:v2", env=[{"name": "A", "value": "2"}]))
    )
    assert rendered(before, after) == (
        "~ spec.template.spec.containers[app].image: reg.example.com/app:v1 → reg.example.com/app:v2\n"
        "~ spec.template.spec.containers[app].env[A].value: 1 → 2"
    )


def test_the_servers_bookkeeping_is_hidden() -> None:
    before = workload()
    after = workload(
        managedFields=[{"manager": "kubesteer"}],
        annotations={"kubesteer.io/change": "c-1", "kubectl.kubernetes.io/last-applied-configuration": "{}"},
    )
    after["metadata"] |= {"resourceVersion": "9", "generation": 2}
    after["status"] = {"replicas": 9}
    assert rendered(before, after) == ""


def test_lists_of_named_items_do_not_go_by_position() -> None:
    before = workload(made=template(container("a"), container("b")))
    after = workload(made=template(container("b"), container("a")))
    assert rendered(before, after) == ""


def test_empty_and_absent_are_one() -> None:
    before, after = workload(labels={}), workload()
    after["spec"]["template"]["spec"]["containers"][0]["resources"] = {}
    assert rendered(before, after) == ""


def test_a_whole_object_is_shown_when_it_comes() -> None:
    made = {**meta("ConfigMap", "it"), "data": {"script": "one\ntwo\n"}}
    shown = rendered(None, made)
    assert "+ kind: ConfigMap" in shown
    assert "uid" not in shown


def test_values_of_a_secret_are_never_shown() -> None:
    before = {**meta("Secret", "keys"), "data": {"token": "czNjcjN0", "gone": "b2xk"}}
    after = {**meta("Secret", "keys"), "data": {"token": "bjN3"}, "stringData": {"plain": "s3cr3t"}}
    cases: list[tuple[Any, Any]] = [(before, after), (None, before), (before, None), (None, after)]
    for old, new in cases:
        shown = rendered(old, new)
        assert MASK in shown
        for value in ("czNjcjN0", "b2xk", "bjN3", "s3cr3t"):
            assert value not in shown


def test_a_megabyte_is_cut() -> None:
    before = {**meta("ConfigMap", "it"), "data": {"a": "x"}}
    after = {**meta("ConfigMap", "it"), "data": {"a": "y" * 1_000_000}}
    assert len(rendered(before, after)) < 5000


def test_defaults_of_a_new_object_are_noise() -> None:
    made = workload(
        made=template(
            container(imagePullPolicy="IfNotPresent", terminationMessagePolicy="File", resources={})
        )
    )
    made["spec"] |= {"revisionHistoryLimit": 10, "progressDeadlineSeconds": 300}
    shown = rendered(None, made)
    for hidden in ("imagePullPolicy", "terminationMessagePolicy", "resources", "revisionHistoryLimit"):
        assert hidden not in shown
    assert "progressDeadlineSeconds: 300" in shown
    assert "image: reg.example.com/app:v1" in shown


def test_a_default_that_changes_is_shown() -> None:
    before, after = workload(), workload()
    after["spec"]["revisionHistoryLimit"] = 10
    assert rendered(before, after) == "+ spec.revisionHistoryLimit: 10"
