"""The command line: `kubesteer`, and `kubectl steer` through the plug-in name.

Belongs here: parsing, rendering, prompts and exit codes. Does not belong here: anything an HTTP or MCP face
would need too. Nothing heavy is imported before a command runs: `--help` must feel instant.
"""

from __future__ import annotations

import sys


def main() -> None:
    """Entry point of the `kubesteer` and `kubectl-steer` commands."""
    from kubesteer.faces.cli.commands import app
    from kubesteer.faces.cli.failures import guarded
    from kubesteer.faces.cli.options import hoisted

    sys.exit(guarded(lambda: app(args=hoisted(sys.argv[1:]), standalone_mode=False)))
