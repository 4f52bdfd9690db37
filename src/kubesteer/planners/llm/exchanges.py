"""The one place that speaks to a provider: pydantic-ai's direct request, streamed, bounded in time and size."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from kubesteer.planners.llm.costs import Usage
from kubesteer.planners.llm.failures import cut_off, reading, too_long, too_slow
from kubesteer.planners.llm.prompts import Looked, Prompt, Reply, Stream, Wanted
from kubesteer.planners.llm.providers import bounded_client, check_installed, model_of
from kubesteer.planners.llm.settings import ModelSettings
from kubesteer.planners.llm.tokens import tokens
from kubesteer.planners.llm.troubles import Unanswered

if TYPE_CHECKING:
    import httpx2
    from pydantic_ai.messages import ModelMessage, ModelResponse, ModelResponseStreamEvent
    from pydantic_ai.models import Model, ModelRequestParameters
    from pydantic_ai.settings import ModelSettings as RequestSettings

LONGEST_REPLY = 48 * 1024
"""Characters of text and arguments in one reply; the stream is closed beyond them."""


class ProviderExchange:
    """Asks one model. The provider's library is imported with the first request."""

    def __init__(self, settings: ModelSettings) -> None:
        self._settings = settings
        self._model: Model | None = None
        self._client: httpx2.AsyncClient | None = None

    async def aclose(self) -> None:
        """End the connections."""
        if self._client is not None:
            await self._client.aclose()

    async def ask(self, prompt: Prompt, stream: Stream) -> Reply:
        """See `Exchange.ask`; also raises Misconfigured where the extra is not installed."""
        if self._model is None:
            check_installed(self._settings)
            self._client = bounded_client()
            self._model = model_of(self._settings, self._client)
        try:
            async with asyncio.timeout(prompt.seconds):
                response = await self._streamed(self._model, prompt, stream)
        except TimeoutError:
            raise Unanswered(too_slow(prompt.seconds)) from None
        return _reply(response, prompt, self._settings)

    async def _streamed(self, model: Model, prompt: Prompt, stream: Stream) -> ModelResponse:
        from pydantic_ai.direct import model_request_stream

        with reading():
            request = model_request_stream(
                model,
                _messages(prompt),
                model_settings=_request_settings(prompt),
                model_request_parameters=_parameters(prompt),
            )
            async with request as events:
                length = 0
                async for event in events:
                    text, size = _grown(event)
                    length += size
                    if length > LONGEST_REPLY:
                        raise Unanswered(too_long(length))
                    if text:
                        stream(text)
                response = events.get()
        if response.state != "complete":
            raise Unanswered(cut_off())
        return response


def _grown(event: ModelResponseStreamEvent) -> tuple[str, int]:
    """The text that an event adds, and how many characters of any sort."""
    from pydantic_ai.messages import (
        PartDeltaEvent,
        PartStartEvent,
        TextPart,
        TextPartDelta,
        ThinkingPart,
        ThinkingPartDelta,
        ToolCallPart,
        ToolCallPartDelta,
    )

    if isinstance(event, PartStartEvent):
        part = event.part
        if isinstance(part, TextPart):
            return part.content, len(part.content)
        if isinstance(part, ThinkingPart):
            return "", len(part.content)
        return "", len(part.args_as_json_str()) + len(part.tool_name) if isinstance(part, ToolCallPart) else 0
    if isinstance(event, PartDeltaEvent):
        delta = event.delta
        if isinstance(delta, TextPartDelta):
            return delta.content_delta, len(delta.content_delta)
        if isinstance(delta, ThinkingPartDelta):
            return "", len(delta.content_delta or "")
        if isinstance(delta, ToolCallPartDelta):
            return "", len(str(delta.args_delta or "")) + len(delta.tool_name_delta or "")
    return "", 0


def _parameters(prompt: Prompt) -> ModelRequestParameters:
    from pydantic_ai.models import ModelRequestParameters
    from pydantic_ai.tools import ToolDefinition

    tools = [
        ToolDefinition(
            name=tool.name,
            description=tool.description,
            parameters_json_schema=dict(tool.schema),
            strict=False,  # strict mode would demand every optional argument
        )
        for tool in prompt.tools
    ]
    return ModelRequestParameters(function_tools=tools, allow_text_output=True)


def _request_settings(prompt: Prompt) -> RequestSettings:
    return {
        "max_tokens": prompt.longest_answer,
        "timeout": prompt.seconds,
        "max_retries": 0,  # the planner itself decides about a second attempt
    }


def _messages(prompt: Prompt) -> list[ModelMessage]:
    from pydantic_ai.messages import ModelRequest, ModelResponse, TextPart, UserPromptPart

    messages: list[ModelMessage] = []
    for message in prompt.messages:
        if isinstance(message, Looked):
            messages += _looked(message)
        elif message.role == "user":
            messages.append(ModelRequest(parts=[UserPromptPart(message.content)]))
        else:
            messages.append(ModelResponse(parts=[TextPart(message.content)]))
    last = messages[-1]
    assert isinstance(last, ModelRequest)
    last.instructions = prompt.instructions
    return messages


def _looked(step: Looked) -> list[ModelMessage]:
    from pydantic_ai.messages import ModelRequest, ModelResponse, ToolCallPart, ToolReturnPart

    called = step.native
    if not isinstance(called, ModelResponse):
        parts = [ToolCallPart(call.name, call.arguments, tool_call_id=call.id) for call in step.calls]
        called = ModelResponse(parts=parts)
    returned = [
        ToolReturnPart(call.name, result, tool_call_id=call.id)
        for call, result in zip(step.calls, step.results, strict=True)
    ]
    return [called, ModelRequest(parts=returned)]


def _reply(response: ModelResponse, prompt: Prompt, settings: ModelSettings) -> Reply:
    from pydantic_ai.messages import TextPart, ToolCallPart

    text = "".join(part.content for part in response.parts if isinstance(part, TextPart))
    if text and response.finish_reason == "length":
        text += " …"  # whoever reads it shall see that it has no end
    calls = tuple(
        Wanted(part.tool_call_id, part.tool_name, part.args_as_json_str())
        for part in response.parts
        if isinstance(part, ToolCallPart)
    )
    return Reply(text, calls, _usage(response, prompt, settings, text, calls), _to_send_back(response))


def _to_send_back(response: ModelResponse) -> ModelResponse:
    """The reply without its text, which may be long: calls, and the thinking that some providers sign."""
    from dataclasses import replace

    from pydantic_ai.messages import ThinkingPart, ToolCallPart

    kept = [part for part in response.parts if isinstance(part, (ThinkingPart, ToolCallPart))]
    return replace(response, parts=kept)


def _usage(
    response: ModelResponse, prompt: Prompt, settings: ModelSettings, text: str, calls: tuple[Wanted, ...]
) -> Usage:
    """What the provider counted, or our own count where it said nothing (or nothing believable)."""
    counted = response.usage
    sent, received = counted.input_tokens, counted.output_tokens
    estimated = sent <= 0
    if estimated:
        sent = prompt.tokens
        received = tokens(text) + sum(tokens(call.name + call.arguments) for call in calls)
    received = max(received, 0)
    return Usage(1, sent, received, _money(response, settings, sent, received), estimated)


def _money(response: ModelResponse, settings: ModelSettings, sent: int, received: int) -> float | None:
    if settings.price is not None:
        return settings.price.of(sent, received)
    if settings.provider in ("vllm", "ollama"):
        return 0.0  # one's own machine
    try:
        return float(response.cost().total_price)
    except (LookupError, ValueError, AssertionError):
        return None
