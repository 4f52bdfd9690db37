"""What is said of a NetworkPolicy reads well and survives the redaction of secrets."""

from __future__ import annotations

from examples_networks import EXAMPLES
from worlds import findings

from kubesteer.policies.redactions import redacted_text


def test_the_sentences() -> None:
    isolating = next(each for each in EXAMPLES if each.rule == "policy-isolates")
    found = findings(*isolating.sick)[0]
    assert found.missing is not None
    assert redacted_text(found.missing.en) == found.missing.en
    assert "which callers are permitted" in found.missing.en
    assert found.summary.zh == "NetworkPolicy shop/deny 不让 Deployment shop/web 访问 Service shop/cart。"


def test_a_policy_that_admits_nobody() -> None:
    isolating = next(each for each in EXAMPLES if each.rule == "policy-isolates")
    alone = [each for each in isolating.sick if each["metadata"]["name"] != "web"]
    named = [each for each in alone if not each["metadata"]["name"].startswith("web")]
    assert findings(*named)[0].summary.zh == "NetworkPolicy shop/deny 不让任何 Pod 访问 Service shop/cart。"
