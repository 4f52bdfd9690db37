"""The last line of defence: every failure becomes a plain sentence and an exit code, never a traceback."""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, cast

import typer

from kubesteer.core.errors import KubesteerError, Refused
from kubesteer.core.texts import Language, Text

DONE, FAILED, NEEDS_ANSWER, WAITING = 0, 1, 2, 3
INTERRUPTED = 130

_INTERRUPTED = Text(
    "已中断。没有半途而废的变更:已批准的用 `kubesteer resume` 接着做完。",
    "Interrupted. Nothing is left half done: `kubesteer resume` finishes a change that was approved.",
)


_STOPPED = Text("已停止查看,没有做任何改动。", "Stopped looking; nothing was changed.")


class StoppedLooking(Exception):
    """Ctrl-C, or SIGTERM, ended a command that only reads: there is nothing to resume."""


@contextmanager
def only_looking() -> Iterator[None]:
    """What runs within changes nothing, so that an interruption is told as the end of looking."""
    try:
        yield
    except KeyboardInterrupt as interrupted:
        raise StoppedLooking from interrupted


def spoken_language() -> Language:
    """The language of messages that answer nobody's sentence: by KUBESTEER_LANGUAGE, then the locale."""
    chosen = os.environ.get("KUBESTEER_LANGUAGE", "")
    if chosen in ("zh", "en"):
        return "zh" if chosen == "zh" else "en"
    locale = next((os.environ[v] for v in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(v)), "")
    return "zh" if locale.lower().startswith("zh") else "en"


def answer_language(flags: Mapping[str, Any]) -> Language:
    """The language that a command without a sentence answers in: --language, else the spoken one."""
    chosen = flags.get("language") or spoken_language()
    return "zh" if chosen == "zh" else "en"


def report(trouble: KubesteerError, language: Language, *, output: str = "text") -> int:
    """Print a failure where its reader looks; the exit code."""
    refused = isinstance(trouble, Refused)
    if output == "json":
        outcome = "refused" if refused else "failed"
        body = {"outcome": outcome, "answer": trouble.say(language), "operations": []}
        print(json.dumps(body, ensure_ascii=False))
    else:
        print(trouble.say(language), file=sys.stderr)
    return WAITING if refused else FAILED


def guarded(run: Callable[[], object]) -> int:
    """Run the command line; the exit code. SIGTERM ends it as Ctrl-C does, so that it too says how to go on."""
    # Raised as SIGINT, because that is what asyncio ends its main task by, wherever it stands.
    signal.signal(signal.SIGTERM, lambda _number, _frame: signal.raise_signal(signal.SIGINT))
    try:
        left_with = run()
        if left_with == INTERRUPTED:  # typer turns Ctrl-C into an exit code of its own
            raise KeyboardInterrupt
        return left_with if isinstance(left_with, int) else DONE
    except KubesteerError as trouble:
        return report(trouble, spoken_language())
    except typer.TyperException as trouble:
        return _misused(trouble)
    except (KeyboardInterrupt, typer.Abort):
        print(_INTERRUPTED.of(spoken_language()), file=sys.stderr)
        return INTERRUPTED
    except StoppedLooking:
        print(_STOPPED.of(spoken_language()), file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        # The reader went away (`| head`); silence the flush at exit as well.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except SystemExit as leaving:
        return leaving.code if isinstance(leaving.code, int) else FAILED
    except Exception as trouble:
        return _unforeseen(trouble)


def _misused(trouble: typer.TyperException) -> int:
    """A command line that cannot be read. Not typer's own exit status 2: that is an answer that is needed."""
    from typer.rich_utils import rich_format_error

    # typer types this by an exception of its private copy of click; its public base is what it raises.
    rich_format_error(cast(Any, trouble))
    return FAILED


def _unforeseen(trouble: Exception) -> int:
    if "-v" in sys.argv or "--verbose" in sys.argv:
        raise trouble
    said = Text(
        f"出了意料之外的错:{type(trouble).__name__}: {trouble}\n这是 kubesteer 的缺陷;加 -v 可看到详情。",
        f"Something unforeseen happened: {type(trouble).__name__}: {trouble}\n"
        "This is a defect of kubesteer; -v shows the details.",
    )
    print(said.of(spoken_language()), file=sys.stderr)
    return FAILED
