"""Collections: whole or not at all."""

from __future__ import annotations

from typing import Any

import httpx2
import msgspec
import pytest
from stubs import Script, cluster_of, ok, page, status

from kubesteer.adapters.kubernetes.pages import RESTARTS
from kubesteer.core.errors import Unavailable
from kubesteer.core.refs import Ref


class Slim(msgspec.Struct):
    """A pod's name alone."""

    metadata: dict[str, Any]


async def test_all_pages_follow_the_token() -> None:
    script = Script(page("a", "b", more="m/1="), page("c", version="9"))
    listing = await cluster_of(script).collect("Pod", "shop", labels="app=web", fields="x=y", shape=Slim)
    assert [item.metadata["name"] for item in listing.items] == ["a", "b", "c"]
    assert listing.resource_version == "9"
    first, second = (dict(asked.url.params) for asked in script.asked)
    assert first == {"limit": "500", "labelSelector": "app=web", "fieldSelector": "x=y"}
    assert second == first | {"continue": "m/1="}


async def test_all_namespaces_and_cluster_scope() -> None:
    script = Script(page())
    cluster = cluster_of(script)
    await cluster.names("Pod")
    await cluster.names("Node", "shop")
    assert [asked.url.path for asked in script.asked] == ["/api/v1/pods", "/api/v1/nodes"]


async def test_names_ask_for_metadata_alone() -> None:
    script = Script(page("a"))
    assert await cluster_of(script).names("Secret", "shop") == [Ref("Secret", "shop", "a")]
    assert "as=PartialObjectMetadataList" in script.asked[0].headers["Accept"]


async def test_pages_that_expire_begin_again_without_doubles() -> None:
    script = Script(page("a", more="m"), status(410, "Expired"), page("a", more="n"), page("b"))
    assert [ref.name for ref in await cluster_of(script).names("Pod", "shop")] == ["a", "b"]


async def test_pages_that_always_expire_end_in_an_error() -> None:
    expiring = [
        answer for _ in range(RESTARTS + 1) for answer in (page("a", more="m"), status(410, "Expired"))
    ]
    script = Script(*expiring)
    with pytest.raises(Unavailable) as caught:
        await cluster_of(script).names("Pod", "shop")
    assert caught.value.status == 410
    assert len(script.asked) == len(expiring)


async def test_a_failing_second_page_leaves_no_partial_list() -> None:
    with pytest.raises(Unavailable):
        await cluster_of(Script(page("a", more="m"), status(500))).names("Pod", "shop")


@pytest.mark.parametrize("items", [[], None])
async def test_an_empty_collection(items: list[Any] | None) -> None:
    assert await cluster_of(Script(ok({"metadata": {}, "items": items}))).names("Pod", "shop") == []


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"items": []},
        {"metadata": {}},
        {"metadata": {}, "items": {}},
        {"metadata": {}, "items": [{"metadata": {"name": 1}}]},
        {"metadata": {}, "items": [{}]},
        {"metadata": {}, "items": [None]},
        {"kind": "Status", "status": "Success", "metadata": {}},
        [],
        "pods",
    ],
)
async def test_what_is_no_collection_does_not_pass_for_an_empty_one(body: Any) -> None:
    with pytest.raises(Unavailable):
        await cluster_of(Script(ok(body))).names("Pod", "shop")


async def test_ten_thousand_objects_take_as_many_requests_as_pages() -> None:
    def answer(asked: httpx2.Request) -> httpx2.Response:
        begin = int(asked.url.params.get("continue", "0"))
        names = [f"pod-{number}" for number in range(begin, begin + 500)]
        return page(*names, more=str(begin + 500) if begin < 9500 else "")

    script = Script(answer)
    assert len(set(await cluster_of(script).names("Pod"))) == 10_000
    assert len(script.asked) == 20
