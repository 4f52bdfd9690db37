"""`ask`, `fix` and `undo`: one turn, its approvals at the prompt, its answer."""

from __future__ import annotations

import asyncio
import getpass
from collections.abc import Awaitable, Callable
from dataclasses import replace

from kubesteer.app import App
from kubesteer.core.errors import KubesteerError
from kubesteer.core.plans import Call, Conversation, Message
from kubesteer.core.texts import Language, Text, language_of
from kubesteer.engine.agents import Agent
from kubesteer.engine.turns import Turn
from kubesteer.faces.cli.failures import DONE, FAILED, NEEDS_ANSWER, WAITING, report, spoken_language
from kubesteer.faces.cli.options import Flags
from kubesteer.faces.cli.screens import Screen

EXITS = {"done": DONE, "ask": NEEDS_ANSWER, "pending": WAITING, "refused": WAITING, "failed": FAILED}

_APPROVE = Text("执行这个变更吗?", "Apply this change?")


def run_ask(words: str, flags: Flags, *, yes: bool, output: str) -> int:
    """Hear a sentence; the exit code."""
    language = _language(flags, words)
    conversation = _conversation(words, flags, language)
    return _run(
        flags, language, output, lambda agent, screen: _converse(agent, screen, conversation, yes=yes)
    )


def run_fix(target: str, flags: Flags, *, yes: bool, output: str) -> int:
    """Diagnose and propose the remedy; the exit code."""
    kind, _, name = target.rpartition("/")
    arguments = {"kind": kind, "namespace": flags.get("namespace", ""), "name": name}
    call = Call("fix", {key: value for key, value in arguments.items() if value})
    return _run_call(call, f"fix {target}".strip(), flags, yes=yes, output=output)


def run_undo(change: str, flags: Flags, *, yes: bool, output: str) -> int:
    """Propose taking a change back; the exit code."""
    call = Call("undo", {"operation": change} if change else {})
    return _run_call(call, f"undo {change}".strip(), flags, yes=yes, output=output)


def _run_call(call: Call, words: str, flags: Flags, *, yes: bool, output: str) -> int:
    language = _language(flags, "")
    conversation = _conversation(words, flags, language)

    async def talk(agent: Agent, screen: Screen) -> Turn:
        return await settle(agent, screen, await agent.run(conversation, [call]), yes=yes)

    return _run(flags, language, output, talk)


def _conversation(words: str, flags: Flags, language: Language) -> Conversation:
    return Conversation((Message("user", words),), namespace=flags.get("namespace", ""), answer_in=language)


def _language(flags: Flags, words: str) -> Language:
    chosen = flags.get("language", "")
    if chosen in ("zh", "en"):
        return "zh" if chosen == "zh" else "en"
    return language_of(words) if words.strip() else spoken_language()


def _run(
    flags: Flags, language: Language, output: str, talk: Callable[[Agent, Screen], Awaitable[Turn]]
) -> int:
    screen = Screen(language, output=output)

    async def session() -> Turn:
        async with App.of(flags, trace=screen.trace) as app:
            agent = app.agent(asked_by=getpass.getuser(), narrate=screen.progress, stream=screen.stream)
            turn = await talk(agent, screen)
            screen.cost(app)
            return turn

    try:
        turn = asyncio.run(session())
    except KubesteerError as trouble:
        return report(trouble, language, output=output)
    if output == "json":
        screen.json(turn.to_json())
    return EXITS[turn.outcome]


async def _converse(agent: Agent, screen: Screen, conversation: Conversation, *, yes: bool) -> Turn:
    """One sentence, and the answers to what is asked back while somebody is there to give them."""
    while True:
        turn = await settle(agent, screen, await agent.hear(conversation), yes=yes)
        reply = screen.unheard() or (screen.reply() if turn.outcome == "ask" else "")
        if not reply:
            return turn
        conversation = replace(
            conversation,
            messages=(*conversation.messages, Message("assistant", turn.answer), Message("user", reply)),
        )


async def settle(agent: Agent, screen: Screen, turn: Turn, *, yes: bool = False) -> Turn:
    """Show what was said; while a proposal waits, ask for approval and go on."""
    shown = 0
    while True:
        fresh = [text.of(turn.language).strip() for text in turn.said[shown:]]
        screen.say("\n\n".join(words for words in fresh if words))
        shown = len(turn.said)
        if turn.outcome != "pending" or turn.proposal is None:
            return turn
        screen.proposal(turn.proposal)
        agreed = True if yes and not turn.unasked else screen.consent(_APPROVE)
        if agreed is None:
            return _left_pending(screen, turn)
        turn = await (agent.approve(turn) if agreed else agent.decline(turn))


def _left_pending(screen: Screen, turn: Turn) -> Turn:
    assert turn.proposal is not None
    identifier = turn.proposal.id
    text = Text(
        f"等待批准:kubesteer approve {identifier}  (不要就 kubesteer reject {identifier})",
        f"Waiting for approval: kubesteer approve {identifier}  (or kubesteer reject {identifier})",
    )
    if turn.rest:
        names = ", ".join(call.operation for call in turn.rest)
        text += Text(f"\n之后还没做:{names}。", f"\nNot done yet, and not part of it: {names}.")
    screen.say(text.of(turn.language))
    return turn.saying(text)
