"""`chat`: a conversation with follow-ups, history and completion of the names in the cluster."""

from __future__ import annotations

import asyncio
import getpass
import signal
import sys
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from kubesteer.app import App
from kubesteer.core.errors import KubesteerError
from kubesteer.core.plans import Call, Conversation, Inventory, Message
from kubesteer.core.texts import Language, Text, language_of
from kubesteer.engine.agents import Agent
from kubesteer.engine.turns import Turn
from kubesteer.faces.cli.asking import settle
from kubesteer.faces.cli.failures import DONE, answer_language
from kubesteer.faces.cli.options import Flags
from kubesteer.faces.cli.screens import Screen

if TYPE_CHECKING:
    from prompt_toolkit import PromptSession

REMEMBERED = 40
"""Messages of a conversation that are kept: follow-ups rarely reach further back."""

_LEAVING = frozenset({"exit", "quit", ":q", "退出", "再见"})
_WELCOME = Text(
    "想做什么就说,中文英文都行。Tab 补全名称,↑ 翻历史,Ctrl-D 退出。",
    "Say what you want, in Chinese or English. Tab completes names, ↑ recalls, Ctrl-D leaves.",
)
_STOPPED = Text(
    "已停下;已批准的变更会由 `kubesteer resume` 接着做完。",
    "Stopped; `kubesteer resume` finishes a change that was approved.",
)


def run_chat(flags: Flags) -> int:
    """Talk until the person leaves; the exit code."""
    return asyncio.run(_chat(flags, answer_language(flags)))


async def _chat(flags: Flags, language: Language) -> int:
    screen = Screen(language)
    async with App.of(flags, trace=screen.trace) as app:
        inventory = await app.inventory()
        read = _reader(app, inventory)
        agent = app.agent(asked_by=getpass.getuser(), narrate=screen.progress, stream=screen.stream)
        screen.say(_WELCOME.of(language))
        conversation = Conversation((), namespace=flags.get("namespace", ""))
        while (words := screen.unheard() or await read()) is not None:
            if words.strip().lower() in _LEAVING:
                break
            if words.strip():
                screen.language = language_of(words) if len(words) > 2 else screen.language
                conversation = await _exchange(agent, screen, conversation, words)
                screen.cost(app)
    return DONE


async def _exchange(agent: Agent, screen: Screen, conversation: Conversation, words: str) -> Conversation:
    """One exchange; Ctrl-C ends it, not the chat."""
    asked = replace(conversation, messages=(*conversation.messages, Message("user", words)))
    task = asyncio.ensure_future(_answered(agent, screen, asked))
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGINT, task.cancel)
    try:
        turn = await task
    except asyncio.CancelledError:
        screen.say(_STOPPED.of(screen.language))
        return conversation
    except KubesteerError as trouble:
        screen.say(trouble.say(screen.language))
        return conversation
    finally:
        loop.remove_signal_handler(signal.SIGINT)
    answer = Message("assistant", turn.answer, _calls(turn))
    return replace(asked, messages=(*asked.messages, answer)[-REMEMBERED:])


async def _answered(agent: Agent, screen: Screen, conversation: Conversation) -> Turn:
    return await settle(agent, screen, await agent.hear(conversation))


def _calls(turn: Turn) -> tuple[Call, ...]:
    return tuple(Call(report.operation, report.arguments) for report in turn.reports)


class _Reader:
    """Lines from a terminal with history and completion, or plain lines from a pipe."""

    def __init__(self, session: PromptSession[str] | None) -> None:
        self._session = session

    async def __call__(self) -> str | None:
        """The next line; None at the end."""
        if self._session is None:
            line = await asyncio.to_thread(sys.stdin.readline)
            return line.rstrip("\n") if line else None
        try:
            return await self._session.prompt_async("kubesteer> ")
        except EOFError:
            return None
        except KeyboardInterrupt:
            return ""


def _reader(app: App, inventory: Inventory) -> _Reader:
    if not sys.stdin.isatty():
        return _Reader(None)
    from prompt_toolkit import PromptSession
    from prompt_toolkit.completion import WordCompleter
    from prompt_toolkit.history import FileHistory

    folder = app.settings.state_folder
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    completer = WordCompleter(sorted(_completions(inventory)), WORD=True, ignore_case=True)
    history = FileHistory(str(folder / "chat-history"))
    return _Reader(PromptSession(completer=completer, history=history, complete_while_typing=False))


def _completions(inventory: Inventory) -> Iterable[str]:
    return {item.ref.name for item in inventory.items} | set(inventory.namespaces)
