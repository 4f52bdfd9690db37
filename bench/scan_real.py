"""Scanning the same cluster as bench.scan on a real kube-apiserver: `python -m bench.scan_real [PODS …]`.

Only etcd and kube-apiserver run, from `make control-plane`: no controller, scheduler or kwok would let the
planted statuses stay as they are.
"""

from __future__ import annotations

import asyncio
import ssl
import sys
import tempfile
import time
from pathlib import Path

import httpx2

from bench.fleets import fleet
from bench.loading import AT_ONCE, Loader
from bench.scanning import row, table
from kubesteer.analyzers import patience

CONTRACT = Path(__file__).resolve().parents[1] / "tests" / "contract"
sys.path.insert(0, str(CONTRACT))  # as pytest does for the contract tests, which start the same programs

from control_plane import ControlPlane, Missing  # noqa: E402

SIZES = (10_000,)
PROGRAMS = ("etcd", "kube-apiserver")
AGE = max(patience.STARTING, patience.UNAVAILABLE, patience.SCHEDULING) + 5
"""Seconds until the scan: the server stamps objects with the time of their creation, and the rules are patient
with what is younger than that."""


class BareServer(ControlPlane):
    """kube-apiserver and its store, whatever else has been built."""

    def __init__(self) -> None:
        super().__init__()
        self.programs = {name: path for name, path in self.programs.items() if name in PROGRAMS}


def told(kind: str, number: int, seconds: float) -> None:
    """A line of progress."""
    print(f"  loaded {number:6} {kind:20} {seconds:6.1f} s", flush=True)


async def load(plane: ControlPlane, pods: int) -> list[tuple[str, str]]:
    """Fill the cluster; the (rule, object) pairs that a scan must name."""
    objects, planted = fleet(pods)
    trust = ssl.create_default_context(cadata=plane.authority.decode())
    headers = {"Authorization": f"Bearer {plane.token('admin')}", "Accept-Encoding": "identity"}
    limits = httpx2.Limits(max_connections=AT_ONCE, max_keepalive_connections=AT_ONCE)
    async with httpx2.AsyncClient(
        base_url=plane.url, verify=trust, headers=headers, limits=limits, timeout=60
    ) as client:
        await Loader(client, told).load(objects)
    return sorted(planted)


def measure(pods: int) -> None:
    """Print the table for one size."""
    with BareServer() as plane, tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        planted = asyncio.run(load(plane, pods))
        row("loading, s", f"{time.perf_counter() - started:.0f}", "180")
        print(f"  waiting {AGE:.0f} s, until nothing is too young to be judged", flush=True)
        time.sleep(AGE)
        kubeconfig = str(plane.write_kubeconfig(Path(folder) / "kubeconfig"))
        table(f"— {pods} pods on a real kube-apiserver", kubeconfig, planted)


def main() -> int:
    try:
        for pods in [int(each) for each in sys.argv[1:]] or SIZES:
            measure(pods)
    except Missing as missing:
        print(f"skipped: {missing}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
