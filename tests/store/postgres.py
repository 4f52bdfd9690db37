"""A real PostgreSQL for tests: initialised in a temporary folder, started on a free port, stopped afterwards."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PLACES = ("/usr/lib/postgresql", "/usr/local", "/opt/homebrew", "/usr")


class Missing(Exception):
    """There is no PostgreSQL on this machine, or nobody who may run it."""


def binaries() -> Path:
    """The folder with initdb and postgres. Raises Missing."""
    on_path = [Path(found).resolve().parent for found in [shutil.which("initdb")] if found]
    debian = sorted(Path(PLACES[0]).glob("*/bin"), reverse=True)
    others = [Path(place) / "bin" for place in PLACES[1:]]
    for folder in (*on_path, *debian, *others):
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    raise Missing("PostgreSQL is not installed (Debian: apt install postgresql)")


def user() -> str | None:
    """PostgreSQL refuses to run as root: somebody else then. Raises Missing."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    for name in ("postgres", "nobody"):
        if name in known:
            return name
    raise Missing("PostgreSQL does not run as root, and there is no user for it")


@contextmanager
def running() -> Iterator[str]:
    """The URL of a fresh, empty database. Raises Missing."""
    programs, account = binaries(), user()
    folder = Path(tempfile.mkdtemp(prefix="kubesteer-postgres-"))
    try:
        if account:
            os.chown(folder, pwd.getpwnam(account).pw_uid, -1)
        data = folder / "data"
        subprocess.run(
            [
                programs / "initdb",
                "-D",
                data,
                "-A",
                "trust",
                "-U",
                "kubesteer",
                "-N",
                "--locale=C",
                "-E",
                "UTF8",
            ],
            user=account,
            cwd=folder,
            check=True,
            capture_output=True,
        )
        with _server(programs, data, folder, account) as port:
            yield f"postgresql://kubesteer@127.0.0.1:{port}/postgres"
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _server(programs: Path, data: Path, folder: Path, account: str | None) -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    process = subprocess.Popen(
        [programs / "postgres", "-D", data, "-p", str(port), "-h", "127.0.0.1", "-k", folder, "-F"],
        user=account,
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait(port, process)
        yield port
    finally:
        process.terminate()
        process.wait(30)


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    import psycopg

    for _ in range(300):
        try:
            psycopg.connect(host="127.0.0.1", port=port, user="kubesteer", dbname="postgres").close()
        except psycopg.OperationalError:
            assert process.poll() is None, "PostgreSQL ended at once"
            time.sleep(0.1)
        else:
            return
    raise AssertionError("PostgreSQL never took connections")
