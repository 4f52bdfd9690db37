"""Scanning a large cluster with a hundred planted faults, against transferring and decoding the same lists.

The simulator serves it, frozen, from a process of its own; each measurement runs in a fresh process.
"""

from __future__ import annotations

import multiprocessing
import tempfile
from multiprocessing.connection import Connection
from pathlib import Path

from bench.fleets import fleet
from bench.scanning import row, table
from kubesteer.simulator import Simulator

SIZES = (1_000, 10_000, 30_000)


def serve(pods: int, kubeconfig: str, pipe: Connection) -> None:
    """Hold a cluster until the other end of the pipe says enough."""
    objects, planted = fleet(pods)
    with Simulator(objects, frozen=True) as simulator:
        simulator.write_kubeconfig(Path(kubeconfig))
        pipe.send(sorted(planted))
        pipe.recv()


def measure(pods: int, folder: str) -> float:
    """Print the table for one size; the seconds of a scan."""
    kubeconfig = str(Path(folder) / f"{pods}.kubeconfig")
    ours, theirs = multiprocessing.get_context("spawn").Pipe()
    server = multiprocessing.get_context("spawn").Process(target=serve, args=(pods, kubeconfig, theirs))
    server.start()
    try:
        planted = [tuple(each) for each in ours.recv()]
        return table(f"— {pods} pods, {pods // 10} services and deployments", kubeconfig, planted)
    finally:
        ours.send("enough")
        server.join()


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        seconds = {pods: measure(pods, folder) for pods in SIZES}
    row(
        "— cost per 1,000 pods, s",
        " / ".join(f"{1000 * s / pods:.3f}" for pods, s in seconds.items()),
        "the same (linear)",
    )


if __name__ == "__main__":
    main()
