"""Nulls, missing and unknown fields, nonsense and hostile text: rules never crash, and words stay in bounds."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from manifests import Example
from test_examples import EXAMPLES
from worlds import SHAPE_OF, world

from kubesteer.analyzers import Report
from kubesteer.analyzers.rules.registry import RULES
from kubesteer.analyzers.verdicts import verdicts

NONSENSE: list[Any] = [None, "", "–", "9" * 40, "\x1b[31m`|*<b>", 0, -1, 2**31, [], {}, True]


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every path in a manifest."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in inner:
        yield (*path, key)
        yield from places(child, (*path, key))


def spoilt(manifest: dict[str, Any], path: tuple[Any, ...], value: Any) -> dict[str, Any]:
    """A copy with one place replaced, or taken out where the value is the ellipsis."""
    copied = copy.deepcopy(manifest)
    at: Any = copied
    for step in path[:-1]:
        at = at[step]
    if value is ...:
        del at[path[-1]]
    else:
        at[path[-1]] = value
    return copied


def decodable(manifest: dict[str, Any]) -> bool:
    """Whether the decoder takes it: a string where a list must be is refused by the API server already."""
    try:
        msgspec.convert(manifest, SHAPE_OF[manifest["kind"]])
    except (msgspec.ValidationError, KeyError):
        return False
    return True


@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)
@given(st.data())
def test_no_spoilt_object_breaks_a_rule(data: st.DataObject) -> None:
    example: Example = data.draw(st.sampled_from(EXAMPLES))
    manifests = list(example.sick)
    number = data.draw(st.integers(0, len(manifests) - 1))
    candidates = [
        path
        for path in places(manifests[number])
        if path[:2] != ("metadata", "name") and path != ("metadata",) and path != ("kind",)
    ]
    path = data.draw(st.sampled_from(candidates))
    worse = spoilt(manifests[number], path, data.draw(st.sampled_from([..., *NONSENSE])))
    if worse["kind"] in SHAPE_OF and decodable(worse):
        manifests[number] = worse
        seen = world(*manifests, logs=example.logs, usage=example.usage)
        report = Report.of(seen, verdicts(seen, RULES))
        assert report.text.en
        assert report.to_markdown("zh")
        assert msgspec.json.encode(report.to_json("en", "info"))


@pytest.mark.parametrize("value", [None, ...])
def test_no_missing_part_breaks_a_rule(value: Any) -> None:
    """Every place of every example, null and absent."""
    for example in EXAMPLES:
        for number, manifest in enumerate(example.sick):
            for path in places(manifest):
                if len(path) > 3 or path in (("kind",), ("metadata",), ("metadata", "name")):
                    continue
                worse = spoilt(manifest, path, value)
                if worse["kind"] in SHAPE_OF and decodable(worse):
                    seen = world(
                        *example.sick[:number], worse, *example.sick[number + 1 :], logs=example.logs
                    )
                    verdicts(seen, RULES)


def test_nothing_seen_is_nothing_found() -> None:
    """A world in which no list could be read has no findings and says so."""
    for example in EXAMPLES:
        seen = world(*example.sick, unseen=tuple(SHAPE_OF))
        report = Report.of(seen, verdicts(seen, RULES))
        assert report.blind
        assert not report.findings
        assert "not known" in report.text.en
