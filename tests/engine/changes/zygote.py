"""A process that has everything imported, and forks one process per change, quick to start and to be killed.

A line of JSON on standard input is a change to propose, approve and carry out; the child's pid is the answer.
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


async def live(folder: Path, speed: float, wishes: Sequence[tuple[str, dict[str, Any]]]) -> None:
    """Propose, approve and carry out."""
    site = Site(None, folder, speed=speed)
    await site.carry_out(*(verb(name, **arguments) for name, arguments in wishes))
    await site.close()


def serve() -> None:
    """Fork a child for each line, until the end of the input."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the kernel buries the dead
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            told = json.loads(line)
            asyncio.run(live(Path(told["folder"]), told["speed"], told["changes"]))
            os._exit(0)
        print(pid, flush=True)


if __name__ == "__main__":
    serve()
