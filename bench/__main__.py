"""Run every measurement in a process of its own: `python -m bench [NAME …]`."""

from __future__ import annotations

import subprocess
import sys

MEASUREMENTS = ("startup", "understanding", "lists", "scan", "scan_real")


def main() -> int:
    chosen = sys.argv[1:] or MEASUREMENTS
    worst = 0
    for name in chosen:
        print(f"\n== {name}", flush=True)
        worst = max(worst, subprocess.call([sys.executable, "-m", f"bench.{name}"]))
    return worst


if __name__ == "__main__":
    sys.exit(main())
