"""Whole-process wall times: `--help`, and a rules-mode `ask` on a small cluster."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from kubesteer.faces.cli.simulating import demo_manifests
from kubesteer.simulator import Simulator

RUNS = 7
KUBESTEER = str(Path(sys.executable).with_name("kubesteer"))


def median(command: list[str], environ: dict[str, str]) -> float:
    """Median wall seconds of a command over RUNS runs, after one warm-up."""
    times = []
    for run in range(RUNS + 1):
        started = time.perf_counter()
        subprocess.run(command, env=environ, capture_output=True, check=True, stdin=subprocess.DEVNULL)
        if run:
            times.append(time.perf_counter() - started)
    return statistics.median(times)


def main() -> None:
    bare = median([sys.executable, "-c", "pass"], dict(os.environ))
    with tempfile.TemporaryDirectory() as folder, Simulator(demo_manifests()) as cluster:
        kubeconfig = Path(folder) / "kubeconfig"
        cluster.write_kubeconfig(kubeconfig)
        environ = {**os.environ, "KUBECONFIG": str(kubeconfig), "KUBESTEER_STATE": folder}
        rows = [
            ("python -c pass", bare, None),
            ("kubesteer --help", median([KUBESTEER, "--help"], environ), 0.25),
            ("kubesteer ask (rules)", median([KUBESTEER, "ask", "看看 default 的 my-nginx"], environ), 0.6),
        ]
    print(f"{'whole process, median of ' + str(RUNS):38} {'seconds':>8} {'budget':>8} {'× python':>9}")
    for name, seconds, budget in rows:
        print(f"{name:38} {seconds:8.3f} {budget if budget else '':>8} {seconds / bare:9.1f}")


if __name__ == "__main__":
    main()
