"""Every rule's sick and healthy example, served: through API server, adapter, lists and logs it says the same."""

from __future__ import annotations

import pytest
from manifests import Example, Manifest, ref
from served import served
from test_examples import EXAMPLES, SEVERE
from worlds import NOW

from kubesteer.analyzers import Report, diagnose, scan
from kubesteer.analyzers.resources.shapes import moment
from kubesteer.analyzers.rules.registry import RULES
from kubesteer.core.findings import Finding
from kubesteer.simulator import Simulator
from kubesteer.simulator.failures import Failure

pytestmark = pytest.mark.long

GROUP = {rule.id: rule.group for rule in RULES}
REFUSED = {
    "cronjob-schedule": "servers refuse such a schedule today, but keep one that an older version has let in",
}
"""Rules whose sick example cannot be created any more, and why there are such objects all the same."""


def clock() -> float:
    """The moment that all examples are about."""
    return moment(NOW)


async def report(example: Example, *, sick: bool) -> Report:
    """A scan of everything; of what is slow, the diagnosis of one object, which alone asks for it."""
    async with served(example, sick=sick) as cluster:
        if GROUP[example.rule] == "slow":
            return await diagnose(cluster, ref(example.blamed), clock=clock)
        return await scan(cluster, clock=clock)


async def found(example: Example, *, sick: bool) -> list[Finding]:
    """What all rules find in one of an example's worlds; remarks only where the example is one."""
    seen = await report(example, sick=sick)
    assert seen.coverage.not_looked_at.keys() <= {"Gateway", "GatewayClass", "HTTPRoute"}
    return [f for f in seen.findings if f.severity != "info" or SEVERE[example.rule] == "info"]


def refusals(manifests: list[Manifest]) -> list[str]:
    """What a server says against objects that somebody wants to create, each on its own."""
    refused = []
    for each in manifests:
        try:
            Simulator([each], nodes=0, metrics=False)
        except Failure as failure:
            refused.append(str(failure))
    return refused


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda each: each.rule)
async def test_the_served_sick_example_has_one_root(example: Example) -> None:
    findings = await found(example, sick=True)
    assert [(f.rule, f"{f.object.kind}/{f.object.name}") for f in findings] == [
        (example.rule, example.blamed)
    ]
    suggested = [each.operation for each in findings[0].suggestions]
    assert not example.suggests or example.suggests in suggested


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda each: each.rule)
async def test_the_served_healthy_example_has_nothing(example: Example) -> None:
    assert [(f.rule, str(f.object)) for f in await found(example, sick=False)] == []


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda each: each.rule)
def test_an_api_server_accepts_the_objects(example: Example) -> None:
    assert refusals(example.healthy) == []
    refused = refusals(example.sick)
    assert len(refused) == 1 if example.rule in REFUSED else refused == []
