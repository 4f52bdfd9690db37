"""A person who talks to kubesteer about the cluster under test, in process, with the whole of the product."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from clusters.cluster import Cluster
from kubesteer.app import App
from kubesteer.core.plans import Call, Conversation, Message
from kubesteer.core.texts import Text
from kubesteer.engine.turns import Turn
from kubesteer.settings import Settings


@dataclass
class Person:
    """Says one thing after the other; agrees to proposals unless told not to. `progress` is what was shown."""

    app: App
    namespace: str = ""
    conversation: Conversation = field(default_factory=lambda: Conversation(()))
    progress: list[Text] = field(default_factory=list)
    proposed: list[str] = field(default_factory=list)

    async def says(self, words: str, *, agrees: bool = True) -> Turn:
        """The turn that ends with nothing left to approve."""
        messages = (*self.conversation.messages, Message("user", words))
        self.conversation = Conversation(messages, namespace=self.namespace)
        agent = self.app.agent(asked_by="oncall", narrate=self._watch)
        turn = await agent.hear(self.conversation)
        while turn.proposal is not None:
            self.proposed.append(turn.proposal.diff)
            turn = await (agent.approve(turn) if agrees else agent.decline(turn))
        calls = tuple(Call(report.operation, report.arguments) for report in turn.reports)
        answer = Message("assistant", turn.answer, calls)
        self.conversation = Conversation((*messages, answer), namespace=self.namespace)
        return turn

    def _watch(self, text: Text, _done: int = 0, _total: int = 0) -> None:
        self.progress.append(text)


@asynccontextmanager
async def talking(cluster: Cluster, state: Path, *, user: str = "admin") -> AsyncIterator[Person]:
    """Somebody who works in the test's namespace, with a ledger of their own."""
    path = cluster.server.write_kubeconfig(cluster.folder / f"{user}.kubeconfig", user)
    async with App(Settings(kubeconfig=str(path), state=str(state))) as app:
        yield Person(app, cluster.namespace)
