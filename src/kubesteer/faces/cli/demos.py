"""`demo`: the conversations in both languages on the embedded cluster, in a state folder of its own."""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass

from kubesteer.app import App
from kubesteer.core.plans import Conversation, Message
from kubesteer.core.texts import Language, Text, language_of
from kubesteer.engine.agents import Agent
from kubesteer.engine.turns import Turn
from kubesteer.faces.cli.asking import settle
from kubesteer.faces.cli.failures import DONE, FAILED
from kubesteer.faces.cli.screens import Screen
from kubesteer.faces.cli.simulating import DEMO_AGE, demo_manifests
from kubesteer.settings import Settings
from kubesteer.simulator import Simulator


@dataclass(frozen=True, slots=True)
class Scene:
    """What is said in turn, and the outcome that the last words must have."""

    title: Text
    words: tuple[str, ...]
    outcome: str = "done"


SCENES = (
    Scene(Text("一、看状态", "1. Status"), ("看看 default 命名空间下 my-nginx 这个 Pod 还活着吗?",)),
    Scene(Text("一、看状态", "1. Status"), ("is the my-nginx pod in default still alive?",)),
    Scene(Text("二、重启", "2. Restart"), ("帮我重启一下生产环境的 user-service",)),
    Scene(Text("二、重启", "2. Restart"), ("restart payment-api in staging",)),
    Scene(
        Text("三、诊断并扩容", "3. Diagnose and scale"),
        ("user-service最近响应很慢,帮我看看日志,如果 CPU 高就帮我扩容",),
    ),
    Scene(
        Text("三、诊断并扩容", "3. Diagnose and scale"),
        ("payment-api feels slow, check its logs and scale it out if CPU is high",),
    ),
    Scene(Text("四、问清楚", "4. Asking back"), ("重启 checkout", "staging 的")),
    Scene(Text("四、问清楚", "4. Asking back"), ("restart checkout", "the second one")),
    Scene(Text("五、名字不存在", "5. A name that does not exist"), ("重启 user-servise",), "failed"),
    Scene(
        Text("六、坏镜像,验证发现后自动撤销", "6. A bad image, caught by verification and undone"),
        ("production 的 checkout 换成 v2-bad 镜像",),
        "failed",
    ),
    Scene(Text("七、查根因", "7. Root causes"), ("集群有什么问题?",)),
    Scene(Text("七、查根因", "7. Root causes"), ("what is wrong in staging?",)),
)


def run_demo(pace: float) -> int:
    """Play every scene; the exit code tells whether each ended as it should."""
    with (
        tempfile.TemporaryDirectory(prefix="kubesteer-demo-") as state,
        Simulator(demo_manifests(), age=DEMO_AGE) as cluster,
    ):
        settings = Settings(server=cluster.url, state=state)
        return asyncio.run(_play(settings, SCENES, pace))


async def _play(settings: Settings, scenes: Sequence[Scene], pace: float) -> int:
    wrong = []
    async with App(settings) as app:
        for scene in scenes:
            turn = await _scene(app, scene)
            if turn.outcome != scene.outcome:
                wrong.append(f"{scene.words[-1]}: {turn.outcome}")
            time.sleep(pace)
    for line in wrong:
        print(f"✗ {line}", file=sys.stderr)
    return FAILED if wrong else DONE


async def _scene(app: App, scene: Scene) -> Turn:
    language: Language = language_of(scene.words[0])
    screen = Screen(language, errors=sys.stdout)
    print(f"\n── {scene.title.of(language)} " + "─" * 40)
    agent = app.agent(asked_by="demo", narrate=screen.progress)
    conversation = Conversation((), answer_in=language)
    for words in scene.words:
        print(f"\n❯ {words}")
        conversation, turn = await _hear(agent, screen, conversation, words)
    return turn


async def _hear(
    agent: Agent, screen: Screen, conversation: Conversation, words: str
) -> tuple[Conversation, Turn]:
    asked = Conversation((*conversation.messages, Message("user", words)), answer_in=conversation.answer_in)
    turn = await settle(agent, screen, await agent.hear(asked), yes=True)
    answered = Conversation((*asked.messages, Message("assistant", turn.answer)), answer_in=asked.answer_in)
    return answered, turn
