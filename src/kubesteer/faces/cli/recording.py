"""`history`, `show`, `approve`, `reject` and `resume`: the ledger from the command line."""

from __future__ import annotations

import asyncio
import getpass
from collections.abc import Awaitable, Callable

from kubesteer.app import App
from kubesteer.core.errors import KubesteerError, Unusable
from kubesteer.core.ledgers import Record, Step
from kubesteer.core.texts import Text
from kubesteer.faces.cli.failures import DONE, FAILED, WAITING, answer_language, report
from kubesteer.faces.cli.options import Flags
from kubesteer.faces.cli.screens import Screen

Work = Callable[[App, Screen], Awaitable[int]]


def run_history(action: str, flags: Flags, *, limit: int, output: str) -> int:
    """List the changes, newest first, or verify the hash chain; the exit code."""

    async def work(app: App, screen: Screen) -> int:
        if action == "verify":
            return await _verify(app, screen)
        if action:
            raise Unusable(
                "action",
                Text(f"不认识“{action}”。", f"Unknown action “{action}”."),
                Text(
                    "用 `kubesteer history` 或 `kubesteer history verify`。",
                    "Use `kubesteer history` or `kubesteer history verify`.",
                ),
            )
        records = await app.changes.history(limit=limit)
        if screen.output == "json":
            screen.json({"changes": [record.to_json() for record in records]})
        screen.say("\n".join(_line(record) for record in records) or _EMPTY.of(screen.language))
        return DONE

    return _run(flags, output, work)


def run_show(change: str, flags: Flags, *, output: str) -> int:
    """Print one change, whole; the exit code."""

    async def work(app: App, screen: Screen) -> int:
        record = await app.changes.show(change)
        _print(record, screen)
        return DONE

    return _run(flags, output, work)


def run_approve(change: str, flags: Flags, *, output: str) -> int:
    """Approve, apply and verify a proposed change; the exit code tells whether it is done."""

    async def work(app: App, screen: Screen) -> int:
        await app.changes.approve(change, by=getpass.getuser())
        record = await app.changes.execute(change, progress=screen.progress)
        screen.say(record.outcome.of(screen.language))
        if screen.output == "json":
            screen.json(record.to_json())
        return DONE if record.state == "done" else FAILED

    return _run(flags, output, work)


def run_reject(change: str, flags: Flags, *, output: str) -> int:
    """Reject a proposed change; the exit code."""

    async def work(app: App, screen: Screen) -> int:
        record = await app.changes.reject(change, by=getpass.getuser())
        screen.say(Text(f"已拒绝 {record.id}。", f"Rejected {record.id}.").of(screen.language))
        if screen.output == "json":
            screen.json(record.to_json())
        return DONE

    return _run(flags, output, work)


def run_resume(flags: Flags, *, output: str) -> int:
    """Finish what was interrupted; the exit code is 0 when nothing is left in between."""

    async def work(app: App, screen: Screen) -> int:
        records = await app.changes.resume(progress=screen.progress)
        if screen.output == "json":
            screen.json({"changes": [record.to_json() for record in records]})
        for record in records:
            screen.say(f"{record.id}  {record.state}  {record.outcome.of(screen.language)}")
        if not records:
            screen.say(_NOTHING_LEFT.of(screen.language))
        unfinished = [r for r in records if r.state in ("approved", "executing", "verifying")]
        return WAITING if unfinished else DONE

    return _run(flags, output, work)


async def _verify(app: App, screen: Screen) -> int:
    verdict = await app.changes.verify_history()
    troubles = [trouble.of(screen.language) for trouble in verdict.troubles]
    if screen.output == "json":
        screen.json(
            {
                "intact": verdict.intact,
                "lines": verdict.lines,
                "changes": verdict.changes,
                "troubles": troubles,
            }
        )
    whole = Text(
        f"账本完整:{verdict.changes} 个变更,{verdict.lines} 行,散列链无断裂。",
        f"The history is whole: {verdict.changes} changes, {verdict.lines} lines, no break in the hash chain.",
    )
    screen.say("\n".join(troubles) or whole.of(screen.language))
    return DONE if verdict.intact else FAILED


def _run(flags: Flags, output: str, work: Work) -> int:
    language = answer_language(flags)
    screen = Screen(language, output=output)

    async def session() -> int:
        async with App.of(flags, trace=screen.trace) as app:
            return await work(app, screen)

    try:
        return asyncio.run(session())
    except KubesteerError as trouble:
        return report(trouble, language, output=output)


def _line(record: Record) -> str:
    steps = ", ".join(f"{step.operation} {_target(step)}" for step in record.steps)
    mark = {True: "✓", False: "✗", None: " "}[record.verified]
    return f"{record.id}  {record.created_at[:19]}  {record.state:9} {mark} {record.asked_by:12} {steps}  “{_short(record.words)}”"


def _target(step: Step) -> str:
    """The object that the arguments name; else those that were written to, of which a manifest may hold many."""
    named = "/".join(
        str(step.arguments[key]) for key in ("kind", "namespace", "name") if step.arguments.get(key)
    )
    if "name" in step.arguments:
        return named
    about = list(dict.fromkeys(write.about for write in step.writes))
    shown = ["/".join(filter(None, (ref.kind, ref.namespace, ref.name))) for ref in about[:_MOST_NAMED]]
    return " ".join([*shown, *([f"+{len(about) - len(shown)}"] if len(about) > len(shown) else [])]) or named


def _short(words: str) -> str:
    line = " ".join(words.split())
    return line if len(line) <= 60 else f"{line[:59]}…"


def _print(record: Record, screen: Screen) -> None:
    if screen.output == "json":
        screen.json(
            {**record.to_json(), "history": [entry.to_json(screen.language) for entry in record.audit]}
        )
        return
    screen.say(_line(record))
    for step in record.steps:
        screen.say(f"\n{step.operation} {_target(step)}: {step.explained.of(screen.language)}")
        screen.diff(step.diff)
    screen.say(f"\n{record.outcome.of(screen.language)}")
    event, by = (max((len(word) for word in words), default=0) for words in _columns(record))
    for entry in record.audit:
        screen.say(
            f"  {entry.at[:19]}  {entry.event:{event}}  {entry.by:{by}}  {entry.text.of(screen.language)}"
        )


def _columns(record: Record) -> tuple[list[str], list[str]]:
    return [entry.event for entry in record.audit], [entry.by for entry in record.audit]


_MOST_NAMED = 3
_EMPTY = Text("还没有变更记录。", "No changes on record yet.")
_NOTHING_LEFT = Text("没有未完成的变更。", "Nothing was left unfinished.")
