"""A control plane to work with by hand: `python -m control_plane [KUBECONFIG] [MANIFEST …]`, until Ctrl-C."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

from control_plane.server import ControlPlane, Missing


def main(arguments: list[str]) -> int:
    path = Path(arguments[0] if arguments else "control-plane.kubeconfig")
    try:
        with ControlPlane() as real:
            real.write_kubeconfig(path)
            for manifest in arguments[1:]:
                real.load(Path(manifest))
            print(f"{real.url} is up until Ctrl-C: export KUBECONFIG={path.absolute()}", flush=True)
            signal.sigwait({signal.SIGINT, signal.SIGTERM})
    except Missing as missing:
        print(missing, file=sys.stderr)
        return 1
    finally:
        path.unlink(missing_ok=True)
    return 0


if __name__ == "__main__":
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    sys.exit(main(sys.argv[1:]))
