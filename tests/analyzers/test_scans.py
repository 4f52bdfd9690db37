"""What scan and diagnose look at, and what they say of what they could not look at."""

from __future__ import annotations

import pytest
from manifests import cart, container, ended, healthy, node, ref, running, service, slice_of, thing, waiting
from paper import PaperCluster, clock_at, trouble
from worlds import before

from kubesteer.analyzers import diagnose, scan
from kubesteer.analyzers.gathering import LISTED
from kubesteer.analyzers.reading import MOST_LOGS
from kubesteer.core.errors import Forbidden, NotFound, Throttled, Unauthenticated, Unavailable
from kubesteer.core.refs import Ref

SHOP = thing("Namespace", "shop")
DEFAULT = thing("Namespace", "default")
CRASH = cart(waiting("CrashLoopBackOff", restarts=5, last=ended(1)))
EXACT = clock_at(0)


async def test_pods_that_may_not_be_read_make_a_report_blind() -> None:
    cluster = PaperCluster([SHOP, *CRASH], {"Pod": trouble(Forbidden)})
    report = await scan(cluster, "shop", clock=EXACT)
    assert report.blind
    assert [(f.rule, f.cause.en) for f in report.findings] == [
        ("replicas-missing", "Its pods could not be looked at: the reason is not known.")
    ]
    assert {"kind": "Pod", "reason": "forbidden"} in report.to_json("en")["coverage"]["not_looked_at"]
    assert "没能查看 Pod" in report.text.zh
    assert "No problems" not in report.text.en


async def test_a_namespace_that_does_not_exist_is_not_healthy() -> None:
    with pytest.raises(NotFound):
        await scan(PaperCluster([DEFAULT]), "nowhere", clock=EXACT)


async def test_an_object_that_does_not_exist_is_not_healthy() -> None:
    with pytest.raises(NotFound):
        await diagnose(PaperCluster([SHOP, DEFAULT]), ref("Deployment/cart"), clock=EXACT)


@pytest.mark.parametrize("about", ["Node/node-99", "Deployment/cart"])
async def test_an_object_that_may_not_be_read_is_not_healthy(about: str) -> None:
    kind = about.split("/")[0]
    cluster = PaperCluster([SHOP, DEFAULT, *healthy()], {kind: trouble(Forbidden)})
    report = await diagnose(cluster, ref(about), clock=EXACT)
    assert report.blind
    assert "No problems" not in report.text.en
    assert "没有发现问题" not in report.text.zh
    assert f"{ref(about)} could not be looked at (forbidden)" in report.text.en
    assert f"没能查看 {ref(about)}(无权限)" in report.text.zh


async def test_nothing_is_missing_where_nothing_could_be_looked_at() -> None:
    needy = cart(
        waiting("ContainerCreating"), phase="Pending", age=60,
        containers=[container(envFrom=[{"secretRef": {"name": "db"}}])],
    )  # fmt: skip
    seen = await scan(PaperCluster([SHOP, *needy]), "shop", clock=EXACT)
    assert [f.rule for f in seen.at_least("warning")] == ["config-missing"]
    unseen = await scan(PaperCluster([SHOP, *needy], {"Secret": trouble(Forbidden)}), "shop", clock=EXACT)
    assert [f.rule for f in unseen.at_least("warning")] == []
    assert "Secret" in unseen.text.en


async def test_services_are_not_blamed_for_pods_that_were_not_seen() -> None:
    objects = [SHOP, service(), slice_of(unready=1)]
    report = await scan(
        PaperCluster(objects, {"Pod": trouble(Unavailable, "timed out")}), "shop", clock=EXACT
    )
    assert report.findings == ()
    assert report.coverage.not_looked_at["Pod"] == "timed out"


@pytest.mark.parametrize("kind", [Unauthenticated, Unavailable])
async def test_a_server_that_answers_nothing_is_an_error(kind: type[Unavailable]) -> None:
    with pytest.raises(kind):
        await scan(PaperCluster([SHOP], {"*": trouble(kind)}), clock=EXACT)


async def test_half_of_the_kinds_are_enough_for_what_they_show() -> None:
    refused = {
        kind: trouble(Forbidden)
        for kind in ("Node", "Event", "Secret", "ConfigMap", "Ingress", "ResourceQuota")
    }
    report = await scan(PaperCluster([SHOP, *CRASH], refused), "shop", clock=EXACT)
    assert [f.rule for f in report.at_least("warning")] == ["crash-loop"]
    assert set(refused) <= set(report.coverage.not_looked_at)


async def test_the_last_words_of_a_crash_are_quoted() -> None:
    cluster = PaperCluster([SHOP, *CRASH], logs={"cart-1-a": ["starting", "panic: nil map"]})
    report = await scan(cluster, "shop", clock=EXACT)
    assert any("panic: nil map" in line.en for line in report.findings[0].evidence)


@pytest.mark.parametrize(
    ("error", "word"), [(Forbidden, "forbidden"), (Unavailable, "unavailable"), (Throttled, "unavailable")]
)
async def test_logs_that_could_not_be_read_are_told(error: type[Forbidden], word: str) -> None:
    report = await scan(PaperCluster([SHOP, *CRASH], {"Log": trouble(error)}), "shop", clock=EXACT)
    assert report.coverage.not_looked_at["Log"] == word
    assert [f.rule for f in report.at_least("warning")] == ["crash-loop"]


async def test_logs_are_bounded_however_many_crash() -> None:
    many = []
    for number in range(MOST_LOGS + 10):
        for manifest in cart(waiting("CrashLoopBackOff", restarts=5, last=ended(1)))[2:]:
            metadata = {**manifest["metadata"], "name": f"p-{number}", "ownerReferences": []}
            many.append({**manifest, "metadata": metadata})
    cluster = PaperCluster([SHOP, *many])
    report = await scan(cluster, "shop", clock=EXACT)
    assert len([asked for asked in cluster.asked if asked.startswith("log ")]) == MOST_LOGS
    assert report.coverage.not_looked_at["Log"].startswith("truncated")


async def test_requests_do_not_grow_with_objects() -> None:
    few, many = PaperCluster([SHOP, *healthy()]), PaperCluster([SHOP, *healthy() * 40])
    await scan(few, "shop", clock=EXACT)
    await scan(many, "shop", clock=EXACT)
    assert len(few.asked) == len(many.asked) <= 40


@pytest.mark.parametrize("hours", [-6, -1, 0, 1, 6])
async def test_a_skewed_clock_changes_nothing(hours: int) -> None:
    beat = {
        "type": "Ready",
        "status": "True",
        "reason": "KubeletReady",
        "lastHeartbeatTime": before(5),
        "lastTransitionTime": before(9000),
    }
    young = cart(waiting("ContainerCreating"), phase="Pending", age=20)
    killed = cart(running(restarts=2, last=ended(137, "OOMKilled")), ready=True)
    for objects, rules in ((young, []), (killed, ["oom-killed"])):
        report = await scan(
            PaperCluster([SHOP, node("n1", beat), *objects]), "shop", clock=clock_at(hours * 3600)
        )
        assert [f.rule for f in report.at_least("warning")] == rules


async def test_a_diagnosis_keeps_to_what_concerns_the_object() -> None:
    other = [
        thing(
            "Ingress",
            "front",
            spec={
                "rules": [
                    {
                        "host": "a",
                        "http": {
                            "paths": [
                                {
                                    "path": "/",
                                    "backend": {"service": {"name": "gone", "port": {"number": 80}}},
                                }
                            ]
                        },
                    }
                ]
            },
        )
    ]
    cluster = PaperCluster([SHOP, DEFAULT, *CRASH, *other, service(), slice_of(unready=1)])
    report = await diagnose(cluster, ref("Deployment/cart"), clock=EXACT)
    assert [f.rule for f in report.at_least("warning")] == ["crash-loop"]
    by_service = await diagnose(cluster, ref("Service/cart"), clock=EXACT)
    assert [f.object for f in by_service.at_least("warning")] == [ref("Deployment/cart")]
    by_pod = await diagnose(cluster, ref("Pod/cart-1-a"), clock=EXACT)
    assert [f.object for f in by_pod.at_least("warning")] == [ref("Deployment/cart")]


async def test_a_healthy_workload_is_described() -> None:
    cluster = PaperCluster(
        [SHOP, DEFAULT, *healthy()],
        logs={"cart-1-a": ["INFO served", "ERROR timeout 1", "ERROR timeout 2", "ERROR timeout 3"]},
    )
    report = await diagnose(cluster, ref("Deployment/cart"), clock=EXACT)
    assert [f.rule for f in report.at_least("warning")] == ["log-errors"]
    assert "1/1 ready" in report.text.en
    assert "3 errors in the last 4 lines, 2 patterns" in report.text.en


async def test_only_new_and_gone_findings_are_in_a_delta() -> None:
    sick = await scan(PaperCluster([SHOP, *CRASH]), "shop", clock=EXACT)
    well = await scan(PaperCluster([SHOP, *healthy()]), "shop", clock=EXACT)
    assert [f.rule for f in sick.delta(well)[0]] == ["crash-loop"]
    assert [f.rule for f in well.delta(sick)[1]] == ["crash-loop"]
    assert sick.delta(sick) == ((), ())


async def test_markdown_does_not_let_the_cluster_write_markup() -> None:
    words = "`</code><script>alert(1)</script>` [x](http://evil.example) | # *"
    cluster = PaperCluster([SHOP, *CRASH], logs={"cart-1-a": [words]})
    text = (await scan(cluster, "shop", clock=EXACT)).to_markdown("en")
    quoted = next(line for line in text.splitlines() if "script" in line)
    assert quoted.startswith("- `` ")
    assert quoted.endswith(" ``")


async def test_progress_is_told_for_every_kind() -> None:
    told: list[tuple[str, int, int]] = []
    await scan(
        PaperCluster([SHOP]), "shop", lambda kind, done, total: told.append((kind, done, total)), clock=EXACT
    )
    assert told[-1][1] == told[-1][2] == len(told)


async def test_an_unknown_namespace_that_may_not_be_read_is_scanned_all_the_same() -> None:
    report = await scan(PaperCluster([*CRASH], {"Namespace": trouble(Forbidden)}), "shop", clock=EXACT)
    assert [f.object for f in report.at_least("warning")] == [Ref("Deployment", "shop", "cart")]


async def test_a_namespace_is_not_blamed_for_what_does_not_touch_it() -> None:
    lost = {
        "type": "Ready",
        "status": "Unknown",
        "reason": "NodeStatusUnknown",
        "lastTransitionTime": before(900),
    }
    stuck = thing(
        "Namespace", "old", metadata={"deletionTimestamp": before(9000)}, status={"phase": "Terminating"}
    )
    objects = [SHOP, thing("Namespace", "empty"), stuck, node("n1", lost), node("n2", lost), *healthy()]
    everything = await scan(PaperCluster(objects), clock=EXACT)
    assert sorted(f.rule for f in everything.at_least("warning")) == [
        "namespace-terminating",
        "node-not-ready",
        "node-not-ready",
    ]
    here = await scan(PaperCluster(objects), "shop", clock=EXACT)
    assert [f.object.name for f in here.at_least("warning")] == ["n1"]
    there = await scan(PaperCluster(objects), "empty", clock=EXACT)
    assert there.at_least("warning") == ()


async def test_every_kind_that_a_scan_lists_is_known_by_name() -> None:
    report = await scan(PaperCluster([SHOP]), "shop", clock=EXACT)
    listed = {*report.coverage.looked_at, *report.coverage.not_looked_at} - {"Log"}
    assert listed == set(LISTED)
