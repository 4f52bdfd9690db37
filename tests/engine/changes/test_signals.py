"""Ctrl-C and SIGTERM in mid-change, on the command line as people use it."""

from __future__ import annotations

import asyncio
import os
import signal
import sys

import pytest
from sites import Site, landed

from kubesteer.simulator import Simulator

COMMAND = "import sys; from kubesteer.faces.cli import main; main()"


async def _kubesteer(site: Site, *words: str) -> asyncio.subprocess.Process:
    environment = os.environ | {
        "KUBECONFIG": str(site.folder / "kubeconfig"),
        "KUBESTEER_STATE": str(site.folder / "state"),
        "KUBESTEER_LANGUAGE": "en",
    }
    return await asyncio.create_subprocess_exec(
        sys.executable,
        *("-c", COMMAND, *words),
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )


@pytest.mark.parametrize("signal_", [signal.SIGINT, signal.SIGTERM])
async def test_an_interrupted_change_says_how_to_go_on(
    site: Site, simulator: Simulator, signal_: signal.Signals
) -> None:
    process = await _kubesteer(site, "ask", "--yes", "scale web to 3 in shop")
    while not landed(simulator):
        assert process.returncode is None
        await asyncio.sleep(0.02)
    process.send_signal(signal_)
    told, _ = await process.communicate()
    assert process.returncode == 130
    (record,) = await site.changes.history()
    assert record.state in ("executing", "verifying")
    assert f"How far {record.id} got is on record; `kubesteer resume` goes on with it." in told.decode()
    resumed = await _kubesteer(site, "resume")
    told, _ = await resumed.communicate()
    assert resumed.returncode == 0, told
    assert (await site.changes.show(record.id)).state == "done"
    assert len(landed(simulator)) == 1
