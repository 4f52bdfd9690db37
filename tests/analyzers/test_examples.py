"""Every rule has a sick example, in which it alone finds the one fault, and a healthy one, in which nothing does."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import Any

import examples_clusters
import examples_networks
import examples_pods
import examples_workloads
import pytest
from manifests import Example
from worlds import findings, world

from kubesteer.analyzers.rules.registry import RULES
from kubesteer.analyzers.verdicts import summary_of, verdicts
from kubesteer.core.findings import Finding
from kubesteer.policies.redactions import redacted_text

EXAMPLES: list[Example] = [
    *examples_pods.EXAMPLES,
    *examples_workloads.EXAMPLES,
    *examples_networks.EXAMPLES,
    *examples_clusters.EXAMPLES,
]
SEVERE = {rule.id: rule.severity for rule in RULES}


def found(example: Example, *, sick: bool) -> list[Finding]:
    """What all rules find in one of an example's worlds; remarks only where the example is one."""
    logs = example.logs if sick else example.healthy_logs
    seen = world(*(example.sick if sick else example.healthy), logs=logs, usage=example.usage)
    findings = [each.finding for each in verdicts(seen, RULES)]
    return [f for f in findings if f.severity != "info" or SEVERE[example.rule] == "info"]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda each: each.rule)
def test_the_sick_example_has_one_root(example: Example) -> None:
    findings = found(example, sick=True)
    assert [(f.rule, f"{f.object.kind}/{f.object.name}") for f in findings] == [
        (example.rule, example.blamed)
    ]
    suggested = [each.operation for each in findings[0].suggestions]
    assert not example.suggests or example.suggests in suggested


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda each: each.rule)
def test_the_healthy_example_has_nothing(example: Example) -> None:
    assert [(f.rule, str(f.object)) for f in found(example, sick=False)] == []


def bare(manifest: dict[str, Any]) -> dict[str, Any]:
    """Without UIDs, and without a word on which owner is the controller."""
    copied = copy.deepcopy(manifest)
    copied["metadata"]["uid"] = None
    for each in copied["metadata"].get("ownerReferences", []):
        each.pop("uid", None)
        each.pop("controller", None)
    copied.get("involvedObject", {}).pop("uid", None)
    return copied


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda each: each.rule)
def test_it_needs_no_uids(example: Example) -> None:
    found = findings(*map(bare, example.sick), logs=example.logs, usage=example.usage)
    whole = findings(*example.sick, logs=example.logs, usage=example.usage)
    assert [(f.rule, f.object) for f in found] == [(f.rule, f.object) for f in whole]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda each: each.rule)
def test_the_words_are_whole_in_both_languages(example: Example) -> None:
    for finding in found(example, sick=True):
        for text in (finding.summary, finding.cause, *finding.evidence):
            assert text.zh
            assert text.en
            assert (
                "{" not in text.en.replace(str(finding.evidence), "") or "taint" in text.en or '"' in text.en
            )
        assert finding.summary.en.endswith(".")
        assert finding.summary.zh.endswith("。")


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda each: each.rule)
def test_no_rule_words_itself_like_a_secret(example: Example) -> None:
    for finding in found(example, sick=True):
        for text in (finding.summary, finding.missing):
            if text is not None:
                assert redacted_text(text.en) == text.en
                assert redacted_text(text.zh) == text.zh


def test_findings_are_counted_in_words() -> None:
    one = found(EXAMPLES[0], sick=True)
    warning = [replace(one[0], severity="warning")]
    assert summary_of(warning).en == "1 warning"
    assert summary_of(warning * 5).en == "5 warnings"
    assert summary_of([replace(one[0], severity="critical"), *warning * 2]).en == "1 critical, 2 warnings"


def test_every_rule_has_an_example() -> None:
    assert {rule.id for rule in RULES} - {example.rule for example in EXAMPLES} == set()
