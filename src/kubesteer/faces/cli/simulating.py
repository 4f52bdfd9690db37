"""`simulate`: the embedded cluster, until Ctrl-C."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

from kubesteer.core.errors import Misconfigured
from kubesteer.core.texts import Text
from kubesteer.faces.cli.demos import demo_manifests
from kubesteer.faces.cli.failures import DONE, spoken_language


def run_simulate(
    load: Sequence[Path], *, port: int, write_kubeconfig: str, nodes: int, tls: bool, speed: float
) -> int:
    """Serve until interrupted; the exit code."""
    manifests = [doc for path in load for doc in read_manifests(path)] or demo_manifests()
    try:
        asyncio.run(_serve(manifests, port, write_kubeconfig, nodes=nodes, tls=tls, speed=speed))
    except KeyboardInterrupt:
        return DONE
    return DONE
