"""Every way in which a provider can fail is one exception with a sentence; and what a well-behaved one says arrives."""

from __future__ import annotations

import json
from contextlib import suppress

import pytest
from model_servers import WIRES, Asked, ModelServer, Raw, Said, encoded
from model_stage import PRESET

from kubesteer.planners.llm.exchanges import ProviderExchange
from kubesteer.planners.llm.prompts import Looked, Prompt, Reply, Spoken, Wanted
from kubesteer.planners.llm.settings import model_settings
from kubesteer.planners.llm.tools import ASK_TOOL
from kubesteer.planners.llm.troubles import Trouble, Unanswered

KEY = "key-canary-7f3a"
HELLO = Prompt("Be good.", (Spoken("user", "hello"),), (ASK_TOOL,), seconds=20.0)


async def asked(server: ModelServer, prompt: Prompt = HELLO, streamed: list[str] | None = None) -> Reply:
    environ = {
        "KUBESTEER_MODEL": PRESET[server.wire],
        "KUBESTEER_MODEL_URL": server.url,
        "KUBESTEER_MODEL_KEY": KEY,
    }
    exchange = ProviderExchange(model_settings(environ))
    try:
        return await exchange.ask(prompt, (streamed if streamed is not None else []).append)
    finally:
        await exchange.aclose()


async def trouble(answer: Raw | Said, wire: str = "openai", prompt: Prompt = HELLO) -> Trouble:
    async with ModelServer([answer], wire) as server:
        with pytest.raises(Unanswered) as caught:
            await asked(server, prompt)
        assert KEY not in caught.value.trouble.text.en + caught.value.trouble.text.zh + str(caught.value)
        return caught.value.trouble


@pytest.mark.parametrize("wire", WIRES)
async def test_text_streams_and_calls_arrive(wire: str) -> None:
    streamed: list[str] = []
    said = Said("你好,cart 正常。", (("ask", {"question": "哪个?", "n": 1.5}),), sent=123, received=45)
    async with ModelServer([said], wire) as server:
        reply = await asked(server, streamed=streamed)
    assert reply.text == said.text
    assert "".join(streamed) == said.text
    assert len(streamed) > 1
    assert [(call.name, json.loads(call.arguments)) for call in reply.calls] == list(said.calls)
    assert (reply.usage.requests, reply.usage.sent, reply.usage.received) == (1, 123, 45)


@pytest.mark.parametrize("wire", WIRES)
async def test_the_key_goes_into_a_header_and_nowhere_else(wire: str) -> None:
    async with ModelServer([Said("ok")], wire) as server:
        await asked(server)
    sent = server.asked[0]
    assert KEY in " ".join(sent.headers.values())
    assert KEY not in sent.path + sent.body.decode()


@pytest.mark.parametrize("wire", WIRES)
async def test_steps_go_back_in_the_providers_own_shape(wire: str) -> None:
    step = Looked((Wanted("c1", "ask", '{"question":"a"}'),), ("seen-it",))
    prompt = Prompt("Be good.", (Spoken("user", "hello"), step), (ASK_TOOL,))
    async with ModelServer([Said("ok")], wire) as server:
        await asked(server, prompt)
    body = server.asked[0].json
    if wire == "openai":
        roles = [m["role"] for m in body["messages"]]
        assert roles == ["system", "user", "assistant", "tool"]
        assert body["messages"][-1]["content"] == "seen-it"
        assert body["max_tokens"] == prompt.longest_answer
        assert body["stream"] is True
    elif wire == "anthropic":
        result = body["messages"][-1]["content"][0]
        assert (result["type"], result["tool_use_id"]) == ("tool_result", "c1")
        assert "Be good." in json.dumps(body["system"])
    else:
        assert "functionResponse" in json.dumps(body["contents"][-1])


@pytest.mark.parametrize("wire", WIRES)
@pytest.mark.parametrize(
    ("status", "again"), [(500, True), (503, True), (400, False), (401, False), (403, False), (404, False)]
)
async def test_an_error_status(wire: str, status: int, again: bool) -> None:
    found = await trouble(
        Raw(b'{"error":{"message":"no"}}', status, {"content-type": "application/json"}), wire
    )
    assert found.again is again
    assert found.text.zh


@pytest.mark.parametrize("wire", WIRES)
@pytest.mark.parametrize(("wait", "again"), [("1", True), ("3600", False)])
async def test_over_quota(wire: str, wait: str, again: bool) -> None:
    headers = {"content-type": "application/json", "retry-after": wait}
    found = await trouble(Raw(b'{"error":{"message":"slow down"}}', 429, headers), wire)
    assert "429" in found.text.en
    assert found.again is again


@pytest.mark.parametrize("wire", WIRES)
async def test_too_slow(wire: str) -> None:
    slow = Prompt("", (Spoken("user", "hello"),), (), seconds=0.3)
    found = await trouble(Raw(b"", delay=5.0), wire, slow)
    assert not found.again


@pytest.mark.parametrize("wire", WIRES)
async def test_cut_off_in_the_middle(wire: str) -> None:
    assert await trouble(Raw(encoded(wire, Said("a long answer " * 20)), cut=True), wire)


@pytest.mark.parametrize("wire", WIRES)
@pytest.mark.parametrize("size", [60_000, 1_000_000])
async def test_a_megabyte_of_text_is_not_read_to_its_end(wire: str, size: int) -> None:
    assert "too long" in (await trouble(Said("x y z " * (size // 6)), wire)).text.en


async def test_a_body_without_end_is_not_kept_in_memory() -> None:
    endless = b"data: " + b"x" * (6 * 1024 * 1024)
    assert await trouble(Raw(endless))


@pytest.mark.parametrize("wire", WIRES)
@pytest.mark.parametrize(
    "raw",
    [
        Raw(b"SSH-2.0-OpenSSH_9.6\r\n", not_http=True),
        Raw(b"", not_http=True),
        Raw(b"<html>login</html>", 200, {"content-type": "text/html"}),
        Raw(b"data: {\n\n"),
        Raw(b"data: null\n\n"),
        Raw(b"data: []\n\n"),
        Raw(b'data: {"choices": null}\n\n'),
        Raw(b'data: {"choices": [null]}\n\n'),
        Raw(b'data: {"choices": [{"delta": {"tool_calls": [{"index": "x"}]}}]}\n\n'),
        Raw(b'data: {"candidates": 7}\n\n'),
        Raw(b'event: content_block_delta\ndata: {"type":"content_block_delta","index":9,"delta":{}}\n\n'),
        Raw(b"\xff\xfe\x00data: \x00\n\n"),
        Raw(b"data: " + b"[" * 20_000 + b"\n\n"),
        Raw(b"data: {}\n\n", 302, {"location": "ftp://elsewhere/"}),
    ],
)
async def test_garbage_is_a_trouble_or_an_empty_reply(wire: str, raw: Raw) -> None:
    async with ModelServer([raw], wire) as server:
        reply = None
        with suppress(Unanswered):  # anything else would be a crash
            reply = await asked(server)
    assert reply is None or not (reply.text or reply.calls)


async def test_nobody_there() -> None:
    async with ModelServer([Said("ok")]) as server:
        pass
    with pytest.raises(Unanswered) as caught:
        await asked(server)
    assert "cannot be reached" in caught.value.trouble.text.en


async def test_tokens_that_the_provider_leaves_out_are_estimated() -> None:
    def without_usage(_asked: Asked) -> Raw:
        body = encoded("openai", Said("all is well"))
        return Raw(b"\n\n".join(part for part in body.split(b"\n\n") if b'"usage"' not in part))

    async with ModelServer(without_usage) as server:
        reply = await asked(server)
    assert reply.usage.estimated
    assert reply.usage.sent == HELLO.tokens
    assert reply.usage.received > 0


@pytest.mark.parametrize("wire", WIRES)
async def test_a_redirect_takes_neither_words_nor_key_elsewhere(wire: str) -> None:
    async with ModelServer([Said("ok")], wire) as other:
        away = Raw(b"", 307, {"location": f"{other.url}/elsewhere"})
        assert await trouble(away, wire)
        assert other.asked == []
