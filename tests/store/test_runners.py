"""Runs as DBOS workflows, on SQLite and on PostgreSQL."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from kubesteer.adapters.store.runners import DbosRunner
from kubesteer.core.errors import Refused, StoreError
from kubesteer.core.texts import Text


@pytest.fixture
async def runner(url: str, tmp_path: Path) -> AsyncIterator[DbosRunner]:
    runner = DbosRunner(tmp_path, url)
    yield runner
    await runner.close()


async def _runs(prefix: str = "chg") -> list[str | None]:
    from dbos import DBOS

    found = await DBOS.list_workflows_async(workflow_id_prefix=prefix)
    return [run.status if run.status != "SUCCESS" else run.output for run in found]


async def test_work_is_done_once_here_and_put_on_record(runner: DbosRunner) -> None:
    done: list[asyncio.AbstractEventLoop] = []

    async def work() -> None:
        done.append(asyncio.get_running_loop())

    await runner.run("chg-aaaaaaaaaa", work)
    assert done == [asyncio.get_running_loop()]
    assert await _runs() == ["ended"]
    await runner.run("chg-aaaaaaaaaa", work)
    assert await _runs() == ["ended", "ended"]


async def test_what_the_work_raises_is_raised(runner: DbosRunner) -> None:
    async def work() -> None:
        raise Refused(Text("不", "no"), Text("那么", "then"))

    with pytest.raises(Refused) as refusal:
        await runner.run("chg-aaaaaaaaaa", work)
    assert refusal.value.remedy == Text("那么", "then")
    assert await _runs() == ["Refused"]


async def test_cancelled_it_cancels_the_work(runner: DbosRunner) -> None:
    begun, ended = asyncio.Event(), asyncio.Event()

    async def work() -> None:
        begun.set()
        try:
            await asyncio.sleep(60)
        finally:
            ended.set()

    running = asyncio.create_task(runner.run("chg-aaaaaaaaaa", work))
    await begun.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert ended.is_set()
    assert await _runs() == ["interrupted"]


DYING = """
import asyncio, os, sys
from pathlib import Path
from kubesteer.adapters.store.runners import DbosRunner

async def die():
    os._exit(9)

asyncio.run(DbosRunner(Path(sys.argv[1]), sys.argv[2]).run("chg-aaaaaaaaaa", die))
"""


async def test_a_run_that_died_is_not_run_again_by_itself(
    runner: DbosRunner, url: str, tmp_path: Path
) -> None:
    died = await asyncio.to_thread(
        subprocess.run, [sys.executable, "-c", DYING, str(tmp_path), url], capture_output=True, check=False
    )
    assert died.returncode == 9, died.stderr
    done: list[str] = []

    async def other() -> None:
        done.append("other")

    await runner.run("chg-bbbbbbbbbb", other)
    assert sorted(map(str, await _runs())) == ["PENDING", "ended"]
    await runner.run("chg-aaaaaaaaaa", other)
    assert sorted(map(str, await _runs())) == ["CANCELLED", "ended", "ended"]
    assert done == ["other", "other"]


async def test_a_database_that_is_not_there_is_told(tmp_path: Path) -> None:
    runner = DbosRunner(tmp_path, "postgresql://nobody@127.0.0.1:1/none")

    async def work() -> None:
        raise AssertionError("must not be reached")

    with pytest.raises(StoreError, match="database of workflows"):
        await runner.run("chg-aaaaaaaaaa", work)


@pytest.mark.parametrize(
    ("imported", "unwanted"),
    [
        ("kubesteer.app, kubesteer.engine.agents, kubesteer.adapters.store.openings", "sqlalchemy"),
        ("kubesteer.adapters.store.ledgers", "dbos"),
    ],
)
def test_what_is_not_needed_is_not_imported(imported: str, unwanted: str) -> None:
    script = f"import sys, {imported}; sys.exit({unwanted!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
