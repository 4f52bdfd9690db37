"""Selectors of labels and fields, as texts and as objects."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubesteer.simulator.failures import Failure
from kubesteer.simulator.selectors import matches, parse_fields, parse_labels, selector_text

LABELS = {"app": "web", "tier": "front", "example.com/team": "a"}


@pytest.mark.parametrize(
    ("selector", "expected"),
    [
        ("app=web", True),
        ("app==web,tier!=back", True),
        ("app in (web, api),tier", True),
        ("app notin (web)", False),
        ("!app", False),
        ("missing!=x", True),
        ("missing notin (x)", True),
        ("missing in (x)", False),
        ("example.com/team=a", True),
        ("app=", False),
    ],
)
def test_label_texts(selector: str, expected: bool) -> None:
    test = parse_labels(selector)
    assert test is not None
    assert test(LABELS) is expected


@pytest.mark.parametrize("selector", ["app in web", "=x", "a b", "app=(x)", "app>3=", "a=b=c", "&"])
def test_label_texts_that_are_none(selector: str) -> None:
    with pytest.raises(Failure) as caught:
        parse_labels(selector)
    assert caught.value.code == 400


def test_an_empty_text_selects_everything() -> None:
    assert parse_labels("") is None
    assert parse_fields("pods", "") is None


def outcome(parse: Callable[[str], Any], text: str) -> int:
    """The code of a refusal, 200 where the text was taken and its test works."""
    try:
        test = parse(text)
    except Failure as failure:
        return failure.code
    return 200 if test is None or test({"metadata": {}, "spec": {}}) in (True, False) else 0


@given(st.text(max_size=30))
def test_any_text_parses_or_is_refused(text: str) -> None:
    assert outcome(parse_labels, text) in (200, 400)
    assert outcome(lambda it: parse_fields("pods", it), text) in (200, 400)


@pytest.mark.parametrize(
    ("selector", "expected"),
    [
        ({}, True),
        (None, False),
        ({"matchLabels": {"app": "web"}}, True),
        ({"matchLabels": {"app": "api"}}, False),
        ({"matchExpressions": [{"key": "app", "operator": "In", "values": ["web"]}]}, True),
        ({"matchExpressions": [{"key": "app", "operator": "NotIn", "values": ["web"]}]}, False),
        ({"matchExpressions": [{"key": "nope", "operator": "DoesNotExist"}]}, True),
        ({"matchExpressions": [{"key": "app", "operator": "Exists"}]}, True),
        (
            {
                "matchLabels": {"app": "web"},
                "matchExpressions": [{"key": "tier", "operator": "DoesNotExist"}],
            },
            False,
        ),
    ],
)
def test_label_objects(selector: Any, expected: bool) -> None:
    assert matches(selector, LABELS) is expected


def test_an_object_as_a_text_selects_the_same() -> None:
    selector = {
        "matchLabels": {"app": "web"},
        "matchExpressions": [
            {"key": "tier", "operator": "In", "values": ["front", "back"]},
            {"key": "gone", "operator": "DoesNotExist"},
        ],
    }
    text = selector_text(selector)
    assert text == "app=web,tier in (back,front),!gone"
    test = parse_labels(text)
    assert test is not None
    assert test(LABELS)


@pytest.mark.parametrize(
    ("selector", "expected"),
    [
        ("metadata.name=it", True),
        ("metadata.name==it,spec.nodeName!=n2", True),
        ("status.phase=Running", True),
        ("status.phase!=Running", False),
        ("spec.nodeName=", False),
    ],
)
def test_fields(selector: str, expected: bool) -> None:
    pod = {"metadata": {"name": "it"}, "spec": {"nodeName": "n1"}, "status": {"phase": "Running"}}
    test = parse_fields("pods", selector)
    assert test is not None
    assert test(pod) is expected


def test_a_field_that_is_not_indexed_is_refused() -> None:
    with pytest.raises(Failure, match=r"spec\.color"):
        parse_fields("pods", "spec.color=red")
