"""What is tried again, how often and how patiently; and what never is."""

from __future__ import annotations

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as some
from stubs import Script, Waits, cluster_of, ok, page, status

from kubesteer.adapters.kubernetes.actuators import KubernetesActuator
from kubesteer.adapters.kubernetes.failures import Failure
from kubesteer.adapters.kubernetes.retries import Patience
from kubesteer.core.errors import ClusterError, Conflict, Throttled, Unavailable
from kubesteer.core.refs import Ref
from kubesteer.core.requests import Create, Delete, Evict, Patch, Request, Warrant
from kubesteer.core.texts import Text

WEB = Ref("Deployment", "shop", "web")
FLAKY = [429, 500, 502, 503, 504]


@pytest.mark.parametrize("code", FLAKY)
async def test_a_read_is_tried_again(code: int) -> None:
    script, waits = Script(status(code), status(code), ok({"kind": "Deployment"})), Waits()
    assert await cluster_of(script, waits).read(WEB) == {"kind": "Deployment"}
    assert len(script.asked) == 3
    assert len(waits.seconds) == 2


@pytest.mark.parametrize(
    "error",
    [
        httpx2.ConnectError("x"),
        httpx2.ReadTimeout("x"),
        httpx2.ReadError("x"),
        httpx2.RemoteProtocolError("x"),
    ],
)
async def test_a_read_is_tried_again_after_a_lost_connection(error: Exception) -> None:
    script = Script(error, ok({"kind": "Deployment"}))
    assert await cluster_of(script).read(WEB) == {"kind": "Deployment"}


@pytest.mark.parametrize("code", [400, 403, 404, 405, 409, 410, 422])
async def test_what_will_not_change_is_not_asked_twice(code: int) -> None:
    script = Script(status(code, details={"name": "web", "kind": "deployments"}))
    with pytest.raises(ClusterError):
        await cluster_of(script).read(WEB)
    assert len(script.asked) == 1


async def test_it_gives_up_after_four_tries_with_the_last_answer() -> None:
    script = Script(status(500), status(500), status(500), status(503, message="etcd is down"))
    with pytest.raises(Unavailable, match="etcd is down"):
        await cluster_of(script).read(WEB)
    assert len(script.asked) == 4


async def test_pauses_grow_and_differ() -> None:
    slow, quick = Waits(jitter=1.0), Waits(jitter=0.0)
    for waits in (slow, quick):
        with pytest.raises(Unavailable):
            await cluster_of(Script(status(500)), waits).read(WEB)
        assert waits.seconds == sorted(waits.seconds)
    assert quick.seconds == pytest.approx([0.05, 0.2, 0.8])
    assert slow.seconds == pytest.approx([0.15, 0.6, 2.4])


async def test_retry_after_is_obeyed() -> None:
    script, waits = Script(status(429, headers={"Retry-After": "2"}), ok({})), Waits()
    await cluster_of(script, waits).read(WEB)
    assert waits.seconds == [2.0]


@pytest.mark.parametrize("after", ["60", "999999999"])
async def test_nobody_is_kept_waiting_for_a_minute(after: str) -> None:
    script, waits = Script(status(429, headers={"Retry-After": after})), Waits()
    with pytest.raises(Throttled):
        await cluster_of(script, waits).read(WEB)
    assert (len(script.asked), waits.seconds) == (1, [])


@pytest.mark.parametrize("after", ["-1", "soon", "1e9", "Wed, 21 Oct 2026 07:28:00 GMT", "٣", ""])
async def test_a_retry_after_that_is_no_number_of_seconds(after: str) -> None:
    headers = {"Retry-After": after.encode()}
    script, waits = Script(httpx2.Response(429, json={}, headers=headers), ok({})), Waits()
    await cluster_of(script, waits).read(WEB)
    assert waits.seconds == pytest.approx([0.1])


async def test_each_page_is_tried_again_by_itself() -> None:
    script = Script(page("a", more="m"), status(503), page("b"))
    assert [ref.name for ref in await cluster_of(script).names("Pod", "shop")] == ["a", "b"]
    assert script.asked[1].url == script.asked[2].url


WRITES = [
    Patch(WEB, {"spec": {}}),
    Create(WEB, {"spec": {}}),
    Delete(WEB),
    Evict(Ref("Pod", "shop", "web")),
]


@pytest.mark.parametrize("request_", WRITES)
@pytest.mark.parametrize("code", [401, 409, *FLAKY])
async def test_a_write_is_sent_once_whatever_comes_of_it(request_: Request, code: int) -> None:
    script = Script(status(code))
    with pytest.raises(ClusterError) as caught:
        await KubernetesActuator(cluster_of(script)).send(Warrant("c-1", request_))
    assert len(script.asked) == 1
    assert caught.value.sent is True


@pytest.mark.parametrize(
    ("error", "sent"),
    [
        (httpx2.ConnectError("x"), False),
        (httpx2.ConnectTimeout("x"), False),
        (httpx2.PoolTimeout("x"), False),
        (httpx2.WriteError("x"), True),
        (httpx2.WriteTimeout("x"), True),
        (httpx2.ReadTimeout("x"), True),
        (httpx2.ReadError("x"), True),
        (httpx2.RemoteProtocolError("x"), True),
    ],
)
async def test_a_lost_write_tells_whether_it_may_have_happened(error: Exception, sent: bool) -> None:
    script = Script(error)
    with pytest.raises(Unavailable) as caught:
        await KubernetesActuator(cluster_of(script)).send(Warrant("c-1", WRITES[0]))
    assert len(script.asked) == 1
    assert caught.value.sent is sent


async def test_a_rehearsal_changes_nothing_and_is_tried_again() -> None:
    script = Script(status(503), ok({"kind": "Deployment"}))
    assert await cluster_of(script).rehearse(WRITES[0]) == {"kind": "Deployment"}
    assert all(asked.url.params["dryRun"] == "All" for asked in script.asked)


async def test_a_conflict_in_a_rehearsal_is_final() -> None:
    script = Script(status(409, "Conflict"))
    with pytest.raises(Conflict):
        await cluster_of(script).rehearse(WRITES[0])
    assert len(script.asked) == 1


@given(
    tried=some.integers(1, 20),
    spent=some.floats(0, 100),
    after=some.floats(0, 1e6),
    jitter=some.floats(0, 1),
    again=some.booleans(),
)
def test_patience_is_bounded(tried: int, spent: float, after: float, jitter: float, again: bool) -> None:
    patience = Patience(jitter=lambda: jitter)
    failure = Failure(Unavailable(Text.same("x")), again, after)
    pause = patience.pause(failure, tried, spent)
    if pause is None:
        return
    assert again
    assert tried < patience.attempts
    assert pause >= after
    assert spent + pause <= patience.seconds
