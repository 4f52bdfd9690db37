"""Who holds a claim: which process of which machine; and whether it is known to be dead.

A process that was killed cannot give its claim up. On the same machine the next one need not wait for it.
"""

from __future__ import annotations

import json
import os
import secrets
import socket
from pathlib import Path


def this_owner() -> str:
    """A name for this process that no other has, and that tells whether it still lives."""
    pid = os.getpid()
    return json.dumps(
        {
            "host": socket.gethostname(),
            "namespace": _namespace(),
            "pid": pid,
            "started": _started(pid),
            "nonce": secrets.token_hex(8),
        }
    )


def lives(owner: str) -> bool | None:
    """Whether the process is alive; None where that cannot be known from here: another machine or container."""
    try:
        told = json.loads(owner)
        host, namespace, pid, started = told["host"], told["namespace"], int(told["pid"]), told["started"]
    except (ValueError, KeyError, TypeError):
        return None
    if host != socket.gethostname() or namespace != _namespace():
        return None
    return _exists(pid) and _started(pid) == started


def _namespace() -> str:
    """The pid namespace; "" where there are none. Containers of one pod share a host name, but not their pids."""
    try:
        return str(Path("/proc/self/ns/pid").readlink())
    except OSError:
        return ""


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _started(pid: int) -> str:
    """When a process started, in clock ticks since boot: pids are used again (proc(5), field 22 of stat); with
    the boot's id. "" where there is no /proc, and for a zombie, which does nothing any more."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="utf-8").strip()
    except OSError:
        return ""
    state, *rest = stat.rpartition(")")[2].split()
    return "" if state == "Z" else f"{boot}:{rest[18]}"
