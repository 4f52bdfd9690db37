"""Which planner hears a sentence: the rules, a model, or the rules first and a model where they are not certain."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal

from kubesteer.core.errors import Misconfigured
from kubesteer.core.operations import Operation
from kubesteer.core.plans import Ask, Conversation, Inventory, Plan, Planner, Say
from kubesteer.core.texts import Text
from kubesteer.planners.llm.exchanges import ProviderExchange
from kubesteer.planners.llm.planner import LlmPlanner
from kubesteer.planners.llm.prompts import Stream
from kubesteer.planners.llm.providers import check_installed
from kubesteer.planners.llm.settings import ModelSettings

Mode = Literal["auto", "rules", "model"]

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
            if certain(step):
                return step
        return await self.model.next(conversation, inventory)


def certain(step: Plan | Ask | Say) -> bool:
    """Whether the rules' reading of a sentence stands. They know a question with candidates, or for a value, to
    be the right one; where they ask which object is meant and have none to offer, words went past them."""
    if isinstance(step, Plan):
        return True
    if isinstance(step, Say):
        return step.reason not in _UNCERTAIN
    return bool(step.candidates) or not {"name", "kind", "operation"} & set(step.missing)


def planner_for(
    mode: str,
    settings: ModelSettings | None,
    *,
    rules: Planner,
    operations: Mapping[str, type[Operation]],
    redact: Callable[[Any], Any],
    stream: Stream | None = None,
    narrate: Callable[[Text], None] | None = None,
) -> Planner:
    """The planner for `--planner rules|model|auto`.

    The composition root calls it like this, once for each agent:

        planner_for(
            given.planner,
            model_settings(os.environ, given.model_config),   # kubesteer.planners.llm.settings
            rules=RulesPlanner(),
            operations=REGISTRY,                              # kubesteer.operations.registry
            redact=redacted,                                  # kubesteer.policies.redactions
            narrate=narrate,
        )

    What came back offers `cost` (LlmPlanner) or `model.cost` (AutoPlanner) for `--verbose`; `cost_of` knows both.

    Raises:
        Misconfigured: `model` without a model, or without the extra `llm`. With `auto` a missing extra is told when
            a sentence first needs the model, and the rules answer.
    """
    if mode == "rules" or (mode == "auto" and settings is None):
        return rules
    if settings is None:
        raise Misconfigured(
            Text("没有配置模型。", "No model is configured."),
            Text(
                "请设置 KUBESTEER_MODEL,例如 KUBESTEER_MODEL=deepseek,以及密钥(见 docs/models.md)。",
                "Set KUBESTEER_MODEL, for example KUBESTEER_MODEL=deepseek, and a key (see docs/models.md).",
            ),
        )
    if mode == "model":
        check_installed(settings)
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


def cost_of(planner: Planner) -> Text | None:
    """What a planner has spent on a model so far; None where it asked none."""
    model = planner.model if isinstance(planner, AutoPlanner) else planner
    return model.cost if isinstance(model, LlmPlanner) and model.usage.requests else None
