"""Which planner hears a sentence: the rules, a model, or the rules first and a model where they are not certain."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from kubesteer.core.errors import Misconfigured
from kubesteer.core.operations import Operation
from kubesteer.core.plans import Ask, Conversation, Inventory, Plan, Planner, Say
from kubesteer.core.texts import Text

if TYPE_CHECKING:  # without a model nothing of it is imported
    from kubesteer.planners.llm.planner import LlmPlanner
    from kubesteer.planners.llm.prompts import Stream
    from kubesteer.planners.llm.settings import ModelSettings

LONGEST_CRY = 20
"""Columns of "what can you do?", of 「你都能做些什么」; whoever asks for help writes no more."""

_UNCERTAIN = frozenset({"not-understood", "out-of-scope"})


class AutoPlanner:
    """The rules where they are certain: at once, for nothing, and the same every time; a model for the rest."""

    def __init__(self, rules: Planner, model: LlmPlanner) -> None:
        self._rules = rules
        self.model = model

    async def next(self, conversation: Conversation, inventory: Inventory) -> Plan | Ask | Say:
        """See `Planner.next`. A turn that a model began it also ends: only a model's plan asks to see more."""
        if not conversation.observations:
            step = await self._rules.next(conversation, inventory)
            if certain(step, conversation.words):
                return step
        return await self.model.next(conversation, inventory)


def certain(step: Plan | Ask | Say, words: str) -> bool:
    """Whether the rules' reading of a sentence stands. They know a question with candidates, or for a value, to
    be the right one; where they ask which object is meant and have none to offer, words went past them. Help is
    what a short question wants; a longer one wants an answer of its own."""
    if isinstance(step, Plan):
        return True
    if isinstance(step, Say):
        short = sum(1 if char.isascii() else 2 for char in words.strip()) <= LONGEST_CRY
        return step.reason not in _UNCERTAIN and (step.reason != "help" or short)
    return bool(step.candidates) or not {"name", "kind", "operation"} & set(step.missing)


def planner_for(
    mode: str,
    environ: Mapping[str, str],
    config: Mapping[str, object],
    *,
    rules: Planner,
    operations: Mapping[str, type[Operation]],
    redact: Callable[[Any], Any],
    stream: Stream | None = None,
    narrate: Callable[[Text], None] | None = None,
) -> Planner:
    """The planner for `--planner rules|model|auto`; `auto` without a model configured is the rules.

    The composition root calls it once for each agent, with `Settings.model_config` as the config, the REGISTRY of
    operations and `policies.redactions.redacted`. `narrate` gets a line when a model is asked, `stream` the pieces
    of its answer as they arrive, where a face can show them.

    `cost_of(planner)` is the line for `--verbose` and the ledger; `closed(planner)` ends its connections.

    Raises:
        Misconfigured: what is set does not make sense; or `model` without a model, or without the extra `llm`. With
            `auto` a missing extra is told when a sentence first needs the model, and the rules answer.
    """
    if mode == "rules":
        return rules
    if not (environ.get("KUBESTEER_MODEL") or config.get("model")):
        if mode == "auto":
            return rules
        raise Misconfigured(_NO_MODEL, _SET_MODEL)
    from kubesteer.planners.llm.exchanges import ProviderExchange
    from kubesteer.planners.llm.planner import LlmPlanner

    settings = _settings(mode, environ, config)
    model = LlmPlanner(
        ProviderExchange(settings),
        operations,
        redact=redact,
        fallback=rules,
        bounds=settings.bounds,
        name=str(settings),
        stream=stream,
        narrate=narrate,
    )
    return model if mode == "model" else AutoPlanner(rules, model)


def _settings(mode: str, environ: Mapping[str, str], config: Mapping[str, object]) -> ModelSettings:
    from kubesteer.planners.llm.providers import check_installed
    from kubesteer.planners.llm.settings import model_settings

    settings = model_settings(environ, config)
    if mode == "model":
        check_installed(settings)
    return settings


def cost_of(planner: Planner) -> Text | None:
    """What a planner has spent on a model so far; None where it asked none."""
    model = _model_of(planner)
    return model.cost if model is not None and model.usage.requests else None


async def closed(planner: Planner) -> None:
    """End the connections to a model, where there are any."""
    model = _model_of(planner)
    if model is not None:
        await model.aclose()


def _model_of(planner: Planner) -> LlmPlanner | None:
    if isinstance(planner, AutoPlanner):
        return planner.model
    if "kubesteer.planners.llm.planner" not in sys.modules:
        return None  # nobody can have made one; importing it only to look would cost a tenth of a second
    from kubesteer.planners.llm.planner import LlmPlanner

    return planner if isinstance(planner, LlmPlanner) else None


_NO_MODEL = Text("没有配置模型。", "No model is configured.")
_SET_MODEL = Text(
    "请设置 KUBESTEER_MODEL,例如 KUBESTEER_MODEL=deepseek,以及密钥(见 docs/models.md)。",
    "Set KUBESTEER_MODEL, for example KUBESTEER_MODEL=deepseek, and a key (see docs/models.md).",
)
