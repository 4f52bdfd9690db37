"""Logs of a whole workload: newest lines, errors grouped, whatever the containers do, in bounded memory."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from operation_samples import MemoryCluster, Obj, container, meta, owned_by, pod, state, workload

from kubesteer.core.errors import ClusterError, Invalid, NotFound, Unusable
from kubesteer.core.operations import Answer, Read
from kubesteer.core.texts import Text
from kubesteer.operations.digests import Digest, readable, split_stamp
from kubesteer.operations.logs import LONG_TAIL, TAIL
from kubesteer.operations.registry import operation

GONE = NotFound(Text("Pod 已不存在。", "The pod is gone."), status=404)
WAITING = Invalid(Text("容器还在等待启动。", "The container is waiting to start."), status=400)
Lines = Iterable[str] | ClusterError


def stamped(second: int, line: str) -> str:
    return f"2026-01-02T03:{second // 60 % 60:02d}:{second % 60:02d}.000000000Z {line}"


def cluster_of(logs: dict[str, Lines], **statuses: Any) -> MemoryCluster:
    """A Deployment whose pods of one container have these logs."""
    target = workload()
    between = meta("ReplicaSet", "web-1", labels={"app": "web"}, ownerReferences=owned_by(target))
    members = [pod(name, between, **statuses) for name in logs]
    return MemoryCluster(
        target, between, *members, logs={(name, "app"): lines for name, lines in logs.items()}
    )


async def read(
    cluster: MemoryCluster, kind: str = "Deployment", name: str = "web", **arguments: Any
) -> Answer:
    made = operation("get_logs", {"kind": kind, "namespace": "shop", "name": name, **arguments})
    assert isinstance(made, Read)
    return await made.look(cluster)


async def test_lines_of_all_pods_in_the_order_they_were_written() -> None:
    cluster = cluster_of({"a": [stamped(1, "one"), stamped(3, "three")], "b": [stamped(2, "two")]})
    answer = await read(cluster)
    assert [(line["source"], line["line"]) for line in answer.data["lines"]] == [
        ("a", "one"),
        ("b", "two"),
        ("a", "three"),
    ]
    assert "[a] one\n[b] two\n[a] three" in answer.text.en
    assert answer.text.zh.startswith("Deployment shop/web 的 2 个容器共 3 行日志,没有错误。")


async def test_errors_are_picked_out_and_grouped() -> None:
    lines = [stamped(n, f"ERROR connect to db:5432 timed out after {n}ms") for n in range(7)]
    answer = await read(cluster_of({"a": [*lines, stamped(9, "INFO fine")], "b": [stamped(8, "WARN slow")]}))
    [group] = answer.data["errors"]
    assert group["count"] == 7
    assert group["example"] == "ERROR connect to db:5432 timed out after 6ms"
    assert "7 of them errors" in answer.text.en
    assert "7× ERROR connect" in answer.text.zh
    assert [each["count"] for each in answer.data["warnings"]] == [1]


async def test_what_is_asked_of_the_server() -> None:
    cluster = cluster_of({"a": []})
    for arguments, tail, since in (
        ({}, TAIL, None),
        ({"tail": 20}, 20, None),
        ({"since": "10m"}, LONG_TAIL, 600),
        ({"contains": "x"}, LONG_TAIL, None),
        ({"contains": "x", "tail": 3}, LONG_TAIL, None),
        ({"since": "1h", "tail": 5}, 5, 3600),
    ):
        await read(cluster, **arguments)
        _, query = cluster.queries[-1]
        assert (query.tail, query.since, query.container, query.timestamps) == (tail, since, "app", True)
    with pytest.raises(Unusable):
        await read(cluster, since="soon")


async def test_only_lines_with_a_text() -> None:
    cluster = cluster_of({"a": [stamped(1, "GET /Cart 200"), stamped(2, "GET /pay 500")]})
    answer = await read(cluster, contains="/cart")
    assert [line["line"] for line in answer.data["lines"]] == ["GET /Cart 200"]
    assert answer.data["lines_seen"] == 1
    none = await read(cluster, contains="03:00")  # that is in the time stamp, not in the line
    assert "No log lines with “03:00”" in none.text.en


async def test_a_pod_that_goes_in_mid_answer_is_noted() -> None:
    answer = await read(cluster_of({"a": [stamped(1, "one")], "b": GONE, "c": WAITING}))
    assert [line["line"] for line in answer.data["lines"]] == ["one"]
    assert answer.coverage.not_looked_at == {"Log b": "gone", "Log c": "The container is waiting to start."}
    assert "c: The container is waiting to start." in answer.text.en


async def test_no_log_at_all_is_an_error_and_not_an_empty_log() -> None:
    with pytest.raises(Invalid):
        await read(cluster_of({"a": WAITING, "b": WAITING}))
    assert "has no pods" in (await read(MemoryCluster(workload()))).text.en


async def test_what_was_read_before_a_break_is_kept() -> None:
    class Breaking:
        def __iter__(self) -> Iterator[str]:
            yield stamped(1, "one")
            raise GONE

    answer = await read(cluster_of({"a": Breaking()}))
    assert [line["line"] for line in answer.data["lines"]] == ["one"]
    assert answer.coverage.not_looked_at == {"Log a": "gone"}


def several(**annotations: str) -> Obj:
    made = pod("web-1")
    made["metadata"]["annotations"] = annotations
    made["spec"]["containers"] = [container("app"), container("side")]
    made["spec"]["initContainers"] = [container("setup")]
    return made


async def test_containers_of_a_pod() -> None:
    logs: dict[tuple[str, str], Lines] = {
        ("web-1", name): [stamped(n, name)] for n, name in enumerate(("app", "side", "setup"))
    }
    both = await read(MemoryCluster(several(), logs=logs), "Pod", "web-1")
    assert both.data["sources"] == ["web-1/app", "web-1/side"]
    assert "(Containers: app, side; one of them can be named.)" in both.text.en
    one = await read(MemoryCluster(several(), logs=logs), "Pod", "web-1", container="setup")
    assert [line["line"] for line in one.data["lines"]] == ["setup"]
    declared = several(**{"kubectl.kubernetes.io/default-container": "side"})
    default = await read(MemoryCluster(declared, logs=logs), "Pod", "web-1")
    assert [line["line"] for line in default.data["lines"]] == ["side"]
    with pytest.raises(Unusable) as caught:
        await read(MemoryCluster(several(), logs=logs), "Pod", "web-1", container="nope")
    assert caught.value.argument == "container"
    assert "app, side, setup" in caught.value.say("zh")


async def test_previous_logs_exist_only_after_a_restart() -> None:
    with pytest.raises(Unusable) as caught:
        await read(cluster_of({"a": [stamped(1, "x")]}), previous=True)
    assert caught.value.argument == "previous"
    assert "no container (a/app) has restarted" in caught.value.say("en")
    restarted = [state(restarts=1, ready=True, last={"terminated": {"exitCode": 1}}, running={})]
    cluster = cluster_of({"a": [stamped(1, "panic: boom")]}, containerStatuses=restarted)
    answer = await read(cluster, previous=True)
    assert cluster.queries[-1][1].previous is True
    assert "from before the last restart" in answer.text.en


async def test_a_hundred_thousand_lines_take_little_room() -> None:
    def lines() -> Iterator[str]:
        for n in range(100_000):
            yield stamped(
                n, f"ERROR request {n} failed" if n % 10 == 0 else f"INFO request {n} took {n % 97}ms"
            )

    cluster = cluster_of({"a": lines()})
    tracemalloc.start()
    answer = await read(cluster, since="10h", tail=100_000)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert answer.data["lines_seen"] == 100_000
    assert answer.data["errors"][0]["count"] == 10_000
    assert peak < 40 * 2**20


def test_templates_are_bounded_and_errors_survive() -> None:
    digest = Digest("a", keep=10)
    digest.add("ERROR the only one")
    for n in range(20_000):
        digest.add("word" + "".join(chr(97 + int(d)) for d in str(n)))
    found = digest.templates()
    assert len(found) <= 1000
    assert found[0].example == "ERROR the only one"
    assert len(digest.newest) == 10


def test_a_line_cannot_move_the_cursor() -> None:
    assert readable("\x1b[2J\x07gone‮txt\tok") == "�[2J�gone�txt\tok"
    assert len(readable("x" * 1_000_000)) < 3000
    assert split_stamp("2026-01-02T03:04:05.5Z line one") == ("2026-01-02T03:04:05.5Z", "line one")
    assert split_stamp("not stamped at all") == ("", "not stamped at all")
