"""A process that has everything imported, and forks one process per change, quick to start and to be killed.

A line of JSON on standard input is a change to propose, approve and carry out, or the id of one that is approved
already; the child's pid is the answer.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cryptography.fernet
import sqlalchemy.dialects.sqlite
from sites import Site, verb

WARM = (cryptography.fernet, sqlalchemy.dialects.sqlite)


Wishes = Sequence[tuple[str, dict[str, Any]]]


async def live(folder: Path, speed: float, wishes: Wishes, approved: str) -> None:
    """Propose, approve and carry out; or the last of it alone."""
    site = Site(None, folder, speed=speed)
    if approved:
        await site.changes.execute(approved)
    else:
        await site.carry_out(*(verb(name, **arguments) for name, arguments in wishes))
    await site.close()


def serve() -> None:
    """Fork a child for each line, until the end of the input."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the kernel buries the dead
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            told = json.loads(line)
            asyncio.run(live(Path(told["folder"]), told["speed"], told["changes"], told["approved"]))
            os._exit(0)
        print(pid, flush=True)


if __name__ == "__main__":
    serve()
