"""The one workflow there is. Importing this module imports DBOS, so only `runners` does, and late."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable

from dbos import DBOS, SetWorkflowID, WorkflowHandleAsync

WORK: dict[str, Callable[[], Awaitable[None]]] = {}
"""What the runs of this process do, by the id of their workflow."""

_TASKS: dict[str, asyncio.Future[None]] = {}
_HANDLES: dict[str, WorkflowHandleAsync[str]] = {}
_STARTED: dict[str, asyncio.Event] = {}


def launch(url: str) -> None:
    """Start DBOS under an executor id that no other process has."""
    DBOS(
        config={
            "name": "kubesteer",
            "system_database_url": url,
            "executor_id": secrets.token_hex(8),
            "log_level": "CRITICAL",
            "notification_listener_polling_interval_sec": 0.05,
        }
    )
    DBOS.launch()


def stop() -> None:
    """Stop DBOS."""
    DBOS.destroy()


async def close_dead_runs(prefix: str) -> None:
    """Close what earlier runs of a change left open. Whoever asks holds the claim, so none of them lives."""
    for run in await DBOS.list_workflows_async(workflow_id_prefix=prefix, status="PENDING"):
        await DBOS.cancel_workflow_async(run.workflow_id)


async def begin(key: str) -> None:
    """Put a run on record and start it."""
    started = asyncio.Event()
    _STARTED[key] = started
    with SetWorkflowID(key):
        _HANDLES[key] = await DBOS.start_workflow_async(carry_out, key)
    await started.wait()


async def outcome(key: str) -> None:
    """Wait for the end of a run; raises what the work raised. Cancelled, it cancels the work."""
    try:
        await _TASKS[key]
    finally:
        await _HANDLES.pop(key).get_result()  # until DBOS has written down how it went
        del _TASKS[key]


@DBOS.workflow(name="kubesteer.change")
async def carry_out(key: str) -> str:
    """Do the work, and tell how it went in a word: its errors are not DBOS's to store."""
    task = asyncio.ensure_future(WORK[key]())
    _TASKS[key] = task
    _STARTED.pop(key).set()
    await asyncio.wait([task])
    if task.cancelled():
        return "interrupted"
    trouble = task.exception()
    return "ended" if trouble is None else type(trouble).__name__
