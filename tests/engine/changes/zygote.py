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
import dbos
import psycopg
import sqlalchemy.dialects.sqlite
from sites import Site, verb

WARM = (cryptography.fernet, dbos, psycopg, sqlalchemy.dialects.sqlite)


Wishes = Sequence[tuple[str, dict[str, Any]]]


async def live(folder: Path, speed: float, url: str, wishes: Wishes, approved: str) -> None:
    """Propose, approve and carry out; or the last of it alone."""
    site = Site(None, folder, speed=speed, url=url)
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
            told["folder"] = Path(told["folder"])
            asyncio.run(live(**told))
            os._exit(0)
        print(pid, flush=True)


if __name__ == "__main__":
    serve()
