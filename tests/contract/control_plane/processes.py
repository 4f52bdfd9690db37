"""Child processes that never outlive us, each in a process group of its own with its output in a file."""

from __future__ import annotations

import atexit
import ctypes
import os
import signal
import socket
import subprocess
from pathlib import Path

PR_SET_PDEATHSIG = 1  # linux/prctl.h


def free_port() -> int:
    """A TCP port on loopback that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _die_with_parent() -> None:
    # Covers what neither atexit nor a signal handler can: our own death by SIGKILL.
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


class Died(RuntimeError):
    """A process ended that should have gone on; the message carries its last words."""


class Processes:
    """What we have started, and the one way to end it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        atexit.register(self.stop)

    def start(self, name: str, *command: str) -> None:
        """Start `command`; standard output and error go to NAME.log in our folder."""
        with self.log(name).open("wb") as output:
            self._running[name] = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=self._folder,
                start_new_session=True,  # Ctrl-C reaches us alone; we end them in our order
                preexec_fn=_die_with_parent if os.uname().sysname == "Linux" else None,
            )

    def log(self, name: str) -> Path:
        """Where the output of `name` goes."""
        return self._folder / f"{name}.log"

    def check(self) -> None:
        """Raise Died where one of them has ended by itself."""
        for name, process in self._running.items():
            if process.poll() is not None:
                words = self.log(name).read_text(errors="replace").splitlines()[-15:]
                raise Died(f"{name} exited {process.returncode}:\n" + "\n".join(words))

    def stop(self) -> None:
        """End all of them, at once and surely: their data is thrown away, so nothing needs a farewell."""
        for process in reversed(self._running.values()):
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
        for process in self._running.values():
            process.wait()
        self._running.clear()
        atexit.unregister(self.stop)
