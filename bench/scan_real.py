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
from bench.loading import AT_ONCE, Loader, Progress
from bench.scanning import row, table
from kubesteer.analyzers import patience

CONTRACT = Path(__file__).resolve().parents[1] / "tests" / "contract"
sys.path.insert(0, str(CONTRACT))  # as pytest does for the contract tests, which start the same programs

from control_plane import ControlPlane, Missing  # noqa: E402

SIZES = (10_000,)
PROGRAMS = ("etcd", "kube-apiserver")
AGE = patience.SCHEDULING + 5
"""Seconds from the last pod to the scan: the server stamps it with the time of its creation, and a pod that waits
for a node is not judged before. Every other planted state says itself since when it lasts."""


class BareServer(ControlPlane):
    """kube-apiserver and its store, whatever else has been built."""

    def __init__(self) -> None:
        super().__init__()
        self.programs = {name: path for name, path in self.programs.items() if name in PROGRAMS}

    def _start(self, program: str, flags: list[str]) -> None:
        # Tens of thousands of writes are not to be written to a log as well.
        super()._start(program, [each for each in flags if not each.startswith("--audit")])


class Loading:
    """Progress, and when the last object came that rules are patient with."""

    def __init__(self) -> None:
        self.last = 0.0

    def tell(self, kind: str, number: int, seconds: float) -> None:
        """A line; events come after everything else and say themselves when they happened."""
        if kind != "Event":
            self.last = time.monotonic()
        print(f"  loaded {number:6} {kind:20} {seconds:6.1f} s", flush=True)

    def age(self) -> None:
        """Wait until nothing is too young to be judged."""
        left = max(0.0, self.last + AGE - time.monotonic())
        print(f"  waiting {left:.0f} s, until nothing is too young to be judged", flush=True)
        time.sleep(left)


async def load(plane: ControlPlane, pods: int, progress: Progress) -> list[tuple[str, str]]:
    """Fill the cluster; the (rule, object) pairs that a scan must name."""
    objects, planted = fleet(pods)
    trust = ssl.create_default_context(cadata=plane.authority.decode())
    headers = {"Authorization": f"Bearer {plane.token('admin')}", "Accept-Encoding": "identity"}
    limits = httpx2.Limits(max_connections=AT_ONCE, max_keepalive_connections=AT_ONCE)
    async with httpx2.AsyncClient(
        base_url=plane.url, verify=trust, headers=headers, limits=limits, timeout=60
    ) as client:
        await Loader(client, progress).load(objects)
    return sorted(planted)


def measure(pods: int) -> None:
    """Print the table for one size."""
    with BareServer() as plane, tempfile.TemporaryDirectory() as folder:
        started, loading = time.perf_counter(), Loading()
        planted = asyncio.run(load(plane, pods, loading.tell))
        row("loading, s", f"{time.perf_counter() - started:.0f}", "180")
        loading.age()
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
