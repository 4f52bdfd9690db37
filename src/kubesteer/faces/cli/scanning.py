"""`scan` and `diagnose`: findings as a table for people, JSON for programs, Markdown for tickets."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from kubesteer.analyzers import Report, diagnose, scan
from kubesteer.app import App
from kubesteer.core.errors import KubesteerError, Unusable
from kubesteer.core.findings import SEVERITIES, Severity
from kubesteer.core.texts import Text
from kubesteer.faces.cli.failures import DONE, FAILED, answer_language, only_looking, report
from kubesteer.faces.cli.options import Flags
from kubesteer.faces.cli.screens import Screen
from kubesteer.policies.redactions import redacted, redacted_text

WATCH_SECONDS = 15.0
"""Between two looks of `--watch`; metrics and probes rarely tell anything new sooner."""

_FORMATS = ("text", "json", "markdown")

Look = Callable[[App, Screen], Awaitable[Report]]


def run_scan(flags: Flags, *, output: str, severity: str, watch: bool, fail_on: str) -> int:
    """Scan the cluster or one namespace; the exit code."""
    namespace = flags.get("namespace", "") or None

    async def look(app: App, screen: Screen) -> Report:
        return await scan(app.cluster, namespace, progress=_telling(screen))

    return _run(flags, look, output=output, severity=severity, fail_on=fail_on, watch=watch)


def run_diagnose(target: str, flags: Flags, *, output: str, severity: str) -> int:
    """Diagnose one object; the exit code."""
    from kubesteer.engine.targets import target_of

    async def look(app: App, screen: Screen) -> Report:
        ref = target_of(await app.inventory(), target, flags.get("namespace", ""))
        return await diagnose(app.cluster, ref, progress=_telling(screen))

    return _run(flags, look, output=output, severity=severity, fail_on="", watch=False)


def _run(flags: Flags, look: Look, *, output: str, severity: str, fail_on: str, watch: bool) -> int:
    language = answer_language(flags)
    try:
        least = _severity("severity", severity)
        floor = _severity("fail-on", fail_on) if fail_on else None
        _checked_format(output)
        screen = Screen(language, output=output)
        with only_looking():
            return asyncio.run(_session(flags, look, screen, least, floor, watch=watch))
    except KubesteerError as trouble:
        return report(trouble, language, output=output)


async def _session(
    flags: Flags, look: Look, screen: Screen, least: Severity, floor: Severity | None, *, watch: bool
) -> int:
    async with App.of(flags, trace=screen.trace) as app:
        found = await look(app, screen)
        _show(found, screen, least)
        while watch:
            await asyncio.sleep(WATCH_SECONDS)
            newer = await look(app, screen)
            _show_difference(found, newer, screen, least)
            found = newer
    return FAILED if found.blind or _reaches(found, floor) else DONE


def _show(found: Report, screen: Screen, least: Severity) -> None:
    if screen.output == "json":
        screen.json(redacted(found.to_json(screen.language, least)))
    elif screen.output == "markdown":
        screen.say(redacted_text(found.to_markdown(screen.language, least)))
    else:
        screen.findings(redacted_text(found.told(least).of(screen.language)))


def _show_difference(before: Report, now: Report, screen: Screen, least: Severity) -> None:
    shown = set(SEVERITIES[: SEVERITIES.index(least) + 1])
    new, gone = ([f for f in part if f.severity in shown] for part in now.delta(before))
    for sign, word, part in (("+", "appeared", new), ("-", "gone", gone)):
        for finding in part:
            if screen.output == "json":
                screen.json(redacted({word: finding.to_json(screen.language)}))
            else:
                screen.say(redacted_text(f"{sign} {finding.severity}  {finding.summary.of(screen.language)}"))


def _reaches(found: Report, floor: Severity | None) -> bool:
    if floor is None:
        return False
    bad = SEVERITIES[: SEVERITIES.index(floor) + 1]
    return any(finding.severity in bad for finding in found.findings)


def _telling(screen: Screen) -> Callable[[str, int, int], None]:
    def tell(kind: str, done: int, total: int) -> None:
        screen.progress(Text(f"查看 {kind}", f"looking at {kind}"), done, total)

    return tell


def _severity(argument: str, value: str) -> Severity:
    for severity in SEVERITIES:
        if value == severity:
            return severity
    raise Unusable(
        argument,
        Text(f"--{argument} 不能是“{value}”。", f"--{argument} cannot be “{value}”."),
        Text(f"可选:{'、'.join(SEVERITIES)}。", f"One of: {', '.join(SEVERITIES)}."),
    )


def _checked_format(output: str) -> None:
    if output not in _FORMATS:
        raise Unusable(
            "output",
            Text(f"不认识的输出格式“{output}”。", f"Unknown output format “{output}”."),
            Text(f"可选:{'、'.join(_FORMATS)}。", f"One of: {', '.join(_FORMATS)}."),
        )
