"""What `fix` proposes: only what mends the object asked about, and no class named after a slip."""

from __future__ import annotations

from examples_clusters import DRIVER, USING, claim, storage_class
from examples_workloads import stateful
from manifests import Manifest, condition, container, owner, pod, ref, thing, waiting
from paper import PaperCluster, clock_at
from worlds import findings

from kubesteer.analyzers import diagnose
from kubesteer.engine.remedies import remedy_of

SHOP = thing("Namespace", "shop")


def missing(*classes: Manifest, wanted: str = "fastt") -> str:
    """What only a person can do about a claim whose class does not exist."""
    found = findings(claim(wanted), DRIVER, *classes)
    assert [f.rule for f in found] == ["claim-class-missing"]
    assert found[0].suggestions == ()
    assert found[0].missing is not None
    return found[0].missing.en


def test_a_class_with_nearly_the_same_name_was_meant() -> None:
    said = missing(storage_class("fast", default=False), storage_class("slow", default=False))
    assert "fast was probably meant" in said
    assert "cannot be changed" in said


def test_else_the_default_class_was_meant() -> None:
    said = missing(storage_class("standard", default=True), storage_class("slow", default=False))
    assert "standard was probably meant" in said


async def test_fixing_a_claim_leaves_other_objects_alone() -> None:
    """A pod uses the claim; its StatefulSet also lacks its Service, which has nothing to do with the claim."""
    user = pod(
        "db-0", waiting("CrashLoopBackOff", restarts=5), of=owner("StatefulSet", "db"), app="db", spec=USING,
        conditions=[condition("PodScheduled")], containers=[container()],
    )  # fmt: skip
    cluster = PaperCluster(
        [SHOP, claim("fastt"), storage_class(), DRIVER, stateful(replicas=1, made=1), user]
    )
    report = await diagnose(cluster, ref("PersistentVolumeClaim/data"), clock=clock_at(0))
    assert len(report.at_least("warning")) > 1
    assert any(f.suggestions for f in report.at_least("warning"))
    assert remedy_of(report).calls == ()
    of_its_own = await diagnose(cluster, ref("StatefulSet/db"), clock=clock_at(0))
    assert remedy_of(of_its_own).calls != ()
