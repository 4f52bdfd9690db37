"""A full diagnosis as each provider words it on the wire, replayed byte by byte.

The recordings are written by us after the providers' references, with what is peculiar to each: DeepSeek's
keep-alive comments and cached tokens, Anthropic's pings and fragments of JSON, Gemini's thought signatures.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from model_servers import Raw
from model_stage import stage

from kubesteer.core.plans import Call, Say

RECORDINGS = Path(__file__).parent / "recordings"
WIRE = {"deepseek": "openai", "anthropic": "anthropic", "gemini": "google"}
CART = {"kind": "Deployment", "namespace": "shop", "name": "cart"}
SEEN = {
    "diagnose": '{"findings":[{"rule":"oom","summary":"容器内存超限","evidence":["limit 128Mi","killed 7 times"]}]}',
    "get_logs": "starting\nloading 40000 items into memory\n",
}
SPENT = {"deepseek": (6500, 197), "anthropic": (7209, 264), "gemini": (6708, 342)}


def responses(name: str) -> list[Raw]:
    text = (RECORDINGS / f"{name}.sse").read_text(encoding="utf-8")
    return [Raw(part.encode()) for part in text.split("\n===\n\n")]


@pytest.mark.parametrize("name", WIRE)
async def test_a_whole_diagnosis(name: str) -> None:
    looked: list[Call] = []

    def look(call: Call) -> str:
        looked.append(call)
        return SEEN[call.operation]

    async with stage(responses(name), WIRE[name]) as played:
        step = await played.hear("购物车 cart 为什么一直重启?", reads=look)
        assert isinstance(step, Say)
        assert looked == [Call("diagnose", CART), Call("get_logs", {**CART, "previous": True, "tail": 50})]
        assert step.text.zh.startswith("cart 一直重启,是因为容器内存超限被杀(OOMKilled)[1]。")
        assert "⚠" not in step.text.zh
        assert "依据:[1] diagnose Deployment shop/cart; [2] get_logs Deployment shop/cart" in step.text.zh
        assert (played.planner.usage.sent, played.planner.usage.received) == SPENT[name]
        assert not played.planner.usage.estimated
        assert "".join(played.streamed).startswith("先看一下诊断。\ncart 一直重启")
        assert "40000 items" in json.dumps(played.server.asked[2].json, ensure_ascii=False)


async def test_what_gemini_signs_goes_back_to_it() -> None:
    async with stage(responses("gemini"), "google") as played:
        await played.hear("购物车 cart 为什么一直重启?", reads=SEEN)
        assert "Q2lRQmZXZmFrZXNpZ25hdHVyZQ==" in played.server.asked[1].body.decode()


async def test_tool_results_name_the_call_that_anthropic_made() -> None:
    async with stage(responses("anthropic"), "anthropic") as played:
        await played.hear("购物车 cart 为什么一直重启?", reads=SEEN)
        results = [
            part["tool_use_id"]
            for message in played.server.asked[2].json["messages"]
            for part in message["content"]
            if isinstance(part, dict) and part.get("type") == "tool_result"
        ]
    assert results == ["toolu_01Xa", "toolu_01Xb"]
