"""`doctor`: what works and what does not, each line with its remedy."""

from __future__ import annotations

import asyncio

from kubesteer.app import App
from kubesteer.core.errors import KubesteerError
from kubesteer.faces.cli.failures import DONE, FAILED, answer_language, only_looking, report
from kubesteer.faces.cli.options import Flags
from kubesteer.faces.cli.screens import Screen

_MARKS = {"ok": "✓", "failed": "✗", "unknown": "?"}


def run_doctor(flags: Flags, *, output: str) -> int:
    """Examine, print, and tell by the exit code whether the cluster can be used."""
    language = answer_language(flags)
    try:
        with only_looking():
            return asyncio.run(_examine(flags, Screen(language, output=output)))
    except KubesteerError as trouble:
        return report(trouble, language, output=output)


async def _examine(flags: Flags, screen: Screen) -> int:
    from kubesteer.adapters.kubernetes.doctors import examine
    from kubesteer.analyzers.gathering import LISTED

    async with App.of(flags, trace=screen.trace) as app:
        checks = await examine(app.cluster, flags.get("namespace", ""), LISTED)
    if screen.output == "json":
        screen.json({"checks": [check.to_json(screen.language) for check in checks]})
    for check in checks:
        screen.say(f"{_MARKS[check.state]} {check.text.of(screen.language)}")
        if check.remedy is not None and check.state != "ok":
            screen.say("    " + check.remedy.of(screen.language).replace("\n", "\n    "))
    return FAILED if any(check.vital and check.state != "ok" for check in checks) else DONE
